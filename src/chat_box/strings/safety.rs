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
        }
    }
}
