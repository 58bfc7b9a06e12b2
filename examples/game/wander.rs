//! The movement of characters without a player: they walk about their place, and turn to the player who speaks to them.

use bevy::prelude::*;

use crate::{
    cast::CAST,
    characters::{Character, CharacterArt, Gait, Walking},
    conversation::Spoken,
    player::Player,
    village,
};

/// Walks about a place.
#[derive(Component)]
pub(crate) struct Stroll {
    home: Vec2,
    /// The radius, in world units. With 0, the character stays.
    radius: f32,
    goal: Option<Vec2>,
    rest: Timer,
}

/// The walking speed, in world units per second.
const SPEED: f32 = 30.0;
/// The distance at which a goal is reached.
const ARRIVED: f32 = 2.0;
/// The maximum time of a walk, in case of an obstacle.
const PATIENCE: f32 = 4.0;
/// The distance at which characters hear the player.
const EARSHOT: f32 = 110.0;

impl Stroll {
    pub(crate) fn new(home: Vec2, radius: f32) -> Self {
        Self {
            home,
            radius,
            goal: None,
            rest: Timer::from_seconds(1.0 + 4.0 * fastrand::f32(), TimerMode::Once),
        }
    }

    fn rest(&mut self, seconds: f32) {
        self.goal = None;
        self.rest = Timer::from_seconds(seconds, TimerMode::Once);
    }

    fn set_out(&mut self) {
        let direction = Vec2::from_angle(fastrand::f32() * std::f32::consts::TAU);
        self.goal = Some(self.home + direction * self.radius * fastrand::f32());
        self.rest = Timer::from_seconds(PATIENCE, TimerMode::Once);
    }
}

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn_cast)
        .add_systems(Update, (turn_to_speaker, stroll).chain().before(Walking));
}

fn spawn_cast(mut commands: Commands, art: Res<CharacterArt>) {
    for role in &CAST {
        let character = Character {
            uid: role.uid.into(),
            name: role.name.into(),
        };
        let home = village::tile(role.home.0, role.home.1);
        commands.spawn((
            art.character(character, role.look, home),
            Stroll::new(home, role.roams),
        ));
    }
}

fn stroll(time: Res<Time>, mut strollers: Query<(&Transform, &mut Gait, &mut Stroll)>) {
    for (transform, mut gait, mut stroll) in &mut strollers {
        let is_over = stroll.rest.tick(time.delta()).is_finished();
        let Some(goal) = stroll.goal else {
            gait.velocity = Vec2::ZERO;
            if is_over && stroll.radius > 0.0 {
                stroll.set_out();
            }
            continue;
        };
        let way = goal - transform.translation.xy();
        if is_over || way.length() < ARRIVED {
            stroll.rest(3.0 + 6.0 * fastrand::f32());
            gait.velocity = Vec2::ZERO;
        } else {
            gait.velocity = way.normalize() * SPEED;
        }
    }
}

/// Characters near a player who speaks stop and turn. A villager who speaks turns to the player.
fn turn_to_speaker(
    mut spoken: MessageReader<Spoken>,
    player: Single<(&Character, &Transform), With<Player>>,
    mut others: Query<(&Character, &Transform, &mut Gait, &mut Stroll), Without<Player>>,
) {
    let (player, at) = *player;
    for speech in spoken.read() {
        for (character, transform, mut gait, mut stroll) in &mut others {
            let way = (at.translation - transform.translation).xy();
            let listens = speech.uid == player.uid && way.length() < EARSHOT;
            let speaks = speech.uid == character.uid && way.length() < EARSHOT;
            if listens || speaks {
                gait.facing = gait.facing.towards(way);
                stroll.rest(5.0);
            }
        }
    }
}
