//! The WebSocket of a link: how it is opened, what waits to be read, and what its end means.

use std::{cell::Cell, rc::Rc, sync::Arc, time::Duration};

use async_channel::{Receiver, Sender};
use js_sys::JsString;
use wasm_bindgen::JsCast;
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

use super::{
    connector::Connector, listener::Listener, message_of, probe::ask_whether_reachable,
    timer::sleep,
};
use crate::{
    connection::{Cause, LinkLoss},
    shells::{channels::Received, endpoint::Endpoint, failure::loss},
};

/// The maximum number of frames that wait to be read: a page can't stop a socket from receiving.
const MAX_UNREAD_FRAMES: usize = 8_192;
/// The maximum total length of the frames that wait to be read, and so of one frame, in UTF-16 code units.
const MAX_UNREAD_LENGTH: usize = 16 * 1024 * 1024;
/// The maximum number of bytes that wait to be written.
const MAX_UNWRITTEN: u32 = 256 * 1024;
/// The interval at which it is checked whether they have been written.
const WRITING_INTERVAL: Duration = Duration::from_millis(20);
/// The close code of a normal end.
const NORMAL: u16 = 1000;
/// The close code that a browser reports for an end without a close frame.
const ABNORMAL: u16 = 1006;
/// The close code that a browser reports for a close frame without a code.
const NO_CODE: u16 = 1005;

pub(in crate::shells) struct SocketSender(Rc<Socket>);

pub(in crate::shells) struct SocketReceiver {
    socket: Rc<Socket>,
    happenings: Receiver<Happening>,
}

/// A socket. Dropping it closes it.
struct Socket {
    socket: WebSocket,
    unread: Rc<Unread>,
    _listeners: Vec<Listener>,
}

/// The frames that wait to be read.
#[derive(Default)]
struct Unread {
    frames: Cell<usize>,
    length: Cell<usize>,
    is_too_much: Cell<bool>,
}

enum Happening {
    Opened,
    Text(JsString),
    Binary,
    TooMuch(String),
    Closed(CloseEvent),
}

/// Opens a WebSocket, and sends the auth frame. A browser gives the reason of a failure only on its console.
pub(in crate::shells) async fn open_socket(
    connector: &Connector,
    endpoint: &Endpoint,
    auth_frame: String,
) -> Result<(SocketSender, SocketReceiver), LinkLoss> {
    connector.check(endpoint)?;
    ask_whether_reachable(connector, endpoint)
        .await
        .inspect_err(|_| {
            connector
                .failures
                .update(|failures| failures.wrapping_add(1))
        })?;
    let scheme = if connector.is_encrypted() {
        "wss"
    } else {
        "ws"
    };
    let url = format!("{scheme}://{}/", endpoint.authority());
    // The attempt may be given up before there is an outcome.
    connector
        .failures
        .update(|failures| failures.wrapping_add(1));
    let socket = WebSocket::new(&url)
        .map_err(|thrown| loss(Cause::Forbidden, format!("{url}: {}", message_of(&thrown))))?;
    let (socket, happenings) = Socket::listen(socket);
    match happenings.recv().await {
        Ok(Happening::Opened) => {}
        _ => {
            let why = format!("{}: {}", endpoint.authority(), connector.hint(endpoint));
            return Err(loss(Cause::Unreachable, why));
        }
    }
    connector.failures.set(0);
    let socket = Rc::new(socket);
    let receiver = SocketReceiver {
        socket: socket.clone(),
        happenings,
    };
    let mut sender = SocketSender(socket);
    sender.send(auth_frame).await?;
    Ok((sender, receiver))
}

