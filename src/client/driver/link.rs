use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    sync::Arc,
    time::Duration,
};

use async_channel::{Receiver, Sender};
use async_executor::Task;
use async_io::Timer;
use async_tungstenite::{
    WebSocketReceiver, WebSocketSender, WebSocketStream, client_async_with_config,
    tungstenite::{
        Error as SocketError, Message as Frame,
        error::CapacityError,
        protocol::{CloseFrame, WebSocketConfig, frame::coding::CloseCode},
    },
};
use futures_lite::{FutureExt, StreamExt, future};

use super::{
    catch_up::CatchUp,
    clock::Clock,
    connector::{Connector, Stream, loss},
    endpoint::Endpoint,
    happening::Happening,
    progress::Progress,
    spawner::Spawner,
};
use crate::{
    client::{Counters, Event, Recovery, outbox::Outbox, queue::EventSink, signals::Signals},
    lifecycle::{Cause, LinkId, LinkLoss},
    model::{Message, TypingIndicator, Uid},
    wire::{
        client_frame,
        error::code,
        interner::Interner,
        message::MessageNews,
        server_frame::{self, ServerFrame},
    },
};

/// The most frames taken in before the rest of the driver has its turn.
const BATCH: usize = 256;
/// A longer frame is dropped and counted unread.
const MAX_FRAME: usize = 1024 * 1024;
/// A longer frame ends the connection: past this it could be anything.
const MAX_SOCKET_MESSAGE: usize = 16 * 1024 * 1024;
/// How much is read at once.
const READ_BUFFER: usize = 64 * 1024;
/// How much may wait to be written.
const MAX_WRITE_BUFFER: usize = 256 * 1024;
/// How many messages are held while those before them are fetched.
const MAX_HELD: usize = 8_192;
/// How long the peer has to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// What a link needs to come to life.
pub(super) struct LinkPlan {
    pub(super) id: LinkId,
    pub(super) connector: Connector,
    pub(super) endpoint: Endpoint,
    pub(super) auth_frame: String,
    /// The id under which it authenticates.
    pub(super) device_id: String,
    pub(super) catch_up: CatchUp,
    /// Weak, as requests end with it.
    pub(super) outbox: Weak<RefCell<Outbox>>,
    pub(super) signals: Rc<RefCell<Signals>>,
}

/// What a link works with on the driver's thread.
pub(super) struct LinkContext {
    pub(super) sink: Rc<RefCell<EventSink>>,
    pub(super) counters: Arc<Counters>,
    pub(super) inbox: Sender<Happening>,
    pub(super) clock: Clock,
}

/// An attempt to connect and the connection it becomes.
pub(super) struct Link {
    task: Task<()>,
    orders: Sender<Order>,
    begin: Sender<()>,
    resume: Sender<()>,
    closed: Rc<Cell<bool>>,
    live: Rc<Cell<bool>>,
}

enum Order {
    Ping,
    Send(String),
    Close,
}

impl Link {
    pub(super) fn open(plan: LinkPlan, context: LinkContext, spawner: &Spawner) -> Option<Self> {
        let (orders, ordered) = async_channel::unbounded();
        let (begin, begun) = async_channel::bounded(1);
        let (resume, resumed) = async_channel::bounded(1);
        let closed = Rc::new(Cell::new(false));
        let live = Rc::new(Cell::new(false));
        let worker = Worker {
            id: plan.id,
            device_id: plan.device_id.clone(),
            user: plan.catch_up.session.user.uid.clone(),
            outbox: plan.outbox.clone(),
            progress: plan.catch_up.progress.clone(),
            signals: plan.signals.clone(),
            context,
            begun,
            room: (resume.clone(), resumed),
            // Where nothing was handed over before, nothing can have been missed.
            held: RefCell::new(plan.catch_up.progress.last().map(|_| Vec::new())),
            closed: closed.clone(),
            live: live.clone(),
        };
        let task = spawner.spawn(worker.run(plan, ordered))?;
        Some(Self {
            task,
            orders,
            begin,
            resume,
            closed,
            live,
        })
    }

    /// Lets a live link take frames in: the game has been told of it.
    pub(super) fn begin(&self) {
        let _ = self.begin.try_send(());
    }

    /// Has it read on, if it paused for lack of room.
    pub(super) fn resume(&self) {
        let _ = self.resume.try_send(());
    }

    pub(super) fn ping(&self) {
        let _ = self.orders.try_send(Order::Ping);
    }

