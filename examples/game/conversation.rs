//! Talking: what the player says goes to the chat of the zone, what is said there is heard.

use std::sync::Arc;

use bevy::{ecs::system::SystemParam, prelude::*};
use bevy_cometchat::prelude::*;

use crate::{notices::Notice, zones::Zone};

/// Somebody said something in a zone.
#[derive(Message, Clone, Debug)]
pub(crate) struct Spoken {
    pub(crate) uid: Uid,
    pub(crate) name: Arc<str>,
    pub(crate) text: Arc<str>,
    pub(crate) zone: Zone,
}

pub(crate) fn plugin(app: &mut App) {
    app.add_message::<Spoken>()
        .add_message::<Notice>()
        .add_systems(
            Update,
            hear.run_if(on_message::<MessageReceived>).in_set(Hearing),
        );
}

/// What was said is known after this.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Hearing;

fn hear(mut received: MessageReader<MessageReceived>, mut spoken: MessageWriter<Spoken>) {
    for message in received.read() {
        let zone = Zone::ALL.into_iter().find(|zone| {
            message
                .receiver
                .guid()
                .is_some_and(|guid| *guid == *zone.guid())
        });
        let (Some(zone), Some(text)) = (zone, message.text()) else {
            continue;
        };
        spoken.write(Spoken {
            uid: message.sender.uid.clone(),
            name: message.sender.name.clone(),
            text: text.into(),
            zone,
        });
    }
}

/// The player's voice.
#[derive(SystemParam)]
pub(crate) struct Voice<'w> {
    chat: Res<'w, CometChat>,
    spoken: MessageWriter<'w, Spoken>,
}

impl Voice<'_> {
    /// Says `text` to everybody in a zone.
    pub(crate) fn say(&mut self, zone: Zone, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.chat
            .send_message(TextMessage::to_group(zone.guid(), text))
            .on_error(|error: In<ChatError>, mut notices: MessageWriter<Notice>| {
                let why = error
                    .cause
                    .map_or(error.message.to_string(), |cause| cause.to_string());
                notices.write(Notice(format!("Not sent: {why}")));
            });
        if let Some(user) = self.chat.logged_in_user() {
            self.spoken.write(Spoken {
                uid: user.uid.clone(),
                name: user.name.clone(),
                text: text.into(),
                zone,
            });
        }
    }
}
