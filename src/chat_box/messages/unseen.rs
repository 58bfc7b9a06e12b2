//! What arrived while the player did not look: the line before the first new message, and mentions that were not seen.

use std::{collections::BTreeMap, time::Duration};

use bevy::{
    platform::collections::HashMap,
    prelude::*,
    ui_widgets::{Activate, observe},
    window::PrimaryWindow,
};

use super::{floating_button::floating_button, scroll::JumpToMessage, sync, sync::VisibleFrom};
use crate::{
    chat_box::{
        active_tab::ActiveTabs,
        addressed::{AddressedBy, UserAddressed},
        drawn_theme::DrawnTheme,
        fade::Fade,
        parts::{BoxOf, PartText},
        schedules::BoxSchedule,
        send::ChatLineEntered,
        state::UserLeft,
        strings::{ChatBoxStrings, fill},
        tab::ChatTab,
    },
    history::{Entry, History},
    model::{MessageId, ReceiverId},
    plugin::ChatHistory,
};

/// The time in which a message that is seen is marked as read. One that is not was missed.
const MISSED_AFTER: Duration = Duration::from_millis(500);
/// The maximum number of mentions that are kept.
const MAX_MENTIONS: usize = 100;

/// The button that scrolls to the first mention that the player has not seen, visible while there is one.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatMentionButton;

/// Scrolls the list of a box to the first mention that the player has not seen.
#[derive(EntityEvent)]
pub(in crate::chat_box) struct JumpToMention {
    #[event_target]
    pub(in crate::chat_box) chat_box: Entity,
}

/// What arrived while the player did not look.
#[derive(Resource, Default)]
pub(super) struct Unseen {
    batches: HashMap<ReceiverId, Batch>,
    /// The mentions and replies that were not visible, with their conversations.
    mentions: BTreeMap<MessageId, ReceiverId>,
}

/// Messages of a conversation that arrived while the player did not look.
struct Batch {
    first: MessageId,
    since: Duration,
    is_missed: bool,
    /// Whether they are unread.
    is_unread: bool,
}

impl Unseen {
    /// The first message in a tab that arrived while the player did not look.
    pub(super) fn new_since(&self, tab: &ChatTab, history: &History) -> Option<MessageId> {
        let missed = self.batches.iter().filter(|(_, batch)| batch.is_missed);
        let shown = missed.filter(|(with, _)| is_in(tab, history, with));
        shown.map(|(_, batch)| batch.first).min()
    }

    /// The mentions in a tab, the oldest first.
    fn mentions_in(
        &self,
        tab: Option<&ChatTab>,
        history: &History,
    ) -> impl Iterator<Item = MessageId> {
        let mentions = self.mentions.iter();
        let shown =
            mentions.filter(move |(_, with)| tab.is_some_and(|it| is_in(it, history, with)));
        shown.map(|(id, _)| *id)
    }
}

fn is_in(tab: &ChatTab, history: &History, with: &ReceiverId) -> bool {
    let conversation = history.conversation(with);
    conversation.is_some_and(|conversation| tab.contains(conversation))
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Unseen>()
        .register_type::<ChatMentionButton>()
        .add_observer(|_: On<UserLeft>, mut unseen: ResMut<Unseen>| *unseen = Unseen::default())
        .add_observer(on_line_entered)
        .add_observer(on_addressed)
        .add_observer(jump_to_mention)
        .add_systems(
            BoxSchedule::Update,
            update_batches
                .after(sync::mark_read)
                .run_if(resource_changed::<ChatHistory>.or_else(is_any_unread)),
        );
}

/// A run condition: messages may have been missed.
fn is_any_unread(unseen: Res<Unseen>) -> bool {
    let mut batches = unseen.batches.values();
    batches.any(|batch| batch.is_unread && !batch.is_missed)
}

fn update_batches(active: ActiveTabs, time: Res<Time<Real>>, mut unseen: ResMut<Unseen>) {
    let me = active.history.user().map(|user| &user.uid);
    let now = time.elapsed();
    let mut has_changed = false;
    for conversation in active.history.conversations() {
        let batches = &mut unseen.bypass_change_detection().batches;
        let known = batches.get_mut(conversation.id());
        if conversation.unread() == 0 {
            if let Some(batch) = known {
                batch.is_unread = false;
            }
            continue;
        }
        if let Some(batch) = known
            && batch.is_unread
        {
            if !batch.is_missed && now.saturating_sub(batch.since) >= MISSED_AFTER {
                batch.is_missed = true;
                has_changed = true;
            }
            continue;
        }
        let is_new = |entry: &&Entry| entry.is_unread() && !active.filter.hides(entry, me);
        let first = conversation.iter().find(is_new).and_then(Entry::id);
        if let Some(first) = first {
            let batch = Batch {
                first,
                since: now,
                is_missed: false,
                is_unread: true,
            };
            let last = batches.insert(conversation.id().clone(), batch);
            has_changed |= last.is_some_and(|last| last.is_missed);
        }
    }
    if has_changed {
        unseen.set_changed();
    }
}

