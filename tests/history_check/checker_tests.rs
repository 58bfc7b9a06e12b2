//! A checker that finds nothing proves nothing: each kind of violation is found.

use bevy_cometchat::{
    connection::Cause,
    model::{Guid, MessageId, ReceiverId, Timestamp, Uid},
};

use super::{
    checker::check,
    history::{Fact, GROUP, Seen, USERS, Why},
    state::State,
};

const EDITED: State = State::Version(1);

fn logged_in(game: usize, user: &str) -> Fact {
    Fact::LoggedIn {
        game,
        user: user.into(),
        is_restored: false,
    }
}

fn sent(number: u64, game: usize, to: impl Into<ReceiverId>) -> Fact {
    Fact::Sent {
        game,
        number,
        to: to.into(),
    }
}

fn acknowledged(number: u64, id: u64, state: State) -> Fact {
    Fact::Acknowledged {
        number,
        id: MessageId(id),
        state,
    }
}

fn changing(number: u64, state: State) -> Fact {
    Fact::Changing {
        game: 0,
        number,
        state,
    }
}

fn seen(number: u64, id: u64, state: State, from: &str, to: impl Into<ReceiverId>) -> Seen {
    Seen {
        id: MessageId(id),
        number: Some(number),
        state: Some(state),
        since: Timestamp(match state {
            State::Version(edits) => edits.into(),
            State::Deleted => 9,
        }),
        from: from.into(),
        to: to.into(),
    }
}

fn received(game: usize, number: u64, id: u64, from: &str, to: impl Into<ReceiverId>) -> Fact {
    Fact::Received {
        game,
        message: seen(number, id, State::FIRST, from, to),
    }
}

fn ben() -> Uid {
    "ben".into()
}

/// Ana and ben play; ana has sent him 1 and 2, stored as 11 and 12.
fn two_messages() -> Vec<Fact> {
    vec![
        logged_in(0, "ana"),
        logged_in(1, "ben"),
        Fact::Connected { game: 0 },
        Fact::Connected { game: 1 },
        sent(1, 0, ben()),
        sent(2, 0, ben()),
        acknowledged(1, 11, State::FIRST),
        acknowledged(2, 12, State::FIRST),
    ]
}

fn first() -> Fact {
    received(1, 1, 11, "ana", ben())
}

fn second() -> Fact {
    received(1, 2, 12, "ana", ben())
}

fn saw_change(number: u64, id: u64, state: State) -> Fact {
    Fact::SawChange {
        game: 1,
        message: seen(number, id, state, "ana", ben()),
    }
}

#[track_caller]
fn assert_finds(what: &str, more: impl IntoIterator<Item = Fact>) {
    let facts: Vec<_> = two_messages().into_iter().chain(more).collect();
    let found = check(facts.iter());
    assert!(
        found.len() == 1 && found[0].starts_with(what),
        "{what}: {found:?}"
    );
}

#[track_caller]
fn assert_fine(more: impl IntoIterator<Item = Fact>) {
    let facts: Vec<_> = two_messages().into_iter().chain(more).collect();
    assert_eq!(check(facts.iter()), [""; 0]);
}

/// The same after both messages have come.
#[track_caller]
fn assert_finds_later(what: &str, more: impl IntoIterator<Item = Fact>) {
    assert_finds(what, [first(), second()].into_iter().chain(more));
}

#[test]
fn what_is_right_is_no_violation() {
    assert_fine([
        first(),
        second(),
        changing(1, EDITED),
        acknowledged(1, 11, EDITED),
        saw_change(1, 11, EDITED),
    ]);
}

#[test]
fn a_message_that_never_comes_is_lost() {
    assert_finds("lost: message 2", [first()]);
}

fn why(error: &str) -> Why {
    Why {
        error: error.into(),
        is_answered: false,
    }
}

#[test]
fn a_gap_although_the_server_answered_is_found() {
    let why = Why {
        is_answered: true,
        ..why("too many requests")
    };
    assert_finds_later("given up", [Fact::ChangesGap { game: 1, why }]);
}

#[test]
fn a_message_in_a_gap_that_was_announced_is_not() {
    let gap = Fact::Gap {
        game: 1,
        after: MessageId(11),
        before: None,
        why: why("a test"),
    };
    assert_fine([first(), gap]);
}

#[test]
fn a_message_that_comes_twice_is_doubled_also_after_a_restart() {
    assert_finds_later("doubled", [second()]);
    let restored = Fact::LoggedIn {
        game: 1,
        user: ben(),
        is_restored: true,
    };
    assert_finds_later("doubled", [restored, second()]);
}

