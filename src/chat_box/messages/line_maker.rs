//! Makes the lines of the list from the items of the feed.

mod content;
#[cfg(test)]
mod tests;

use bevy::prelude::Color;
use jiff::tz::TimeZone;

use super::{feed::Item, fold::Fold};
use crate::{
    chat_box::{
        completion::GroupMembers,
        drawn_theme::DrawnTheme,
        line::{ChatLine, ChatLineAction, ChatLinePart, ChatLinePartKind as Kind},
        line_style::StyledLine,
        names::conversation_name,
        notes::{ChatNoteKind, Note},
        pacing::Pacing,
        player_name::PlayerName,
        safety::{ChatSafety, IncomingVerdicts, Muted},
        send::is_emote_tag,
        strings::{ChatBoxStrings, fill},
        tab::{ChatTab, is_whisper},
        tabs::ChatTabs,
    },
    history::{ConversationHistory, Entry, EntryStatus, History},
    model::{Message, MessageId, ModerationStatus, ReceiverId, Timestamp, User},
    text::{Sanitizer, display_name, isolate},
};

/// The maximum number of different reactions that are shown.
const MAX_REACTIONS: usize = 6;

/// Makes lines.
pub(super) struct LineMaker<'a> {
    pub(super) tab: &'a ChatTab,
    pub(super) tabs: &'a ChatTabs,
    pub(super) history: &'a History,
    pub(super) strings: &'a ChatBoxStrings,
    pub(super) theme: &'a DrawnTheme,
    pub(super) time_zone: &'a TimeZone,
    /// Whether there are line styles.
    pub(super) is_styled: bool,
    pub(super) safety: &'a ChatSafety,
    pub(super) verdicts: &'a IncomingVerdicts,
    pub(super) muted: &'a Muted,
    pub(super) members: &'a GroupMembers,
    /// The first message that arrived while the player did not look.
    pub(super) new_since: Option<MessageId>,
    pub(super) pacing: &'a Pacing,
    /// Whether the list is scrolled up.
    pub(super) is_reading_back: bool,
}