/// A player who writes has seen what was new.
fn on_line_entered(_: On<ChatLineEntered>, mut unseen: ResMut<Unseen>) {
    if unseen.batches.values().any(|batch| batch.is_missed) {
        unseen.batches.retain(|_, batch| batch.is_unread);
    }
}

fn on_addressed(
    addressed: On<UserAddressed>,
    history: Res<ChatHistory>,
    mut unseen: ResMut<Unseen>,
) {
    let me = history.user().map(|user| &user.uid);
    if let Some(me) = me.filter(|_| addressed.by != AddressedBy::Whisper) {
        let with = addressed.message.answer_to(me);
        unseen.mentions.insert(addressed.message.id, with);
        if unseen.mentions.len() > MAX_MENTIONS {
            unseen.mentions.pop_first();
        }
    }
}

/// A run condition.
pub(super) fn has_mentions(unseen: Res<Unseen>) -> bool {
    !unseen.mentions.is_empty()
}

/// Drops the mentions that are visible in a box, and those that the history no longer holds.
pub(super) fn see_mentions(
    lists: Query<(&VisibleFrom, &ChildOf)>,
    fades: Query<&Fade>,
    active: ActiveTabs,
    windows: Query<&Window, With<PrimaryWindow>>,
    mut unseen: ResMut<Unseen>,
) {
    let has_focus = windows.iter().all(|window| window.focused);
    let legible = lists.iter().filter_map(|(visible, child_of)| {
        let fade = fades.get(child_of.parent()).ok()?;
        let tab = active.of(child_of.parent())?.tab()?;
        (has_focus && fade.is_legible()).then_some((tab, visible))
    });
    let legible: Vec<_> = legible.collect();
    let is_seen = |id: MessageId, with: &ReceiverId| match active.history.conversation(with) {
        Some(conversation) if conversation.position_of(id).is_some() => {
            let mut legible = legible.iter();
            legible.any(|(tab, visible)| tab.contains(conversation) && visible.shows(&tab.id, id))
        }
        _ => true,
    };
    if unseen.mentions.iter().any(|(id, with)| is_seen(*id, with)) {
        unseen.mentions.retain(|id, with| !is_seen(*id, with));
    }
}

fn jump_to_mention(
    jump: On<JumpToMention>,
    active: ActiveTabs,
    unseen: Res<Unseen>,
    mut commands: Commands,
) {
    let chat_box = jump.chat_box;
    let tab = active.of(chat_box).and_then(|active| active.tab());
    let mut mentions = unseen.mentions_in(tab, &active.history);
    if let Some(message) = mentions.next() {
        commands.trigger(JumpToMessage { chat_box, message });
    }
}

pub(in crate::chat_box) fn mention_button(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatMentionButton,
        floating_button(theme, 34.0, |theme| theme.own_mention),
        observe(on_activate),
    )
}

fn on_activate(button: On<Activate>, box_of: BoxOf, mut commands: Commands) {
    if let Some(chat_box) = box_of.get(button.entity) {
        commands.trigger(JumpToMention { chat_box });
    }
}

/// A run condition.
pub(super) fn needs_draw(
    active: ActiveTabs,
    unseen: Res<Unseen>,
    strings: Res<ChatBoxStrings>,
    added: Query<(), Added<ChatMentionButton>>,
) -> bool {
    active.is_any_box_changed() || unseen.is_changed() || strings.is_changed() || !added.is_empty()
}

pub(super) fn draw_button(
    active: ActiveTabs,
    strings: Res<ChatBoxStrings>,
    unseen: Res<Unseen>,
    mut buttons: Query<(Entity, PartText), With<ChatMentionButton>>,
) {
    for (part, mut button) in &mut buttons {
        let tab = active.around(part).and_then(|active| active.tab());
        match unseen.mentions_in(tab, &active.history).count() {
            0 => button.set(""),
            count => button.set(&fill(
                &strings.talk.mentions,
                &[("{n}", &count.to_string())],
            )),
        }
    }
}
