//! The parts of a line as entities, and the events on them.

use bevy::prelude::*;

use crate::chat_box::{
    line::{ChatLineAction, ChatLinePart, ChatLinePartKind},
    player_name::PlayerName,
};

/// A part of a line in the message list, such as a name or a chip: a text span. Spans are reused for other parts.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::chat_box::{ChatLinePartKind, ChatSpan};
///
/// fn count_names(spans: Query<&ChatSpan>) -> usize {
///     let is_name = |span: &&ChatSpan| span.kind == Some(ChatLinePartKind::Name);
///     spans.iter().filter(is_name).count()
/// }
/// # bevy::ecs::system::assert_is_system(count_names);
/// ```
#[derive(Component, Clone, Debug, Default)]
#[non_exhaustive]
pub struct ChatSpan {
    /// The kind of the part. `None` while the span is not used.
    pub kind: Option<ChatLinePartKind>,
    /// The effect of the left button.
    pub action: Option<ChatLineAction>,
    /// The player whose name it is.
    pub name: Option<PlayerName>,
}

impl ChatSpan {
    pub(super) fn of(part: &ChatLinePart) -> Self {
        Self {
            kind: Some(part.kind),
            action: part.action.clone(),
            name: part.name.clone(),
        }
    }
}

/// The player has clicked a part of a line, with the left button or a touch. A game that reacts in its own way sets
/// [`is_handled`](Self::is_handled).
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::chat_box::ChatSpanClicked;
///
/// fn show_profile(mut clicked: On<ChatSpanClicked>) {
///     if let Some(name) = clicked.span.name.clone() {
///         println!("The player wants to know more about {}", name.user.name);
///         clicked.is_handled = true;
///     }
/// }
///
/// App::new().add_observer(show_profile);
/// ```
#[derive(EntityEvent, Clone, Debug)]
#[non_exhaustive]
pub struct ChatSpanClicked {
    /// The span.
    pub entity: Entity,
    /// What the span shows.
    pub span: ChatSpan,
    /// Whether the game has reacted: the chat box does nothing then.
    pub is_handled: bool,
}

impl ChatSpanClicked {
    pub(in crate::chat_box) const fn new(entity: Entity, span: ChatSpan) -> Self {
        Self {
            entity,
            span,
            is_handled: false,
        }
    }
}

/// The pointer has moved over a part of a line that can be clicked, or has left it. A game shows a tooltip beside it.
#[derive(EntityEvent, Clone, Debug)]
#[non_exhaustive]
pub struct ChatSpanHovered {
    /// The span.
    pub entity: Entity,
    /// What the span shows.
    pub span: ChatSpan,
    /// The part of the window in which the span is, in logical pixels. `None` when the pointer has left.
    pub area: Option<Rect>,
}

impl ChatSpanHovered {
    pub(in crate::chat_box) const fn new(
        entity: Entity,
        span: ChatSpan,
        area: Option<Rect>,
    ) -> Self {
        Self { entity, span, area }
    }
}
