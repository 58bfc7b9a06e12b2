//! What a message says: text with chips, mentions and links, or a remark in place of it.

use std::{borrow::Cow, sync::Arc};

use bevy::prelude::Color;

use super::LineMaker;
use crate::{
    chat_box::{
        chip::{ChatChip, from_metadata, take_places},
        line::{ChatLine, ChatLineAction, ChatLinePart, ChatLinePartKind as Kind},
        links::web_addresses,
        names::senders,
        player_name::PlayerName,
        safety::GateVerdict,
        strings::fill,
        tab::is_whisper,
    },
    history::{ConversationHistory, Entry, EntryStatus},
    model::{Message, MessageContent, ModerationStatus, User},
    text::{Sanitizer, Segment, isolate},
};

const CHIP: Sanitizer = Sanitizer::MESSAGE.with_max_lines(1).with_max_graphemes(60);
const FILE_NAME: Sanitizer = Sanitizer::NAME;

impl LineMaker<'_> {
    /// The content, or why it is not shown.
    pub(super) fn content(
        &self,
        line: &mut ChatLine,
        conversation: &ConversationHistory,
        entry: &Entry,
    ) {
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
}
