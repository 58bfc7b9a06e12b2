//! The villagers as chat clients: each has a client of its own, as a bot on another machine would.

use std::time::Duration;

use async_io::Timer;
use bevy::{
    prelude::*,
    tasks::{IoTaskPool, Task},
};
use bevy_cometchat::{
    AppSettings, AuthKey,
    client::{Client, Event},
    model::CustomMessage,
    prelude::{ChatError, ChatMessage, Guid, ReceiverId, TextMessage},
};
use futures_lite::FutureExt;
use tracing::{debug, warn};

use super::server::Server;
use crate::{
    cast::{APP_ID, AUTH_KEY, CAST, Role, Ware},
    item_link::ItemLink,
};

/// The range of the time after which a villager breaks the silence, in seconds.
const SILENCE: (f32, f32) = (9.0, 26.0);
/// The range of the time before a reply, in seconds.
const THINKING: (f32, f32) = (0.7, 1.8);

/// The number of messages between two item links.
const OFFERS_EVERY: usize = 4;

/// The villagers leave when this is dropped.
#[derive(Resource)]
struct Bots {
    _lives: Vec<Task<()>>,
}

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Startup, wake);
}

fn wake(mut commands: Commands, server: Res<Server>) {
    let address = server.address();
    let live = |role: &'static Role| {
        let settings = AppSettings::builder()
            .local_server(address, None)
            .session_in_memory()
            .build();
        IoTaskPool::get().spawn(async move {
            if let Err(error) = Bot::live(role, settings).await {
                warn!("{} does not chat: {error}", role.name);
            }
        })
    };
    commands.insert_resource(Bots {
        _lives: CAST.iter().map(live).collect(),
    });
}

struct Bot {
    role: &'static Role,
    client: Client,
    /// The number of messages that the villager has sent.
    turn: usize,
}

impl Bot {
    async fn live(role: &'static Role, settings: AppSettings) -> Result<(), BevyError> {
        let (client, mut events) = Client::start()?;
        client.init(APP_ID, settings).await?;
        client.login(AuthKey::new(role.uid, AUTH_KEY)).await?;
        let mut bot = Self {
            role,
            client,
            turn: 0,
        };
        // What is no message, such as the places of players who walk, does not break the silence.
        let mut silence = Timer::after(between(SILENCE));
        loop {
            let event = async { Some(events.next().await) };
            let is_over = async {
                (&mut silence).await;
                None
            };
            match event.or(is_over).await {
                Some(Some(Event::MessageReceived(message))) => bot.hear(&message).await,
                Some(Some(_)) => continue,
                Some(None) => return Ok(()),
                None => bot.chatter().await,
            }
            silence.set_after(between(SILENCE));
        }
    }

    /// A player gets a reply from the villager that they whisper to or name, or else from the one whose turn it is.
    async fn hear(&mut self, message: &ChatMessage) {
        let Some(text) = message.text() else { return };
        if CAST.iter().any(|it| message.sender.uid == *it.uid) {
            return;
        }
        match message.receiver.guid() {
            None => self.answer(text, message.sender.uid.clone().into()).await,
            Some(_) if self.is_asked(message, text) => self.answer(text, self.neighbours()).await,
            Some(_) => {}
        }
    }

    fn is_asked(&self, message: &ChatMessage, text: &str) -> bool {
        let around: Vec<_> = CAST.iter().filter(|it| it.zone == self.role.zone).collect();
        let named = around.iter().find(|it| it.is_named_in(text));
        let answers = named.unwrap_or(&around[message.id.0 as usize % around.len()]);
        let is_here = message
            .receiver
            .guid()
            .is_some_and(|it| *it == *self.role.zone.guid());
        is_here && answers.uid == self.role.uid
    }

    /// The villagers in the same zone.
    fn neighbours(&self) -> ReceiverId {
        Guid::from(self.role.zone.guid()).into()
    }

    async fn answer(&mut self, text: &str, to: ReceiverId) {
        self.client.start_typing(to.clone()).ignore_errors();
        Timer::after(between(THINKING)).await;
        self.say(self.role.answer(text, self.turn), to.clone())
            .await;
        if let Some(ware) = &self.role.ware
            && ware.is_wanted_in(text)
        {
            Timer::after(between(THINKING)).await;
            self.offer(ware, to).await;
        }
    }

    async fn chatter(&mut self) {
        self.say(self.role.small_talk(self.turn), self.neighbours())
            .await;
        if let Some(ware) = &self.role.ware
            && self.turn % OFFERS_EVERY == 1
        {
            self.offer(ware, self.neighbours()).await;
        }
    }

    /// Messages that are sent while the server is down are lost.
    async fn say(&mut self, text: &'static str, to: ReceiverId) {
        self.turn += 1;
        self.note(self.client.send_message(TextMessage::new(to, text)).await);
    }

    async fn offer(&self, ware: &Ware, to: ReceiverId) {
        let item = ItemLink {
            name: ware.name.into(),
            look: ware.look.into(),
        };
        if let Ok(link) = CustomMessage::payload(to, &item) {
            self.note(self.client.send_message(link).await);
        }
    }

    fn note<T>(&self, sent: Result<T, ChatError>) {
        if let Err(error) = sent {
            debug!("{} was not heard: {error}", self.role.name);
        }
    }
}

fn between((least, most): (f32, f32)) -> Duration {
    Duration::from_secs_f32(least + (most - least) * fastrand::f32())
}
