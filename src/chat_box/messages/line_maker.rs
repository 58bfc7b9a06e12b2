//! Makes the lines of the list from the items of the feed.

#[cfg(test)]
mod tests;

use std::{borrow::Cow, sync::Arc};

use bevy::prelude::Color;
use jiff::tz::TimeZone;

use super::{feed::Item, fold::Fold};
use crate::{
    chat_box::{
        chip::{ChatChip, from_metadata, take_places},
        completion::GroupMembers,
        drawn_theme::DrawnTheme,
        line::{ChatLine, ChatLineAction, ChatLinePart, ChatLinePartKind as Kind},
        line_style::StyledLine,
        links::web_addresses,
        names::{conversation_name, senders},
        notes::{ChatNoteKind, Note},
        pacing::Pacing,
        player_name::PlayerName,
        safety::{ChatSafety, GateVerdict, IncomingVerdicts, Muted},
        send::is_emote_tag,
        strings::{ChatBoxStrings, fill},
        tab::{ChatTab, is_whisper},
        tabs::ChatTabs,
    },
    history::{ConversationHistory, Entry, EntryStatus, History},
    model::{Message, MessageContent, MessageId, ModerationStatus, ReceiverId, Timestamp, User},
    text::{Sanitizer, Segment, display_name, isolate},
};

