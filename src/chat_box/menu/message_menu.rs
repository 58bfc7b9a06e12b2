//! The menu on a message: reply, react, copy, edit, delete, report.

use std::sync::Arc;

use bevy::{clipboard::Clipboard, ecs::system::SystemParam, prelude::*};

use super::{
    name_actions::NameActionCall,
    opening::{LogCorner, MenuStep, OpenMessageMenu},
    popup::PopupParts,
};
use crate::{
    chat_box::{
        active_tab::{ActiveTab, ActiveTabs},
        chip::from_metadata,
        composing::Composer,
        messages::{Feed, OutgoingPlaces},
        notes::ChatNotes,
        safety::{LineFilter, PlayerActions, push_failure},
        strings::{ChatBoxStrings, fill},
    },
    history::{Entry, History},
    model::{MessageId, ReceiverId},
    plugin::{ChatHistory, CometChat},
    text::{Sanitizer, isolate},
};

/// How much of the message the title of the menu and the context of a reply show.
const QUOTE: Sanitizer = Sanitizer::MESSAGE.with_max_lines(1).with_max_graphemes(40);
/// The maximum number of messages between which the arrow keys switch.
const MAX_MESSAGES: usize = 200;

/// The reactions in the menu on a message. A game may set others.
///
/// Bevy's default font has none of them: see [`ChatBoxTheme`](crate::chat_box::ChatBoxTheme) for fonts.
#[derive(Resource, Reflect, Clone, Debug, PartialEq)]
#[reflect(Resource, Clone, Debug, Default, PartialEq)]
pub struct QuickReactions(pub Vec<String>);

impl Default for QuickReactions {
    fn default() -> Self {
        Self(["👍", "❤️", "😂", "😮", "😢", "👎"].map(Into::into).into())
    }
}

/// The message that the menu is on.
#[derive(Component)]
struct MenuOfMessage(OpenMessageMenu);

/// Opens the menu on the newest message in the active tab, for a key or a button.
#[derive(Event)]
pub(in crate::chat_box) struct OpenNewestMessageMenu;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<QuickReactions>()
        .register_type::<QuickReactions>()
        .add_observer(open)
        .add_observer(open_newest)
        .add_observer(change_message);
}

/// The messages of the history, and the filter of what the player may see of them.
#[derive(SystemParam)]
struct Messages<'w> {
    history: Res<'w, ChatHistory>,
    filter: LineFilter<'w>,
    strings: Res<'w, ChatBoxStrings>,
}

impl Messages<'_> {
    /// The text of a message that the player sees, in the form in which it can be typed.
    fn text(&self, (with, entry): (&ReceiverId, &Entry)) -> Option<String> {
        let text = self.filter.shown_text(entry, with)?;
        let name_of = |user: &_| self.filter.safety.name_of(user, &self.strings);
        Some(Sanitizer::MESSAGE.with_names(&text, entry.mentions(), name_of))
    }

    /// The name of the sender, and the start of the message.
    fn quote(&self, message: (&ReceiverId, &Entry)) -> (String, String) {
        let name = self
            .filter
            .safety
            .name_of(message.1.sender(), &self.strings);
        let text = self.text(message).unwrap_or_default();
        let quote = QUOTE.clean(&text).into_owned();
        (isolate(&name).into_owned(), isolate(&quote).into_owned())
    }

    fn context(&self, template: &str, message: (&ReceiverId, &Entry)) -> String {
        let (name, quote) = self.quote(message);
        fill(template, &[("{name}", &name), ("{text}", &quote)])
    }
}

fn find(history: &History, id: MessageId) -> Option<(&ReceiverId, &Entry)> {
    let mut conversations = history.conversations();
    conversations.find_map(|held| Some((held.id(), held.get(held.position_of(id)?)?)))
}

fn open(
    menu: On<OpenMessageMenu>,
    messages: Messages,
    reactions: Res<QuickReactions>,
    mut parts: PopupParts,
) {
    let id = menu.message;
    let Some(message) = find(&messages.history, id) else {
        return;
    };
    let (_, entry) = message;
    if entry.group_action().is_some() || entry.is_hidden() {
        return;
    }
    let strings = &messages.strings.talk;
    let text = messages.text(message);
    let (name, quote) = messages.quote(message);
    let popup = parts.open(menu.at, &name);
    if !quote.is_empty() {
        parts.add_text(popup, &format!("“{quote}”"));
    }
    let first = parts.add_item(popup, &strings.reply, move |commands| {
        commands.run_system_cached_with(reply, id);
    });
    let row = parts.add_row(popup);
    for reaction in &reactions.0 {
        let toggled: Arc<str> = reaction.as_str().into();
        parts.add_item(row, reaction, move |commands| {
            commands.run_system_cached_with(toggle_reaction, (id, toggled.clone()));
        });
    }
    if let Some(text) = text {
        if entry.is_own() {
            parts.add_item(popup, &strings.edit, move |commands| {
                commands.run_system_cached_with(edit, id);
            });
        }
        parts.add_item(popup, &strings.copy_text, move |commands| {
            commands.run_system_cached_with(copy, text.clone());
        });
    }
    if entry.is_own() {
        let at = menu.at;
        parts.add_item(popup, &strings.delete, move |commands| {
            commands.run_system_cached_with(confirm_deletion, (id, at));
        });
    } else {
        let call = NameActionCall::new(entry.sender().clone(), Some(id));
        parts.add_item(popup, &messages.strings.safety.report, move |commands| {
            commands.run_system_cached_with(super::report::report, call.clone());
        });
    }
    parts.focus(first);
    let of = MenuOfMessage(menu.clone());
    parts.commands.entity(popup).insert(of);
}

