//! What a line says, before it is drawn.

use std::sync::Arc;

use bevy::prelude::{Color, Mix};
use jiff::tz::TimeZone;

use super::{
    chat_box_strings::{ChatBoxStrings, fill},
    chat_box_theme::ChatBoxTheme,
    chat_notes::Note,
    chat_tabs::{ChatTab, ChatTabShows, ChatTabs, is_whisper, name_of},
    command::EMOTE_TAG,
    feed::Item,
    name_color::name_color,
};
use crate::{
    history::{ConversationHistory, Entry, EntryStatus, History},
    model::{Message, MessageContent, ReceiverId, Timestamp, User},
    text::{Sanitizer, Segment, display_name, isolate},
};

/// More kinds of reactions are not shown.
const MAX_REACTIONS: usize = 6;
const CHIP: Sanitizer = Sanitizer::MESSAGE.with_max_lines(1).with_max_graphemes(60);
const FILE_NAME: Sanitizer = Sanitizer::NAME;

/// The parts of a line, in order.
#[derive(Debug, Default)]
pub(super) struct Line(pub(super) Vec<Part>);

#[derive(Debug)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) color: Color,
    pub(super) background: Color,
    pub(super) action: Option<Action>,
}

/// What a click on a part does.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Whisper(Arc<User>),
    Resend(Arc<str>),
    Discard(Arc<str>),
    Chip(Arc<Message>),
}

/// What lines are made with.
pub(super) struct LineMaker<'a> {
    pub(super) tab: &'a ChatTab,
    pub(super) tabs: &'a ChatTabs,
    pub(super) history: &'a History,
    pub(super) strings: &'a ChatBoxStrings,
    /// As it is seen.
    pub(super) theme: &'a ChatBoxTheme,
    pub(super) time_zone: &'a TimeZone,
}

