//! A limit on the fragments of a message: tungstenite reads empty ones without end, and counts none.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_lite::{AsyncRead, AsyncWrite};

/// The maximum number of frames of a message.
const MAX_FRAGMENTS: usize = 4_096;
/// The longest header of a frame: two bytes, eight of length, four of mask.
const MAX_HEADER: usize = 14;

/// The stream of a WebSocket, from the response to the upgrade on. Reading fails when a message has too many fragments.
pub(super) struct FragmentLimit<S> {
    stream: S,
    watched: Watched,
}

/// The position in the received data, relative to the beginning of a frame.
enum Watched {
    /// The head of the response. It ends with an empty line.
    Head {
        is_line_empty: bool,
        is_first: bool,
    },
    Frames(Frames),
}

#[derive(Default)]
struct Frames {
    /// The beginning of a header.
    header: [u8; MAX_HEADER],
    header_length: usize,
    /// The number of bytes of the frame's payload that are still to come.
    payload: u64,
    /// The number of received frames of the current message.
    fragments: usize,
}

impl<S> FragmentLimit<S> {
    pub(super) const fn new(stream: S) -> Self {
        Self {
            stream,
            watched: Watched::Head {
                is_line_empty: true,
                is_first: true,
            },
        }
    }
}

impl Watched {
    fn watch(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while let Self::Head {
            is_line_empty,
            is_first,
        } = self
        {
            let Some((&byte, after)) = rest.split_first() else {
                return Ok(());
            };
            rest = after;
            match byte {
                b'\n' if *is_line_empty && !*is_first => *self = Self::Frames(Frames::default()),
                b'\n' => *is_line_empty = true,
                b'\r' => {}
                _ => (*is_line_empty, *is_first) = (false, false),
            }
        }
        match self {
            Self::Head { .. } => Ok(()),
            Self::Frames(frames) => frames.watch(rest),
        }
    }
}

impl Frames {
    fn watch(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        loop {
            let skipped = self.payload.min(bytes.len() as u64);
            self.payload -= skipped;
            bytes = &bytes[skipped as usize..];
            let Some((&byte, after)) = bytes.split_first() else {
                return Ok(());
            };
            bytes = after;
            self.header[self.header_length] = byte;
            self.header_length += 1;
            if let Some(payload) = payload_length(&self.header[..self.header_length]) {
                self.header_length = 0;
                self.payload = payload;
                self.count_frame()?;
            }
        }
    }

    /// Counts the frame whose header is complete.
    fn count_frame(&mut self) -> io::Result<()> {
        let [first, ..] = self.header;
        let (is_final, is_control) = (first & 0x80 != 0, first & 0x08 != 0);
        if is_control {
            return Ok(());
        }
        self.fragments = if is_final { 0 } else { self.fragments + 1 };
        if self.fragments > MAX_FRAGMENTS {
            return Err(io::Error::other(format!(
                "a message comes in more than {MAX_FRAGMENTS} fragments"
            )));
        }
        Ok(())
    }
}

/// The length of a frame's payload; `None` while its header is not complete.
fn payload_length(header: &[u8]) -> Option<u64> {
    let (&second, rest) = header.get(1..)?.split_first()?;
    let length_bytes = match second & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask_bytes = if second & 0x80 != 0 { 4 } else { 0 };
    if rest.len() < length_bytes + mask_bytes {
        return None;
    }
    let big_endian = |length: u64, byte: &u8| length << 8 | u64::from(*byte);
    Some(match length_bytes {
        0 => u64::from(second & 0x7f),
        _ => rest[..length_bytes].iter().fold(0, big_endian),
    })
}

impl<S: AsyncRead + Unpin> AsyncRead for FragmentLimit<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        Poll::Ready(self.watched.watch(&buffer[..read]).map(|()| read))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for FragmentLimit<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_close(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes after the head of a response, however they are cut.
    fn watch(frames: &[u8], cut: usize) -> io::Result<()> {
        let head = b"\r\nHTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n";
        let mut watched = FragmentLimit::new(()).watched;
        [head, frames]
            .concat()
            .chunks(cut)
            .try_for_each(|bytes| watched.watch(bytes))
    }

    #[test]
    fn only_the_fragments_of_one_message_are_counted() {
        let short = [0x01, 0x01, b'{', 0x89, 0x00, 0x80, 0x01, b'}'];
        let long = [&[0x82, 126, 1, 0][..], &[0; 256]].concat();
        let longer = [&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0][..], &[0; 65_536]].concat();
        let masked = [0x82, 0x81, 0, 0, 0, 0, 0];
        let all = [&short[..], &long, &longer, &masked].concat();
        for cut in [1, 7, 4_096] {
            watch(&all.repeat(2), cut).unwrap();
            watch(&short.repeat(MAX_FRAGMENTS + 1), cut).unwrap();
            let most = [&[0x01, 0x00][..], &[0x00, 0x00].repeat(MAX_FRAGMENTS - 1)].concat();
            watch(&most, cut).unwrap();
            assert!(watch(&[&all[..], &most, &[0x00, 0x00]].concat(), cut).is_err());
        }
    }
}
