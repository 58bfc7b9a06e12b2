use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_tungstenite::tungstenite::protocol::frame::{
    CloseFrame, Frame as Unencoded,
    coding::{Data, OpCode},
};
use bytes::{Buf, Bytes};
use serde_json::Value;

/// The memory of a frame beside its bytes.
pub(super) const FRAME_OVERHEAD: usize = 128;

/// A WebSocket frame as it goes over the network: encoded once, and shared by all who get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EncodedFrame(Bytes);

/// The memory of a frame, counted until everybody has read it.
struct Counted {
    bytes: Bytes,
    unread: Arc<AtomicUsize>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let memory = self.bytes.len() + FRAME_OVERHEAD;
        self.unread.fetch_sub(memory, Ordering::Relaxed);
    }
}

impl EncodedFrame {
    /// A close frame.
    pub(super) fn close(code: u16, reason: &'static str) -> Self {
        Self::encode(Unencoded::close(Some(CloseFrame {
            code: code.into(),
            reason: reason.into(),
        })))
    }

    /// The answer to a ping of the WebSocket protocol.
    pub(super) fn pong(payload: &[u8]) -> Self {
        Self::encode(Unencoded::pong(payload.to_vec()))
    }

    fn encode(frame: Unencoded) -> Self {
        let mut bytes = Vec::with_capacity(frame.len());
        // There is no error that memory could give.
        let _infallible = frame.format(&mut bytes);
        Self(bytes.into())
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.0.len() + FRAME_OVERHEAD
    }

    /// The same frame, whose memory is part of `unread` until the last copy of it is gone.
    pub(super) fn counted_in(self, unread: &Arc<AtomicUsize>) -> Self {
        unread.fetch_add(self.memory(), Ordering::Relaxed);
        Self(Bytes::from_owner(Counted {
            bytes: self.0,
            unread: unread.clone(),
        }))
    }

    /// The same text frame from a device of another id.
    pub(super) fn with_device(&self, device_id: String) -> Option<Self> {
        let header = match self.0.get(1)? {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        let mut envelope: serde_json::Map<String, Value> =
            serde_json::from_slice(self.0.get(header..)?).ok()?;
        envelope.insert("deviceId".to_owned(), device_id.into());
        serde_json::to_string(&envelope).ok().map(Self::from)
    }

    /// The bytes that are yet to be sent.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Drops bytes that were sent from the front.
    pub(super) fn advance(&mut self, sent: usize) {
        self.0.advance(sent);
    }
}

/// A text frame.
impl From<String> for EncodedFrame {
    fn from(text: String) -> Self {
        Self::encode(Unencoded::message(text, OpCode::Data(Data::Text), true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_unmasked_and_says_its_length() {
        assert_eq!(EncodedFrame::from("hi".to_owned()).bytes(), b"\x81\x02hi");
        let long = EncodedFrame::from("x".repeat(300));
        assert_eq!(long.bytes()[..4], *b"\x81\x7e\x01\x2c");
        assert_eq!(long.bytes().len(), 304);
        assert_eq!(
            EncodedFrame::close(1001, "bye").bytes(),
            b"\x88\x05\x03\xe9bye"
        );
    }

    #[test]
    fn a_frame_counts_until_its_last_copy_is_gone() {
        let unread = Arc::<AtomicUsize>::default();
        let frame = EncodedFrame::from("hi".to_owned()).counted_in(&unread);
        let mut copy = frame.clone();
        copy.advance(3);
        assert_eq!(copy.bytes(), b"i");
        drop(frame);
        assert_eq!(unread.load(Ordering::Relaxed), 4 + FRAME_OVERHEAD);
        drop(copy);
        assert_eq!(unread.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_frame_is_retold_from_another_device() {
        for length in [1, 300, 70_000] {
            let text = format!(r#"{{"deviceId":"a","x":"{}"}}"#, "x".repeat(length));
            let frame = EncodedFrame::from(text.clone());
            let other = frame.with_device("b".to_owned()).unwrap();
            let expected = text.replace(r#""a""#, r#""b""#);
            assert_eq!(other, EncodedFrame::from(expected));
        }
    }
}
