use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{Debug, Write},
};

use bevy_cometchat::{ChatError, ErrorCode};

use super::args::Target;

/// How many characters of what came are shown.
const MAX_SHOWN: usize = 100;

/// What was found.
pub(crate) struct Report {
    target: String,
    rows: Vec<Row>,
    /// Members that the crate does not know, by the kind of object.
    unknown_members: BTreeMap<String, BTreeSet<String>>,
    /// Codes that the crate has no type for, with what they came for.
    untyped_codes: BTreeMap<String, String>,
    left_behind: Vec<String>,
    secrets: Vec<String>,
}

struct Row {
    what: String,
    came: String,
    is_expected: bool,
}

impl Report {
    pub(crate) fn new(target: &Target) -> Self {
        Self {
            target: target.name(),
            rows: Vec::new(),
            unknown_members: BTreeMap::new(),
            untyped_codes: BTreeMap::new(),
            left_behind: Vec::new(),
            secrets: vec![target.key.clone()],
        }
    }

    pub(crate) fn row(
        &mut self,
        what: impl Into<String>,
        came: impl Into<String>,
        is_expected: bool,
    ) {
        self.rows.push(Row {
            what: what.into(),
            came: came.into(),
            is_expected,
        });
    }

    pub(crate) fn failed(&mut self, what: &str, why: impl Into<String>) {
        self.row(what, why, false);
    }

    /// What an operation ended with, which should be a success of which `is_right` holds.
    pub(crate) fn outcome<T: Debug>(
        &mut self,
        what: &str,
        outcome: Result<T, ChatError>,
        is_right: impl FnOnce(&T) -> bool,
    ) -> Option<T> {
        match outcome {
            Ok(value) => {
                let is_right = is_right(&value);
                let came = if is_right {
                    "done".to_owned()
                } else {
                    format!("{value:?}")
                };
                self.row(what, came, is_right);
                Some(value)
            }
            Err(error) => {
                self.note_code(what, &error.code);
                self.failed(what, error.to_string());
                None
            }
        }
    }

    /// What an operation ended with that should fail with one of `codes`.
    pub(crate) fn refusal<T: Debug>(
        &mut self,
        what: &str,
        outcome: Result<T, ChatError>,
        codes: &[ErrorCode],
    ) {
        match outcome {
            Ok(value) => self.failed(what, format!("no refusal: {value:?}")),
            Err(error) => {
                self.note_code(what, &error.code);
                let is_expected = codes.contains(&error.code);
                self.row(what, error.code.to_string(), is_expected);
            }
        }
    }

    pub(crate) fn note_code(&mut self, what: &str, code: &ErrorCode) {
        if let ErrorCode::Other(code) = code {
            self.untyped_codes.insert(code.to_string(), what.to_owned());
        }
    }

    pub(crate) fn unknown_member(&mut self, kind: &str, member: &str) {
        let members = self.unknown_members.entry(kind.to_owned()).or_default();
        members.insert(member.to_owned());
    }

    pub(crate) fn left_behind(&mut self, what: impl Into<String>) {
        self.left_behind.push(what.into());
    }

    /// Keeps a text out of the report, wherever it came.
    pub(crate) fn keep_secret(&mut self, secret: impl Into<String>) {
        self.secrets.push(secret.into());
    }

    #[cfg(test)]
    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// Whether everything was as expected. Unknown members are news, not faults, except that the local server has none.
    pub(crate) fn is_as_expected(&self) -> bool {
        self.rows.iter().all(|row| row.is_expected)
    }

    pub(crate) fn unknown_members(&self) -> &BTreeMap<String, BTreeSet<String>> {
        &self.unknown_members
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut text);
        for secret in self.secrets.iter().filter(|secret| !secret.is_empty()) {
            text = text.replace(secret.as_str(), "(secret)");
        }
        text
    }

    fn write(&self, to: &mut String) -> std::fmt::Result {
        writeln!(to, "# What {} does\n", self.target)?;
        writeln!(
            to,
            "| what was done | what came | as expected |\n|---|---|---|"
        )?;
        for row in &self.rows {
            let is_expected = if row.is_expected { "yes" } else { "**no**" };
            let (what, came) = (&row.what, shown(&row.came));
            writeln!(to, "| {what} | {came} | {is_expected} |")?;
        }
        let unexpected = self.rows.iter().filter(|row| !row.is_expected).count();
        let rows = self.rows.len();
        writeln!(
            to,
            "\n{rows} things were tried; {unexpected} were not as expected."
        )?;
        writeln!(to, "\n## Members that this crate does not know\n")?;
        for (kind, members) in &self.unknown_members {
            let members: Vec<_> = members.iter().map(String::as_str).collect();
            writeln!(to, "- {kind}: {}", members.join(", "))?;
        }
        list_end(to, self.unknown_members.is_empty())?;
        writeln!(to, "\n## Error codes without a type\n")?;
        for (code, what) in &self.untyped_codes {
            writeln!(to, "- `{code}`: {what}")?;
        }
        list_end(to, self.untyped_codes.is_empty())?;
        writeln!(to, "\n## Left behind\n")?;
        for what in &self.left_behind {
            writeln!(to, "- {what}")?;
        }
        list_end(to, self.left_behind.is_empty())
    }
}

fn list_end(to: &mut String, is_empty: bool) -> std::fmt::Result {
    if is_empty {
        writeln!(to, "Nothing.")
    } else {
        Ok(())
    }
}

/// A text that fits into a cell of a table.
fn shown(text: &str) -> String {
    let text: String = text
        .chars()
        .take(MAX_SHOWN)
        .map(|letter| match letter {
            '|' => '/',
            letter if letter.is_control() => ' ',
            letter => letter,
        })
        .collect();
    text
}
