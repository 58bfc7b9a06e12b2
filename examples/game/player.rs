//! The player's character, steered with WASD or the arrow keys.

use bevy::prelude::*;
use bevy_cometchat::{chat_box::chat_has_focus, prelude::*};

use crate::{
    cast::Traveller,
    characters::{Character, CharacterArt, Gait, Walking},
    village,
};

#[derive(Component)]
pub(crate) struct Player;

/// The walking speed, in world units per second.
pub(crate) const SPEED: f32 = 78.0;

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn).add_systems(
        Update,
        (
            steer.run_if(not(chat_has_focus)),
            stand_still.run_if(chat_has_focus),
        )
            .before(Walking),
    );
}

fn spawn(mut commands: Commands, who: Res<Traveller>, art: Res<CharacterArt>) {
    let character = Character {
        uid: who.uid.into(),
        name: who.name.into(),
    };
    let feet = village::tile(15.0, 19.2);
    commands.spawn((
        Player,
        ChatListener,
        art.character(character, who.look, feet),
    ));
}

fn steer(keys: Res<ButtonInput<KeyCode>>, mut gait: Single<&mut Gait, With<Player>>) {
    let pull = |one: KeyCode, other: KeyCode| f32::from(keys.any_pressed([one, other]));
    let direction = Vec2::new(
        pull(KeyCode::KeyD, KeyCode::ArrowRight) - pull(KeyCode::KeyA, KeyCode::ArrowLeft),
        pull(KeyCode::KeyW, KeyCode::ArrowUp) - pull(KeyCode::KeyS, KeyCode::ArrowDown),
    );
    gait.velocity = direction.normalize_or_zero() * SPEED;
}

fn stand_still(mut gait: Single<&mut Gait, With<Player>>) {
    gait.velocity = Vec2::ZERO;
}
