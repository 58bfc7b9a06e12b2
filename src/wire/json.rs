//! Invalid JSON that some servers write: half surrogate pairs, control characters in strings, numbers out of range,
//! duplicate members.

use serde_json::Value;

/// Reads JSON, and where that fails, reads it once more after a repair.
///
/// # Errors
/// The first error, if the repair does not help.
pub(crate) fn read_repaired<T>(
    json: &str,
    mut read: impl FnMut(&str) -> serde_json::Result<T>,
) -> serde_json::Result<T> {
    read(json).or_else(|error| {
        let repaired = repair(json);
        read(&repaired)
            .or_else(|_| read(&without_doubles(&repaired)?))
            .map_err(|_| error)
    })
}

/// The JSON without what `serde_json` refuses and other readers accept. Half of a surrogate pair becomes `\ufffd`. A
/// number out of range and words such as `NaN` become `null`. A number with leading zeros becomes a string. A control
/// character in a string becomes its escape.
pub(crate) fn repair(json: &str) -> String {
    let mut repaired = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => repair_string(rest, &mut repaired),
            '+' | '-' | '.' | '_' | '0'..='9' | 'a'..='z' | 'A'..='Z' => {
                repair_scalar(rest, &mut repaired)
            }
            _ => {
                repaired.push(c);
                c.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    repaired
}

/// Keeps the last of several members with one name, as other readers do. For `serde` they are an error.
fn without_doubles(json: &str) -> serde_json::Result<String> {
    serde_json::to_string(&serde_json::from_str::<Value>(json)?)
}

/// Repairs the string at the beginning of `json`. Returns its length.
fn repair_string(json: &str, repaired: &mut String) -> usize {
    repaired.push('"');
    let mut chars = json.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                repaired.push('"');
                return at + 1;
            }
            '\\' => match chars.next() {
                Some((at, 'u')) => {
                    let escapes = json.get(at - 1..).unwrap_or_default();
                    let length = repair_escape(escapes, repaired);
                    // The backslash and the `u` were taken already.
                    for _ in 2..length {
                        chars.next();
                    }
                }
                Some((_, escaped @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't'))) => {
                    repaired.push('\\');
                    repaired.push(escaped);
                }
                Some((_, other)) if !other.is_control() => repaired.push(other),
                Some(_) | None => {}
            },
            control @ '\0'..='\u{1F}' => {
                *repaired += &format!("\\u{:04x}", u32::from(control));
            }
            other => repaired.push(other),
        }
    }
    json.len()
}

/// Repairs the escapes `\uXXXX` at the beginning of `json`: one, or the two of a pair. Returns their length, all of it
/// ASCII.
fn repair_escape(json: &str, repaired: &mut String) -> usize {
    let Some(first) = code_unit(json) else {
        *repaired += "\\ufffd";
        return 2;
    };
    let second = json.get(6..).and_then(code_unit);
    match (first, second) {
        (0xD800..=0xDBFF, Some(0xDC00..=0xDFFF)) => {
            *repaired += json.get(..12).unwrap_or_default();
            12
        }
        (0xD800..=0xDFFF, _) => {
            *repaired += "\\ufffd";
            6
        }
        _ => {
            *repaired += json.get(..6).unwrap_or_default();
            6
        }
    }
}

fn code_unit(json: &str) -> Option<u16> {
    let digits = json.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Repairs the number or word at the beginning of `json`. Returns its length.
fn repair_scalar(json: &str, repaired: &mut String) -> usize {
    let is_in_it = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
    let length = json.find(|c| !is_in_it(c)).unwrap_or(json.len());
    let scalar = json.get(..length).unwrap_or_default();
    if serde_json::from_str::<Value>(scalar).is_ok() {
        *repaired += scalar;
    } else if scalar.bytes().all(|digit| digit.is_ascii_digit()) {
        *repaired += &format!("\"{scalar}\"");
    } else {
        *repaired += "null";
    }
    length
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(json: &str) -> serde_json::Result<Value> {
        read_repaired(json, |json| serde_json::from_str(json))
    }

    #[test]
    fn what_others_read_is_read() {
        let cases = [
            (r#""a\ud800b""#, r#""a\ufffdb""#),
            (r#""a\udc00""#, r#""a\ufffd""#),
            (r#""\ud83d\ude00""#, r#""😀""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd😀""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\n\"x""#, r#""\ufffd\n\"x""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\u12""#, r#""\ufffd12""#),
            (r#""\u""#, r#""\ufffd""#),
            (r#""\u12é4""#, r#""\ufffd12é4""#),
            (r#""\x41\'""#, r#""x41'""#),
            ("\"a\tb\nc\u{1}\"", r#""a\tb\nc\u0001""#),
            ("[1e999,-1e999,1]", "[null,null,1]"),
            (
                "[NaN,Infinity,-Infinity,undefined,true]",
                "[null,null,null,null,true]",
            ),
            ("[007,.5,+1]", r#"["007",null,null]"#),
            (r#"{"a":1e999,"b":"1e999"}"#, r#"{"a":null,"b":"1e999"}"#),
        ];
        for (given, expected) in cases {
            let expected: Value = serde_json::from_str(expected).unwrap();
            assert_eq!(value(given).unwrap(), expected, "{given}");
        }
    }

    #[test]
    fn of_two_members_with_one_name_the_last_is_read() {
        #[derive(serde::Deserialize)]
        struct Row {
            id: u8,
        }
        let row = read_repaired(r#"{"id":1,"id":2}"#, |json| {
            serde_json::from_str::<Row>(json)
        });
        assert_eq!(row.unwrap().id, 2);
    }

    #[test]
    fn what_is_no_json_stays_an_error() {
        for json in ["", "{", "[1", "\"", "\"a", "{]", "<html>", "\"\\", "\"\\u"] {
            assert!(value(json).is_err(), "{json}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_no_trouble(json in r#"[\[\]{},:"\\ud8c0-9a-fe+.é\n -]{0,40}"#) {
            let _ = value(&json);
        }

        #[test]
        fn json_is_repaired_to_itself(text in ".{0,20}", number in any::<f64>().prop_filter("JSON has none other", |number| number.is_finite())) {
            let json = serde_json::to_string(&(text, number, [true, false], ())).unwrap();
            prop_assert_eq!(repair(&json), json);
        }
    }
}
