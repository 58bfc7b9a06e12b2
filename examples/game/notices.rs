//! Notices of the game, shown for a while at the top of the window.

use bevy::prelude::*;

/// A notice.
#[derive(Message, Clone, Debug)]
pub(crate) struct Notice(pub(crate) String);

#[derive(Component)]
struct Board;

#[derive(Component)]
struct Pinned(Timer);

/// The time for which a notice is shown, in seconds, and the maximum number of notices.
const STAYS: f32 = 5.0;
const MOST: usize = 3;

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn_board)
        .add_systems(Update, (pin.run_if(on_message::<Notice>), take_down));
}

fn spawn_board(mut commands: Commands) {
    commands.spawn((
        Board,
        GlobalZIndex(1),
        Node {
            position_type: PositionType::Absolute,
            width: percent(100),
            top: px(14),
            flex_direction: FlexDirection::Column,
            align_items: AlignItems::Center,
            row_gap: px(6),
            ..default()
        },
    ));
}

fn pin(
    mut notices: MessageReader<Notice>,
    mut commands: Commands,
    board: Single<(Entity, Option<&Children>), With<Board>>,
) {
    let (board, pinned) = *board;
    let room = MOST.saturating_sub(notices.len());
    let pinned = pinned.map_or(&[][..], |it| it);
    for &old in &pinned[..pinned.len().saturating_sub(room)] {
        commands.entity(old).despawn();
    }
    for Notice(line) in notices.read() {
        commands.spawn((
            Pinned(Timer::from_seconds(STAYS, TimerMode::Once)),
            ChildOf(board),
            Node {
                padding: UiRect::axes(px(12), px(5)),
                border_radius: BorderRadius::all(px(9)),
                max_width: px(560),
                ..default()
            },
            BackgroundColor(Color::srgba(0.13, 0.09, 0.16, 0.97)),
            children![(
                Text::new(line),
                TextFont::from_font_size(15.0),
                TextColor(Color::srgb(1.0, 0.92, 0.76)),
            )],
        ));
    }
}

fn take_down(time: Res<Time>, mut commands: Commands, mut pinned: Query<(Entity, &mut Pinned)>) {
    for (entity, mut it) in &mut pinned {
        if it.0.tick(time.delta()).is_finished() {
            commands.entity(entity).despawn();
        }
    }
}
