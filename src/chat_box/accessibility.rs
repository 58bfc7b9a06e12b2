//! Announcements of new messages for assistive technology.

use bevy::{a11y::AccessibilityNode, prelude::*};

use super::{
    active_tab::ActiveTab,
    parts::{ChatBoxSystems, live_region},
    safety::LineFilter,
    state::UserLeft,
    strings::ChatBoxStrings,
};
use crate::{
    model::{Message, Receiver},
    plugin::MessageReceived,
    text::Sanitizer,
};

/// The maximum number of messages in an announcement.
const MAX_ANNOUNCED: usize = 3;

/// The live region with the announcements. The rows of the list are no live regions: they change with every scroll.
#[derive(Component)]
struct Announcer;

pub(super) fn plugin(app: &mut App) {
    app.add_message::<MessageReceived>()
        .add_observer(clear)
        .add_systems(
            PostUpdate,
            announce
                .in_set(ChatBoxSystems::Draw)
                .run_if(on_message::<MessageReceived>),
        );
}

fn clear(_: On<UserLeft>, mut announcer: Single<&mut AccessibilityNode, With<Announcer>>) {
    announcer.clear_label();
}

pub(super) fn announcer() -> impl Bundle {
    (
        Announcer,
        Node {
            position_type: PositionType::Absolute,
            ..default()
        },
        live_region(),
    )
}

/// Announces the messages of others that have arrived in the active tab.
fn announce(
    mut received: MessageReader<MessageReceived>,
    active: ActiveTab,
    strings: Res<ChatBoxStrings>,
    mut announcer: Single<&mut AccessibilityNode, With<Announcer>>,
) {
    let (Some(tab), Some(me)) = (active.tab(), active.history.user()) else {
        return received.clear();
    };
    let filter = &active.filter;
    let is_shown = |message: &&MessageReceived| {
        let conversation = active.history.conversation(&message.answer_to(&me.uid));
        message.sender.uid != me.uid
            && !filter.hides_message(message, Some(&me.uid))
            && conversation.is_some_and(|it| tab.contains(it))
    };
    let shown: Vec<_> = received.read().filter(is_shown).collect();
    let newest = &shown[shown.len().saturating_sub(MAX_ANNOUNCED)..];
    let lines: Vec<_> = newest
        .iter()
        .filter_map(|message| line(message, filter, &strings))
        .collect();
    if !lines.is_empty() {
        announcer.set_label(lines.join("\n"));
    }
}

fn line(message: &Message, filter: &LineFilter, strings: &ChatBoxStrings) -> Option<String> {
    let text = filter.verdicts.text(message)?;
    let is_whisper = matches!(message.receiver, Receiver::User(_));
    let text = if filter.safety.streamer_mode && is_whisper {
        strings.safety.sealed.as_str().into()
    } else {
        Sanitizer::MESSAGE.clean(&text)
    };
    let name = filter.safety.name_of(&message.sender, strings);
    Some(format!("{name}: {text}"))
}