    /// Sends a frame.
    pub(super) fn send(&self, frame: String) {
        let _ = self.orders.try_send(Order::Send(frame));
    }

    /// Closes with code 1000; a link that is not live yet is given up. Nothing it takes in from now on reaches the
    /// game. The task ends when the peer has answered, or after a while.
    pub(super) fn close(self, spawner: &Spawner) -> Option<Task<()>> {
        self.closed.set(true);
        if !self.live.get() {
            return None;
        }
        let _ = self.orders.try_send(Order::Close);
        // The peer's answer is to be read, and for what comes before it no room is needed.
        self.resume();
        let timeout = async {
            Timer::after(CLOSE_TIMEOUT).await;
        };
        spawner.spawn(self.task.or(timeout))
    }
}

struct Worker {
    id: LinkId,
    device_id: String,
    user: Uid,
    outbox: Weak<RefCell<Outbox>>,
    progress: Rc<Progress>,
    signals: Rc<RefCell<Signals>>,
    context: LinkContext,
    begun: Receiver<()>,
    /// Tells the reader, if it paused for lack of room, to look again.
    room: (Sender<()>, Receiver<()>),
    /// What arrived while what was missed before it is still being fetched; `None` from then on.
    held: RefCell<Option<Vec<Event>>>,
    closed: Rc<Cell<bool>>,
    live: Rc<Cell<bool>>,
}

impl Worker {
    async fn run(self, plan: LinkPlan, orders: Receiver<Order>) {
        let loss = match open(&plan).await {
            Err(loss) => loss,
            Ok(socket) => {
                let (mut sender, mut receiver) = socket.split();
                let mut interner = Interner::default();
                match self
                    .authenticate(&mut sender, &mut receiver, plan.auth_frame, &mut interner)
                    .await
                {
                    Err(loss) => loss,
                    Ok(()) => {
                        self.live.set(true);
                        self.tell(Happening::LinkLive(self.id));
                        let _ = self.begun.recv().await;
                        let read = self.read(&mut receiver, &mut interner);
                        read.or(self.catch_up(&plan.catch_up))
                            .or(self.write(&mut sender, orders))
                            .await
                    }
                }
            }
        };
        self.tell(Happening::LinkLost(self.id, loss));
    }

    /// Sends the auth frame and waits for its answer. What else arrives before it is not for this session yet.
    async fn authenticate(
        &self,
        sender: &mut WebSocketSender<Stream>,
        receiver: &mut WebSocketReceiver<Stream>,
        auth_frame: String,
        interner: &mut Interner,
    ) -> Result<(), LinkLoss> {
        sender.send(Frame::text(auth_frame)).await.map_err(broken)?;
        loop {
            let frame = receiver.next().await;
            let text = match frame {
                Some(Ok(Frame::Text(text))) if text.len() <= MAX_FRAME => text,
                Some(Ok(Frame::Close(close))) => return Err(closed_by_server(close)),
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(broken(error)),
                None => return Err(LinkLoss::new(Cause::ConnectionLost)),
            };
            match server_frame::decode(&text, &self.device_id, interner) {
                Ok(ServerFrame::Auth { accepted: true, .. }) => return Ok(()),
                Ok(ServerFrame::Auth { reason, .. }) => {
                    let cause = match &*reason {
                        reason if reason.starts_with("404") => Cause::UnknownApp,
                        reason if reason.ends_with(code::AUTH_TOKEN_EXPIRED) => Cause::TokenExpired,
                        _ => Cause::CredentialsRejected,
                    };
                    return Err(loss(cause, reason));
                }
                Ok(_) => {}
                Err(_) => self.context.counters.count_malformed(),
            }
        }
    }

    /// Hands over what was missed, and then what arrived meanwhile (rule D3). Never ends the connection.
    async fn catch_up(&self, catch_up: &CatchUp) -> LinkLoss {
        let missed = catch_up.run().await;
        if self.closed.get() {
            return future::pending().await;
        }
        if let Some(missed) = missed {
            let token_unknown = missed.token_is_unknown();
            let count = |event| usize::from(self.hand_over(event));
            let changed = missed.changes.into_iter().map(Event::of_change).map(count);
            let changed = changed.sum();
            let recovered = missed
                .messages
                .into_iter()
                .map(Event::of_message)
                .map(count);
            self.emit(Event::MessagesRecovered(Recovery {
                recovered: recovered.sum(),
                changed,
                gap: missed.gap,
                changes_gap: missed.changes_gap,
            }));
            if token_unknown {
                self.tell(Happening::TokenUnknown);
            }
        }
        for event in self.held.take().into_iter().flatten() {
            self.hand_over(event);
        }
        self.context.sink.borrow_mut().flush();
        let _ = self.room.0.try_send(());
        future::pending().await
    }

