use std::{fmt, sync::Arc, time::Duration};

use bevy::{prelude::App, time::TimeUpdateStrategy};

use super::backend::Stage;
use crate::{
    client::{AppSettings, ChangesGap, ChatError, ErrorCode, Event, Gap, MemoryStore, Recovery},
    connection::{AppState, Cause, LinkLoss, StatusChange},
    core::{PlatformEvent, ServerFrame},
    model::{
        GroupActionKind, GroupDetails, Guid, Message, MessageId, OutgoingMessage, ReceiverId,
        TextMessage, Timestamp, TypingIndicator, Uid,
    },
    outbox::SendError,
    plugin::CometChatPlugin,
    shells::scripted::{Fate, OnConnect, has_frame, named_after_uid},
};

/// The frame time of [`ScriptedChat::advance`].
const FRAME: Duration = Duration::from_nanos(16_666_667);

/// A server, a network and a clock that a test controls; see [`test_util`](crate::test_util).
///
/// Clones share everything. It drives one app at a time. A second app stands for the next run of the game, which finds
/// the session that the first one saved.
#[derive(Clone, Default)]
pub struct ScriptedChat {
    stage: Stage,
    /// The store of the records of the game, in place of the platform's directory.
    records: Arc<MemoryStore>,
}

impl ScriptedChat {
    /// A server that accepts everything, at once.
    pub fn new() -> Self {
        Self::default()
    }

    /// The plugin, connected to this script. Options are set on it as usual.
    ///
    /// The app's time then advances only by [`advance`](Self::advance) and similar methods. Set [`TimeUpdateStrategy`]
    /// afterwards to change that.
    pub fn plugin(&self, app_id: impl Into<String>, settings: AppSettings) -> CometChatPlugin {
        let settings = settings.with_platform_store(&self.records);
        CometChatPlugin::new(app_id, settings).with_backend(Arc::new(self.stage.clone()))
    }

    /// Like [`plugin`](Self::plugin), for [`CometChatPlugin::uninitialized`].
    pub fn uninitialized_plugin(&self) -> CometChatPlugin {
        CometChatPlugin::uninitialized().with_backend(Arc::new(self.stage.clone()))
    }
}

/// # What an earlier run left
impl ScriptedChat {
    /// `uid` is logged in when the app starts.
    #[must_use]
    pub fn with_saved_session(self, uid: impl Into<Uid>) -> Self {
        self.stage.script().saved_user = Some(uid.into());
        self
    }

    /// The saved session is corrupt when the app starts.
    #[must_use]
    pub fn with_unusable_session(self) -> Self {
        self.stage.script().corrupt_storage();
        self
    }
}

/// # Time
impl ScriptedChat {
    /// Lets time pass for a game that runs at 60 Hz.
    pub fn advance(&self, app: &mut App, duration: Duration) {
        self.advance_at(app, duration, FRAME);
    }

    /// Lets time pass for a game with this frame time.
    pub fn advance_at(&self, app: &mut App, duration: Duration, frame: Duration) {
        let end = self.stage.clock().now + duration;
        loop {
            let left = end.saturating_sub(self.stage.clock().now);
            if left.is_zero() {
                return;
            }
            self.update_after(app, left.min(frame));
        }
    }

    /// Lets time pass for a reactive game: it updates when it is woken, and at the end.
    pub fn sleep(&self, app: &mut App, duration: Duration) {
        let end = self.stage.clock().now + duration;
        self.stage.script().follow_game();
        loop {
            if self.stage.wakes().take() {
                self.catch_up(app);
            } else {
                let mut script = self.stage.script();
                if !script.step(end) {
                    break;
                }
                script.flush();
            }
        }
        self.stage.script().run_until(end);
        self.catch_up(app);
    }

    /// Lets time pass while the game hangs: it updates at the end only, whatever wakes it.
    pub fn freeze(&self, app: &mut App, duration: Duration) {
        let end = self.stage.clock().now + duration;
        self.stage.script().follow_game();
        self.stage.script().run_until(end);
        self.catch_up(app);
    }

    /// Updates once, with time standing still.
    pub fn update(&self, app: &mut App) {
        self.update_after(app, Duration::ZERO);
    }

    /// The virtual time.
    pub fn now(&self) -> Duration {
        self.stage.script().now
    }

    fn catch_up(&self, app: &mut App) {
        let step = self.now().saturating_sub(self.stage.clock().now);
        self.update_after(app, step);
    }

