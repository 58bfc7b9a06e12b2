//! The thin scrollbar of the list. Its lengths are in lines, because only the lines near the visible ones are laid out.

use bevy::{
    picking::{
        events::{Drag, Pointer},
        hover::Hovered,
        pointer::PointerButton,
    },
    prelude::*,
    ui_widgets::observe,
};

use super::scroll::ScrollPosition;
use crate::chat_box::{
    drawn_theme::DrawnTheme,
    parts::{ChatBox, ThemedNode, themed_background},
    state::ChatBoxState,
};

/// The width of the scrollbar, with the space around it, in theme pixels. Lines leave it free.
pub(super) const WIDTH: f32 = 9.0;
/// The width of the thumb, in theme pixels.
const THUMB_WIDTH: f32 = 3.0;
/// The minimum length of the thumb, as a fraction of the list's height.
const MIN_LENGTH: f32 = 0.08;

/// The scrollbar of the list. Visible while there is more than fits, and the box is open, under the pointer or scrolled
/// up.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatScrollbar;

/// The part of the scrollbar that stands for the visible lines.
#[derive(Component)]
pub(super) struct Thumb;

/// The numbers of lines above, in and below the visible part of the list.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ScrollExtent {
    pub(super) above: usize,
    pub(super) visible: usize,
    pub(super) below: usize,
}

impl ScrollExtent {
    fn total(self) -> f32 {
        (self.above + self.visible + self.below).max(1) as f32
    }

    /// The start and the length of the thumb, as fractions of the list's height.
    fn thumb(self) -> (f32, f32) {
        let length = (self.visible as f32 / self.total()).max(MIN_LENGTH);
        let hidden = (self.above + self.below).max(1) as f32;
        (self.above as f32 / hidden * (1.0 - length), length)
    }
}

pub(in crate::chat_box) fn scrollbar(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatScrollbar,
        ThemedNode(node),
        node(theme),
        Visibility::Hidden,
        observe(on_drag),
        children![(
            Thumb,
            themed_background(theme, |theme| theme.dim),
            Node {
                position_type: PositionType::Absolute,
                right: Val::ZERO,
                width: theme.length(THUMB_WIDTH),
                border_radius: BorderRadius::MAX,
                ..default()
            },
            Pickable::IGNORE,
        )],
    )
}

fn node(theme: &DrawnTheme) -> Node {
    Node {
        position_type: PositionType::Absolute,
        right: Val::ZERO,
        top: Val::ZERO,
        bottom: Val::ZERO,
        width: theme.length(WIDTH),
        ..default()
    }
}

/// Scrolls as far as the thumb is dragged. The scrollbar is a child of its list.
fn on_drag(
    mut drag: On<Pointer<Drag>>,
    bars: Query<&ChildOf>,
    mut lists: Query<(&mut ScrollPosition, &ScrollExtent)>,
) {
    if drag.button != PointerButton::Primary {
        return;
    }
    drag.propagate(false);
    let list = bars.get(drag.entity).map(ChildOf::parent);
    if let Ok((mut position, extent)) = list.and_then(|list| lists.get_mut(list)) {
        let ratio = extent.total() / extent.visible.max(1) as f32;
        position.scroll(-drag.delta.y * ratio);
    }
}

/// Filters lists whose thumb may have moved.
type HasScrolled = Or<(Changed<ScrollExtent>, Added<ScrollPosition>)>;

/// Filters boxes whose scrollbar may have to be shown or hidden.
type IsUsedOtherwise = Or<(Changed<Hovered>, Changed<ChatBoxState>)>;

/// A run condition.
pub(super) fn needs_draw(
    lists: Query<(), HasScrolled>,
    boxes: Query<(), (With<ChatBox>, IsUsedOtherwise)>,
) -> bool {
    !lists.is_empty() || !boxes.is_empty()
}

pub(super) fn draw(
    boxes: Query<(&ChatBoxState, &Hovered), With<ChatBox>>,
    lists: Query<(&ScrollPosition, &ScrollExtent, &ChildOf)>,
    mut bars: Query<(&mut Visibility, &ChildOf, &Children), With<ChatScrollbar>>,
    mut thumbs: Query<&mut Node, With<Thumb>>,
) {
    for (mut bar, child_of, children) in &mut bars {
        let Ok((position, extent, child_of)) = lists.get(child_of.parent()) else {
            continue;
        };
        let chat_box = boxes.get(child_of.parent());
        let is_used = !position.is_at_bottom()
            || chat_box.is_ok_and(|(state, hovered)| state.is_open || hovered.0);
        let has_more = extent.above + extent.below > 0;
        bar.set_if_neq(if is_used && has_more {
            Visibility::Inherited
        } else {
            Visibility::Hidden
        });
        let (start, length) = extent.thumb();
        let (top, height) = (
            Val::Percent((start * 100.0).round()),
            Val::Percent((length * 100.0).round()),
        );
        let mut own = thumbs.iter_many_mut(children);
        while let Some(mut thumb) = own.fetch_next() {
            if (thumb.top, thumb.height) != (top, height) {
                (thumb.top, thumb.height) = (top, height);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumb_reaches_both_ends() {
        let thumb = |above, below| {
            let extent = ScrollExtent {
                above,
                visible: 10,
                below,
            };
            extent.thumb()
        };
        assert_eq!(thumb(0, 10), (0.0, 0.5));
        assert_eq!(thumb(10, 0), (0.5, 0.5));
        let (start, length) = thumb(100_000, 0);
        assert!((start + length - 1.0).abs() < 1e-6 && length >= MIN_LENGTH);
    }
}
