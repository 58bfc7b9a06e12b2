//! The layout mode: the player drags the box, changes its size at the corners, and the rest with buttons.

use std::time::Duration;

use accesskit::Role;
use bevy::{
    a11y::AccessibilityNode,
    ecs::system::SystemParam,
    input::InputSystems,
    input_focus::{
        InputFocusSystems,
        tab_navigation::{TabGroup, TabIndex},
    },
    picking::{
        PickingSystems,
        backend::PointerHits,
        events::{Drag, DragEnd, DragStart, Pointer},
        hover::Hovered,
        pointer::PointerButton,
    },
    prelude::*,
    ui::UiScale,
    ui_widgets::{Activate, Button, observe},
};

use super::{
    commands::{AddChatCommand, ChatCommandCall},
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    messages::ChatLog,
    parts::{
        ChatBox, ChatBoxSystems, Clickable, FontScale, UnfadedBackground, UnfadedTextColor,
        accessible, background,
    },
    player_layout::{ChatFade, ChatLayout, DraftArea, fit},
    state::ChatBoxState,
    strings::{ChatBoxStrings, LayoutStrings, fill},
    theme::{ChatBoxCorner, ChatBoxTheme},
};

/// The size of the corners at which the box is resized, in theme pixels.
const HANDLE: f32 = 14.0;
/// The corners: -1 is left or top, 1 is right or bottom.
const CORNERS: [Vec2; 4] = [
    Vec2::NEG_ONE,
    Vec2::new(1.0, -1.0),
    Vec2::new(-1.0, 1.0),
    Vec2::ONE,
];
/// The steps of the factors and the opacity.
const STEP: f32 = 0.1;
/// The times after which the box fades that the player can choose, in seconds. After the last one, it never fades.
const FADES: [u64; 7] = [3, 6, 12, 20, 40, 90, 300];

/// The part over the box in the layout mode. The player drags it.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatLayoutOverlay;

/// A corner at which the box is resized.
#[derive(Component, Clone, Copy)]
struct Handle(Vec2);

/// A text in the overlay, which follows the layout.
#[derive(Component, Clone, Copy)]
struct ControlText(fn(&Settings) -> String);

/// The area when the drag began.
#[derive(Resource, Default)]
struct DragOrigin(Option<Rect>);

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<DragOrigin>()
        .register_type::<ChatLayoutOverlay>()
        .add_chat_command(
            "layout",
            "/layout: move and change the chat box, /layout reset: as it was",
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
            PreUpdate,
            end_on_escape
                .after(InputSystems)
                .before(InputFocusSystems::Dispatch)
                .run_if(is_active),
        )
        .add_systems(
            PostUpdate,
            (
                sync.before(ChatBoxSystems::Update)
                    .run_if(resource_changed::<ChatBoxState>),
                draw.in_set(ChatBoxSystems::Draw)
                    .run_if(any_with_component::<ChatLayoutOverlay>),
            ),
        );
}

fn run_command(
    call: In<ChatCommandCall>,
    mut state: ResMut<ChatBoxState>,
    mut layout: ResMut<ChatLayout>,
    mut draft: ResMut<DraftArea>,
) {
    if call.arguments.eq_ignore_ascii_case("reset") {
        reset(&mut layout, &mut draft);
    } else {
        state.is_layout_mode = !state.is_layout_mode;
    }
}

fn reset(layout: &mut ChatLayout, draft: &mut DraftArea) {
    *layout = ChatLayout::default();
    draft.0 = None;
}

/// A run condition: the keys are not for the input or a menu.
fn is_active(state: Res<ChatBoxState>) -> bool {
    state.is_layout_mode && !state.is_open && !state.is_menu_open
}

/// Ends the layout mode. The game does not see the key.
fn end_on_escape(mut keys: ResMut<ButtonInput<KeyCode>>, mut state: ResMut<ChatBoxState>) {
    if keys.clear_just_pressed(KeyCode::Escape) {
        keys.reset(KeyCode::Escape);
        state.is_layout_mode = false;
    }
}

/// A run condition.
fn is_click_through(layout: Res<ChatLayout>, state: Res<ChatBoxState>) -> bool {
    let is_used = state.is_open || state.is_layout_mode || state.is_menu_open;
    layout.is_click_through && !is_used
}

