//! A chat UI of the game's own, without the chat box: drawn from the history alone, here as text in a terminal.
//!
//! `cargo run --example custom_ui`

use std::time::Duration;

use async_io::Timer;
use bevy::{app::ScheduleRunnerPlugin, prelude::*};
use bevy_cometchat::{
    client::{Client, Event},
    history::{Entry, EntryStatus},
    local_server::{LocalServer, LocalServerConfig},
    prelude::*,
    text::{Sanitizer, display_name},
};
use futures_lite::future::block_on;

const FRIEND: &str = "mira";
/// How long the friend thinks.
const THOUGHT: Duration = Duration::from_millis(400);

fn main() -> AppExit {
    let config = LocalServerConfig::new("app123", "key123")
        .user("robin")
        .user(FRIEND);
    let server = LocalServer::start(config).expect("a free port on this machine");
    let friends_settings = server.settings().build();
    std::thread::spawn(move || block_on(friend(friends_settings)));

    App::new()
        .add_plugins((
            MinimalPlugins.set(ScheduleRunnerPlugin::run_loop(Duration::from_millis(16))),
            server.plugin(),
            ChatHistoryPlugin::default(),
        ))
        .add_systems(Startup, |chat: Res<CometChat>| {
            chat.login(AuthKey::new("robin", "key123"));
        })
        .add_systems(OnEnter(ConnectionState::Connected), talk)
        .add_systems(Update, draw.run_if(resource_changed::<ChatHistory>))
        .run()
}

/// Draws the conversation anew whenever something in it has changed.
fn draw(history: Res<ChatHistory>, mut exit: MessageWriter<AppExit>) {
    let with = Uid::from(FRIEND).into();
    let Some(conversation) = history.conversation(&with) else {
        return;
    };
    println!("── {FRIEND} ── {} unread ──", conversation.unread());
    for entry in conversation.iter() {
        println!("{}", line(entry));
    }
    for typist in history.typing(&with) {
        println!("{} is typing…", display_name(typist));
    }
    println!();
    if conversation.last().is_some_and(Entry::is_edited) {
        exit.write(AppExit::Success);
    }
}

fn line(entry: &Entry) -> String {
    let name = display_name(entry.sender());
    let text = Sanitizer::MESSAGE.clean(entry.text().unwrap_or("…"));
    let note = match entry.status() {
        EntryStatus::Pending => " (sending)".to_owned(),
        EntryStatus::Failed(error) => format!(" (not sent: {error})"),
        _ if entry.is_edited() => " (edited)".to_owned(),
        _ => String::new(),
    };
    format!("{name}: {text}{note}")
}

fn talk(chat: Res<CometChat>) {
    chat.send_message(TextMessage::to_user(FRIEND, "Is the tavern open?"));
}

/// Somebody to talk to: types, answers, and thinks better of it.
async fn friend(settings: AppSettings) -> Result<(), ChatError> {
    let Ok((client, mut events)) = Client::start() else {
        return Ok(());
    };
    client.init("app123", settings).await?;
    client.login(AuthKey::new(FRIEND, "key123")).await?;
    while let Some(event) = events.next().await {
        if let Event::MessageReceived(question) = event {
            let robin = &question.sender.uid;
            client.start_typing(robin).await?;
            Timer::after(THOUGHT).await;
            let answer = TextMessage::to_user(robin, "At sxi.");
            let answer = client.send_message(answer).await?;
            Timer::after(THOUGHT).await;
            let better = TextMessage::to_user(robin, "At six.");
            client.edit_message(answer.id, better).await?;
        }
    }
    Ok(())
}
