//! Recovery in virtual time.

mod waits;

use std::sync::Arc;

use super::*;
use crate::{
    connection::{Timing, virtual_time::secs as at},
    core::{
        PageSide,
        recovery::missed::{MAX_ACTIONS, with_unknown_start},
    },
    error::ChatError,
    model::{MessageContent, Receiver, User},
    test_util::text_message,
};

fn message(id: u64) -> Message {
    let user = |uid: &str| Arc::new(User::new(uid, uid));
    let to_alice = Receiver::User(user("alice"));
    let mut message = text_message(id, user("bob"), to_alice, "hi");
    (message.sent_at, message.updated_at) = (Timestamp(id), Timestamp(id));
    message
}

fn edited(id: u64, at: u64) -> Message {
    let mut message = message(id);
    message.updated_at = Timestamp(at);
    message.details_mut().edited_at = Some(Timestamp(at));
    message
}

/// A page of messages with these ids.
fn page(ids: impl IntoIterator<Item = u64>) -> MessagePage {
    let messages: Vec<_> = ids.into_iter().map(message).collect();
    let ends = messages.first().zip(messages.last());
    MessagePage {
        rows: messages.len(),
        ids: ends.map(|(first, last)| (first.id, last.id)),
        messages,
        ..MessagePage::default()
    }
}

fn error(code: ErrorCode, retry_after: Option<Duration>) -> ChatError {
    ChatError {
        retry_after,
        ..ChatError::new(code, "?")
    }
}

fn not_found() -> SendError {
    SendError::Refused(error(ErrorCode::MessageNotFound, None))
}

struct World {
    recovery: RecoveryMachine,
    sync: SyncState,
    now: Duration,
}

impl World {
    /// A game that has received the message 7, and all edits until then.
    fn after_7() -> Self {
        let mut sync = SyncState::default();
        sync.take(&message(7));
        Self::of(sync)
    }

    fn of(sync: SyncState) -> Self {
        let backoff = Backoff::new(&Timing::default(), 7);
        Self {
            recovery: RecoveryMachine::new(&sync, 1_000, backoff),
            sync,
            now: Duration::ZERO,
        }
    }

    /// The page that is requested now.
    fn side(&mut self) -> Option<PageSide> {
        self.recovery.poll_query(self.now).map(|query| query.side)
    }

    fn answer(&mut self, outcome: Result<MessagePage, SendError>) {
        self.recovery.on_page(outcome, &mut self.sync, self.now);
    }

    /// Answers the request.
    fn on_ask(&mut self, outcome: Result<MessagePage, SendError>) {
        assert!(self.side().is_some(), "it asks for nothing");
        self.answer(outcome);
    }

    fn missed(self) -> Missed {
        assert!(self.recovery.is_finished());
        self.recovery.into_missed().expect("something was missed")
    }
}

fn ids(missed: &Missed) -> Vec<u64> {
    missed.messages.iter().map(|message| message.id.0).collect()
}

#[test]
fn d3_edits_come_first_then_messages_back_to_the_last_one() {
    let mut world = World::after_7();
    let since = PageSide::ChangedSince {
        since: Timestamp(0),
        after: MessageId(0),
    };
    assert_eq!(world.side(), Some(since));
    assert_eq!(world.side(), None, "one request at a time");
    let mut edits = page([]);
    edits.messages = vec![edited(3, 9), edited(9, 9)];
    (edits.rows, edits.ids) = (2, Some((MessageId(3), MessageId(9))));
    world.answer(Ok(edits));
    assert_eq!(world.side(), Some(PageSide::Before(None)));
    world.answer(Ok(page(51..151)));
    assert_eq!(world.side(), Some(PageSide::Before(Some(MessageId(51)))));
    world.answer(Ok(page(5..51)));
    let missed = world.missed();
    assert_eq!(ids(&missed), (8..151).collect::<Vec<_>>());
    assert_eq!(missed.changes, [edited(3, 9)], "9 is fetched as it is");
    assert_eq!((missed.gap, missed.changes_gap), (None, None));
}

