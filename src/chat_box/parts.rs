//! What all parts of the chat box share: the system sets, colours and sizes that follow the theme, and texts.

use accesskit::{Live, Node as AccessNode, Role};
use bevy::{
    a11y::AccessibilityNode, camera::visibility::VisibilitySystems, ecs::query::QueryData,
    prelude::*, text, ui::UiSystems,
};

use super::theme::ChatBoxTheme;

/// The chat box. [`ChatBoxPlugin`](super::ChatBoxPlugin) spawns it, or the game does. Its parts are spawned as its
/// children. An app has at most one: a second one stays empty.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatBox;

/// The system sets of the chat box.
///
/// To change what the box has drawn, order a system after [`Draw`](Self::Draw) and before [`UiSystems::Prepare`].
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatBoxSystems {
    /// Handles the keys of the box, in [`PreUpdate`]. Order systems of [`PreUpdate`] that read keys after it.
    Keys,
    /// Brings the state of the box up to date, in [`PostUpdate`]: places notes, marks messages as read, applies the theme.
    Update,
    /// Draws the box, in [`PostUpdate`] after [`Update`](Self::Update): sets texts and spawns nodes.
    Draw,
    /// Applies colours and the fade, in [`PostUpdate`] after [`Draw`](Self::Draw) and before [`UiSystems::Prepare`].
    Paint,
}

/// The colour of a text before the fade.
#[derive(Component, Clone, Copy, PartialEq)]
#[require(TextColor)]
pub(super) struct UnfadedTextColor(pub(super) Color);

/// The background colour of a node or a text span before the fade.
#[derive(Component, Clone, Copy, PartialEq)]
pub(super) struct UnfadedBackground(pub(super) Color);

/// The size of a text, as a factor of the theme's font size.
#[derive(Component, Clone, Copy)]
pub(super) struct FontScale(pub(super) f32);

/// The colour of a text in a theme.
#[derive(Component, Clone, Copy)]
pub(super) struct ThemedTextColor(pub(super) fn(&ChatBoxTheme) -> Color);

/// The background colour of a node in a theme.
#[derive(Component, Clone, Copy)]
pub(super) struct ThemedBackground(pub(super) fn(&ChatBoxTheme) -> Color);

/// The layout of a node in a theme.
#[derive(Component, Clone, Copy)]
pub(super) struct ThemedNode(pub(super) fn(&ChatBoxTheme) -> Node);

pub(super) fn plugin(app: &mut App) {
    app.register_type::<ChatBox>()
        .configure_sets(
            PostUpdate,
            (
                ChatBoxSystems::Update,
                ChatBoxSystems::Draw,
                ChatBoxSystems::Paint,
            )
                .chain()
                .before(UiSystems::Prepare)
                .before(VisibilitySystems::VisibilityPropagate)
                .before(text::load_font_assets_into_font_collection),
        )
        .add_systems(
            PostUpdate,
            apply_theme
                .in_set(ChatBoxSystems::Update)
                .run_if(resource_changed::<ChatBoxTheme>),
        );
}

/// A run condition: a part was spawned.
pub(super) fn is_added<C: Component>(added: Query<(), Added<C>>) -> bool {
    !added.is_empty()
}

/// An empty text of the theme's font, in a colour of the theme.
pub(super) fn themed_text(
    theme: &ChatBoxTheme,
    scale: f32,
    color: fn(&ChatBoxTheme) -> Color,
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
    theme: &ChatBoxTheme,
    color: fn(&ChatBoxTheme) -> Color,
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

/// A node for assistive technology.
pub(super) fn accessible(role: Role) -> AccessibilityNode {
    AccessNode::new(role).into()
}

/// A node whose label assistive technology reads out when it changes.
pub(super) fn live_region() -> AccessibilityNode {
    let mut node = AccessNode::new(Role::Status);
    node.set_live(Live::Polite);
    node.into()
}

fn apply_theme(
    theme: Res<ChatBoxTheme>,
    mut nodes: Query<(&ThemedNode, &mut Node)>,
    mut colors: Query<(&ThemedTextColor, &mut UnfadedTextColor)>,
    mut backgrounds: Query<(&ThemedBackground, &mut UnfadedBackground)>,
    mut fonts: Query<(&FontScale, &mut TextFont)>,
) {
    let theme = theme.effective();
    for (themed, mut node) in &mut nodes {
        node.set_if_neq(themed.0(&theme));
    }
    for (themed, mut color) in &mut colors {
        color.set_if_neq(UnfadedTextColor(themed.0(&theme)));
    }
    for (themed, mut background) in &mut backgrounds {
        background.set_if_neq(UnfadedBackground(themed.0(&theme)));
    }
    for (scale, mut font) in &mut fonts {
        font.set_if_neq(theme.text_font(scale.0));
    }
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