    fn update_after(&self, app: &mut App, step: Duration) {
        let before = self.stage.clock().now;
        // Bevy's clock does not count the time before its first update.
        for _ in 0..2 {
            self.stage.clock().step = step;
            app.insert_resource(TimeUpdateStrategy::ManualDuration(step));
            app.update();
            if self.stage.clock().now >= before + step {
                app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::ZERO));
                return;
            }
        }
        panic!("the time in the app does not advance: is something else setting it?");
    }
}

/// # What the server and the network do
impl ScriptedChat {
    /// Sets the time that the server takes to answer anything. Default: 0.
    pub fn set_latency(&self, latency: Duration) {
        self.stage.script().server.latency = latency;
    }

    /// Lets attempts to connect succeed from now on. The default.
    pub fn accept_connections(&self) {
        self.stage.script().server.connections = OnConnect::Accept;
    }

    /// Lets attempts to connect fail from now on.
    pub fn refuse_connections(&self, cause: Cause) {
        self.stage.script().server.connections = OnConnect::Refuse(LinkLoss::new(cause));
    }

    /// Leaves attempts to connect unanswered from now on.
    pub fn ignore_connections(&self) {
        self.stage.script().server.connections = OnConnect::Ignore;
    }

    /// Sets whether pings are answered. Default: `true`.
    pub fn answer_pings(&self, answer: bool) {
        self.stage.script().server.answers_pings = answer;
    }

    /// Ends the connection or the attempt without a close frame. Returns whether there was one.
    pub fn drop_connection(&self, cause: Cause) -> bool {
        self.lose_connection(LinkLoss::new(cause))
    }

    /// Closes the connection from the server's side. Returns whether there was one.
    pub fn close_connection(&self, code: u16, reason: &str) -> bool {
        self.lose_connection(LinkLoss {
            close_code: Some(code),
            reason: Some(reason.into()),
            ..LinkLoss::new(Cause::ClosedByServer)
        })
    }

    /// Lets the next login, or renewal of a token, fail that has no answer yet.
    pub fn fail_next_login(&self, code: ErrorCode, message: &str) {
        let error = ChatError::new(code, message);
        self.stage.script().server.login_errors.push_back(error);
    }

    /// Lets the next attempt to send a message fail that has no answer yet. The server refuses it, unless the code is
    /// [`ServerUnreachable`](ErrorCode::ServerUnreachable): then it never leaves the game.
    pub fn fail_next_send(&self, code: ErrorCode, message: &str) {
        let error = ChatError::new(code, message);
        self.next_send(Fate::Fails(match error.code {
            ErrorCode::ServerUnreachable => SendError::NeverLeft(error),
            _ => SendError::Refused(error),
        }));
    }

    /// Lets the server answer the next attempt to send a message, that has no answer yet, with a request to wait for
    /// `retry_after`.
    pub fn throttle_next_send(&self, retry_after: Duration) {
        self.next_send(Fate::Fails(SendError::Throttled(ChatError {
            retry_after: Some(retry_after),
            ..ChatError::new(ErrorCode::RateLimited, "the script has you wait")
        })));
    }

    /// Loses the reply to the next attempt to send a message that has no answer yet. `stored` says whether the server
    /// has the message.
    pub fn lose_next_reply(&self, stored: bool) {
        self.next_send(Fate::ReplyLost { stored });
    }

    fn next_send(&self, fate: Fate) {
        self.stage.script().server.fates.push_back(fate);
    }

    /// Sets whether HTTP requests, such as messages, reach the server. Default: `true`. It does not change connections:
    /// see [`refuse_connections`](Self::refuse_connections) and [`drop_connection`](Self::drop_connection).
    pub fn set_online(&self, online: bool) {
        self.stage.script().server.online = online;
    }

    /// Hides or shows the page of the game, as in a browser. While the page is hidden, the game is in the background,
    /// unless [`AppStateSource`](crate::AppStateSource) is `AppLifecycle` or `Manual`. Without a page this never
    /// happens.
    pub fn set_page_hidden(&self, hidden: bool) {
        self.report_from_platform(if hidden {
            PlatformEvent::Hidden
        } else {
            PlatformEvent::Visible
        });
    }

    /// Freezes or thaws the page of the game, like a browser does with a page that the player has left and may return
    /// to. A frozen page has no connection. Only the client is affected: the methods of the script still update the
    /// game.
    pub fn set_page_frozen(&self, frozen: bool) {
        self.report_from_platform(if frozen {
            PlatformEvent::Frozen
        } else {
            PlatformEvent::Thawed
        });
    }

    fn report_from_platform(&self, event: PlatformEvent) {
        self.stage.script().report_from_platform(event);
    }

