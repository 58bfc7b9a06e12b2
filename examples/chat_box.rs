//! The chat box on an empty stage: a server inside the game, and two who talk with you.
//!
//! `cargo run --example chat_box --features demo`
//!
//! Enter opens it; F2 changes the text's size, F3 the contrast, F4 the corner, F10 shows the diagnostics.

#[path = "game/fonts.rs"]
mod fonts;

use std::{net::SocketAddr, time::Duration};

use async_io::Timer;
use bevy::{prelude::*, tasks::IoTaskPool};
use bevy_cometchat::{
    chat_box::{
        ChatBoxCorner, ChatBoxPlugin, ChatBoxTheme, ChatDiagnosticsPlugin, ChatNotes, ChatTabs,
        ChipClicked, chat_has_focus,
    },
    client::Client,
    local_server::{LocalServer, LocalServerConfig},
    model::CustomMessage,
    prelude::*,
};
use serde::{Deserialize, Serialize};

const APP: &str = "stage";
const KEY: &str = "stage-key";
const ZONE: &str = "square";

#[derive(Serialize, Deserialize)]
struct ItemLink {
    name: String,
}

impl Payload for ItemLink {
    const KIND: &'static str = "item_link";

    fn fallback_text(&self) -> String {
        self.name.clone()
    }
}

fn main() -> AppExit {
    let config = LocalServerConfig::new(APP, KEY)
        .user("you")
        .user("ana")
        .user("bo:Bo Ström")
        .group("square:Square");
    let server = LocalServer::start(config).expect("a free port on this machine");
    let address = server.address();
    App::new()
        .add_plugins((
            DefaultPlugins,
            fonts::plugin,
            CometChatPlugin::new(APP, settings(address)),
            ChatBoxPlugin::default(),
            ChatDiagnosticsPlugin::default(),
        ))
        .insert_resource(ClearColor(Color::srgb(0.32, 0.44, 0.36)))
        .add_observer(show_item)
        .add_systems(Startup, (begin, move || talk(address)))
        .add_systems(Update, change_look.run_if(not(chat_has_focus)))
        .run()
}

fn settings(server: SocketAddr) -> AppSettings {
    AppSettings::builder()
        .local_server(server, None)
        .session_in_memory()
        .build()
}

fn begin(
    chat: Res<CometChat>,
    mut tabs: ResMut<ChatTabs>,
    mut notes: ResMut<ChatNotes>,
    mut commands: Commands,
) {
    commands.spawn(Camera2d);
    chat.login(AuthKey::new("you", KEY));
    tabs.show(ChatTabs::ZONE, Guid::from(ZONE));
    notes.push("Welcome to the square.");
}

/// Ana and Bo, each a client of their own.
fn talk(server: SocketAddr) {
    for (uid, lines) in [("ana", ANA), ("bo", BO)] {
        let life = async move {
            let (client, _events) = Client::start()?;
            client.init(APP, settings(server)).await?;
            client.login(AuthKey::new(uid, KEY)).await?;
            for line in lines.iter().cycle() {
                client.start_typing(Guid::from(ZONE));
                Timer::after(Duration::from_millis(1_300)).await;
                client
                    .send_message(TextMessage::to_group(ZONE, *line))
                    .await?;
                if *line == ANA[2] {
                    let link = ItemLink {
                        name: "Lantern of the Deep".into(),
                    };
                    let link = CustomMessage::payload(Guid::from(ZONE), &link)?;
                    client.send_message(link).await?;
                    client
                        .send_message(TextMessage::to_user("you", "Meet me at the fountain?"))
                        .await?;
                }
                Timer::after(Duration::from_millis(2_100)).await;
            }
            Ok::<(), BevyError>(())
        };
        IoTaskPool::get()
            .spawn(async move {
                if let Err(error) = life.await {
                    warn!("{uid} does not talk: {error}");
                }
            })
            .detach();
    }
}

const ANA: &[&str] = &[
    "Well met! The market opens at dawn.",
    "Did you hear the bell last night? It rang thirteen times, and the keeper swears that nobody was in the tower.",
    "Look what I found:",
    "مرحبا يا أصدقاء 👋",
];
const BO: &[&str] = &[
    "Anyone up for the cellar? Two more and we go.",
    "God morgon 🙂",
    "鍛冶屋は今日は休みです",
    "brb",
];

fn show_item(clicked: On<ChipClicked>, mut notes: ResMut<ChatNotes>) {
    if let Some(Ok(link)) = clicked.chip.payload::<ItemLink>() {
        notes.push(format!("{}: it glows when you are lost.", link.name));
    }
}

fn change_look(keys: Res<ButtonInput<KeyCode>>, mut theme: ResMut<ChatBoxTheme>) {
    if keys.just_pressed(KeyCode::F2) {
        theme.text_scale = if theme.text_scale > 1.6 {
            1.0
        } else {
            theme.text_scale + 0.25
        };
    }
    if keys.just_pressed(KeyCode::F3) {
        theme.high_contrast = !theme.high_contrast;
    }
    if keys.just_pressed(KeyCode::F4) {
        theme.corner = match theme.corner {
            ChatBoxCorner::BottomLeft => ChatBoxCorner::BottomCenter,
            ChatBoxCorner::BottomCenter => ChatBoxCorner::BottomRight,
            ChatBoxCorner::BottomRight => ChatBoxCorner::TopRight,
            ChatBoxCorner::TopRight => ChatBoxCorner::TopLeft,
            ChatBoxCorner::TopLeft | ChatBoxCorner::InParent => ChatBoxCorner::BottomLeft,
        };
    }
}
