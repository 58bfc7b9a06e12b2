//! The zones of the village, and in which of them the player stands.

use bevy::prelude::*;

use crate::{player::Player, village};

/// Whoever stands in a zone talks to everybody there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Zone {
    Square,
    Tavern,
}

impl Zone {
    pub(crate) const ALL: [Self; 2] = [Self::Square, Self::Tavern];

    /// The id of the group that is the zone's chat.
    pub(crate) const fn guid(self) -> &'static str {
        match self {
            Self::Square => "square",
            Self::Tavern => "tavern",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Square => "Fountain Square",
            Self::Tavern => "The Gilded Mug",
        }
    }

    const fn subtitle(self) -> &'static str {
        match self {
            Self::Square => "the heart of the village",
            Self::Tavern => "warm stew, cold ale, tall tales",
        }
    }

    /// The zone of a spot. On the doorstep it is the zone that one comes from.
    pub(crate) fn of(spot: Vec2, before: Self) -> Self {
        let inside = village::tiles(29.0, 9.0, 41.0, 17.6);
        let doorstep = village::tiles(33.0, 17.6, 37.0, 19.4);
        match (inside.contains(spot), doorstep.contains(spot)) {
            (true, _) => Self::Tavern,
            (false, true) => before,
            (false, false) => Self::Square,
        }
    }
}

/// The zone in which the player stands.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CurrentZone(pub(crate) Zone);

/// Lifts out of sight when the player steps under it.
#[derive(Component)]
pub(crate) struct Roof;

/// The name of the zone, shown for a while on entering it.
#[derive(Component)]
struct Banner {
    since_entry: f32,
}

const BANNER_IN: f32 = 0.4;
const BANNER_STAYS: f32 = 2.6;
const BANNER_OUT: f32 = 1.2;

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn_banner).add_systems(
        Update,
        (
            follow_player,
            announce.run_if(resource_changed::<CurrentZone>),
            (fade_banner, lift_roof),
        )
            .chain(),
    );
}

fn follow_player(player: Single<&Transform, With<Player>>, mut current: ResMut<CurrentZone>) {
    let zone = Zone::of(player.translation.xy(), current.0);
    current.set_if_neq(CurrentZone(zone));
}

fn spawn_banner(mut commands: Commands) {
    let line = |size: f32| {
        (
            TextFont::from_font_size(size),
            TextColor(Color::NONE),
            TextShadow {
                offset: Vec2::splat(2.0),
                color: Color::NONE,
            },
        )
    };
    commands
        .spawn((
            Banner { since_entry: 0.0 },
            Node {
                position_type: PositionType::Absolute,
                width: percent(100),
                top: percent(13),
                flex_direction: FlexDirection::Column,
                align_items: AlignItems::Center,
                ..default()
            },
        ))
        .with_child((Text::default(), line(44.0)))
        .with_child((Text::default(), line(18.0)));
}

fn announce(
    current: Res<CurrentZone>,
    banner: Single<(&mut Banner, &Children)>,
    mut texts: Query<&mut Text>,
) {
    let (mut banner, lines) = banner.into_inner();
    banner.since_entry = 0.0;
    for (line, words) in lines.iter().zip([current.0.title(), current.0.subtitle()]) {
        if let Ok(mut text) = texts.get_mut(line) {
            text.0 = words.to_owned();
        }
    }
}

fn fade_banner(
    time: Res<Time>,
    banner: Single<(&mut Banner, &Children)>,
    mut colors: Query<(&mut TextColor, &mut TextShadow)>,
) {
    let (mut banner, lines) = banner.into_inner();
    if banner.since_entry > BANNER_IN + BANNER_STAYS + BANNER_OUT {
        return;
    }
    banner.since_entry += time.delta_secs();
    let rise = banner.since_entry / BANNER_IN;
    let fall = (BANNER_IN + BANNER_STAYS + BANNER_OUT - banner.since_entry) / BANNER_OUT;
    let alpha = rise.min(fall).clamp(0.0, 1.0);
    for &line in lines {
        if let Ok((mut color, mut shadow)) = colors.get_mut(line) {
            color.0 = Color::srgba(1.0, 0.96, 0.86, alpha);
            shadow.color = Color::srgba(0.12, 0.07, 0.14, 0.8 * alpha);
        }
    }
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
