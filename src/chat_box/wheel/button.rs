//! The button beside the input that opens the wheel.

use accesskit::Role;
use bevy::{
    a11y::AccessibilityNode,
    prelude::*,
    ui_widgets::{Activate, observe},
};

use super::OpenWheel;
use crate::chat_box::{
    drawn_theme::DrawnTheme,
    input::ChatInputRow,
    parts::{Clickable, ThemedNode, accessible, has_changed, is_added, themed_background},
    quick_phrases::QuickPhrases,
    schedules::BoxSchedule,
    strings::ChatBoxStrings,
    theming::Themes,
};

/// The button that opens the wheel of [`QuickPhrases`]. Without phrases, it is hidden.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatWheelButton;

pub(super) fn plugin(app: &mut App) {
    app.register_type::<ChatWheelButton>()
        .add_observer(add_button)
        .add_systems(
            BoxSchedule::Draw,
            update.run_if(
                resource_changed::<QuickPhrases>
                    .or_else(resource_changed::<ChatBoxStrings>)
                    .or_else(has_changed::<DrawnTheme>)
                    .or_else(is_added::<ChatWheelButton>),
            ),
        );
}

/// Adds the button to a row with an input.
fn add_button(row: On<Add, ChatInputRow>, themes: Themes, mut commands: Commands) {
    let button = button(themes.of(row.entity));
    commands.entity(row.entity).with_child(button);
}

/// A small wheel: a ring around a hub.
fn button(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatWheelButton,
        Clickable(true),
        accessible(Role::Button),
        part(theme, |theme| circle(theme, 14.0), |theme| theme.dim),
        observe(|_: On<Activate>, mut commands: Commands| commands.trigger(OpenWheel)),
        children![(
            part(
                theme,
                |theme| circle(theme, 10.0),
                |theme| theme.raised_background
            ),
            Pickable::IGNORE,
            children![(
                part(theme, |theme| circle(theme, 4.0), |theme| theme.dim),
                Pickable::IGNORE,
            )],
        )],
    )
}

fn part(
    theme: &DrawnTheme,
    node: fn(&DrawnTheme) -> Node,
    color: fn(&DrawnTheme) -> Color,
) -> impl Bundle {
    (
        ThemedNode(node),
        node(theme),
        themed_background(theme, color),
    )
}

fn circle(theme: &DrawnTheme, size: f32) -> Node {
    Node {
        width: theme.length(size),
        height: theme.length(size),
        border_radius: BorderRadius::MAX,
        flex_shrink: 0.0,
        justify_content: JustifyContent::Center,
        align_items: AlignItems::Center,
        ..default()
    }
}

fn update(
    phrases: Res<QuickPhrases>,
    strings: Res<ChatBoxStrings>,
    mut buttons: Query<(&mut Node, &mut AccessibilityNode), With<ChatWheelButton>>,
) {
    let display = if phrases.0.is_empty() {
        Display::None
    } else {
        Display::Flex
    };
    for (mut node, mut accessible) in &mut buttons {
        if node.display != display {
            node.display = display;
        }
        if accessible.label() != Some(strings.talk.phrases.as_str()) {
            accessible.set_label(strings.talk.phrases.as_str());
        }
    }
}
