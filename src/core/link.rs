//! The link that is being opened or live, and its frames.

use super::{
    Close, Event, Gap, LinkPlan, Output, OwnDevice, Recovery, ServerFrame, Session, app::App,
    open_link::Link, recovery::missed::Missed,
};
use crate::{
    connection::{self, Cause, LinkId, LinkLoss},
    model::{Message, MessageId, TypingIndicator},
    outbox,
    wire::{
        client_frame::{self, AuthAppInfo, AuthBody, AuthParams},
        envelope::Envelope,
        error::code,
    },
};

/// This client's name and version, as it reports them to the server.
pub(crate) const PLATFORM: &str = "bevy";
pub(crate) const SDK: &str = concat!("bevy_cometchat@", env!("CARGO_PKG_VERSION"));
/// The version of CometChat's API that this client speaks.
pub(crate) const API_VERSION: &str = "v3.0";

/// # Opening and closing
impl App {
    pub(super) fn open_link(&mut self, id: LinkId) {
        self.look_at_storage();
        // The old token would be refused.
        let plan = if self.renewal.is_under_way() || self.is_fetching_jwt() {
            Err(LinkLoss::new(Cause::TokenExpired))
        } else {
            self.plan_link()
        };
        match plan {
            Ok(plan) => {
                self.link = Some(Link {
                    id,
                    is_live: false,
                    is_congested: false,
                    // Where nothing was delivered before, nothing can have been missed.
                    held: self.sync.last().map(|_| Vec::new()),
                    recovery: None,
                    recheck: None,
                });
                self.outputs.push_back(Output::OpenLink(id, plan));
            }
            Err(loss) => self.failed_link = Some((id, loss)),
        }
    }

    pub(super) fn close_link(&mut self, id: LinkId) {
        let Some(link) = self.link.take_if(|link| link.id == id) else {
            return;
        };
        self.cancel_recovery(link.id);
        let close = if link.is_live {
            Close::Normal
        } else {
            Close::Abort
        };
        self.outputs.push_back(Output::CloseLink(id, close));
        self.deliver_unfetched(link);
    }

    pub(super) fn on_link_lost(&mut self, id: LinkId, loss: LinkLoss) {
        if let Some(link) = self.link.take_if(|link| link.id == id) {
            self.cancel_recovery(id);
            if link.is_live {
                self.look_at_storage();
            }
            self.deliver_unfetched(link);
        }
        let needs_token = loss.cause == Cause::TokenExpired;
        self.handle_connection(connection::Input::LinkLost(id, loss));
        if needs_token {
            self.link_needs_token(id);
        }
    }

    pub(super) fn send_ping(&mut self, id: LinkId) {
        if self.live_link().is_some_and(|link| link.id == id) {
            self.outputs
                .push_back(Output::Send(id, client_frame::PING.to_owned()));
        }
    }

    pub(super) fn live_link(&self) -> Option<&Link> {
        self.link.as_ref().filter(|link| link.is_live)
    }

    fn plan_link(&self) -> Result<LinkPlan, LinkLoss> {
        let session = self.record.session.as_ref();
        let session = session.ok_or(LinkLoss::new(Cause::LoggedOut))?;
        let endpoint = session.settings.chat_endpoint().ok_or_else(|| LinkLoss {
            reason: Some("the server's settings name no chat host".into()),
            ..LinkLoss::new(Cause::Unreachable)
        });
        let (host, port) = endpoint?;
        let auth_frame = self.auth_frame(session).map_err(|error| LinkLoss {
            reason: Some(error.to_string().into()),
            ..LinkLoss::new(Cause::CredentialsRejected)
        });
        Ok(LinkPlan {
            host: host.to_owned(),
            port,
            auth_frame: auth_frame?,
            own: OwnDevice {
                uid: session.user.uid.clone(),
                id: self.resource.clone(),
            },
        })
    }

