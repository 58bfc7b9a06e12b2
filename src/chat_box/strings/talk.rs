use bevy::prelude::*;

/// The texts of what the player does with messages. The placeholder `{name}` is replaced by the name of the sender,
/// `{text}` as each field describes.
#[derive(Reflect, Clone, Debug)]
#[reflect(Clone, Debug, Default)]
pub struct TalkStrings {
    /// The entry of the menu on a message that starts a reply.
    pub reply: String,
    /// The entry that starts to edit a message of the user's own.
    pub edit: String,
    /// The entry that copies the text.
    pub copy_text: String,
    /// The entry that deletes a message of the user's own.
    pub delete: String,
    /// The question whether the message is to be deleted.
    pub delete_title: String,
    /// The text above the input while the player writes a reply. `{text}` is the start of the message.
    pub reply_to: String,
    /// The text above the input while the player edits a message. `{text}` is the start of the message.
    pub editing: String,
    /// The question whether a web address is to be opened.
    pub open_link_title: String,
    /// The entry that opens it.
    pub open_link: String,
    /// The entry that copies it.
    pub copy_link: String,
    /// The statement before the first message that arrived while the player did not look.
    pub new_since: String,
    /// The button that scrolls to the first of `{n}` mentions that the player has not seen.
    pub mentions: String,
    /// How the prefix of a channel is used, after the prefix. `{name}` is the channel.
    pub prefix: String,
    /// The button that opens the wheel of phrases.
    pub phrases: String,
    /// The entry of the menu on a name that opens a tab for the whispers with the player.
    pub whisper_tab: String,
    /// The button that closes such a tab.
    pub close_tab: String,
    /// The start of a message that another message replies to. `{text}` is its text.
    pub quote: String,
}

impl Default for TalkStrings {
    fn default() -> Self {
        Self {
            reply: "Reply".into(),
            edit: "Edit".into(),
            copy_text: "Copy the text".into(),
            delete: "Delete".into(),
            delete_title: "Delete this message?".into(),
            reply_to: "Reply to {name}: {text} ×".into(),
            editing: "Edit: {text} ×".into(),
            open_link_title: "Open this web address?".into(),
            open_link: "Open".into(),
            copy_link: "Copy the address".into(),
            new_since: "— New —".into(),
            mentions: "@ {n}".into(),
            prefix: "TEXT: to {name}".into(),
            phrases: "Phrases".into(),
            whisper_tab: "Whisper in a tab".into(),
            close_tab: "Close the tab of {name}".into(),
            quote: "[{name}: {text}] ".into(),
        }
    }
}
