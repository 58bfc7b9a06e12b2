//! The question whether to open a web address, and the event of the answer.

use std::sync::Arc;

use bevy::{clipboard::Clipboard, prelude::*};

use super::popup::PopupParts;
use crate::{
    chat_box::strings::ChatBoxStrings,
    text::{Sanitizer, isolate},
};

/// How much of an address the question shows.
const SHOWN: Sanitizer = Sanitizer::MESSAGE.with_max_lines(1).with_max_graphemes(120);

/// The player wants to open a web address, and has confirmed it. The chat box itself opens nothing: the game does, or
/// not.
///
/// Addresses can be clicked while [`ChatSafety::offers_links`](crate::chat_box::ChatSafety::offers_links) is set.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::chat_box::LinkOpened;
///
/// fn open(link: On<LinkOpened>) {
///     println!("to the browser: {}", link.url);
/// }
///
/// App::new().add_observer(open);
/// ```
#[derive(Event, Clone, Debug)]
#[non_exhaustive]
pub struct LinkOpened {
    /// The address, with the scheme `http` or `https`.
    pub url: Arc<str>,
}

/// Asks the player whether to open an address.
#[derive(Event)]
pub(in crate::chat_box) struct AskToOpenLink {
    pub(in crate::chat_box) url: Arc<str>,
    pub(in crate::chat_box) at: Vec2,
}

pub(super) fn plugin(app: &mut App) {
    app.add_observer(ask);
}

fn ask(question: On<AskToOpenLink>, strings: Res<ChatBoxStrings>, mut parts: PopupParts) {
    let AskToOpenLink { url, at } = &*question;
    let popup = parts.open(*at, &strings.talk.open_link_title);
    parts.add_text(popup, &isolate(&SHOWN.clean(url)));
    let cancel = parts.add_item(popup, &strings.safety.cancel, |_| {});
    let (copied, opened) = (url.clone(), url.clone());
    parts.add_item(popup, &strings.talk.copy_link, move |commands| {
        commands.run_system_cached_with(copy, copied.clone());
    });
    parts.add_item(popup, &strings.talk.open_link, move |commands| {
        let url = opened.clone();
        commands.trigger(LinkOpened { url });
    });
    parts.focus(cancel);
}

fn copy(url: In<Arc<str>>, mut clipboard: ResMut<Clipboard>) {
    if let Err(error) = clipboard.set_text(url.to_string()) {
        tracing::warn!("a web address could not be copied: {error:?}");
    }
}
