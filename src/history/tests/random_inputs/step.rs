use proptest::prelude::*;

use crate::{
    history::tests::fixture::{guild, with},
    model::{ReceiptKind, ReceiverId},
};

/// What happens to the chat.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Somebody writes, or the user does on another device.
    Write {
        to: usize,
        own: bool,
        mention: bool,
        leap: u64,
    },
    Edit(prop::sample::Index),
    Delete(prop::sample::Index),
    React {
        on: prop::sample::Index,
        emoji: usize,
        by: usize,
    },
    Receipt {
        to: usize,
        kind: ReceiptKind,
        up_to: prop::sample::Index,
    },
    ReadElsewhere {
        to: usize,
        up_to: prop::sample::Index,
    },
    MarkRead(usize),
    Disconnect,
    /// Recovers this number of the newest messages that were missed.
    Connect {
        limit: usize,
    },
    AskPage {
        of: usize,
        gap: prop::sample::Index,
        size: usize,
    },
    TakePage,
    Send(usize),
    /// What becomes of a message of the outbox.
    Sent(prop::sample::Index),
    /// The server has it, and the reply is lost.
    ReplyLost(prop::sample::Index),
    Fails(prop::sample::Index),
    Discard(prop::sample::Index),
    StopReadingBack(usize),
    /// `knows` says whether the client finds out at login what the newest message is.
    LogInAgain {
        knows: bool,
    },
}

pub(super) fn any_step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    let kind = prop_oneof![Just(ReceiptKind::Delivered), Just(ReceiptKind::Read)];
    prop_oneof![
        16 => (0..3_usize, any::<bool>(), any::<bool>(), 1..4_u64)
            .prop_map(|(to, own, mention, leap)| Step::Write { to, own, mention, leap }),
        4 => index().prop_map(Step::Edit),
        3 => index().prop_map(Step::Delete),
        4 => (index(), 0..2_usize, 0..2_usize)
            .prop_map(|(on, emoji, by)| Step::React { on, emoji, by }),
        3 => (0..2_usize, kind, index())
            .prop_map(|(to, kind, up_to)| Step::Receipt { to, kind, up_to }),
        2 => (0..3_usize, index()).prop_map(|(to, up_to)| Step::ReadElsewhere { to, up_to }),
        2 => (0..3_usize).prop_map(Step::MarkRead),
        3 => Just(Step::Disconnect),
        4 => (0..12_usize).prop_map(|limit| Step::Connect { limit }),
        6 => (0..3_usize, index(), 1..6_usize)
            .prop_map(|(of, gap, size)| Step::AskPage { of, gap, size }),
        6 => Just(Step::TakePage),
        4 => (0..3_usize).prop_map(Step::Send),
        3 => index().prop_map(Step::Sent),
        1 => index().prop_map(Step::ReplyLost),
        1 => index().prop_map(Step::Fails),
        1 => index().prop_map(Step::Discard),
        1 => (0..3_usize).prop_map(Step::StopReadingBack),
        2 => any::<bool>().prop_map(|knows| Step::LogInAgain { knows }),
    ]
}

pub(super) fn conversations() -> [ReceiverId; 3] {
    [with("bob"), with("carol"), guild()]
}
