//! What a client sends on its WebSocket, by RFC 6455.
//!
//! The frames are read here and not by tungstenite, which logs what is in them, including the credentials of the auth
//! frame, and which reads empty fragments without end.

use std::mem;

/// The maximum size of a message, and so of a frame, in bytes.
pub(super) const MAX_MESSAGE: usize = 64 << 10;

/// The maximum number of frames of a message.
const MAX_FRAGMENTS: usize = 128;

/// The maximum size of the payload of a control frame, in bytes.
const MAX_CONTROL: usize = 125;

/// What a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    Text(String),
    Binary,
    /// Part of a message that is not complete yet.
    Fragment,
    Ping(Vec<u8>),
    Pong,
    /// With the code, if there is one.
    Close(Option<u16>),
}

/// Why reading from a client stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Violation {
    /// It violates the protocol.
    Protocol,
    /// A text is not UTF-8.
    NotText,
    TooLarge,
}

/// Puts together what a client sends.
#[derive(Default)]
pub(super) struct Reader {
    /// What was received and is not decoded yet.
    received: Vec<u8>,
    /// How many bytes of `received` are decoded.
    decoded: usize,
    /// The message whose first frames have arrived.
    partial: Option<Partial>,
}

struct Partial {
    is_text: bool,
    payload: Vec<u8>,
    fragments: usize,
}

/// The header of a frame.
struct Header {
    is_final: bool,
    opcode: u8,
    mask: [u8; 4],
    /// The length of the header, in bytes.
    length: usize,
    payload_length: usize,
}

impl Reader {
    /// Adds bytes from the network.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.decoded == self.received.len() {
            // Idle connections hold no memory for busy times.
            self.received = Vec::with_capacity(bytes.len());
        } else {
            self.received.drain(..self.decoded);
        }
        self.decoded = 0;
        self.received.extend_from_slice(bytes);
    }

    /// The memory of incomplete input, in bytes.
    pub(super) fn held_bytes(&self) -> usize {
        let partial = self.partial.as_ref();
        self.received.capacity() + partial.map_or(0, |partial| partial.payload.capacity())
    }

    /// The next item; `None` until more bytes arrive.
    pub(super) fn next(&mut self) -> Result<Option<Incoming>, Violation> {
        let bytes = &self.received[self.decoded..];
        let Some(header) = Header::read(bytes)? else {
            return Ok(None);
        };
        let assembled = self.partial.as_ref().map_or(0, |it| it.payload.len());
        let is_control = header.opcode & 8 != 0;
        if is_control && header.payload_length > MAX_CONTROL {
            return Err(Violation::Protocol);
        }
        if header.payload_length > MAX_MESSAGE
            || !is_control && assembled + header.payload_length > MAX_MESSAGE
        {
            return Err(Violation::TooLarge);
        }
        let end = header.length + header.payload_length;
        let Some(masked) = bytes.get(header.length..end) else {
            return Ok(None);
        };
        let payload: Vec<u8> = masked
            .iter()
            .zip(header.mask.iter().cycle())
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        self.decoded += end;
        if is_control {
            control(&header, payload).map(Some)
        } else {
            self.add(&header, payload).map(Some)
        }
    }

    /// Adds a frame to the message that it is part of.
    fn add(&mut self, header: &Header, payload: Vec<u8>) -> Result<Incoming, Violation> {
        const CONTINUATION: u8 = 0;
        const TEXT: u8 = 1;
        const BINARY: u8 = 2;
        match (&mut self.partial, header.opcode) {
            (Some(partial), CONTINUATION) => {
                partial.payload.extend_from_slice(&payload);
                partial.fragments += 1;
                if partial.fragments > MAX_FRAGMENTS {
                    return Err(Violation::TooLarge);
                }
            }
            (partial @ None, TEXT | BINARY) => {
                *partial = Some(Partial {
                    is_text: header.opcode == TEXT,
                    payload,
                    fragments: 1,
                });
            }
            _ => return Err(Violation::Protocol),
        }
        if !header.is_final {
            return Ok(Incoming::Fragment);
        }
        match self.partial.take() {
            Some(message) if message.is_text => String::from_utf8(message.payload)
                .map(Incoming::Text)
                .map_err(|_| Violation::NotText),
            _ => Ok(Incoming::Binary),
        }
    }
}

fn control(header: &Header, payload: Vec<u8>) -> Result<Incoming, Violation> {
    if !header.is_final {
        return Err(Violation::Protocol);
    }
    match header.opcode {
        8 => Ok(Incoming::Close(
            payload
                .first_chunk()
                .map(|code| u16::from_be_bytes(*code))
                .filter(|code| matches!(code, 1000..=1003 | 1007..=1011 | 3000..=4999)),
        )),
        9 => Ok(Incoming::Ping(payload)),
        10 => Ok(Incoming::Pong),
        _ => Err(Violation::Protocol),
    }
}

