//! What was sent, field by field.

use std::collections::BTreeMap;

use serde_json::Value;

use super::tap::Sent;

/// The values of everything that was sent, by where it stands: `POST /v3.0/messages body.data.text`.
pub(crate) type Fields = BTreeMap<String, String>;

/// What a browser adds to a request by itself, and what the connection is about rather than the request.
const NOT_THE_CLIENTS: &[&str] = &[
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-length",
    "host",
    "origin",
    "pragma",
    "priority",
    "referer",
    "upgrade",
    "user-agent",
];

/// What differs between any two runs of the same client, by the name of the member that holds it.
const OF_THE_RUN: &[&str] = &[
    "authtoken",
    "auth",
    "resource",
    "deviceId",
    "uts",
    "userAgent",
    "muid",
];

/// The fields of what was sent. `names` are the ids that differ between the two sides, with what to call them.
pub(crate) fn of(sent: &[Sent], names: &[(String, &str)]) -> Fields {
    let mut fields = Fields::new();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for sent in sent {
        let what = match sent {
            Sent::Request { method, path, .. } => format!("{method} {}", named(path, names)),
            Sent::Frame(frame) => format!("frame {}", kind_of(frame)),
        };
        let before = times.entry(what.clone()).or_default();
        *before += 1;
        let what = match before {
            1 => what,
            again => format!("{what} ({again})"),
        };
        fields.insert(what.clone(), "sent".to_owned());
        add(&mut fields, &what, sent, names);
    }
    fields
}

fn kind_of(frame: &Value) -> &str {
    frame["type"]
        .as_str()
        .or(frame["action"].as_str())
        .unwrap_or("of no kind")
}

fn add(fields: &mut Fields, what: &str, sent: &Sent, names: &[(String, &str)]) {
    match sent {
        Sent::Request {
            query,
            headers,
            body,
            ..
        } => {
            for (name, value) in headers {
                if !NOT_THE_CLIENTS.contains(&name.as_str()) && !name.starts_with("sec-") {
                    let value = match name.as_str() {
                        // The boundary is made up.
                        "content-type" => value.split(';').next().unwrap_or_default(),
                        _ => value,
                    };
                    insert(fields, format!("{what} header.{name}"), name, value, names);
                }
            }
            for pair in query.split('&').filter(|pair| !pair.is_empty()) {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                insert(fields, format!("{what} query.{name}"), name, value, names);
            }
            match serde_json::from_slice(body) {
                Ok(json) => add_json(fields, format!("{what} body"), "", &json, names),
                Err(_) if body.is_empty() => {}
                Err(_) => add_form(fields, what, body, names),
            }
        }
        Sent::Frame(frame) => add_json(fields, what.to_owned(), "", frame, names),
    }
}

fn add_json(fields: &mut Fields, at: String, name: &str, json: &Value, names: &[(String, &str)]) {
    match json {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                add_json(fields, format!("{at}.{name}"), name, member, names);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                add_json(fields, format!("{at}[{index}]"), name, item, names);
            }
        }
        // What kind of value it is matters, too: "1" is not 1.
        json => insert(fields, at, name, &json.to_string(), names),
    }
}

/// The parts of a form, in which files stand as they are.
fn add_form(fields: &mut Fields, what: &str, body: &[u8], names: &[(String, &str)]) {
    let text = String::from_utf8_lossy(body);
    let boundary = text.lines().next().unwrap_or_default();
    for part in text
        .split(boundary)
        .filter(|part| part.contains("\r\n\r\n"))
    {
        let (head, content) = part.split_once("\r\n\r\n").expect("a part with a head");
        let content = content.trim_end_matches("\r\n");
        let name = parameter(head, "name").unwrap_or_default();
        let at = format!("{what} form.{name}");
        if let Some(file) = parameter(head, "filename") {
            insert(fields, format!("{at} file"), name, file, names);
        }
        match serde_json::from_str(content) {
            Ok(json @ Value::Object(_)) => add_json(fields, at, name, &json, names),
            _ => insert(fields, at, name, content, names),
        }
    }
}

fn parameter<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let (_, rest) = head.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn insert(fields: &mut Fields, at: String, name: &str, value: &str, names: &[(String, &str)]) {
    let value = if OF_THE_RUN.contains(&name) {
        "…".to_owned()
    } else if name == "sentAt" && is_time(value) {
        // The two sides do the same one after the other, perhaps in another second.
        "{time}".to_owned()
    } else if name.to_lowercase().ends_with("id") {
        named(value, names)
    } else {
        value.to_owned()
    };
    fields.insert(at, value);
}

/// Whether it is a time in seconds since 1970, of this century.
fn is_time(value: &str) -> bool {
    value.len() == 10 && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// The path, or a value in JSON or not, with the ids in it called by name: the server counts differently on the two
/// sides.
fn named(text: &str, names: &[(String, &str)]) -> String {
    let named = |segment: &str| {
        let id = segment.trim_matches('"');
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        let known = names.iter().find(|(known, _)| known == id);
        if is_id {
            segment.replace(id, known.map_or("{id}", |(_, name)| name))
        } else {
            segment.to_owned()
        }
    };
    text.split('/').map(named).collect::<Vec<_>>().join("/")
}

/// Where two records differ: the value on the one side and on the other, if there is one.
pub(crate) fn differences<'f>(
    ours: &'f Fields,
    theirs: &'f Fields,
) -> Vec<(&'f str, Option<&'f str>, Option<&'f str>)> {
    let mut at: Vec<_> = ours.keys().chain(theirs.keys()).collect();
    at.sort();
    at.dedup();
    at.into_iter()
        .map(|at| {
            (
                at.as_str(),
                ours.get(at).map(String::as_str),
                theirs.get(at).map(String::as_str),
            )
        })
        .filter(|(_, ours, theirs)| ours != theirs)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_named_where_ids_stand() {
        let names = [("17".to_owned(), "{theirs}")];
        assert_eq!(
            named("v3.0/messages/17/thread", &names),
            "v3.0/messages/{theirs}/thread"
        );
        assert_eq!(named("\"17\"", &names), "\"{theirs}\"");
        assert_eq!(named("messages/18", &names), "messages/{id}");
        let mut fields = Fields::new();
        add_json(
            &mut fields,
            "frame".to_owned(),
            "",
            &serde_json::json!({"id": 17, "level": 17}),
            &names,
        );
        assert_eq!(
            (&*fields["frame.id"], &*fields["frame.level"]),
            ("{theirs}", "17")
        );
    }

    #[test]
    fn a_time_is_any_time_in_seconds() {
        let mut fields = Fields::new();
        for (at, value) in [("seconds", "1795945340"), ("milliseconds", "1795945340000")] {
            insert(&mut fields, at.to_owned(), "sentAt", value, &[]);
        }
        let (seconds, milliseconds) = (&*fields["seconds"], &*fields["milliseconds"]);
        assert_eq!((seconds, milliseconds), ("{time}", "1795945340000"));
    }

    #[test]
    fn a_form_is_taken_apart() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nfile\r\n\
            --x\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{\"text\":\"cap\"}\r\n\
            --x\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"a.txt\"\r\n\r\none\r\n--x--\r\n";
        let mut fields = Fields::new();
        add_form(&mut fields, "POST messages", body, &[]);
        let expected = [
            ("POST messages form.data.text", "\"cap\""),
            ("POST messages form.files[]", "one"),
            ("POST messages form.files[] file", "a.txt"),
            ("POST messages form.type", "file"),
        ];
        assert!(
            fields
                .iter()
                .map(|(at, value)| (at.as_str(), value.as_str()))
                .eq(expected)
        );
    }
}
