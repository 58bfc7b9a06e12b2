//! The things in the village and their positions: plain data.

use bevy::prelude::*;

use crate::particles::Emitter;

/// A kind of thing.
pub(super) struct Kind {
    pub(super) image: &'static str,
    /// The width and depth of the ground that it covers, upwards from its feet.
    pub(super) footprint: Vec2,
    /// The width of its shadow.
    pub(super) shadow: f32,
    /// Lights: their offset from the feet, and their size.
    pub(super) lamps: &'static [(Vec2, f32)],
    /// Particle sources: their kind, and their offset from the feet.
    pub(super) emits: Option<(Emitter, Vec2)>,
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

/// The things and their positions, in tiles.
pub(super) const THINGS: &[(&Kind, f32, f32)] = &[
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
