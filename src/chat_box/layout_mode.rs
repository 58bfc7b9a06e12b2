//! The layout mode: the player drags the box, changes its size at the corners, and the rest with buttons.

mod controls;
mod drag;
mod keys;
mod small_button;
mod tab_handles;
mod tab_moves;

use accesskit::Role;
use bevy::{
    ecs::system::SystemParam,
    input_focus::tab_navigation::TabGroup,
    picking::{PickingSystems, backend::PointerHits},
    prelude::*,
};

pub use self::tab_handles::ChatTabHandle;
use self::{
    controls::reset,
    drag::HANDLE,
    tab_moves::{MoveTab, ReturnAllTabs, ReturnTab, TabPlace},
};
use super::{
    box_tabs::ChatBoxTabs,
    built_in_commands::first_word,
    commands::{AddChatCommand, ChatCommandCall},
    drawn_theme::DrawnTheme,
    main_box::MainBox,
    notes::ChatNotes,
    parts::{BoxOf, ChatBox, accessible, background, is_added},
    player_layout::{ChatLayout, DraftArea},
    saved_boxes::PlayerChatBox,
    schedules::BoxSchedule,
    state::{ChatBoxModes, ChatBoxState},
    strings::{ChatBoxStrings, LayoutStrings, fill},
    tab_id::ChatTabId,
    tabs::ChatTabs,
};

/// The part over the box in the layout mode. The player drags it.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatLayoutOverlay;

pub(super) fn plugin(app: &mut App) {
    app.add_plugins((
        controls::plugin,
        drag::plugin,
        keys::plugin,
        tab_handles::plugin,
        tab_moves::plugin,
    ))
        .register_type::<ChatLayoutOverlay>()
        .add_chat_command(
            "layout",
            "/layout: move and change the chat boxes, /layout reset: as they were, /layout out TAB: give a tab a box of its own, /layout back TAB: back into the first box",
            run_command,
        )
        .add_systems(
            PreUpdate,
            let_clicks_through
                .after(PickingSystems::Backend)
                .before(PickingSystems::Hover)
                .run_if(is_click_through),
        )
        .add_systems(
            BoxSchedule::Prepare,
            sync.run_if(resource_changed::<ChatBoxModes>.or_else(is_added::<ChatBox>)),
        );
}

/// The boxes and tabs that the command is about.
#[derive(SystemParam)]
struct Layouts<'w, 's> {
    main: MainBox<'w, 's>,
    states: Query<'w, 's, &'static ChatBoxState>,
    boxes: Query<'w, 's, (Entity, &'static ChatBoxTabs, Has<PlayerChatBox>)>,
    layouts: Query<'w, 's, (&'static mut ChatLayout, &'static mut DraftArea)>,
    tabs: Res<'w, ChatTabs>,
}

impl Layouts<'_, '_> {
    /// The tab that the player names, or the active one of the main box without a name.
    fn tab(&self, main: Entity, name: &str) -> Option<ChatTabId> {
        if name.is_empty() {
            return self.states.get(main).ok().map(|state| state.tab.clone());
        }
        self.tabs.named(name).map(|tab| tab.id.clone())
    }

    /// The box out of which a tab is moved: the main box, or another one that shows the tab beside others.
    fn box_to_leave(&self, main: Entity, tab: &ChatTabId) -> Option<Entity> {
        let leaves = |(_, shown, _): &(Entity, &ChatBoxTabs, bool)| {
            let visible = shown.visible(&self.tabs);
            visible.len() > 1 && visible.iter().any(|it| it.id == *tab)
        };
        let boxes = self.boxes.iter().filter(leaves).map(|it| it.0);
        boxes.min_by_key(|chat_box| *chat_box != main)
    }

    /// Whether a tab is in a box of the player's own.
    fn is_out(&self, tab: &ChatTabId) -> bool {
        let mut boxes = self.boxes.iter();
        boxes.any(|(_, shown, is_players)| is_players && shown.contains(tab))
    }

