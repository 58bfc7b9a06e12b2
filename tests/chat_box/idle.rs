//! A box in which nothing happens costs next to nothing, and wakes up from it.

use bevy::{
    input::keyboard::Key,
    prelude::*,
    ui::{ContentSize, UiSystems},
};
use bevy_cometchat::{
    chat_box::{ChatBoxTheme, ChatInputPlaceholder, ChatLogRow},
    prelude::*,
};

use crate::stage::{FRAME, Stage, zone};

/// How many nodes Bevy has laid out anew.
#[derive(Resource, Default)]
struct LaidOut(usize);

type NewLayout = Or<(
    Changed<Node>,
    Changed<ContentSize>,
    Changed<ComputedUiRenderTargetInfo>,
)>;

fn count(nodes: Query<(), NewLayout>, mut laid_out: ResMut<LaidOut>) {
    laid_out.0 += nodes.iter().count();
}

impl Stage {
    fn laid_out(&mut self, frames: u32) -> usize {
        self.app.world_mut().resource_mut::<LaidOut>().0 = 0;
        self.frames(frames);
        self.app.world().resource::<LaidOut>().0
    }

    fn rows(&mut self) -> usize {
        let mut rows = self.app.world_mut().query::<&ChatLogRow>();
        rows.iter(self.app.world()).count()
    }
}

#[test]
fn nothing_is_laid_out_anew_while_nothing_changes() {
    let mut stage = Stage::new();
    let counting = count.after(UiSystems::Content).before(UiSystems::Layout);
    stage
        .app
        .init_resource::<LaidOut>()
        .add_systems(PostUpdate, counting);
    stage.hear("ana", "well met");
    assert_ne!(stage.laid_out(10), 0);
    assert_eq!(stage.laid_out(20), 0);

    stage.enter();
    stage.type_text("hi");
    stage.frames(10);
    assert_eq!(stage.laid_out(20), 0);
    assert_eq!(stage.says::<ChatInputPlaceholder>(), "");
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
