use std::{
    cell::RefCell, collections::HashMap, future::pending, rc::Rc, sync::Arc, thread, time::Duration,
};

use async_channel::{Receiver, Sender};
use async_executor::Task;
use async_io::Timer;
use futures_lite::{FutureExt, future};

use super::{
    api::{self, API_VERSION, Api, SDK},
    catch_up::CatchUp,
    clock::Clock,
    connector::{Connector, loss},
    endpoint::Endpoint,
    link::{Link, LinkContext, LinkPlan},
    progress::Progress,
    spawner::Spawner,
};
use crate::{
    client::{
        ChatError, Command, Completer, Counters, DriverEnd, Event, PresenceSubscription,
        SessionStore, Waiting,
        event::Ended,
        operation::{PendingCall, Reply},
        outbox::{self, Attempt, Outbox, Setback, Sighting},
        queue::EventSink,
        renewal::Renewal,
        session::{Record, Session},
        signals::{self, Signals},
    },
    lifecycle::{
        AppState, Cause, ConnectionStatus, Input, Lifecycle, LinkId, LinkLoss, Output, Retry,
        StatusChange, Ticket,
    },
    model::{Message, Secret, User},
    wire::client_frame::{AuthAppInfo, AuthBody, AuthFrame, AuthParams},
};

/// How long the peer has to answer the last close (rule X1).
const EXIT_TIMEOUT: Duration = Duration::from_millis(250);

/// The one loop that all inputs of the driver go through, one at a time.
pub(super) struct EventLoop {
    pub(super) commands: Receiver<Command>,
    pub(super) sink: Rc<RefCell<EventSink>>,
    pub(super) counters: Arc<Counters>,
    pub(super) spawner: Spawner,
    pub(super) clock: Clock,
    pub(super) inbox: (Sender<Happening>, Receiver<Happening>),
    room_made: Receiver<()>,
    /// What `init` set up; until then there is nothing to act for.
    pub(super) app: Option<App>,
    pub(super) app_state: AppState,
    pub(super) keep_alive: Option<bool>,
    pub(super) last_id: u64,
}

/// Everything that belongs to one initialised app.
pub(super) struct App {
    pub(super) api: Rc<Api>,
    pub(super) connector: Connector,
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) record: Record,
    pub(super) lifecycle: Lifecycle,
    pub(super) links: HashMap<LinkId, Link>,
    pub(super) closing: Vec<Task<()>>,
    pub(super) waiting: HashMap<Ticket, Waiting>,
    pub(super) login: Option<Login>,
    /// What waits for a new token (rule T1).
    pub(super) renewal: Renewal<Sender<Session>>,
    /// The new token that is being looked at.
    pub(super) renewing: Option<Login>,
    /// The link that was being attempted with the old one.
    pub(super) outdated_link: Option<LinkId>,
    /// What the user has not sent yet.
    pub(super) outbox: Rc<RefCell<Outbox>>,
    /// The outbox's requests under way.
    pub(super) attempts: HashMap<Attempt, Option<Task<()>>>,
    pub(super) calls: HashMap<u64, CallInFlight>,
    /// What of the session's messages the game has.
    pub(super) progress: Rc<Progress>,
    pub(super) progress_saved: Duration,
    /// Who types, and which receipts wait to be told.
    pub(super) signals: Rc<RefCell<Signals>>,
}

/// The login that is running.
pub(super) struct Login {
    pub(super) id: u64,
    pub(super) done: Completer<Arc<User>>,
    pub(super) _task: Option<Task<()>>,
}

/// A request over HTTP under way. Dropped with the session that it acts for (rule S5).
pub(super) struct CallInFlight {
    pub(super) call: PendingCall,
    pub(super) _task: Option<Task<()>>,
}

