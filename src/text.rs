//! Names and messages made safe to show. What players type is theirs: it may hold characters that turn the rest of a
//! line around, that cannot be seen, or that pile up over the lines above.
//!
//! ```
//! use bevy_cometchat::text::Sanitizer;
//!
//! assert_eq!(Sanitizer::NAME.clean("Ana\u{202E}\n\u{200B}nimda"), "Ana nimda");
//! assert_eq!(Sanitizer::MESSAGE.clean("Well met!"), "Well met!");
//! ```
//!
//! It makes text safe, not polite: words are the business of moderation.

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

/// The name to show for a user, made safe: the uid where nothing of the name can be seen.
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
