//! What the game has, and what counts as new.

use std::sync::Arc;

use super::*;
use crate::model::{Group, GroupAction, GroupKind, User};

fn message(id: u64, text: &str) -> Message {
    let user = |uid: &str| Arc::new(User::new(uid, uid));
    Message {
        id: MessageId(id),
        muid: Some(text.into()),
        conversation_id: "alice_user_bob".into(),
        sender: user("bob"),
        receiver: Receiver::User(user("alice")),
        sent_at: Timestamp(id),
        updated_at: Timestamp(id),
        content: MessageContent::Text(text.into()),
        metadata: None,
        parent_id: None,
        details: None,
    }
}

/// The message that says that alice joined a group.
fn joined(id: u64, guid: &str) -> Message {
    let group = Arc::new(Group::new(guid, guid, GroupKind::Public));
    let alice = Arc::new(User::new("alice", "alice"));
    Message {
        receiver: Receiver::Group(group.clone()),
        content: MessageContent::GroupAction(Arc::new(GroupAction {
            kind: GroupActionKind::Joined,
            by: alice.clone(),
            on: alice,
            group,
        })),
        ..message(id, "joined")
    }
}

impl SyncState {
    fn take_id(&mut self, id: u64) -> bool {
        self.take(&message(id, "a"))
    }
}

fn session() -> Session {
    let me = r#"{"uid":"alice","name":"Alice","authToken":"t","jwt":"j"}"#;
    Session::read(serde_json::from_str(me).unwrap()).unwrap()
}

#[test]
fn d4_a_message_is_new_once() {
    let mut progress = SyncState::default();
    assert!(progress.take_id(5));
    assert!(!progress.take_id(5));
    assert!(progress.take_id(4), "late, but not lost");
    assert_eq!(progress.last(), Some(MessageId(5)));
}

#[test]
fn d3_an_own_message_is_known_but_hides_none_before_it() {
    let mut progress = SyncState::default();
    progress.advance(MessageId(7), None);
    progress.record_own(&message(9, "own"));
    assert_eq!(progress.last(), Some(MessageId(7)));
    assert!(progress.take_id(8));
    assert!(!progress.take_id(9));
}

#[test]
fn d3_the_last_messages_are_looked_through_again_and_saved() {
    let mut progress = SyncState::default();
    for id in 1..=40 {
        progress.take_id(id * 10);
    }
    assert_eq!(
        progress.looked_back_to(),
        Some(MessageId(10)),
        "where it began"
    );
    for id in 41..=200 {
        progress.take_id(id * 10);
    }
    assert_eq!(progress.looked_back_to(), Some(MessageId(1_000)));
    let mut session = session();
    assert!(progress.save_in(&mut session, &[]));
    assert!(!progress.save_in(&mut session, &[]), "no news");
    let mut later = SyncState::of(&session);
    assert_eq!(later.looked_back_to(), Some(MessageId(1_000)));
    assert!(!later.take_id(1_010));
    assert!(later.take_id(1_011));
}

#[test]
fn d3_what_the_game_has_not_read_is_looked_for_again_after_a_restart() {
    let restart = |progress: &SyncState, unread: &[u64]| {
        let unread: Vec<_> = unread.iter().copied().map(MessageId).collect();
        let mut saved = session();
        progress.save_in(&mut saved, &unread);
        SyncState::of(&saved)
    };
    let mut progress = SyncState::default();
    progress.take_id(7);
    let mut later = restart(&progress, &[7]);
    assert_eq!(later.looked_back_to(), Some(MessageId(6)), "the first one");
    assert!(later.take_id(7));
    for id in 8..=300 {
        progress.take_id(id);
    }
    let mut later = restart(&progress, &[299, 300]);
    assert_eq!(later.looked_back_to(), Some(MessageId(200)));
    assert_eq!(later.last(), Some(MessageId(300)), "the server has it");
    assert!(!later.take_id(298));
    assert!(later.take_id(299) && later.take_id(300));
    let unread: Vec<_> = (101..=300).collect();
    let mut later = restart(&progress, &unread);
    assert_eq!(later.looked_back_to(), Some(MessageId(100)));
    assert!(unread.iter().all(|&id| later.take_id(id)));
}