/// What a task on the driver's thread tells the loop.
pub(super) enum Happening {
    LinkLive(LinkId),
    LinkLost(LinkId, LinkLoss),
    Inbound(LinkId),
    Pong(LinkId),
    Paused(LinkId, bool),
    LoginEnded(u64, Result<Session, ChatError>),
    RenewalEnded(u64, Result<Session, ChatError>),
    /// A request was refused for this token; it waits for a session with another.
    TokenExpired(Secret, Sender<Session>),
    Posted(Attempt, Result<Message, Setback>),
    Looked(Attempt, Result<Sighting, Setback>),
    /// The server told over this link of a message that is in the outbox.
    Heard(LinkId, Message),
    CallEnded(u64, Result<Reply, ChatError>),
    TokenUnknown,
    LogoutEnded(Completer<()>, Result<(), ChatError>),
}

enum Wakeup {
    Command(Command),
    Happening(Happening),
    RoomMade,
    Deadline,
    Abandoned,
}

impl EventLoop {
    pub(super) fn new(end: DriverEnd, spawner: Spawner) -> Self {
        let room_made = end.sink.room_made();
        Self {
            commands: end.commands,
            sink: Rc::new(RefCell::new(end.sink)),
            counters: end.counters,
            spawner,
            clock: Clock::start(),
            inbox: async_channel::unbounded(),
            room_made,
            app: None,
            app_state: AppState::default(),
            keep_alive: None,
            last_id: 0,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            self.sink.borrow_mut().flush();
            match self.wait().await {
                Wakeup::Command(Command::Shutdown) | Wakeup::Abandoned => break,
                Wakeup::Command(command) => self.obey(command),
                Wakeup::Happening(happening) => self.react(happening),
                Wakeup::RoomMade => self.make_use_of_room(),
                Wakeup::Deadline => self.tick().await,
            }
        }
        self.shut_down().await;
    }

    async fn wait(&self) -> Wakeup {
        let deadline = self.app.as_ref().and_then(App::next_deadline);
        if deadline.is_some_and(|deadline| deadline <= self.clock.now().monotonic) {
            return Wakeup::Deadline;
        }
        let command = async {
            self.commands
                .recv()
                .await
                .map_or(Wakeup::Abandoned, Wakeup::Command)
        };
        let happening = async {
            match self.inbox.1.recv().await {
                Ok(happening) => Wakeup::Happening(happening),
                Err(_) => pending().await,
            }
        };
        let room_made = async {
            match self.room_made.recv().await {
                Ok(()) => Wakeup::RoomMade,
                Err(_) => pending().await,
            }
        };
        let deadline = async {
            match deadline.and_then(|deadline| self.clock.instant(deadline)) {
                Some(instant) => Timer::at(instant).await,
                None => pending().await,
            };
            Wakeup::Deadline
        };
        command.or(room_made).or(happening).or(deadline).await
    }

    /// What already waits in the socket counts before the deadline does: after a stall of the whole process both
    /// are there at once.
    async fn tick(&mut self) {
        future::yield_now().await;
        future::yield_now().await;
        while let Ok(happening) = self.inbox.1.try_recv() {
            self.react(happening);
        }
        self.handle(Input::Tick);
        self.work_outbox(outbox::Input::Tick);
        self.work_signals(signals::Input::Tick);
        self.end_overdue_renewal();
    }

    fn make_use_of_room(&self) {
        self.sink.borrow_mut().flush();
        if let Some(app) = &self.app {
            app.links.values().for_each(Link::resume);
        }
    }

