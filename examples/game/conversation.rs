//! Messages of a zone as speech in the village.

use std::sync::Arc;

use bevy::prelude::*;
use bevy_cometchat::{
    chat_box::{IncomingVerdicts, Muted},
    prelude::*,
    text::{Sanitizer, Segment},
};

use crate::{cast::TRAVELLERS, notices::Notice, zone::Zone};

/// A character said something in a zone.
#[derive(Message, Clone, Debug)]
pub(crate) struct Spoken {
    pub(crate) uid: Uid,
    pub(crate) name: Arc<str>,
    pub(crate) text: Arc<str>,
    /// Whether the text is the name of an item that they show.
    pub(crate) is_item: bool,
    pub(crate) zone: Zone,
    /// The message, if it is sent.
    pub(crate) message: Option<MessageId>,
}

/// The systems that write [`Spoken`].
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Hearing;

pub(crate) fn plugin(app: &mut App) {
    app.add_message::<Spoken>()
        .add_message::<Notice>()
        .add_systems(
            Update,
            (
                hear_others.run_if(on_message::<MessageReceived>),
                (hear_own, tell_failures).run_if(on_message::<OutboxChanged>),
                see_travellers.run_if(on_message::<PresenceChanged>),
            )
                .in_set(Hearing),
        );
}

/// Players whom the user has muted are not heard, and what the gates hold back is not said.
fn hear_others(
    mut received: MessageReader<MessageReceived>,
    muted: Option<Res<Muted>>,
    verdicts: Option<Res<IncomingVerdicts>>,
    mut spoken: MessageWriter<Spoken>,
) {
    for message in received.read() {
        let is_muted = |muted: &Res<Muted>| muted.contains(&message.sender.uid);
        if muted.as_ref().is_some_and(is_muted) {
            continue;
        }
        let zone = message.receiver.guid().and_then(Zone::by);
        let text = match &verdicts {
            Some(verdicts) => verdicts.text(message),
            None => message.text().map(Into::into),
        };
        let (Some(zone), Some(text)) = (zone, text) else {
            continue;
        };
        spoken.write(Spoken {
            uid: message.sender.uid.clone(),
            name: message.sender.name.clone(),
            text: with_names(&text, message.mentions()).into(),
            is_item: matches!(message.content, MessageContent::Custom(_)),
            zone,
            message: Some(message.id),
        });
    }
}

/// The text with the names of those whom it mentions.
fn with_names(text: &str, mentions: &[Arc<User>]) -> String {
    let segments = Sanitizer::MESSAGE.segments(text, mentions).into_iter();
    let texts = segments.map(|segment| match segment {
        Segment::Mention { name, .. } => format!("@{name}").into(),
        Segment::Text(text) => text,
        _ => "".into(),
    });
    texts.collect()
}

/// The player's own messages appear at once, before they are sent.
fn hear_own(
    chat: Res<CometChat>,
    mut changes: MessageReader<OutboxChanged>,
    mut spoken: MessageWriter<Spoken>,
) {
    let Some(user) = chat.logged_in_user() else {
        return changes.clear();
    };
    for change in changes.read().filter(|it| it.state == OutboxState::Pending) {
        let zone = match &change.message.envelope.receiver {
            ReceiverId::Group(guid) => Zone::by(guid),
            _ => None,
        };
        if let (Some(zone), MessageContent::Text(text)) = (zone, &change.message.content) {
            spoken.write(Spoken {
                uid: user.uid.clone(),
                name: user.name.clone(),
                text: text.clone(),
                is_item: false,
                zone,
                message: None,
            });
        }
    }
}

/// Announces other players. The villagers are always present.
fn see_travellers(
    chat: Res<CometChat>,
    mut changes: MessageReader<PresenceChanged>,
    mut notices: MessageWriter<Notice>,
) {
    let is_traveller = |uid: &Uid| TRAVELLERS.iter().any(|it| uid.as_str() == it.uid);
    for change in changes.read() {
        let user = &change.user;
        if is_traveller(&user.uid) && chat.logged_in_user().is_none_or(|me| me.uid != user.uid) {
            let what = if change.online {
                "has come to the village"
            } else {
                "has left the village"
            };
            notices.write(Notice(format!("{} {what}", user.name)));
        }
    }
}

fn tell_failures(mut changes: MessageReader<OutboxChanged>, mut notices: MessageWriter<Notice>) {
    for change in changes.read() {
        if let OutboxState::Failed(error) = &change.state {
            let why = error
                .cause
                .map_or(error.message.to_string(), |cause| cause.to_string());
            notices.write(Notice(format!("Not sent: {why}")));
        }
    }
}
