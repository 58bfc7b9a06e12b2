//! The schedules of the chat box. It consists of many small systems, and most of them have nothing to do in most frames.
//! One after the other, without Bevy's multi-threaded executor, they cost a fraction.

use bevy::{
    camera::visibility::VisibilitySystems,
    ecs::schedule::{ScheduleLabel, SingleThreadedExecutor},
    input::InputSystems,
    input_focus::InputFocusSystems,
    prelude::*,
    text,
    ui::UiSystems,
};

use crate::plugin::CometChatSystems;

/// The system sets of the chat box.
///
/// To change what the box has drawn, order a system after [`Draw`](Self::Draw) and before [`UiSystems::Prepare`], and
/// [`UiSystems::Stack`] if it spawns nodes.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatBoxSystems {
    /// Handles the keys of the box, and what was received, in [`PreUpdate`] after [`CometChatSystems::Receive`]. Order
    /// systems of [`PreUpdate`] after it that read keys, or what the box has decided on messages.
    Keys,
    /// Brings the state of the box up to date, and draws the box, in [`PostUpdate`]: places notes, marks messages as
    /// read, applies the theme, sets texts, spawns nodes. Saves what has changed of the player's settings, such as whom they
    /// muted: a change after it in the last frame of the game is not saved.
    Draw,
    /// Applies colours and the fade, in [`PostUpdate`] after [`Draw`](Self::Draw) and before [`UiSystems::Prepare`].
    Paint,
}

/// A schedule of the box. They run in the order of the variants.
#[derive(ScheduleLabel, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum BoxSchedule {
    /// Handles keys before Bevy dispatches them. Skipped in frames without keyboard events, unless the box has muted the
    /// game's keys or is in layout mode.
    EarlyKeys,
    /// Handles what was received and typed: runs in [`ChatBoxSystems::Keys`].
    Keys,
    /// Brings up to date what the state is made from: the user, the theme, the tabs.
    Prepare,
    /// Brings the state up to date.
    Update,
    /// Sets texts and spawns nodes.
    Draw,
    /// Hides parts, and saves what is kept for each user.
    Finish,
}

/// The schedules that run in [`ChatBoxSystems::Draw`].
const DRAW_SCHEDULES: [BoxSchedule; 4] = [
    BoxSchedule::Prepare,
    BoxSchedule::Update,
    BoxSchedule::Draw,
    BoxSchedule::Finish,
];

pub(super) fn plugin(app: &mut App) {
    let labels = [BoxSchedule::EarlyKeys, BoxSchedule::Keys].into_iter();
    for label in labels.chain(DRAW_SCHEDULES) {
        app.edit_schedule(label, |schedule| {
            schedule.set_executor(SingleThreadedExecutor::new());
        });
    }
    app.configure_sets(
        PostUpdate,
        (ChatBoxSystems::Draw, ChatBoxSystems::Paint)
            .chain()
            .before(UiSystems::Prepare)
            // In no order with the sets of the layout. A node that it has not seen is drawn below all others.
            .before(UiSystems::Stack)
            .before(VisibilitySystems::VisibilityPropagate)
            .before(text::load_font_assets_into_font_collection),
    )
    .configure_sets(
        PreUpdate,
        ChatBoxSystems::Keys
            .after(InputSystems)
            .after(InputFocusSystems::Dispatch)
            .after(CometChatSystems::Receive),
    )
    .add_systems(
        PreUpdate,
        run(&[BoxSchedule::Keys]).in_set(ChatBoxSystems::Keys),
    )
    .add_systems(
        PostUpdate,
        run(&DRAW_SCHEDULES).in_set(ChatBoxSystems::Draw),
    );
}

/// A system that runs schedules of the box.
pub(super) fn run(labels: &'static [BoxSchedule]) -> impl Fn(&mut World) {
    move |world| {
        for label in labels {
            world.run_schedule(*label);
        }
    }
}
