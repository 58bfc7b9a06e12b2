/// The setters that users and groups have in common.
macro_rules! details_setters {
    ($details:ident) => {
        impl $details {
            /// Sets the name to show.
            #[must_use]
            pub fn with_name(mut self, name: impl Into<std::sync::Arc<str>>) -> Self {
                self.name = Some(name.into());
                self
            }

            /// Replaces the tags.
            #[must_use]
            pub fn with_tags<T: Into<std::sync::Arc<str>>>(
                mut self,
                tags: impl IntoIterator<Item = T>,
            ) -> Self {
                self.tags = Some(tags.into_iter().map(Into::into).collect());
                self
            }

            /// Replaces the data of the app's own.
            ///
            /// # Errors
            /// When `metadata` has no JSON form.
            pub fn with_metadata(
                mut self,
                metadata: &impl serde::Serialize,
            ) -> serde_json::Result<Self> {
                self.metadata = Some(crate::model::RawJson::new(metadata)?);
                Ok(self)
            }
        }
    };
}
pub(super) use details_setters;
