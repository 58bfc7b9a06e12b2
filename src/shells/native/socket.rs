//! The WebSocket of a link: how it is opened, and what its end means.

use std::{sync::Arc, time::SystemTime};

use async_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error as SocketError,
        error::CapacityError,
        protocol::{
            CloseFrame, WebSocketConfig,
            frame::{
                Frame,
                coding::{Data, OpCode},
            },
        },
    },
};
use futures_lite::AsyncWriteExt;
use uuid::Uuid;

use super::{
    connector::{Connector, Stream, loss},
    fragments::FragmentLimit,
};
use crate::{
    connection::{Cause, LinkLoss},
    shells::endpoint::Endpoint,
    wire::reply,
};

/// A longer frame ends the connection: past this it could be anything.
const MAX_SOCKET_MESSAGE: usize = 16 * 1024 * 1024;
/// How much is read at once.
const READ_BUFFER: usize = 64 * 1024;
/// How much may wait to be written.
const MAX_WRITE_BUFFER: usize = 256 * 1024;

/// What a WebSocket reads from and writes to.
pub(super) type Socket = FragmentLimit<Stream>;

/// Connects, and asks for the WebSocket.
pub(super) async fn open(
    connector: &Connector,
    endpoint: &Endpoint,
) -> Result<WebSocketStream<Socket>, LinkLoss> {
    let stream = FragmentLimit::new(connector.connect(endpoint).await?);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .max_message_size(Some(MAX_SOCKET_MESSAGE))
        .max_frame_size(Some(MAX_SOCKET_MESSAGE));
    let url = format!("ws://{}/", endpoint.authority());
    match client_async_with_config(url, stream, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(SocketError::Http(response)) => Err(LinkLoss {
            retry_after: reply::retry_after(
                response.status().as_u16(),
                |name| response.headers().get(name)?.to_str().ok(),
                SystemTime::now(),
            ),
            ..loss(Cause::UpgradeRefused, format!("HTTP {}", response.status()))
        }),
        Err(error @ (SocketError::Io(_) | SocketError::ConnectionClosed)) => Err(broken(error)),
        Err(error) => Err(loss(Cause::UpgradeRefused, error.to_string())),
    }
}

/// Sends the frame that authenticates. It goes past tungstenite, which logs what it sends at trace level.
pub(super) async fn authenticate(
    socket: &mut WebSocketStream<Socket>,
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

pub(super) fn closed_by_server(close: Option<CloseFrame>) -> LinkLoss {
    LinkLoss {
        close_code: close.as_ref().map(|close| close.code.into()),
        reason: close
            .map(|close| close.reason.as_str().into())
            .filter(|reason: &Arc<str>| !reason.is_empty()),
        ..LinkLoss::new(Cause::ClosedByServer)
    }
}

pub(super) fn broken(error: SocketError) -> LinkLoss {
    match error {
        SocketError::Capacity(CapacityError::MessageTooLong { size, .. }) => loss(
            Cause::ConnectionLost,
            format!("the server sent a frame of {size} bytes"),
        ),
        error => loss(Cause::ConnectionLost, error.to_string()),
    }
}
