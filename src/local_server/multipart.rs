/// A part of a `multipart/form-data` body (RFC 7578).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) content: &'a [u8],
}

/// The parts of a body; `None` if it is not one.
pub(super) fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<Part<'a>>> {
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // The first delimiter has no line end before it.
    let mut rest = match body.strip_prefix(&delimiter[2..]) {
        Some(rest) => rest,
        None => &body[find(body, &delimiter)? + delimiter.len()..],
    };
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, &delimiter)?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + delimiter.len()..];
    }
    Some(parts)
}

/// The boundary that a content type names, if it is a form's.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    let is_form = kind.trim().eq_ignore_ascii_case("multipart/form-data");
    is_form.then(|| parameter(parameters, "boundary"))?
}

fn part(bytes: &[u8]) -> Option<Part<'_>> {
    let (head, content) = match bytes.strip_prefix(b"\r\n") {
        Some(content) => (&[][..], content),
        None => {
            let end = find(bytes, b"\r\n\r\n")?;
            (&bytes[..end], &bytes[end + 4..])
        }
    };
    let head = str::from_utf8(head).ok()?;
    let header = |wanted: &str| {
        head.split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
    };
    let disposition = header("content-disposition")?;
    Some(Part {
        name: parameter(disposition, "name")?,
        file_name: parameter(disposition, "filename"),
        content_type: header("content-type").map(str::to_owned),
        content,
    })
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

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browsers_form_is_read() {
        let kind = "multipart/form-data; boundary=----x1";
        let boundary = boundary(kind).unwrap();
        let body = "------x1\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nimage\r\n\
                    ------x1\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"a;%22b%22.png\"\r\n\
                    Content-Type: image/png\r\n\r\n\r\n--PNG\r\n\r\n------x1--\r\n";
        let parts = parts(body.as_bytes(), &boundary).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!((&*parts[0].name, parts[0].content), ("type", &b"image"[..]));
        assert_eq!(parts[0].file_name, None);
        assert_eq!(parts[1].name, "files[]");
        assert_eq!(parts[1].file_name.as_deref(), Some("a;\"b\".png"));
        assert_eq!(parts[1].content_type.as_deref(), Some("image/png"));
        assert_eq!(parts[1].content, b"\r\n--PNG\r\n");
    }

    #[test]
    fn what_is_no_form_is_not_read() {
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
            assert_eq!(parts(body.as_bytes(), "x"), None, "{body:?}");
        }
        assert_eq!(parts(b"--x--\r\n", "x"), Some(vec![]));
    }
}
