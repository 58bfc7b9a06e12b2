//! Makes names and messages safe for display. Text from other users may contain characters that reverse the direction
//! of the rest of a line, that are invisible, or that cover the lines above.
//!
//! ```
//! use bevy_cometchat::text::Sanitizer;
//!
//! assert_eq!(Sanitizer::NAME.clean("Ana\u{202E}\n\u{200B}nimda"), "Ana nimda");
//! assert_eq!(Sanitizer::MESSAGE.clean("Well met!"), "Well met!");
//! ```
//!
//! It does not filter words: that is the task of moderation.

mod character;
mod filter;
mod isolate;
mod sanitizer;
mod segment;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use isolate::isolate;
pub use sanitizer::Sanitizer;
pub use segment::Segment;

use crate::model::User;

/// The display name of a user, made safe. If the name has no visible characters: the uid.
///
/// ```
/// use bevy_cometchat::{model::User, text::display_name};
///
/// assert_eq!(display_name(&User::new("ana-1", "Ana")), "Ana");
/// assert_eq!(display_name(&User::new("ana-1", "\u{200B}")), "ana-1");
/// ```
pub fn display_name(user: &User) -> Cow<'_, str> {
    let name = Sanitizer::NAME.clean(&user.name);
    if name.is_empty() {
        Sanitizer::NAME.clean(user.uid.as_str())
    } else {
        name
    }
}