    /// Lets the session's token expire. Requests and attempts to connect wait until the game gives a new one: a token
    /// that is the uid of the same user, or an auth key with that uid.
    pub fn expire_token(&self) {
        self.stage.script().server.expired_tokens += 1;
    }

    /// Sets the JSON with which the next request is answered that has no answer yet, such as `{"data":{…}}`. Logins and
    /// messages are not affected. Without this, a request is refused, unless it is about groups.
    pub fn answer_next_call(&self, reply: impl Into<String>) {
        let answer = Ok(reply.into());
        self.stage.script().server.answers.push_back(answer);
    }

    /// Sets the JSON with which every list of conversations is answered. [`answer_next_call`](Self::answer_next_call)
    /// then does not count such requests. The chat box requests a list at each login.
    pub fn answer_conversations(&self, reply: impl Into<String>) {
        self.stage.script().server.conversations = Some(reply.into());
    }

    /// Lets the next request fail that has no answer yet. Logins and messages are not affected.
    pub fn fail_next_call(&self, code: ErrorCode, message: &str) {
        let answer = Err(ChatError::new(code, message));
        self.stage.script().server.answers.push_back(answer);
    }

    /// Adds a group without members.
    pub fn add_group(&self, guid: impl Into<Guid>, details: GroupDetails) {
        self.stage.script().server.groups.add(&guid.into(), details);
    }

    /// Removes a group, like its owner. The server sends no event about that.
    pub fn remove_group(&self, guid: impl Into<Guid>) {
        self.stage.script().server.groups.remove(&guid.into());
    }

    /// Lets a user join a group.
    pub fn add_group_member(&self, guid: impl Into<Guid>, uid: impl Into<Uid>) {
        let (guid, uid) = (guid.into(), uid.into());
        self.stage
            .script()
            .server
            .groups
            .add_member(&guid, uid.clone());
        self.tell_of_member(&guid, GroupActionKind::Joined, &uid, &uid);
    }

    /// Removes a user from a group, like an admin.
    pub fn kick_group_member(&self, guid: impl Into<Guid>, uid: impl Into<Uid>) {
        let (guid, uid) = (guid.into(), uid.into());
        self.stage.script().server.groups.remove_member(&guid, &uid);
        self.tell_of_member(&guid, GroupActionKind::Kicked, &"admin".into(), &uid);
    }

    fn tell_of_member(&self, guid: &Guid, kind: GroupActionKind, by: &Uid, uid: &Uid) {
        let mut script = self.stage.script();
        let now = script.now;
        if let Some(action) = script.server.group_action(guid, kind, by, uid, now) {
            script.deliver(action);
        }
    }

    /// Logs the user out, like another process with the same session directory. The server is not notified.
    pub fn log_out_elsewhere(&self) {
        self.stage.script().empty_storage();
    }

    /// Lets the server end the session.
    pub fn revoke_session(&self) {
        self.stage.script().revoke_session();
    }

    /// Sends a text to the logged-in user. Returns its id, or `None` without a live connection: the message then
    /// arrives after the next one is made, as with the real server.
    pub fn receive_text(&self, from: impl Into<Uid>, text: &str) -> Option<MessageId> {
        let user = self.stage.script().user()?;
        self.receive_from(from, TextMessage::to_user(user, text))
    }