#[test]
fn d3_what_gets_no_answer_three_times_is_a_gap() {
    let mut world = World::after_7();
    let unanswered = || {
        Err(SendError::NeverLeft(error(
            ErrorCode::ServerUnreachable,
            None,
        )))
    };
    world.on_ask(Ok(page([])));
    for _ in 0..2 {
        world.on_ask(unanswered());
        let retry_at = world.recovery.next_deadline().expect("it tries again");
        assert!(retry_at <= world.now + at(3));
        world.now = retry_at;
    }
    world.on_ask(unanswered());
    let gap = world.missed().gap.expect("a gap");
    assert_eq!((gap.after, gap.before), (MessageId(7), None));
    assert!(gap.error.is_some());
}

#[test]
fn d3_a_refusal_is_a_gap_at_once() {
    let mut world = World::after_7();
    let refused = || {
        Err(SendError::Refused(error(
            ErrorCode::Other("ERR_X".into()),
            None,
        )))
    };
    world.on_ask(refused());
    world.on_ask(refused());
    let missed = world.missed();
    assert!(missed.gap.is_some() && missed.changes_gap.is_some());
}

#[test]
fn d3_the_end_is_judged_by_rows_and_not_by_those_that_can_be_read() {
    let mut world = World::after_7();
    world.on_ask(Ok(page([])));
    let mut unreadable = page([150]);
    (unreadable.rows, unreadable.unreadable) = (100, 99);
    unreadable.ids = Some((MessageId(51), MessageId(150)));
    world.on_ask(Ok(unreadable));
    assert_eq!(world.side(), Some(PageSide::Before(Some(MessageId(51)))));
    world.answer(Ok(page(7..51)));
    let missed = world.missed();
    assert_eq!(ids(&missed).len(), 44);
    assert_eq!(missed.gap, None);
}

#[test]
fn d3_a_stored_edit_is_a_change_and_no_message() {
    let mut world = World::after_7();
    world.on_ask(Ok(page([])));
    let mut with_action = page([8]);
    with_action.changes = vec![edited(3, 9), edited(8, 9)];
    (with_action.rows, with_action.ids) = (3, Some((MessageId(7), MessageId(10))));
    world.on_ask(Ok(with_action));
    let missed = world.missed();
    assert_eq!(ids(&missed), [8]);
    assert_eq!(missed.changes, [edited(3, 9)]);
}

#[test]
fn d3_stored_edits_tell_no_more_where_a_gap_is_announced_and_take_little_memory() {
    let refused = SendError::Refused(error(ErrorCode::BadRequest, None));
    for (edits, has_gap) in [(Ok(page([])), false), (Err(refused), true)] {
        let mut world = World::after_7();
        world.on_ask(edits);
        // Pages of nothing but stored edits.
        for number in (100..130_u64).rev() {
            let mut actions = page([]);
            actions.changes = (0..100).map(|id| edited(id % 7, 9)).collect();
            actions.rows = 100;
            actions.ids = Some((MessageId(100 * number), MessageId(100 * number + 99)));
            world.on_ask(Ok(actions));
            assert!(world.recovery.missed.actions.len() <= MAX_ACTIONS);
        }
        world.on_ask(Ok(page([7])));
        let missed = world.missed();
        assert_eq!(missed.changes_gap.is_some(), has_gap);
        assert_eq!(missed.changes.len(), if has_gap { 0 } else { 7 });
    }
}

#[test]
fn d3_a_server_that_gives_the_same_page_again_is_not_asked_for_ever() {
    let mut world = World::after_7();
    world.on_ask(Ok(page([])));
    world.on_ask(Ok(page(51..151)));
    world.on_ask(Ok(page(51..151)));
    assert_eq!(ids(&world.missed()).len(), 100);
}

#[test]
fn d3_the_first_connection_begins_with_the_newest_message_and_misses_nothing() {
    let mut world = World::of(SyncState::default());
    assert_eq!(world.side(), Some(PageSide::Before(None)));
    world.answer(Ok(page([9])));
    world.on_ask(Ok(page([])));
    assert!(world.recovery.is_finished());
    assert_eq!(world.sync.last(), Some(MessageId(9)));
    assert!(world.recovery.into_missed().is_none());
}

