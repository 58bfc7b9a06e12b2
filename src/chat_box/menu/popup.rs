//! The nodes of the menu: a title, and entries, at a place in the window.

use accesskit::Role;
use bevy::{
    ecs::system::SystemParam,
    input::keyboard::{Key, KeyboardInput},
    input_focus::{
        FocusCause, FocusedInput, InputFocus,
        tab_navigation::{NavAction, TabIndex, TabNavigation},
    },
    picking::events::{Move, Pointer, Press},
    prelude::*,
    ui::UiScale,
    ui_widgets::{
        Activate, MenuAction, MenuEvent, MenuFocusState, MenuItem, MenuPopup, observe,
        popover::{Popover, PopoverAlign, PopoverPlacement, PopoverSide},
    },
};

use super::{
    name_actions::{NameActionCall, NameActions},
    opening::{MenuStep, OpenNameMenu},
};
use crate::{
    chat_box::{
        drawn_theme::{CommonTheme, DrawnTheme, SMALL_FONT_SCALE},
        input::Inputs,
        modifiers::Modifiers,
        parts::{
            FontScale, ThemedTextColor, UnfadedBackground, UnfadedTextColor, accessible,
            background, themed_background,
        },
        safety::{ChatSafety, Muted},
        schedules::BoxSchedule,
        state::{ChatBoxModes, ChatBoxState, UserLeft},
        strings::ChatBoxStrings,
    },
    text::isolate,
};

/// The order of the menu among the other UI of the game.
const Z_INDEX: i32 = 12;
/// The distance between the menu and the edges of the window, in logical pixels.
const MARGIN: f32 = 4.0;
/// The height of a line that a menu belongs to, in theme pixels.
const LINE: f32 = 22.0;
/// The width of the menu, in theme pixels.
const WIDTH: f32 = 320.0;

/// An open menu: a node over the whole window. A press beside the menu closes it.
#[derive(Component)]
pub(super) struct Menu;

/// The name that the menu is on.
#[derive(Component)]
pub(super) struct MenuOf(pub(super) OpenNameMenu);

pub(super) fn plugin(app: &mut App) {
    app.add_observer(open)
        .add_observer(on_opened)
        .add_observer(on_closed)
        .add_observer(on_menu_event)
        .add_observer(|_: On<UserLeft>, mut parts: PopupParts| parts.close())
        .add_systems(
            BoxSchedule::Draw,
            draw_focus.run_if(any_with_component::<Menu>),
        );
}

fn open(
    menu: On<OpenNameMenu>,
    actions: Res<NameActions>,
    muted: Res<Muted>,
    safety: Res<ChatSafety>,
    strings: Res<ChatBoxStrings>,
    mut parts: PopupParts,
) {
    let call = NameActionCall::new(menu.user.clone(), menu.message);
    let name = isolate(&safety.name_of(&menu.user, &strings)).into_owned();
    let popup = parts.open(menu.at, &name);
    let mut first = None;
    for action in actions.of(&menu.user.uid, &muted) {
        let (system, call) = (action.system, call.clone());
        let item = parts.add_item(popup, action.label(&strings), move |commands| {
            commands.run_system_with(system, call.clone());
        });
        first.get_or_insert(item);
    }
    parts.focus(first.unwrap_or(popup));
    parts.commands.entity(popup).insert(MenuOf(menu.clone()));
}

/// Spawns menus.
#[derive(SystemParam)]
pub(super) struct PopupParts<'w, 's> {
    pub(super) theme: Res<'w, CommonTheme>,
    scale: Res<'w, UiScale>,
    menus: Query<'w, 's, Entity, With<Menu>>,
    focus: ResMut<'w, InputFocus>,
    pub(super) commands: Commands<'w, 's>,
}