    /// Moves a tab out of a box or back. Returns why it can't.
    fn move_tab<'a>(
        &self,
        word: &str,
        name: &str,
        strings: &'a LayoutStrings,
        commands: &mut Commands,
    ) -> Result<(), &'a str> {
        let Some(main) = self.main.get() else {
            return Ok(());
        };
        let tab = self.tab(main, name).ok_or(&*strings.no_such_tab)?;
        if word == "back" {
            if !self.is_out(&tab) {
                return Err(&strings.not_out);
            }
            commands.trigger(ReturnTab(tab));
        } else {
            let from = self.box_to_leave(main, &tab).ok_or(&*strings.already_out)?;
            let to = TabPlace::NewBox(None);
            commands.trigger(MoveTab { tab, from, to });
        }
        Ok(())
    }
}

fn run_command(
    call: In<ChatCommandCall>,
    mut layouts: Layouts,
    mut modes: ResMut<ChatBoxModes>,
    mut notes: ResMut<ChatNotes>,
    strings: Res<ChatBoxStrings>,
    mut commands: Commands,
) {
    let (word, name) = first_word(&call.arguments);
    match word.to_lowercase().as_str() {
        "reset" => {
            for (mut layout, mut draft) in &mut layouts.layouts {
                reset(&mut layout, &mut draft);
            }
            commands.trigger(ReturnAllTabs);
        }
        word @ ("out" | "back") => {
            if let Err(reason) = layouts.move_tab(word, name, &strings.layout, &mut commands) {
                notes.push(fill(&strings.command_failed, &[("{text}", reason)]));
            }
        }
        _ => modes.is_layout_mode = !modes.is_layout_mode,
    }
}

/// The boxes that take no clicks.
#[derive(SystemParam)]
struct ClickThrough<'w, 's> {
    boxes: Query<'w, 's, (Entity, &'static ChatLayout, &'static ChatBoxState)>,
    modes: Res<'w, ChatBoxModes>,
}

impl ClickThrough<'_, '_> {
    fn contains(&self, chat_box: Entity) -> bool {
        let is_used = self.modes.is_layout_mode || self.modes.is_menu_open;
        let found = self.boxes.get(chat_box);
        !is_used && found.is_ok_and(|(_, layout, state)| layout.is_click_through && !state.is_open)
    }
}

/// A run condition.
fn is_click_through(boxes: ClickThrough) -> bool {
    let mut all = boxes.boxes.iter();
    all.any(|(chat_box, ..)| boxes.contains(chat_box))
}

/// Removes boxes from what is under the pointers.
fn let_clicks_through(mut hits: MessageMutator<PointerHits>, boxes: ClickThrough, box_of: BoxOf) {
    for hit in hits.read() {
        hit.picks.retain(|(entity, _)| {
            let chat_box = box_of.get(*entity);
            chat_box.is_none_or(|chat_box| !boxes.contains(chat_box))
        });
    }
}

/// Spawns and despawns the overlays.
fn sync(
    modes: Res<ChatBoxModes>,
    mut boxes: Query<(Entity, &DrawnTheme, &mut DraftArea, &Children)>,
    overlays: Query<Entity, With<ChatLayoutOverlay>>,
    mut commands: Commands,
) {
    if !modes.is_layout_mode {
        for (.., mut draft, _) in &mut boxes {
            draft.set_if_neq(DraftArea::default());
        }
        for overlay in &overlays {
            commands.entity(overlay).despawn();
        }
        return;
    }
    for (chat_box, theme, _, children) in &boxes {
        if !children.iter().any(|child| overlays.contains(child)) {
            spawn(&mut commands, chat_box, theme);
        }
    }
}

fn spawn(commands: &mut Commands, chat_box: Entity, theme: &DrawnTheme) {
    let overlay = (
        ChildOf(chat_box),
        ChatLayoutOverlay,
        TabGroup::default(),
        accessible(Role::Group),
        Node {
            position_type: PositionType::Absolute,
            left: Val::ZERO,
            right: Val::ZERO,
            top: Val::ZERO,
            bottom: Val::ZERO,
            flex_direction: FlexDirection::Column,
            align_items: AlignItems::FlexStart,
            row_gap: theme.length(4.0),
            padding: UiRect::all(theme.length(HANDLE + 2.0)),
            overflow: Overflow::clip(),
            ..default()
        },
        ZIndex(5),
        background(),
    );
    let overlay = commands.spawn(overlay).id();
    tab_handles::spawn(commands, overlay, theme);
    controls::spawn(commands, overlay, theme);
    drag::spawn(commands, overlay, theme);
}