#[test]
fn d3_until_a_recovery_is_rechecked_the_next_one_looks_as_far_back() {
    let mut progress = SyncState::default();
    progress.on_live();
    for id in 1..=300 {
        progress.take_id(id);
    }
    assert_eq!(progress.looked_back_to(), Some(MessageId(200)));
    assert!(
        !progress.is_unsettled(),
        "a first connection has missed nothing"
    );
    progress.on_live();
    for id in 301..=450 {
        progress.take_id(id);
    }
    progress.on_live();
    assert_eq!(progress.looked_back_to(), Some(MessageId(200)));
    let mut saved = session();
    progress.save_in(&mut saved, &[]);
    assert_eq!(SyncState::of(&saved).looked_back_to(), Some(MessageId(200)));
    for id in 451..=1_000 {
        progress.take_id(id);
    }
    assert_eq!(
        progress.looked_back_to(),
        Some(MessageId(500)),
        "within bounds"
    );
    progress.settle();
    assert_eq!(progress.looked_back_to(), Some(MessageId(900)));
}

#[test]
fn d3_what_was_announced_as_a_gap_is_not_looked_for_again() {
    let mut progress = SyncState::default();
    for id in 1..=9 {
        progress.take_id(id);
    }
    progress.record_gap(Some(MessageId(30)));
    assert_eq!(progress.looked_back_to(), Some(MessageId(29)));
    progress.take_id(31);
    progress.record_gap(None);
    assert_eq!(
        progress.looked_back_to(),
        Some(MessageId(29)),
        "a new recovery goes on from 31"
    );
    progress.take_id(50);
    assert_eq!(progress.looked_back_to(), Some(MessageId(49)));
    progress.take_id(60);
    assert_eq!(progress.looked_back_to(), Some(MessageId(49)));
}

#[test]
fn d3_what_followed_a_first_connection_is_missing_also_after_a_restart() {
    let restart = |progress: &SyncState| {
        let mut saved = session();
        progress.save_in(&mut saved, &[]);
        SyncState::of(&saved)
    };
    let mut progress = SyncState::default();
    progress.on_live();
    progress = restart(&progress);
    progress.on_live();
    progress.take_id(7);
    progress = restart(&progress);
    assert!(progress.take_misses_start());
    assert!(!restart(&progress).take_misses_start(), "once");
}

#[test]
fn d3_an_id_that_is_given_again_is_noticed() {
    let mut progress = SyncState::default();
    for id in 1..=9 {
        progress.take_id(id);
    }
    assert!(!progress.has_another(&message(5, "a")));
    assert!(progress.has_another(&message(5, "b")));
    let mut of_another = message(5, "a");
    of_another.sender = Arc::new(User::new("carol", "carol"));
    assert!(progress.has_another(&of_another));
    assert_eq!(
        known(&of_another).muid_hash,
        Some(620_310_408_636_712_809),
        "saved"
    );
    progress.restart_after(MessageId(4));
    assert_eq!(progress.last(), Some(MessageId(4)));
    assert!(progress.take(&message(5, "b")));
    assert!(!progress.take_id(4));
}

#[test]
fn the_memory_is_bounded() {
    let mut progress = SyncState::default();
    for id in 0..10_000 {
        assert!(progress.take_id(id));
    }
    assert_eq!(progress.known.len(), REMEMBERED);
}

/// Each compared with each would take minutes.
#[test]
fn of_a_saved_state_with_more_than_is_remembered_the_latest_counts() {
    const MANY: u64 = 500_000;
    let first = known(&message(1, "a"));
    let known = |id| KnownMessage {
        id: MessageId(id),
        ..first
    };
    let mut saved = session();
    saved.sync.last_message = Some(MessageId(MANY));
    saved.sync.looked_back_to = Some(MessageId(0));
    saved.sync.recent_messages = (1..=MANY).rev().map(known).collect();
    let progress = SyncState::of(&saved);
    assert_eq!(progress.known.len(), REMEMBERED);
    assert_eq!(progress.remembered_after(), Some(MessageId(MANY)));
    assert!(progress.has(MessageId(1)), "the last one to arrive");
    assert!(!progress.has(MessageId(MANY)));
}

#[test]
fn the_memory_of_joined_groups_is_bounded() {
    let mut progress = SyncState {
        user: Some("alice".into()),
        ..SyncState::default()
    };
    for (id, guid) in (0..10_000).chain([9_999; 7_000]).zip(0..) {
        progress.take(&joined(id, &format!("group-{guid}")));
    }
    assert!(progress.joined.len() <= REMEMBERED);
    let late = |id, progress: &SyncState| {
        let mut late = message(id, "late");
        late.receiver = joined(id, "group-9999").receiver;
        progress.is_late(&late, MessageId(9_000))
    };
    assert!(!late(9_998, &progress), "sent before the user joined");
    assert!(late(10_000, &progress));
}