    /// Takes in what came over the socket: held until what was missed is there.
    fn arrive(&self, event: Event) {
        match &mut *self.held.borrow_mut() {
            Some(held) => held.push(event),
            None => drop(self.hand_over(event)),
        }
    }

    /// Whether nothing more should be read from the socket for now (rule D5).
    fn is_full(&self) -> bool {
        let held = self.held.borrow().as_ref().map_or(0, Vec::len);
        let is_full = held >= MAX_HELD || self.context.sink.borrow().is_full();
        is_full && !self.closed.get()
    }

    fn emit(&self, event: Event) {
        self.context.sink.borrow_mut().push(event);
    }

    fn tell_typing(&self, changes: impl IntoIterator<Item = TypingIndicator>) {
        for typing in changes {
            self.emit(Event::TypingChanged(typing));
        }
    }

    /// Hands an event to the game, unless it is a message or a change that the game has or is about to have from the
    /// outbox; says whether it was handed over.
    fn hand_over(&self, event: Event) -> bool {
        if let Event::MessageReceived(message) = &event
            && self.is_in_outbox(message)
        {
            self.tell(Happening::Heard(self.id, message.clone()));
            return false;
        }
        let is_new = match &event {
            Event::MessageReceived(message) | Event::GroupChanged(message) => {
                self.progress.take(message)
            }
            Event::MessageEdited(message) | Event::MessageDeleted(message) => {
                self.progress.changes.take(message)
            }
            _ => true,
        };
        match is_new {
            true => self.emit(event),
            false => self.context.counters.count_duplicate(),
        }
        is_new
    }

    /// Whether the outbox does not know yet that this message was sent.
    fn is_in_outbox(&self, message: &Message) -> bool {
        let (muid, outbox) = (message.muid.as_deref(), self.outbox.upgrade());
        message.sender.uid == self.user
            && muid
                .zip(outbox)
                .is_some_and(|(muid, outbox)| outbox.borrow().holds(muid))
    }

    /// Takes frames in, as many at a time as have arrived, until the connection ends.
    async fn read(
        &self,
        receiver: &mut WebSocketReceiver<Stream>,
        interner: &mut Interner,
    ) -> LinkLoss {
        loop {
            let mut frame = Some(receiver.next().await);
            let mut taken = 0;
            let mut ended = None;
            while let Some(arrived) = frame {
                ended = self.take_in(arrived, interner);
                taken += 1;
                frame = match ended.is_none() && taken < BATCH && !self.is_full() {
                    true => future::poll_once(receiver.next()).await,
                    false => None,
                };
            }
            self.context.sink.borrow_mut().flush();
            if let Some(loss) = ended {
                // One more look writes the answer to the peer's close.
                future::poll_once(receiver.next()).await;
                return loss;
            }
            self.tell(Happening::Inbound(self.id));
            if taken == BATCH {
                future::yield_now().await;
            }
            if self.is_full() {
                self.pause().await;
            }
        }
    }

    /// Reads nothing until the game has drained what waits for it (rule D5).
    async fn pause(&self) {
        self.tell(Happening::Paused(self.id, true));
        while self.is_full() {
            if self.room.1.recv().await.is_err() {
                break;
            }
        }
        self.tell(Happening::Paused(self.id, false));
    }

    /// Takes one frame in; tells how the connection ended, if that is what arrived.
    fn take_in(
        &self,
        arrived: Option<Result<Frame, SocketError>>,
        interner: &mut Interner,
    ) -> Option<LinkLoss> {
        match arrived {
            Some(Ok(Frame::Text(text))) if text.len() <= MAX_FRAME => {
                if !self.closed.get() {
                    self.decode(&text, interner);
                }
                None
            }
            Some(Ok(Frame::Text(_) | Frame::Binary(_))) => {
                self.context.counters.count_malformed();
                None
            }
            Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => None,
            Some(Ok(Frame::Close(close))) => Some(closed_by_server(close)),
            Some(Err(error)) => Some(broken(error)),
            None => Some(LinkLoss::new(Cause::ConnectionLost)),
        }
    }

