//! Forms with files, `multipart/form-data` (RFC 7578), read while they arrive.

/// How many bytes the headers of a part may have.
const MAX_HEAD: usize = 8 << 10;

/// What a form consists of, in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FormEvent {
    /// A part begins.
    Part(PartHead),
    /// More of the part's content.
    Content(Vec<u8>),
    /// The part is complete.
    PartEnd,
    /// The form is complete.
    End,
}

/// The headers of a part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PartHead {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
}

/// The body is not a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotAForm;

/// Reads a form.
pub(super) struct FormReader {
    /// The delimiter before the headers of a part and after its content.
    delimiter: Vec<u8>,
    received: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    /// Before the first part.
    Preamble,
    /// After a delimiter.
    Delimiter,
    Head,
    Content,
    End,
}

impl FormReader {
    pub(super) fn new(boundary: &str) -> Self {
        Self {
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            // The first delimiter has no line end before it.
            received: b"\r\n".to_vec(),
            state: State::Preamble,
        }
    }

    /// Adds bytes of the body.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.received.extend_from_slice(bytes);
    }

    /// The next event; `None` until more bytes arrive, and after the end.
    pub(super) fn next(&mut self) -> Result<Option<FormEvent>, NotAForm> {
        loop {
            match self.state {
                State::Preamble => match find(&self.received, &self.delimiter) {
                    Some(start) => self.pass_delimiter(start),
                    None => {
                        self.received.drain(..self.certain());
                        return Ok(None);
                    }
                },
                State::Delimiter => match self.received.get(..2) {
                    None => return Ok(None),
                    Some(b"--") => {
                        self.state = State::End;
                        return Ok(Some(FormEvent::End));
                    }
                    Some(b"\r\n") => self.state = State::Head,
                    Some(_) => return Err(NotAForm),
                },
                State::Head => return self.head(),
                State::Content => return Ok(self.content()),
                State::End => return Ok(None),
            }
        }
    }

    /// The headers, with the line end before them and the empty line after them.
    fn head(&mut self) -> Result<Option<FormEvent>, NotAForm> {
        const END: &[u8] = b"\r\n\r\n";
        let Some(end) = find(&self.received, END) else {
            if self.received.len() > MAX_HEAD {
                return Err(NotAForm);
            }
            return Ok(None);
        };
        let head = &self.received[..end];
        if end > MAX_HEAD || find(head, &self.delimiter).is_some() {
            return Err(NotAForm);
        }
        let head = PartHead::read(head).ok_or(NotAForm)?;
        // The last line end may be the one before a delimiter: the content is empty then.
        self.received.drain(..end + END.len());
        self.state = State::Content;
        Ok(Some(FormEvent::Part(head)))
    }

    fn content(&mut self) -> Option<FormEvent> {
        match find(&self.received, &self.delimiter) {
            Some(0) => {
                self.pass_delimiter(0);
                Some(FormEvent::PartEnd)
            }
            Some(start) => Some(self.take(start)),
            None if self.certain() == 0 => None,
            None => Some(self.take(self.certain())),
        }
    }

    fn take(&mut self, length: usize) -> FormEvent {
        FormEvent::Content(self.received.drain(..length).collect())
    }

    fn pass_delimiter(&mut self, start: usize) {
        self.received.drain(..start + self.delimiter.len());
        self.state = State::Delimiter;
    }

    /// How many bytes cannot be part of a delimiter, whatever comes after them.
    fn certain(&self) -> usize {
        self.received.len().saturating_sub(self.delimiter.len() - 1)
    }
}

impl PartHead {
    fn read(bytes: &[u8]) -> Option<Self> {
        let head = str::from_utf8(bytes).ok()?;
        let header = |wanted: &str| {
            head.split("\r\n")
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.trim())
        };
        let disposition = header("content-disposition")?;
        Some(Self {
            name: parameter(disposition, "name")?,
            file_name: parameter(disposition, "filename"),
            content_type: header("content-type").map(str::to_owned),
        })
    }
}

/// The boundary that a content type names, if it is a form's.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    let is_form = kind.trim().eq_ignore_ascii_case("multipart/form-data");
    is_form.then(|| parameter(parameters, "boundary"))?
}

/// The value of a parameter, quoted or not, in which browsers escape a quote as `%22`.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.rsplit(';').next()?.trim();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(';').unwrap_or((after, "")),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value.trim().replace("%22", "\""));
        }
        rest = after;
    }
    None
}

/// Where `wanted`, which begins with a line end, is first.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(offset) = bytes[from..].iter().position(|byte| *byte == b'\r') {
        if bytes[from + offset..].starts_with(wanted) {
            return Some(from + offset);
        }
        from += offset + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    type Part = (String, Option<String>, Option<String>, Vec<u8>);

    /// The parts of a body that arrives in pieces of that size; `None` if it is not a form.
    fn parts(body: &[u8], boundary: &str, piece: usize) -> Option<Vec<Part>> {
        let mut reader = FormReader::new(boundary);
        let mut parts: Vec<Part> = Vec::new();
        for bytes in body.chunks(piece) {
            reader.push(bytes);
            while let Some(event) = reader.next().ok()? {
                match event {
                    FormEvent::Part(head) => {
                        parts.push((head.name, head.file_name, head.content_type, Vec::new()));
                    }
                    FormEvent::Content(bytes) => parts.last_mut()?.3.extend(bytes),
                    FormEvent::PartEnd => {}
                    FormEvent::End => return Some(parts),
                }
            }
        }
        None
    }

    #[test]
    fn a_browsers_form_is_read_however_it_arrives() {
        let kind = "multipart/form-data; boundary=----x1";
        let boundary = boundary(kind).unwrap();
        let body = "------x1\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nimage\r\n\
                    ------x1\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"a;%22b%22.png\"\r\n\
                    Content-Type: image/png\r\n\r\n\r\n--PNG\r\n\r\n------x1\r\n\
                    Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n------x1--\r\n";
        for piece in [1, 2, 3, 7, 64, 4_096] {
            let parts = parts(body.as_bytes(), &boundary, piece).unwrap();
            let [kind, file, empty] = &parts[..] else {
                panic!("{parts:?}");
            };
            assert_eq!((&*kind.0, &*kind.3), ("type", &b"image"[..]));
            assert_eq!(kind.1, None);
            assert_eq!(file.0, "files[]");
            assert_eq!(file.1.as_deref(), Some("a;\"b\".png"));
            assert_eq!(file.2.as_deref(), Some("image/png"));
            assert_eq!(file.3, b"\r\n--PNG\r\n");
            assert_eq!((&*empty.0, &*empty.3), ("empty", &b""[..]));
        }
    }

    #[test]
    fn what_is_not_a_form_is_not_read() {
        assert_eq!(boundary("application/json"), None);
        assert_eq!(boundary("multipart/form-data; charset=utf-8"), None);
        for body in [
            "",
            "--x",
            "--x\r\n",
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut",
            "--x\r\n\r\nno name\r\n--x--",
            "--x\r\nContent-Disposition: form-data; name=\"a\r\n\r\nb\r\n--x--",
        ] {
            assert_eq!(parts(body.as_bytes(), "x", 3), None, "{body:?}");
        }
        assert_eq!(parts(b"--x--\r\n", "x", 3), Some(vec![]));
        let endless = format!("--x\r\n{}", "a: b\r\n".repeat(2_000));
        let mut reader = FormReader::new("x");
        reader.push(endless.as_bytes());
        assert_eq!(reader.next(), Err(NotAForm));
    }
}
