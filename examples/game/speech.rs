//! Speech bubbles: they wrap, fade, stay on the screen, and make room for each other.

use bevy::prelude::*;
use bevy_cometchat::chat_box::{ChatBox, ShownMessage, name_color};

use crate::{
    camera::Screen,
    characters::{Character, HEIGHT, Walking},
    conversation::{Hearing, Spoken},
    zones::CurrentZone,
};

/// A speech bubble. Its position is the centre of its lower edge.
#[derive(Component)]
struct Bubble {
    speaker: Entity,
    age: f32,
    lifetime: f32,
    /// How far it is moved up to make room for others.
    lift: f32,
}

/// The background of a bubble.
#[derive(Component)]
struct Paper;

/// The maximum number of bubbles, in total and per speaker.
const MOST: usize = 8;
const MOST_OF_ONE: usize = 2;
/// The maximum length of a text, in characters.
const LONGEST: usize = 140;
const WIDEST: f32 = 230.0;
/// The distance between two bubbles, and from the edge of the window.
const GAP: f32 = 5.0;
const MARGIN: f32 = 10.0;
/// The time in which a bubble appears and fades, in seconds.
const APPEAR: f32 = 0.14;
const FADE: f32 = 0.7;

const PAPER: Color = Color::srgb(1.0, 0.98, 0.94);
const TEXT: Color = Color::srgb(0.165, 0.11, 0.18);
/// The colour of an item's name.
const ITEM_TEXT: Color = Color::srgb(0.62, 0.36, 0.05);
const TAIL: Vec2 = Vec2::new(22.0, 12.0);

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(
        Update,
        (
            speak.run_if(on_message::<Spoken>),
            hush.run_if(resource_changed::<CurrentZone>),
            (age, place).chain(),
        )
            .chain()
            .after(Hearing)
            .after(Walking),
    );
}

/// The text of a bubble: one paragraph of bounded length, without characters that would draw outside it.
fn tidy(text: &str) -> String {
    let is_mark = |c: char| matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}');
    let is_direction = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut marks = 0;
    let mut kept: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|&c| {
            marks = if is_mark(c) { marks + 1 } else { 0 };
            marks <= 2 && !is_direction(c)
        })
        .take(LONGEST + 1)
        .collect();
    if kept.chars().count() > LONGEST {
        kept.pop();
        kept.push('…');
    }
    kept
}

fn speak(
    mut spoken: MessageReader<Spoken>,
    mut commands: Commands,
    assets: Res<AssetServer>,
    current: Res<CurrentZone>,
    characters: Query<(Entity, &Character)>,
    bubbles: Query<(Entity, &Bubble)>,
) {
    for speech in spoken.read().filter(|it| it.zone == current.0) {
        let Some((speaker, who)) = characters.iter().find(|(_, it)| it.uid == speech.uid) else {
            continue;
        };
        make_room(&mut commands, speaker, &bubbles);
        let text = tidy(&speech.text);
        let (name, color) = if speech.is_item {
            (format!("{} shows", who.name), ITEM_TEXT)
        } else {
            (who.name.clone(), TEXT)
        };
        let lifetime = (2.6 + 0.06 * text.chars().count() as f32).min(9.0);
        let mut bubble = commands.spawn((
            Bubble {
                speaker,
                age: 0.0,
                lifetime,
                lift: 0.0,
            },
            Node {
                position_type: PositionType::Absolute,
                flex_direction: FlexDirection::Column,
                align_items: AlignItems::Center,
                ..default()
            },
            // Until it is laid out.
            Visibility::Hidden,
            children![
                (
                    Paper,
                    Node {
                        flex_direction: FlexDirection::Column,
                        padding: UiRect::new(px(11), px(11), px(6), px(8)),
                        border: UiRect::all(px(2)),
                        border_radius: BorderRadius::all(px(11)),
                        ..default()
                    },
                    BackgroundColor(PAPER),
                    BorderColor::all(TEXT),
                    children![
                        (
                            Text::new(name),
                            TextFont::from_font_size(12.5),
                            TextColor(name_color(&who.uid, PAPER)),
                        ),
                        (
                            Text::new(text),
                            TextFont::from_font_size(15.5),
                            TextColor(color),
                            TextLayout::linebreak(LineBreak::WordOrCharacter),
                            Node {
                                max_width: px(WIDEST),
                                ..default()
                            },
                        ),
                    ],
                ),
                (
                    ImageNode::new(assets.load("sprites/bubble_tail.png")),
                    Node {
                        width: px(TAIL.x),
                        height: px(TAIL.y),
                        // Over the border.
                        margin: UiRect::top(px(-2)),
                        ..default()
                    },
                ),
            ],
        ));
        // The right mouse button on it opens the menu of the message.
        if let Some(message) = speech.message {
            bubble.insert(ShownMessage(message));
        }
    }
}

/// Despawns the oldest bubble if there are too many.
fn make_room(commands: &mut Commands, speaker: Entity, bubbles: &Query<(Entity, &Bubble)>) {
    let mut all: Vec<_> = bubbles.iter().collect();
    all.sort_by(|(_, a), (_, b)| b.age.total_cmp(&a.age));
    let own: Vec<_> = all.iter().filter(|(_, it)| it.speaker == speaker).collect();
    let oldest = match (own.len() >= MOST_OF_ONE, all.len() >= MOST) {
        (true, _) => own.first().map(|(entity, _)| *entity),
        (false, true) => all.first().map(|(entity, _)| *entity),
        (false, false) => None,
    };
    if let Some(oldest) = oldest {
        commands.entity(oldest).try_despawn();
    }
}

