//! The plainest way to type a line: Enter opens and sends, Escape closes.

use bevy::{
    input::{
        ButtonState,
        keyboard::{Key, KeyboardInput},
    },
    prelude::*,
};

use crate::{conversation::Voice, zones::CurrentZone};

/// What the player has typed so far, while the line is open.
#[derive(Resource, Default)]
pub(crate) struct ChatLine(Option<String>);

#[derive(Component)]
struct LineNode;

const LONGEST: usize = 200;

pub(crate) fn plugin(app: &mut App) {
    app.init_resource::<ChatLine>()
        .add_systems(Startup, spawn)
        .add_systems(
            PreUpdate,
            type_line
                .after(bevy::input::InputSystems)
                .run_if(on_message::<KeyboardInput>),
        )
        .add_systems(Update, show.run_if(resource_changed::<ChatLine>));
}

/// A run condition: the keys belong to the line.
pub(crate) fn is_open(line: Res<ChatLine>) -> bool {
    line.0.is_some()
}

fn spawn(mut commands: Commands) {
    commands.spawn((
        LineNode,
        GlobalZIndex(1),
        Node {
            position_type: PositionType::Absolute,
            left: px(14),
            bottom: px(14),
            width: px(520),
            padding: UiRect::axes(px(13), px(9)),
            border: UiRect::all(px(2)),
            border_radius: BorderRadius::all(px(11)),
            ..default()
        },
        BackgroundColor(Color::srgba(0.13, 0.09, 0.16, 0.9)),
        BorderColor::all(Color::srgb(0.98, 0.78, 0.42)),
        Visibility::Hidden,
        children![(
            Text::default(),
            TextFont::from_font_size(17.0),
            TextColor(Color::srgb(1.0, 0.96, 0.88)),
        )],
    ));
}

fn type_line(
    mut typed: MessageReader<KeyboardInput>,
    mut line: ResMut<ChatLine>,
    zone: Res<CurrentZone>,
    mut voice: Voice,
) {
    for key in typed.read().filter(|it| it.state == ButtonState::Pressed) {
        let Some(text) = &mut line.0 else {
            if key.logical_key == Key::Enter {
                line.0 = Some(String::new());
            }
            continue;
        };
        match &key.logical_key {
            Key::Enter => {
                voice.say(zone.0, text);
                line.0 = None;
            }
            Key::Escape => line.0 = None,
            Key::Backspace => {
                text.pop();
            }
            _ => {
                let typed = key.text.iter().flat_map(|it| it.chars());
                let room = LONGEST.saturating_sub(text.chars().count());
                text.extend(typed.filter(|letter| !letter.is_control()).take(room));
            }
        }
    }
}

fn show(
    line: Res<ChatLine>,
    node: Single<(&mut Visibility, &Children), With<LineNode>>,
    mut texts: Query<&mut Text>,
) {
    let (mut visibility, children) = node.into_inner();
    *visibility = match line.0 {
        Some(_) => Visibility::Inherited,
        None => Visibility::Hidden,
    };
    if let (Some(typed), Ok(mut text)) = (&line.0, texts.get_mut(children[0])) {
        text.0 = format!("{typed}▏");
    }
}
