//! Characters: their movement and their animation.

use bevy::{prelude::*, sprite::Anchor};
use bevy_cometchat::prelude::Uid;

use crate::village::{self, Obstacles};

/// A character in the village. The uid is that of the chat user.
#[derive(Component, Clone, Debug)]
pub(crate) struct Character {
    pub(crate) uid: Uid,
    pub(crate) name: String,
}

/// The velocity of a character, in world units per second, and the direction that it faces.
#[derive(Component, Default)]
pub(crate) struct Gait {
    pub(crate) velocity: Vec2,
    pub(crate) facing: Facing,
    /// The time since the first step, in seconds.
    walked: f32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Facing {
    #[default]
    Down,
    Up,
    Left,
    Right,
}

impl Facing {
    /// The side in a direction, or `self` without a direction.
    pub(crate) fn towards(self, direction: Vec2) -> Self {
        if direction.length_squared() < 1e-3 {
            self
        } else if direction.x.abs() >= direction.y.abs() {
            if direction.x > 0.0 {
                Self::Right
            } else {
                Self::Left
            }
        } else if direction.y > 0.0 {
            Self::Up
        } else {
            Self::Down
        }
    }
}

/// The height of a character, for what is placed above the head.
pub(crate) const HEIGHT: f32 = 25.0;

/// The character sheet: a row for each character, with three frames for each of down, up and right.
const FRAME: UVec2 = UVec2::new(16, 26);
const COLUMNS: u32 = 9;
const ROWS: u32 = 9;
const STEPS_A_SECOND: f32 = 7.0;

/// The images that all characters share.
#[derive(Resource)]
pub(crate) struct CharacterArt {
    sheet: Handle<Image>,
    layout: Handle<TextureAtlasLayout>,
    shadow: Handle<Image>,
}

impl CharacterArt {
    /// The components of a character with row `look` of the sheet.
    pub(crate) fn character(&self, character: Character, look: usize, feet: Vec2) -> impl Bundle {
        let atlas = TextureAtlas {
            layout: self.layout.clone(),
            index: look * COLUMNS as usize,
        };
        (
            Name::new(character.name.clone()),
            character,
            Look(look),
            Gait::default(),
            Sprite::from_atlas_image(self.sheet.clone(), atlas),
            Anchor::BOTTOM_CENTER,
            Transform::from_translation(feet.extend(village::depth(feet.y))),
            children![(
                Sprite::from_image(self.shadow.clone()),
                Transform::from_xyz(0.0, 1.5, -0.01),
            )],
        )
    }
}

#[derive(Component)]
struct Look(usize);

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(PreStartup, load)
        .add_systems(Update, (walk, animate).chain().in_set(Walking));
}

/// The movement of all characters. Systems that set a velocity run before it.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Walking;

fn load(
    mut commands: Commands,
    assets: Res<AssetServer>,
    mut layouts: ResMut<Assets<TextureAtlasLayout>>,
) {
    commands.insert_resource(CharacterArt {
        sheet: assets.load("sprites/characters.png"),
        layout: layouts.add(TextureAtlasLayout::from_grid(
            FRAME, COLUMNS, ROWS, None, None,
        )),
        shadow: assets.load("sprites/shadow.png"),
    });
}

fn walk(
    time: Res<Time>,
    obstacles: Res<Obstacles>,
    mut walkers: Query<(&mut Transform, &mut Gait)>,
) {
    for (mut transform, mut gait) in &mut walkers {
        if gait.velocity == Vec2::ZERO {
            gait.walked = 0.0;
            continue;
        }
        let from = transform.translation.xy();
        let to = obstacles.walk(from, gait.velocity * time.delta_secs());
        gait.facing = gait.facing.towards(gait.velocity);
        gait.walked += time.delta_secs();
        transform.translation = to.extend(village::depth(to.y));
    }
}

fn animate(
    time: Res<Time>,
    mut characters: Query<(Entity, &Look, &Gait, &mut Sprite, &mut Transform)>,
) {
    for (entity, look, gait, mut sprite, mut transform) in &mut characters {
        let column = match gait.facing {
            Facing::Down => 0,
            Facing::Up => 3,
            Facing::Left | Facing::Right => 6,
        };
        let is_walking = gait.walked > 0.0;
        let frame = match (gait.walked * STEPS_A_SECOND) as usize % 4 {
            _ if !is_walking => 0,
            0 => 1,
            2 => 2,
            _ => 0,
        };
        sprite.flip_x = gait.facing == Facing::Left;
        if let Some(atlas) = &mut sprite.texture_atlas {
            atlas.index = look.0 * COLUMNS as usize + column + frame;
        }
        // Whoever stands breathes; not all at once.
        let breath = (time.elapsed_secs() * 2.6 + entity.index_u32() as f32).sin();
        transform.scale.y = if is_walking {
            1.0
        } else {
            1.0 + 0.025 * breath
        };
    }
}
