//! The card in the corner: the status of the connection and its cause, the next attempt, and the keys. Those of the network
//! are on a card below, which F1 shows.

use std::time::Duration;

use bevy::{ecs::system::SystemParam, input::common_conditions::input_just_pressed, prelude::*};
use bevy_cometchat::{chat_box::chat_has_focus, connection::Mode, prelude::*};

use crate::{
    keys, platform,
    session::{ChatMode, NoChat},
};

/// The time of the next attempt to connect, since the start of the app.
#[derive(Resource, Default)]
struct NextAttempt(Duration);

/// What the player has done to the server or the network, as an appendix to the mode.
#[derive(Resource, Default)]
pub(crate) struct Trouble(pub(crate) &'static str);

/// A text of the card that changes.
#[derive(Component, Clone, Copy)]
enum Line {
    Status,
    Why,
    Channels,
    Mode,
}

#[derive(Component)]
struct Signal;

/// The card with the keys of the network.
#[derive(Component)]
struct NetworkCard;

const CARD: Color = Color::srgba(0.13, 0.09, 0.16, 0.88);
const BRIGHT: Color = Color::srgb(1.0, 0.96, 0.88);
const DIM: Color = Color::srgb(0.86, 0.81, 0.82);
const KEY: Color = Color::srgb(0.98, 0.78, 0.42);

pub(crate) fn plugin(app: &mut App) {
    app.init_resource::<NextAttempt>()
        .init_resource::<Trouble>()
        .add_systems(Startup, spawn)
        .add_systems(
            Update,
            (
                note_attempt.run_if(on_message::<ConnectionChanged>),
                (tell, show_signal),
                toggle_network_card
                    .run_if(input_just_pressed(KeyCode::F1).and_then(not(chat_has_focus))),
            )
                .chain(),
        );
}

fn spawn(
    mut commands: Commands,
    assets: Res<AssetServer>,
    mut layouts: ResMut<Assets<TextureAtlasLayout>>,
) {
    let signal = TextureAtlas {
        layout: layouts.add(TextureAtlasLayout::from_grid(
            UVec2::new(16, 12),
            4,
            1,
            None,
            None,
        )),
        index: 0,
    };
    let corner = commands
        .spawn((
            Node {
                position_type: PositionType::Absolute,
                top: px(14),
                right: px(14),
                flex_direction: FlexDirection::Column,
                row_gap: px(6),
                ..default()
            },
            // Over the speech bubbles.
            GlobalZIndex(1),
        ))
        .id();
    let card = commands.spawn((ChildOf(corner), card(Display::Flex))).id();
    commands.spawn((
        ChildOf(card),
        Node {
            align_items: AlignItems::Center,
            column_gap: px(9),
            ..default()
        },
        children![
            (
                Signal,
                ImageNode::from_atlas_image(assets.load("sprites/signal.png"), signal),
                Node {
                    width: px(32),
                    height: px(24),
                    ..default()
                },
            ),
            (Line::Status, words("", 19.0, BRIGHT)),
        ],
    ));
    commands.spawn((ChildOf(card), Line::Why, words("", 14.0, DIM)));
    commands.spawn((ChildOf(card), Line::Channels, words("", 14.0, DIM)));
    commands.spawn((ChildOf(card), Line::Mode, words("", 14.0, DIM)));
    commands.spawn((
        ChildOf(card),
        Node {
            height: px(1),
            margin: UiRect::vertical(px(4)),
            ..default()
        },
        BackgroundColor(DIM.with_alpha(0.35)),
    ));
    spawn_help(&mut commands, card, &keys::HELP, 14.0);
    let network = commands
        .spawn((NetworkCard, ChildOf(corner), self::card(Display::None)))
        .id();
    for help in [&keys::NETWORK_HELP[..], platform::NETWORK_HELP] {
        spawn_help(&mut commands, network, help, 13.0);
    }
}

fn card(display: Display) -> impl Bundle {
    (
        Node {
            display,
            width: px(244),
            padding: UiRect::axes(px(13), px(11)),
            border_radius: BorderRadius::all(px(11)),
            flex_direction: FlexDirection::Column,
            row_gap: px(4),
            ..default()
        },
        BackgroundColor(CARD),
    )
}

fn spawn_help(commands: &mut Commands, card: Entity, help: &[(&str, &str)], size: f32) {
    for (key, what) in help {
        commands.spawn((
            ChildOf(card),
            Node::default(),
            children![
                (
                    words(key, size, KEY),
                    Node {
                        min_width: px(84),
                        ..default()
                    }
                ),
                words(what, size, BRIGHT),
            ],
        ));
    }
}

fn toggle_network_card(mut card: Single<&mut Node, With<NetworkCard>>) {
    card.display = match card.display {
        Display::None => Display::Flex,
        _ => Display::None,
    };
}

fn words(text: &str, size: f32, color: Color) -> impl Bundle {
    (
        Text::new(text),
        TextFont::from_font_size(size),
        TextColor(color),
    )
}

fn note_attempt(
    mut changes: MessageReader<ConnectionChanged>,
    time: Res<Time<Real>>,
    mut next: ResMut<NextAttempt>,
) {
    for change in changes.read() {
        if let Retry::After(delay) = change.retry {
            next.0 = time.elapsed() + delay;
        }
    }
}

/// The time until the next attempt to connect.
#[derive(SystemParam)]
struct Wait<'w> {
    next: Res<'w, NextAttempt>,
    time: Res<'w, Time<Real>>,
}

