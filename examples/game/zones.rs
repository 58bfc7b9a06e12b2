//! Where the zones are, and the current zone of the player.

use std::time::Duration;

use bevy::prelude::*;
use bevy_cometchat::prelude::*;

use crate::{player::Player, village, zone::Zone};

/// The delays with which the chat follows the player. They are shorter than the defaults, to be noticed.
const JOIN_AFTER: Duration = Duration::from_millis(200);
const LEAVE_AFTER: Duration = Duration::from_millis(800);
/// The margin between two zones in which the player is in the nearer one, in world units.
const DOORSTEP: f32 = 12.0;

impl Zone {
    /// The areas of the zone: left, top, right and bottom, in tiles.
    const fn areas(self) -> &'static [(f32, f32, f32, f32)] {
        match self {
            Self::Square => &[
                (0.0, 0.0, 28.0, 28.0),
                (28.0, 0.0, 44.0, 9.0),
                (42.0, 9.0, 44.0, 19.0),
                (28.0, 19.0, 44.0, 28.0),
            ],
            Self::Tavern => &[(28.0, 9.0, 42.0, 17.6)],
        }
    }

    /// The zone of a point. Between the two zones, it is the previous one.
    pub(crate) fn of(spot: Vec2, before: Self) -> Self {
        let is_in = |zone: &Self| {
            let mut areas = zone.areas().iter();
            areas.any(|&(left, top, right, bottom)| {
                village::tiles(left, top, right, bottom).contains(spot)
            })
        };
        Self::ALL.into_iter().find(is_in).unwrap_or(before)
    }
}

/// The zone of the player.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CurrentZone(pub(crate) Zone);

/// A roof, which is hidden while the player is under it.
#[derive(Component)]
pub(crate) struct Roof;

/// The system that updates [`CurrentZone`].
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Following;

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn_chat)
        .add_systems(Update, (follow_player.in_set(Following), lift_roof).chain());
}

/// Spawns a [`ChatZone`] for each area. The player is a member of the zone's group while they are in one.
fn spawn_chat(mut commands: Commands) {
    for zone in Zone::ALL {
        for &(left, top, right, bottom) in zone.areas() {
            let area = village::tiles(left, top, right, bottom);
            commands.spawn((
                ChatZone::new(zone.guid(), Rectangle::from_size(area.size()))
                    .with_margin(DOORSTEP)
                    .with_delays(JOIN_AFTER, LEAVE_AFTER),
                Transform::from_translation(area.center().extend(0.0)),
            ));
        }
    }
}

fn follow_player(player: Single<&Transform, With<Player>>, mut current: ResMut<CurrentZone>) {
    let zone = Zone::of(player.translation.xy(), current.0);
    current.set_if_neq(CurrentZone(zone));
}

fn lift_roof(
    time: Res<Time>,
    current: Res<CurrentZone>,
    mut roofs: Query<(&mut Sprite, &mut Visibility), With<Roof>>,
) {
    let goal = match current.0 {
        Zone::Square => 1.0,
        Zone::Tavern => 0.0,
    };
    for (mut sprite, mut visibility) in &mut roofs {
        let mut alpha = sprite.color.alpha();
        if alpha == goal {
            continue;
        }
        alpha.smooth_nudge(&goal, 7.0, time.delta_secs());
        if (alpha - goal).abs() < 0.01 {
            alpha = goal;
        }
        sprite.color.set_alpha(alpha);
        visibility.set_if_neq(match alpha {
            0.0 => Visibility::Hidden,
            _ => Visibility::Inherited,
        });
    }
}
