use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    mem,
    sync::Arc,
    time::Duration,
};

use super::{
    Counters, Event, Identity, Input, LinkEvent, Output, Record, Session, TaskId,
    open_link::Link,
    pending::{PendingRequest, Running, Saving},
    renewal::Renewal,
    sync_state::SyncState,
};
use crate::{
    app_settings::AppSettings,
    connection::{self, Cause, ConnectionMachine, ConnectionStatus, LinkId, LinkLoss, Now, Ticket},
    ephemeral::{self, Ephemeral},
    error::ChatError,
    model::Secret,
    outbox::{self, Outbox},
    request::Completer,
};

/// An initialised client.
pub(super) struct App {
    pub(super) app_id: String,
    pub(super) settings: AppSettings,
    /// The id of this run: the header `resource`, and the socket's `deviceId`.
    pub(super) resource: String,
    /// The record as it is stored, including changes that are not written yet.
    pub(super) record: Record,
    /// The time of the input that is being handled.
    pub(super) now: Now,
    pub(super) counters: Arc<Counters>,
    pub(super) connection: ConnectionMachine,
    pub(super) outbox: Outbox,
    pub(super) ephemeral: Ephemeral,
    /// The link that is being opened or live.
    pub(super) link: Option<Link>,
    /// The link that was being opened with the previous token.
    pub(super) outdated_link: Option<LinkId>,
    /// A link whose attempt failed before it started, and the reason.
    pub(super) failed_link: Option<(LinkId, LinkLoss)>,
    /// Which of the session's messages the game has.
    pub(super) sync: SyncState,
    /// When the sync state was last saved.
    pub(super) sync_saved: Duration,
    /// When the socket credential (JWT) was fetched, unless the server accepted it since.
    pub(super) jwt_fetched: Option<Duration>,
    /// The wait for a new token, and the tasks that wait for it.
    pub(super) renewal: Renewal<TaskId>,
    /// Tasks that are under way or wait for a new token.
    pub(super) tasks: BTreeMap<TaskId, Running>,
    /// Requests about the connection that have not ended.
    pub(super) requests: HashMap<Ticket, PendingRequest>,
    /// The saves under way, in order: the purpose of each, and the token that it stores.
    pub(super) saving: VecDeque<(Saving, Option<Secret>)>,
    /// The token of the stored session, once this client has seen it stored.
    pub(super) stored_token: Option<Secret>,
    /// Whether another user has logged in with the same storage. The session here goes on and is no longer saved.
    pub(super) is_storage_anothers: bool,
    /// Whether the last save succeeded.
    pub(super) is_record_stored: bool,
    /// Decides the jitter of the back-off.
    pub(super) seed: u64,
    pub(super) last_id: u64,
    pub(super) outputs: VecDeque<Output>,
}

impl App {
    pub(super) fn new(
        app_id: String,
        mut settings: AppSettings,
        identity: Identity,
        counters: Arc<Counters>,
        last_id: u64,
        now: Now,
    ) -> Self {
        if settings.persistent_outbox {
            settings.outbox.bytes = settings.outbox.bytes.min(identity.max_saved_outbox);
        }
        let Identity {
            record,
            resource,
            seed,
            ..
        } = identity;
        Self {
            connection: ConnectionMachine::new(
                settings.mode,
                settings.background,
                settings.timing.clone(),
                seed,
            ),
            outbox: Outbox::new(&settings.outbox, &settings.timing, seed.rotate_left(32)),
            ephemeral: Ephemeral::default(),
            link: None,
            outdated_link: None,
            failed_link: None,
            sync: record
                .session
                .as_ref()
                .map_or_else(SyncState::default, SyncState::of),
            sync_saved: Duration::ZERO,
            jwt_fetched: None,
            renewal: Renewal::new(settings.token_renewal_timeout),
            tasks: BTreeMap::new(),
            requests: HashMap::new(),
            saving: VecDeque::new(),
            is_storage_anothers: false,
            is_record_stored: true,
            stored_token: record
                .session
                .as_ref()
                .map(|session| session.auth_token.clone()),
            outputs: VecDeque::new(),
            app_id,
            settings,
            resource,
            record,
            now,
            counters,
            seed,
            last_id,
        }
    }

    pub(super) fn handle(&mut self, input: Input, now: Now) {
        self.now = now;
        match input {
            Input::Frame(link, frame) => self.on_frame(link, frame),
            Input::Link(link, event) => self.on_link_event(link, event),
            Input::Command(command) => self.on_command(command),
            Input::Done(id, done) => self.on_done(id, done),
            Input::Saved(outcome) => self.on_saved(outcome),
            Input::Stored(stored) => self.on_stored(stored),
            Input::Unread(unread) => self.save_sync_state(&unread),
            Input::SessionRevoked => self.on_session_revoked(),
            Input::Tick => self.tick(),
            Input::Prepared(_) | Input::Loaded(_) | Input::Platform(_) => {}
        }
        self.end_failed_links();
    }