impl LineMaker<'_> {
    pub(super) fn line(&self, fold: &Fold) -> ChatLine {
        let mut line = ChatLine::default();
        match fold.newest {
            Item::Note(note) => self.note(&mut line, note),
            Item::Entry(conversation, entry, _) | Item::Outgoing(conversation, entry, _) => {
                if self.shows_new(fold) {
                    let text = format!("{}\n", self.strings.talk.new_since);
                    line.push(Kind::New, text, self.theme.dim);
                }
                if self.shows_gap(fold) {
                    let text = format!("{}\n", self.strings.missing);
                    line.push(Kind::Gap, text, self.theme.dim);
                }
                self.time(&mut line, entry.sent_at());
                self.channel(&mut line, conversation);
                match entry.group_action() {
                    Some(action) => {
                        let name_of = |user: &User| self.name_of(user);
                        let text = match &fold.memberships()[..] {
                            [] => self.strings.group_action(action, name_of),
                            actions => self.strings.memberships(actions, name_of),
                        };
                        line.push(Kind::Notice, text, self.theme.dim);
                    }
                    None => self.entry(&mut line, conversation, entry, fold.count()),
                }
            }
        }
        line
    }

    /// The line for the styles.
    pub(super) fn styled(&self, fold: &Fold) -> StyledLine {
        let (entry, note) = match fold.newest {
            Item::Note(note) => (None, Some(note.note.kind)),
            Item::Entry(_, entry, _) | Item::Outgoing(_, entry, _) => (Some(entry.clone()), None),
        };
        StyledLine::new(self.line(fold), entry, note)
    }

    /// Whether the line states that messages before it are missing. The oldest line in the history does so only while
    /// the list is scrolled up.
    pub(super) fn shows_gap(&self, fold: &Fold) -> bool {
        let is_oldest = matches!(fold.oldest, Item::Entry(_, _, 0));
        fold.oldest.missing_before().is_some() && (self.is_reading_back || !is_oldest)
    }

    /// Whether the line is the first that arrived while the player did not look.
    pub(super) fn shows_new(&self, fold: &Fold) -> bool {
        let id = |item: Item| item.entry().and_then(Entry::id);
        let (oldest, newest) = (id(fold.oldest), id(fold.newest));
        self.new_since.is_some() && oldest <= self.new_since && self.new_since <= newest
    }

    /// The seconds until the line is sent, if it waits for the rate limit.
    pub(super) fn seconds_until_sent(&self, fold: &Fold) -> Option<u64> {
        match fold.newest {
            Item::Outgoing(_, entry, _) => self.pacing.seconds_until_sent(entry.key()),
            _ => None,
        }
    }

    fn note(&self, line: &mut ChatLine, note: &Note) {
        if let Some(at) = note.at {
            self.time(line, at);
        }
        let text = Sanitizer::MESSAGE.clean(&note.note.text);
        let color = match (note.note.color, note.note.kind) {
            (Some(color), _) => self.theme.legible(color),
            (None, ChatNoteKind::Info) => self.theme.dim,
            (None, ChatNoteKind::Highlight) => self.theme.accent,
            (None, ChatNoteKind::Warning) => self.theme.warning,
        };
        line.push(Kind::Notice, text, color);
        if let Some(button) = note.note.button() {
            line.push(Kind::Separator, " ·", self.theme.dim);
            let action = ChatLineAction::NoteButton(note.number);
            self.button(line, &button.label, action, self.theme.accent);
        }
    }

    fn time(&self, line: &mut ChatLine, at: Timestamp) {
        let seconds = i64::try_from(at.0).ok();
        let at = seconds.and_then(|it| jiff::Timestamp::from_second(it).ok());
        if let Some(at) = at {
            let local = self.time_zone.to_datetime(at);
            let time = format!("{:02}:{:02} ", local.hour(), local.minute());
            line.push(Kind::Time, time, self.theme.dim);
        }
    }

    /// The name of the conversation, in a tab that shows several.
    fn channel(&self, line: &mut ChatLine, conversation: &ConversationHistory) {
        if self.tab.shows_several() && !is_whisper(conversation.id()) {
            let name = self.conversation_name(conversation.id());
            let color = self.channel_color(conversation).unwrap_or(self.theme.dim);
            line.push(Kind::Channel, format!("[{name}] "), color);
        }
    }

    /// The colour that the tab of the conversation has for its lines.
    fn channel_color(&self, conversation: &ConversationHistory) -> Option<Color> {
        let color = self.tabs.color_of(conversation.id());
        color.map(|color| self.theme.legible(color))
    }

    fn entry(
        &self,
        line: &mut ChatLine,
        conversation: &ConversationHistory,
        entry: &Entry,
        count: usize,
    ) {
        let is_emote = entry
            .message()
            .is_some_and(|message| message.tags().iter().any(is_emote_tag));
        self.name(line, conversation, entry);
        let separator = if is_emote { " " } else { ": " };
        line.push(Kind::Separator, separator, self.theme.dim);
        self.content(line, conversation, entry);
        if count > 1 {
            let text = fill(&self.strings.repeated, &[("{n}", &count.to_string())]);
            line.push(Kind::Count, format!(" {text}"), self.theme.accent);
        }
        if entry.is_edited() && !entry.is_hidden() {
            let text = format!(" {}", self.strings.edited);
            line.push(Kind::Remark, text, self.theme.dim);
        }
        self.reactions(line, entry);
        self.status(line, entry);
    }

    fn name(&self, line: &mut ChatLine, conversation: &ConversationHistory, entry: &Entry) {
        let sender = entry.sender();
        let template = match (conversation.id(), entry.is_own()) {
            (ReceiverId::Group(_), _) => "{name}",
            (ReceiverId::User(_), true) => &self.strings.whisper_to,
            (ReceiverId::User(_), false) => &self.strings.whisper_from,
        };
        let (name, named) = match (conversation.id(), entry.is_own()) {
            (with @ ReceiverId::User(receiver), true) => {
                let name = self.conversation_name(with);
                (name, receiver)
            }
            _ => (isolate(&self.name_of(sender)).into_owned(), &sender.uid),
        };
        let text = fill(template, &[("{name}", &name)]);
        let color = self.theme.name_color(named);
        line.parts.push(ChatLinePart {
            action: (!entry.is_own()).then(|| ChatLineAction::Whisper(sender.clone())),
            name: (!entry.is_own()).then(|| PlayerName {
                user: sender.clone(),
                message: entry.id(),
            }),
            ..ChatLinePart::new(Kind::Name, text, color)
        });
    }

    fn name_of(&self, user: &User) -> String {
        let is_me = self.history.user().is_some_and(|me| me.uid == user.uid);
        if is_me {
            display_name(user).into_owned()
        } else {
            self.safety.name_of(user, self.strings)
        }
    }

    fn conversation_name(&self, with: &ReceiverId) -> String {
        conversation_name(with, self.tabs, self.history, self.safety, self.strings)
    }

    fn reactions(&self, line: &mut ChatLine, entry: &Entry) {
        for reaction in entry.reactions().iter().take(MAX_REACTIONS) {
            let emoji = Sanitizer::NAME
                .with_max_graphemes(4)
                .clean(&reaction.reaction)
                .into_owned();
            line.push(Kind::Separator, " ", self.theme.dim);
            let text = format!("\u{a0}{emoji}\u{a0}{}\u{a0}", reaction.count);
            let color = if reaction.reacted_by_me {
                self.theme.accent
            } else {
                self.theme.dim
            };
            let react = |id| ChatLineAction::React(id, reaction.reaction.clone());
            line.parts.push(ChatLinePart {
                background: self.theme.raised_background,
                action: entry.id().map(react),
                ..ChatLinePart::new(Kind::Reaction, text, color)
            });
        }
    }

    fn status(&self, line: &mut ChatLine, entry: &Entry) {
        match entry.status() {
            EntryStatus::Pending => {
                let seconds = self.pacing.seconds_until_sent(entry.key());
                let text = seconds.map_or_else(
                    || format!(" {}", self.strings.pending),
                    |n| format!(" {}", fill(&self.strings.held, &[("{n}", &n.to_string())])),
                );
                line.push(Kind::Pending, text, self.theme.accent);
            }
            EntryStatus::Failed(error) => {
                let reason = self.strings.failure_reason(&error.code);
                let text = fill(&self.strings.failed, &[("{text}", reason)]);
                line.push(Kind::Failure, format!(" {text}"), self.theme.warning);
                if let Some(muid) = entry.muid() {
                    let again = ChatLineAction::Resend(muid.clone());
                    self.button(line, &self.strings.try_again, again, self.theme.warning);
                    let never = ChatLineAction::Discard(muid.clone());
                    self.button(line, &self.strings.give_up, never, self.theme.warning);
                }
            }
            _ => {
                let details = entry.message().map(Message::details);
                let moderation = details.and_then(|details| details.moderation);
                if entry.is_own() && moderation == Some(ModerationStatus::Pending) {
                    let text = format!(" {}", self.strings.safety.being_moderated);
                    line.push(Kind::Pending, text, self.theme.accent);
                }
            }
        }
    }

    /// A button after a note, or after a message that was not sent.
    fn button(&self, line: &mut ChatLine, label: &str, action: ChatLineAction, tint: Color) {
        line.push(Kind::Separator, " ", self.theme.dim);
        let background = self.theme.tinted_background(tint);
        let color = self.theme.legible_on(background, self.theme.text);
        let text = format!("\u{a0}{label}\u{a0}");
        line.parts.push(ChatLinePart {
            background,
            action: Some(action),
            ..ChatLinePart::new(Kind::Button, text, color)
        });
    }
}
