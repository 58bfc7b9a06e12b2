use std::fmt::Display;

use super::route::encode_segment;

/// A builder of a query string. [`parameters`](super::route::parameters) reads one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Query(String);

impl Query {
    /// Adds a parameter.
    #[must_use]
    pub(crate) fn with(self, name: &str, value: impl Display) -> Self {
        self.with_encoded(name, &encode_segment(&value.to_string()))
    }

    /// Adds a parameter, if it has a value.
    #[must_use]
    pub(crate) fn with_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a flag, if it is set. Flags are `1` or `true`, depending on which it is.
    #[must_use]
    pub(crate) fn with_flag(self, name: &str, set: &str, is_set: bool) -> Self {
        self.with_some(name, is_set.then_some(set))
    }

    /// Adds a list, if it is not empty: its values, separated by commas and not escaped.
    #[must_use]
    pub(crate) fn with_list(self, name: &str, values: &[impl AsRef<str>]) -> Self {
        if values.is_empty() {
            return self;
        }
        let values: Vec<_> = values
            .iter()
            .map(|value| encode_segment(value.as_ref()))
            .collect();
        self.with_encoded(name, &values.join(","))
    }

    fn with_encoded(mut self, name: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0 += name;
        self.0.push('=');
        self.0 += value;
        self
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::route::parameters;

    #[test]
    fn what_is_written_is_read_back() {
        let query = Query::default()
            .with("limit", 30)
            .with_some("searchKey", Some("a&b=c ü"))
            .with_some("absent", None::<u32>)
            .with_flag("unread", "1", true)
            .with_flag("off", "1", false)
            .with_list("tags", &["one", "two"])
            .with_list("none", &[""; 0]);
        assert!(query.as_str().ends_with("&tags=one,two"));
        let expected = [
            ("limit", "30"),
            ("searchKey", "a&b=c ü"),
            ("unread", "1"),
            ("tags", "one,two"),
        ];
        assert_eq!(
            parameters(query.as_str()),
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
