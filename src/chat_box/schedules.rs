//! The schedules of the chat box. It consists of many small systems, and most of them have nothing to do in most frames.
//! One after the other, without Bevy's multi-threaded executor, they cost a fraction.

use bevy::{
    camera::visibility::VisibilitySystems,
    ecs::schedule::{ScheduleLabel, SingleThreadedExecutor},
    prelude::*,
    text,
    ui::UiSystems,
};

/// The system sets of the chat box.
///
/// To change what the box has drawn, order a system after [`Draw`](Self::Draw) and before [`UiSystems::Prepare`], and
/// [`UiSystems::Stack`] if it spawns nodes.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatBoxSystems {
    /// Handles the keys of the box, in [`PreUpdate`]. Order systems of [`PreUpdate`] that read keys after it.
    Keys,
    /// Brings the state of the box up to date, and draws the box, in [`PostUpdate`]: places notes, marks messages as
    /// read, applies the theme, sets texts, spawns nodes.
    Draw,
    /// Applies colours and the fade, in [`PostUpdate`] after [`Draw`](Self::Draw) and before [`UiSystems::Prepare`].
    Paint,
}

/// A schedule that runs in [`ChatBoxSystems::Draw`], in the order of the variants.
#[derive(ScheduleLabel, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum BoxSchedule {
    /// Brings up to date what the state is made from: the user, the theme, the tabs.
    Prepare,
    /// Brings the state up to date.
    Update,
    /// Sets texts and spawns nodes.
    Draw,
}

const BOX_SCHEDULES: [BoxSchedule; 3] =
    [BoxSchedule::Prepare, BoxSchedule::Update, BoxSchedule::Draw];

pub(super) fn plugin(app: &mut App) {
    for label in BOX_SCHEDULES {
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
    .add_systems(PostUpdate, run.in_set(ChatBoxSystems::Draw));
}

fn run(world: &mut World) {
    for label in BOX_SCHEDULES {
        world.run_schedule(label);
    }
}
