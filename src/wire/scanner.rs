use super::text::Text;
use crate::model::Timestamp;

/// The maximum nesting of skipped values.
const MAX_DEPTH: u8 = 32;
const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH_BITS: u64 = ONES << 7;

/// Reads JSON of a known form in one pass, and allocates nothing.
///
/// Each method reads one value, and returns `None` where the JSON is malformed, or not of the form that it reads. Such
/// JSON is left to `serde_json`: a scanner accepts nothing that `serde_json` refuses.
pub(crate) struct Scanner<'a> {
    json: &'a str,
    /// The position: everything before it is read.
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) const fn new(json: &'a str) -> Self {
        Self { json, at: 0 }
    }

    /// The end of the text.
    pub(crate) fn end(&mut self) -> Option<()> {
        self.skip_space();
        (self.at == self.json.len()).then_some(())
    }

    /// What is not read yet, from the next value on.
    pub(crate) fn rest(&mut self) -> &'a str {
        self.skip_space();
        self.json.get(self.at..).unwrap_or_default()
    }

    /// Skips `bytes` bytes: the length of a value that was recognised without being read.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Stays where it is if `read` returns `None`.
    pub(crate) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.at;
        let value = read(self);
        if value.is_none() {
            self.at = start;
        }
        value
    }

    /// An object. `read` is called with the name of each member, and reads its value.
    pub(crate) fn members(
        &mut self,
        mut read: impl FnMut(&mut Self, &'a str) -> Option<()>,
    ) -> Option<()> {
        self.expect(b'{')?;
        if self.peek()? == b'}' {
            return self.expect(b'}');
        }
        loop {
            let name = self.plain_text()?;
            self.expect(b':')?;
            read(self, name)?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A list. `read` is called for each element, and reads it.
    pub(crate) fn elements(&mut self, mut read: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.expect(b'[')?;
        if self.peek()? == b']' {
            return self.expect(b']');
        }
        loop {
            read(self)?;
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A string without escapes.
    pub(crate) fn plain_text(&mut self) -> Option<&'a str> {
        self.expect(b'"')?;
        let start = self.at;
        self.at += end_of_plain(self.bytes());
        let text = self.json.get(start..self.at);
        self.take(b'"')?;
        text
    }

    /// A string.
    pub(crate) fn text(&mut self) -> Option<Text<'a>> {
        self.skip_space();
        let start = self.at;
        if let Some(text) = self.plain_text() {
            return Some(Text::Borrowed(text));
        }
        self.at = start;
        self.skip_text()?;
        serde_json::from_str(self.json.get(start..self.at)?).ok()
    }

    /// A number that is neither negative nor has a fraction or exponent.
    pub(crate) fn integer(&mut self) -> Option<u64> {
        self.skip_space();
        let start = self.at;
        self.skip_number()?;
        plain_number(self.json.get(start..self.at)?)
    }

    /// A time, as such a number.
    pub(crate) fn time(&mut self) -> Option<Timestamp> {
        self.integer().map(Timestamp::of_number)
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self) -> Option<bool> {
        match self.value()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Any value, as it stands in the text.
    pub(crate) fn value(&mut self) -> Option<&'a str> {
        self.skip_space();
        let start = self.at;
        self.skip_value(MAX_DEPTH)?;
        self.json.get(start..self.at)
    }

    fn skip_value(&mut self, depth: u8) -> Option<()> {
        match self.peek()? {
            b'"' => self.skip_text(),
            b'{' => {
                let depth = depth.checked_sub(1)?;
                self.members(|scanner, _| scanner.skip_value(depth))
            }
            b'[' => {
                let depth = depth.checked_sub(1)?;
                self.elements(|scanner| scanner.skip_value(depth))
            }
            b't' => self.skip_word("true"),
            b'f' => self.skip_word("false"),
            b'n' => self.skip_word("null"),
            _ => self.skip_number(),
        }
    }

    fn skip_word(&mut self, word: &str) -> Option<()> {
        self.bytes().starts_with(word.as_bytes()).then_some(())?;
        self.at += word.len();
        Some(())
    }

    fn skip_text(&mut self) -> Option<()> {
        self.expect(b'"')?;
        loop {
            self.at += end_of_plain(self.bytes());
            match self.bytes() {
                [b'"', ..] => {
                    self.at += 1;
                    return Some(());
                }
                [
                    b'\\',
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
                    ..,
                ] => self.at += 2,
                [b'\\', b'u', a, b, c, d, ..]
                    if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) =>
                {
                    self.at += 6;
                }
                _ => return None,
            }
        }
    }

    fn skip_number(&mut self) -> Option<()> {
        let _ = self.take(b'-');
        match self.bytes().first()? {
            b'0' => self.at += 1,
            _ => self.skip_digits()?,
        }
        if self.take(b'.').is_some() {
            self.skip_digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes().first() {
            self.at += 1;
            let _ = self.take(b'+').or_else(|| self.take(b'-'));
            self.skip_digits()?;
        }
        Some(())
    }

    /// At least one digit.
    fn skip_digits(&mut self) -> Option<()> {
        let digits = self.bytes().iter().take_while(|byte| byte.is_ascii_digit());
        let count = digits.count();
        self.at += count;
        (count > 0).then_some(())
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes().first() {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.bytes().first().copied()
    }

    fn next(&mut self) -> Option<u8> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip_space();
        self.take(byte)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (*self.bytes().first()? == byte).then_some(())?;
        self.at += 1;
        Some(())
    }

    fn bytes(&self) -> &'a [u8] {
        self.json.as_bytes().get(self.at..).unwrap_or_default()
    }
}

/// Sets a member, unless it has a value already: for two members with one name, the other reader takes the last.
pub(crate) fn set<T>(member: &mut Option<T>, value: Option<T>) -> Option<()> {
    member.is_none().then_some(())?;
    *member = Some(value?);
    Some(())
}

/// A number of at most 19 digits, which fits in a `u64`.
pub(crate) fn plain_number(digits: &str) -> Option<u64> {
    let is_plain = (1..=19).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    is_plain.then(|| {
        let digits = digits.bytes().map(|digit| u64::from(digit - b'0'));
        digits.fold(0, |number, digit| number * 10 + digit)
    })
}

/// The position of the first byte that a plain string can't contain: a quote, a backslash, a control character. Looks
/// at eight bytes at a time.
fn end_of_plain(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let special = is_zero(word ^ (ONES * u64::from(b'"')))
            | is_zero(word ^ (ONES * u64::from(b'\\')))
            | (word.wrapping_sub(ONES * 0x20) & !word);
        let special = special & HIGH_BITS;
        if special != 0 {
            // Bits above the lowest may be set in error.
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20);
    at + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// The high bit of each byte that is zero, and maybe of those above it.
const fn is_zero(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

/// Values of unexpected types, valid and almost valid JSON, for tests of both readers.
#[cfg(test)]
pub(crate) const ODD_VALUES: [&str; 41] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "1.5",
    "1e3",
    "1e999",
    "18446744073709551616",
    "01",
    r#""""#,
    r#""x""#,
    r#""7""#,
    r#""offline""#,
    r#""X\u00e9""#,
    r#""\ud83d""#,
    "\"\t\"",
    "[]",
    "[ ]",
    "{}",
    "[null]",
    r#"["t", "u"]"#,
    r#"[["t"]]"#,
    r#"{"a":"t"}"#,
    r#""0""#,
    r#""+7""#,
    r#""007""#,
    r#""99999999999999999999""#,
    r#""own""#,
    r#""alice""#,
    r#""ALICE""#,
    r#""group""#,
    r#""User""#,
    r#""auth""#,
    r#""pong""#,
    r#""caf\u00e9""#,
    r#"["t"]"#,
    r#"{"uid":"x"}"#,
    r#"{"guid":"x","name":"X"}"#,
    r#"{"entity":{"uid":"y"}}"#,
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, value::RawValue};

    use super::*;

    fn whole(json: &str) -> Option<&str> {
        let mut scanner = Scanner::new(json);
        let value = scanner.value();
        scanner.end().and(value)
    }

    #[test]
    fn values_are_found_as_they_stand() {
        for json in [
            r#""""#,
            r#""a long enough text with é and 😀 in it""#,
            r#""\"\\\/\b\f\n\r\t\u00e9\ud83d""#,
            "[]",
            "{}",
            r#"{"a":[1,-0.5e+3,{"b":null}],"c" : true}"#,
            "18446744073709551616",
        ] {
            assert_eq!(whole(&format!(" {json}\n")), Some(json));
        }
        for json in [
            "", "[1,]", "{\"a\"}", "01", "1.", "\"\n\"", "\"\\x\"", "nul", "[1] 2",
        ] {
            assert_eq!(whole(json), None, "{json}");
        }
        assert_eq!(whole(&"[".repeat(100_000)), None);
    }

    #[test]
    fn numbers_and_texts_are_read() {
        assert_eq!(Scanner::new("12").integer(), Some(12));
        for json in ["-1", "1.0", "1e3", "99999999999999999999", "\"1\""] {
            assert_eq!(Scanner::new(json).integer(), None, "{json}");
        }
        let text = Scanner::new(r#""a\u00e9\"""#).text().unwrap();
        assert_eq!(text.as_str(), "aé\"");
        assert!(Scanner::new(r#""\ud83d""#).text().is_none());
    }

    proptest! {
        #[test]
        fn nothing_is_accepted_that_serde_refuses(json in r#"[\[\]{},:"\\udntrue0-9a-f+.é\n -]{0,24}"#) {
            if let Some(value) = whole(&json) {
                let raw: &RawValue = serde_json::from_str(&json).unwrap();
                prop_assert_eq!(raw.get(), value);
            }
        }

        #[test]
        fn what_serde_writes_is_accepted(text in ".{0,40}", number in any::<i64>()) {
            let json = serde_json::to_string(&(&text, number, [Some(true), None], Value::Null)).unwrap();
            prop_assert_eq!(whole(&json), Some(&*json));
            let mut scanner = Scanner::new(&json);
            scanner.expect(b'[').unwrap();
            let read = scanner.text();
            prop_assert_eq!(read.as_ref().map(Text::as_str), Some(&*text));
        }
    }
}
