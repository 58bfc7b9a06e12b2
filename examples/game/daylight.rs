//! The time of day, which tints the village and lights the lamps.

use std::{f32::consts::TAU, time::Duration};

use bevy::{prelude::*, sprite::Anchor, time::common_conditions::on_timer};

use crate::{village::layer, zone::Zone, zones::CurrentZone};

/// The interval at which the light changes.
const STEP: Duration = Duration::from_millis(66);
/// The length of a day of the village, in seconds.
const DAY: f32 = 1_440.0;
/// The time of day at the start: evening.
const BEGINS_AT: f32 = 18.2;

/// The color of the light at each hour.
const LIGHT: [(f32, [f32; 3]); 8] = [
    (0.0, [0.50, 0.56, 0.86]),
    (4.5, [0.52, 0.56, 0.84]),
    (6.5, [1.00, 0.88, 0.80]),
    (9.0, [1.00, 1.00, 1.00]),
    (16.5, [1.00, 0.99, 0.96]),
    (18.5, [1.00, 0.84, 0.68]),
    (20.0, [0.72, 0.64, 0.84]),
    (24.0, [0.50, 0.56, 0.86]),
];
/// The light of hearth and candles.
const INDOORS: [f32; 3] = [1.0, 0.90, 0.76];

/// A light that is lit in the dark. A light under a roof is visible to players under the same roof.
#[derive(Component)]
pub(crate) struct Lamp {
    zone: Zone,
    flicker: f32,
    strength: f32,
}

impl Lamp {
    pub(crate) fn bundle(image: Handle<Image>, at: Vec2, size: f32) -> impl Bundle {
        (
            Self {
                zone: Zone::of(at, Zone::Square),
                flicker: TAU * fastrand::f32(),
                strength: 0.0,
            },
            Sprite {
                custom_size: Some(Vec2::splat(size)),
                color: Color::NONE,
                ..Sprite::from_image(image)
            },
            Anchor::CENTER,
            Transform::from_translation(at.extend(layer::LIGHT)),
        )
    }
}

/// The overlay that tints the village.
#[derive(Resource)]
struct Daylight {
    color: Vec3,
}

pub(crate) fn plugin(app: &mut App) {
    app.insert_resource(Daylight {
        color: light_at(BEGINS_AT),
    })
    .add_systems(Update, (pass, tint, flicker).chain().run_if(on_timer(STEP)));
}

fn hour(time: &Time) -> f32 {
    (BEGINS_AT + time.elapsed_secs() * 24.0 / DAY) % 24.0
}

fn light_at(hour: f32) -> Vec3 {
    let after = LIGHT
        .iter()
        .position(|(at, _)| *at > hour)
        .unwrap_or(LIGHT.len() - 1)
        .max(1);
    let ((from, a), (to, b)) = (LIGHT[after - 1], LIGHT[after]);
    Vec3::from(a).lerp(b.into(), (hour - from) / (to - from))
}

/// The darkness outside, from 0 to 1.
fn darkness(hour: f32) -> f32 {
    ((1.0 - light_at(hour).x * 0.5 - light_at(hour).y * 0.5) * 2.4).clamp(0.0, 1.0)
}

fn pass(time: Res<Time>, zone: Res<CurrentZone>, mut daylight: ResMut<Daylight>) {
    let goal = match zone.0 {
        Zone::Square => light_at(hour(&time)),
        Zone::Tavern => INDOORS.into(),
    };
    daylight.color.smooth_nudge(&goal, 4.0, STEP.as_secs_f32());
}

fn tint(daylight: Res<Daylight>, mut sprites: Query<&mut Sprite, Without<Lamp>>) {
    let Vec3 { x, y, z } = daylight.color;
    for mut sprite in &mut sprites {
        sprite.color = Color::srgba(x, y, z, sprite.color.alpha());
    }
}

fn flicker(
    time: Res<Time>,
    current: Res<CurrentZone>,
    mut lamps: Query<(&mut Lamp, &mut Sprite, &mut Visibility)>,
) {
    let outside = darkness(hour(&time));
    for (mut lamp, mut sprite, mut visibility) in &mut lamps {
        let goal = match (lamp.zone, current.0) {
            (Zone::Square, _) => outside,
            (Zone::Tavern, Zone::Tavern) => 0.8,
            (Zone::Tavern, Zone::Square) => 0.0,
        };
        lamp.strength.smooth_nudge(&goal, 4.0, STEP.as_secs_f32());
        let phase = time.elapsed_secs() + lamp.flicker;
        let wave = (phase * 5.0).sin() + (phase * 13.0).sin();
        sprite.color = Color::WHITE.with_alpha(lamp.strength * (0.92 + 0.04 * wave));
        // A hidden lamp costs nothing.
        visibility.set_if_neq(if lamp.strength < 0.02 {
            Visibility::Hidden
        } else {
            Visibility::Inherited
        });
    }
}
