//! The village: its ground, what stands on it, and where nobody can walk.

use bevy::{prelude::*, sprite::Anchor};

use crate::{daylight::Lamp, particles::Emitter, zones::Roof};

/// The side of a tile, in world units; one unit is one pixel of the art.
pub(crate) const TILE: f32 = 16.0;

/// The terrain, a letter a tile; the picture of the ground is drawn from it too.
const TERRAIN: &str = include_str!("village.txt");

/// A spot given in tiles from the map's upper left corner.
pub(crate) const fn tile(column: f32, row: f32) -> Vec2 {
    Vec2::new(column * TILE, -row * TILE)
}

/// The rectangle between two spots given in tiles.
pub(crate) fn tiles(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
    Rect::from_corners(tile(left, top), tile(right, bottom))
}

/// The whole map.
pub(crate) fn bounds() -> Rect {
    let columns = TERRAIN.lines().next().map_or(0, str::len);
    tiles(0.0, 0.0, columns as f32, TERRAIN.lines().count() as f32)
}

/// How far in front something is drawn whose feet are at `feet`: what is further down hides what is further up.
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

/// Where nobody can walk.
#[derive(Resource)]
pub(crate) struct Obstacles(Vec<Rect>);

impl Obstacles {
    /// Where a body that stands at `from` ends up after a step: it slides along walls and around corners.
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