impl Wait<'_> {
    fn left(&self) -> Duration {
        self.next.0.saturating_sub(self.time.elapsed())
    }
}

fn tell(
    chat: Res<CometChat>,
    channels: Res<CurrentGroups>,
    mode: Res<ChatMode>,
    wait: Wait,
    trouble: Res<Trouble>,
    no_chat: Res<NoChat>,
    mut lines: Query<(&Line, &mut Text)>,
) {
    for (line, mut text) in &mut lines {
        let words = match line {
            Line::Status => status(&chat).to_owned(),
            Line::Why if chat.logged_in_user().is_none() => match &no_chat.0 {
                Some(why) => format!("{}. F3 tries again", capitalised(why)),
                None => "Logging in…".to_owned(),
            },
            Line::Why => why(&chat, wait.left()),
            Line::Channels => {
                let names: Vec<_> = channels.iter().map(|group| &*group.name).collect();
                if names.is_empty() {
                    "In no chat".to_owned()
                } else {
                    format!("In the chat of {}", names.join(", "))
                }
            }
            Line::Mode => {
                let mode = match mode.0 {
                    Mode::Auto => "Auto mode",
                    Mode::Manual => "Manual mode",
                };
                format!("{mode}{}", trouble.0)
            }
        };
        if text.0 != words {
            text.0 = words;
        }
    }
}

fn status(chat: &CometChat) -> &'static str {
    match (chat.logged_in_user(), chat.connection_status()) {
        (None, _) => "Not logged in",
        (_, ConnectionStatus::Connected) => "Connected",
        (_, ConnectionStatus::Connecting) => "Connecting…",
        (_, _) => "No connection",
    }
}

/// The cause of the connection's status, and the next step.
fn why(chat: &CometChat, wait: Duration) -> String {
    let Some(change) = chat.last_change() else {
        return "Nothing has asked for a connection yet".into();
    };
    let cause = capitalised(&change.cause.to_string());
    match (change.to, change.retry) {
        (ConnectionStatus::Connected, _) => format!("as {}", user_name(chat)),
        (ConnectionStatus::Connecting, _) => format!("{cause}; attempt {}", change.attempt),
        (_, Retry::After(_)) => format!("{cause}. Next try in {} s", wait.as_secs_f32().ceil()),
        (_, Retry::OnForeground) => format!("{cause}. Next try when you are back"),
        (_, Retry::Never | Retry::NotNeeded) => format!("{cause}. F3 connects again"),
    }
}

fn user_name(chat: &CometChat) -> &str {
    chat.logged_in_user().map_or("nobody", |user| &user.name)
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn show_signal(
    chat: Res<CometChat>,
    time: Res<Time>,
    mut signal: Single<&mut ImageNode, With<Signal>>,
) {
    let bars = match chat.connection_status() {
        ConnectionStatus::Connected => 3,
        ConnectionStatus::Connecting => 1 + (time.elapsed_secs() * 3.0) as usize % 2,
        _ => 0,
    };
    if let Some(atlas) = &mut signal.texture_atlas {
        atlas.index = bars;
    }
}
