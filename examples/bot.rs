//! A bot: a client without Bevy, for moderators, merchants and load tests. It answers whoever writes to it.
//!
//! `cargo run --example bot`

use bevy_cometchat::{
    AppSettings, AuthKey,
    client::{Client, Event, Events},
    connection::ConnectionStatus,
    local_server::{LocalServer, LocalServerConfig},
    model::TextMessage,
};
use futures_lite::future::{block_on, or};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = LocalServerConfig::new("app123", "key123")
        .user("merchant")
        .user("robin");
    let server = LocalServer::start(config)?;
    let settings = server.settings().build();
    block_on(or(merchant(settings.clone()), robin(settings)))
}

/// Answers every message, for as long as the program runs.
async fn merchant(settings: AppSettings) -> Result<(), Box<dyn std::error::Error>> {
    let (client, mut events) = log_in("merchant", settings).await?;
    while let Some(event) = events.next().await {
        if let Event::MessageReceived(message) = event {
            let answer = match message.text() {
                Some(text) if text.contains("key") => "A rusty key? Seven gold.",
                _ => "Looking for anything in particular?",
            };
            let answer = TextMessage::to_user(&message.sender.uid, answer);
            client.send_message(answer.quoting(message.id)).await?;
        }
    }
    Ok(())
}

/// A player, so that the bot has somebody to answer.
async fn robin(settings: AppSettings) -> Result<(), Box<dyn std::error::Error>> {
    let (client, mut events) = log_in("robin", settings).await?;
    for question in ["Hello!", "Do you sell keys?"] {
        println!("robin: {question}");
        client
            .send_message(TextMessage::to_user("merchant", question))
            .await?;
        while let Some(event) = events.next().await {
            if let Event::MessageReceived(answer) = event {
                println!("{}: {}", answer.sender.name, answer.text().unwrap_or("…"));
                break;
            }
        }
    }
    Ok(())
}

/// A client that is connected.
async fn log_in(
    uid: &str,
    settings: AppSettings,
) -> Result<(Client, Events), Box<dyn std::error::Error>> {
    let (client, mut events) = Client::start()?;
    client.init("app123", settings).await?;
    client.login(AuthKey::new(uid, "key123")).await?;
    while let Some(event) = events.next().await {
        if matches!(event, Event::StatusChanged(change) if change.to == ConnectionStatus::Connected)
        {
            return Ok((client, events));
        }
    }
    Err("the client stopped".into())
}
