//! The villagers' side of the chat: each is a client of its own, as a bot on a machine of its own would be.

use std::time::Duration;

use async_io::Timer;
use bevy::{
    prelude::*,
    tasks::{IoTaskPool, Task},
};
use bevy_cometchat::{
    AppSettings, AuthKey,
    client::{Client, Event},
    prelude::{ChatMessage, MessageApi, TextMessage},
};
use futures_lite::FutureExt;

use crate::{
    cast::{CAST, Role},
    realm::{APP_ID, AUTH_KEY},
    server::Server,
};

/// How long a villager bears silence, in seconds, at least and at most.
const SILENCE: (f32, f32) = (9.0, 26.0);
/// How long they think about an answer, in seconds, at least and at most.
const THINKING: (f32, f32) = (0.7, 1.8);

/// Villagers live as long as this does.
#[derive(Resource)]
struct Bots {
    _lives: Vec<Task<()>>,
}

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Startup, wake.run_if(resource_exists::<Server>));
}

fn wake(mut commands: Commands, server: Res<Server>) {
    let settings = AppSettings::builder()
        .local_server(server.address(), None)
        .session_in_memory()
        .build();
    let live = |role: &'static Role| {
        let settings = settings.clone();
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
    /// How much they have said.
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
        loop {
            let event = async { Some(events.next().await) };
            let silence = async {
                Timer::after(between(SILENCE)).await;
                None
            };
            match event.or(silence).await {
                Some(Some(Event::MessageReceived(message))) => bot.hear(&message).await,
                Some(Some(_)) => {}
                Some(None) => return Ok(()),
                None => bot.say(role.small_talk(bot.turn)).await,
            }
        }
    }

    /// Players get an answer from whom they name, otherwise from whose turn it is.
    async fn hear(&mut self, message: &ChatMessage) {
        let from_the_cast = CAST.iter().any(|it| message.sender.uid == *it.uid);
        let from_here = message
            .receiver
            .guid()
            .is_some_and(|it| *it == *self.role.zone.guid());
        let Some(text) = message.text().filter(|_| from_here && !from_the_cast) else {
            return;
        };
        let around: Vec<_> = CAST.iter().filter(|it| it.zone == self.role.zone).collect();
        let named = around.iter().find(|it| it.is_named_in(text));
        let answers = named.unwrap_or(&around[message.id.0 as usize % around.len()]);
        if answers.uid == self.role.uid {
            Timer::after(between(THINKING)).await;
            self.say(self.role.answer(text, self.turn)).await;
        }
    }

    /// Words spoken while the server is away are lost, as they would be in a storm.
    async fn say(&mut self, text: &'static str) {
        self.turn += 1;
        let message = TextMessage::to_group(self.role.zone.guid(), text);
        if let Err(error) = self.client.send_message(message).await {
            debug!("{} was not heard: {error}", self.role.name);
        }
    }
}

fn between((least, most): (f32, f32)) -> Duration {
    Duration::from_secs_f32(least + (most - least) * fastrand::f32())
}
