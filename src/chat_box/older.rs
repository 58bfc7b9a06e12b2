//! Older messages, fetched as the player comes near the oldest that are held.

use std::time::Duration;

use bevy::{platform::collections::HashMap, prelude::*};

use super::{
    chat_notes::ChatNotes, chat_tabs::ChatTabShows, feed::Feed, message_list::ScrollBack,
    talk::Talk,
};
use crate::{
    client::{ChatError, ListApi, MessagesRequest, Page},
    lifecycle::ConnectionStatus,
    model::{Message, MessageId, ReceiverId},
    plugin::{ChatHistory, CometChat},
};

/// How many messages are fetched at once.
const PAGE: u32 = 50;
/// How long it is left alone when it could not be fetched.
const PAUSE: Duration = Duration::from_secs(10);

/// The conversations of which a page is being fetched, or could not be: until when they are left alone.
#[derive(Resource, Default)]
pub(super) struct Fetching(HashMap<ReceiverId, Duration>);

/// A page to fetch: the one before this message, or the newest.
struct Wanted {
    with: ReceiverId,
    before: Option<MessageId>,
}

pub(super) fn fetch(
    scroll: Single<&ScrollBack>,
    talk: Talk,
    notes: Res<ChatNotes>,
    chat: Option<Res<CometChat>>,
    time: Res<Time<Real>>,
    mut fetching: ResMut<Fetching>,
) {
    let (Some(chat), Some(tab)) = (chat, talk.tab()) else {
        return;
    };
    if !scroll.is_near_top || chat.connection_status() != ConnectionStatus::Connected {
        return;
    }
    let now = time.elapsed();
    let feed = Feed::of(tab, &talk.history, &notes);
    let held = feed
        .conversations()
        .iter()
        .filter(|conversation| conversation.room_for_older() > 0)
        .filter_map(|conversation| {
            let missing = conversation.missing_before(0)?;
            Some(Wanted {
                with: conversation.id().clone(),
                before: missing.before,
            })
        });
    let unknown = match &tab.shows {
        ChatTabShows::Conversation(Some(with)) if talk.history.conversation(with).is_none() => {
            Some(Wanted {
                with: with.clone(),
                before: None,
            })
        }
        _ => None,
    };
    for wanted in held.chain(unknown) {
        let is_due = fetching
            .0
            .get(&wanted.with)
            .is_none_or(|until| *until <= now);
        if is_due {
            fetching.0.insert(wanted.with.clone(), now + PAUSE);
            ask(&chat, wanted);
        }
    }
}

fn ask(chat: &CometChat, wanted: Wanted) {
    let Wanted { with, before } = wanted;
    let request = MessagesRequest::in_conversation(with.clone()).with_limit(PAGE);
    let request = match before {
        Some(before) => request.from_message(before),
        None => request,
    };
    let insert = move |page: In<Page<Message>>,
                       mut history: ResMut<ChatHistory>,
                       mut fetching: ResMut<Fetching>| {
        let Page { items, is_last, .. } = page.0;
        history.insert_page(&with, before, items, is_last);
        fetching.0.remove(&with);
    };
    let note = |error: In<ChatError>| {
        tracing::debug!("older messages are not fetched: {}", *error);
    };
    chat.fetch_previous(&request.pager())
        .on_success(insert)
        .on_error(note);
}