    fn decode(&self, text: &str, interner: &mut Interner) {
        let event = match server_frame::decode(text, &self.device_id, interner) {
            Ok(ServerFrame::Message(MessageNews::New(message))) => {
                let typing = self.signals.borrow_mut().message_heard(&message);
                self.tell_typing(typing);
                Event::of_message(message)
            }
            Ok(ServerFrame::Message(MessageNews::Edited(message))) => Event::MessageEdited(message),
            Ok(ServerFrame::Message(MessageNews::Deleted(message))) => {
                Event::MessageDeleted(message)
            }
            Ok(ServerFrame::Moderated(message)) => Event::MessageModerated(message),
            Ok(ServerFrame::Reaction(reaction)) => Event::ReactionChanged(reaction),
            Ok(ServerFrame::Receipt(receipt)) => Event::ReceiptReceived(receipt),
            Ok(ServerFrame::Interaction(interaction)) => Event::InteractionCompleted(interaction),
            Ok(ServerFrame::Raw(event)) => {
                self.context.counters.count_unmodelled();
                Event::RawReceived(event)
            }
            Ok(ServerFrame::Typing(typing)) => {
                let now = self.context.clock.now().monotonic;
                let typing = self.signals.borrow_mut().typing_heard(typing, now);
                return self.tell_typing(typing);
            }
            Ok(ServerFrame::Presence(presence)) => {
                return self.emit(Event::PresenceChanged(presence));
            }
            Ok(ServerFrame::Transient(event)) => return self.emit(Event::TransientReceived(event)),
            Ok(ServerFrame::Pong) => return self.tell(Happening::Pong(self.id)),
            Ok(ServerFrame::Auth { .. }) => return,
            Ok(ServerFrame::Echo) => return self.context.counters.count_echo(),
            Err(server_frame::Malformed) => return self.context.counters.count_malformed(),
        };
        self.arrive(event);
    }

    /// Carries orders out until one cannot be.
    async fn write(
        &self,
        sender: &mut WebSocketSender<Stream>,
        orders: Receiver<Order>,
    ) -> LinkLoss {
        while let Ok(order) = orders.recv().await {
            let written = match order {
                Order::Ping => sender.send(Frame::text(client_frame::PING)).await,
                Order::Send(frame) => sender.send(Frame::text(frame)).await,
                Order::Close => {
                    sender
                        .close(Some(CloseFrame {
                            code: CloseCode::Normal,
                            reason: "".into(),
                        }))
                        .await
                }
            };
            if let Err(error) = written {
                return broken(error);
            }
        }
        future::pending().await
    }

    fn tell(&self, happening: Happening) {
        let _ = self.context.inbox.try_send(happening);
    }
}

async fn open(plan: &LinkPlan) -> Result<WebSocketStream<Stream>, LinkLoss> {
    let stream = plan.connector.connect(&plan.endpoint).await?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .max_message_size(Some(MAX_SOCKET_MESSAGE))
        .max_frame_size(Some(MAX_SOCKET_MESSAGE));
    let url = format!("ws://{}/", plan.endpoint.authority());
    match client_async_with_config(url, stream, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(SocketError::Http(response)) => Err(LinkLoss {
            retry_after: response
                .headers()
                .get("retry-after")
                .and_then(|value| value.to_str().ok()?.trim().parse().ok())
                .map(Duration::from_secs),
            ..loss(Cause::UpgradeRefused, format!("HTTP {}", response.status()))
        }),
        Err(error @ (SocketError::Io(_) | SocketError::ConnectionClosed)) => Err(broken(error)),
        Err(error) => Err(loss(Cause::UpgradeRefused, error.to_string())),
    }
}

fn closed_by_server(close: Option<CloseFrame>) -> LinkLoss {
    LinkLoss {
        close_code: close.as_ref().map(|close| close.code.into()),
        reason: close
            .map(|close| close.reason.as_str().into())
            .filter(|reason: &Arc<str>| !reason.is_empty()),
        ..LinkLoss::new(Cause::ClosedByServer)
    }
}

fn broken(error: SocketError) -> LinkLoss {
    match error {
        SocketError::Capacity(CapacityError::MessageTooLong { size, .. }) => loss(
            Cause::ConnectionLost,
            format!("the server sent a frame of {size} bytes"),
        ),
        error => loss(Cause::ConnectionLost, error.to_string()),
    }
}
