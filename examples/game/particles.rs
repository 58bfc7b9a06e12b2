//! Particles: smoke, water, leaves, and the notes of a song.

use bevy::prelude::*;

use crate::{characters::Character, conversation::Spoken, village::layer};

/// A source of particles.
#[derive(Component, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Emitter {
    Smoke,
    Fountain,
    Leaves,
}

impl Emitter {
    /// The number of particles per second.
    const fn rate(self) -> f32 {
        match self {
            Self::Smoke => 1.3,
            Self::Fountain => 40.0,
            Self::Leaves => 0.5,
        }
    }
}

/// A particle, which moves, fades and despawns.
#[derive(Component)]
struct Particle {
    velocity: Vec2,
    pull: Vec2,
    /// The speed of the sideways swing, in world units per second.
    sway: f32,
    growth: f32,
    age: f32,
    lifetime: f32,
    opacity: f32,
}

#[derive(Resource)]
struct Pictures {
    smoke: Handle<Image>,
    leaf: Handle<Image>,
    note: Handle<Image>,
}

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(PreStartup, load)
        .add_systems(Update, (emit, sing.run_if(on_message::<Spoken>), fly));
}

fn load(mut commands: Commands, assets: Res<AssetServer>) {
    commands.insert_resource(Pictures {
        smoke: assets.load("sprites/smoke.png"),
        leaf: assets.load("sprites/leaf.png"),
        note: assets.load("sprites/note.png"),
    });
}

fn emit(
    time: Res<Time>,
    pictures: Res<Pictures>,
    mut commands: Commands,
    emitters: Query<(&Emitter, &Transform)>,
) {
    for (emitter, transform) in &emitters {
        if fastrand::f32() > emitter.rate() * time.delta_secs() {
            continue;
        }
        let at = transform.translation.xy();
        match emitter {
            Emitter::Smoke => commands.spawn(smoke(&pictures, at)),
            Emitter::Fountain => commands.spawn(drop(at)),
            Emitter::Leaves => commands.spawn(leaf(&pictures, at)),
        };
    }
}

fn smoke(pictures: &Pictures, at: Vec2) -> (Particle, Sprite, Transform) {
    let particle = Particle {
        velocity: Vec2::new(2.0 + 3.0 * fastrand::f32(), 9.0 + 3.0 * fastrand::f32()),
        pull: Vec2::new(1.5, -0.8),
        sway: 2.0,
        growth: 0.35,
        age: 0.0,
        lifetime: 4.5,
        opacity: 0.75,
    };
    (
        particle,
        Sprite::from_image(pictures.smoke.clone()),
        spot(at, 4.0),
    )
}

fn drop(at: Vec2) -> (Particle, Sprite, Transform) {
    let particle = Particle {
        velocity: Vec2::new(
            52.0 * (fastrand::f32() - 0.5),
            34.0 + 16.0 * fastrand::f32(),
        ),
        pull: Vec2::new(0.0, -135.0),
        sway: 0.0,
        growth: 0.0,
        age: 0.0,
        lifetime: 0.78 + 0.16 * fastrand::f32(),
        opacity: 0.9,
    };
    let color = Color::srgb_u8(191, 228, 239);
    (
        particle,
        Sprite::from_color(color, Vec2::splat(1.0 + fastrand::f32())),
        spot(at, 2.0),
    )
}

fn leaf(pictures: &Pictures, at: Vec2) -> (Particle, Sprite, Transform) {
    let particle = Particle {
        velocity: Vec2::new(3.0, -7.0),
        pull: Vec2::ZERO,
        sway: 12.0,
        growth: 0.0,
        age: 0.0,
        lifetime: 4.0,
        opacity: 1.0,
    };
    (
        particle,
        Sprite::from_image(pictures.leaf.clone()),
        spot(at, 22.0),
    )
}

fn note(pictures: &Pictures, at: Vec2) -> (Particle, Sprite, Transform) {
    let particle = Particle {
        velocity: Vec2::new(8.0 * (fastrand::f32() - 0.5), 14.0),
        pull: Vec2::ZERO,
        sway: 9.0,
        growth: 0.0,
        age: 0.0,
        lifetime: 1.6 + fastrand::f32(),
        opacity: 1.0,
    };
    (
        particle,
        Sprite::from_image(pictures.note.clone()),
        spot(at, 14.0),
    )
}

fn spot(at: Vec2, spread: f32) -> Transform {
    let off = Vec2::new(fastrand::f32() - 0.5, fastrand::f32() - 0.5) * spread;
    Transform::from_translation((at + off).extend(layer::PARTICLE))
}

/// Emits notes when somebody sings.
fn sing(
    mut spoken: MessageReader<Spoken>,
    pictures: Res<Pictures>,
    mut commands: Commands,
    characters: Query<(&Character, &Transform)>,
) {
    for speech in spoken.read().filter(|it| it.text.contains('♪')) {
        let singer = characters.iter().find(|(it, _)| it.uid == speech.uid);
        if let Some((_, transform)) = singer {
            for _ in 0..5 {
                commands.spawn(note(
                    &pictures,
                    transform.translation.xy() + Vec2::new(0.0, 18.0),
                ));
            }
        }
    }
}

fn fly(
    time: Res<Time>,
    mut commands: Commands,
    mut particles: Query<(Entity, &mut Particle, &mut Transform, &mut Sprite)>,
) {
    let step = time.delta_secs();
    for (entity, mut it, mut transform, mut sprite) in &mut particles {
        it.age += step;
        if it.age > it.lifetime {
            commands.entity(entity).despawn();
            continue;
        }
        let pull = it.pull;
        it.velocity += pull * step;
        let sway = Vec2::new(it.sway * (it.age * 2.4).sin(), 0.0);
        transform.translation += ((it.velocity + sway) * step).extend(0.0);
        transform.scale += Vec2::splat(it.growth * step).extend(0.0);
        let left = 1.0 - it.age / it.lifetime;
        sprite.color.set_alpha(it.opacity * (left * 2.5).min(1.0));
    }
}
