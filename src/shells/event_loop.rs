use std::{collections::HashMap, future::pending, rc::Rc, sync::Arc, thread, time::Duration};

use async_channel::{Receiver, Sender};
use async_executor::Task as Running;
use futures_lite::FutureExt;

use super::{
    api::Api,
    channels::{Message, Report},
    link::{Closing, Link},
    open_store,
    platform::{self, Clock, Connector, Http, PlatformEvents},
    queue::{EventSink, Item, ShellEnd},
    spawner::Spawner,
};
use crate::{
    app_settings::AppSettings,
    connection::{Cause, ConnectionStatus, LinkId, Now, Retry, StatusChange},
    core::{
        Close, Command, Core, Counters, Event, Identity, Input, LinkEvent, Output, PLATFORM,
        PlatformEvent, Record, ServerFrame, StoredSession, Task, TaskId,
    },
    error::ChatError,
    storage::SessionStore,
};

/// How long the peer has to answer the last close frame.
const EXIT_TIMEOUT: Duration = Duration::from_millis(250);

/// The loop that hands all inputs to the core, one at a time, and performs all outputs.
pub(super) struct EventLoop {
    core: Core,
    commands: Receiver<Command>,
    sink: EventSink,
    counters: Arc<Counters>,
    spawner: Spawner,
    clock: Clock,
    inbox: (Sender<Message>, Receiver<Message>),
    room_made: Receiver<()>,
    platform_events: PlatformEvents,
    /// The connector and HTTP client for the settings in use.
    backend: Option<Backend>,
    /// The connector and HTTP client for the settings of an `init` under way.
    prepared: Option<Prepared>,
    links: HashMap<LinkId, Link>,
    /// Links that wait for the peer's answer to a close.
    closing: Vec<Closing>,
    requests: HashMap<TaskId, Running<()>>,
    /// Counts the links, as ids start over with each `init`.
    last_serial: u64,
}

struct Prepared {
    app_id: String,
    settings: AppSettings,
    store: Arc<dyn SessionStore>,
    connector: Connector,
}

struct Backend {
    api: Rc<Api>,
    store: Arc<dyn SessionStore>,
    connector: Connector,
}

enum Wakeup {
    Command(Command),
    Message(Message),
    Platform(PlatformEvent),
    RoomMade,
    Deadline,
    Abandoned,
}

impl EventLoop {
    pub(super) fn new(end: ShellEnd, spawner: Spawner) -> Self {
        Self {
            core: Core::new(end.counters.clone()),
            commands: end.commands,
            room_made: end.sink.room_made(),
            sink: end.sink,
            counters: end.counters,
            spawner,
            clock: Clock::start(),
            inbox: async_channel::unbounded(),
            platform_events: PlatformEvents::watch(),
            backend: None,
            prepared: None,
            links: HashMap::new(),
            closing: Vec::new(),
            requests: HashMap::new(),
            last_serial: 0,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            self.sink.flush();
            match self.wait().await {
                Wakeup::Command(Command::Shutdown) | Wakeup::Abandoned => break,
                Wakeup::Command(command) => self.handle(Input::Command(command)),
                Wakeup::Message(message) => self.on_message(message),
                Wakeup::Platform(PlatformEvent::Exiting) => break,
                Wakeup::Platform(event) => self.handle(Input::Platform(event)),
                Wakeup::RoomMade => self.resume_links(),
                Wakeup::Deadline => self.tick().await,
            }
        }
        self.shut_down().await;
    }