impl PopupParts<'_, '_> {
    /// Closes the open menu, and opens another one, without entries, at a place in the window.
    pub(super) fn open(&mut self, at: Vec2, title: &str) -> Entity {
        self.close();
        let theme = &**self.theme;
        let at = at / self.scale.0;
        let cover = Node {
            position_type: PositionType::Absolute,
            width: Val::Percent(100.0),
            height: Val::Percent(100.0),
            ..default()
        };
        // A menu that opens upwards does not cover the clicked line.
        let line = theme.length(LINE);
        let anchor = Node {
            position_type: PositionType::Absolute,
            left: Val::Px(at.x),
            top: Val::Px(at.y),
            height: line,
            margin: UiRect::top(-line),
            ..default()
        };
        let menu = (Menu, cover, GlobalZIndex(Z_INDEX), observe(close_on_press));
        let menu = self.commands.spawn(menu).id();
        let anchor = self.commands.spawn((ChildOf(menu), anchor)).id();
        let placements = [
            (PopoverSide::Bottom, PopoverAlign::Start),
            (PopoverSide::Top, PopoverAlign::Start),
            (PopoverSide::Bottom, PopoverAlign::End),
            (PopoverSide::Top, PopoverAlign::End),
        ];
        let positions = placements.map(|(side, align)| PopoverPlacement {
            side,
            align,
            gap: 0.0,
        });
        let mut role = accessible(Role::Menu);
        role.set_label(title);
        let popup = self.commands.spawn((
            ChildOf(anchor),
            MenuPopup::default(),
            MenuFocusState::Open,
            role,
            Popover {
                positions: positions.into(),
                window_margin: MARGIN,
            },
            Node {
                position_type: PositionType::Absolute,
                flex_direction: FlexDirection::Column,
                // With its own width, the menu would be as high as if its texts wrapped after each word.
                width: theme.length(WIDTH),
                padding: UiRect::all(theme.length(4.0)),
                border: UiRect::all(theme.length(1.0)),
                border_radius: BorderRadius::all(theme.length(6.0)),
                ..default()
            },
            BorderColor::all(theme.dim),
            themed_background(theme, |theme| theme.background.with_alpha(1.0)),
            // A press in it does not close it.
            observe(|mut press: On<Pointer<Press>>| press.propagate(false)),
            observe(on_key),
        ));
        let popup = popup.id();
        self.add_text(popup, title);
        popup
    }

    /// Adds a line of text that is no entry.
    pub(super) fn add_text(&mut self, popup: Entity, text: &str) {
        self.commands.spawn((
            ChildOf(popup),
            Text::new(text),
            self.theme.text_font(SMALL_FONT_SCALE),
            FontScale(SMALL_FONT_SCALE),
            ThemedTextColor(|theme| theme.dim),
            UnfadedTextColor(self.theme.dim),
            item_node(&self.theme),
        ));
    }

    /// Adds a row for entries that are next to each other.
    pub(super) fn add_row(&mut self, popup: Entity) -> Entity {
        self.commands.spawn((ChildOf(popup), Node::default())).id()
    }

    /// Adds an entry, which closes the menu and runs `action`.
    pub(super) fn add_item(
        &mut self,
        popup: Entity,
        label: &str,
        action: impl Fn(&mut Commands) + Send + Sync + 'static,
    ) -> Entity {
        let mut role = accessible(Role::MenuItem);
        role.set_label(label);
        let item = self.commands.spawn((
            ChildOf(popup),
            MenuItem,
            TabIndex(0),
            role,
            Text::new(label),
            self.theme.text_font(1.0),
            FontScale(1.0),
            UnfadedTextColor(self.theme.text),
            background(),
            item_node(&self.theme),
            observe(move |_: On<Activate>, mut commands: Commands| action(&mut commands)),
            // A menu that opens under the pointer keeps its focus until the pointer moves.
            observe(|moved: On<Pointer<Move>>, mut focus: ResMut<InputFocus>| {
                if focus.get() != Some(moved.entity) {
                    focus.set(moved.entity, FocusCause::Navigated);
                }
            }),
        ));
        item.id()
    }

