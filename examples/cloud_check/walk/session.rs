//! Logging in and out, and the connection.

use bevy_cometchat::{AuthToken, client::Event, model::TextMessage};

use super::{Outcome, Player, Report, Target, Walk, Who};

/// Logs in, and waits for the connection.
pub(super) async fn log_in(player: &mut Player, target: &Target, report: &mut Report) -> bool {
    let login = player.client.login(target.auth_key(&player.uid)).await;
    let uid = player.uid.clone();
    let user = report.outcome("log in by the auth key", login, |user| {
        user.uid.as_str() == uid
    });
    if user.is_none() {
        return false;
    }
    let is_connected = player.is_connected().await;
    let came = if is_connected {
        "connected"
    } else {
        "no connection"
    };
    report.row("connect", came, is_connected);
    let logged_in = player
        .event(|event| matches!(event, Event::LoggedIn { .. }))
        .await;
    report.row("event: logged in", "came", logged_in.is_some());
    true
}

impl Walk<'_> {
    /// What was missed without a connection comes after it.
    pub(super) async fn connection(&mut self) -> Outcome {
        let pong = self.bob.client.ping().await;
        self.report.outcome("ping", pong, |_| true);
        let left = self.bob.client.disconnect().await;
        self.report.outcome("disconnect", left, |()| true);
        let missed = TextMessage::to_user(&*self.bob.uid, "While you were away");
        let missed = self.alice.client.send_message(missed).await?;
        self.messages.0.push(missed.id);
        let back = self.bob.client.connect().await;
        self.report.outcome("connect again", back, |()| true);
        self.sees(
            "what was missed is recovered",
            Who::Bob,
            |event| matches!(event, Event::MessageReceived(it) if it.id == missed.id),
        )
        .await;
        self.sees(
            "recovery ended",
            Who::Bob,
            |event| matches!(event, Event::MessagesRecovered(recovery) if recovery.gap.is_none()),
        )
        .await;
        Ok(())
    }

    /// Credentials that are not good, renewal, logging in by a token and logging out.
    pub(super) async fn end_of_session(&mut self) {
        let refused = self.device.get_with("me", "no-such-token").await;
        let code = refused.map_or_else(|error| error.to_string(), |reply| reply.code().to_owned());
        let is_expected = code == "AUTH_ERR_AUTH_TOKEN_NOT_FOUND";
        self.report
            .row("a token that the server does not know", code, is_expected);

        let frames = self.device.listen_with("no-such-credential");
        let end = frames.wait_for(|frame| frame["type"] == "closed").await;
        let words = frames
            .all()
            .into_iter()
            .map(|it| format!("{} {}", it["body"], it["how"]));
        let words: Vec<_> = words.collect();
        let came = words.join("; ");
        self.report.row(
            "a socket with a credential that is not good is closed",
            came,
            end.is_some(),
        );

        let me = self.device.get("me").await;
        let has_jwt = me
            .as_ref()
            .is_ok_and(|reply| reply.body["data"]["jwt"].is_string());
        self.report.row(
            "`GET me` has a new socket credential",
            has_jwt.to_string(),
            has_jwt,
        );
        if let Some(jwt) = me
            .ok()
            .and_then(|it| it.body["data"]["jwt"].as_str().map(str::to_owned))
        {
            self.report.keep_secret(jwt);
        }

        let out = self.bob.client.logout().await;
        self.report.outcome("log out", out, |()| true);
        self.sees("logged out", Who::Bob, |event| {
            matches!(event, Event::LoggedOut { .. })
        })
        .await;
        let token = AuthToken::new(self.device.token.as_str());
        let login = self.bob.client.login(token).await;
        self.report.outcome("log in by a token", login, |_| true);
        let out = self.bob.client.logout().await;
        self.report.outcome("log out", out, |()| true);
        let out = self.alice.client.logout().await;
        self.report.outcome("log out", out, |()| true);
        // Ends with the token if it is another one.
        let _ = self.device.log_out().await;
        if !self.target.is_local() {
            for uid in [&*self.alice.uid, &*self.bob.uid, self.carol.as_str()] {
                self.report.left_behind(format!(
                    "user {uid}: an auth key can't delete users; the dashboard and the REST API key can"
                ));
            }
        }
    }
}
