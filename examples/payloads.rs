//! Item links: a type of the game's own travels in a message, and arrives as that type.
//!
//! `cargo run --example payloads`

use std::time::Duration;

use bevy::{app::ScheduleRunnerPlugin, prelude::*};
use bevy_cometchat::{
    client::Client,
    local_server::{LocalServer, LocalServerConfig},
    prelude::*,
};
use futures_lite::future::block_on;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct ItemLink {
    item: u32,
    name: String,
    gold: u32,
}

impl Payload for ItemLink {
    const KIND: &'static str = "item_link";

    // What a game shows that does not know this kind, such as an older version of this one.
    fn fallback_text(&self) -> String {
        format!("[{}]", self.name)
    }
}

fn main() -> AppExit {
    let config = LocalServerConfig::new("app123", "key123")
        .user("robin")
        .user("merchant");
    let server = LocalServer::start(config).expect("a free port on this machine");
    let merchant = Merchant(server.settings().build());

    App::new()
        .add_plugins((
            MinimalPlugins.set(ScheduleRunnerPlugin::run_loop(Duration::from_millis(16))),
            server.plugin(),
        ))
        .add_chat_payload::<ItemLink>()
        .insert_resource(merchant)
        .add_systems(Startup, |chat: Res<CometChat>| {
            chat.login(AuthKey::new("robin", "key123"));
        })
        .add_systems(OnEnter(ConnectionState::Connected), offer_a_key)
        .add_systems(Update, show_links)
        .run()
}

fn show_links(
    mut links: MessageReader<PayloadReceived<ItemLink>>,
    mut exit: MessageWriter<AppExit>,
) {
    for PayloadReceived {
        payload, message, ..
    } in links.read()
    {
        let seller = &message.sender.name;
        println!(
            "{seller} shows item {}: {}, for {} gold",
            payload.item, payload.name, payload.gold
        );
        exit.write(AppExit::Success);
    }
}

/// Another player's game, in place of a second window.
#[derive(Resource)]
struct Merchant(AppSettings);

fn offer_a_key(merchant: Res<Merchant>) -> Result {
    let key = ItemLink {
        item: 7,
        name: "Rusty Key".into(),
        gold: 7,
    };
    let (client, _events) = Client::start()?;
    block_on(async {
        client.init("app123", merchant.0.clone()).await?;
        client.login(AuthKey::new("merchant", "key123")).await?;
        client
            .send_message(CustomMessage::payload(Uid::from("robin"), &key)?)
            .await?;
        Ok(())
    })
}