/// The maximum number of different reactions that are shown.
const MAX_REACTIONS: usize = 6;
const CHIP: Sanitizer = Sanitizer::MESSAGE.with_max_lines(1).with_max_graphemes(60);
const FILE_NAME: Sanitizer = Sanitizer::NAME;

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

    fn content(&self, line: &mut ChatLine, conversation: &ConversationHistory, entry: &Entry) {
        let color = match entry.status() {
            EntryStatus::Pending | EntryStatus::Failed(_) => self.theme.dim,
            _ => {
                let is_whisper = is_whisper(conversation.id());
                let usual = if is_whisper {
                    self.theme.whisper
                } else {
                    self.theme.text
                };
                self.channel_color(conversation).unwrap_or(usual)
            }
        };
        if entry.is_hidden() {
            let remark = self.reason_of_hiding(entry);
            return line.push(Kind::Remark, remark, self.theme.dim);
        }
        if self.safety.seals(entry, conversation.id()) && !self.is_opened(entry) {
            return self.closed(line, entry, &self.strings.safety.sealed);
        }
        let strings = &self.strings.safety;
        match entry.id().map(|id| self.verdicts.get(id)) {
            Some(GateVerdict::Hold(reason)) => {
                let remark = fill(&strings.held_message, &[("{text}", reason)]);
                return self.closed(line, entry, &remark);
            }
            Some(GateVerdict::Refuse(reason)) => {
                let remark = fill(&strings.hidden_message, &[("{text}", reason)]);
                return line.push(Kind::Remark, remark, self.theme.dim);
            }
            Some(GateVerdict::Mask(text)) => return self.text(line, entry, text, color),
            Some(GateVerdict::Allow) | None => {}
        }
        match entry.content() {
            MessageContent::Custom(custom) => {
                self.chip(line, entry, ChatChip::of_message(custom.clone()));
            }
            MessageContent::Media(media) if media.caption.is_none() => {
                let name = media.attachments.first().map_or("", |file| &*file.name);
                let name = FILE_NAME.clean(name);
                let text = fill(&self.strings.file, &[("{text}", &isolate(&name))]);
                line.push(Kind::Remark, text, self.theme.dim);
            }
            _ => match entry.text() {
                Some(text) => self.text(line, entry, text, color),
                None => self.unknown(line),
            },
        }
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

    /// Whether the player wants to see a message that is closed.
    fn is_opened(&self, entry: &Entry) -> bool {
        entry.id().is_some_and(|id| self.verdicts.is_shown(id))
    }

    /// A remark in place of a message, with a button that shows the message.
    fn closed(&self, line: &mut ChatLine, entry: &Entry, remark: &str) {
        line.push(Kind::Remark, remark, self.theme.dim);
        if let Some(id) = entry.id() {
            let label = &self.strings.safety.show;
            self.button(line, label, ChatLineAction::Show(id), self.theme.accent);
        }
    }

    /// Why a message is not shown: its author or moderation has removed it.
    fn reason_of_hiding(&self, entry: &Entry) -> String {
        let details = entry.message().map(Message::details);
        let disapproved = details.filter(|it| it.moderation == Some(ModerationStatus::Disapproved));
        match disapproved {
            Some(_) if !entry.is_own() => self.strings.safety.removed.clone(),
            Some(details) => {
                let reason = details.moderation_reason.as_deref().unwrap_or_default();
                let reason = CHIP.clean(reason.trim_end_matches('.'));
                let reason = if reason.is_empty() {
                    self.strings.safety.rules.as_str()
                } else {
                    &*reason
                };
                fill(&self.strings.safety.disapproved, &[("{text}", reason)])
            }
            None => self.strings.deleted.clone(),
        }
    }

    fn text(&self, line: &mut ChatLine, entry: &Entry, text: &str, color: Color) {
        self.quote(line, entry);
        let before = line.parts.len();
        let me = self.history.user().map(|user| &user.uid);
        let mentioned = self.mentioned_in(entry, text);
        let held = entry
            .outgoing()
            .and_then(|it| it.envelope.metadata.as_ref());
        let stored = entry.message().and_then(|it| it.metadata.as_ref());
        let mut chips = from_metadata(stored.or(held));
        for segment in Sanitizer::MESSAGE.segments(text, &mentioned) {
            match segment {
                Segment::Text(text) => {
                    let mut end = 0;
                    for (range, chip) in take_places(&text, &mut chips) {
                        self.words(line, &text[end..range.start], color);
                        self.chip(line, entry, chip);
                        end = range.end;
                    }
                    self.words(line, &text[end..], color);
                }
                Segment::Mention { user, .. } => {
                    let is_me = me == Some(&user.uid);
                    let (color, background) = if is_me {
                        self.own_mention()
                    } else {
                        (self.theme.accent, Color::NONE)
                    };
                    let text = format!("@{}", isolate(&self.name_of(user)));
                    line.parts.push(ChatLinePart {
                        background,
                        action: (!is_me).then(|| ChatLineAction::Whisper(user.clone())),
                        name: (!is_me).then(|| PlayerName::new(user.clone())),
                        ..ChatLinePart::new(Kind::Mention, text, color)
                    });
                }
            }
        }
        if line.parts.len() == before {
            self.unknown(line);
        }
    }

    /// Text with web addresses.
    fn words(&self, line: &mut ChatLine, text: &str, color: Color) {
        let mut end = 0;
        for (range, url) in web_addresses(text) {
            line.push(Kind::Text, &text[end..range.start], color);
            let action = ChatLineAction::OpenLink(url.into());
            line.parts.push(ChatLinePart {
                action: self.safety.offers_links.then_some(action),
                ..ChatLinePart::new(Kind::Link, &text[range.clone()], self.theme.accent)
            });
            end = range.end;
        }
        if end < text.len() {
            line.push(Kind::Text, &text[end..], color);
        }
    }

    /// The users whom a text mentions. For a sent message, the server lists them.
    fn mentioned_in<'a>(&self, entry: &'a Entry, text: &str) -> Cow<'a, [Arc<User>]> {
        if !entry.mentions().is_empty() || !entry.is_own() || !text.contains("<@uid:") {
            return entry.mentions().into();
        }
        let is_mentioned = |user: &&Arc<User>| text.contains(&format!("<@uid:{}>", user.uid));
        senders(self.history)
            .chain(self.members.iter())
            .filter(is_mentioned)
            .cloned()
            .collect()
    }

    /// The start of the message that this one replies to. A reply to the user is highlighted like a mention.
    fn quote(&self, line: &mut ChatLine, entry: &Entry) {
        let quoted = entry.message().and_then(Message::quoted);
        let held = entry.outgoing().and_then(|it| it.envelope.quoted_id);
        let held = held.and_then(|id| {
            let mut conversations = self.history.conversations();
            conversations.find_map(|it| it.get(it.position_of(id)?)?.message())
        });
        let Some(quoted) = quoted.or(held).filter(|quoted| !self.hides_quoted(quoted)) else {
            return;
        };
        let text = self.verdicts.text(quoted).unwrap_or_default();
        let name_of = |user: &User| self.name_of(user);
        let text = CHIP.with_names(&text, quoted.mentions(), name_of);
        let name = isolate(&self.name_of(&quoted.sender)).into_owned();
        let text = fill(
            &self.strings.talk.quote,
            &[("{name}", &name), ("{text}", &isolate(&text))],
        );
        let me = self.history.user().map(|user| &user.uid);
        let (color, background) = if !entry.is_own() && me == Some(&quoted.sender.uid) {
            self.own_mention()
        } else {
            (self.theme.dim, Color::NONE)
        };
        line.parts.push(ChatLinePart {
            background,
            action: Some(ChatLineAction::JumpTo(quoted.id)),
            ..ChatLinePart::new(Kind::Quote, text, color)
        });
    }

    /// Whether nothing of a quoted message is shown.
    fn hides_quoted(&self, quoted: &Message) -> bool {
        let me = self.history.user().map(|user| &user.uid);
        let is_own = me == Some(&quoted.sender.uid);
        let is_disapproved = quoted.details().moderation == Some(ModerationStatus::Disapproved);
        quoted.is_deleted()
            || is_disapproved
            || !is_own && self.muted.contains(&quoted.sender.uid)
            || self.verdicts.text(quoted).is_none()
    }

    /// The text and background colours of what is said to the user.
    fn own_mention(&self) -> (Color, Color) {
        let background = self.theme.own_mention;
        let color = self.theme.legible_on(background, self.theme.background);
        (color, background)
    }

    fn unknown(&self, line: &mut ChatLine) {
        let text = self.strings.unknown_content.as_str();
        line.push(Kind::Remark, text, self.theme.dim);
    }

    /// A chip, which triggers an event of the game when it is clicked.
    fn chip(&self, line: &mut ChatLine, entry: &Entry, chip: ChatChip) {
        let words = chip.words();
        let text = if words.is_empty() {
            self.strings.unknown_content.as_str()
        } else {
            &words
        };
        let text = format!("\u{a0}{text}\u{a0}");
        let message = entry.message().cloned().map(Arc::new);
        let background = self.theme.tinted_background(self.theme.accent);
        let color = self.theme.legible_on(background, self.theme.accent);
        line.parts.push(ChatLinePart {
            background,
            action: message.map(|message| ChatLineAction::Chip(chip, message)),
            ..ChatLinePart::new(Kind::Chip, text, color)
        });
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