impl Socket {
    fn listen(socket: WebSocket) -> (Self, Receiver<Happening>) {
        socket.set_binary_type(BinaryType::Arraybuffer);
        let (sender, happenings) = async_channel::unbounded();
        let unread = Rc::<Unread>::default();
        let report = |happening: fn(Event) -> Option<Happening>| {
            let sender = sender.clone();
            move |event: Event| {
                if let Some(happening) = happening(event) {
                    let _ = sender.try_send(happening);
                }
            }
        };
        let mut listeners = vec![
            Listener::new(&socket, "open", report(|_| Some(Happening::Opened))),
            Listener::new(
                &socket,
                "close",
                report(|event| event.dyn_into().ok().map(Happening::Closed)),
            ),
            Listener::new(
                &socket,
                "message",
                on_message(sender.clone(), unread.clone()),
            ),
        ];
        // The page goes away: once the page's code has returned, Firefox closes the socket with 1001.
        if let Some(window) = web_sys::window() {
            let socket = socket.clone();
            listeners.push(Listener::new(&window, "pagehide", move |_| {
                let _ = socket.close_with_code(NORMAL);
            }));
        }
        let socket = Self {
            socket,
            unread,
            _listeners: listeners,
        };
        (socket, happenings)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close_with_code(NORMAL);
    }
}

fn on_message(sender: Sender<Happening>, unread: Rc<Unread>) -> impl FnMut(Event) + 'static {
    move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else {
            return;
        };
        let happening = match event.data().dyn_into::<JsString>() {
            Ok(text) => unread.add(text),
            Err(_) => Some(Happening::Binary),
        };
        if let Some(happening) = happening {
            let _ = sender.try_send(happening);
        }
    }
}

impl Unread {
    /// Counts a frame. From the first one beyond the limits on, frames are dropped.
    fn add(&self, text: JsString) -> Option<Happening> {
        if self.is_too_much.get() {
            return None;
        }
        let frames = self.frames.get() + 1;
        let length = self.length.get() + text.length() as usize;
        if frames > MAX_UNREAD_FRAMES || length > MAX_UNREAD_LENGTH {
            self.is_too_much.set(true);
            let why = format!("{frames} frames of {length} characters wait to be read");
            return Some(Happening::TooMuch(why));
        }
        self.frames.set(frames);
        self.length.set(length);
        Some(Happening::Text(text))
    }

    fn remove(&self, text: &JsString) {
        self.frames.set(self.frames.get().saturating_sub(1));
        let length = self.length.get().saturating_sub(text.length() as usize);
        self.length.set(length);
    }
}

impl SocketSender {
    /// Sends a text frame, and returns when little is left to be written. The receiver reports that the socket has
    /// ended.
    pub(in crate::shells) async fn send(&mut self, text: String) -> Result<(), LinkLoss> {
        let socket = &self.0.socket;
        socket
            .send_with_str(&text)
            .map_err(|thrown| loss(Cause::ConnectionLost, message_of(&thrown)))?;
        while socket.buffered_amount() > MAX_UNWRITTEN {
            sleep(WRITING_INTERVAL).await;
        }
        Ok(())
    }

    /// Closes with code 1000. The peer's answer is still to be received.
    pub(in crate::shells) async fn close(&mut self) -> Result<(), LinkLoss> {
        self.0
            .socket
            .close_with_code(NORMAL)
            .map_err(|thrown| loss(Cause::ConnectionLost, message_of(&thrown)))
    }
}

impl SocketReceiver {
    /// What arrives next. Nothing is lost when the future is dropped.
    pub(in crate::shells) async fn next(&mut self) -> Received<String> {
        match self.happenings.recv().await {
            Ok(Happening::Text(text)) => {
                self.socket.unread.remove(&text);
                Received::Text(text.into())
            }
            Ok(Happening::Binary) => Received::Binary,
            Ok(Happening::Opened) => Received::Control,
            Ok(Happening::TooMuch(why)) => Received::Ended(loss(Cause::ConnectionLost, why)),
            Ok(Happening::Closed(event)) => Received::Ended(closed(&event)),
            Err(_) => Received::Ended(LinkLoss::new(Cause::ConnectionLost)),
        }
    }
}

fn closed(event: &CloseEvent) -> LinkLoss {
    let reason: Option<Arc<str>> =
        Some(event.reason().into()).filter(|it: &Arc<str>| !it.is_empty());
    match event.code() {
        ABNORMAL => LinkLoss {
            reason,
            ..LinkLoss::new(Cause::ConnectionLost)
        },
        code => LinkLoss {
            close_code: Some(code).filter(|&code| code != NO_CODE),
            reason,
            ..LinkLoss::new(Cause::ClosedByServer)
        },
    }
}
