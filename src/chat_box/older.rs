//! Older messages, fetched as the player comes near the oldest that are held.

use std::time::Duration;

use bevy::{platform::collections::HashMap, prelude::*};

use super::{chat_notes::ChatNotes, feed::Feed, message_list::ScrollBack, talk::Talk};
use crate::{
    client::{ChatError, ListApi, MessagesRequest, Page},
    history::Missing,
    lifecycle::ConnectionStatus,
    model::{Message, ReceiverId},
    plugin::{ChatHistory, CometChat},
};

/// How many messages are fetched at once.
const PAGE: u32 = 50;
/// How long it is left alone when it could not be fetched.
const PAUSE: Duration = Duration::from_secs(10);

/// The conversations of which a page is being fetched, or could not be: until when they are left alone.
#[derive(Resource, Default)]
pub(super) struct Fetching(HashMap<ReceiverId, Duration>);

/// A page to fetch: the newest of what is missing.
struct Wanted {
    with: ReceiverId,
    missing: Missing,
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
            Some(Wanted {
                with: conversation.id().clone(),
                missing: conversation.missing_before(0)?,
            })
        });
    for wanted in held {
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
    let Wanted { with, missing } = wanted;
    let request = MessagesRequest::in_conversation(with.clone()).with_limit(PAGE);
    let request = match missing.before {
        Some(before) => request.from_message(before),
        None => request,
    };
    let insert = move |page: In<Page<Message>>,
                       mut history: ResMut<ChatHistory>,
                       mut fetching: ResMut<Fetching>| {
        history.insert_page(&with, missing, page.0);
        fetching.0.remove(&with);
    };
    let note = |error: In<ChatError>| {
        tracing::debug!("older messages are not fetched: {}", *error);
    };
    chat.fetch_previous(&request.pager())
        .on_success(insert)
        .on_error(note);
}