    fn react(&mut self, happening: Happening) {
        match happening {
            Happening::LinkLive(link) => {
                self.handle(Input::LinkLive(link));
                if let Some(link) = self.app.as_ref().and_then(|app| app.links.get(&link)) {
                    link.begin();
                    self.work_outbox(outbox::Input::NetworkBack);
                }
            }
            Happening::LinkLost(link, loss) => {
                if let Some(app) = &mut self.app {
                    app.links.remove(&link);
                }
                let cause = loss.cause;
                self.handle(Input::LinkLost(link, loss));
                if cause == Cause::TokenExpired {
                    self.link_needs_token(link);
                }
            }
            Happening::Inbound(link) => {
                self.handle(Input::Inbound(link));
                self.save_progress_now_and_then();
            }
            Happening::Pong(link) => self.handle(Input::Pong(link)),
            Happening::Paused(link, paused) => self.handle(Input::Paused(link, paused)),
            Happening::LoginEnded(id, outcome) => self.end_login(id, outcome),
            Happening::RenewalEnded(id, outcome) => self.end_renewal(id, outcome),
            Happening::TokenExpired(token, renewed) => self.needs_token(&token, renewed),
            Happening::Posted(attempt, outcome) => self.end_post(attempt, outcome),
            Happening::Looked(attempt, outcome) => self.end_look(attempt, outcome),
            Happening::Heard(link, message) => self.hear(link, message),
            Happening::CallEnded(id, reply) => self.end_call(id, reply),
            Happening::TokenUnknown => self.session_is_unknown(),
            Happening::LogoutEnded(done, outcome) => self.settle(done, outcome),
        }
    }

    /// Hands `input` to the lifecycle and carries out what it decides.
    pub(super) fn handle(&mut self, input: Input) {
        let now = self.clock.now();
        let Some(app) = &mut self.app else { return };
        app.lifecycle.handle(input, now);
        while let Some(output) = self
            .app
            .as_mut()
            .and_then(|app| app.lifecycle.poll_output())
        {
            self.carry_out(output);
        }
    }

    fn carry_out(&mut self, output: Output) {
        let Some(app) = &mut self.app else { return };
        match output {
            Output::OpenLink(id) => self.open_link(id),
            Output::CloseLink(id) => {
                app.closing.retain(|task| !task.is_finished());
                let link = app.links.remove(&id);
                app.closing
                    .extend(link.and_then(|link| link.close(&self.spawner)));
            }
            Output::SendPing(id) => {
                if let Some(link) = app.links.get(&id) {
                    link.ping();
                }
            }
            Output::Status(change) => {
                let is_live = change.to == ConnectionStatus::Connected;
                self.emit(Event::StatusChanged(change));
                if !is_live {
                    self.work_signals(signals::Input::Disconnected);
                }
            }
            Output::KeepAliveDue => self.emit(Event::KeepAliveDue),
            Output::Settle(ticket, outcome) => {
                if let Some(waiting) = app.waiting.remove(&ticket) {
                    let ending = waiting.end(outcome.map_err(ChatError::from));
                    self.emit(Event::Settled(Ended(ending)));
                }
            }
        }
    }

    fn open_link(&mut self, id: LinkId) {
        let plan = self
            .app
            .as_ref()
            .map(|app| match app.renewal.is_under_way() {
                // The old token would be refused.
                true => Err(LinkLoss::new(Cause::TokenExpired)),
                false => app.plan(id),
            });
        match plan {
            Some(Ok(plan)) => {
                let context = LinkContext {
                    sink: self.sink.clone(),
                    counters: self.counters.clone(),
                    inbox: self.inbox.0.clone(),
                    clock: self.clock,
                };
                let link = Link::open(plan, context, &self.spawner);
                if let (Some(app), Some(link)) = (&mut self.app, link) {
                    app.links.insert(id, link);
                }
            }
            Some(Err(loss)) => {
                let _ = self.inbox.0.try_send(Happening::LinkLost(id, loss));
            }
            None => {}
        }
    }

    pub(super) fn emit(&mut self, event: Event) {
        self.sink.borrow_mut().push(event);
    }

    pub(super) fn settle<T: Clone + Send + 'static>(
        &mut self,
        done: Completer<T>,
        outcome: Result<T, ChatError>,
    ) {
        self.emit(Event::Settled(Ended(done.settle(outcome))));
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Closes the connection with code 1000, if the peer plays along in time (rule X1).
    async fn shut_down(mut self) {
        self.work_signals(signals::Input::Closing(ChatError::stopped()));
        self.handle(Input::Shutdown);
        self.save_progress();
        self.sink.borrow_mut().flush();
        let closing = self.app.take().map(|app| app.closing).unwrap_or_default();
        let all_closed = async {
            for task in closing {
                task.await;
            }
        };
        let timeout = async {
            Timer::after(EXIT_TIMEOUT).await;
        };
        all_closed.or(timeout).await;
    }
}

