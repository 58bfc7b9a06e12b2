use std::{
    convert::Infallible,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use async_io::Timer;
use bytes::Bytes;
use futures_lite::future;

use super::{
    hub::Device,
    incoming::Incoming,
    json_depth,
    rate_limit::{Bucket, peer_of},
    relay,
    send_queue::{Ending, SendQueue},
    shared::Shared,
    store::Store,
    stream::Stream,
    websocket::WebSocket,
};
use crate::wire::{
    client_frame::{self, AuthRequest, ClientFrame},
    envelope::{PONG, close_code},
};

/// How long a client may take to send its auth frame.
const AUTH_TIMEOUT: Duration = Duration::from_secs(10);

/// How many bytes its auth frame may have.
const MAX_AUTH_FRAME: usize = 8 << 10;

/// A client pings every 15 seconds; one that is silent for this long is gone.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(90);

/// RFC 6455: the server goes away.
const GOING_AWAY: Ending = Ending::Close {
    code: 1001,
    reason: "the server stops",
};

/// Serves a WebSocket from its first frame to its end.
pub(super) async fn serve(stream: Stream, read_already: Bytes, address: IpAddr, shared: &Shared) {
    let queue = Arc::<SendQueue>::default();
    let memory = shared.memory_of_address(address);
    let mut socket = WebSocket::new(stream, read_already, memory, queue.clone());
    let ending = future::or(run(&mut socket, queue, address, shared), async {
        let _closed = shared.stopping.recv().await;
        GOING_AWAY
    })
    .await;
    socket.close(ending).await;
}

async fn run(
    socket: &mut WebSocket,
    queue: Arc<SendQueue>,
    address: IpAddr,
    shared: &Shared,
) -> Ending {
    match run_until_error(socket, queue, address, shared).await {
        Ok(never) => match never {},
        Err(ending) => ending,
    }
}

async fn run_until_error(
    socket: &mut WebSocket,
    queue: Arc<SendQueue>,
    address: IpAddr,
    shared: &Shared,
) -> Result<Infallible, Ending> {
    let mut client = Client::new(socket, shared);
    let request = client.auth_frame().await.inspect_err(|_| {
        shared.access.count_failure(address);
    })?;
    let store = shared.store.for_peer(peer_of(&request.jwt));
    client.store = store.clone();
    let denied = queue.clone();
    let attached = store.run(move |context| relay::attach(context, request, queue));
    let device = match attached.await {
        Ok(Ok(device)) => device,
        Ok(Err(denial)) => {
            if shared.access.check_failures(address).is_err() {
                return Err(not_authenticated("too many failed from this address"));
            }
            shared.access.count_failure(address);
            denied.answer(denial.frame);
            return Err(not_authenticated(denial.reason));
        }
        Err(_) => return Err(Ending::Abandon),
    };
    let _detach = DetachOnDrop {
        device: device.clone(),
        store,
    };
    loop {
        let text = client.text(SILENCE_TIMEOUT, SILENT).await?;
        client.handle(&text, &device).await?;
    }
}

fn not_authenticated(reason: &'static str) -> Ending {
    Ending::Close {
        code: close_code::NOT_AUTHENTICATED,
        reason,
    }
}

const SILENT: Ending = Ending::Close {
    code: close_code::SILENT,
    reason: "nothing came for too long",
};

/// Detaches the device however its connection ends, a panic included.
struct DetachOnDrop {
    device: Arc<Device>,
    store: Store,
}

impl Drop for DetachOnDrop {
    fn drop(&mut self) {
        let device = self.device.clone();
        self.store
            .run_detached(move |context| relay::detach(context, device));
    }
}

/// The client at the other end of a socket, and its rate limit.
struct Client<'a> {
    socket: &'a mut WebSocket,
    shared: &'a Shared,
    store: Store,
    bucket: Option<Bucket>,
}

impl<'a> Client<'a> {
    fn new(socket: &'a mut WebSocket, shared: &'a Shared) -> Self {
        let bucket = shared
            .rate_limits
            .map(|limits| Bucket::new(limits.frames, Instant::now()));
        Self {
            socket,
            shared,
            store: shared.store.clone(),
            bucket,
        }
    }

    async fn auth_frame(&mut self) -> Result<AuthRequest, Ending> {
        let late = not_authenticated("no auth frame came in time");
        let text = self.text(AUTH_TIMEOUT, late).await?;
        if text.len() > MAX_AUTH_FRAME {
            return Err(not_authenticated("the auth frame is too long"));
        }
        match client_frame::decode(&text) {
            Ok(ClientFrame::Auth(request)) => Ok(request),
            _ => Err(not_authenticated("the first frame must be an auth frame")),
        }
    }

    /// The next text frame. Other frames need no answer here.
    async fn text(&mut self, timeout: Duration, late: Ending) -> Result<String, Ending> {
        let text = async {
            loop {
                self.wait_for_turn().await?;
                match self.socket.next().await? {
                    Incoming::Text(text) => return Ok(text),
                    Incoming::Binary => count_malformed(self.shared),
                    _ => {}
                }
            }
        };
        future::or(text, async {
            Timer::after(timeout).await;
            Err(late)
        })
        .await
    }

    /// Waits until the rate limit permits another frame.
    async fn wait_for_turn(&mut self) -> Result<(), Ending> {
        let Some(bucket) = &mut self.bucket else {
            return Ok(());
        };
        while let Err(wait) = bucket.take(Instant::now()) {
            self.socket.meanwhile(Timer::after(wait)).await?;
        }
        Ok(())
    }

    async fn handle(&mut self, text: &str, device: &Arc<Device>) -> Result<(), Ending> {
        if json_depth::is_too_deep(text.as_bytes()) {
            count_malformed(self.shared);
            return Ok(());
        }
        match client_frame::decode(text) {
            Ok(ClientFrame::Ping) => device.answer(PONG.to_owned().into()),
            Ok(frame) => {
                let device = device.clone();
                let relayed = self
                    .store
                    .run(move |context| relay::relay(context, &device, frame));
                // The protocol has no frame for a refusal: a frame that is not permitted is dropped.
                if let Err(refusal) = self.socket.meanwhile(relayed).await? {
                    tracing::debug!(code = refusal.code, "a frame was not relayed");
                }
            }
            Err(_) => count_malformed(self.shared),
        }
        Ok(())
    }
}

fn count_malformed(shared: &Shared) {
    let so_far = shared.hub.count_malformed();
    tracing::debug!(so_far, "a frame made no sense and was ignored");
}