/// Removes the box from what is under the pointers.
fn let_clicks_through(
    mut hits: MessageMutator<PointerHits>,
    boxes: Query<(), With<ChatBox>>,
    parents: Query<&ChildOf>,
) {
    for hit in hits.read() {
        hit.picks.retain(|(entity, _)| {
            let mut ancestors = parents.iter_ancestors(*entity);
            !boxes.contains(*entity) && !ancestors.any(|ancestor| boxes.contains(ancestor))
        });
    }
}

/// Spawns and despawns the overlay.
fn sync(
    state: Res<ChatBoxState>,
    theme: Res<DrawnTheme>,
    boxes: Query<Entity, (With<ChatBox>, With<Children>)>,
    overlays: Query<Entity, With<ChatLayoutOverlay>>,
    mut draft: ResMut<DraftArea>,
    mut commands: Commands,
) {
    if !state.is_layout_mode {
        draft.set_if_neq(DraftArea::default());
        for overlay in &overlays {
            commands.entity(overlay).despawn();
        }
    } else if overlays.is_empty() {
        for chat_box in &boxes {
            spawn(&mut commands, chat_box, &theme);
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
            align_items: AlignItems::FlexStart,
            padding: UiRect::all(theme.length(HANDLE + 2.0)),
            overflow: Overflow::clip(),
            ..default()
        },
        ZIndex(5),
        background(),
        observe(on_drag_start),
        observe(on_drag),
        observe(on_drag_end),
    );
    let overlay = commands.spawn(overlay).id();
    let color = theme.background.with_alpha(1.0);
    let controls = (
        ChildOf(overlay),
        Node {
            flex_wrap: FlexWrap::Wrap,
            align_items: AlignItems::Center,
            column_gap: theme.length(4.0),
            row_gap: theme.length(4.0),
            padding: UiRect::all(theme.length(6.0)),
            border: UiRect::all(theme.length(1.0)),
            border_radius: BorderRadius::all(theme.length(6.0)),
            ..default()
        },
        BorderColor::all(theme.dim),
        UnfadedBackground(color),
        BackgroundColor(color),
    );
    let controls = commands.spawn(controls).id();
    for (text, change) in STEPPERS {
        button(commands, controls, theme, minus, move |it| change(it, -1.0));
        label(commands, controls, theme, text);
        button(commands, controls, theme, plus, move |it| change(it, 1.0));
    }
    for (text, change) in BUTTONS {
        button(commands, controls, theme, text, change);
    }
    for corner in CORNERS {
        let at = |is_here| if is_here { Val::ZERO } else { Val::Auto };
        let handle = Node {
            position_type: PositionType::Absolute,
            left: at(corner.x < 0.0),
            right: at(corner.x > 0.0),
            top: at(corner.y < 0.0),
            bottom: at(corner.y > 0.0),
            width: theme.length(HANDLE),
            height: theme.length(HANDLE),
            border_radius: BorderRadius::all(theme.length(4.0)),
            ..default()
        };
        let color = UnfadedBackground(theme.accent);
        let parts = (Handle(corner), handle, color, BackgroundColor(theme.accent));
        commands.spawn((ChildOf(overlay), parts));
    }
}

fn label(
    commands: &mut Commands,
    controls: Entity,
    theme: &DrawnTheme,
    text: fn(&Settings) -> String,
) {
    commands.spawn((
        ChildOf(controls),
        ControlText(text),
        Text::default(),
        theme.text_font(SMALL_FONT_SCALE),
        FontScale(SMALL_FONT_SCALE),
        UnfadedTextColor(theme.text),
        Pickable::IGNORE,
    ));
}

fn button(
    commands: &mut Commands,
    controls: Entity,
    theme: &DrawnTheme,
    text: fn(&Settings) -> String,
    change: impl Fn(&mut Settings) + Send + Sync + 'static,
) {
    let color = theme.tinted_background(theme.accent);
    commands.spawn((
        ChildOf(controls),
        ControlText(text),
        Button,
        Hovered::default(),
        TabIndex(0),
        Clickable(true),
        accessible(Role::Button),
        Text::default(),
        theme.text_font(SMALL_FONT_SCALE),
        FontScale(SMALL_FONT_SCALE),
        UnfadedTextColor(theme.legible_on(color, theme.text)),
        UnfadedBackground(color),
        BackgroundColor(color),
        Node {
            padding: UiRect::axes(theme.length(7.0), theme.length(2.0)),
            border_radius: BorderRadius::all(theme.length(4.0)),
            ..default()
        },
        observe(move |_: On<Activate>, mut settings: Settings| change(&mut settings)),
    ));
}

