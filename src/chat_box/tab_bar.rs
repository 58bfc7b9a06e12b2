//! The tab bar: a button for each visible tab, with the number of unread messages.

use std::borrow::Cow;

use accesskit::Role;
use bevy::{
    a11y::AccessibilityNode,
    ecs::system::SystemParam,
    prelude::*,
    ui_widgets::{Activate, observe},
};

use super::{
    active_tab::ActiveTabs,
    box_tabs::ChatBoxTabs,
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    parts::{
        BoxOf, Clickable, FontScale, PartText, UnfadedBackground, UnfadedTextColor, accessible,
        background, has_changed, is_added,
    },
    schedules::BoxSchedule,
    state::ChatBoxState,
    strings::{ChatBoxStrings, fill},
    tab::ChatTab,
    tab_id::ChatTabId,
    tabs::ChatTabs,
    theming::Themes,
    whisper_tabs::CloseWhisperTab,
};

/// The maximum count that is shown. A larger one is shown as this count and a plus sign.
const MAX_COUNT: u64 = 99;
/// The size of the labels.
const FONT_SCALE: f32 = SMALL_FONT_SCALE;

/// The row of tab buttons.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatTabBar;

/// The button of the tab with this id.
#[derive(Component)]
struct TabButton(ChatTabId);

/// The button in the tab of a single user that closes the tab.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatTabCloseButton;

#[derive(Component)]
struct TabLabel;

#[derive(Component)]
struct TabBadge;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<ChatTabs>()
        .register_type::<ChatTabs>()
        .register_type::<ChatTabBar>()
        .register_type::<ChatTabCloseButton>()
        .add_systems(
            BoxSchedule::Update,
            spawn_buttons.run_if(
                resource_changed::<ChatTabs>
                    .or_else(has_changed::<DrawnTheme>)
                    .or_else(has_changed::<ChatBoxTabs>)
                    .or_else(is_added::<ChatTabBar>),
            ),
        )
        .add_systems(BoxSchedule::Draw, draw.run_if(needs_draw));
}

pub(super) fn tab_bar(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatTabBar,
        accessible(Role::TabList),
        Node {
            column_gap: theme.length(3.0),
            flex_wrap: FlexWrap::Wrap,
            margin: UiRect::bottom(theme.length(5.0)),
            ..default()
        },
    )
}

fn spawn_buttons(
    tabs: Res<ChatTabs>,
    boxes: Query<(&ChatBoxTabs, &DrawnTheme)>,
    strings: Res<ChatBoxStrings>,
    bars: Query<(Entity, &ChildOf), With<ChatTabBar>>,
    mut commands: Commands,
) {
    for (bar, child_of) in &bars {
        commands.entity(bar).despawn_children();
        if let Ok((shown, theme)) = boxes.get(child_of.parent()) {
            spawn_buttons_in(bar, &shown.visible(&tabs), theme, &strings, &mut commands);
        }
    }
}

fn spawn_buttons_in(
    bar: Entity,
    tabs: &[&ChatTab],
    theme: &DrawnTheme,
    strings: &ChatBoxStrings,
    commands: &mut Commands,
) {
    for tab in tabs {
        let button = (
            ChildOf(bar),
            TabButton(tab.id.clone()),
            Clickable(true),
            accessible(Role::Tab),
            background(),
            Node {
                align_items: AlignItems::Center,
                padding: UiRect::axes(theme.length(8.0), theme.length(2.0)),
                border_radius: BorderRadius::all(theme.length(5.0)),
                ..default()
            },
            observe(on_activate),
            children![label(theme)],
        );
        let button = commands.spawn(button).id();
        if tab.is_whisper_tab() {
            let close = close_button(theme, strings, tab);
            commands.entity(button).with_child(close);
        }
    }
}

fn label(theme: &DrawnTheme) -> impl Bundle {
    (
        TabLabel,
        Text::default(),
        TextLayout::no_wrap(),
        theme.text_font(FONT_SCALE),
        FontScale(FONT_SCALE),
        UnfadedTextColor(theme.dim),
        Pickable::IGNORE,
    )
}

/// The number of unread messages. Spawned with the first of them.
fn badge(theme: &DrawnTheme, count: &str) -> impl Bundle {
    let background = theme.own_mention;
    let color = theme.legible_on(background, theme.background);
    (
        TabBadge,
        Text::new(count),
        theme.text_font(FONT_SCALE),
        FontScale(FONT_SCALE),
        UnfadedTextColor(color),
        UnfadedBackground(background),
        BackgroundColor(background),
        Node {
            margin: UiRect::left(theme.length(5.0)),
            padding: UiRect::horizontal(theme.length(5.0)),
            border_radius: BorderRadius::MAX,
            ..default()
        },
        Pickable::IGNORE,
    )
}

