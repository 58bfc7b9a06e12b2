use super::body::Body;

/// A `multipart/form-data` body in the making (RFC 7578).
pub(crate) struct Form {
    boundary: String,
    bytes: Vec<u8>,
}

impl Form {
    /// A form whose parts are separated by `boundary`, which no part contains.
    pub(crate) fn new(boundary: String) -> Self {
        Self {
            boundary,
            bytes: Vec::new(),
        }
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.part(&format!(r#"name="{name}""#), None, value.as_bytes());
    }

    pub(crate) fn file(&mut self, name: &str, file_name: &str, mime_type: &str, bytes: &[u8]) {
        let disposition = format!(r#"name="{name}"; filename="{}""#, escape(file_name));
        let mime_type: String = mime_type.chars().filter(|c| !c.is_control()).collect();
        self.part(&disposition, Some(&mime_type), bytes);
    }

    pub(crate) fn finish(mut self) -> Body {
        let end = format!("--{}--\r\n", self.boundary);
        self.bytes.extend_from_slice(end.as_bytes());
        Body {
            content_type: format!("multipart/form-data; boundary={}", self.boundary),
            bytes: self.bytes.into(),
        }
    }

    fn part(&mut self, disposition: &str, content_type: Option<&str>, content: &[u8]) {
        let mut head = format!(
            "--{}\r\nContent-Disposition: form-data; {disposition}\r\n",
            self.boundary
        );
        if let Some(content_type) = content_type {
            head += &format!("Content-Type: {content_type}\r\n");
        }
        self.bytes.extend_from_slice(head.as_bytes());
        self.bytes.extend_from_slice(b"\r\n");
        self.bytes.extend_from_slice(content);
        self.bytes.extend_from_slice(b"\r\n");
    }
}

/// Escapes a file name like browsers do.
fn escape(file_name: &str) -> String {
    let mut escaped = String::with_capacity(file_name.len());
    for c in file_name.chars() {
        match c {
            '"' => escaped += "%22",
            '\r' => escaped += "%0D",
            '\n' => escaped += "%0A",
            c => escaped.push(c),
        }
    }
    escaped
}