impl LineMaker<'_> {
    pub(super) fn line(&self, item: Item) -> Line {
        let mut line = Line::default();
        match item {
            Item::Note(note) => self.note(&mut line, note),
            Item::Entry(conversation, entry) => {
                self.time(&mut line, entry.sent_at());
                self.channel(&mut line, conversation);
                match entry.group_action() {
                    Some(action) => {
                        let said = self.strings.of_action(action);
                        line.say(said, self.theme.dim);
                    }
                    None => self.entry(&mut line, conversation, entry),
                }
            }
        }
        line
    }

    fn note(&self, line: &mut Line, note: &Note) {
        if let Some(at) = note.at {
            self.time(line, at);
        }
        line.say(Sanitizer::MESSAGE.clean(&note.text), self.theme.dim);
    }

    fn time(&self, line: &mut Line, at: Timestamp) {
        let seconds = i64::try_from(at.0).ok();
        let at = seconds.and_then(|it| jiff::Timestamp::from_second(it).ok());
        if let Some(at) = at {
            let local = self.time_zone.to_datetime(at);
            let time = format!("{:02}:{:02} ", local.hour(), local.minute());
            line.say(time, self.faint());
        }
    }

    /// The colour of what is hardly there.
    fn faint(&self) -> Color {
        self.theme.dim.mix(&self.theme.backdrop, 0.25)
    }

    /// Where it was said, in a tab that shows more than one conversation.
    fn channel(&self, line: &mut Line, conversation: &ConversationHistory) {
        if self.tab.shows == ChatTabShows::Everything && !is_whisper(conversation.id()) {
            let name = name_of(conversation.id(), self.tabs, self.history);
            line.say(format!("[{name}] "), self.theme.dim);
        }
    }

    fn entry(&self, line: &mut Line, conversation: &ConversationHistory, entry: &Entry) {
        let is_emote = entry
            .message()
            .is_some_and(|message| message.tags().iter().any(|tag| &**tag == EMOTE_TAG));
        self.name(line, conversation, entry);
        line.say(if is_emote { " " } else { ": " }, self.theme.dim);
        self.content(line, entry);
        if entry.is_edited() && !entry.is_hidden() {
            line.say(format!(" {}", self.strings.edited), self.theme.dim);
        }
        self.reactions(line, entry);
        self.status(line, entry);
    }

    fn name(&self, line: &mut Line, conversation: &ConversationHistory, entry: &Entry) {
        let sender = entry.sender();
        let template = match (conversation.id(), entry.is_own()) {
            (ReceiverId::Group(_), _) => "{name}",
            (ReceiverId::User(_), true) => &self.strings.whisper_to,
            (ReceiverId::User(_), false) => &self.strings.whisper_from,
        };
        let name = match (conversation.id(), entry.is_own()) {
            (with @ ReceiverId::User(_), true) => name_of(with, self.tabs, self.history),
            _ => isolate(&display_name(sender)).into_owned(),
        };
        line.0.push(Part {
            text: fill(template, &[("{name}", &name)]),
            color: name_color(&sender.uid, self.theme.backdrop),
            background: Color::NONE,
            action: (!entry.is_own()).then(|| Action::Whisper(sender.clone())),
        });
    }

    fn content(&self, line: &mut Line, entry: &Entry) {
        let color = match entry.status() {
            EntryStatus::Pending => self.faint(),
            EntryStatus::Failed(_) => self.theme.dim,
            _ => self.theme.text,
        };
        if entry.is_hidden() {
            return line.say(self.strings.deleted.as_str(), self.theme.dim);
        }
        match entry.content() {
            MessageContent::Custom(custom) => {
                let text = custom.text.as_deref().unwrap_or_default();
                self.chip(line, entry, text);
            }
            MessageContent::Media(media) if media.caption.is_none() => {
                let name = media.attachments.first().map_or("", |file| &*file.name);
                let name = FILE_NAME.clean(name);
                let said = fill(&self.strings.file, &[("{text}", &isolate(&name))]);
                line.say(said, self.theme.dim);
            }
            _ => match entry.text() {
                Some(text) => self.text(line, entry, text, color),
                None => line.say(self.strings.unknown_content.as_str(), self.theme.dim),
            },
        }
    }

    fn text(&self, line: &mut Line, entry: &Entry, text: &str, color: Color) {
        let before = line.0.len();
        let me = self.history.user().map(|user| &user.uid);
        for segment in Sanitizer::MESSAGE.segments(text, entry.mentions()) {
            match segment {
                Segment::Text(text) => line.say(text, color),
                Segment::Mention { user, name } => {
                    let is_me = me == Some(&user.uid);
                    let (color, background) = match is_me {
                        true => (self.theme.backdrop, self.theme.own_mention),
                        false => (self.theme.accent, Color::NONE),
                    };
                    line.0.push(Part {
                        text: format!("@{}", isolate(&name)),
                        color,
                        background,
                        action: (!is_me).then(|| Action::Whisper(user.clone())),
                    });
                }
            }
        }
        if line.0.len() == before {
            line.say(self.strings.unknown_content.as_str(), self.theme.dim);
        }
    }

    /// Something to click, which the game knows what to do with.
    fn chip(&self, line: &mut Line, entry: &Entry, text: &str) {
        let text = CHIP.clean(text);
        let text = match text.is_empty() {
            true => self.strings.unknown_content.as_str(),
            false => &text,
        };
        line.0.push(Part {
            text: format!("\u{a0}{text}\u{a0}"),
            color: self.theme.accent,
            background: self.theme.backdrop.mix(&self.theme.accent, 0.3),
            action: entry
                .message()
                .map(|message| Action::Chip(Arc::new(message.clone()))),
        });
    }

    fn reactions(&self, line: &mut Line, entry: &Entry) {
        for reaction in entry.reactions().iter().take(MAX_REACTIONS) {
            let emoji = Sanitizer::NAME
                .with_max_graphemes(4)
                .clean(&reaction.reaction)
                .into_owned();
            line.say(" ", self.theme.dim);
            line.0.push(Part {
                text: format!("\u{a0}{emoji}\u{a0}{}\u{a0}", reaction.count),
                color: match reaction.reacted_by_me {
                    true => self.theme.accent,
                    false => self.theme.dim,
                },
                background: self.theme.backdrop.mix(&self.theme.text, 0.14),
                action: None,
            });
        }
    }

    fn status(&self, line: &mut Line, entry: &Entry) {
        match entry.status() {
            EntryStatus::Pending => {
                line.say(format!(" {}", self.strings.pending), self.theme.accent);
            }
            EntryStatus::Failed(error) => {
                let why = self.strings.of_failure(&error.code);
                let said = fill(&self.strings.failed, &[("{text}", why)]);
                line.say(format!(" {said}"), self.theme.warning);
                if let Some(muid) = entry.muid() {
                    self.button(line, &self.strings.try_again, Action::Resend(muid.clone()));
                    self.button(line, &self.strings.give_up, Action::Discard(muid.clone()));
                }
            }
            _ => {}
        }
    }

    /// What can be done about a message that was not sent.
    fn button(&self, line: &mut Line, label: &str, action: Action) {
        line.say(" ", self.theme.dim);
        line.0.push(Part {
            text: format!("\u{a0}{label}\u{a0}"),
            color: self.theme.text,
            background: self.theme.backdrop.mix(&self.theme.warning, 0.3),
            action: Some(action),
        });
    }
}

impl Line {
    fn say(&mut self, text: impl Into<String>, color: Color) {
        self.0.push(Part {
            text: text.into(),
            color,
            background: Color::NONE,
            action: None,
        });
    }

