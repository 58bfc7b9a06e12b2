use bevy::prelude::*;

/// The texts about muted, blocked and reported players. The placeholder `{name}` is replaced by the name of the player,
/// `{n}` by a number, `{text}` as each field describes.
#[derive(Reflect, Clone, Debug)]
#[reflect(Clone, Debug, Default)]
pub struct SafetyStrings {
    /// The note that a player is muted for good, and the line of such a player in the list of `/muted`.
    pub muted: String,
    /// The note that a player is muted for `{n}` minutes.
    pub muted_for: String,
    /// The note that a player is muted until midnight.
    pub muted_today: String,
    /// The note that a player is no longer muted.
    pub unmuted: String,
    /// The line of a blocked player in the list of `/blocked`.
    pub is_blocked: String,
    /// The note that a player is no longer blocked.
    pub unblocked: String,
    /// The list of muted and blocked players, if it is empty.
    pub nobody_muted: String,
    /// The button that undoes what the note says.
    pub undo: String,
    /// The button that ends a mute.
    pub unmute: String,
    /// The button that unblocks a player.
    pub unblock: String,
    /// The entry of the menu on a name that starts a whisper.
    pub whisper: String,
    /// The entry that mutes the player for 10 minutes.
    pub mute_short: String,
    /// The entry that mutes the player until midnight.
    pub mute_today: String,
    /// The entry that mutes the player for good.
    pub mute: String,
    /// The entry that blocks the player.
    pub block: String,
    /// The entry that reports the player.
    pub report: String,
    /// The entry that copies the player's name.
    pub copy: String,
    /// The title of the menu of the reasons for a report.
    pub report_title: String,
    /// The label of the remark of a report.
    pub remark: String,
    /// The entry that closes that menu.
    pub cancel: String,
    /// The note that a message was reported.
    pub reported: String,
    /// The note that a player has written nothing that can be reported.
    pub nothing_to_report: String,
    /// The note that a line was not sent. `{text}` is the reason.
    pub refused: String,
    /// The note that a line waits for the player's decision. `{text}` is the reason.
    pub held: String,
    /// The button that sends it.
    pub send: String,
    /// The remark in place of a message that waits for the player's decision. `{text}` is the reason.
    pub held_message: String,
    /// The button that shows it.
    pub show: String,
    /// The remark in place of a message that is not shown. `{text}` is the reason.
    pub hidden_message: String,
    /// A reason: a gate of the game failed.
    pub gate_failed: String,
    /// A reason: web addresses are not allowed.
    pub no_links: String,
    /// The text in place of a web address.
    pub link_removed: String,
    /// A reason: only phrases are allowed.
    pub phrases_only: String,
    /// A reason: whispers go to friends only.
    pub friends_only: String,
    /// The remark in place of a whisper in the streamer mode.
    pub sealed: String,
    /// The name of another player in the streamer mode.
    pub pseudonym: String,
    /// The text after a message of the user's own that moderation has not decided on.
    pub being_moderated: String,
    /// The remark in place of a message of the user's own that moderation has disapproved. `{text}` is the reason.
    pub disapproved: String,
    /// The remark in place of a message of another user that moderation has removed.
    pub removed: String,
    /// A reason: the rules of the app.
    pub rules: String,
}

impl Default for SafetyStrings {
    fn default() -> Self {
        Self {
            muted: "{name} is muted".into(),
            muted_for: "{name} is muted for {n} minutes".into(),
            muted_today: "{name} is muted for today".into(),
            unmuted: "{name} is no longer muted.".into(),
            is_blocked: "{name} is blocked".into(),
            unblocked: "{name} is no longer blocked.".into(),
            nobody_muted: "Nobody is muted or blocked.".into(),
            undo: "Undo".into(),
            unmute: "Unmute".into(),
            unblock: "Unblock".into(),
            whisper: "Whisper".into(),
            mute_short: "Mute for 10 minutes".into(),
            mute_today: "Mute for today".into(),
            mute: "Mute".into(),
            block: "Block".into(),
            report: "Report…".into(),
            copy: "Copy the name".into(),
            report_title: "Report {name}".into(),
            remark: "Remark".into(),
            cancel: "Cancel".into(),
            reported: "The message was reported.".into(),
            nothing_to_report: "{name} has written nothing here that can be reported.".into(),
            refused: "Not sent: {text}.".into(),
            held: "Not sent yet: {text}.".into(),
            send: "Send".into(),
            held_message: "Message held: {text}.".into(),
            show: "Show".into(),
            hidden_message: "Message hidden: {text}.".into(),
            gate_failed: "it could not be checked".into(),
            no_links: "web addresses are not allowed".into(),
            link_removed: "(web address)".into(),
            phrases_only: "only the phrases of the wheel are allowed".into(),
            friends_only: "whispers go to friends only".into(),
            sealed: "A whisper".into(),
            pseudonym: "Player {n}".into(),
            being_moderated: "(being checked)".into(),
            disapproved: "Not shown to others: {text}.".into(),
            removed: "Removed by a moderator".into(),
            rules: "it breaks the rules".into(),
        }
    }
}
