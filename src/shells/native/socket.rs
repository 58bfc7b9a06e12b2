//! The WebSocket of a link: how it is opened, and what its end means.

use std::{sync::Arc, time::SystemTime};

use async_tungstenite::{
    WebSocketReceiver, WebSocketSender, WebSocketStream, client_async_with_config,
    tungstenite::{
        Error as SocketError, Message, Utf8Bytes,
        error::CapacityError,
        protocol::{
            CloseFrame, WebSocketConfig,
            frame::{
                Frame,
                coding::{CloseCode, Data, OpCode},
            },
        },
    },
};
use futures_lite::{AsyncWriteExt, StreamExt};
use uuid::Uuid;

use super::{
    connector::{Connector, Stream},
    fragments::FragmentLimit,
};
use crate::{
    connection::{Cause, LinkLoss},
    shells::{channels::Received, endpoint::Endpoint, failure::loss},
    wire::reply,
};

/// The maximum size of a frame, in bytes. A longer one ends the connection.
const MAX_SOCKET_MESSAGE: usize = 16 * 1024 * 1024;
/// The number of bytes that are read at once. The WebSocket library clears a buffer of this size before each read.
const READ_BUFFER: usize = 16 * 1024;
/// The maximum number of bytes that wait to be written.
const MAX_WRITE_BUFFER: usize = 256 * 1024;

pub(in crate::shells) struct SocketSender(WebSocketSender<FragmentLimit<Stream>>);

pub(in crate::shells) struct SocketReceiver(WebSocketReceiver<FragmentLimit<Stream>>);

/// Connects, opens the WebSocket, and sends the auth frame.
pub(in crate::shells) async fn open_socket(
    connector: &Connector,
    endpoint: &Endpoint,
    auth_frame: String,
) -> Result<(SocketSender, SocketReceiver), LinkLoss> {
    let stream = FragmentLimit::new(connector.connect(endpoint).await?);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .max_message_size(Some(MAX_SOCKET_MESSAGE))
        .max_frame_size(Some(MAX_SOCKET_MESSAGE));
    let url = format!("ws://{}/", endpoint.authority());
    match client_async_with_config(url, stream, Some(config)).await {
        Ok((mut socket, _)) => {
            authenticate(&mut socket, auth_frame)
                .await
                .map_err(broken)?;
            let (sender, receiver) = socket.split();
            Ok((SocketSender(sender), SocketReceiver(receiver)))
        }
        Err(SocketError::Http(response)) => Err(LinkLoss {
            retry_after: reply::retry_after(
                response.status().as_u16(),
                &|name| response.headers().get(name)?.to_str().ok(),
                SystemTime::now(),
            ),
            ..loss(Cause::UpgradeRefused, format!("HTTP {}", response.status()))
        }),
        Err(error @ (SocketError::Io(_) | SocketError::ConnectionClosed)) => Err(broken(error)),
        Err(error) => Err(loss(Cause::UpgradeRefused, error.to_string())),
    }
}

/// Sends the auth frame without tungstenite, which logs what it sends at trace level.
async fn authenticate(
    socket: &mut WebSocketStream<FragmentLimit<Stream>>,
    auth_frame: String,
) -> Result<(), SocketError> {
    let mut frame = Frame::message(auth_frame, OpCode::Data(Data::Text), true);
    frame.header_mut().mask = Uuid::new_v4().as_bytes().first_chunk().copied();
    let mut bytes = Vec::new();
    frame.format(&mut bytes)?;
    let stream = socket.get_mut();
    stream.write_all(&bytes).await?;
    Ok(stream.flush().await?)
}

impl SocketSender {
    /// Sends a text frame, and returns when it is written.
    pub(in crate::shells) async fn send(&mut self, text: String) -> Result<(), LinkLoss> {
        self.0.send(Message::text(text)).await.map_err(broken)
    }

    /// Closes with code 1000. The peer's answer is still to be received.
    pub(in crate::shells) async fn close(&mut self) -> Result<(), LinkLoss> {
        let close = CloseFrame {
            code: CloseCode::Normal,
            reason: "".into(),
        };
        self.0.close(Some(close)).await.map_err(broken)
    }
}

impl SocketReceiver {
    /// What arrives next. Nothing is lost when the future is dropped.
    pub(in crate::shells) async fn next(&mut self) -> Received<Utf8Bytes> {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => Received::Text(text),
            Some(Ok(Message::Binary(_))) => Received::Binary,
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Received::Control,
            Some(Ok(Message::Close(close))) => Received::Ended(closed_by_server(close)),
            Some(Err(error)) => Received::Ended(broken(error)),
            None => Received::Ended(LinkLoss::new(Cause::ConnectionLost)),
        }
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
