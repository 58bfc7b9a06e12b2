//! Messages that address the user: whispers, mentions, replies. The game gets an event, and the window asks for
//! attention.

use std::sync::Arc;

use bevy::{ecs::system::NonSendMarker, prelude::*, window::PrimaryWindow, winit::WINIT_WINDOWS};
use winit::window::UserAttentionType;

use super::{
    safety::{GateVerdict, LineFilter},
    schedules::BoxSchedule,
};
use crate::{
    model::{Message, Receiver, Uid},
    plugin::{ChatHistory, MessageReceived},
};

/// Another player addressed the user, and the chat box shows the message: the player is not muted, and no gate holds or
/// refuses it. A game can play a sound, for example:
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::chat_box::{AddressedBy, UserAddressed};
///
/// fn chime(addressed: On<UserAddressed>) {
///     match addressed.by {
///         AddressedBy::Whisper => println!("ding"),
///         _ => println!("dong"),
///     }
/// }
///
/// App::new().add_observer(chime);
/// ```
#[derive(Event, Clone, Debug)]
#[non_exhaustive]
pub struct UserAddressed {
    /// The message.
    pub message: Arc<Message>,
    /// How it addresses the user.
    pub by: AddressedBy,
}

/// How a message addresses the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressedBy {
    /// The user is its receiver.
    Whisper,
    /// It mentions the user.
    Mention,
    /// It replies to a message of the user's.
    Reply,
}

/// The window asks for attention, because the user is [addressed](UserAddressed) while it does not have the focus.
/// Triggered at most once until it has the focus again.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionRequested;

/// Whether the window asks for attention when the user is addressed. Default: `true`. Its button in the taskbar is
/// highlighted, or the platform does something similar.
#[derive(Resource, Reflect, Clone, Copy, Debug, PartialEq, Eq)]
#[reflect(Resource, Clone, Debug, Default, PartialEq)]
pub struct RequestsAttention(pub bool);

impl Default for RequestsAttention {
    fn default() -> Self {
        Self(true)
    }
}

/// Whether the window has asked since it had the focus.
#[derive(Resource, Default)]
struct HasAsked(bool);

pub(super) fn plugin(app: &mut App) {
    app.add_message::<MessageReceived>()
        .add_message::<AttentionRequested>()
        .init_resource::<RequestsAttention>()
        .init_resource::<HasAsked>()
        .register_type::<RequestsAttention>()
        .add_observer(ask_for_attention)
        .add_systems(
            BoxSchedule::Update,
            (
                detect.run_if(on_message::<MessageReceived>),
                request_attention.run_if(on_message::<AttentionRequested>),
            )
                .chain(),
        );
}

fn detect(
    mut received: MessageReader<MessageReceived>,
    history: Res<ChatHistory>,
    filter: LineFilter,
    mut commands: Commands,
) {
    let Some(me) = history.user().map(|user| &user.uid) else {
        return received.clear();
    };
    for message in received.read() {
        let verdict = filter.verdicts.get(message.id);
        let is_shown = matches!(verdict, GateVerdict::Allow | GateVerdict::Mask(_))
            && !filter.hides_message(message, Some(me));
        if let Some(by) = addressed_by(message, me).filter(|_| is_shown) {
            let message = Arc::new((**message).clone());
            commands.trigger(UserAddressed { message, by });
        }
    }
}

fn addressed_by(message: &Message, me: &Uid) -> Option<AddressedBy> {
    let is_reply = |message: &Message| message.quoted().is_some_and(|it| it.sender.uid == *me);
    if message.sender.uid == *me || message.group_action().is_some() {
        None
    } else if matches!(message.receiver, Receiver::User(_)) {
        Some(AddressedBy::Whisper)
    } else if message.is_mentioned(me) {
        Some(AddressedBy::Mention)
    } else {
        is_reply(message).then_some(AddressedBy::Reply)
    }
}

fn ask_for_attention(
    _: On<UserAddressed>,
    windows: Query<&Window, With<PrimaryWindow>>,
    is_wanted: Res<RequestsAttention>,
    mut has_asked: ResMut<HasAsked>,
    mut requests: MessageWriter<AttentionRequested>,
) {
    let is_unfocused = windows.iter().any(|window| !window.focused);
    has_asked.0 &= is_unfocused;
    if is_unfocused && is_wanted.0 && !has_asked.0 {
        has_asked.0 = true;
        requests.write(AttentionRequested);
    }
}

/// The windows of winit belong to the main thread.
fn request_attention(windows: Query<Entity, With<PrimaryWindow>>, _main_thread: NonSendMarker) {
    WINIT_WINDOWS.with_borrow(|winit_windows| {
        for window in windows.iter().filter_map(|it| winit_windows.get_window(it)) {
            window.request_user_attention(Some(UserAttentionType::Informational));
        }
    });
}
