//! Alice's history, and what can happen to it.

use std::sync::Arc;

use crate::{
    client::{ChatError, ErrorCode, Event, Gap, OutboxChange, OutboxState, Page, Recovery},
    connection::{Cause, ConnectionStatus, Retry, SessionOrigin, StatusChange},
    history::{ConversationHistory, EntryStatus, History, HistoryLimits, Missing},
    model::{
        Conversation, Group, GroupAction, GroupActionKind, GroupKind, Message, MessageContent,
        MessageId, OutgoingMessage, ReactionEvent, Receipt, ReceiptKind, Receiver, ReceiverId,
        TextMessage, Timestamp, TypingIndicator, Uid, User,
    },
    wire::message::conversation_id,
};

pub(super) const ME: &str = "alice";

pub(super) fn user(uid: &str) -> Arc<User> {
    Arc::new(User::new(uid, uid))
}

pub(super) fn with(uid: &str) -> ReceiverId {
    Uid::from(uid).into()
}

pub(super) fn guild() -> ReceiverId {
    ReceiverId::Group("guild".into())
}

/// A text message from somebody to somebody, or to the guild.
pub(super) fn message(id: u64, from: &str, to: &ReceiverId, text: &str) -> Message {
    let receiver = match to {
        ReceiverId::User(uid) => Receiver::User(user(uid.as_str())),
        ReceiverId::Group(guid) => {
            Receiver::Group(Arc::new(Group::new(guid, guid.as_str(), GroupKind::Public)))
        }
    };
    Message {
        id: MessageId(id),
        muid: None,
        conversation_id: conversation_id(from, to).into(),
        sender: user(from),
        receiver,
        sent_at: Timestamp(id),
        updated_at: Timestamp(id),
        content: MessageContent::Text(text.into()),
        metadata: None,
        parent_id: None,
        details: None,
    }
}

pub(super) fn from_bob(id: u64) -> Message {
    message(id, "bob", &with(ME), &format!("text {id}"))
}

pub(super) fn to_bob(id: u64) -> Message {
    message(id, ME, &with("bob"), &format!("text {id}"))
}

pub(super) fn edited(message: &Message, text: &str, at: u64) -> Message {
    let mut edited = message.clone();
    edited.content = MessageContent::Text(text.into());
    edited.updated_at = Timestamp(at);
    edited.details_mut().edited_at = Some(Timestamp(at));
    edited
}

pub(super) fn deleted(message: &Message, at: u64) -> Message {
    let mut deleted = message.clone();
    deleted.updated_at = Timestamp(at);
    deleted.details_mut().deleted_at = Some(Timestamp(at));
    deleted
}

pub(super) fn mentioning(mut message: Message, uid: &str) -> Message {
    message.details_mut().mentions = vec![user(uid)];
    message
}

pub(super) fn joined(id: u64, uid: &str) -> Message {
    let group = Arc::new(Group::new("guild", "guild", GroupKind::Public));
    Message {
        content: MessageContent::GroupAction(Arc::new(GroupAction {
            kind: GroupActionKind::Joined,
            by: user(uid),
            on: user(uid),
            group,
        })),
        ..message(id, uid, &guild(), "")
    }
}

pub(super) fn reaction(id: u64, emoji: &str, by: &str, added: bool) -> Event {
    Event::ReactionChanged(ReactionEvent {
        message_id: MessageId(id),
        conversation_id: None,
        reaction: emoji.into(),
        added,
        user: user(by),
        at: Timestamp(id),
        parent_id: None,
    })
}

pub(super) fn receipt(kind: ReceiptKind, up_to: u64, by: &str, receiver: ReceiverId) -> Event {
    Event::ReceiptReceived(Receipt {
        kind,
        message_id: MessageId(up_to),
        user: user(by),
        receiver,
        at: Timestamp(up_to),
    })
}

pub(super) fn typing(by: &str, receiver: ReceiverId, typing: bool) -> Event {
    Event::TypingChanged(TypingIndicator {
        user: user(by),
        receiver,
        typing,
    })
}

pub(super) fn status(to: ConnectionStatus) -> Event {
    Event::StatusChanged(StatusChange {
        from: ConnectionStatus::Disconnected,
        to,
        cause: Cause::Accepted,
        close_code: None,
        reason: None,
        retry: Retry::NotNeeded,
        attempt: 0,
    })
}

pub(super) fn recovered(gap: Option<(u64, Option<u64>)>) -> Event {
    Event::MessagesRecovered(Box::new(Recovery {
        recovered: 0,
        changed: 0,
        gap: gap.map(|(after, before)| Gap {
            after: MessageId(after),
            before: before.map(MessageId),
            error: None,
        }),
        changes_gap: None,
    }))
}

pub(super) fn outgoing(muid: &str, to: &ReceiverId, state: OutboxState) -> Event {
    let message = TextMessage::new(to.clone(), format!("text of {muid}"));
    Event::OutboxChanged(Box::new(OutboxChange {
        muid: muid.into(),
        message: Arc::new(OutgoingMessage::from(message)),
        queued_at: Timestamp(7),
        state,
    }))
}

