use std::sync::Arc;

use bevy::prelude::{FromWorld as _, World};

use super::*;
use crate::{
    chat_box::{
        drawn_theme::CommonTheme,
        messages::{feed::Feed, outgoing::OutgoingPlaces},
        notes::ChatNotes,
    },
    client::{ChatError, ErrorCode, Event, OutboxChange, OutboxState},
    connection::SessionOrigin,
    history::HistoryLimits,
    model::{
        Group, GroupKind, Message, MessageContent, Receiver, TextMessage, UnmodelledContent, User,
    },
    test_util::text_message,
};

struct Scene {
    history: History,
    tabs: ChatTabs,
    theme: DrawnTheme,
}

impl Scene {
    fn new() -> Self {
        let mut history = History::new(HistoryLimits::default());
        let user = Arc::new(User::new("me", "Me"));
        let origin = SessionOrigin::Login;
        history.apply(&Event::LoggedIn { user, origin });
        Self {
            history,
            tabs: ChatTabs::default(),
            theme: CommonTheme::from_world(&mut World::new()).0,
        }
    }

    fn apply(&mut self, event: &Event) {
        self.history.apply(event);
    }

    fn queue(&mut self, state: OutboxState) {
        let change = OutboxChange {
            muid: "m1".into(),
            message: Arc::new(TextMessage::to_group("zone", "hello").into()),
            queued_at: Timestamp(1),
            state,
        };
        self.apply(&Event::OutboxChanged(change.into()));
    }

    /// The newest line.
    fn line(&self) -> ChatLine {
        let (notes, tab) = (ChatNotes::default(), self.tabs.get(ChatTabs::ALL).unwrap());
        let places = OutgoingPlaces::default();
        let feed = Feed::new(tab, &self.history, &notes, &places);
        let maker = LineMaker {
            tab,
            tabs: &self.tabs,
            history: &self.history,
            strings: &ChatBoxStrings::default(),
            theme: &self.theme,
            time_zone: &TimeZone::UTC,
            is_styled: false,
            safety: &ChatSafety::default(),
            verdicts: &IncomingVerdicts::default(),
            muted: &Muted::default(),
            members: &GroupMembers::default(),
            new_since: None,
            pacing: &Pacing::default(),
            is_reading_back: false,
        };
        maker.line(&Fold::new(feed.previous(&mut feed.end()).unwrap()))
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
    let hello = line.parts.iter().find(|part| part.text == "hello").unwrap();
    assert_ne!(hello.color, scene.theme.text);
    assert_eq!(line.parts.last().unwrap().text, " …");

    let error = ChatError::new(ErrorCode::ServerUnreachable, "no route");
    scene.queue(OutboxState::Failed(error));
    let line = scene.line();
    let says = |text: &str| line.parts.iter().any(|part| part.text == text);
    assert!(says(" Not sent: no connection."), "{line:?}");
    let button = |label: &str| {
        let part = line.parts.iter().find(|part| part.text.trim() == label);
        part.unwrap().action.clone().unwrap()
    };
    assert!(matches!(button("Try again"), ChatLineAction::Resend(muid) if &*muid == "m1"));
    assert!(matches!(button("Give up"), ChatLineAction::Discard(muid) if &*muid == "m1"));
}

#[test]
fn the_own_name_is_louder_than_others() {
    let mut scene = Scene::new();
    let mut message = message("<@uid:me> and <@uid:bob>");
    message.details_mut().mentions =
        vec![User::new("me", "Me").into(), User::new("bob", "Bob").into()];
    scene.apply(&Event::MessageReceived(message));
    let line = scene.line();
    let part = |text: &str| line.parts.iter().find(|part| part.text == text).unwrap();
    assert_eq!(part("@Me").background, scene.theme.own_mention);
    assert_eq!(part("@Bob").background, Color::NONE);
    assert!(
        matches!(&part("@Bob").action, Some(ChatLineAction::Whisper(bob)) if bob.uid == *"bob")
    );
}

#[test]
fn unknown_content_has_a_placeholder() {
    let mut scene = Scene::new();
    let mut message = message("");
    message.content = MessageContent::Unmodelled(Arc::new(UnmodelledContent {
        category: "survey".into(),
        kind: "poll".into(),
        data: None,
        text: None,
    }));
    scene.apply(&Event::MessageReceived(message));
    assert!(scene.line().text().contains("cannot show"));
}

#[test]
fn a_name_starts_a_whisper_and_its_color_is_the_users() {
    let mut scene = Scene::new();
    scene.apply(&Event::MessageReceived(message("hi")));
    let line = scene.line();
    let name = line.parts.iter().find(|part| part.text == "Ana").unwrap();
    assert_eq!(name.color, scene.theme.name_color(&"ana".into()));
    assert!(matches!(&name.action, Some(ChatLineAction::Whisper(ana)) if ana.uid == *"ana"));
}
