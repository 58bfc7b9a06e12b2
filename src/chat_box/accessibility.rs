//! Announcements of new messages for assistive technology.

use bevy::{a11y::AccessibilityNode, prelude::*};

use super::{
    active_tab::{ActiveTab, ActiveTabs},
    parts::live_region,
    safety::LineFilter,
    schedules::BoxSchedule,
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
            BoxSchedule::Draw,
            announce.run_if(on_message::<MessageReceived>),
        );
}

fn clear(_: On<UserLeft>, mut announcers: Query<&mut AccessibilityNode, With<Announcer>>) {
    for mut announcer in &mut announcers {
        announcer.clear_label();
    }
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

/// Announces the messages of others that have arrived in the active tabs, each once.
fn announce(
    mut received: MessageReader<MessageReceived>,
    active: ActiveTabs,
    strings: Res<ChatBoxStrings>,
    mut announcers: Query<(Entity, &mut AccessibilityNode), With<Announcer>>,
) {
    let mut unannounced: Vec<_> = received.read().collect();
    for (part, mut announcer) in &mut announcers {
        let Some(active) = active.around(part) else {
            continue;
        };
        let shown = unannounced.extract_if(.., |message| is_shown(message, &active));
        let shown: Vec<_> = shown.collect();
        let newest = &shown[shown.len().saturating_sub(MAX_ANNOUNCED)..];
        let lines = newest.iter();
        let lines = lines.filter_map(|message| line(message, active.filter, &strings));
        let lines: Vec<_> = lines.collect();
        if !lines.is_empty() {
            announcer.set_label(lines.join("\n"));
        }
    }
}

/// Whether a message is one of others in the active tab.
fn is_shown(message: &Message, active: &ActiveTab) -> bool {
    let (Some(tab), Some(me)) = (active.tab(), active.history.user()) else {
        return false;
    };
    let conversation = active.history.conversation(&message.answer_to(&me.uid));
    message.sender.uid != me.uid
        && !active.filter.hides_message(message, Some(&me.uid))
        && conversation.is_some_and(|it| tab.contains(it))
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