#[test]
fn d3_the_first_recovery_after_a_login_takes_one_page_and_what_that_tells_of_edits_is_no_news() {
    let mut sync = SyncState::default();
    sync.advance(MessageId(7), None);
    let mut world = World::of(sync);
    assert_eq!(world.side(), Some(PageSide::Before(None)));
    let mut rows = page(1..=9);
    rows.messages[2] = edited(3, 50);
    rows.messages[7] = edited(8, 50);
    rows.changes = vec![edited(1, 20), edited(1, 60)];
    world.answer(Ok(rows));
    assert!(world.recovery.is_finished());
    let World {
        recovery, mut sync, ..
    } = world;
    let missed = recovery.into_missed().expect("something was missed");
    assert_eq!((ids(&missed), &*missed.changes), (vec![8, 9], &[][..]));
    for message in &missed.messages {
        assert!(sync.take(message));
    }
    let first = missed.first_changes.expect("it is the first");
    sync.edits.begin(first.at, &first.messages);

    let mut again = World::of(sync);
    let side = again.side();
    assert!(
        matches!(side, Some(PageSide::ChangedSince { .. })),
        "{side:?}"
    );
    let mut edits = page([]);
    edits.messages = vec![
        edited(1, 60),
        edited(3, 50),
        edited(5, 80),
        edited(8, 50),
        edited(9, 80),
    ];
    (edits.rows, edits.ids) = (5, Some((MessageId(1), MessageId(9))));
    again.answer(Ok(edits));
    again.on_ask(Ok(page(1..=9)));
    let World {
        recovery, mut sync, ..
    } = again;
    let mut changes = recovery.into_missed().expect("it is told").changes;
    changes.retain(|message| sync.edits.take(message));
    assert_eq!(changes, [edited(5, 80), edited(9, 80)]);
}

#[test]
fn d3_what_follows_a_first_connection_that_broke_before_its_first_page_is_a_gap_and_told_once() {
    let mut sync = SyncState::default();
    sync.on_live();
    assert!(with_unknown_start(None, &mut sync).is_none());
    sync.on_live();
    // A live message on the second one comes before its page.
    sync.take(&message(7));
    let missed = with_unknown_start(None, &mut sync).expect("something was missed");
    let gap = missed.gap.expect("a gap");
    assert_eq!((gap.after, gap.before), (MessageId(0), None));
    sync.on_live();
    assert!(with_unknown_start(None, &mut sync).is_none());
}

/// A game that has received these messages, since the message 1.
fn world_after(ids: impl IntoIterator<Item = u64>) -> World {
    let mut sync = SyncState::default();
    sync.advance(MessageId(1), None);
    for id in ids {
        sync.take(&message(id));
    }
    World::of(sync)
}

#[test]
fn d3_what_became_visible_out_of_order_is_neither_lost_nor_doubled() {
    let mut world = world_after([8, 9, 11]);
    world.on_ask(Ok(page([])));
    world.on_ask(Ok(page(1..=12)));
    let World { recovery, sync, .. } = world;
    let missed = recovery.into_missed().expect("something was missed");
    assert_eq!(ids(&missed), [2, 3, 4, 5, 6, 7, 10, 12]);
    assert_eq!((missed.gap, missed.changes_gap), (None, None));
    let mut sync = sync;
    for message in &missed.messages {
        assert!(sync.take(message));
    }
    let mut again = World::of(sync);
    again.on_ask(Ok(page([])));
    again.on_ask(Ok(page(1..=12)));
    assert!(ids(&again.missed()).is_empty());
}

#[test]
fn d3_what_became_visible_before_too_many_is_looked_for_too() {
    let mut world = world_after((2..=9).chain([11]));
    world.recovery.limit = 5;
    world.on_ask(Ok(page([])));
    world.on_ask(Ok(page(20..120)));
    assert_eq!(world.side(), Some(PageSide::Before(Some(MessageId(12)))));
    world.answer(Ok(page(1..=11)));
    let missed = world.missed();
    assert_eq!(ids(&missed), [10, 115, 116, 117, 118, 119]);
    let gap = missed.gap.expect("a gap");
    assert_eq!(
        (gap.after, gap.before),
        (MessageId(11), Some(MessageId(115)))
    );
}