    /// Gives the keys to a part of the menu.
    pub(super) fn focus(&mut self, part: Entity) {
        self.focus.set(part, FocusCause::Navigated);
    }

    pub(super) fn close(&mut self) {
        for menu in &self.menus {
            self.commands.entity(menu).try_despawn();
        }
    }
}

fn item_node(theme: &DrawnTheme) -> Node {
    Node {
        padding: UiRect::axes(theme.length(8.0), theme.length(3.0)),
        border_radius: BorderRadius::all(theme.length(4.0)),
        ..default()
    }
}

fn close_on_press(mut press: On<Pointer<Press>>, mut parts: PopupParts) {
    press.propagate(false);
    parts.close();
}

/// Closes the menu when Bevy's menu asks for it: an entry was chosen, Escape was pressed, or the focus is elsewhere.
fn on_menu_event(event: On<MenuEvent>, menus: Query<(), With<Menu>>, mut commands: Commands) {
    if matches!(event.action, MenuAction::CloseAll) && menus.contains(event.source) {
        commands.entity(event.source).try_despawn();
    }
}

/// Handles the keys that Bevy's menu does not, and keeps all keys from the game.
fn on_key(
    mut typed: On<FocusedInput<KeyboardInput>>,
    navigation: TabNavigation,
    modifiers: Res<Modifiers>,
    mut focus: ResMut<InputFocus>,
    mut commands: Commands,
) {
    typed.propagate(false);
    if typed.input.state.is_pressed() && typed.input.key_code == KeyCode::Tab {
        let is_back = modifiers.held.contains(&Key::Shift);
        move_focus(is_back, &navigation, &mut focus);
    } else if typed.input.state.is_pressed() {
        let step = match typed.input.key_code {
            KeyCode::ArrowLeft => 1,
            KeyCode::ArrowRight => -1,
            _ => return,
        };
        commands.trigger(MenuStep(step));
    }
}

/// Moves the focus to the next entry, or the one before.
pub(super) fn move_focus(is_back: bool, navigation: &TabNavigation, focus: &mut InputFocus) {
    let action = if is_back {
        NavAction::Previous
    } else {
        NavAction::Next
    };
    if let Ok(next) = navigation.navigate(focus, action) {
        focus.set(next, FocusCause::Navigated);
    }
}

fn on_opened(_: On<Add, Menu>, mut modes: ResMut<ChatBoxModes>) {
    modes.is_menu_open = true;
}

/// Gives the keys back to the input or the game.
fn on_closed(
    menu: On<Remove, Menu>,
    parents: Query<&ChildOf>,
    inputs: Inputs,
    boxes: Query<(Entity, &ChatBoxState)>,
    mut focus: ResMut<InputFocus>,
    mut modes: ResMut<ChatBoxModes>,
) {
    modes.is_menu_open = false;
    let is_ours = focus.get().is_none_or(|focused| {
        let mut ancestors = parents.iter_ancestors(focused);
        ancestors.any(|ancestor| ancestor == menu.entity)
    });
    if !is_ours {
        return;
    }
    let open = boxes.iter().find(|(_, state)| state.is_open);
    match open.and_then(|(chat_box, _)| inputs.of(chat_box)) {
        Some(input) => focus.set(input, FocusCause::Navigated),
        _ => focus.clear(),
    }
}

/// Highlights the entry that has the focus.
fn draw_focus(
    theme: Res<CommonTheme>,
    focus: Res<InputFocus>,
    mut items: Query<(Entity, &mut UnfadedBackground, &mut UnfadedTextColor), With<MenuItem>>,
) {
    for (item, mut background, mut color) in &mut items {
        let (background_color, text_color) = if focus.get() == Some(item) {
            (
                theme.accent,
                theme.legible_on(theme.accent, theme.background),
            )
        } else {
            (Color::NONE, theme.text)
        };
        background.set_if_neq(UnfadedBackground(background_color));
        color.set_if_neq(UnfadedTextColor(text_color));
    }
}
