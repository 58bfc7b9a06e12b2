//! What the wheel looks like: a sector for each phrase, around a hub with the receiver.

use std::f32::consts::TAU;

use accesskit::Role;
use bevy::{
    ecs::system::SystemParam,
    prelude::*,
    text::{Justify, TextLayout},
    ui::{AngularColorStop, BackgroundGradient, ConicGradient, UiPosition},
    ui_widgets::{Activate, observe},
};

use super::{MAX_PHRASES, UseWheel, Wheel, WheelAction};
use crate::chat_box::{
    active_tab::ActiveTabs,
    drawn_theme::{CommonTheme, DrawnTheme, SMALL_FONT_SCALE},
    names::conversation_name,
    parts::{Clickable, FontScale, accessible},
    quick_phrases::QuickPhrases,
    schedules::BoxSchedule,
    strings::ChatBoxStrings,
};

/// The order of the wheel among the other UI of the game.
const Z_INDEX: i32 = 11;
/// The radius of the wheel, in theme pixels.
const RADIUS: f32 = 190.0;
/// The radius of the hub, in theme pixels.
pub(super) const HUB: f32 = 52.0;
/// The distance of the phrases from the centre, in theme pixels.
const PHRASES: f32 = 124.0;
/// The distance of the digits from the centre, in theme pixels.
const DIGITS: f32 = 176.0;
/// The maximum width of a phrase, in theme pixels.
const WIDTH: f32 = 92.0;
/// Half the angle of the line between two sectors, in radians.
const LINE: f32 = 0.006;

/// The round part of a wheel.
#[derive(Component)]
struct Disc;

/// A text on the sector with this index.
#[derive(Component)]
struct SectorText(usize);

/// The text in the hub: the receiver of the phrase.
#[derive(Component)]
struct HubText;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        BoxSchedule::Draw,
        (draw, draw_hub).run_if(any_with_component::<Wheel>),
    );
}

/// Spawns wheels.
#[derive(SystemParam)]
pub(super) struct WheelParts<'w, 's> {
    pub(super) phrases: Res<'w, QuickPhrases>,
    theme: Res<'w, CommonTheme>,
    strings: Res<'w, ChatBoxStrings>,
    pub(super) active: ActiveTabs<'w, 's>,
    pub(super) commands: Commands<'w, 's>,
}

impl WheelParts<'_, '_> {
    pub(super) fn use_wheel(&mut self, wheel: Entity, action: WheelAction) {
        self.commands.trigger(UseWheel::new(wheel, action));
    }

    /// Spawns the wheel of a gamepad, or one for keys and the pointer.
    pub(super) fn spawn(&mut self, gamepad: Option<Entity>) -> Entity {
        let theme = &**self.theme;
        let count = self.phrases.0.len().min(MAX_PHRASES);
        let mut cover = self.commands.spawn((
            Wheel {
                gamepad,
                count,
                selected: None,
            },
            accessible(Role::ListBox),
            Node {
                position_type: PositionType::Absolute,
                width: Val::Percent(100.0),
                height: Val::Percent(100.0),
                justify_content: JustifyContent::Center,
                align_items: AlignItems::Center,
                ..default()
            },
            GlobalZIndex(Z_INDEX),
        ));
        if gamepad.is_some() {
            // The pointer is the game's.
            cover.insert(Pickable::IGNORE);
        }
        let cover = cover.id();
        let disc = (
            Disc,
            ChildOf(cover),
            circle(theme, RADIUS),
            BackgroundGradient::default(),
            Pickable::IGNORE,
        );
        let disc = self.commands.spawn(disc).id();
        for (index, phrase) in self.phrases.0.iter().take(count).enumerate() {
            let angle = index as f32 / count as f32 * TAU;
            let mut role = accessible(Role::ListBoxOption);
            role.set_label(phrase.as_str());
            let choose = move |_: On<Activate>, mut commands: Commands| {
                commands.trigger(UseWheel::new(cover, WheelAction::Send(index)));
            };
            let phrase = text(theme, phrase, 1.0, WIDTH);
            let phrase = (SectorText(index), phrase, role, Clickable(true));
            self.commands
                .spawn((ChildOf(disc), place(theme, angle, PHRASES)))
                .with_child((phrase, observe(choose)));
            if gamepad.is_none() {
                let digit = text(theme, &(index + 1).to_string(), SMALL_FONT_SCALE, WIDTH);
                self.commands
                    .spawn((ChildOf(disc), place(theme, angle, DIGITS)))
                    .with_child((SectorText(index), digit));
            }
        }
        let to = receiver_name(&self.active, &self.strings);
        let hub = Node {
            justify_content: JustifyContent::Center,
            align_items: AlignItems::Center,
            border: UiRect::all(theme.length(1.0)),
            overflow: Overflow::clip(),
            position_type: PositionType::Absolute,
            left: theme.length(RADIUS - HUB),
            top: theme.length(RADIUS - HUB),
            ..circle(theme, HUB)
        };
        let fill = BackgroundColor(theme.background.with_alpha(1.0));
        self.commands
            .spawn((ChildOf(disc), hub, fill, BorderColor::all(theme.dim)))
            .insert(Pickable::IGNORE)
            .with_child((
                HubText,
                text(theme, &to, SMALL_FONT_SCALE, 2.0 * HUB - 12.0),
                TextColor(theme.accent),
            ));
        cover
    }
}

