//! The village: its ground, its buildings, and its obstacles.

mod things;

use bevy::{prelude::*, sprite::Anchor};

use crate::{daylight::Lamp, particles::Emitter, zones::Roof};
use things::THINGS;

/// The side of a tile, in world units. A unit is a pixel of the art.
pub(crate) const TILE: f32 = 16.0;

/// The terrain, a letter per tile. The image of the ground is made from it.
const TERRAIN: &str = include_str!("village.txt");

/// A point given in tiles from the upper left corner of the map.
pub(crate) const fn tile(column: f32, row: f32) -> Vec2 {
    Vec2::new(column * TILE, -row * TILE)
}

/// The rectangle between two points given in tiles.
pub(crate) fn tiles(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
    Rect::from_corners(tile(left, top), tile(right, bottom))
}

/// The whole map.
pub(crate) fn bounds() -> Rect {
    let columns = TERRAIN.lines().next().map_or(0, str::len);
    tiles(0.0, 0.0, columns as f32, TERRAIN.lines().count() as f32)
}

/// The z coordinate of a thing whose feet are at `feet`: things further down hide things further up.
pub(crate) fn depth(feet: f32) -> f32 {
    const FURTHEST: f32 = 2.0;
    FURTHEST - feet / 10.0
}

/// Layers that are not sorted by the feet.
pub(crate) mod layer {
    pub(crate) const SHADOW: f32 = 1.0;
    pub(crate) const ROOF: f32 = 100.0;
    pub(crate) const PARTICLE: f32 = 110.0;
    pub(crate) const LIGHT: f32 = 120.0;
}

/// The obstacles.
#[derive(Resource)]
pub(crate) struct Obstacles(Vec<Rect>);

impl Obstacles {
    /// The position of a body after a step from `from`. It slides along walls and around corners.
    pub(crate) fn walk(&self, from: Vec2, step: Vec2) -> Vec2 {
        let mut at = from;
        for part in [Vec2::new(step.x, 0.0), Vec2::new(0.0, step.y)] {
            if self.is_free(at + part) {
                at += part;
            } else if step.x * step.y == 0.0 {
                at += self.around_corner(at, part);
            }
        }
        at
    }

    /// A step aside, if it leads past the obstacle of `step`. It makes doorways easier to hit.
    fn around_corner(&self, at: Vec2, step: Vec2) -> Vec2 {
        const REACH: f32 = 8.0;
        let aside = step.perp();
        [aside, -aside]
            .into_iter()
            .find(|aside| {
                self.is_free(at + *aside)
                    && self.is_free(at + step + aside.normalize_or_zero() * REACH)
            })
            .unwrap_or(Vec2::ZERO)
    }

    fn is_free(&self, feet: Vec2) -> bool {
        const BODY: Vec2 = Vec2::new(9.0, 5.0);
        let body = Rect::from_center_size(feet + Vec2::new(0.0, BODY.y / 2.0), BODY);
        self.0.iter().all(|it| it.intersect(body).is_empty())
    }
}

/// The lower edge of the tavern's roof, in tiles, and the visible part of its hearth.
const ROOF: (f32, f32) = (35.0, 16.7);
const HEARTH: (f32, f32) = (38.5, 10.8);
const TAVERN_CHIMNEY: (f32, f32) = (38.2, 7.4);

pub(crate) fn plugin(app: &mut App) {
    app.insert_resource(Obstacles(obstacles()))
        .add_systems(Startup, build);
}

/// The edge of the map, water, walls, and the ground under things.
fn obstacles() -> Vec<Rect> {
    let map = bounds();
    let border = 200.0;
    let edges = [
        Rect::new(map.min.x - border, map.min.y, map.min.x, map.max.y),
        Rect::new(map.max.x, map.min.y, map.max.x + border, map.max.y),
        Rect::new(map.min.x, map.min.y - border, map.max.x, map.min.y),
        Rect::new(
            map.min.x,
            map.max.y - 3.0 * TILE,
            map.max.x,
            map.max.y + border,
        ),
    ];
    let terrain = TERRAIN.lines().enumerate().flat_map(|(row, line)| {
        let blocked = line.char_indices().filter(|(_, kind)| "~#".contains(*kind));
        blocked.map(move |(column, _)| {
            let (left, top) = (column as f32, row as f32);
            tiles(left, top, left + 1.0, top + 1.0)
        })
    });
    let things = THINGS.iter().map(|&(kind, column, row)| {
        let center = tile(column, row) + Vec2::new(0.0, kind.footprint.y / 2.0);
        Rect::from_center_size(center, kind.footprint)
    });
    edges.into_iter().chain(terrain).chain(things).collect()
}

fn build(mut commands: Commands, assets: Res<AssetServer>) {
    let picture = |name: &str| assets.load(format!("sprites/{name}.png"));
    commands.spawn((
        Sprite::from_image(picture("ground")),
        Anchor::TOP_LEFT,
        Transform::default(),
    ));
    for &(kind, column, row) in THINGS {
        let feet = tile(column, row);
        commands.spawn((
            Sprite::from_image(picture(kind.image)),
            Anchor::BOTTOM_CENTER,
            Transform::from_translation((feet - Vec2::Y).extend(depth(feet.y))),
        ));
        if kind.shadow > 0.0 {
            commands.spawn(shadow(picture("shadow"), kind.shadow, feet));
        }
        for &(offset, size) in kind.lamps {
            commands.spawn(Lamp::bundle(picture("glow"), feet + offset, size));
        }
        if let Some((emitter, offset)) = kind.emits {
            commands.spawn((emitter, at(feet + offset)));
        }
    }
    commands.spawn((
        Roof,
        Sprite::from_image(picture("tavern_roof")),
        Anchor::BOTTOM_CENTER,
        Transform::from_translation(tile(ROOF.0, ROOF.1).extend(layer::ROOF)),
    ));
    commands.spawn(Lamp::bundle(
        picture("glow"),
        tile(HEARTH.0, HEARTH.1),
        120.0,
    ));
    commands.spawn((Emitter::Smoke, at(tile(TAVERN_CHIMNEY.0, TAVERN_CHIMNEY.1))));
}

fn at(spot: Vec2) -> Transform {
    Transform::from_translation(spot.extend(0.0))
}

/// A soft shadow on the ground.
pub(crate) fn shadow(image: Handle<Image>, width: f32, feet: Vec2) -> impl Bundle {
    let size = Vec2::new(width, (width * 0.32).clamp(5.0, 14.0));
    (
        Sprite {
            custom_size: Some(size),
            ..Sprite::from_image(image)
        },
        Transform::from_translation((feet + Vec2::Y).extend(layer::SHADOW)),
    )
}