    /// All of it, for those who hear it.
    pub(super) fn spoken(&self) -> String {
        self.0.iter().map(|part| part.text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat_box::{chat_notes::ChatNotes, feed::Feed},
        client::{ChatError, ErrorCode, Event, OutboxChange, OutboxState},
        history::HistoryLimits,
        lifecycle::SessionOrigin,
        model::{Group, GroupKind, Receiver, TextMessage, UnmodelledContent},
        test_util::text_message,
    };

    struct Scene {
        history: History,
        tabs: ChatTabs,
        theme: ChatBoxTheme,
    }

    impl Scene {
        fn new() -> Self {
            let mut history = History::new(HistoryLimits::default());
            let user = Arc::new(User::new("me", "Me"));
            let origin = SessionOrigin::Login;
            history.apply(&Event::LoggedIn { user, origin }, Default::default());
            Self {
                history,
                tabs: ChatTabs::default(),
                theme: ChatBoxTheme::default(),
            }
        }

        fn tell(&mut self, event: &Event) {
            self.history.apply(event, Default::default());
        }

        fn queue(&mut self, state: OutboxState) {
            let change = OutboxChange {
                muid: "m1".into(),
                message: Arc::new(TextMessage::to_group("zone", "hello").into()),
                queued_at: Timestamp(1),
                state,
            };
            self.tell(&Event::OutboxChanged(change.into()));
        }

        /// The newest line.
        fn line(&self) -> Line {
            let (notes, tab) = (ChatNotes::default(), self.tabs.get(ChatTabs::ALL).unwrap());
            let feed = Feed::of(tab, &self.history, &notes);
            let maker = LineMaker {
                tab,
                tabs: &self.tabs,
                history: &self.history,
                strings: &ChatBoxStrings::default(),
                theme: &self.theme,
                time_zone: &TimeZone::UTC,
            };
            maker.line(feed.back(&mut feed.end()).unwrap())
        }
    }

    fn message(text: &str) -> Message {
        let group = Group::new("zone", "Zone", GroupKind::Public);
        let ana = User::new("ana", "Ana").into();
        text_message(1, ana, Receiver::Group(group.into()), text)
    }

    #[test]
    fn a_message_is_pending_then_failed_and_can_be_sent_again_or_given_up() {
        let mut scene = Scene::new();
        scene.queue(OutboxState::Pending);
        let line = scene.line();
        let hello = line.0.iter().find(|part| part.text == "hello").unwrap();
        assert_ne!(hello.color, scene.theme.text);
        assert_eq!(line.0.last().unwrap().text, " …");

        let error = ChatError::new(ErrorCode::FailedToFetch, "no route");
        scene.queue(OutboxState::Failed(error));
        let line = scene.line();
        assert!(
            line.0
                .iter()
                .any(|part| part.text == " Not sent: no connection.")
        );
        let button = |label: &str| {
            let part = line.0.iter().find(|part| part.text.trim() == label);
            part.unwrap().action.clone().unwrap()
        };
        assert!(matches!(button("Try again"), Action::Resend(muid) if &*muid == "m1"));
        assert!(matches!(button("Give up"), Action::Discard(muid) if &*muid == "m1"));
    }

    #[test]
    fn the_own_name_is_louder_than_others() {
        let mut scene = Scene::new();
        let mut message = message("<@uid:me> and <@uid:bob>");
        message.details_mut().mentions =
            vec![User::new("me", "Me").into(), User::new("bob", "Bob").into()];
        scene.tell(&Event::MessageReceived(message));
        let line = scene.line();
        let part = |text: &str| line.0.iter().find(|part| part.text == text).unwrap();
        assert_eq!(part("@Me").background, scene.theme.own_mention);
        assert_eq!(part("@Bob").background, Color::NONE);
        assert!(matches!(&part("@Bob").action, Some(Action::Whisper(bob)) if bob.uid == *"bob"));
    }

    #[test]
    fn unknown_content_has_a_placeholder() {
        let mut scene = Scene::new();
        let mut message = message("");
        message.content = MessageContent::Unmodelled(Arc::new(UnmodelledContent {
            category: "call".into(),
            kind: "audio".into(),
            data: None,
        }));
        scene.tell(&Event::MessageReceived(message));
        assert!(scene.line().spoken().contains("cannot show"));
    }

    #[test]
    fn a_name_starts_a_whisper_and_its_color_is_the_users() {
        let mut scene = Scene::new();
        scene.tell(&Event::MessageReceived(message("hi")));
        let line = scene.line();
        let name = line.0.iter().find(|part| part.text == "Ana").unwrap();
        assert_eq!(name.color, name_color(&"ana".into(), scene.theme.backdrop));
        assert!(matches!(&name.action, Some(Action::Whisper(ana)) if ana.uid == *"ana"));
    }
}
