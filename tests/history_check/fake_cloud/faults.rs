use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use fastrand::Rng;

/// Something that clouds do, and the local server does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Rows that can't be read stand in lists, and frames of them come.
    Unreadable,
    /// Rows of actions that are unknown or incomplete.
    Actions,
    /// Rows of actions that report an edit again.
    Again,
    /// Rows of calls.
    Calls,
    /// Ids become visible out of order: a message is missing from lists for a while, and its frame comes late.
    Withheld,
    /// The server's clock jumps, forwards and back.
    Clock,
    /// Requests are refused with 429 and 503, and with a wait in one form or another.
    Throttle,
    /// A kept-alive connection is closed as a request goes out.
    Close,
    /// Members of other types than documented, missing ones, unknown ones; frames of unknown types.
    Shapes,
    /// Every page says that it is the only one.
    Pages,
    /// A socket credential that was good is stale.
    Jwt,
    /// Receipts that don't say whose they are.
    Receipts,
}

impl Fault {
    const ALL: [(Self, &'static str); 12] = [
        (Self::Unreadable, "unreadable"),
        (Self::Actions, "actions"),
        (Self::Again, "again"),
        (Self::Calls, "calls"),
        (Self::Withheld, "withheld"),
        (Self::Clock, "clock"),
        (Self::Throttle, "throttle"),
        (Self::Close, "close"),
        (Self::Shapes, "shapes"),
        (Self::Pages, "pages"),
        (Self::Jwt, "jwt"),
        (Self::Receipts, "receipts"),
    ];
}

/// The faults of a run, and how often each happened.
#[derive(Clone)]
pub(crate) struct Faults(Vec<(Fault, &'static str, Arc<AtomicU64>)>);

impl Faults {
    /// Those of a list of names, separated by commas: `all`, or some. Without a list, all.
    pub(crate) fn read(names: Option<&str>) -> Self {
        let names: Option<Vec<_>> = names.map(|names| names.split(',').collect());
        for name in names.iter().flatten().filter(|name| **name != "all") {
            let is_known = Fault::ALL.iter().any(|(_, known)| known == name);
            assert!(
                is_known,
                "no such fault: {name}; there are {:?}",
                Fault::ALL
            );
        }
        let is_on = |(_, name): &(Fault, &str)| match &names {
            None => true,
            Some(names) => names.contains(&"all") || names.contains(name),
        };
        let faults = Fault::ALL.into_iter().filter(is_on);
        Self(
            faults
                .map(|(fault, name)| (fault, name, Arc::default()))
                .collect(),
        )
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.0.iter().any(|(it, ..)| *it == fault)
    }

    /// Decides whether the fault happens now: with a probability of 1 in `one_in`.
    pub(super) fn does(&self, fault: Fault, rng: &mut Rng, one_in: u32) -> bool {
        let does = self.has(fault) && rng.u32(..one_in) == 0;
        if does {
            self.count(fault);
        }
        does
    }

    pub(super) fn count(&self, fault: Fault) {
        if let Some((.., count)) = self.0.iter().find(|(it, ..)| *it == fault) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often each happened.
    pub(super) fn summary(&self) -> String {
        let counts = self
            .0
            .iter()
            .map(|(_, name, count)| format!("{name} {}", count.load(Ordering::Relaxed)));
        counts.collect::<Vec<_>>().join(", ")
    }
}