    /// Lets `from` send a message of any kind to its receiver. Returns its id, or `None` without a live connection: the
    /// message then arrives after the next one is made.
    ///
    /// ```
    /// # use bevy_cometchat::{model::CustomMessage, prelude::*, test_util::ScriptedChat};
    /// # let script = ScriptedChat::new();
    /// let trade = CustomMessage::new(Uid::from("alice"), "trade", &[1, 2])?;
    /// script.receive_from("bob", trade);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn receive_from(
        &self,
        from: impl Into<Uid>,
        message: impl Into<OutgoingMessage>,
    ) -> Option<MessageId> {
        let mut script = self.stage.script();
        let now = script.now;
        let sender = named_after_uid(&from.into());
        let message = script.server.store(sender, &message.into(), now);
        let id = message.id;
        script.deliver(message).then_some(id)
    }

    /// Sends any message, for example one of [`text_message`](super::text_message). Returns whether there was a live
    /// connection. Without one, the message arrives after the next one is made.
    pub fn receive(&self, message: Message) -> bool {
        self.stage.script().deliver(message)
    }

    /// Sends any other event, such as an edit. Returns whether there was a live connection. Without one, edits and
    /// deletions arrive after the next one is made, and other events are lost.
    pub fn receive_event(&self, event: Event) -> bool {
        let mut script = self.stage.script();
        let now = script.now;
        match &event {
            Event::MessageReceived(message) | Event::GroupChanged(message) => {
                return script.deliver(message.clone());
            }
            Event::MessageEdited(message) | Event::MessageDeleted(message) => {
                script.server.keep_change(message.clone(), now);
            }
            _ => {}
        }
        if has_frame(&event) {
            script.push(ServerFrame::Event(event))
        } else {
            script.push_event(event)
        }
    }

    /// Reports a recovery with a gap: the messages between these two, or all after the first, are missing. Returns
    /// whether there was a live connection.
    pub fn leave_gap(&self, after: MessageId, before: Option<MessageId>) -> bool {
        self.report_recovery(Recovery {
            gap: Some(Gap {
                after,
                before,
                error: None,
            }),
            ..NOTHING_MISSED
        })
    }

    /// Reports a recovery in which edits and deletions are missing since this time of the server's clock. Returns
    /// whether there was a live connection.
    pub fn leave_changes_gap(&self, since: Timestamp) -> bool {
        self.report_recovery(Recovery {
            changes_gap: Some(ChangesGap { since, error: None }),
            ..NOTHING_MISSED
        })
    }

    fn report_recovery(&self, recovery: Recovery) -> bool {
        let event = Event::MessagesRecovered(Box::new(recovery));
        self.stage.script().push_event(event)
    }

    /// Lets `from` start or stop typing to the logged-in user. Returns whether there was a live connection.
    pub fn receive_typing(&self, from: impl Into<Uid>, typing: bool) -> bool {
        let mut script = self.stage.script();
        let Some(user) = script.user() else {
            return false;
        };
        script.push(ServerFrame::Event(Event::TypingChanged(TypingIndicator {
            user: named_after_uid(&from.into()),
            receiver: ReceiverId::User(user),
            typing,
        })))
    }

    fn lose_connection(&self, loss: LinkLoss) -> bool {
        self.stage.script().lose_connection(loss)
    }
}

/// A recovery that found nothing.
const NOTHING_MISSED: Recovery = Recovery {
    recovered: 0,
    changed: 0,
    gap: None,
    changes_gap: None,
};

/// # What the client did
impl ScriptedChat {
    /// Whether the connection is live.
    pub fn is_connected(&self) -> bool {
        self.stage.script().live_link().is_some()
    }

    /// The number of attempts to connect.
    pub fn attempts(&self) -> usize {
        self.stage.script().log.attempts
    }

    /// The number of connections and attempts that the client ended itself, with code 1000.
    pub fn closes(&self) -> usize {
        self.stage.script().log.closes
    }

    /// The number of pings by the game and its keep-alive service.
    pub fn pings(&self) -> usize {
        self.stage.script().log.pings
    }

    /// The number of ping frames that were sent, including the client's own.
    pub fn ping_frames(&self) -> usize {
        self.stage.script().log.ping_frames
    }

    /// The users of the logins that were requested of the server, in order.
    pub fn logins(&self) -> Vec<Uid> {
        self.stage.script().log.logins.clone()
    }

    /// The messages that left the game, in order, including those that failed. A message that left twice occurs twice.
    pub fn sent(&self) -> Vec<OutgoingMessage> {
        self.stage.script().log.sent.clone()
    }

    /// The requests that the game made, other than logins and messages, in order: `GET users/bob`.
    pub fn calls(&self) -> Vec<String> {
        self.stage.script().log.calls.clone()
    }

    /// The bodies of these requests, empty for those without one.
    pub fn call_bodies(&self) -> Vec<String> {
        self.stage.script().log.call_bodies.clone()
    }

    /// The members of a group, by their ids. Empty if there is no such group.
    pub fn group_members(&self, guid: impl Into<Guid>) -> Vec<Uid> {
        self.stage.script().server.groups.members(&guid.into())
    }

    /// The frames that the game sent, other than pings, in order, as JSON.
    pub fn frames(&self) -> Vec<String> {
        self.stage.script().log.frames.clone()
    }

    /// All changes of the connection's status, in order, whether or not the app has seen them.
    pub fn status_changes(&self) -> Vec<StatusChange> {
        self.stage.script().log.status_changes.clone()
    }

    /// The state of the app, according to the client.
    pub fn app_state(&self) -> AppState {
        self.stage.script().app_state
    }

    /// Whether the client was ended in an orderly way.
    pub fn is_shut_down(&self) -> bool {
        self.stage.script().log.shut_down
    }

    /// The number of times a sleeping event loop would have been woken.
    pub fn wakes(&self) -> usize {
        self.stage.wakes().count()
    }
}

impl fmt::Debug for ScriptedChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScriptedChat")
    }
}
