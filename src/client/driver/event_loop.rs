use std::{cell::RefCell, future::pending, rc::Rc, sync::Arc, thread, time::Duration};

use async_channel::{Receiver, Sender};
use async_io::Timer;
use futures_lite::{FutureExt, future};

use super::{
    app::App,
    clock::Clock,
    happening::Happening,
    link::{Link, LinkContext},
    spawner::Spawner,
};
use crate::{
    client::{
        ChatError, Command, Completer, Counters, DriverEnd, Event, Item, ephemeral, outbox,
        queue::EventSink,
    },
    connection::{
        AppState, Cause, ConnectionStatus, Input, LinkId, LinkLoss, Output, Retry, StatusChange,
    },
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
        self.handle_ephemeral(ephemeral::Input::Tick);
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

    /// Hands `input` to the connection and carries out what it decides.
    pub(super) fn handle(&mut self, input: Input) {
        let now = self.clock.now();
        let Some(app) = &mut self.app else { return };
        app.connection.handle(input, now);
        while let Some(output) = self
            .app
            .as_mut()
            .and_then(|app| app.connection.poll_output())
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
                    self.handle_ephemeral(ephemeral::Input::Disconnected);
                }
            }
            Output::KeepAliveDue => self.sink.borrow_mut().report_keep_alive_due(),
            Output::Settle(ticket, outcome) => {
                if let Some(waiting) = app.waiting.remove(&ticket) {
                    let ending = waiting.end(outcome.map_err(ChatError::from));
                    self.push(ending);
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
        self.push(event);
    }

    pub(super) fn push(&mut self, item: impl Into<Item>) {
        self.sink.borrow_mut().push(item);
    }

    pub(super) fn settle<T: Clone + Send + 'static>(
        &mut self,
        done: Completer<T>,
        outcome: Result<T, ChatError>,
    ) {
        self.push(done.settle(outcome));
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Closes the connection with code 1000, if the peer plays along in time (rule X1).
    async fn shut_down(mut self) {
        self.handle_ephemeral(ephemeral::Input::Closing(ChatError::stopped()));
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
            from: app.connection.status(),
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
