use std::{net::SocketAddr, time::Duration};

use bevy::{platform::time::Instant, prelude::App};
use bevy_cometchat::{AppSettings, CometChatPlugin, client::AppSettingsBuilder, model::MessageId};

use crate::{game::APP, host, stage::Stage};

/// How long a token of the server's is good.
const TOKEN_LIFETIME: Duration = Duration::from_secs(6);

/// The web shell, in a page, with the server and its network at the page's host.
pub(crate) struct Page {
    server: SocketAddr,
}

impl Page {
    pub(crate) async fn open() -> Self {
        Self::at(&host::ask("start").await)
    }

    pub(crate) fn at(server: &str) -> Self {
        let server = server.parse().expect("an address");
        Self { server }
    }
}

impl Stage for Page {
    async fn with_expiring_tokens() -> Self {
        Self::at(&host::ask("start_with_expiring_tokens").await)
    }

    fn settings(&self) -> AppSettingsBuilder {
        AppSettings::builder()
            .local_server(self.server, None)
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
            host::sleep(left.min(self.frame())).await;
        }
    }

    fn frame(&self) -> Duration {
        Duration::from_millis(10)
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn bob_says(&self, text: &str) -> MessageId {
        let id = host::ask(&format!("bob_says/{text}")).await;
        MessageId(id.parse().expect("an id"))
    }

    async fn bob_edits(&self, id: MessageId, text: &str) {
        host::ask(&format!("bob_edits/{}/{text}", id.0)).await;
    }

    async fn cut(&self) {
        host::ask("cut").await;
    }

    async fn restore(&self) {
        host::ask("restore").await;
    }

    async fn break_connections(&self) {
        host::ask("break_connections").await;
    }

    async fn lose_next_reply(&self) {
        host::ask("lose_next_reply").await;
    }

    async fn expire_token(&self) {
        host::sleep(TOKEN_LIFETIME).await;
    }
}
