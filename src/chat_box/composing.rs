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
    input::{ChatInput, ChatInputRow, Draft, replace},
    parts::{ChatBoxSystems, Clickable, PartText, accessible, is_added, themed_text},
    state::{ChatBoxState, UserLeft},
};
use crate::model::{MessageId, ReceiverId};

/// The text above the input that shows which message the player replies to or edits. A click on it cancels that.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatInputContext;

/// What the line that the player writes is about.
#[derive(Resource, Default)]
pub(super) struct Composing(Option<About>);

/// The message that the line is about.
struct About {
    message: MessageId,
    kind: AboutKind,
    /// The conversation of the message.
    with: ReceiverId,
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

    /// Ends the reply or edit when the line is entered. Returns the text that was in the input before an edit.
    pub(super) fn end(&mut self) -> Option<String> {
        match self.0.take()?.kind {
            AboutKind::Edit { draft } => Some(draft),
            AboutKind::Reply => None,
        }
    }
}

/// Starts and ends replies and edits.
#[derive(SystemParam)]
pub(super) struct Composer<'w, 's> {
    composing: ResMut<'w, Composing>,
    state: ResMut<'w, ChatBoxState>,
    draft: Res<'w, Draft>,
    pub(super) mentions: ResMut<'w, DraftMentions>,
    pub(super) chips: ResMut<'w, DraftChips>,
    inputs: Query<'w, 's, &'static mut EditableText, With<ChatInput>>,
}

impl Composer<'_, '_> {
    /// The next line replies to a message.
    pub(super) fn reply(&mut self, message: MessageId, with: ReceiverId, context: String) {
        self.cancel();
        self.start(message, AboutKind::Reply, with, context);
    }

    /// The next line replaces the text of a message.
    pub(super) fn edit(
        &mut self,
        message: MessageId,
        with: ReceiverId,
        context: String,
        text: &str,
    ) {
        self.cancel();
        let draft = self.draft.0.clone();
        self.start(message, AboutKind::Edit { draft }, with, context);
        self.set_text(text);
    }

    fn start(&mut self, message: MessageId, kind: AboutKind, with: ReceiverId, context: String) {
        self.state.to = Some(with.clone());
        self.state.is_open = true;
        self.composing.0 = Some(About {
            message,
            kind,
            with,
            context,
        });
    }

    /// Ends a reply or an edit without a line.
    pub(super) fn cancel(&mut self) {
        let Some(about) = self.composing.0.take() else {
            return;
        };
        if self.state.to.as_ref() == Some(&about.with) {
            self.state.to = None;
        }
        if let AboutKind::Edit { draft } = about.kind {
            self.set_text(&draft);
        }
    }

    fn set_text(&mut self, text: &str) {
        for mut input in &mut self.inputs {
            replace(&mut input, text);
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Composing>()
        .register_type::<ChatInputContext>()
        .add_observer(add_context)
        .add_observer(|_: On<UserLeft>, mut composing: ResMut<Composing>| composing.0 = None)
        .add_systems(
            PostUpdate,
            (
                cancel_elsewhere
                    .in_set(ChatBoxSystems::Update)
                    .run_if(resource_changed::<ChatBoxState>),
                draw_context
                    .in_set(ChatBoxSystems::Draw)
                    .run_if(resource_changed::<Composing>.or_else(is_added::<ChatInputContext>)),
            ),
        );
}

/// Adds the context to a row with an input.
fn add_context(row: On<Add, ChatInputRow>, theme: Res<DrawnTheme>, mut commands: Commands) {
    let context = commands.spawn(context(&theme)).id();
    commands.entity(row.entity).insert_children(0, &[context]);
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

fn on_activate(_: On<Activate>, mut composer: Composer) {
    composer.cancel();
}

/// A reply or an edit ends when the player addresses somebody else: it never goes to another conversation.
fn cancel_elsewhere(mut composer: Composer) {
    let about = composer.composing.0.as_ref();
    if about.is_some_and(|about| composer.state.to.as_ref() != Some(&about.with)) {
        composer.cancel();
    }
}

fn draw_context(composing: Res<Composing>, mut text: Single<PartText, With<ChatInputContext>>) {
    let about = composing.0.as_ref();
    text.set(about.map_or("", |about| about.context.as_str()));
}
