/// The setters that users and groups have in common.
macro_rules! details_setters {
    ($details:ident) => {
        impl $details {
            $crate::setters::setters! {
                /// Sets the display name.
                with_name(name: impl Into<std::sync::Arc<str>>) => name = Some(name.into());
                /// Replaces the tags.
                with_tags(tags: impl IntoIterator<Item = impl Into<std::sync::Arc<str>>>) =>
                    tags = Some(tags.into_iter().map(Into::into).collect());
            }

            /// Replaces the app's own data.
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
