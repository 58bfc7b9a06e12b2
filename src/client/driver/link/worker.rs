use std::{cell::Cell, rc::Rc};

use async_channel::{Receiver, Sender};
use async_tungstenite::{
    WebSocketReceiver, WebSocketSender,
    tungstenite::{
        Error as SocketError, Message as Frame,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};
use futures_lite::{FutureExt, StreamExt, future};

use super::{
    LinkPlan, Order,
    intake::Intake,
    socket::{broken, closed_by_server, open},
};
use crate::{
    client::driver::{
        catch_up::CatchUp,
        connector::{Stream, loss},
        happening::Happening,
    },
    connection::{Cause, LinkLoss},
    wire::{
        client_frame,
        error::code,
        interner::Interner,
        server_frame::{self, ServerFrame},
    },
};

/// The most frames taken in before the rest of the driver has its turn.
const BATCH: usize = 256;
/// A longer frame is dropped and counted unread.
const MAX_FRAME: usize = 1024 * 1024;

/// The task of a link, from the first attempt at a connection to its end.
pub(super) struct Worker {
    pub(super) intake: Intake,
    pub(super) begun: Receiver<()>,
    /// Tells the reader, if it paused for lack of room, to look again.
    pub(super) room: (Sender<()>, Receiver<()>),
    pub(super) live: Rc<Cell<bool>>,
}

impl Worker {
    pub(super) async fn run(self, plan: LinkPlan, orders: Receiver<Order>) {
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
                        self.intake.tell(Happening::LinkLive(self.intake.id));
                        let _ = self.begun.recv().await;
                        let read = self.read(&mut receiver, &mut interner);
                        read.or(self.catch_up(&plan.catch_up))
                            .or(self.write(&mut sender, orders))
                            .await
                    }
                }
            }
        };
        self.intake.tell(Happening::LinkLost(self.intake.id, loss));
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
            match server_frame::decode(&text, &self.intake.device_id, interner) {
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
                Err(_) => self.intake.context.counters.count_malformed(),
            }
        }
    }

    /// Fetches what was missed, and hands it over before what arrives. Never ends the connection.
    async fn catch_up(&self, catch_up: &CatchUp) -> LinkLoss {
        let missed = catch_up.run().await;
        self.intake.hand_over_missed(missed);
        let _ = self.room.0.try_send(());
        future::pending().await
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
                frame = match ended.is_none() && taken < BATCH && !self.intake.is_full() {
                    true => future::poll_once(receiver.next()).await,
                    false => None,
                };
            }
            self.intake.context.sink.borrow_mut().flush();
            if let Some(loss) = ended {
                // One more look writes the answer to the peer's close.
                future::poll_once(receiver.next()).await;
                return loss;
            }
            self.intake.tell(Happening::Inbound(self.intake.id));
            if taken == BATCH {
                future::yield_now().await;
            }
            if self.intake.is_full() {
                self.pause().await;
            }
        }
    }

    /// Reads nothing until the game has drained what waits for it (rule D5).
    async fn pause(&self) {
        self.intake.tell(Happening::Paused(self.intake.id, true));
        while self.intake.is_full() {
            if self.room.1.recv().await.is_err() {
                break;
            }
        }
        self.intake.tell(Happening::Paused(self.intake.id, false));
    }

    /// Takes one frame in; tells how the connection ended, if that is what arrived.
    fn take_in(
        &self,
        arrived: Option<Result<Frame, SocketError>>,
        interner: &mut Interner,
    ) -> Option<LinkLoss> {
        match arrived {
            Some(Ok(Frame::Text(text))) if text.len() <= MAX_FRAME => {
                self.intake.take_in(&text, interner);
                None
            }
            Some(Ok(Frame::Text(_) | Frame::Binary(_))) => {
                self.intake.context.counters.count_malformed();
                None
            }
            Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => None,
            Some(Ok(Frame::Close(close))) => Some(closed_by_server(close)),
            Some(Err(error)) => Some(broken(error)),
            None => Some(LinkLoss::new(Cause::ConnectionLost)),
        }
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
}
