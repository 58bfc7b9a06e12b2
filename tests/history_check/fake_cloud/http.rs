use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
};

/// A request or a reply, with its body whole.
pub(super) struct Message {
    first_line: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Message {
    pub(super) fn request(
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            first_line: format!("{method} {target} HTTP/1.1"),
            headers: headers.iter().map(owned).collect(),
            body: body.into(),
        }
    }

    pub(super) fn reply(status: &str, (name, value): (&str, String), body: &str) -> Self {
        Self {
            first_line: format!("HTTP/1.1 {status}"),
            headers: vec![(name.to_owned(), value)],
            body: body.into(),
        }
    }

    /// `None` at the end of the connection.
    pub(super) fn read(from: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if from.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let headers = lines.iter().skip(1).filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
        let mut message = Self {
            headers: headers.collect(),
            first_line: lines.into_iter().next().unwrap_or_default(),
            body: Vec::new(),
        };
        let length = message.header("content-length");
        let length = length.map_or(Ok(0), str::parse).map_err(io::Error::other)?;
        message.body.resize(length, 0);
        from.read_exact(&mut message.body)?;
        Ok(Some(message))
    }

    pub(super) fn write(&self, to: &mut TcpStream) -> io::Result<()> {
        let mut head = format!("{}\r\n", self.first_line);
        for (name, value) in &self.headers {
            if name != "content-length" {
                head += &format!("{name}: {value}\r\n");
            }
        }
        if self.header("upgrade").is_none() {
            head += &format!("content-length: {}\r\n", self.body.len());
        }
        head += "\r\n";
        to.write_all(&[head.as_bytes(), &self.body].concat())
    }

    /// Sends the request, and reads the reply.
    pub(super) fn exchange(&self, server: &mut BufReader<TcpStream>) -> io::Result<Self> {
        self.write(server.get_mut())?;
        Self::read(server)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// The same request for another target.
    pub(super) fn with_target(&self, target: &str) -> Self {
        Self {
            first_line: format!("{} {target} HTTP/1.1", self.method()),
            headers: self.headers.clone(),
            body: self.body.clone(),
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(it, _)| it == name);
        header.map(|(_, value)| value.as_str())
    }

    pub(super) fn method(&self) -> &str {
        self.first_line.split(' ').next().unwrap_or_default()
    }

    pub(super) fn target(&self) -> &str {
        self.first_line.split(' ').nth(1).unwrap_or_default()
    }

    pub(super) fn is_success(&self) -> bool {
        self.target().starts_with('2')
    }

    pub(super) fn sends_message(&self) -> bool {
        self.method() == "POST" && self.target().ends_with("/messages")
    }
}
