//! What the line that the player writes is about: a new message, a reply to one, or a message that is edited.

use accesskit::Role;
use bevy::{
    ecs::system::SystemParam,
    prelude::*,
    text::EditableText,
    ui_widgets::{Activate, observe},
};

use super::{
    completion::DraftMentions,
    draft_chips::DraftChips,
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    input::{ChatInput, Draft, Inputs, RowsWithout, replace},
    main_box::MainBox,
    parts::{BoxOf, ChatBox, Clickable, PartText, accessible, has_changed, themed_text},
    schedules::BoxSchedule,
    state::{ChatBoxState, UserLeft},
    theming::Themes,
};
use crate::model::{MessageId, ReceiverId};

/// The text above the input that shows which message the player replies to or edits. A click on it cancels that. Spawned
/// when the player does so for the first time.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatInputContext;

/// What the line that the player writes in a box is about.
#[derive(Component, Default)]
pub(super) struct Composing(Option<About>);

/// The message that the line is about.
struct About {
    message: MessageId,
    kind: AboutKind,
    /// The conversation of the message.
    with: ReceiverId,
    /// The receiver that the player had chosen for the draft.
    to_before: Option<ReceiverId>,
    /// The text of [`ChatInputContext`].
    context: String,
}

#[derive(PartialEq)]
enum AboutKind {
    Reply,
    /// With the text that was in the input before.
    Edit {
        draft: String,
    },
}

/// What a reply or an edit interrupted.
pub(super) struct Before {
    /// The text that an edit has replaced.
    pub(super) draft: Option<String>,
    /// The receiver of the draft.
    pub(super) to: Option<ReceiverId>,
}

impl Composing {
    /// The message that the line replies to.
    pub(super) fn replies_to(&self) -> Option<MessageId> {
        let about = self.0.as_ref().filter(|it| it.kind == AboutKind::Reply);
        about.map(|about| about.message)
    }

    /// The message that the line edits.
    pub(super) fn edits(&self) -> Option<MessageId> {
        let about = self.0.as_ref().filter(|it| it.kind != AboutKind::Reply);
        about.map(|about| about.message)
    }

    pub(super) fn is_active(&self) -> bool {
        self.0.is_some()
    }

    /// Ends the reply or edit.
    pub(super) fn end(&mut self) -> Option<Before> {
        let about = self.0.take()?;
        let draft = match about.kind {
            AboutKind::Edit { draft } => Some(draft),
            AboutKind::Reply => None,
        };
        Some(Before {
            draft,
            to: about.to_before,
        })
    }
}

/// The components of a box that a reply or an edit changes.
type BoxParts = (
    &'static mut Composing,
    &'static mut ChatBoxState,
    &'static Draft,
);

/// Starts and ends replies and edits.
#[derive(SystemParam)]
pub(super) struct Composer<'w, 's> {
    boxes: Query<'w, 's, BoxParts>,
    main: MainBox<'w, 's>,
    own_inputs: Inputs<'w, 's>,
    pub(super) mentions: ResMut<'w, DraftMentions>,
    pub(super) chips: ResMut<'w, DraftChips>,
    inputs: Query<'w, 's, &'static mut EditableText, With<ChatInput>>,
}

impl Composer<'_, '_> {
    /// The next line in the main box replies to a message.
    pub(super) fn reply(&mut self, message: MessageId, with: ReceiverId, context: String) {
        self.start(message, AboutKind::Reply, with, context);
    }

    /// The next line in the main box replaces the text of a message.
    pub(super) fn edit(
        &mut self,
        message: MessageId,
        with: ReceiverId,
        context: String,
        text: &str,
    ) {
        let Some(main) = self.main.get() else { return };
        let draft = self.boxes.get(main).map(|(_, _, draft)| draft.0.clone());
        let draft = draft.unwrap_or_default();
        self.start(message, AboutKind::Edit { draft }, with, context);
        self.set_text(main, text);
    }

    fn start(&mut self, message: MessageId, kind: AboutKind, with: ReceiverId, context: String) {
        let Some(main) = self.main.get() else { return };
        self.cancel(main);
        let Ok((mut composing, mut state, _)) = self.boxes.get_mut(main) else {
            return;
        };
        let to_before = state.to.replace(with.clone());
        state.is_open = true;
        composing.0 = Some(About {
            message,
            kind,
            with,
            to_before,
            context,
        });
    }

    /// Ends a reply or an edit in a box without a line.
    pub(super) fn cancel(&mut self, chat_box: Entity) {
        let Ok((mut composing, mut state, _)) = self.boxes.get_mut(chat_box) else {
            return;
        };
        // Otherwise nothing counts as changed.
        let Some(with) = composing.0.as_ref().map(|about| about.with.clone()) else {
            return;
        };
        let Some(before) = composing.end() else {
            return;
        };
        if state.to == Some(with) {
            state.to = before.to;
        }
        if let Some(draft) = before.draft {
            self.set_text(chat_box, &draft);
        }
    }

    fn set_text(&mut self, chat_box: Entity, text: &str) {
        let input = self.own_inputs.of(chat_box);
        if let Some(mut input) = input.and_then(|input| self.inputs.get_mut(input).ok()) {
            replace(&mut input, text);
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.register_required_components::<ChatBox, Composing>()
        .register_type::<ChatInputContext>()
        .add_observer(|_: On<UserLeft>, mut boxes: Query<&mut Composing>| {
            for mut composing in &mut boxes {
                composing.0 = None;
            }
        })
        .add_systems(
            BoxSchedule::Update,
            cancel_elsewhere.run_if(has_changed::<ChatBoxState>),
        )
        .add_systems(
            BoxSchedule::Draw,
            (add_contexts.run_if(is_any_about_another), draw_context)
                .chain()
                .run_if(has_changed::<Composing>),
        );
}

/// A run condition: the player replies to a message or edits one.
fn is_any_about_another(boxes: Query<&Composing>) -> bool {
    boxes.iter().any(Composing::is_active)
}

fn add_contexts(rows: RowsWithout<ChatInputContext>, themes: Themes, mut commands: Commands) {
    for row in rows.iter() {
        let context = commands.spawn(context(themes.of(row))).id();
        commands.entity(row).insert_children(0, &[context]);
    }
}

fn context(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatInputContext,
        Clickable(true),
        themed_text(theme, SMALL_FONT_SCALE, |theme| theme.accent),
        Node {
            display: Display::None,
            width: Val::Percent(100.0),
            ..default()
        },
        accessible(Role::Button),
        observe(on_activate),
    )
}

fn on_activate(context: On<Activate>, box_of: BoxOf, mut composer: Composer) {
    if let Some(chat_box) = box_of.get(context.entity) {
        composer.cancel(chat_box);
    }
}

/// A reply or an edit ends when the player addresses somebody else: it never goes to another conversation.
fn cancel_elsewhere(boxes: Query<Entity, With<Composing>>, mut composer: Composer) {
    for chat_box in &boxes {
        let Ok((composing, state, _)) = composer.boxes.get(chat_box) else {
            continue;
        };
        let about = composing.0.as_ref();
        if about.is_some_and(|about| state.to.as_ref() != Some(&about.with)) {
            composer.cancel(chat_box);
        }
    }
}

fn draw_context(
    boxes: Query<&Composing>,
    box_of: BoxOf,
    mut texts: Query<(Entity, PartText), With<ChatInputContext>>,
) {
    for (part, mut text) in &mut texts {
        let composing = box_of.get(part).and_then(|it| boxes.get(it).ok());
        let about = composing.and_then(|composing| composing.0.as_ref());
        text.set(about.map_or("", |about| about.context.as_str()));
    }
}
