use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

use async_io::Timer;
use async_tungstenite::{
    WebSocketReceiver, WebSocketSender, WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};
use bytes::Bytes;
use futures_lite::{StreamExt, future};

use super::{
    Shared,
    hub::{Device, Ending, Inbox, Outbox},
    rate_limit::Bucket,
    relay::{self, Denial},
    stream::Stream,
};
use crate::wire::{
    client_frame::{self, AuthRequest, ClientFrame},
    close_code,
    envelope::PONG,
};

/// How large a frame from a client may be.
const MAX_FRAME: usize = 64 << 10;

/// How long a client may take to send its auth frame.
const AUTH_TIMEOUT: Duration = Duration::from_secs(10);

/// A client pings every 15 seconds; one that is silent for this long is gone.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(90);

/// How long a client may take to answer a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// RFC 6455: the server goes away.
const GOING_AWAY: Ending = Ending::Close {
    code: 1001,
    reason: "the server stops",
};

/// RFC 6455: a frame is too large.
const TOO_LARGE: Ending = Ending::Close {
    code: 1009,
    reason: "a frame has at most 64 KiB",
};

/// Serves a WebSocket from its first frame to its end (PROTOCOL.md §3).
pub(super) async fn serve(stream: Stream, read_already: Bytes, shared: &Shared) {
    let config = WebSocketConfig::default()
        .read_buffer_size(4 << 10)
        .write_buffer_size(16 << 10)
        .max_message_size(Some(MAX_FRAME))
        .max_frame_size(Some(MAX_FRAME));
    let socket = WebSocketStream::from_partially_read(
        stream,
        read_already.to_vec(),
        Role::Server,
        Some(config),
    )
    .await;
    let (mut sender, mut receiver) = socket.split();

    let ending = future::or(run(&mut sender, &mut receiver, shared), async {
        let _closed = shared.stopping.recv().await;
        GOING_AWAY
    })
    .await;
    close(sender, receiver, ending).await;
}

async fn run(
    sender: &mut WebSocketSender<Stream>,
    receiver: &mut WebSocketReceiver<Stream>,
    shared: &Shared,
) -> Ending {
    let request = match first_frame(receiver, shared).await {
        Ok(request) => request,
        Err(ending) => return ending,
    };
    let (outbox, inbox) = Outbox::new();
    let attached = shared
        .store
        .run(move |context| relay::attach(context, request, outbox));
    let device = match attached.await {
        Ok(Ok(device)) => device,
        Ok(Err(denial)) => return deny(sender, denial).await,
        Err(_) => return Ending::Abandon,
    };
    let _detach = DetachOnDrop {
        device: device.clone(),
        shared,
    };
    let told_to_end = async { inbox.ending.recv().await.unwrap_or(Ending::Abandon) };
    let relaying = future::or(
        read_frames(receiver, &device, shared),
        write_frames(sender, &inbox),
    );
    future::or(told_to_end, relaying).await
}

/// Detaches the device however its connection ends, a panic included.
struct DetachOnDrop<'a> {
    device: Arc<Device>,
    shared: &'a Shared,
}

impl Drop for DetachOnDrop<'_> {
    fn drop(&mut self) {
        let device = self.device.clone();
        self.shared
            .store
            .run_detached(move |context| relay::detach(context, device));
    }
}

async fn first_frame(
    receiver: &mut WebSocketReceiver<Stream>,
    shared: &Shared,
) -> Result<AuthRequest, Ending> {
    let not_authenticated = |reason| Ending::Close {
        code: close_code::NOT_AUTHENTICATED,
        reason,
    };
    let text = future::or(next_text(receiver, shared), async {
        Timer::after(AUTH_TIMEOUT).await;
        Err(not_authenticated("no auth frame came in time"))
    })
    .await?;
    match client_frame::decode(&text) {
        Ok(ClientFrame::Auth(request)) => Ok(request),
        _ => Err(not_authenticated("the first frame must be an auth frame")),
    }
}

