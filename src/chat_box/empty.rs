//! What stands in a tab that has nothing to show.

use bevy::prelude::*;

use super::{
    chat_box_strings::ChatBoxStrings,
    chat_notes::ChatNotes,
    chat_tabs::ChatTabShows,
    feed::Feed,
    spawn::{Parts, Texts},
    talk::Talk,
};

pub(super) fn show(
    talk: Talk,
    notes: Res<ChatNotes>,
    strings: Res<ChatBoxStrings>,
    parts: Single<&Parts>,
    mut texts: Texts,
) {
    let empty = talk.tab().filter(|tab| {
        let feed = Feed::of(tab, &talk.history, &notes);
        feed.back(&mut feed.end()).is_none()
    });
    let words = match empty.map(|tab| &tab.shows) {
        None => "",
        Some(ChatTabShows::Whispers) => &strings.no_whispers,
        Some(_) => &strings.nothing_yet,
    };
    texts.say(parts.empty, words);
}

/// A run condition: it may be out of date.
pub(super) fn is_out_of_date(
    talk: Talk,
    notes: Res<ChatNotes>,
    strings: Res<ChatBoxStrings>,
) -> bool {
    talk.is_changed() || notes.is_changed() || strings.is_changed()
}
