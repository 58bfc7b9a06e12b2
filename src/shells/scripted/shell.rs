use std::{collections::HashSet, time::Duration};

use super::{
    log::Log,
    server::Server,
    timeline::{Happening, Timeline},
};
use crate::{
    connection::{AppState, LinkId, LinkLoss, Now},
    core::{
        Command, Core, Event, Identity, Input, LinkEvent, Output, PlatformEvent, Record,
        ServerFrame, StoredSession,
    },
    model::{Message, Uid},
    shells::queue::{Item, ShellEnd},
    storage::{MemoryStore, SessionStore},
    wire::client_frame,
};

/// The shell, and the server and the network behind it, in virtual time.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) now: Duration,
    end: Option<Running>,
    timeline: Timeline,
    /// The storage of the platform. It outlives the app.
    store: MemoryStore,
    /// Who is logged in when the app starts, if nothing is stored.
    pub(crate) saved_user: Option<Uid>,
    app_id: String,
    links: HashSet<LinkId>,
    pub(crate) server: Server,
    pub(crate) log: Log,
    pub(crate) app_state: AppState,
}

/// A client that has not been shut down.
struct Running {
    core: Core,
    end: ShellEnd,
}

impl Script {
    /// Starts over with a new client. The storage stays as it is.
    pub(crate) fn start(&mut self, end: ShellEnd) {
        let core = Core::new(end.counters.clone());
        self.end = Some(Running { core, end });
        self.timeline.clear();
        self.links.clear();
        self.log = Log::default();
        self.app_state = AppState::default();
    }

    /// Writes an invalid session to the storage.
    pub(crate) fn corrupt_storage(&self) {
        let _ = self.store.save(b"{");
    }

    /// Removes the session from storage, like another process that logs the user out.
    pub(crate) fn empty_storage(&self) {
        if let Ok(bytes) = Record::new(&self.app_id, "device".into()).to_bytes() {
            let _ = self.store.save(&bytes);
        }
    }

    /// Handles the commands of the game, at the times at which it sent them.
    pub(crate) fn follow_game(&mut self) {
        while let Some(command) = self.next_command() {
            self.on_command(command);
        }
        self.run_until(self.now);
    }

    /// Runs until `end`. Everything happens at the time at which it is due.
    pub(crate) fn run_until(&mut self, end: Duration) {
        while self.step(end) {}
        self.now = self.now.max(end);
        self.flush();
    }

