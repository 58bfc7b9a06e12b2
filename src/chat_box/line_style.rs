//! Line styles: systems that change lines before they are drawn.

use bevy::{
    ecs::system::{IntoSystem, SystemId},
    prelude::*,
};

use super::{line::ChatLine, notes::ChatNoteKind};
use crate::history::Entry;

/// A line on its way through the styles.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StyledLine {
    /// The line: as the chat box would draw it, or as the styles before this one have left it.
    pub line: ChatLine,
    /// The entry of the history that the line shows. `None` for a note.
    pub entry: Option<Entry>,
    /// The kind of the note that the line shows.
    pub note: Option<ChatNoteKind>,
}

impl StyledLine {
    pub(super) const fn new(
        line: ChatLine,
        entry: Option<Entry>,
        note: Option<ChatNoteKind>,
    ) -> Self {
        Self { line, entry, note }
    }
}

/// Adds line styles: systems that change lines before they are drawn.
///
/// ```
/// use bevy::{ecs::system::InMut, platform::collections::HashSet, prelude::*};
/// use bevy_cometchat::{chat_box::{AddLineStyle, ChatLinePartKind, StyledLine}, model::Uid};
///
/// #[derive(Resource, Default)]
/// struct Guild(HashSet<Uid>);
///
/// /// Draws the names of the guild in gold.
/// fn mark_guild(mut styled: InMut<StyledLine>, guild: Res<Guild>) {
///     let sender = styled.entry.as_ref().map(|entry| entry.sender().uid.clone());
///     if sender.is_none_or(|uid| !guild.0.contains(&uid)) {
///         return;
///     }
///     for part in &mut styled.line.parts {
///         if part.kind == ChatLinePartKind::Name {
///             part.color = Color::srgb(1.0, 0.84, 0.0);
///         }
///     }
/// }
///
/// App::new().init_resource::<Guild>().add_line_style(mark_guild);
/// ```
///
/// Each line passes all styles, in the order in which they were added, when it comes into view and when it changes.
/// When something that a style depends on has changed, [`ChatLineStyles::restyle`] draws all lines again.
pub trait AddLineStyle {
    /// Adds a style after the others.
    fn add_line_style<M>(
        &mut self,
        system: impl IntoSystem<InMut<'static, StyledLine>, (), M> + 'static,
    ) -> &mut Self;
}

impl AddLineStyle for App {
    fn add_line_style<M>(
        &mut self,
        system: impl IntoSystem<InMut<'static, StyledLine>, (), M> + 'static,
    ) -> &mut Self {
        let style = self.register_system(system);
        let world = self.world_mut();
        world.get_resource_or_init::<ChatLineStyles>().0.push(style);
        self
    }
}

/// The line styles, in their order: see [`AddLineStyle`].
#[derive(Resource, Reflect, Clone, Debug, Default)]
#[reflect(opaque, Resource, Clone, Debug, Default)]
pub struct ChatLineStyles(Vec<LineStyle>);

type LineStyle = SystemId<InMut<'static, StyledLine>>;

impl ChatLineStyles {
    /// Draws all lines again. Call it when something that the styles depend on has changed.
    pub fn restyle(&mut self) {
        // The mutable borrow marks the resource as changed.
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Runs the styles on a line.
pub(super) fn run_styles(world: &mut World, line: &mut StyledLine) {
    for style in world.resource::<ChatLineStyles>().0.clone() {
        if let Err(error) = world.run_system_with(style, &mut *line) {
            tracing::error!("a line style failed: {error}");
        }
    }
}
