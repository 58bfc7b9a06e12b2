//! The buttons of the layout mode.

use std::time::Duration;

use accesskit::Role;
use bevy::{
    a11y::AccessibilityNode,
    ecs::system::SystemParam,
    prelude::*,
    ui_widgets::{Activate, observe},
};

use super::small_button::{small_button, small_button_node};
use crate::chat_box::{
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    parts::{BoxOf, FontScale, UnfadedBackground, UnfadedTextColor, accessible},
    player_layout::{ChatFade, ChatLayout, DraftArea},
    schedules::BoxSchedule,
    state::ChatBoxModes,
    strings::{ChatBoxStrings, LayoutStrings, fill},
    theme::{ChatBoxTheme, OwnChatTheme},
};

/// The steps of the factors and the opacity.
const STEP: f32 = 0.1;
/// The times after which the box fades that the player can choose, in seconds. After the last one, it never fades.
const FADES: [u64; 7] = [3, 6, 12, 20, 40, 90, 300];

/// A text in the overlay, which follows the layout.
#[derive(Component, Clone, Copy)]
struct ControlText(fn(&Settings) -> String);

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        BoxSchedule::Draw,
        draw.run_if(any_with_component::<ControlText>),
    );
}

/// Spawns the buttons in the overlay.
pub(super) fn spawn(commands: &mut Commands, overlay: Entity, theme: &DrawnTheme) {
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
    label(commands, controls, theme, |it| it.texts().keys.clone());
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
    commands.spawn((
        ChildOf(controls),
        ControlText(text),
        accessible(Role::Button),
        Text::default(),
        small_button(theme, theme.accent),
        small_button_node(theme),
        observe(move |button: On<Activate>, mut settings: AllSettings| {
            if let Some(mut settings) = settings.around(button.entity) {
                change(&mut settings);
            }
        }),
    ));
}

/// What the controls of all boxes show and change.
#[derive(SystemParam)]
struct AllSettings<'w, 's> {
    boxes: Query<'w, 's, BoxSettings>,
    box_of: BoxOf<'w, 's>,
    modes: ResMut<'w, ChatBoxModes>,
    theme: Res<'w, ChatBoxTheme>,
    strings: Res<'w, ChatBoxStrings>,
}

/// The components of a box that the controls show and change.
type BoxSettings = (
    &'static mut ChatLayout,
    &'static mut DraftArea,
    Option<Ref<'static, OwnChatTheme>>,
);

/// What the controls of a box show and change.
struct Settings<'a> {
    layout: Mut<'a, ChatLayout>,
    draft: Mut<'a, DraftArea>,
    modes: Mut<'a, ChatBoxModes>,
    theme: &'a ChatBoxTheme,
    strings: &'a ChatBoxStrings,
}

impl AllSettings<'_, '_> {
    /// The settings of the box that a control is in.
    fn around(&mut self, control: Entity) -> Option<Settings<'_>> {
        let chat_box = self.box_of.get(control)?;
        let (layout, draft, own) = self.boxes.get_mut(chat_box).ok()?;
        Some(Settings {
            layout,
            draft,
            modes: self.modes.reborrow(),
            theme: own.map_or(&*self.theme, |own| &own.into_inner().0),
            strings: &self.strings,
        })
    }

    fn is_changed(&mut self) -> bool {
        let mut boxes = self.boxes.iter_mut();
        self.theme.is_changed()
            || self.strings.is_changed()
            || boxes.any(|(layout, _, own)| {
                layout.is_changed() || own.is_some_and(|own| own.is_changed())
            })
    }
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
        |it| it.modes.is_layout_mode = false,
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
    // NaN becomes the minimum.
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
    mut settings: AllSettings,
    added: Query<(), Added<ControlText>>,
    mut texts: Query<(
        Entity,
        &ControlText,
        &mut Text,
        Option<&mut AccessibilityNode>,
    )>,
) {
    if !settings.is_changed() && added.is_empty() {
        return;
    }
    for (part, control, mut text, accessible) in &mut texts {
        let Some(settings) = settings.around(part) else {
            continue;
        };
        let new = control.0(&settings);
        if let Some(mut accessible) = accessible {
            accessible.set_label(new.as_str());
        }
        text.set_if_neq(Text(new));
    }
}

pub(super) fn reset(layout: &mut ChatLayout, draft: &mut DraftArea) {
    *layout = ChatLayout::default();
    draft.0 = None;
}