/// What the controls show and change.
#[derive(SystemParam)]
struct Settings<'w> {
    layout: ResMut<'w, ChatLayout>,
    state: ResMut<'w, ChatBoxState>,
    draft: ResMut<'w, DraftArea>,
    theme: Res<'w, ChatBoxTheme>,
    strings: Res<'w, ChatBoxStrings>,
}

type Label = fn(&Settings) -> String;
type Change = fn(&mut Settings);
type Step = fn(&mut Settings, f32);

/// A value between two buttons, which change it by a step.
const STEPPERS: [(Label, Step); 4] = [
    (
        |it| percent(&it.texts().size, it.layout.scale),
        |it, step| it.layout.scale = stepped(it.layout.scale, step, 0.5, 3.0),
    ),
    (
        |it| percent(&it.texts().text_size, it.layout.text_scale),
        |it, step| it.layout.text_scale = stepped(it.layout.text_scale, step, 0.5, 3.0),
    ),
    (
        |it| percent(&it.texts().opacity, it.opacity()),
        |it, step| it.layout.opacity = Some(stepped(it.opacity(), step, 0.0, 1.0)),
    ),
    (|it| it.fade_text(), |it, step| it.step_fade(step)),
];

const BUTTONS: [(Label, Change); 4] = [
    (
        |it| {
            let (is_locked, texts) = (it.layout.is_locked, it.texts());
            if is_locked {
                texts.unlock.clone()
            } else {
                texts.lock.clone()
            }
        },
        |it| it.layout.is_locked = !it.layout.is_locked,
    ),
    (
        |it| {
            let (is_through, texts) = (it.layout.is_click_through, it.texts());
            if is_through {
                texts.take_clicks.clone()
            } else {
                texts.click_through.clone()
            }
        },
        |it| it.layout.is_click_through = !it.layout.is_click_through,
    ),
    (
        |it| it.texts().reset.clone(),
        |it| reset(&mut it.layout, &mut it.draft),
    ),
    (
        |it| it.texts().done.clone(),
        |it| it.state.is_layout_mode = false,
    ),
];

fn minus(_: &Settings) -> String {
    "−".into()
}

fn plus(_: &Settings) -> String {
    "+".into()
}

fn percent(template: &str, value: f32) -> String {
    fill(template, &[("{n}", &format!("{:.0}", value * 100.0))])
}

fn stepped(value: f32, step: f32, min: f32, max: f32) -> f32 {
    let value = ((value / STEP).round() + step) * STEP;
    // A value that is no number becomes the minimum.
    value.max(min).min(max)
}

impl Settings<'_> {
    fn texts(&self) -> &LayoutStrings {
        &self.strings.layout
    }

    fn opacity(&self) -> f32 {
        self.layout.opacity.unwrap_or(self.theme.opacity)
    }

    /// The time after which the box fades. `None` is never.
    fn fade(&self) -> Option<Duration> {
        let mut theme = self.theme.clone();
        self.layout.apply_to(&mut theme);
        theme.fade_after
    }

    fn fade_text(&self) -> String {
        match self.fade() {
            Some(time) => {
                let seconds = time.as_secs().to_string();
                fill(&self.texts().fade, &[("{n}", &seconds)])
            }
            None => self.texts().never_fades.clone(),
        }
    }

    fn step_fade(&mut self, step: f32) {
        let now = self.fade().map_or(u64::MAX, |time| time.as_secs());
        let chosen = if step > 0.0 {
            FADES.into_iter().find(|it| *it > now)
        } else {
            let shorter = FADES.into_iter().rev().find(|it| *it < now);
            Some(shorter.unwrap_or(FADES[0]))
        };
        self.layout.fade = match chosen {
            Some(seconds) => ChatFade::After(Duration::from_secs(seconds)),
            None => ChatFade::Never,
        };
    }
}