    pub(super) fn end_failed_links(&mut self) {
        while let Some((link, loss)) = self.failed_link.take() {
            self.on_link_lost(link, loss);
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Duration> {
        let deadlines = [
            self.connection.next_deadline(),
            self.outbox.next_deadline(),
            self.ephemeral.next_deadline(),
            self.renewal_deadline(),
            self.link.as_ref().and_then(Link::next_deadline),
        ];
        deadlines.into_iter().flatten().min()
    }

    pub(super) fn is_full(&self) -> bool {
        self.link.as_ref().is_some_and(Link::is_full)
    }

    fn tick(&mut self) {
        self.handle_connection(connection::Input::Tick);
        self.handle_outbox(outbox::Input::Tick);
        self.handle_ephemeral(ephemeral::Input::Tick);
        self.end_overdue_renewal();
        self.continue_recovery();
        self.poll_recheck();
    }

    fn on_link_event(&mut self, link: LinkId, event: LinkEvent) {
        match event {
            LinkEvent::Lost(loss) => self.on_link_lost(link, loss),
            LinkEvent::Activity => {
                self.handle_connection(connection::Input::Inbound(link));
                self.save_sync_state_now_and_then();
            }
            LinkEvent::Paused(paused) => {
                self.handle_connection(connection::Input::Paused(link, paused));
            }
            LinkEvent::Congested(congested) => {
                if let Some(link) = self.link.as_mut().filter(|it| it.id == link) {
                    link.is_congested = congested;
                }
            }
        }
    }

    /// Hands `input` to the connection and performs its outputs.
    pub(super) fn handle_connection(&mut self, input: connection::Input) {
        self.connection.handle(input, self.now);
        while let Some(output) = self.connection.poll_output() {
            self.on_connection_output(output);
        }
    }

    fn on_connection_output(&mut self, output: connection::Output) {
        match output {
            connection::Output::OpenLink(id) => self.open_link(id),
            connection::Output::CloseLink(id) => self.close_link(id),
            connection::Output::SendPing(id) => self.send_ping(id),
            connection::Output::Status(change) => {
                let is_live = change.to == ConnectionStatus::Connected;
                self.emit(Event::StatusChanged(change));
                if !is_live {
                    self.handle_ephemeral(ephemeral::Input::Disconnected);
                }
            }
            connection::Output::KeepAliveDue => self.outputs.push_back(Output::KeepAliveDue),
            connection::Output::Settle(ticket, outcome) => {
                if let Some(request) = self.requests.remove(&ticket) {
                    let settlement = request.end(outcome.map_err(ChatError::from));
                    self.outputs.push_back(Output::Settle(settlement));
                }
            }
        }
    }

    /// Ends everything: the connection is closed with code 1000. The session stays saved.
    pub(super) fn shut_down(&mut self) {
        self.handle_ephemeral(ephemeral::Input::Closing(ChatError::stopped()));
        if self.has_stored_outbox() {
            self.handle_outbox(outbox::Input::Kept(Cause::Exiting));
        }
        self.handle_connection(connection::Input::Shutdown);
        self.outputs.push_back(Output::LookAtQueue);
    }

    /// Drops everything, because another `init` follows. The session stays saved. What the game has not read, it reads later.
    /// The outbox stays saved if the next settings have it restored.
    pub(super) fn leave(&mut self, next: &AppSettings) {
        self.save_sync_state(&[]);
        if next.persistent_outbox && self.has_stored_outbox() {
            self.handle_outbox(outbox::Input::Kept(Cause::InitCalled));
        } else {
            self.clear_stored_outbox();
        }
        self.close_session(Cause::InitCalled);
        self.settle_logouts();
    }

    pub(super) fn session(&self) -> Result<&Session, ChatError> {
        let session = self.record.session.as_ref();
        session.ok_or_else(ChatError::not_logged_in)
    }

    pub(super) fn emit(&mut self, event: Event) {
        self.outputs.push_back(Output::Emit(event));
    }

    pub(super) fn settle<T: Clone + Send + 'static>(
        &mut self,
        done: Completer<T>,
        outcome: Result<T, ChatError>,
    ) {
        self.outputs.push_back(Output::Settle(done.settle(outcome)));
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn take_outputs(&mut self) -> VecDeque<Output> {
        mem::take(&mut self.outputs)
    }
}
