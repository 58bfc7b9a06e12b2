use std::{
    io::{self, BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    sync::Arc,
    thread,
};

use fastrand::Rng;
use serde_json::{Value, json};

use super::{
    Cloud, Fault,
    http::Message,
    rows::{id, written},
};

const TEXT: u8 = 1;

/// A frame of a WebSocket.
struct Frame {
    /// As it came.
    raw: Vec<u8>,
    /// Whether it is a text, and whole.
    is_text: bool,
    payload: Vec<u8>,
}

/// Passes on what a WebSocket carries, and changes what the server says.
pub(super) fn relay(
    cloud: &Arc<Cloud>,
    mut client: BufReader<TcpStream>,
    server: &mut BufReader<TcpStream>,
    request: &Message,
    rng: Rng,
) -> io::Result<()> {
    let reply = request.exchange(server)?;
    reply.write(client.get_mut())?;
    let to_client = client.get_ref().try_clone()?;
    let to_server = server.get_ref().try_clone()?;
    let mut socket = Socket {
        cloud,
        rng,
        client: to_client.try_clone()?,
        held: None,
    };
    let auth = Frame::read(&mut client)?;
    if socket.refuses(&auth)? {
        return Ok(());
    }
    (&to_server).write_all(&auth.raw)?;
    let ends = [to_client, to_server.try_clone()?];
    thread::spawn(move || {
        drop(io::copy(&mut client, &mut &to_server));
        shut(&[client.into_inner(), to_server]);
    });
    let outcome = socket.pass_on(server);
    shut(&ends);
    outcome
}

fn shut(streams: &[TcpStream]) {
    for stream in streams {
        // It may be closed already.
        drop(stream.shutdown(Shutdown::Both));
    }
}

struct Socket<'c> {
    cloud: &'c Cloud,
    rng: Rng,
    client: TcpStream,
    /// A frame that comes after the next one.
    held: Option<Vec<u8>>,
}

impl Socket<'_> {
    /// Refuses a credential that is stale.
    fn refuses(&mut self, auth: &Frame) -> io::Result<bool> {
        let frame: Value = serde_json::from_slice(&auth.payload).unwrap_or_default();
        let jwt = frame["body"]["auth"].as_str().unwrap_or_default();
        let refuses = self.cloud.refuses(jwt, &mut self.rng);
        if refuses {
            let body = json!({"code": "401", "status": "the JWT is stale"});
            self.write(&json!({"type": "auth", "body": body}).to_string())?;
        }
        Ok(refuses)
    }

    fn pass_on(&mut self, server: &mut BufReader<TcpStream>) -> io::Result<()> {
        loop {
            let frame = Frame::read(server)?;
            let json = serde_json::from_slice::<Value>(&frame.payload);
            let Some(mut json) = json.ok().filter(|_| frame.is_text) else {
                self.client.write_all(&frame.raw)?;
                continue;
            };
            if self.cloud.faults.does(Fault::Shapes, &mut self.rng, 20) {
                self.write(
                    r#"{"type":"unheardOf","receiver":[],"body":{"a":[]},"deviceId":null}"#,
                )?;
            }
            if json["type"] != "message" {
                self.write(&json.to_string())?;
                self.release()?;
                continue;
            }
            let is_late = json["body"]["category"] == "message"
                && id(&json["body"]).is_some_and(|id| self.cloud.is_withheld(id));
            let is_change = json["body"]["category"] == "action";
            // It notes that it has been seen.
            let _is_visible = id(&json["body"]).is_none_or(|id| self.cloud.is_visible(id));
            let rows = &self.cloud.rows;
            rows.show(&mut json["body"], None, &mut self.rng);
            let text = written(&json);
            if is_late && self.held.is_none() {
                self.cloud.faults.count(Fault::Withheld);
                self.held = Some(text.into());
                continue;
            }
            // A change never overtakes what it changes.
            if is_change {
                self.release()?;
            }
            self.write(&text)?;
            self.release()?;
        }
    }

    fn release(&mut self) -> io::Result<()> {
        match self.held.take() {
            Some(held) => self.write_bytes(&held),
            None => Ok(()),
        }
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.write_bytes(text.as_bytes())
    }

    fn write_bytes(&mut self, text: &[u8]) -> io::Result<()> {
        let mut frame = vec![0x80 | TEXT];
        match text.len() {
            length @ 0..126 => frame.push(length as u8),
            length @ 126..0x1_0000 => {
                frame.push(126);
                frame.extend((length as u16).to_be_bytes());
            }
            length => {
                frame.push(127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.extend(text);
        self.client.write_all(&frame)
    }
}

impl Frame {
    fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut raw = Vec::new();
        let mut read = |length: usize| {
            let mut bytes = vec![0; length];
            from.read_exact(&mut bytes)?;
            raw.extend(&bytes);
            Ok::<_, io::Error>(bytes)
        };
        let head = read(2)?;
        let length = match head[1] & 0x7F {
            126 => read(2)?,
            127 => read(8)?,
            length => vec![length],
        };
        let length = length
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte));
        let mask = match head[1] & 0x80 {
            0 => vec![0; 4],
            _ => read(4)?,
        };
        let mut payload = read(length)?;
        for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
            *byte ^= mask;
        }
        Ok(Self {
            raw,
            is_text: head[0] == 0x80 | TEXT,
            payload,
        })
    }
}