/// Sets the texts of the controls.
fn draw(
    settings: Settings,
    added: Query<(), Added<ControlText>>,
    mut texts: Query<(&ControlText, &mut Text, Option<&mut AccessibilityNode>)>,
) {
    let is_changed = settings.layout.is_changed()
        || settings.theme.is_changed()
        || settings.strings.is_changed();
    if !is_changed && added.is_empty() {
        return;
    }
    for (control, mut text, accessible) in &mut texts {
        let new = control.0(&settings);
        if let Some(mut accessible) = accessible {
            accessible.set_label(new.as_str());
        }
        text.set_if_neq(Text(new));
    }
}

/// The box as it is now, at its full height.
#[derive(SystemParam)]
struct BoxArea<'w, 's> {
    theme: Res<'w, DrawnTheme>,
    boxes: Query<'w, 's, (&'static ComputedNode, &'static UiGlobalTransform), With<ChatBox>>,
    lists: Query<'w, 's, &'static ComputedNode, With<ChatLog>>,
}

impl BoxArea<'_, '_> {
    fn get(&self) -> Option<Rect> {
        if let Some(area) = self.theme.area {
            return Some(area);
        }
        let (node, at) = self.boxes.iter().next()?;
        let scale = node.inverse_scale_factor();
        let mut area = Rect::from_center_size(at.translation * scale, node.size() * scale);
        let list = self
            .lists
            .iter()
            .next()
            .map_or(0.0, |list| list.size().y * scale);
        let more = (self.theme.to_logical(self.theme.list_height()) - list).max(0.0);
        if area.center().y >= self.theme.window.y / 2.0 {
            area.min.y -= more;
        } else {
            area.max.y += more;
        }
        Some(fit(area, self.theme.window))
    }
}

fn on_drag_start(
    start: On<Pointer<DragStart>>,
    layout: Res<ChatLayout>,
    area: BoxArea,
    mut origin: ResMut<DragOrigin>,
) {
    let is_movable = !layout.is_locked && area.theme.corner != ChatBoxCorner::InParent;
    let is_dragged = start.button == PointerButton::Primary && is_movable;
    origin.0 = area.get().filter(|_| is_dragged);
}

/// Moves the box, or one of its corners.
fn on_drag(
    mut drag: On<Pointer<Drag>>,
    handles: Query<&Handle>,
    controls: Query<(), With<Button>>,
    origin: Res<DragOrigin>,
    theme: Res<DrawnTheme>,
    scale: Res<UiScale>,
    mut draft: ResMut<DraftArea>,
) {
    let target = drag.original_event_target();
    drag.propagate(false);
    let Some(area) = origin.0.filter(|_| !controls.contains(target)) else {
        return;
    };
    let distance = drag.distance / scale.0;
    let area = match handles.get(target) {
        Ok(Handle(corner)) => resized(area, *corner, distance, theme.window),
        Err(_) => Rect {
            min: area.min + distance,
            max: area.max + distance,
        },
    };
    draft.set_if_neq(DraftArea(Some(fit(area, theme.window))));
}

/// The area with a corner that is moved, no farther than the other corner and the edges of the window allow.
fn resized(area: Rect, corner: Vec2, distance: Vec2, window: Vec2) -> Rect {
    let least = fit(Rect::default(), window).size();
    let axis = |from: f32, to: f32, corner: f32, distance: f32, least: f32, room: f32| {
        if corner < 0.0 {
            ((from + distance).min(to - least).max(0.0), to)
        } else {
            (from, (to + distance).max(from + least).min(room))
        }
    };
    let Rect { min, max } = area;
    let (left, right) = axis(min.x, max.x, corner.x, distance.x, least.x, window.x);
    let (top, bottom) = axis(min.y, max.y, corner.y, distance.y, least.y, window.y);
    Rect {
        min: Vec2::new(left, top),
        max: Vec2::new(right, bottom),
    }
}

/// Keeps the place for windows of this size.
fn on_drag_end(
    mut end: On<Pointer<DragEnd>>,
    theme: Res<DrawnTheme>,
    mut origin: ResMut<DragOrigin>,
    mut draft: ResMut<DraftArea>,
    mut layout: ResMut<ChatLayout>,
) {
    end.propagate(false);
    origin.0 = None;
    if let Some(area) = draft.0.take() {
        layout.set_area(theme.window, area);
    }
}
