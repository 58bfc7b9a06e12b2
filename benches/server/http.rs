use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
};

use serde_json::Value;

use crate::server_process::APP;

/// A connection that stays open from one request to the next.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// The body of the reply, if the request is not refused. `credential` is a header.
    pub(crate) fn request(
        &mut self,
        method: &str,
        route: &str,
        credential: (&str, &str),
        body: &str,
    ) -> io::Result<String> {
        let (name, value) = credential;
        let request = format!(
            "{method} /v3.0/{route} HTTP/1.1\r\nHost: bench\r\nappId: {APP}\r\n{name}: {value}\r\n\
             resource: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes())?;
        let (is_fine, reply) = self.read_reply()?;
        if is_fine {
            Ok(reply)
        } else {
            Err(io::Error::other(format!("{method} {route}: {reply}")))
        }
    }

    fn read_reply(&mut self) -> io::Result<(bool, String)> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let is_fine = line.split(' ').nth(1) == Some("200");
        let mut length = 0;
        while line.trim_end() != "" {
            line.clear();
            self.0.read_line(&mut line)?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok((is_fine, String::from_utf8(body).map_err(io::Error::other)?))
    }
}

/// The `data` of a reply.
pub(crate) fn data(reply: &str) -> io::Result<Value> {
    let mut reply: Value = serde_json::from_str(reply)?;
    Ok(reply["data"].take())
}