    /// The first frame on a socket.
    fn auth_frame(&self, session: &Session) -> serde_json::Result<String> {
        let (presence_subscription, roles) = self.settings.presence.as_wire();
        let body = AuthBody {
            auth: session.jwt.expose(),
            device_id: &self.resource,
            presence_subscription,
            roles,
            params: AuthParams {
                app_info: AuthAppInfo {
                    version: env!("CARGO_PKG_VERSION"),
                    api_version: API_VERSION,
                    uts: self.now.wall.as_millis().try_into().unwrap_or(u64::MAX),
                },
                user_agent: SDK,
                device_id: &self.record.device_id,
                platform: PLATFORM,
            },
        };
        let uid = session.user.uid.as_str();
        Envelope::new("auth", &self.app_id, uid, &self.resource, body).encode()
    }
}

/// # Frames
impl App {
    /// Handles a frame. Nothing reaches the game from a link that is closed or not live.
    pub(super) fn on_frame(&mut self, id: LinkId, frame: ServerFrame) {
        let Some(link) = self.link.as_ref().filter(|link| link.id == id) else {
            return;
        };
        if !link.is_live {
            return self.on_frame_before_live(id, frame);
        }
        match frame {
            ServerFrame::Event(event) => self.on_event(event),
            ServerFrame::Pong => self.handle_connection(connection::Input::Pong(id)),
            ServerFrame::Auth { .. } => {}
            ServerFrame::Echo => self.counters.count_echo(),
        }
    }

    /// Delivers an event, now or when what was missed before it has been fetched.
    fn on_event(&mut self, event: Event) {
        match &event {
            Event::MessageReceived(message) | Event::GroupChanged(message) => {
                let ended = self.ephemeral.on_message(message);
                self.emit_typing(ended);
            }
            Event::RawReceived(_) => self.counters.count_unmodelled(),
            _ => {}
        }
        if let Event::TypingChanged(typing) = event {
            let changes = self.ephemeral.on_typing(typing, self.now.monotonic);
            return self.emit_typing(changes);
        }
        // A transient event is worth nothing by the end of the recovery.
        if event.is_transient() {
            return self.emit(event);
        }
        match self.link.as_mut().and_then(|link| link.held.as_mut()) {
            Some(held) => held.push(event),
            None => drop(self.deliver(event)),
        }
    }

    /// Waits for the answer to the auth frame.
    fn on_frame_before_live(&mut self, id: LinkId, frame: ServerFrame) {
        let ServerFrame::Auth { accepted, reason } = frame else {
            return;
        };
        if accepted {
            return self.go_live(id);
        }
        let cause = if reason.starts_with("404") {
            Cause::UnknownApp
        } else if [code::AUTH_TOKEN_NOT_FOUND, code::AUTH_TOKEN_EXPIRED]
            .iter()
            .any(|code| reason.ends_with(code))
        {
            Cause::TokenExpired
        } else {
            Cause::CredentialsRejected
        };
        self.outputs.push_back(Output::CloseLink(id, Close::Abort));
        let cause = if cause == Cause::CredentialsRejected && self.can_get_jwt(id) {
            Cause::TokenExpired
        } else {
            cause
        };
        let loss = LinkLoss {
            reason: Some(reason.into()),
            ..LinkLoss::new(cause)
        };
        self.on_link_lost(id, loss);
    }

    fn go_live(&mut self, id: LinkId) {
        if let Some(link) = &mut self.link {
            link.is_live = true;
        }
        self.jwt_fetched = None;
        self.handle_connection(connection::Input::LinkLive(id));
        if self.live_link().is_some_and(|link| link.id == id) {
            self.start_recovery();
            self.handle_outbox(outbox::Input::NetworkBack);
        }
    }