#[test]
fn d3_what_was_said_in_a_group_before_the_user_joined_was_not_missed() {
    let group = |id: u64| Message {
        receiver: Receiver::Group(Arc::new(crate::model::Group::new(
            "lobby",
            "Lobby",
            crate::model::GroupKind::Public,
        ))),
        ..message(id)
    };
    let me = r#"{"uid":"alice","name":"Alice","authToken":"t","jwt":"j"}"#;
    let mut session = crate::core::Session::read(serde_json::from_str(me).unwrap()).unwrap();
    session.sync.last_message = Some(MessageId(1));
    let mut sync = SyncState::of(&session);
    let Receiver::Group(lobby) = group(1).receiver else {
        unreachable!()
    };
    let alice = Arc::new(User::new("alice", "Alice"));
    let action = crate::model::GroupAction {
        kind: crate::model::GroupActionKind::Joined,
        by: alice.clone(),
        on: alice,
        group: lobby,
    };
    sync.record_own(&Message {
        content: MessageContent::GroupAction(Arc::new(action)),
        ..group(6)
    });
    sync.take(&group(9));
    let mut world = World::of(sync);
    world.on_ask(Ok(page([])));
    let mut in_group = page(3..=9);
    in_group.messages = (3..=9).map(group).collect();
    world.on_ask(Ok(in_group));
    assert_eq!(ids(&world.missed()), [7, 8]);
}

#[test]
fn d3_a_server_that_lost_messages_is_noticed_and_its_new_ones_are_heard() {
    // The server knows 1 to 5, and then gives 6 and 7 to other messages.
    let other = |id: u64| Message {
        muid: Some("new".into()),
        sent_at: Timestamp(100 + id),
        ..message(id)
    };
    let mut restored = page(1..=7);
    restored.messages[5] = other(6);
    restored.messages[6] = other(7);
    let mut caught_up = page(1..=12);
    for id in 6..=12 {
        caught_up.messages[id - 1] = other(id as u64);
    }
    for (page_of_all, new) in [(restored, 6..=7), (caught_up, 6..=12)] {
        let mut world = world_after(2..=11);
        world.on_ask(Ok(page([])));
        world.on_ask(Ok(page_of_all));
        if !world.recovery.is_finished() {
            world.on_ask(Err(not_found()));
        }
        assert!(world.recovery.is_finished());
        assert_eq!(world.sync.last(), Some(MessageId(5)));
        let World {
            recovery, mut sync, ..
        } = world;
        let missed = recovery.into_missed().expect("something was missed");
        assert_eq!(ids(&missed), new.collect::<Vec<_>>());
        let gap = missed.gap.as_ref().expect("a gap");
        assert_eq!((gap.after, gap.before), (MessageId(5), Some(MessageId(6))));
        assert!(missed.messages.iter().all(|message| sync.take(message)));
    }
}

#[test]
fn d3_a_page_without_a_readable_newest_message_does_not_look_like_a_server_that_lost_messages() {
    let mut half_read = page(1..=5);
    (half_read.rows, half_read.unreadable) = (6, 1);
    let no_ids = MessagePage {
        rows: 1,
        unreadable: 1,
        ..MessagePage::default()
    };
    for odd in [MessagePage::default(), no_ids, half_read] {
        let mut world = world_after(2..=9);
        world.on_ask(Ok(page([])));
        world.on_ask(Ok(odd));
        assert_eq!(world.sync.last(), Some(MessageId(9)));
        let missed = world.missed();
        assert_eq!((ids(&missed), missed.gap), (vec![], None));
    }
}

#[test]
fn d3_a_server_that_has_nothing_but_new_messages_is_noticed() {
    let mut world = world_after(2..=9);
    world.on_ask(Ok(page([])));
    let mut new = page([2]);
    new.messages[0].sent_at = Timestamp(100);
    world.on_ask(Ok(new));
    world.on_ask(Err(not_found()));
    let gap = world.recovery.missed.gap.clone().expect("a gap");
    assert_eq!((gap.after, gap.before), (MessageId(0), Some(MessageId(2))));
    assert!(world.sync.take(&message(3)), "it is heard");
}