impl Drop for EventLoop {
    /// What nobody will carry out any more ends here: while a client lives, the channel would keep it. A thread that
    /// dies says so, or the game would take the connection for what it was.
    fn drop(&mut self) {
        self.commands.close();
        while self.commands.try_recv().is_ok() {}
        let Some(app) = self.app.as_ref().filter(|_| thread::panicking()) else {
            return;
        };
        let change = StatusChange {
            from: app.lifecycle.status(),
            to: ConnectionStatus::Disconnected,
            cause: Cause::ClientFailed,
            close_code: None,
            reason: None,
            retry: Retry::Never,
            attempt: 0,
        };
        if let Ok(mut sink) = self.sink.try_borrow_mut() {
            sink.push(Event::StatusChanged(change));
            sink.flush();
        }
    }
}

impl App {
    fn next_deadline(&self) -> Option<Duration> {
        let renewal_ends_at = self.renewal.ends_at().filter(|_| self.renewing.is_none());
        let deadlines = [
            self.lifecycle.next_deadline(),
            self.outbox.borrow().next_deadline(),
            self.signals.borrow().next_deadline(),
            renewal_ends_at,
        ];
        deadlines.into_iter().flatten().min()
    }

    pub(super) fn live_link(&self) -> Option<&Link> {
        self.links.get(&self.lifecycle.live_link()?)
    }

    fn plan(&self, id: LinkId) -> Result<LinkPlan, LinkLoss> {
        let session = self
            .record
            .session
            .as_ref()
            .ok_or(LinkLoss::new(Cause::LoggedOut))?;
        let (host, port) = session.settings.chat_endpoint().ok_or_else(|| {
            loss(
                Cause::Unreachable,
                "the server's settings name no chat host",
            )
        })?;
        let auth_frame = self
            .auth_frame(session)
            .map_err(|error| loss(Cause::CredentialsRejected, error.to_string()))?;
        Ok(LinkPlan {
            id,
            connector: self.connector.clone(),
            endpoint: Endpoint::new(host, port),
            auth_frame,
            device_id: self.api.resource.clone(),
            catch_up: CatchUp {
                api: self.api.clone(),
                session: session.clone(),
                progress: self.progress.clone(),
                limit: self.api.settings.recovery_limit,
            },
            outbox: Rc::downgrade(&self.outbox),
            signals: self.signals.clone(),
        })
    }

    /// The first frame on a socket (PROTOCOL.md §3.2).
    fn auth_frame(&self, session: &Session) -> serde_json::Result<String> {
        let no_roles = Vec::new();
        let (presence_subscription, roles) = match &self.api.settings.presence {
            PresenceSubscription::None => (None, &no_roles),
            PresenceSubscription::AllUsers => (Some("ALL_USERS"), &no_roles),
            PresenceSubscription::Friends => (Some("FRIENDS"), &no_roles),
            PresenceSubscription::Roles(roles) => (Some("ROLES"), roles),
        };
        serde_json::to_string(&AuthFrame {
            app_id: &self.api.app_id,
            device_id: &self.api.resource,
            kind: "auth",
            sender: session.user.uid.as_str(),
            body: AuthBody {
                auth: session.jwt.expose(),
                device_id: &self.api.resource,
                presence_subscription,
                roles,
                params: AuthParams {
                    app_info: AuthAppInfo {
                        version: env!("CARGO_PKG_VERSION"),
                        api_version: API_VERSION,
                        uts: api::milliseconds_now(),
                    },
                    user_agent: SDK,
                    device_id: &self.record.device_id,
                    platform: api::PLATFORM,
                },
            },
        })
    }
}