    /// Delivers the missed events, and then those that arrived meanwhile.
    pub(super) fn deliver_missed(&mut self, missed: Option<Missed>) {
        let mut first_changes = None;
        if let Some(missed) = missed {
            first_changes = missed.first_changes;
            if let Some(after) = missed.restarted_after {
                self.handle_outbox(outbox::Input::IdsRestarted(after));
            }
            let changed = self.deliver_all(missed.changes.into_iter().map(Event::of_change));
            let recovered = self.deliver_all(missed.messages.into_iter().map(Event::of_message));
            self.emit(Event::MessagesRecovered(Box::new(Recovery {
                recovered,
                changed,
                gap: missed.gap,
                changes_gap: missed.changes_gap,
            })));
        }
        self.deliver_held();
        // After the held events: a change among them is still news to the game.
        if let Some(first) = first_changes {
            self.sync.edits.begin(first.at, &first.messages);
        }
    }

    /// Returns how many were delivered.
    pub(super) fn deliver_all(&mut self, events: impl Iterator<Item = Event>) -> usize {
        events.map(|event| usize::from(self.deliver(event))).sum()
    }

    /// Delivers the held events, except changes of messages that were fetched in a later state.
    fn deliver_held(&mut self) {
        let held = self.link.as_mut().and_then(|link| link.held.take());
        let held = held.unwrap_or_default();
        let places = held.iter().enumerate();
        let changed = places.filter_map(|(place, event)| Some((place, event.changed_message()?)));
        let fetched = self.sync.edits.places(changed);
        for (place, event) in held.into_iter().enumerate() {
            let fetched = event.changed_message().map(|it| fetched.get(&it.id));
            if fetched.flatten() > Some(&place) {
                self.counters.count_duplicate();
            } else {
                self.deliver(event);
            }
        }
    }

    /// Delivers the held events of a link that ends during its recovery. The next recovery fetches the others.
    fn deliver_unfetched(&mut self, link: Link) {
        for event in link.held.into_iter().flatten() {
            if !event.is_fetched() {
                self.emit(event);
            }
        }
    }

    /// Delivers an event to the game, unless it is a message or a change that the game has, or is about to have from the
    /// outbox. Returns whether it was delivered.
    fn deliver(&mut self, event: Event) -> bool {
        let restart = self.restart_for(&event);
        let is_new = match &event {
            Event::MessageReceived(message) if self.is_in_outbox(message) => {
                self.sync.take(message);
                let message = message.clone();
                self.handle_outbox(outbox::Input::Heard(message));
                return false;
            }
            Event::MessageReceived(message) | Event::GroupChanged(message) => {
                self.sync.take(message)
            }
            Event::MessageEdited(message) | Event::MessageDeleted(message) => {
                self.sync.edits.take(message)
            }
            _ => true,
        };
        if is_new {
            self.emit(event);
        } else {
            self.counters.count_duplicate();
        }
        if let Some(gap) = restart {
            self.emit(Event::MessagesRecovered(Box::new(Recovery {
                recovered: 0,
                changed: 0,
                gap: Some(gap),
                changes_gap: None,
            })));
        }
        is_new
    }

    /// Handles a new message with the id of another one that the game has: the server has lost that one, and all after
    /// it. Returns the gap.
    fn restart_for(&mut self, event: &Event) -> Option<Gap> {
        let (Event::MessageReceived(message) | Event::GroupChanged(message)) = event else {
            return None;
        };
        if !self.sync.has_another(message) {
            return None;
        }
        let after = MessageId(message.id.0.saturating_sub(1));
        self.sync.restart_after(after);
        self.handle_outbox(outbox::Input::IdsRestarted(after));
        Some(Gap {
            after,
            before: Some(message.id),
            error: None,
        })
    }

    /// Whether it is a message of the user's own that the outbox does not know to be sent yet.
    fn is_in_outbox(&self, message: &Message) -> bool {
        let session = self.record.session.as_ref();
        session.is_some_and(|session| session.user.uid == message.sender.uid)
            && self.outbox.may_hold(message)
            && !self.sync.has(message.id)
    }

    fn emit_typing(&mut self, changes: impl IntoIterator<Item = TypingIndicator>) {
        for typing in changes {
            self.emit(Event::TypingChanged(typing));
        }
    }
}