#[test]
fn so_is_one_that_comes_back_to_the_game_that_sent_it() {
    assert_finds_later("doubled", [received(0, 1, 11, "ana", ben())]);
    let too_early = [
        sent(3, 0, ben()),
        received(0, 3, 13, "ana", ben()),
        acknowledged(3, 13, State::FIRST),
        received(1, 3, 13, "ana", ben()),
    ];
    assert_finds_later("doubled", too_early);
}

#[test]
fn a_message_that_comes_before_an_earlier_one_is_out_of_order() {
    assert_finds("out of order", [second(), first()]);
}

#[test]
fn a_message_for_somebody_else_is_foreign() {
    let cleo = Uid::from("cleo");
    let foreign = [sent(3, 0, cleo.clone()), received(1, 3, 13, "ana", cleo)];
    assert_finds_later("foreign", foreign);
    let outsider = USERS[USERS.len() - 1];
    let hall = Guid::from(GROUP);
    let to_group = [
        logged_in(2, outsider),
        sent(3, 0, hall.clone()),
        received(2, 3, 13, "ana", hall),
    ];
    assert_finds_later("foreign", to_group);
}

#[test]
fn a_message_of_the_session_before_is_foreign() {
    let logged_out = Fact::LoggedOut {
        game: 1,
        cause: Cause::LoggedOut,
    };
    assert_finds("foreign", [first(), logged_out, second()]);
}

#[test]
fn a_session_that_ends_by_itself_is_found() {
    let logged_out = Fact::LoggedOut {
        game: 1,
        cause: Cause::TokenUnknown,
    };
    assert_finds_later("logged out", [logged_out]);
}

#[test]
fn a_message_that_was_stored_under_two_ids_is_found() {
    assert_finds_later("stored twice", [received(1, 2, 13, "ana", ben())]);
}

#[test]
fn a_message_that_nobody_sent_is_found() {
    assert_finds_later("nobody sent", [received(1, 9, 13, "ana", ben())]);
    assert_finds_later("nobody sent", [saw_change(2, 12, EDITED)]);
}

#[test]
fn an_edit_or_deletion_that_is_never_told_is_lost() {
    for state in [EDITED, State::Deleted] {
        assert_finds_later(
            "lost change",
            [changing(2, state), acknowledged(2, 12, state)],
        );
    }
}

#[test]
fn an_edit_that_is_told_twice_or_after_a_later_one_is_no_change() {
    let later = State::Version(2);
    let edited = || {
        [
            changing(2, EDITED),
            acknowledged(2, 12, EDITED),
            saw_change(2, 12, EDITED),
        ]
    };
    assert_finds_later(
        "no change",
        edited().into_iter().chain([saw_change(2, 12, EDITED)]),
    );
    assert_finds_later(
        "no change",
        [
            changing(2, EDITED),
            acknowledged(2, 12, EDITED),
            changing(2, later),
            acknowledged(2, 12, later),
            saw_change(2, 12, later),
            saw_change(2, 12, EDITED),
            saw_change(2, 12, later),
        ],
    );
}

#[test]
fn edits_within_a_second_may_be_told_in_any_order_if_the_last_is_right() {
    let later = State::Version(2);
    let told_within_a_second = |states: &[State]| {
        let told = states.iter().map(|state| {
            let mut message = seen(2, 12, *state, "ana", ben());
            message.since = Timestamp(7);
            Fact::SawChange { game: 1, message }
        });
        let edited_twice = [
            first(),
            second(),
            changing(2, EDITED),
            acknowledged(2, 12, EDITED),
            changing(2, later),
            acknowledged(2, 12, later),
        ];
        edited_twice.into_iter().chain(told).collect::<Vec<_>>()
    };
    assert_fine(told_within_a_second(&[later, EDITED, later]));
    assert_finds("lost change", told_within_a_second(&[later, EDITED]));
    assert_finds("no change", told_within_a_second(&[later, later]));
}

#[test]
fn views_that_differ_in_an_edit_without_an_answer_are_found() {
    let other_device = [
        logged_in(2, "ben"),
        Fact::Connected { game: 2 },
        sent(3, 0, ben()),
        acknowledged(3, 13, State::FIRST),
        received(1, 3, 13, "ana", ben()),
        received(2, 3, 13, "ana", ben()),
        changing(3, EDITED),
        saw_change(3, 13, EDITED),
    ];
    assert_finds_later("message 3, MessageId(13), differs", other_device);
}