/// The button that closes the tab of a single user.
fn close_button(theme: &DrawnTheme, strings: &ChatBoxStrings, tab: &ChatTab) -> impl Bundle {
    let mut role = accessible(Role::Button);
    role.set_label(fill(&strings.talk.close_tab, &[("{name}", &tab.label)]));
    let id = tab.id.clone();
    (
        ChatTabCloseButton,
        Clickable(true),
        role,
        Text::new("×"),
        theme.text_font(FONT_SCALE),
        FontScale(FONT_SCALE),
        UnfadedTextColor(theme.dim),
        Node {
            margin: UiRect::left(theme.length(6.0)),
            ..default()
        },
        observe(move |_: On<Activate>, mut commands: Commands| {
            commands.trigger(CloseWhisperTab(id.clone()));
        }),
    )
}

fn on_activate(
    activate: On<Activate>,
    buttons: Query<&TabButton>,
    box_of: BoxOf,
    mut states: Query<&mut ChatBoxState>,
) {
    let chat_box = box_of.get(activate.entity);
    let state = chat_box.and_then(|chat_box| states.get_mut(chat_box).ok());
    if let (Ok(button), Some(mut state)) = (buttons.get(activate.entity), state) {
        state.tab = button.0.clone();
        state.to = None;
    }
}

/// What the buttons are drawn from.
#[derive(SystemParam)]
struct Content<'w, 's> {
    active: ActiveTabs<'w, 's>,
    themes: Themes<'w, 's>,
    strings: Res<'w, ChatBoxStrings>,
}

impl Content<'_, '_> {
    /// The label of a tab. In the streamer mode, users are not named.
    fn label<'a>(&self, tab: &'a ChatTab) -> Cow<'a, str> {
        match tab.whispers_with() {
            Some(uid) if self.active.filter.safety.streamer_mode => self
                .active
                .filter
                .safety
                .pseudonym(uid, &self.strings)
                .into(),
            _ => tab.label.as_str().into(),
        }
    }
}

/// Filters the counts of unread messages.
type IsBadge = (With<TabBadge>, Without<TabLabel>, Without<TabButton>);

/// Highlights the active tab, and shows the number of unread messages of the others.
fn draw(
    content: Content,
    mut buttons: Query<(
        Entity,
        &TabButton,
        &Children,
        &mut UnfadedBackground,
        &mut AccessibilityNode,
    )>,
    mut labels: Query<(&mut Text, &mut UnfadedTextColor), With<TabLabel>>,
    mut badges: Query<PartText, IsBadge>,
    mut commands: Commands,
) {
    let ActiveTabs {
        tabs,
        history,
        filter,
        ..
    } = &content.active;
    for (part, button, children, mut background, mut accessible) in &mut buttons {
        let active = content.active.around(part);
        let (Some(active), Some(tab)) = (active, tabs.get(&button.0)) else {
            continue;
        };
        let theme = content.themes.of(part);
        let is_active = active.tab().is_some_and(|it| it.id == tab.id);
        let unread = if is_active {
            0
        } else {
            filter.unread(tab, history)
        };
        let count = match unread {
            0 => String::new(),
            count if count > MAX_COUNT => format!("{MAX_COUNT}+"),
            count => count.to_string(),
        };
        let name = content.label(tab);
        let label = format!("{name} {count}");
        let label = label.trim_end();
        if accessible.is_selected() != Some(is_active) {
            accessible.set_selected(is_active);
        }
        if accessible.label() != Some(label) {
            accessible.set_label(label);
        }
        let (text_color, background_color) = if is_active {
            (theme.text, theme.raised_background)
        } else if unread > 0 {
            (theme.own_mention, Color::NONE)
        } else {
            (theme.dim, Color::NONE)
        };
        let mut has_badge = false;
        for child in children {
            if let Ok((mut text, mut color)) = labels.get_mut(*child) {
                if text.0 != name {
                    text.0 = name.to_string();
                }
                color.set_if_neq(UnfadedTextColor(text_color));
            } else if let Ok(mut badge) = badges.get_mut(*child) {
                badge.set(&count);
                has_badge = true;
            }
        }
        if !has_badge && !count.is_empty() {
            let badge = commands.spawn(badge(theme, &count)).id();
            commands.entity(part).insert_children(1, &[badge]);
        }
        background.set_if_neq(UnfadedBackground(background_color));
    }
}

/// A run condition: the buttons may be out of date.
fn needs_draw(content: Content, spawned: Query<(), Added<TabButton>>) -> bool {
    content.active.is_changed()
        || content.themes.is_changed()
        || content.strings.is_changed()
        || !spawned.is_empty()
}
