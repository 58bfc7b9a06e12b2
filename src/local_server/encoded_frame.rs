use async_tungstenite::tungstenite::protocol::frame::{
    CloseFrame, Frame as Unencoded,
    coding::{Data, OpCode},
};
use bytes::{Buf, Bytes};

/// A WebSocket frame as it goes over the network: encoded once, and shared by all who get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EncodedFrame(Bytes);

impl EncodedFrame {
    /// A close frame.
    pub(super) fn close(code: u16, reason: &'static str) -> Self {
        Self::encode(Unencoded::close(Some(CloseFrame {
            code: code.into(),
            reason: reason.into(),
        })))
    }

    /// Bytes that are whole frames already.
    pub(super) fn encoded(bytes: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(bytes))
    }

    fn encode(frame: Unencoded) -> Self {
        let mut bytes = Vec::with_capacity(frame.len());
        // There is no error that memory could give.
        let _infallible = frame.format(&mut bytes);
        Self(bytes.into())
    }

    /// The bytes that are yet to be sent.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Notes that so many bytes were sent.
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
}
