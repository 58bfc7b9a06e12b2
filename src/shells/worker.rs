use std::sync::Arc;

use async_channel::{Receiver, Sender};
use futures_lite::{FutureExt, future};

use super::{
    channels::{LinkSide, Message, Order, Received, Report},
    endpoint::Endpoint,
    platform::{Connector, SocketReceiver, SocketSender, open_socket},
};
use crate::{
    connection::{LinkId, LinkLoss},
    core::{Counters, LinkPlan, OwnDevice, ServerFrame, decode_frame},
    wire::{envelope::Malformed, interner::Interner},
};

/// The maximum number of frames in a batch.
const BATCH: usize = 256;
/// The maximum size of a frame, in bytes. A longer one is dropped and counted, without being decoded.
const MAX_FRAME: usize = 1024 * 1024;

/// The task of a link, from the first attempt at a connection to its end.
pub(super) struct Worker {
    pub(super) key: (LinkId, u64),
    /// The device that authenticates.
    pub(super) own: OwnDevice,
    pub(super) inbox: Sender<Message>,
    pub(super) counters: Arc<Counters>,
    pub(super) link: LinkSide,
}

impl Worker {
    pub(super) async fn run(self, plan: LinkPlan, connector: Connector) {
        let loss = self.run_link(plan, connector).await;
        self.report(Report::Lost(loss));
    }

    async fn run_link(&self, plan: LinkPlan, connector: Connector) -> LinkLoss {
        let endpoint = Endpoint::new(&plan.host, plan.port);
        let opened = open_socket(&connector, &endpoint, plan.auth_frame).await;
        let (mut sender, mut receiver) = match opened {
            Ok(socket) => socket,
            Err(loss) => return loss,
        };
        let read = self.read(&mut receiver);
        read.or(self.write(&mut sender, &self.link.orders)).await
    }

    /// Reads frames, as many at a time as have arrived, until the connection ends.
    async fn read(&self, receiver: &mut SocketReceiver) -> LinkLoss {
        let mut interner = Interner::default();
        let mut frames = Vec::new();
        loop {
            let mut arrived = Some(receiver.next().await);
            let mut taken = 0;
            let mut ended = None;
            while let Some(frame) = arrived {
                ended = self.decode(frame, &mut frames, &mut interner);
                taken += 1;
                arrived = if ended.is_none() && taken < BATCH {
                    future::poll_once(receiver.next()).await
                } else {
                    None
                };
            }
            if !self.link.is_closed.get() {
                self.report(Report::Frames(frames));
                frames = Vec::new();
            }
            if let Some(loss) = ended {
                // One more poll writes the answer to the peer's close frame.
                future::poll_once(receiver.next()).await;
                return loss;
            }
            if self.link.is_closed.get() {
                frames.clear();
                future::yield_now().await;
            } else if let Ok(buffer) = self.link.may_read.recv().await {
                frames = buffer;
            }
        }
    }

    /// Decodes one frame, and returns how the connection ended, if that is what arrived.
    fn decode(
        &self,
        received: Received<impl AsRef<str>>,
        frames: &mut Vec<ServerFrame>,
        interner: &mut Interner,
    ) -> Option<LinkLoss> {
        match received {
            Received::Text(text) if text.as_ref().len() <= MAX_FRAME => {
                match decode_frame(text.as_ref(), &self.own, interner) {
                    Ok(frame) => frames.push(frame),
                    Err(Malformed) => self.count_malformed(),
                }
                None
            }
            Received::Text(_) | Received::Binary => {
                self.count_malformed();
                None
            }
            Received::Control => None,
            Received::Ended(loss) => Some(loss),
        }
    }

    fn count_malformed(&self) {
        if !self.link.is_closed.get() {
            self.counters.count_malformed();
        }
    }

    /// Writes the ordered frames until one can't be written.
    async fn write(&self, sender: &mut SocketSender, orders: &Receiver<Order>) -> LinkLoss {
        while let Ok(order) = orders.recv().await {
            let written = match order {
                Order::Send(frame) => sender.send(frame).await,
                Order::Close => sender.close().await,
            };
            if let Err(loss) = written {
                return loss;
            }
            if orders.is_empty() {
                self.report(Report::Written);
            }
        }
        future::pending().await
    }

    fn report(&self, report: Report) {
        let (id, serial) = self.key;
        let _ = self.inbox.try_send(Message::Link(id, serial, report));
    }
}