/// Despawns the bubbles of the other zone.
fn hush(mut commands: Commands, bubbles: Query<Entity, With<Bubble>>) {
    for bubble in &bubbles {
        commands.entity(bubble).despawn();
    }
}

fn age(
    time: Res<Time>,
    mut commands: Commands,
    mut bubbles: Query<(Entity, &mut Bubble)>,
    children: Query<&Children>,
    mut papers: Query<(&mut BackgroundColor, &mut BorderColor), With<Paper>>,
    mut texts: Query<&mut TextColor>,
    mut images: Query<&mut ImageNode>,
) {
    for (entity, mut bubble) in &mut bubbles {
        bubble.age += time.delta_secs();
        let left = bubble.lifetime - bubble.age;
        if left <= 0.0 {
            commands.entity(entity).despawn();
        } else if left < FADE {
            let alpha = left / FADE;
            for part in children.iter_descendants(entity) {
                if let Ok((mut paper, mut border)) = papers.get_mut(part) {
                    paper.0.set_alpha(alpha);
                    *border = BorderColor::all(TEXT.with_alpha(alpha));
                }
                if let Ok(mut color) = texts.get_mut(part) {
                    color.0.set_alpha(alpha);
                }
                if let Ok(mut image) = images.get_mut(part) {
                    image.color.set_alpha(alpha);
                }
            }
        }
    }
}

fn place(
    time: Res<Time>,
    screen: Screen,
    chat: Query<(&ComputedNode, &UiGlobalTransform), With<ChatBox>>,
    speakers: Query<&Transform>,
    mut bubbles: Query<(
        &mut Bubble,
        &ComputedNode,
        &mut UiTransform,
        &mut Visibility,
        &Children,
    )>,
    mut tails: Query<&mut UiTransform, Without<Bubble>>,
) {
    let Some(window) = screen.size() else { return };
    let mut newest_first: Vec<_> = bubbles.iter_mut().collect();
    newest_first.sort_by(|(a, ..), (b, ..)| a.age.total_cmp(&b.age));
    let chat = chat.iter().next().map(|(node, at)| {
        let scale = node.inverse_scale_factor();
        Rect::from_center_size(at.translation * scale, node.size() * scale)
    });
    let mut taken: Vec<Rect> = Vec::new();
    for (mut bubble, node, mut transform, mut visibility, parts) in newest_first {
        let size = node.size() * node.inverse_scale_factor();
        let head = speakers.get(bubble.speaker).ok().and_then(|it| {
            let above = it.translation.xy() + Vec2::new(0.0, HEIGHT + 6.0);
            screen.at(above).filter(|at| on_screen(*at, window))
        });
        let Some(head) = head.filter(|_| size.x > 0.0) else {
            visibility.set_if_neq(Visibility::Hidden);
            continue;
        };
        let (low, high) = (MARGIN + size.x / 2.0, window.x - MARGIN - size.x / 2.0);
        let middle = head.x.clamp(low.min(high), high.max(low));
        let lower_edge = head.y.max(MARGIN + size.y);
        let natural = Rect::from_center_size(Vec2::new(middle, lower_edge - size.y / 2.0), size);
        let natural = chat.map_or(natural, |chat| beside(natural, chat.inflate(GAP)));
        let middle = natural.center().x;
        let free = lift_off(natural, &taken);
        if free.min.y < MARGIN {
            // There is only room for newer bubbles.
            visibility.set_if_neq(Visibility::Hidden);
            continue;
        }
        taken.push(free);

        let goal = natural.min.y - free.min.y;
        if *visibility == Visibility::Hidden {
            bubble.lift = goal;
        }
        bubble.lift.smooth_nudge(&goal, 14.0, time.delta_secs());
        let corner = (natural.min - Vec2::new(0.0, bubble.lift)).round();
        transform.translation = Val2::px(corner.x, corner.y);
        transform.scale = Vec2::splat(0.7 + 0.3 * (bubble.age / APPEAR).min(1.0));
        visibility.set_if_neq(Visibility::Inherited);
        if let Some(mut tail) = parts.last().and_then(|it| tails.get_mut(*it).ok()) {
            let room = (size.x / 2.0 - TAIL.x).max(0.0);
            tail.translation = Val2::px((head.x - middle).clamp(-room, room), 0.0);
        }
    }
}

fn on_screen(spot: Vec2, window: Vec2) -> bool {
    Rect::from_corners(Vec2::ZERO, window)
        .inflate(24.0)
        .contains(spot)
}

/// `bubble`, moved right or up, whichever is shorter, until it is not covered.
fn beside(bubble: Rect, cover: Rect) -> Rect {
    if cover.intersect(bubble).is_empty() {
        return bubble;
    }
    let right = cover.max.x - bubble.min.x;
    let up = bubble.max.y - cover.min.y;
    let offset = if right < up {
        Vec2::new(right, 0.0)
    } else {
        Vec2::new(0.0, -up)
    };
    Rect {
        min: bubble.min + offset,
        max: bubble.max + offset,
    }
}

/// `bubble`, moved up until it overlaps no other.
fn lift_off(mut bubble: Rect, taken: &[Rect]) -> Rect {
    // Each step clears one bubble for good, because bubbles only move up.
    for _ in 0..taken.len() {
        let Some(other) = taken
            .iter()
            .find(|it| !it.inflate(GAP - 0.5).intersect(bubble).is_empty())
        else {
            break;
        };
        let height = bubble.height();
        bubble.max.y = other.min.y - GAP;
        bubble.min.y = bubble.max.y - height;
    }
    bubble
}