    /// Runs the next step that is due by `end`. Returns whether there was one.
    pub(crate) fn step(&mut self, end: Duration) -> bool {
        let deadline = self.core().and_then(Core::next_deadline);
        let coming = self.timeline.next_at();
        let is_deadline = match (coming, deadline) {
            (Some(coming), Some(deadline)) => deadline < coming,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        let next = if is_deadline { deadline } else { coming };
        let Some(at) = next.filter(|&at| at <= end) else {
            return false;
        };
        self.now = self.now.max(at);
        if is_deadline {
            self.handle(Input::Tick);
        } else if let Some(happening) = self.timeline.pop() {
            self.on_happening(happening);
        }
        true
    }

    pub(crate) fn flush(&mut self) {
        if let Some(running) = &mut self.end {
            running.end.sink.flush();
        }
    }

    /// The link that is live.
    pub(crate) fn live_link(&self) -> Option<LinkId> {
        self.core()?.live_link()
    }

    /// The link that is being attempted or live.
    pub(crate) fn open_link(&self) -> Option<LinkId> {
        self.core()?.open_link()
    }

    /// Who is logged in.
    pub(crate) fn user(&self) -> Option<Uid> {
        self.core()?.user().cloned()
    }

    /// Sends a frame over the live link. Returns whether there is one.
    pub(crate) fn push(&mut self, frame: ServerFrame) -> bool {
        let link = self.live_link();
        if let Some(link) = link {
            self.soon(Happening::Frame(link, frame));
        }
        link.is_some()
    }

    /// Lets the client report an event that no frame causes. Returns whether there is a live connection.
    pub(crate) fn push_event(&mut self, event: Event) -> bool {
        let link = self.live_link();
        if let Some(link) = link {
            self.soon(Happening::Event(link, event));
        }
        link.is_some()
    }

    /// Stores a message on the server, and sends it over the live link. Returns whether there is one.
    pub(crate) fn deliver(&mut self, message: Message) -> bool {
        self.server.keep(message.clone());
        self.push(ServerFrame::Event(Event::of_message(message)))
    }

    /// Ends the open link, or the attempt. Returns whether there was one.
    pub(crate) fn lose_connection(&mut self, loss: LinkLoss) -> bool {
        let link = self.open_link();
        if let Some(link) = link {
            self.soon(Happening::Lost(link, loss));
        }
        link.is_some()
    }

    /// Hands a report of the platform to the client at once.
    pub(crate) fn report_from_platform(&mut self, event: PlatformEvent) {
        self.handle(Input::Platform(event));
        self.flush();
    }

    /// Reports to the client at once that the server has ended the session.
    pub(crate) fn revoke_session(&mut self) {
        self.handle(Input::SessionRevoked);
    }

    fn on_command(&mut self, command: Command) {
        match &command {
            Command::Ping(_) => self.log.pings += 1,
            Command::AppState(state) => self.app_state = *state,
            _ => {}
        }
        let is_last = matches!(command, Command::Shutdown);
        self.handle(Input::Command(command));
        if is_last {
            self.flush();
            self.end = None;
            self.timeline.clear();
            self.log.shut_down = true;
        }
    }

    fn on_happening(&mut self, happening: Happening) {
        match happening {
            Happening::Frame(link, frame) => {
                self.handle(Input::Frame(link, frame));
                self.handle(Input::Link(link, LinkEvent::Activity));
            }
            Happening::Lost(link, loss) => self.handle(Input::Link(link, LinkEvent::Lost(loss))),
            Happening::Done(id, done) => self.handle(Input::Done(id, done)),
            Happening::Event(link, event) => {
                if self.live_link() == Some(link) {
                    self.execute(Output::Emit(event));
                }
            }
        }
    }

    fn handle(&mut self, input: Input) {
        let now = Now::at(self.now);
        if let Some(running) = &mut self.end {
            running.core.handle(input, now);
        }
        while let Some(output) = self.end.as_mut().and_then(|it| it.core.poll_output()) {
            self.execute(output);
        }
    }

    fn execute(&mut self, output: Output) {
        match output {
            Output::Emit(event) => {
                if let Event::StatusChanged(change) = &event {
                    self.log.status_changes.push(change.clone());
                }
                self.report(event);
            }
            Output::Settle(settlement) => self.report(settlement),
            Output::OwnMessage(message) => self.report(Item::OwnMessageChanged(message)),
            Output::KeepAliveDue => {
                if let Some(running) = &mut self.end {
                    running.end.sink.report_keep_alive_due();
                }
            }
            Output::Prepare(app_id, _) => {
                self.app_id = app_id;
                self.handle(Input::Prepared(Ok(())));
            }
            Output::Load => {
                let identity = self.load();
                self.handle(Input::Loaded(Box::new(identity)));
            }
            Output::Save(request) => {
                let saved = Record::save(&self.store, &self.app_id, &request);
                self.handle(Input::Saved(saved));
            }
            Output::LookAtStorage => {
                let stored = StoredSession::load(&self.store, &self.app_id);
                self.handle(Input::Stored(stored));
            }
            Output::LookAtQueue => {
                let running = self.end.as_ref();
                let unread = running.map(|it| it.end.sink.unread_messages());
                let unread = unread.unwrap_or_default();
                self.handle(Input::Unread(unread));
            }
            Output::OpenLink(link, plan) => {
                self.log.attempts += 1;
                self.links.insert(link);
                if let Some(happening) = self.server.answer_attempt(link, &plan) {
                    self.soon(happening);
                }
            }
            Output::CloseLink(link, _) => {
                self.log.closes += 1;
                self.links.remove(&link);
                self.timeline.close(link);
            }
            Output::Send(link, frame) if frame == client_frame::PING => {
                self.log.ping_frames += 1;
                if self.server.answers_pings {
                    self.soon(Happening::Frame(link, ServerFrame::Pong));
                }
            }
            Output::Send(_, frame) => self.log.frames.push(frame),
            Output::Start(id, task) => {
                let done = self.server.answer(task, self.now, &mut self.log);
                self.soon(Happening::Done(id, done));
            }
            Output::Cancel(id) => self.timeline.cancel(id),
        }
    }

    fn load(&mut self) -> Identity {
        if let Some(uid) = self.saved_user.take() {
            let session = self.server.session(&uid);
            let record = Record::new(&self.app_id, "device".into()).with_session(&session);
            if let Ok(bytes) = record.to_bytes() {
                let _ = self.store.save(&bytes);
            }
        }
        let (record, set_aside) = Record::open(&self.store, &self.app_id, || "device".into());
        for link in self.links.drain() {
            self.timeline.close(link);
        }
        Identity {
            record,
            set_aside,
            resource: "device".into(),
            seed: 0,
            max_saved_outbox: usize::MAX,
        }
    }

    fn report(&mut self, item: impl Into<Item>) {
        if let Some(running) = &mut self.end {
            running.end.sink.push(item);
        }
    }

    pub(super) fn soon(&mut self, happening: Happening) {
        let at = self.now.saturating_add(self.server.latency);
        self.timeline.add(at, happening);
    }

    fn core(&self) -> Option<&Core> {
        self.end.as_ref().map(|running| &running.core)
    }

    fn next_command(&self) -> Option<Command> {
        self.end.as_ref()?.end.commands.try_recv().ok()
    }
}

/// Whether a frame can cause an event.
pub(crate) const fn has_frame(event: &Event) -> bool {
    !matches!(
        event,
        Event::LoggedIn { .. }
            | Event::LoggedOut { .. }
            | Event::OwnUserChanged(_)
            | Event::StatusChanged(_)
            | Event::MessagesRecovered(_)
            | Event::OutboxChanged(_)
            | Event::SendsPaused(_)
            | Event::TokenExpired { .. }
            | Event::SessionSetAside { .. }
    )
}
