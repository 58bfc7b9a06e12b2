//! Tabs move out of a box into another one, or into a new one.

use bevy::prelude::*;

use crate::chat_box::{
    box_tabs::ChatBoxTabs,
    drawn_theme::DrawnTheme,
    parts::{ChatBox, ChatBoxReadOnly},
    player_layout::ChatLayout,
    saved_boxes::{GivenTabs, PlayerChatBox},
    state::ChatBoxState,
    tab_id::ChatTabId,
    tabs::ChatTabs,
    theme::{ChatBoxCorner, OwnChatTheme},
};

/// The size of a new box, as factors of the size of the window.
const NEW_SIZE: Vec2 = Vec2::new(0.34, 0.3);

/// Moves a tab out of a box.
#[derive(Event)]
pub(super) struct MoveTab {
    pub(super) tab: ChatTabId,
    pub(super) from: Entity,
    pub(super) to: TabPlace,
}

/// Where a tab is moved to.
#[derive(Clone, Copy)]
pub(super) enum TabPlace {
    Box(Entity),
    /// A new box, whose upper left corner is here, in logical pixels, or in the middle of the window.
    NewBox(Option<Vec2>),
}

/// Moves a tab that has a box of its own back into a box of the game.
#[derive(Event)]
pub(super) struct ReturnTab(pub(super) ChatTabId);

/// Moves all tabs back into the boxes of the game.
#[derive(Event)]
pub(super) struct ReturnAllTabs;

/// The components of a box that a move of a tab changes.
type BoxParts = (
    Entity,
    &'static mut ChatBoxTabs,
    Option<&'static GivenTabs>,
    Has<PlayerChatBox>,
);

pub(super) fn plugin(app: &mut App) {
    app.add_observer(on_move)
        .add_observer(on_return)
        .add_observer(on_return_all);
}

fn on_move(
    moved: On<MoveTab>,
    tabs: Res<ChatTabs>,
    mut boxes: Query<BoxParts, With<ChatBox>>,
    mut states: Query<&mut ChatBoxState>,
    looks: Query<(&DrawnTheme, Option<&OwnChatTheme>, Has<ChatBoxReadOnly>)>,
    mut commands: Commands,
) {
    let MoveTab { tab, from, to } = &*moved;
    let Ok((_, mut shown, given, is_players)) = boxes.get_mut(*from) else {
        return;
    };
    let visible = shown.visible(&tabs);
    let is_shown = visible.iter().any(|it| it.id == *tab);
    let is_alone = visible.len() < 2;
    let is_moved_within = matches!(to, TabPlace::Box(to) if to == from);
    // A box that has only this tab is moved itself.
    let is_whole_box = is_alone && matches!(to, TabPlace::NewBox(_));
    if !is_shown || is_moved_within || is_whole_box {
        return;
    }
    remember_given(*from, &shown, given, is_players, &mut commands);
    shown.remove(tab.clone());
    if is_alone && is_players {
        commands.entity(*from).despawn();
    }
    match to {
        TabPlace::Box(to) => {
            let Ok((_, mut shown, given, is_players)) = boxes.get_mut(*to) else {
                return;
            };
            remember_given(*to, &shown, given, is_players, &mut commands);
            shown.add(tab.clone());
            if let Ok(mut state) = states.get_mut(*to) {
                state.tab = tab.clone();
            }
        }
        TabPlace::NewBox(at) => {
            if let Ok((theme, own, is_read_only)) = looks.get(*from) {
                let new = spawn_box(tab, *at, theme, own, &mut commands);
                if is_read_only {
                    commands.entity(new).insert(ChatBoxReadOnly);
                }
            }
        }
    }
}

/// Remembers the tabs that the game has given a box, before the player changes them.
fn remember_given(
    chat_box: Entity,
    shown: &ChatBoxTabs,
    given: Option<&GivenTabs>,
    is_players: bool,
    commands: &mut Commands,
) {
    if given.is_none() && !is_players {
        commands.entity(chat_box).insert(GivenTabs(shown.clone()));
    }
}

fn spawn_box(
    tab: &ChatTabId,
    at: Option<Vec2>,
    theme: &DrawnTheme,
    own: Option<&OwnChatTheme>,
    commands: &mut Commands,
) -> Entity {
    let window = theme.window;
    let size = window * NEW_SIZE;
    let corner = at.unwrap_or((window - size) / 2.0);
    let mut layout = ChatLayout::default();
    layout.set_area(window, Rect::from_corners(corner, corner + size));
    let name = Name::new(format!("tab {tab}"));
    let state = ChatBoxState {
        tab: tab.clone(),
        ..default()
    };
    let tabs = ChatBoxTabs::only([tab.clone()]);
    let mut new = commands.spawn_empty();
    // Its place is the player's, not the layout of the game.
    let own = own.cloned().or_else(|| {
        let is_in_parent = theme.corner == ChatBoxCorner::InParent;
        is_in_parent.then(|| OwnChatTheme((**theme).clone()))
    });
    if let Some(mut own) = own {
        if own.corner == ChatBoxCorner::InParent {
            own.corner = ChatBoxCorner::default();
        }
        new.insert(own);
    }
    new.insert((ChatBox, PlayerChatBox, name, state, tabs, layout));
    new.id()
}

fn on_return(
    returned: On<ReturnTab>,
    boxes: Query<(Entity, &ChatBoxTabs, Has<PlayerChatBox>), With<ChatBox>>,
    mut commands: Commands,
) {
    let tab = &returned.0;
    let shows = |it: &&(Entity, &ChatBoxTabs, bool)| it.2 && it.1.contains(tab);
    let all: Vec<_> = boxes.iter().collect();
    let from = all.iter().find(shows);
    // The box that the tab was taken from comes first.
    let mut games = all.iter().filter(|(.., is_players)| !is_players);
    if let (Some((from, ..)), Some((to, ..))) = (from, games.next()) {
        commands.trigger(MoveTab {
            tab: tab.clone(),
            from: *from,
            to: TabPlace::Box(*to),
        });
    }
}

fn on_return_all(
    _: On<ReturnAllTabs>,
    mut boxes: Query<BoxParts, With<ChatBox>>,
    mut commands: Commands,
) {
    for (chat_box, mut shown, given, is_players) in &mut boxes {
        if is_players {
            commands.entity(chat_box).despawn();
        } else if let Some(given) = given {
            shown.clone_from(&given.0);
            commands.entity(chat_box).remove::<GivenTabs>();
        }
    }
}