#[test]
fn d3_a_group_that_the_user_left_does_not_look_like_a_server_that_lost_messages() {
    let left = |outcome: Result<MessagePage, SendError>| {
        let mut sync = SyncState::default();
        sync.advance(MessageId(9), Some("lobby".into()));
        let mut world = World::of(sync);
        world.sync.edits.advance(Timestamp(9));
        world.recovery =
            RecoveryMachine::new(&world.sync, 1_000, Backoff::new(&Timing::default(), 7));
        world.on_ask(Ok(page([])));
        world.on_ask(Ok(page(1..=5)));
        world.on_ask(Err(not_found()));
        world.on_ask(outcome);
        world.missed().gap.map(|gap| gap.after)
    };
    let refused = SendError::Refused(error(ErrorCode::Other("ERR_X".into()), None));
    assert_eq!(left(Err(refused)), None);
    assert_eq!(left(Ok(page([9]))), None);
    assert_eq!(left(Ok(page([5]))), Some(MessageId(5)));
}

#[test]
fn d3_a_page_that_is_behind_does_not_look_like_a_server_that_lost_messages() {
    let refused = SendError::Refused(error(ErrorCode::MessageNotAccessible, None));
    let lost = SendError::Lost(error(ErrorCode::Other("ERR_X".into()), None));
    let another = MessagePage {
        messages: vec![Message {
            muid: Some("new".into()),
            sent_at: Timestamp(100),
            ..message(9)
        }],
        ..page([9])
    };
    let outcomes = [
        (Ok(page([9])), None),
        (Err(refused), None),
        (Err(lost), None),
        (Ok(another), Some(MessageId(7))),
        (Ok(page([7])), Some(MessageId(7))),
        (Err(not_found()), Some(MessageId(7))),
    ];
    for (outcome, lost_after) in outcomes {
        let mut world = world_after(2..=9);
        world.on_ask(Ok(page([])));
        world.on_ask(Ok(page(1..=7)));
        let query = world.recovery.poll_query(world.now).expect("a question");
        assert_eq!(query.scope, PageScope::Message(MessageId(9)));
        world.answer(outcome);
        let missed = world.missed();
        assert_eq!(missed.gap.as_ref().map(|gap| gap.after), lost_after);
        assert!(ids(&missed).is_empty());
    }
}

#[test]
fn d3_an_edit_is_told_whatever_the_servers_clock_says() {
    let mut world = world_after(2..=9);
    world.sync.take(&edited(3, 5_000));
    let backoff = Backoff::new(&Timing::default(), 7);
    world.recovery = RecoveryMachine::new(&world.sync, 1_000, backoff);
    // The clock went back: the list of edits since then does not have it.
    world.on_ask(Ok(page([])));
    let mut rows = page(1..=10);
    rows.messages[2] = edited(3, 5_000);
    rows.messages[3] = edited(4, 20);
    world.on_ask(Ok(rows));
    // The new message says that the clock went back.
    let side = world.side();
    let earlier = PageSide::ChangedSince {
        since: Timestamp(0),
        after: MessageId(0),
    };
    assert_eq!(side, Some(earlier));
    let mut earlier = page([1, 4]);
    earlier.messages = vec![edited(1, 20), edited(4, 20)];
    world.answer(Ok(earlier));
    let missed = world.missed();
    let changed: Vec<_> = missed.changes.iter().map(|message| message.id.0).collect();
    assert_eq!((changed, ids(&missed)), (vec![4, 1], vec![10]));
}

#[test]
fn d3_of_several_states_of_a_message_the_last_one_is_told() {
    let mut world = world_after(2..=9);
    let mut list = page([]);
    list.messages = vec![edited(3, 20), edited(4, 20)];
    (list.rows, list.ids) = (2, Some((MessageId(3), MessageId(4))));
    world.on_ask(Ok(list));
    let mut rows = page(2..=9);
    let mut deleted = message(4);
    deleted.details_mut().deleted_at = Some(Timestamp(5));
    rows.messages[1] = edited(3, 20);
    rows.messages[2] = edited(4, 20);
    rows.changes = vec![
        edited(3, 10),
        edited(3, 15),
        edited(5, 30),
        edited(5, 10),
        deleted.clone(),
    ];
    world.on_ask(Ok(rows));
    let missed = world.missed();
    assert_eq!(missed.changes, [edited(3, 20), deleted, edited(5, 10)]);
}
