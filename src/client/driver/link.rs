use std::{
    cell::{Cell, RefCell},
    rc::Rc,
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
    connector::{Connector, Stream, loss},
    endpoint::Endpoint,
    event_loop::Happening,
    spawner::Spawner,
};
use crate::{
    client::{Counters, Event, queue::EventSink},
    lifecycle::{Cause, LinkId, LinkLoss},
    wire::{
        client_frame,
        interner::Interner,
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
}

/// What a link works with on the driver's thread.
pub(super) struct LinkContext {
    pub(super) sink: Rc<RefCell<EventSink>>,
    pub(super) counters: Arc<Counters>,
    pub(super) inbox: Sender<Happening>,
    /// Tells a reader that paused for lack of room to go on.
    pub(super) resume: Receiver<()>,
}

/// An attempt to connect and the connection it becomes.
pub(super) struct Link {
    task: Task<()>,
    orders: Sender<Order>,
    closed: Rc<Cell<bool>>,
    live: Rc<Cell<bool>>,
}

enum Order {
    Ping,
    Close,
}

impl Link {
    pub(super) fn open(plan: LinkPlan, context: LinkContext, spawner: &Spawner) -> Option<Self> {
        let (orders, ordered) = async_channel::unbounded();
        let closed = Rc::new(Cell::new(false));
        let live = Rc::new(Cell::new(false));
        let worker = Worker {
            id: plan.id,
            device_id: plan.device_id.clone(),
            context,
            closed: closed.clone(),
            live: live.clone(),
        };
        let task = spawner.spawn(worker.run(plan, ordered))?;
        Some(Self {
            task,
            orders,
            closed,
            live,
        })
    }

    pub(super) fn ping(&self) {
        let _ = self.orders.try_send(Order::Ping);
    }

    /// Closes with code 1000; a link that is not live yet is given up. Nothing it takes in from now on reaches the
    /// game. The task ends when the peer has answered, or after a while.
    pub(super) fn close(self, spawner: &Spawner) -> Option<Task<()>> {
        self.closed.set(true);
        if !self.live.get() {
            return None;
        }
        let _ = self.orders.try_send(Order::Close);
        let timeout = async {
            Timer::after(CLOSE_TIMEOUT).await;
        };
        spawner.spawn(self.task.or(timeout))
    }
}

struct Worker {
    id: LinkId,
    device_id: String,
    context: LinkContext,
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
                        let read = self.read(&mut receiver, &mut interner);
                        read.or(self.write(&mut sender, orders)).await
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
                    let cause = match reason.starts_with("404") {
                        true => Cause::UnknownApp,
                        false => Cause::CredentialsRejected,
                    };
                    return Err(loss(cause, reason));
                }
                Ok(_) => {}
                Err(_) => self.context.counters.count_malformed(),
            }
        }
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
                frame =
                    match ended.is_none() && taken < BATCH && !self.context.sink.borrow().is_full()
                    {
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
            if self.context.sink.borrow().is_full() {
                self.pause().await;
            }
        }
    }

    /// Reads nothing until the game has drained what waits for it (rule D5).
    async fn pause(&self) {
        self.tell(Happening::Paused(true));
        while self.context.sink.borrow().is_full() {
            if self.context.resume.recv().await.is_err() {
                break;
            }
        }
        self.tell(Happening::Paused(false));
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
            Ok(ServerFrame::Message(message)) => Event::MessageReceived(message),
            Ok(ServerFrame::Typing(typing)) => Event::TypingChanged(typing),
            Ok(ServerFrame::Pong) => return self.tell(Happening::Pong(self.id)),
            Ok(ServerFrame::Auth { .. }) => return,
            Ok(ServerFrame::Echo) => return self.context.counters.count_echo(),
            Ok(ServerFrame::Unmodelled) => return self.context.counters.count_unmodelled(),
            Err(server_frame::Malformed) => return self.context.counters.count_malformed(),
        };
        self.context.sink.borrow_mut().push(event);
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
