//! The chips in the line that the player writes.

mod draw;
mod edits;

use std::ops::Range;

use bevy::{
    prelude::*,
    text::{EditableText, TextEdit},
};

pub use self::draw::ChatInputChip;
pub(super) use self::edits::InputEdits;
use super::{
    chip::{ChatChip, MAX_CHIPS, find_words},
    input::{ChatInput, Inputs, caret},
    main_box::BoxStates,
    state::UserLeft,
};
use crate::model::Payload;

/// The maximum number of chips that are kept.
const MAX_KEPT: usize = 50;

/// Puts a chip at the caret of the line that the player writes in the box that was used last, and opens the box: the player has chosen an item to show.
///
/// Its words are in the input, with a [`ChatInputChip`] behind them. They stay together: the caret goes past them, and a
/// deletion takes them all.
///
/// ```
/// # use bevy::prelude::*;
/// # use serde::{Deserialize, Serialize};
/// use bevy_cometchat::{chat_box::InsertChip, prelude::*};
///
/// #[derive(Serialize, Deserialize)]
/// struct ItemLink { item: u32, name: String }
///
/// impl Payload for ItemLink {
///     const KIND: &'static str = "item_link";
///     fn fallback_text(&self) -> String { format!("[{}]", self.name) }
/// }
///
/// fn show_key(mut commands: Commands) -> Result {
///     let key = ItemLink { item: 7, name: "Rusty Key".into() };
///     commands.trigger(InsertChip::new(&key)?);
///     Ok(())
/// }
/// # App::new().add_systems(Startup, show_key);
/// ```
#[derive(Event, Clone, Debug)]
pub struct InsertChip(pub ChatChip);

impl InsertChip {
    /// The chip of a payload. Its fallback text is the words.
    ///
    /// # Errors
    /// When `payload` has no JSON form.
    pub fn new<P: Payload>(payload: &P) -> serde_json::Result<Self> {
        ChatChip::new(payload).map(Self)
    }
}

/// The chips that the player has put into lines. Those with the same words are in the order in which they are in the line,
/// and before those of earlier lines. The newest words are first.
#[derive(Resource, Default)]
pub(super) struct DraftChips(Vec<ChatChip>);

impl DraftChips {
    /// Adds a chip whose words follow this text.
    pub(super) fn add(&mut self, chip: &ChatChip, before: &str) {
        let words = chip.words();
        self.0.sort_by_cached_key(|it| it.words() != words);
        let same = self.0.iter().take_while(|it| it.words() == words).count();
        let at = count(before, &words).min(same);
        self.0.insert(at, chip.clone());
        self.0.truncate(MAX_KEPT);
    }

    /// The chips in a line, in the order of their words.
    pub(super) fn of_line(&self, line: &str) -> Vec<ChatChip> {
        let places = self.places(line).into_iter();
        places.map(|(_, chip)| chip.clone()).collect()
    }

    /// Where the words of the chips are in a line.
    fn places(&self, line: &str) -> Vec<(Range<usize>, &ChatChip)> {
        let mut left: Vec<_> = self.0.iter().collect();
        let mut found = Vec::new();
        let mut start = 0;
        while found.len() < MAX_CHIPS {
            let places = left.iter().enumerate().filter_map(|(at, chip)| {
                let range = find_words(line, &chip.words(), start)?;
                Some((range.start, std::cmp::Reverse(range.end), at))
            });
            let Some((from, end, at)) = places.min() else {
                break;
            };
            start = end.0;
            found.push((from..start, left.remove(at)));
        }
        found
    }
}

/// How many times a text has these words.
fn count(text: &str, words: &str) -> usize {
    let next = |at: &usize| find_words(text, words, *at).map(|range| range.end);
    std::iter::successors(next(&0), next).count()
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<DraftChips>()
        .add_plugins((draw::plugin, edits::plugin))
        .add_observer(insert)
        .add_observer(|_: On<UserLeft>, mut chips: ResMut<DraftChips>| chips.0.clear());
}

fn insert(
    insert: On<InsertChip>,
    mut chips: ResMut<DraftChips>,
    own_inputs: Inputs,
    mut states: BoxStates,
    mut inputs: Query<&mut EditableText, With<ChatInput>>,
) {
    let words = insert.0.words();
    if words.is_empty() {
        return tracing::error!("a chip without words cannot be in a line");
    }
    let main = states.main.get().and_then(|main| own_inputs.of(main));
    if let Some(mut input) = main.and_then(|input| inputs.get_mut(input).ok()) {
        let text = input.value().to_string();
        let before = caret(&input).and_then(|caret| text.get(..caret));
        let before = before.unwrap_or(&text);
        chips.add(&insert.0, before);
        let is_apart = before.is_empty() || before.ends_with(char::is_whitespace);
        let space = if is_apart { "" } else { " " };
        input.queue_edit(TextEdit::Insert(format!("{space}{words} ").into()));
    }
    if let Some(mut state) = states.main() {
        state.is_open = true;
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Item(u32);

    impl Payload for Item {
        const KIND: &'static str = "item";

        fn fallback_text(&self) -> String {
            if self.0 < 10 {
                "[Sword]"
            } else {
                "[Sword] of fire"
            }
            .into()
        }
    }

    fn numbers(chips: &DraftChips, line: &str) -> Vec<u32> {
        let chips = chips.of_line(line).into_iter();
        chips
            .map(|chip| chip.payload::<Item>().unwrap().unwrap().0)
            .collect()
    }

    #[test]
    fn chips_with_the_same_words_are_told_apart_by_their_places() {
        let mut chips = DraftChips::default();
        let mut add = |number, before| chips.add(&ChatChip::new(&Item(number)).unwrap(), before);
        add(9, "");
        // Another line.
        add(1, "");
        add(3, "[Sword] or ");
        add(2, "[Sword] ");
        add(10, "");
        let line = "[Sword] [Sword] or [Sword]";
        assert_eq!(numbers(&chips, line), [1, 2, 3]);
        assert_eq!(numbers(&chips, "[Sword] of fire"), [10]);
        assert!(numbers(&chips, "nothing").is_empty());
    }
}