    async fn wait(&self) -> Wakeup {
        let now = self.clock.now().monotonic;
        let left = self.core.next_deadline().map(|it| it.saturating_sub(now));
        if left.is_some_and(|left| left.is_zero()) {
            return Wakeup::Deadline;
        }
        let command = async {
            let command = self.commands.recv().await;
            command.map_or(Wakeup::Abandoned, Wakeup::Command)
        };
        let message = async {
            match self.inbox.1.recv().await {
                Ok(message) => Wakeup::Message(message),
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
            match left {
                Some(left) => platform::sleep(left).await,
                None => pending().await,
            }
            Wakeup::Deadline
        };
        let platform = async { Wakeup::Platform(self.platform_events.next().await) };
        let asked = command.or(platform).or(room_made);
        asked.or(message).or(deadline).await
    }

    /// Frames that wait in the socket count before the deadline: after a stall of the whole process, both are due at
    /// once.
    async fn tick(&mut self) {
        platform::let_io_happen().await;
        while let Ok(message) = self.inbox.1.try_recv() {
            self.on_message(message);
        }
        self.handle(Input::Tick);
    }

    fn on_message(&mut self, message: Message) {
        match message {
            Message::Done(id, done) => {
                self.requests.remove(&id);
                self.handle(Input::Done(id, done));
            }
            Message::Link(id, serial, report) => {
                let link = self.links.get(&id).filter(|link| link.serial == serial);
                match (report, link) {
                    (_, None) => {}
                    (Report::Frames(frames), Some(_)) => self.on_frames(id, frames),
                    (Report::Written, Some(_)) => {
                        self.handle(Input::Link(id, LinkEvent::Congested(false)));
                    }
                    (Report::Lost(loss), Some(_)) => {
                        self.links.remove(&id);
                        self.handle(Input::Link(id, LinkEvent::Lost(loss)));
                    }
                }
            }
        }
    }

    /// Hands a batch of frames to the core, and lets the link read on if there is room for more.
    fn on_frames(&mut self, id: LinkId, mut frames: Vec<ServerFrame>) {
        let now = self.clock.now();
        for frame in frames.drain(..) {
            self.handle_at(Input::Frame(id, frame), now);
        }
        self.sink.flush();
        self.handle(Input::Link(id, LinkEvent::Activity));
        let is_full = self.is_full();
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        if is_full {
            link.pause(frames);
            self.handle(Input::Link(id, LinkEvent::Paused(true)));
        } else {
            link.read_on(frames);
        }
    }

    fn is_full(&self) -> bool {
        self.core.is_full() || self.sink.is_full()
    }

    /// Lets paused links read on, if there is room now.
    fn resume_links(&mut self) {
        self.sink.flush();
        if self.is_full() {
            return;
        }
        let resumed = self
            .links
            .iter_mut()
            .filter_map(|(id, link)| link.resume().then_some(*id));
        let resumed: Vec<_> = resumed.collect();
        for id in resumed {
            self.handle(Input::Link(id, LinkEvent::Paused(false)));
        }
    }

    fn handle(&mut self, input: Input) {
        let now = self.clock.now();
        let was_full = self.core.is_full();
        self.handle_at(input, now);
        if was_full && !self.core.is_full() {
            self.resume_links();
        }
    }

    fn handle_at(&mut self, input: Input, now: Now) {
        self.core.handle(input, now);
        while let Some(output) = self.core.poll_output() {
            self.execute(output);
        }
    }

    fn execute(&mut self, output: Output) {
        match output {
            Output::Emit(event) => self.sink.push(event),
            Output::Settle(settlement) => self.sink.push(settlement),
            Output::OwnMessage(message) => self.sink.push(Item::OwnMessageChanged(message)),
            Output::KeepAliveDue => self.sink.report_keep_alive_due(),
            Output::Prepare(app_id, settings) => {
                let outcome = self.prepare(app_id, *settings);
                self.core.handle(Input::Prepared(outcome), self.clock.now());
            }
            Output::Load => {
                if let Some(identity) = self.load() {
                    let loaded = Input::Loaded(Box::new(identity));
                    self.core.handle(loaded, self.clock.now());
                }
            }
            Output::Save(request) => {
                let outcome = match &self.backend {
                    Some(Backend { store, api, .. }) => {
                        Record::save(&**store, &api.app_id, &request)
                    }
                    None => Ok(()),
                };
                self.core.handle(Input::Saved(outcome), self.clock.now());
            }
            Output::LookAtStorage => {
                let stored = match &self.backend {
                    Some(Backend { store, api, .. }) => StoredSession::load(&**store, &api.app_id),
                    None => StoredSession::Unknown,
                };
                self.core.handle(Input::Stored(stored), self.clock.now());
            }
            Output::LookAtQueue => {
                let unread = Input::Unread(self.sink.unread_messages());
                self.core.handle(unread, self.clock.now());
            }
            Output::OpenLink(id, plan) => {
                if let Some(backend) = &self.backend {
                    self.last_serial += 1;
                    let (connector, inbox) = (backend.connector.clone(), self.inbox.0.clone());
                    let counters = self.counters.clone();
                    let key = (id, self.last_serial);
                    let link = Link::open(key, plan, connector, inbox, counters, &self.spawner);
                    self.links.extend(link.map(|link| (id, link)));
                }
            }
            Output::CloseLink(id, close) => {
                let link = self.links.remove(&id).filter(|_| close == Close::Normal);
                self.closing.retain(|link| !link.task.is_finished());
                self.closing
                    .extend(link.and_then(|link| link.close(&self.spawner)));
            }
            Output::Send(id, frame) => {
                if let Some(link) = self.links.get(&id)
                    && link.send(frame)
                {
                    let congested = Input::Link(id, LinkEvent::Congested(true));
                    self.core.handle(congested, self.clock.now());
                }
            }
            Output::Start(id, task) => {
                let Some(backend) = &self.backend else { return };
                let (api, inbox) = (backend.api.clone(), self.inbox.0.clone());
                let is_logout = matches!(task, Task::LogOut(_));
                // The server accepts no frame of a session that has ended: the frames that were sent before must reach
                // it first.
                let closing = self.closing.iter().filter(|_| is_logout);
                let closed: Vec<_> = closing.map(Closing::ended).collect();
                let request = self.spawner.spawn(async move {
                    for closed in closed {
                        closed.await;
                    }
                    let done = api.perform(task).await;
                    let _ = inbox.try_send(Message::Done(id, done));
                });
                self.requests.extend(request.map(|request| (id, request)));
            }
            Output::Cancel(id) => drop(self.requests.remove(&id)),
        }
    }

    fn prepare(&mut self, app_id: String, settings: AppSettings) -> Result<(), ChatError> {
        self.prepared = Some(Prepared {
            store: open_store(&settings.storage, &app_id)?,
            connector: Connector::new(&settings)?,
            app_id,
            settings,
        });
        Ok(())
    }

    /// Switches to the prepared settings.
    fn load(&mut self) -> Option<Identity> {
        let Prepared {
            app_id,
            settings,
            store,
            connector,
        } = self.prepared.take()?;
        self.closing.drain(..).for_each(|link| link.task.detach());
        let started_at = self.clock.now().wall.as_millis();
        let device_id = || format!("{app_id}_{}_{started_at}", uuid::Uuid::new_v4());
        let (record, set_aside) = Record::open(&*store, &app_id, device_id);
        let resource = format!(
            "{}-{}-{}-{started_at}",
            PLATFORM.to_ascii_uppercase(),
            env!("CARGO_PKG_VERSION").replace('.', "_"),
            uuid::Uuid::new_v4(),
        );
        let http = Http::new(&connector, settings.request_timeout, self.spawner.clone());
        let api = Api {
            http,
            app_id,
            settings,
            device_id: record.device_id.clone(),
            resource: resource.clone(),
        };
        self.backend = Some(Backend {
            api: Rc::new(api),
            store,
            connector,
        });
        Some(Identity {
            record,
            set_aside,
            resource,
            seed: fastrand::u64(..),
            max_saved_outbox: platform::MAX_PERSISTENT_OUTBOX,
        })
    }

    /// Closes the connection with code 1000, if the peer answers in time.
    async fn shut_down(mut self) {
        self.handle(Input::Command(Command::Shutdown));
        self.sink.flush();
        let closing = std::mem::take(&mut self.closing);
        let all_closed = async {
            for link in closing {
                link.task.await;
            }
        };
        all_closed.or(platform::sleep(EXIT_TIMEOUT)).await;
    }
}

impl Drop for EventLoop {
    /// Drops the commands that nobody will handle, so that their requests end: while a client lives, the channel would
    /// keep them. If the thread panics, the status becomes disconnected.
    fn drop(&mut self) {
        self.commands.close();
        while self.commands.try_recv().is_ok() {}
        let Some(from) = self.core.status().filter(|_| thread::panicking()) else {
            return;
        };
        self.sink.push(Event::StatusChanged(StatusChange {
            from,
            to: ConnectionStatus::Disconnected,
            cause: Cause::ClientFailed,
            close_code: None,
            reason: None,
            retry: Retry::Never,
            attempt: 0,
        }));
        self.sink.flush();
    }
}
