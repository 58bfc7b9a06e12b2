use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bevy::prelude::App;
use bevy_cometchat::{
    AppSettings, AuthKey, CometChatPlugin,
    client::{AppSettingsBuilder, Client, Events, MemoryStore},
    local_server::{LocalServer, LocalServerConfig, Rate, RateLimits},
    model::{MessageId, TextMessage},
};
use futures_lite::future::block_on;

use super::{
    game::{APP, KEY},
    proxy::Proxy,
    stage::Stage,
};

/// How long a token of the server's is good.
const TOKEN_LIFETIME: Duration = Duration::from_secs(6);

/// The native shell: real sockets, and intervals short enough for a test.
pub(crate) struct Native {
    proxy: Proxy,
    store: Arc<MemoryStore>,
    server: Option<LocalServer>,
    config: LocalServerConfig,
    bob: Client,
    _bobs_events: Events,
}

impl Native {
    fn with(config: LocalServerConfig) -> Self {
        let server = LocalServer::start(config.clone()).expect("the server starts");
        let (bob, events) = Client::start().expect("a thread");
        let settings = AppSettings::builder()
            .local_server(server.address(), None)
            .session_in_memory()
            .outbox(|limits| limits.per_minute = None)
            .auto_establish_socket_connection(false);
        block_on(bob.init(APP, settings.build())).expect("init succeeds");
        block_on(bob.login(AuthKey::new("bob", KEY))).expect("bob logs in");
        Self {
            proxy: Proxy::start(server.address()),
            store: Arc::default(),
            config: config.listen(server.address()),
            server: Some(server),
            bob,
            _bobs_events: events,
        }
    }

    /// Where a game finds the server.
    pub(crate) fn address(&self) -> SocketAddr {
        self.proxy.address()
    }

    /// A stage with a server that lets a user make one request a second, once a few were made at once.
    #[allow(dead_code, reason = "the tests of pages use it")]
    pub(crate) fn with_few_requests() -> Self {
        let rate = |per_second, burst| Rate { per_second, burst };
        Self::with(Self::config().rate_limits(RateLimits {
            requests: rate(1, 12),
            frames: RateLimits::default().frames,
        }))
    }

    /// A stage on which bob may send as many messages as he likes, and whose server keeps them in a file.
    #[allow(dead_code, reason = "the tests of pages use it")]
    pub(crate) fn without_message_limit(data: &Path) -> Self {
        Self::with(Self::config().messages_per_minute(u32::MAX).data(data))
    }

    /// Stops the server as a crash does: it closes no connection.
    #[allow(dead_code, reason = "the tests of pages use it")]
    pub(crate) fn kill_server(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill();
        }
    }

    /// Starts the server again, with the data that it had.
    #[allow(dead_code, reason = "the tests of pages use it")]
    pub(crate) fn start_server(&mut self) {
        let server = LocalServer::start(self.config.clone()).expect("the server starts again");
        self.server = Some(server);
    }

    /// Has the game's WebSocket receive frames that are not the server's, one after the other, again and again.
    #[allow(dead_code, reason = "the tests of pages use it")]
    pub(crate) fn flood(&self, frames: &[String], count: usize) {
        self.proxy.flood(frames, count);
    }

    /// The code with which the game has closed a connection, once for each.
    #[allow(dead_code, reason = "the tests of pages look at it")]
    pub(crate) fn take_close_code(&self) -> Option<u16> {
        self.proxy.take_close_code()
    }

    fn config() -> LocalServerConfig {
        LocalServerConfig::new(APP, KEY).user("alice").user("bob")
    }
}

impl Default for Native {
    fn default() -> Self {
        Self::with(Self::config())
    }
}

impl Stage for Native {
    async fn with_expiring_tokens() -> Self {
        Self::with(Self::config().token_lifetime(TOKEN_LIFETIME))
    }

    fn settings(&self) -> AppSettingsBuilder {
        AppSettings::builder()
            .local_server(self.address(), None)
            .session_store(self.store.clone())
            .timing(|timing| {
                timing.backoff_first = Duration::from_millis(20);
                timing.backoff_base = Duration::from_millis(100);
                timing.backoff_cap = Duration::from_millis(300);
                timing.attempt_spacing = Duration::from_millis(20);
                timing.background_timeout = self.background_timeout();
                timing.keep_alive_interval = self.background_timeout();
            })
    }

    fn background_timeout(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn plugin(&self, settings: AppSettingsBuilder) -> CometChatPlugin {
        CometChatPlugin::new(APP, settings.build())
    }

    async fn pass(&self, app: &mut App, time: Duration) {
        let end = Instant::now() + time;
        loop {
            app.update();
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            thread::sleep(left.min(self.frame()));
        }
    }

    fn frame(&self) -> Duration {
        Duration::from_millis(10)
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn bob_says(&self, text: &str) -> MessageId {
        let said = self.bob.send_message(TextMessage::to_user("alice", text));
        said.await.expect("the message is stored").id
    }

    async fn bob_edits(&self, id: MessageId, text: &str) {
        let edit = TextMessage::to_user("alice", text);
        self.bob
            .edit_message(id, edit)
            .await
            .expect("the message is edited");
    }

    async fn cut(&self) {
        self.proxy.refuse(true);
        self.proxy.reset_all();
    }

    async fn restore(&self) {
        self.proxy.refuse(false);
    }

    async fn break_connections(&self) {
        self.proxy.reset_all();
    }

    async fn lose_next_reply(&self) {
        self.proxy.lose_next_reply();
    }

    async fn expire_token(&self) {
        thread::sleep(TOKEN_LIFETIME);
    }
}