pub(super) fn sent(muid: &str, mut message: Message) -> Event {
    message.muid = Some(muid.into());
    let to = message.receiver.to_id();
    outgoing(muid, &to, OutboxState::Sent(message))
}

pub(super) fn page(items: impl Into<Vec<Message>>, is_last: bool) -> Page<Message> {
    Page {
        items: items.into(),
        is_last,
    }
}

/// The server's report of the conversation with bob.
pub(super) fn told_by_server(last: u64, unread_count: u64, last_read: u64) -> Conversation {
    let last_message = from_bob(last);
    Conversation {
        id: last_message.conversation_id.clone(),
        with: Receiver::User(user("bob")),
        last_message: Some(last_message),
        unread_count,
        unread_mentions: 1,
        last_read: Some(MessageId(last_read)),
        tags: Vec::new(),
    }
}

pub(super) fn failure() -> ChatError {
    ChatError::new(ErrorCode::ServerUnreachable, "there is no network")
}

/// The history of alice, who is logged in and connected.
pub(super) struct Alice {
    pub(super) history: History,
}

impl Alice {
    pub(super) fn new() -> Self {
        Self::limited(HistoryLimits::default())
    }

    pub(super) fn limited(limits: HistoryLimits) -> Self {
        let mut alice = Self {
            history: History::new(limits),
        };
        alice.log_in(ME);
        alice.apply(&status(ConnectionStatus::Connected));
        alice
    }

    pub(super) fn log_in(&mut self, uid: &str) {
        self.apply(&Event::LoggedIn {
            user: user(uid),
            origin: SessionOrigin::Login,
        });
    }

    pub(super) fn log_out(&mut self) {
        let user = self.history.user().expect("somebody is logged in").clone();
        self.apply(&Event::LoggedOut {
            user,
            cause: Cause::LoggedOut,
        });
    }

    /// Returns whether anything changed, and checks that the version changed with it.
    pub(super) fn apply(&mut self, event: &Event) -> bool {
        let before = self.history.version();
        let changed = self.history.apply(event);
        assert_eq!(changed, self.history.version() > before, "{event:?}");
        changed
    }

    /// Like [`apply`](Self::apply), for a message in the reply to a request of the user.
    pub(super) fn apply_own(&mut self, message: &Message) -> bool {
        let before = self.history.version();
        let changed = self.history.apply_own(message);
        assert_eq!(changed, self.history.version() > before, "{message:?}");
        changed
    }

    pub(super) fn receive(&mut self, message: Message) -> bool {
        self.apply(&Event::of_message(message))
    }

    /// Inserts a page of the conversation with bob that is requested now.
    pub(super) fn page(&mut self, before: Option<u64>, ids: &[u64], is_last: bool) -> usize {
        let missing = self.asked(before);
        self.page_of(missing, ids, is_last)
    }

    /// Inserts a page of the conversation with bob that was requested before.
    pub(super) fn page_of(&mut self, missing: Missing, ids: &[u64], is_last: bool) -> usize {
        let messages: Vec<_> = ids.iter().map(|&id| from_bob(id)).collect();
        let page = page(messages, is_last);
        self.history.insert_page(&with("bob"), missing, page)
    }

    /// What is missing with bob when a page before this message is requested.
    pub(super) fn asked(&mut self, before: Option<u64>) -> Missing {
        let bob = self.history.open_conversation(&with("bob"));
        Missing {
            after: None,
            before: before.map(MessageId),
            as_of: bob.map_or(0, |bob| bob.coverage.as_of()),
            revision: bob.map_or(0, |bob| bob.revision()),
        }
    }

    pub(super) fn bob(&self) -> &ConversationHistory {
        self.history
            .conversation(&with("bob"))
            .expect("a conversation")
    }

    pub(super) fn guild(&self) -> &ConversationHistory {
        self.history.conversation(&guild()).expect("a conversation")
    }

    /// The ids of the conversation with bob, 0 for what is not sent yet.
    pub(super) fn ids(&self) -> Vec<u64> {
        ids(self.bob())
    }

    pub(super) fn statuses(&self) -> Vec<EntryStatus> {
        self.bob()
            .iter()
            .map(|entry| entry.status().clone())
            .collect()
    }

    /// What may be missing with bob: the position, after and before what.
    pub(super) fn missing(&self) -> Vec<(usize, Option<u64>, Option<u64>)> {
        let id = |id: Option<MessageId>| id.map(|id| id.0);
        (0..=self.bob().len())
            .filter_map(|position| {
                let missing = self.bob().missing_before(position)?;
                Some((position, id(missing.after), id(missing.before)))
            })
            .collect()
    }
}

pub(super) fn ids(conversation: &ConversationHistory) -> Vec<u64> {
    conversation
        .iter()
        .map(|entry| entry.id().map_or(0, |id| id.0))
        .collect()
}
