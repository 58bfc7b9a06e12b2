use std::time::Duration;

use bevy::prelude::App;
use bevy_cometchat::{CometChatPlugin, client::AppSettingsBuilder, model::MessageId};

/// A shell with a server and a network around it. The game's user is alice; bob is somebody else.
pub(crate) trait Stage {
    /// A stage on which tokens expire.
    async fn with_expiring_tokens() -> Self
    where
        Self: Sized;

    /// Settings of which the intervals suit the stage.
    fn settings(&self) -> AppSettingsBuilder;

    /// How long a live connection outlasts the last ping of a game in the background, by these settings.
    fn background_timeout(&self) -> Duration;

    /// The plugin on this shell. The next one finds what the one before has saved.
    fn plugin(&self, settings: AppSettingsBuilder) -> CometChatPlugin;

    /// Lets time pass for a game that runs.
    async fn pass(&self, app: &mut App, time: Duration);

    /// How long a frame of the game takes.
    fn frame(&self) -> Duration;

    /// How long anything may take.
    fn patience(&self) -> Duration;

    /// Bob sends a message to alice.
    async fn bob_says(&self, text: &str) -> MessageId;

    /// Bob changes what he said.
    async fn bob_edits(&self, id: MessageId, text: &str);

    /// Breaks all connections, and lets no new one be made.
    async fn cut(&self);

    /// Lets connections be made again.
    async fn restore(&self);

    /// Breaks all connections; new ones can be made.
    async fn break_connections(&self);

    /// The reply to the next message is lost; the server has the message.
    async fn lose_next_reply(&self);

    /// Waits until the token of the session has expired.
    async fn expire_token(&self);
}
