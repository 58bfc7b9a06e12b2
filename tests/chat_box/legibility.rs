//! What is drawn can be read over any scene: its contrast is computed from the colours of the drawn nodes.

use bevy::{
    prelude::*,
    text::{FontSize, TextBackgroundColor},
};
use bevy_cometchat::{
    chat_box::{ChatBox, ChatBoxTheme, ChatNotes, ChatPreset, ChatTabs},
    model::{CustomMessage, Reaction},
    prelude::*,
};

use crate::stage::Stage;

const SCENES: [(&str, f32); 3] = [("white", 1.0), ("black", 0.0), ("mid grey", 0.5)];

/// Lines of each kind: of others, of the user, unsent, failed, whispers, item links, reactions, mentions, notes.
fn lines_of_each_kind(stage: &mut Stage) {
    for number in 0..24 {
        stage.hear(&format!("player-{number}"), "hello");
    }
    let mut message = stage.message("ana", "<@uid:me> ask <@uid:bob>");
    message.details_mut().mentions =
        vec![User::new("me", "Me").into(), User::new("bob", "Bob").into()];
    message.details_mut().reactions =
        vec![Reaction::new("x", 2, false), Reaction::new("y", 1, true)];
    assert!(stage.chat.receive(message));
    let link = CustomMessage::new(Guid::from("zone"), "item_link", &[7]).unwrap();
    assert!(stage.chat.receive_from("ana", link).is_some());
    assert!(stage.chat.receive_text("mira", "psst").is_some());
    stage
        .app
        .world_mut()
        .resource_mut::<ChatNotes>()
        .push("a note");
    stage.frames(10);
    stage.chat.set_online(false);
    stage.enter();
    stage.type_text("unsent");
    stage.enter();
    stage.frames(10);
}

fn scene(shade: f32) -> LinearRgba {
    Color::srgb(shade, shade, shade).into()
}

fn over(color: Color, under: LinearRgba) -> LinearRgba {
    let color = LinearRgba::from(color);
    under.mix(&color.with_alpha(1.0), color.alpha)
}

/// What is drawn behind a node over a scene.
fn background(world: &World, node: Entity, scene: LinearRgba) -> LinearRgba {
    let parent = world.get::<ChildOf>(node).map(|child| child.parent());
    let behind = parent.map_or(scene, |parent| background(world, parent, scene));
    let of_node = world.get::<BackgroundColor>(node).map(|color| color.0);
    let of_span = world.get::<TextBackgroundColor>(node).map(|color| color.0);
    let colors = of_node.into_iter().chain(of_span);
    colors.fold(behind, |under, color| over(color, under))
}

fn contrast(one: LinearRgba, other: LinearRgba) -> f32 {
    let light = |color: LinearRgba| color.luminance() + 0.05;
    light(one).max(light(other)) / light(one).min(light(other))
}

/// The least contrast of a text in the box, and the text.
fn least_contrast(stage: &mut Stage) -> (f32, String) {
    let root = stage.part::<ChatBox>();
    let world = stage.app.world_mut();
    let mut children = world.query::<&Children>();
    let parts: Vec<_> = children.query(world).iter_descendants(root).collect();
    let mut least = (f32::INFINITY, String::new());
    for part in parts {
        let text = world.get::<Text>(part).map(|text| text.0.clone());
        let text = text.or_else(|| world.get::<TextSpan>(part).map(|span| span.0.clone()));
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            continue;
        };
        let color = world.get::<TextColor>(part).unwrap().0;
        for (name, shade) in SCENES {
            let behind = background(world, part, scene(shade));
            let ratio = contrast(over(color, behind), behind);
            if ratio < least.0 {
                least = (ratio, format!("{text:?} over {name}"));
            }
        }
    }
    least
}

fn change_theme(stage: &mut Stage, change: impl FnOnce(&mut ChatBoxTheme)) {
    change(&mut stage.app.world_mut().resource_mut::<ChatBoxTheme>());
    stage.frames(4);
}

