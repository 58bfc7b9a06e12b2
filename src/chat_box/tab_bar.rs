//! The tabs, and how many messages in them are unread.

use bevy::{
    a11y::AccessibilityNode,
    picking::events::{Click, Pointer},
    prelude::*,
};

use super::{
    announcer,
    chat_box_state::ChatBoxState,
    chat_box_theme::ChatBoxTheme,
    chat_tabs::ChatTabs,
    look::{Fill, Ink},
    spawn::{Parts, words},
};
use crate::plugin::ChatHistory;

/// More unread messages are not counted.
const MAX_COUNT: u64 = 99;

/// The button of a tab.
#[derive(Component)]
pub(super) struct TabButton(&'static str);

/// Spawns a button for each tab that is there.
pub(super) fn build(
    tabs: Res<ChatTabs>,
    theme: Res<ChatBoxTheme>,
    parts: Single<&Parts>,
    mut commands: Commands,
) {
    let theme = theme.seen();
    commands.entity(parts.tabs).despawn_children();
    for tab in tabs.iter().filter(|tab| tab.is_there()) {
        commands
            .spawn((
                ChildOf(parts.tabs),
                TabButton(tab.id),
                announcer::tab_node(),
                words(&theme, 0.87, theme.dim),
                Node {
                    padding: UiRect::axes(theme.length(8.0), theme.length(2.0)),
                    border_radius: BorderRadius::all(theme.length(5.0)),
                    ..default()
                },
                Fill(Color::NONE),
                BackgroundColor(Color::NONE),
            ))
            .observe(on_click);
    }
}

fn on_click(
    mut click: On<Pointer<Click>>,
    buttons: Query<&TabButton>,
    mut state: ResMut<ChatBoxState>,
) {
    if let Ok(button) = buttons.get(click.entity) {
        click.propagate(false);
        state.tab = button.0;
        state.to = None;
    }
}

/// Says which tab is active, and what is unread in the others.
pub(super) fn show(
    tabs: Res<ChatTabs>,
    state: Res<ChatBoxState>,
    theme: Res<ChatBoxTheme>,
    history: Res<ChatHistory>,
    mut buttons: Query<(
        &TabButton,
        &mut Text,
        &mut Ink,
        &mut Fill,
        &mut AccessibilityNode,
    )>,
) {
    let theme = theme.seen();
    let active = tabs.shown(state.tab).map(|tab| tab.id);
    for (button, mut text, mut ink, mut fill, mut spoken) in &mut buttons {
        let Some(tab) = tabs.get(button.0) else {
            continue;
        };
        let is_active = active == Some(tab.id);
        let unread = match is_active {
            true => 0,
            false => tab.unread(&history),
        };
        let label = match unread {
            0 => tab.label.clone(),
            count if count > MAX_COUNT => format!("{} {MAX_COUNT}+", tab.label),
            count => format!("{} {count}", tab.label),
        };
        if spoken.is_selected() != Some(is_active) {
            spoken.set_selected(is_active);
        }
        if text.0 != label {
            spoken.set_label(label.as_str());
            text.0 = label;
        }
        let (color, background) = match (is_active, unread) {
            (true, _) => (theme.text, theme.text.with_alpha(0.14)),
            (false, 0) => (theme.dim, Color::NONE),
            (false, _) => (theme.own_mention, Color::NONE),
        };
        ink.set_if_neq(Ink(color));
        fill.set_if_neq(Fill(background));
    }
}

/// A run condition: the tabs may be out of date.
pub(super) fn is_out_of_date(
    tabs: Res<ChatTabs>,
    state: Res<ChatBoxState>,
    theme: Res<ChatBoxTheme>,
    history: Res<ChatHistory>,
    new: Query<(), Added<TabButton>>,
) -> bool {
    tabs.is_changed()
        || state.is_changed()
        || theme.is_changed()
        || history.is_changed()
        || !new.is_empty()
}
