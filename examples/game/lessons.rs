//! The first minute: how to talk, to open a menu, to whisper and to change tabs. One note follows the other when the player
//! has done what the one before says, or has not for a while.

use bevy::{ecs::entity::EntityHashMap, prelude::*};
use bevy_cometchat::{
    chat_box::{ChatBoxState, ChatNote, ChatNoteKind, ChatNotes, ChatTabId, OpenNameMenu},
    prelude::*,
};

/// What can be learnt, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lesson {
    Talk,
    Menu,
    Whisper,
    Tabs,
}

/// The lesson that the player is at.
#[derive(Resource)]
struct Current {
    lesson: Lesson,
    /// When the next one begins in any case.
    patience: Timer,
}

/// The player has done what a lesson is about.
#[derive(Message)]
struct Done(Lesson);

/// The time after which the next lesson begins, in seconds.
const PATIENCE: f32 = 15.0;

impl Lesson {
    const fn text(self) -> &'static str {
        match self {
            Self::Talk => "Press Enter and say hello: whoever is near hears it.",
            Self::Menu => "Right-click a name to whisper, mute, block or report.",
            Self::Whisper => "Type /w Mira and a text: only Mira reads it.",
            Self::Tabs => "Click a tab, or press Ctrl+Tab while you type, to change what you see.",
        }
    }

    const fn next(self) -> Option<Self> {
        match self {
            Self::Talk => Some(Self::Menu),
            Self::Menu => Some(Self::Whisper),
            Self::Whisper => Some(Self::Tabs),
            Self::Tabs => None,
        }
    }
}

pub(crate) fn plugin(app: &mut App) {
    app.add_message::<Done>()
        .add_observer(|_: On<OpenNameMenu>, mut done: MessageWriter<Done>| {
            done.write(Done(Lesson::Menu));
        })
        .add_systems(
            Update,
            (
                begin.run_if(on_message::<GroupJoined>.and_then(run_once)),
                (
                    watch_sends.run_if(on_message::<OutboxChanged>),
                    watch_tabs,
                    go_on,
                )
                    .chain()
                    .run_if(resource_exists::<Current>),
            ),
        );
}

fn begin(mut commands: Commands, mut notes: ResMut<ChatNotes>) {
    show(Lesson::Talk, &mut notes, &mut commands);
}

fn watch_sends(mut changes: MessageReader<OutboxChanged>, mut done: MessageWriter<Done>) {
    for change in changes.read() {
        done.write(Done(match change.message.envelope.receiver {
            ReceiverId::User(_) => Lesson::Whisper,
            ReceiverId::Group(_) => Lesson::Talk,
        }));
    }
}

fn watch_tabs(
    boxes: Query<(Entity, &ChatBoxState), Changed<ChatBoxState>>,
    mut tabs: Local<EntityHashMap<ChatTabId>>,
    mut done: MessageWriter<Done>,
) {
    for (chat_box, state) in &boxes {
        let before = tabs.insert(chat_box, state.tab.clone());
        if before.is_some_and(|before| before != state.tab) {
            done.write(Done(Lesson::Tabs));
        }
    }
}

fn go_on(
    mut current: ResMut<Current>,
    mut done: MessageReader<Done>,
    time: Res<Time<Real>>,
    mut notes: ResMut<ChatNotes>,
    mut commands: Commands,
) {
    let is_over = current.patience.tick(time.delta()).is_finished();
    let lesson = current.lesson;
    if !is_over && !done.read().any(|done| done.0 == lesson) {
        return;
    }
    done.clear();
    match lesson.next() {
        Some(next) => show(next, &mut notes, &mut commands),
        None => commands.remove_resource::<Current>(),
    }
}

fn show(lesson: Lesson, notes: &mut ChatNotes, commands: &mut Commands) {
    notes.push(ChatNote::new(lesson.text()).with_kind(ChatNoteKind::Highlight));
    commands.insert_resource(Current {
        lesson,
        patience: Timer::from_seconds(PATIENCE, TimerMode::Once),
    });
}
