//! What all parts of the chat box share: colours and sizes that follow the theme, and texts.

use accesskit::{Action, Live, Node as AccessNode, Role};
use bevy::{
    a11y::AccessibilityNode,
    ecs::{query::QueryData, system::SystemParam},
    picking::{
        events::{Click, Pointer},
        pointer::PointerButton,
    },
    prelude::*,
};

use super::{drawn_theme::DrawnTheme, schedules::BoxSchedule};
use crate::model::Timestamp;

/// A chat box. [`ChatBoxPlugin`](super::ChatBoxPlugin) spawns one, the game others. Its parts are spawned as its
/// descendants, and are despawned with it.
///
/// Its components are [`ChatBoxState`](super::ChatBoxState), [`ChatBoxTabs`](super::ChatBoxTabs) and
/// [`ChatLayout`](super::ChatLayout), if the game likes an [`OwnChatTheme`](super::OwnChatTheme) and
/// [`ChatBoxReadOnly`]. The layout is saved under its [`Name`]: each box has to have another one, or none.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatBox;

/// A [`ChatBox`] without an input, such as a combat log. It has to be there when the box is spawned.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatBoxReadOnly;

/// Finds the box that a part is in.
#[derive(SystemParam)]
pub(super) struct BoxOf<'w, 's> {
    boxes: Query<'w, 's, (), With<ChatBox>>,
    parents: Query<'w, 's, &'static ChildOf>,
}

impl BoxOf<'_, '_> {
    pub(super) fn get(&self, part: Entity) -> Option<Entity> {
        let mut path = std::iter::once(part).chain(self.parents.iter_ancestors(part));
        path.find(|entity| self.boxes.contains(*entity))
    }
}

/// The colour of a text before the fade.
#[derive(Component, Clone, Copy, PartialEq)]
#[require(TextColor)]
pub(super) struct UnfadedTextColor(pub(super) Color);

/// The background colour of a node or a text span before the fade.
#[derive(Component, Clone, Copy, PartialEq)]
pub(super) struct UnfadedBackground(pub(super) Color);

/// Whether a click on the text has an effect.
#[derive(Component, Clone, Copy, PartialEq)]
pub(super) struct Clickable(pub(super) bool);

/// The size of a text, as a factor of the theme's font size.
#[derive(Component, Clone, Copy)]
pub(super) struct FontScale(pub(super) f32);

/// The colour of a text in a theme.
#[derive(Component, Clone, Copy)]
pub(super) struct ThemedTextColor(pub(super) fn(&DrawnTheme) -> Color);

/// The background colour of a node in a theme.
#[derive(Component, Clone, Copy)]
pub(super) struct ThemedBackground(pub(super) fn(&DrawnTheme) -> Color);

/// The layout of a node in a theme.
#[derive(Component, Clone, Copy)]
pub(super) struct ThemedNode(pub(super) fn(&DrawnTheme) -> Node);

/// Hides a part of the box, or the whole box, for as long as it is there. The part takes up no room. A
/// [`Node::display`] that the game sets does not last, because the box sets it for parts that come and go.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::chat_box::{ChatHint, HiddenChatPart};
///
/// fn hide_hints(hints: Query<Entity, Added<ChatHint>>, mut commands: Commands) {
///     for hint in &hints {
///         commands.entity(hint).insert(HiddenChatPart);
///     }
/// }
/// # bevy::ecs::system::assert_is_system(hide_hints);
/// ```
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct HiddenChatPart;

pub(super) fn plugin(app: &mut App) {
    app.register_type::<ChatBox>()
        .register_type::<ChatBoxReadOnly>()
        .register_type::<HiddenChatPart>()
        .add_systems(
            BoxSchedule::Finish,
            hide_parts.run_if(any_with_component::<HiddenChatPart>),
        );
}

/// Hides the parts again that the box has shown.
fn hide_parts(mut parts: Query<&mut Node, With<HiddenChatPart>>) {
    for mut node in &mut parts {
        if node.display != Display::None {
            node.display = Display::None;
        }
    }
}

/// The time by the clock of the machine, also in a browser.
pub(super) fn now() -> Timestamp {
    Timestamp(u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default())
}

/// Whether a click is one of the left button or a touch.
pub(super) fn is_primary(click: &Pointer<Click>) -> bool {
    click.button == PointerButton::Primary
}

/// A run condition: a part was spawned.
pub(super) fn is_added<C: Component>(added: Query<(), Added<C>>) -> bool {
    !added.is_empty()
}

/// A run condition: a component of this kind has changed.
pub(super) fn has_changed<C: Component>(changed: Query<(), Changed<C>>) -> bool {
    !changed.is_empty()
}

/// An empty text of the theme's font, in a colour of the theme.
pub(super) fn themed_text(
    theme: &DrawnTheme,
    scale: f32,
    color: fn(&DrawnTheme) -> Color,
) -> impl Bundle {
    (
        Text::default(),
        theme.text_font(scale),
        FontScale(scale),
        ThemedTextColor(color),
        UnfadedTextColor(color(theme)),
        TextColor(color(theme)),
    )
}

/// A background in a colour of the theme.
pub(super) fn themed_background(
    theme: &DrawnTheme,
    color: fn(&DrawnTheme) -> Color,
) -> impl Bundle {
    (
        ThemedBackground(color),
        UnfadedBackground(color(theme)),
        BackgroundColor(color(theme)),
    )
}

/// A background whose colour is set when the node is drawn.
pub(super) fn background() -> impl Bundle {
    (UnfadedBackground(Color::NONE), BackgroundColor(Color::NONE))
}

/// A node for assistive technology, with the actions that it takes.
pub(super) fn accessible(role: Role) -> AccessibilityNode {
    let mut node = AccessNode::new(role);
    let actions: &[Action] = match role {
        Role::Button | Role::Link | Role::ListItem => &[Action::Click, Action::ShowContextMenu],
        Role::Tab | Role::ListBoxOption => &[Action::Click],
        Role::MenuItem => &[Action::Click, Action::Focus],
        Role::TextInput => &[Action::Focus, Action::SetValue, Action::ReplaceSelectedText],
        Role::List => &[Action::ScrollUp, Action::ScrollDown],
        _ => &[],
    };
    for action in actions {
        node.add_action(*action);
    }
    node.into()
}

/// A node whose label assistive technology reads out when it changes.
pub(super) fn live_region() -> AccessibilityNode {
    let mut node = AccessNode::new(Role::Status);
    node.set_live(Live::Polite);
    node.into()
}

/// A text of the box that changes.
#[derive(QueryData)]
#[query_data(mutable)]
pub(super) struct PartText {
    text: &'static mut Text,
    node: &'static mut Node,
    accessible: Option<&'static mut AccessibilityNode>,
}

impl PartTextItem<'_, '_> {
    /// Sets the text, and the label of the part for assistive technology. An empty text takes up no room.
    pub(super) fn set(&mut self, text: &str) {
        let display = if text.is_empty() {
            Display::None
        } else {
            Display::Flex
        };
        if self.node.display != display {
            self.node.display = display;
        }
        if self.text.0 != text {
            text.clone_into(&mut self.text.0);
            if let Some(accessible) = &mut self.accessible {
                accessible.set_label(text);
            }
        }
    }
}