impl Header {
    /// Reads a header; `None` until it is complete.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Violation> {
        let [first, second, rest @ ..] = bytes else {
            return Ok(None);
        };
        let (is_final, reserved, opcode) = (first & 0x80 != 0, first & 0x70, first & 0x0f);
        // Frames of clients must be masked.
        if reserved != 0 || second & 0x80 == 0 {
            return Err(Violation::Protocol);
        }
        let (payload_length, length_bytes) = match second & 0x7f {
            126 => match rest.first_chunk() {
                Some(length) => (u64::from(u16::from_be_bytes(*length)), 2),
                None => return Ok(None),
            },
            127 => match rest.first_chunk() {
                Some(length) => (u64::from_be_bytes(*length), 8),
                None => return Ok(None),
            },
            length => (u64::from(length), 0),
        };
        let Some(mask) = rest.get(length_bytes..).and_then(<[u8]>::first_chunk) else {
            return Ok(None);
        };
        Ok(Some(Self {
            is_final,
            opcode,
            mask: *mask,
            length: 2 + length_bytes + mem::size_of_val(mask),
            payload_length: usize::try_from(payload_length).map_err(|_| Violation::TooLarge)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(is_final: bool, opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let mut frame = vec![opcode | if is_final { 0x80 } else { 0 }];
        match payload.len() {
            length @ ..126 => frame.push(0x80 | length as u8),
            length @ ..=0xffff => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&(length as u16).to_be_bytes());
            }
            length => {
                frame.push(0x80 | 127);
                frame.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        frame.extend_from_slice(&mask);
        frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b));
        frame
    }

    fn read(bytes: &[u8]) -> Vec<Result<Incoming, Violation>> {
        let mut reader = Reader::default();
        reader.push(bytes);
        let mut all = Vec::new();
        loop {
            match reader.next() {
                Ok(None) => return all,
                Ok(Some(incoming)) => all.push(Ok(incoming)),
                Err(violation) => {
                    all.push(Err(violation));
                    return all;
                }
            }
        }
    }

    #[test]
    fn frames_are_read_however_they_are_cut() {
        let long = "x".repeat(60_000);
        let bytes = [
            frame(true, 1, b"hi"),
            frame(false, 1, "gr\u{fc}".as_bytes()),
            frame(true, 9, b"?"),
            frame(true, 0, b"n"),
            frame(true, 1, long.as_bytes()),
            frame(true, 8, &4001_u16.to_be_bytes()),
        ]
        .concat();
        let expected = [
            Incoming::Text("hi".to_owned()),
            Incoming::Fragment,
            Incoming::Ping(vec![b'?']),
            Incoming::Text("gr\u{fc}n".to_owned()),
            Incoming::Text(long),
            Incoming::Close(Some(4001)),
        ];
        assert_eq!(read(&bytes), expected.map(Ok));

        let mut reader = Reader::default();
        let mut count = 0;
        for byte in bytes {
            reader.push(&[byte]);
            while reader.next().unwrap().is_some() {
                count += 1;
            }
        }
        assert_eq!(count, 6);
    }

    #[test]
    fn a_message_comes_in_few_fragments() {
        let mut bytes = frame(false, 1, b"");
        for _ in 0..MAX_FRAGMENTS {
            bytes.extend(frame(false, 0, b""));
        }
        assert_eq!(read(&bytes).last(), Some(&Err(Violation::TooLarge)));
    }

    #[test]
    fn what_is_not_complete_is_held_and_nothing_else() {
        let mut reader = Reader::default();
        let half = vec![b'x'; MAX_MESSAGE / 2];
        reader.push(&frame(false, 1, &half));
        assert!(matches!(reader.next(), Ok(Some(Incoming::Fragment))));
        assert!(reader.held_bytes() >= half.len());
        reader.push(&frame(true, 0, &half)[..100]);
        assert!(matches!(reader.next(), Ok(None)));
        reader.push(&frame(true, 0, &half)[100..]);
        assert!(matches!(reader.next(), Ok(Some(Incoming::Text(_)))));
        reader.push(&frame(true, 9, b""));
        assert!(matches!(reader.next(), Ok(Some(Incoming::Ping(_)))));
        assert!(reader.held_bytes() < 100);
    }

    #[test]
    fn what_is_too_large_is_refused_before_it_comes() {
        let ping = &frame(true, 9, &[0; 126])[..8];
        assert_eq!(read(ping), [Err(Violation::Protocol)]);
        let huge = &frame(true, 1, &[b'x'; MAX_MESSAGE + 1])[..14];
        assert_eq!(read(huge), [Err(Violation::TooLarge)]);
        let half = vec![b'x'; MAX_MESSAGE / 2 + 1];
        let halves = [frame(false, 1, &half), frame(true, 0, &half)].concat();
        assert_eq!(read(&halves).last(), Some(&Err(Violation::TooLarge)));
    }

    #[test]
    fn what_is_not_the_protocol_is_refused() {
        for bad in [
            b"\x81\x02hi".to_vec(),
            frame(true, 0, b"a continuation of nothing"),
            [frame(false, 1, b"a"), frame(true, 1, b"b")].concat(),
            frame(false, 9, b"a ping in parts"),
            frame(true, 9, &[0; 126]),
            frame(true, 3, b""),
            frame(true, 0x41, b"compressed"),
        ] {
            assert_eq!(
                read(&bad).last(),
                Some(&Err(Violation::Protocol)),
                "{bad:?}"
            );
        }
        assert_eq!(read(&frame(true, 1, &[0xff])), [Err(Violation::NotText)]);
        assert_eq!(read(&frame(true, 8, &[0])), [Ok(Incoming::Close(None))]);
    }
}
