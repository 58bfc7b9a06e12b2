//! A drawn line: an item of the feed, or adjacent items that are folded: members who join and leave, and repeated equal
//! messages.

use super::feed::{Cursor, Feed, Gap, Item, ItemKey, Place};
use crate::{
    history::Entry,
    model::{GroupAction, GroupActionKind, MessageContent},
};

/// The maximum time between messages that are folded, in seconds.
const MAX_PAUSE: u64 = 600;

/// An item, or several that are drawn as one line.
pub(super) struct Fold<'a> {
    pub(super) oldest: Item<'a>,
    pub(super) newest: Item<'a>,
    /// All entries if there are several, in any order.
    entries: Vec<&'a Entry>,
}

impl<'a> Fold<'a> {
    pub(super) const fn new(item: Item<'a>) -> Self {
        Self {
            oldest: item,
            newest: item,
            entries: Vec::new(),
        }
    }

    /// Adds the item before it, if that belongs to the line.
    pub(super) fn extend_up(&mut self, item: Item<'a>) -> bool {
        let belongs = belong_together(&item, &self.oldest);
        if belongs {
            self.add(item);
            self.oldest = item;
        }
        belongs
    }

    /// Adds the item after it, if that belongs to the line.
    pub(super) fn extend_down(&mut self, item: Item<'a>) -> bool {
        let belongs = belong_together(&self.newest, &item);
        if belongs {
            self.add(item);
            self.newest = item;
        }
        belongs
    }

    fn add(&mut self, item: Item<'a>) {
        if self.entries.is_empty() {
            self.entries.extend(self.newest.entry());
        }
        self.entries.extend(item.entry());
    }

    /// The line keeps its key while items are added after it.
    pub(super) fn key(&self) -> ItemKey {
        self.oldest.key()
    }

    pub(super) fn place(&self) -> Place {
        self.newest.place()
    }

    pub(super) fn version(&self) -> u64 {
        let versions = self.entries.iter().map(|entry| entry.version());
        versions.max().unwrap_or_else(|| self.newest.version())
    }

    /// The number of its items.
    pub(super) fn count(&self) -> usize {
        self.entries.len().max(1)
    }

    pub(super) fn gap_before(&self) -> Option<Gap> {
        self.oldest.gap_before()
    }

    /// The changes of members, the oldest first, if there are several.
    pub(super) fn memberships(&self) -> Vec<&'a GroupAction> {
        let mut entries = self.entries.clone();
        entries.sort_unstable_by_key(|entry| entry.id());
        let actions = entries.into_iter().filter_map(Entry::group_action);
        actions.map(|action| &**action).collect()
    }
}

/// The position after all lines up to this place, and after those that are folded into one with the last of them.
pub(super) fn end_of_fold(feed: &Feed, place: Place) -> Cursor {
    let mut cursor = feed.after(place);
    let mut older = feed.previous(&mut cursor.clone());
    loop {
        let mut after = cursor.clone();
        let newer = feed.next(&mut after);
        match (&older, &newer) {
            (Some(one), Some(other)) if belong_together(one, other) => {
                (cursor, older) = (after, newer);
            }
            _ => return cursor,
        }
    }
}

/// Whether two adjacent items are drawn as one line.
fn belong_together(older: &Item, newer: &Item) -> bool {
    let (Item::Entry(conversation, older, _), Item::Entry(other, newest, _)) = (older, newer)
    else {
        return false;
    };
    std::ptr::eq(*conversation, *other)
        && (is_coming_or_going(older) && is_coming_or_going(newest) || is_repeated(older, newest))
        && newer.missing_before().is_none()
}

fn is_coming_or_going(entry: &Entry) -> bool {
    let kind = entry.group_action().map(|action| action.kind);
    matches!(kind, Some(GroupActionKind::Joined | GroupActionKind::Left))
}

/// Whether the same user repeats a message, and the two look equal.
fn is_repeated(older: &Entry, newer: &Entry) -> bool {
    let (Some(one), Some(other)) = (older.message(), newer.message()) else {
        return false;
    };
    let (MessageContent::Text(text), MessageContent::Text(again)) = (&one.content, &other.content)
    else {
        return false;
    };
    text == again
        && one.metadata == other.metadata
        && one.sender.uid == other.sender.uid
        && one.tags() == other.tags()
        && one.quoted().is_none()
        && other.quoted().is_none()
        && one.details().moderation == other.details().moderation
        && other.sent_at.0.saturating_sub(one.sent_at.0) <= MAX_PAUSE
        && [older, newer]
            .iter()
            .all(|entry| !entry.is_hidden() && !entry.is_edited() && entry.reactions().is_empty())
}