#[test]
fn all_texts_have_a_contrast_of_4_5_over_any_scene() {
    let mut stage = Stage::new();
    lines_of_each_kind(&mut stage);
    let (ratio, text) = least_contrast(&mut stage);
    assert!(ratio >= 4.5, "{ratio} of {text}");
    for open in [false, true] {
        stage.state().is_open = open;
        for tab in [ChatTabs::ALL, ChatTabs::WHISPERS, ChatTabs::SYSTEM] {
            stage.state().tab = tab.clone();
            stage.frames(4);
            let (ratio, text) = least_contrast(&mut stage);
            assert!(ratio >= 4.5, "{ratio} of {text}, tab {tab}");
        }
    }
}

#[test]
fn the_presets_and_the_colours_of_channels_are_legible_too() {
    for preset in ChatPreset::ALL {
        let mut stage = Stage::new();
        change_theme(&mut stage, |theme| *theme = preset.theme());
        let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
        for color in [Color::WHITE, Color::BLACK, Color::srgb(0.5, 0.5, 0.5)] {
            tabs.get_mut(ChatTabs::ZONE).unwrap().color = Some(color);
        }
        lines_of_each_kind(&mut stage);
        for open in [false, true] {
            stage.state().is_open = open;
            stage.frames(4);
            let (ratio, text) = least_contrast(&mut stage);
            assert!(ratio >= 4.5, "{ratio} of {text}, {preset:?}");
        }
    }
}

#[test]
fn all_texts_have_a_contrast_of_7_in_high_contrast() {
    let mut stage = Stage::new();
    change_theme(&mut stage, |theme| theme.high_contrast = true);
    lines_of_each_kind(&mut stage);
    let (ratio, text) = least_contrast(&mut stage);
    assert!(ratio >= 7.0, "{ratio} of {text}");
}

#[test]
fn the_colours_of_a_games_own_light_theme_are_legible_too() {
    let mut stage = Stage::new();
    change_theme(&mut stage, |theme| {
        theme.background = Color::srgb(0.95, 0.93, 0.85);
        theme.text = Color::srgb(0.4, 0.4, 0.4);
    });
    lines_of_each_kind(&mut stage);
    let (ratio, text) = least_contrast(&mut stage);
    assert!(ratio >= 4.5, "{ratio} of {text}");
}

fn span_color(stage: &mut Stage, text: &str) -> Color {
    let mut spans = stage.app.world_mut().query::<(&TextSpan, &TextColor)>();
    let mut spans = spans.iter(stage.app.world());
    let found = spans.find(|(span, _)| span.0 == text);
    found.unwrap_or_else(|| panic!("nothing says {text:?}")).1.0
}

#[test]
fn a_whisper_looks_unlike_public_talk_and_to_somebody_has_their_colour() {
    let mut stage = Stage::new();
    stage.hear("ana", "public");
    assert!(stage.chat.receive_text("mira", "secret").is_some());
    stage.frames(4);
    assert_ne!(
        span_color(&mut stage, "public"),
        span_color(&mut stage, "secret")
    );

    stage.enter();
    stage.type_text("/w mira hello");
    stage.enter();
    stage.frames(10);
    let hers = span_color(&mut stage, "mira whispers");
    assert_eq!(span_color(&mut stage, "To mira"), hers);
}

#[test]
fn no_text_is_under_11_pixels_in_a_small_window() {
    let mut stage = Stage::new();
    lines_of_each_kind(&mut stage);
    let mut cameras = stage.app.world_mut().query::<&mut Camera>();
    let mut camera = cameras.single_mut(stage.app.world_mut()).unwrap();
    camera.computed.target_info.as_mut().unwrap().physical_size = UVec2::new(640, 360);
    stage.frames(5);
    let mut fonts = stage.app.world_mut().query::<&TextFont>();
    let sizes = fonts
        .iter(stage.app.world())
        .map(|font| match font.font_size {
            FontSize::Vh(percent) => percent * 3.6,
            FontSize::Px(pixels) => pixels,
            other => panic!("{other:?}"),
        });
    let smallest = sizes.reduce(f32::min).unwrap();
    assert!(smallest >= 10.999, "{smallest}");
    let root = stage.part::<ChatBox>();
    let size = stage.app.world().get::<ComputedNode>(root).unwrap().size();
    assert!(size.x < 640.0 && size.y < 300.0, "{size}");
}