/// The receiver of a phrase, as the player knows it.
fn receiver_name(active: &ActiveTabs, strings: &ChatBoxStrings) -> String {
    let to = active.main().and_then(|active| active.target());
    to.map_or_else(String::new, |to| {
        let safety = &active.filter.safety;
        conversation_name(&to, &active.tabs, &active.history, safety, strings)
    })
}

fn circle(theme: &DrawnTheme, radius: f32) -> Node {
    Node {
        width: theme.length(2.0 * radius),
        height: theme.length(2.0 * radius),
        border_radius: BorderRadius::MAX,
        flex_shrink: 0.0,
        ..default()
    }
}

/// A point on the disc on which its child is centred.
fn place(theme: &DrawnTheme, angle: f32, distance: f32) -> Node {
    let (x, y) = angle.sin_cos();
    Node {
        position_type: PositionType::Absolute,
        left: theme.length(RADIUS + distance * x),
        top: theme.length(RADIUS - distance * y),
        width: Val::ZERO,
        height: Val::ZERO,
        justify_content: JustifyContent::Center,
        align_items: AlignItems::Center,
        ..default()
    }
}

fn text(theme: &DrawnTheme, text: &str, scale: f32, width: f32) -> impl Bundle {
    (
        Text::new(text),
        TextLayout::justify(Justify::Center),
        theme.text_font(scale),
        FontScale(scale),
        Node {
            max_width: theme.length(width),
            flex_shrink: 0.0,
            ..default()
        },
        Pickable::IGNORE,
    )
}

/// The receiver changes with the tab.
fn draw_hub(
    active: ActiveTabs,
    strings: Res<ChatBoxStrings>,
    mut hubs: Query<&mut Text, With<HubText>>,
) {
    let to = receiver_name(&active, &strings);
    for mut hub in &mut hubs {
        if hub.0 != to {
            to.clone_into(&mut hub.0);
        }
    }
}

/// Paints the sectors, and the texts on them.
fn draw(
    theme: Res<CommonTheme>,
    wheels: Query<(Entity, &Wheel), Changed<Wheel>>,
    children: Query<&Children>,
    mut discs: Query<&mut BackgroundGradient, With<Disc>>,
    mut texts: Query<(&SectorText, &mut TextColor)>,
) {
    for (entity, wheel) in &wheels {
        for part in children.iter_descendants(entity) {
            if let Ok(mut disc) = discs.get_mut(part) {
                *disc = sectors(&theme, wheel).into();
            } else if let Ok((text, mut color)) = texts.get_mut(part) {
                let is_selected = wheel.selected == Some(text.0);
                color.set_if_neq(TextColor(if is_selected {
                    theme.legible_on(theme.accent, theme.background)
                } else {
                    theme.text
                }));
            }
        }
    }
}

/// A sector for each phrase, with lines between them. The first one is at the top.
fn sectors(theme: &DrawnTheme, wheel: &Wheel) -> ConicGradient {
    let step = TAU / wheel.count.max(1) as f32;
    let mut stops = Vec::with_capacity(wheel.count * 6);
    for index in 0..wheel.count {
        let (from, to) = (index as f32 * step, (index + 1) as f32 * step);
        let fill = if wheel.selected == Some(index) {
            theme.accent
        } else {
            theme.translucent_background()
        };
        for (color, from, to) in [
            (theme.dim, from, from + LINE),
            (fill, from + LINE, to - LINE),
            (theme.dim, to - LINE, to),
        ] {
            stops.extend([color, color].into_iter().zip([from, to]));
        }
    }
    let stops = stops.into_iter();
    let stops = stops.map(|(color, angle)| AngularColorStop::new(color, angle));
    ConicGradient::new(UiPosition::CENTER, stops.collect()).with_start(-step / 2.0)
}