fn open_newest(
    _: On<OpenNewestMessageMenu>,
    active: ActiveTabs,
    notes: Res<ChatNotes>,
    corner: LogCorner,
    mut commands: Commands,
) {
    let recent = active.main().map(|active| recent(&active, &notes));
    if let Some(message) = recent.iter().flatten().next() {
        commands.trigger(OpenMessageMenu::new(*message, corner.at()));
    }
}

fn change_message(
    step: On<MenuStep>,
    menu: Single<&MenuOfMessage>,
    active: ActiveTabs,
    notes: Res<ChatNotes>,
    mut commands: Commands,
) {
    let Some(active) = active.of_or_main(menu.0.chat_box) else {
        return;
    };
    let messages = recent(&active, &notes);
    let current = messages.iter().position(|id| *id == menu.0.message);
    let next = current.unwrap_or(0).checked_add_signed(step.0);
    if let Some(message) = next.and_then(|next| messages.get(next)) {
        commands.trigger(OpenMessageMenu {
            message: *message,
            ..menu.0
        });
    }
}

/// The messages in the active tab that have a menu, the newest first.
fn recent(active: &ActiveTab, notes: &ChatNotes) -> Vec<MessageId> {
    let Some(tab) = active.tab() else {
        return Vec::new();
    };
    let me = active.history.user().map(|user| &user.uid);
    let places = OutgoingPlaces::default();
    let feed = Feed::new(tab, active.history, notes, &places);
    let entries = feed.newest_entries().filter(|entry| {
        entry.group_action().is_none() && !entry.is_hidden() && !active.filter.hides(entry, me)
    });
    entries.filter_map(Entry::id).take(MAX_MESSAGES).collect()
}

fn reply(id: In<MessageId>, messages: Messages, mut composer: Composer) {
    if let Some(message) = find(&messages.history, *id) {
        let context = messages.context(&messages.strings.talk.reply_to, message);
        composer.reply(*id, message.0.clone(), context);
    }
}

fn edit(id: In<MessageId>, messages: Messages, mut composer: Composer) {
    if let Some(message) = find(&messages.history, *id)
        && let Some(text) = messages.text(message)
    {
        let context = messages.context(&messages.strings.talk.editing, message);
        for user in message.1.mentions() {
            let name = messages.filter.safety.name_of(user, &messages.strings);
            composer.mentions.add(&format!("@{name}"), &user.uid);
        }
        let metadata = message.1.message().and_then(|it| it.metadata.as_ref());
        for chip in from_metadata(metadata).iter().rev() {
            composer.chips.add(chip, "");
        }
        composer.edit(*id, message.0.clone(), context, &text);
    }
}

/// Adds a reaction of the user to a message, or removes it.
pub(in crate::chat_box) fn toggle_reaction(
    reaction: In<(MessageId, Arc<str>)>,
    history: Res<ChatHistory>,
    chat: Option<Res<CometChat>>,
) {
    let (id, reaction) = reaction.0;
    let (Some((_, entry)), Some(chat)) = (find(&history, id), chat) else {
        return;
    };
    let mut reactions = entry.reactions().iter();
    let is_mine = reactions.any(|it| it.reaction == reaction && it.reacted_by_me);
    let request = if is_mine {
        chat.remove_reaction(id, reaction)
    } else {
        chat.add_reaction(id, reaction)
    };
    request.on_error(push_failure);
}

fn copy(text: In<String>, mut clipboard: ResMut<Clipboard>) {
    if let Err(error) = clipboard.set_text(text.0) {
        tracing::warn!("a message could not be copied: {error:?}");
    }
}

/// A deletion cannot be undone: the player is asked.
fn confirm_deletion(
    message: In<(MessageId, Vec2)>,
    strings: Res<ChatBoxStrings>,
    mut parts: PopupParts,
) {
    let (id, at) = *message;
    let popup = parts.open(at, &strings.talk.delete_title);
    let cancel = parts.add_item(popup, &strings.safety.cancel, |_| {});
    parts.add_item(popup, &strings.talk.delete, move |commands| {
        commands.run_system_cached_with(delete, id);
    });
    parts.focus(cancel);
}

fn delete(id: In<MessageId>, actions: PlayerActions) {
    if let Some(chat) = &actions.chat {
        chat.delete_message(*id).on_error(push_failure);
    }
}