/// Tells the client why it is not let in.
async fn deny(sender: &mut WebSocketSender<Stream>, denial: Denial) -> Ending {
    let told = future::or(sender.send(Message::Text(denial.frame)), async {
        Timer::after(CLOSE_TIMEOUT).await;
        Err(Error::ConnectionClosed)
    });
    match told.await {
        Ok(()) => Ending::Close {
            code: close_code::NOT_AUTHENTICATED,
            reason: denial.reason,
        },
        Err(_) => Ending::Abandon,
    }
}

async fn read_frames(
    receiver: &mut WebSocketReceiver<Stream>,
    device: &Arc<Device>,
    shared: &Shared,
) -> Ending {
    match read_until_error(receiver, device, shared).await {
        Ok(never) => match never {},
        Err(ending) => ending,
    }
}

async fn read_until_error(
    receiver: &mut WebSocketReceiver<Stream>,
    device: &Arc<Device>,
    shared: &Shared,
) -> Result<Infallible, Ending> {
    let mut bucket = shared
        .rate_limits
        .map(|limits| Bucket::new(limits.frames, Instant::now()));
    loop {
        if let Some(bucket) = &mut bucket {
            while let Err(wait) = bucket.take(Instant::now()) {
                Timer::after(wait).await;
            }
        }
        let text = future::or(next_text(receiver, shared), async {
            Timer::after(SILENCE_TIMEOUT).await;
            Err(Ending::Close {
                code: close_code::SILENT,
                reason: "nothing came for too long",
            })
        })
        .await?;
        match client_frame::decode(&text) {
            Ok(ClientFrame::Ping) => device.push(Utf8Bytes::from_static(PONG)),
            Ok(frame) => {
                let device = device.clone();
                let relayed = shared
                    .store
                    .run(move |context| relay::relay(context, &device, frame));
                // There is no frame to refuse another by: what may not be said is not said.
                if let Err(refusal) = relayed.await {
                    tracing::debug!(code = refusal.code, "a frame was not relayed");
                }
            }
            Err(_) => note_malformed(shared),
        }
    }
}

/// The next text frame; what else comes is not for the server to answer.
async fn next_text(
    receiver: &mut WebSocketReceiver<Stream>,
    shared: &Shared,
) -> Result<Utf8Bytes, Ending> {
    loop {
        match receiver.next().await {
            Some(Ok(Message::Text(text))) => return Ok(text),
            Some(Ok(Message::Binary(_))) => note_malformed(shared),
            Some(Ok(_)) => {}
            Some(Err(Error::Capacity(_))) => return Err(TOO_LARGE),
            Some(Err(_)) | None => return Err(Ending::Abandon),
        }
    }
}

fn note_malformed(shared: &Shared) {
    let so_far = shared.hub.count_malformed();
    tracing::debug!(so_far, "a frame made no sense and was ignored");
}

async fn write_frames(sender: &mut WebSocketSender<Stream>, inbox: &Inbox) -> Ending {
    while let Ok(frame) = inbox.frames.recv().await {
        let length = frame.len();
        if sender.send(Message::Text(frame)).await.is_err() {
            break;
        }
        inbox.sent(length);
    }
    Ending::Abandon
}

/// Says goodbye where the peer can be expected to listen, and waits a moment for its answer, so that it reads the
/// close frame before the connection is gone.
async fn close(
    mut sender: WebSocketSender<Stream>,
    mut receiver: WebSocketReceiver<Stream>,
    ending: Ending,
) {
    let Ending::Close { code, reason } = ending else {
        return;
    };
    let farewell = async {
        let frame = CloseFrame {
            code: code.into(),
            reason: reason.into(),
        };
        if sender.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = receiver.next().await {}
        }
    };
    future::or(farewell, async {
        Timer::after(CLOSE_TIMEOUT).await;
    })
    .await;
}
