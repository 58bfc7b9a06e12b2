//! A box in which nothing happens costs next to nothing, and wakes up from it.

use std::collections::BTreeMap;

use bevy::{
    ecs::query::QueryFilter,
    input::keyboard::Key,
    prelude::*,
    text::{ComputedTextBlock, EditableText, TextBackgroundColor, TextLayoutInfo},
    ui::{CalculatedClip, ContentSize, UiGlobalTransform},
};
use bevy_cometchat::{
    chat_box::{
        ChatBoxTheme, ChatCompletionPopup, ChatInputContext, ChatInputPlaceholder, ChatLogRow,
    },
    prelude::*,
};

use crate::stage::{FRAME, Stage, zone};

/// How often components of known nodes and texts have changed, by the name of the component.
#[derive(Resource, Default)]
struct Changes(BTreeMap<&'static str, usize>);

/// A node or a text that was there before.
#[derive(Component)]
struct Known;

fn count<C: Component, F: QueryFilter + 'static>(
    changed: Query<(), (Changed<C>, With<Known>, F)>,
    mut changes: ResMut<Changes>,
) {
    let count = changed.iter().count();
    if count > 0 {
        let name = std::any::type_name::<C>().rsplit("::").next();
        *changes.0.entry(name.unwrap_or_default()).or_default() += count;
    }
}

impl Stage {
    /// Counts what changes from here on.
    fn count_changes(&mut self) {
        let app = &mut self.app;
        app.init_resource::<Changes>().add_systems(
            Last,
            (
                (count::<Node, ()>, count::<ContentSize, ()>),
                (count::<Text, ()>, count::<TextSpan, ()>),
                (count::<TextFont, ()>, count::<TextColor, ()>),
                (
                    count::<BackgroundColor, ()>,
                    count::<TextBackgroundColor, ()>,
                ),
                (count::<UiTransform, ()>, count::<UiGlobalTransform, ()>),
                (count::<ComputedNode, ()>, count::<CalculatedClip, ()>),
                (count::<Visibility, ()>, count::<InheritedVisibility, ()>),
                (
                    count::<Children, ()>,
                    count::<ComputedUiRenderTargetInfo, ()>,
                ),
                count::<ComputedTextBlock, ()>,
                // Bevy draws an input anew in each frame.
                count::<TextLayoutInfo, Without<EditableText>>,
            ),
        );
    }

    /// Runs this many frames, and returns what has changed in them.
    fn changes(&mut self, frames: u32) -> BTreeMap<&'static str, usize> {
        let world = self.app.world_mut();
        let mut all = world.query_filtered::<Entity, Or<(With<Node>, With<TextSpan>)>>();
        for part in all.iter(world).collect::<Vec<_>>() {
            world.entity_mut(part).insert(Known);
        }
        world.resource_mut::<Changes>().0.clear();
        self.frames(frames);
        self.app.world().resource::<Changes>().0.clone()
    }

    fn rows(&mut self) -> usize {
        let mut rows = self.app.world_mut().query::<&ChatLogRow>();
        rows.iter(self.app.world()).count()
    }
}

#[test]
fn nothing_changes_on_the_screen_while_nothing_happens() {
    let mut stage = Stage::new();
    stage.count_changes();
    stage.hear("ana", "well met");
    assert_ne!(stage.changes(10), BTreeMap::new());
    assert_eq!(stage.changes(20), BTreeMap::new());

    stage.enter();
    stage.type_text("hi");
    stage.frames(10);
    assert_eq!(stage.changes(20), BTreeMap::new());
    assert_eq!(stage.says::<ChatInputPlaceholder>(), "");
}

#[test]
fn a_message_shapes_one_text_and_lays_out_no_other_node() {
    let mut stage = Stage::new();
    stage.count_changes();
    for number in 0..200 {
        stage.hear("ana", &format!("message {number}"));
    }
    stage.frames(10);
    stage.hear("ana", "message 200");
    let changes = stage.changes(10);
    for shaped in ["ComputedTextBlock", "ContentSize", "TextLayoutInfo"] {
        assert_eq!(changes.get(shaped), Some(&1), "{shaped}: {changes:?}");
    }
    for laid_out in ["Node", "Text", "TextFont", "TextColor", "ComputedNode"] {
        assert_eq!(changes.get(laid_out), None, "{laid_out}: {changes:?}");
    }
}

#[test]
fn what_was_made_for_looking_back_goes_again() {
    let mut stage = Stage::new();
    for number in 0..200 {
        stage.hear("ana", &format!("message {number}"));
    }
    stage.frames(10);
    let before = stage.rows();
    stage.enter();
    for _ in 0..5 {
        stage.tap(Key::PageUp, KeyCode::PageUp);
        stage.frames(3);
    }
    for _ in 0..8 {
        stage.tap(Key::PageDown, KeyCode::PageDown);
        stage.frames(3);
    }
    let lines = stage.lines();
    assert!(lines.last().unwrap().ends_with("message 199"), "{lines:?}");
    assert!(stage.rows() <= before + 2);
}

#[test]
fn parts_that_many_players_never_see_are_spawned_when_they_are_needed() {
    fn count<P: Component>(stage: &mut Stage) -> usize {
        let world = stage.app.world_mut();
        world.query::<&P>().iter(world).count()
    }
    let mut stage = Stage::new();
    stage.frames(3);
    let parts = |stage: &mut Stage| {
        (
            count::<ChatCompletionPopup>(stage),
            count::<ChatInputContext>(stage),
        )
    };
    assert_eq!(parts(&mut stage), (0, 0));
    stage.enter();
    for _ in 0..2 {
        stage.type_text(" :smil");
        stage.frames(2);
        assert_eq!(parts(&mut stage), (1, 0));
        let popup = stage.part::<ChatCompletionPopup>();
        let display = |stage: &Stage| stage.app.world().get::<Node>(popup).unwrap().display;
        assert_eq!(display(&stage), Display::Flex);
        stage.escape();
        stage.frames(1);
        assert_eq!(display(&stage), Display::None);
    }
}

#[test]
fn a_message_that_wakes_a_faded_box_is_read() {
    let mut stage = Stage::new();
    let theme = stage.app.world().resource::<ChatBoxTheme>();
    let until_faded = theme.fade_after.unwrap().as_secs_f32() + 2.0;
    stage.frames((until_faded / FRAME.as_secs_f32()) as u32);
    stage.hear("ana", "awake?");
    stage.frames(3);
    let history = stage.app.world().resource::<ChatHistory>();
    assert_eq!(history.conversation(&zone()).unwrap().unread(), 0);
}