    /// A step aside, if that leads past what is in the way of `step`: a doorway needs no aiming.
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

/// A kind of thing that stands in the village.
struct Kind {
    image: &'static str,
    /// The width and depth of the ground that it takes up, upwards from its feet.
    footprint: Vec2,
    /// The width of its shadow.
    shadow: f32,
    /// Lights, by how far they are from the feet, and their size.
    lamps: &'static [(Vec2, f32)],
    /// What comes out of it, and where, from the feet.
    emits: Option<(Emitter, Vec2)>,
}

const PLAIN: Kind = Kind {
    image: "",
    footprint: Vec2::ZERO,
    shadow: 0.0,
    lamps: &[],
    emits: None,
};
const TREE: Kind = Kind {
    image: "tree",
    footprint: Vec2::new(12.0, 6.0),
    shadow: 30.0,
    ..PLAIN
};
const AUTUMN_TREE: Kind = Kind {
    image: "tree_autumn",
    emits: Some((Emitter::Leaves, Vec2::new(0.0, 26.0))),
    ..TREE
};
const PINE: Kind = Kind {
    image: "pine",
    shadow: 26.0,
    ..TREE
};
const BUSH: Kind = Kind {
    image: "bush",
    footprint: Vec2::new(18.0, 6.0),
    shadow: 24.0,
    ..PLAIN
};
const ROSE_BUSH: Kind = Kind {
    image: "bush_rose",
    ..BUSH
};
const HOUSE: Kind = Kind {
    image: "house_red",
    footprint: Vec2::new(70.0, 38.0),
    shadow: 84.0,
    lamps: &HOUSE_LAMPS,
    emits: Some((Emitter::Smoke, Vec2::new(20.0, 82.0))),
};
const HOUSE_LAMPS: [(Vec2, f32); 3] = [
    (Vec2::new(-24.0, 22.0), 40.0),
    (Vec2::new(24.0, 22.0), 40.0),
    (Vec2::new(0.0, 50.0), 30.0),
];
const BLUE_HOUSE: Kind = Kind {
    image: "house_blue",
    emits: Some((Emitter::Smoke, Vec2::new(-20.0, 82.0))),
    ..HOUSE
};
const GREEN_HOUSE: Kind = Kind {
    image: "house_green",
    emits: None,
    ..HOUSE
};
const TAVERN_FRONT: Kind = Kind {
    image: "tavern_front",
    lamps: &[
        (Vec2::new(-89.0, 20.0), 44.0),
        (Vec2::new(-43.0, 20.0), 44.0),
        (Vec2::new(43.0, 20.0), 44.0),
        (Vec2::new(89.0, 20.0), 44.0),
    ],
    ..PLAIN
};
const FOUNTAIN: Kind = Kind {
    image: "fountain",
    footprint: Vec2::new(54.0, 28.0),
    shadow: 60.0,
    emits: Some((Emitter::Fountain, Vec2::new(0.0, 50.0))),
    ..PLAIN
};
const LANTERN: Kind = Kind {
    image: "lantern",
    footprint: Vec2::new(6.0, 4.0),
    shadow: 12.0,
    lamps: &[(Vec2::new(0.0, 27.0), 96.0)],
    ..PLAIN
};
const STALL: Kind = Kind {
    image: "stall",
    footprint: Vec2::new(50.0, 10.0),
    shadow: 56.0,
    ..PLAIN
};
const BENCH: Kind = Kind {
    image: "bench",
    footprint: Vec2::new(28.0, 6.0),
    shadow: 30.0,
    ..PLAIN
};
const BARREL: Kind = Kind {
    image: "barrel",
    footprint: Vec2::new(14.0, 7.0),
    shadow: 18.0,
    ..PLAIN
};
const SIGNPOST: Kind = Kind {
    image: "signpost",
    footprint: Vec2::new(6.0, 4.0),
    shadow: 12.0,
    ..PLAIN
};
const FENCE: Kind = Kind {
    image: "fence",
    footprint: Vec2::new(32.0, 4.0),
    shadow: 32.0,
    ..PLAIN
};
const TABLE: Kind = Kind {
    image: "table",
    footprint: Vec2::new(28.0, 10.0),
    shadow: 32.0,
    lamps: &[(Vec2::new(6.0, 21.0), 40.0)],
    ..PLAIN
};
const COUNTER: Kind = Kind {
    image: "counter",
    footprint: Vec2::new(100.0, 10.0),
    shadow: 104.0,
    ..PLAIN
};

/// What stands where, in tiles.
const THINGS: &[(&Kind, f32, f32)] = &[
    (&HOUSE, 7.0, 8.2),
    (&BLUE_HOUSE, 15.0, 8.2),
    (&GREEN_HOUSE, 23.0, 8.2),
    (&FOUNTAIN, 15.0, 17.2),
    (&STALL, 9.9, 14.4),
    (&LANTERN, 11.0, 11.4),
    (&LANTERN, 19.0, 11.4),
    (&LANTERN, 9.2, 19.4),
    (&LANTERN, 21.4, 18.6),
    (&LANTERN, 2.4, 15.7),
    (&LANTERN, 32.4, 20.4),
    (&LANTERN, 37.6, 20.4),
    (&LANTERN, 25.2, 20.5),
    (&BENCH, 12.0, 20.0),
    (&BENCH, 18.2, 12.4),
    (&SIGNPOST, 18.4, 20.9),
    (&BARREL, 29.2, 19.8),
    (&BARREL, 30.2, 20.1),
    (&BARREL, 40.6, 19.9),
    (&FENCE, 1.2, 20.6),
    (&FENCE, 3.2, 20.6),
    (&ROSE_BUSH, 4.2, 8.6),
    (&BUSH, 9.9, 8.6),
    (&ROSE_BUSH, 12.1, 8.6),
    (&BUSH, 18.0, 8.6),
    (&ROSE_BUSH, 20.1, 8.6),
    (&ROSE_BUSH, 26.0, 8.6),
    (&BUSH, 27.2, 19.6),
    (&ROSE_BUSH, 24.3, 12.9),
    (&AUTUMN_TREE, 3.6, 12.6),
    (&AUTUMN_TREE, 26.0, 16.9),
    (&AUTUMN_TREE, 21.6, 26.2),
    (&TREE, 2.2, 5.4),
    (&TREE, 11.1, 5.2),
    (&TREE, 19.0, 5.6),
    (&TREE, 27.4, 5.4),
    (&TREE, 24.8, 24.8),
    (&TREE, 29.4, 25.8),
    (&TREE, 33.0, 24.6),
    (&TREE, 13.4, 25.4),
    (&TREE, 18.6, 24.9),
    (&TREE, 42.9, 24.0),
    (&TREE, 1.4, 11.2),
    (&PINE, 0.9, 3.4),
    (&PINE, 4.4, 3.0),
    (&PINE, 9.2, 3.1),
    (&PINE, 12.9, 3.2),
    (&PINE, 17.4, 3.0),
    (&PINE, 21.0, 3.4),
    (&PINE, 25.6, 3.1),
    (&PINE, 29.6, 4.0),
    (&PINE, 32.0, 5.2),
    (&PINE, 34.6, 4.2),
    (&PINE, 37.4, 5.4),
    (&PINE, 40.2, 4.4),
    (&PINE, 42.8, 6.4),
    (&PINE, 43.2, 10.6),
    (&PINE, 43.3, 14.8),
    (&PINE, 43.1, 19.2),
    (&PINE, 36.8, 26.4),
    (&PINE, 40.0, 25.4),
    (&PINE, 0.9, 27.4),
    (&PINE, 11.4, 27.6),
    (&COUNTER, 33.2, 13.9),
    (&TABLE, 31.0, 16.7),
    (&TABLE, 38.9, 16.7),
    (&TAVERN_FRONT, 35.0, 19.0),
];

/// The lower edge of the tavern's roof, in tiles, and what there is to see of its hearth.
const ROOF: (f32, f32) = (35.0, 16.7);
const HEARTH: (f32, f32) = (38.5, 10.8);
const TAVERN_CHIMNEY: (f32, f32) = (38.2, 7.4);

pub(crate) fn plugin(app: &mut App) {
    app.insert_resource(Obstacles(obstacles()))
        .add_systems(Startup, build);
}

/// The edge of the map, water and walls, and the ground under whatever stands there.
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
            commands.spawn(Lamp::new(picture("glow"), feet + offset, size));
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
    commands.spawn(Lamp::new(picture("glow"), tile(HEARTH.0, HEARTH.1), 120.0));
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
