//! The completion of what the player types: commands and their players, mentions, emoji. The candidates are in a popup
//! above the input.

mod candidates;
mod members;
mod mentions;
mod popup;
mod rank;

use std::ops::Range;

use bevy::{ecs::system::SystemParam, prelude::*};

use self::candidates::{Candidate, Known, Players, find};
pub use self::popup::ChatCompletionPopup;
pub(super) use self::{members::GroupMembers, mentions::DraftMentions};
use super::{
    commands::ChatCommands,
    input::{Draft, OpenInput},
    parts::has_changed,
    schedules::BoxSchedule,
    state::ChatBoxState,
    tabs::ChatTabs,
};

/// The candidates for the text before the caret in the open box.
#[derive(Resource, Default, PartialEq)]
pub(super) struct Completions {
    /// The bytes of the text that a candidate replaces.
    range: Range<usize>,
    /// The best one first.
    candidates: Vec<Candidate>,
    selected: usize,
    /// Whether the player has selected a candidate with the arrow keys.
    is_chosen: bool,
    /// The text for which there are no candidates, because the player has closed the popup, or has not typed the text.
    closed_for: Option<String>,
}

impl Completions {
    pub(super) fn is_open(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// Whether the player has selected a candidate with the arrow keys.
    pub(super) fn is_chosen(&self) -> bool {
        self.is_chosen && self.is_open()
    }

    pub(super) fn select(&mut self, step: isize) {
        let count = self.candidates.len();
        let next = self.selected.checked_add_signed(step);
        self.selected = next.map_or(count.saturating_sub(1), |next| next % count.max(1));
        self.is_chosen = true;
    }

    /// Closes the popup until the text differs from this one.
    pub(super) fn close(&mut self, text: &str) {
        *self = Self {
            closed_for: Some(text.into()),
            ..default()
        };
    }
}

/// Finds candidates and replaces text with them.
#[derive(SystemParam)]
pub(super) struct Completer<'w> {
    pub(super) completions: ResMut<'w, Completions>,
    commands: Res<'w, ChatCommands>,
    tabs: Res<'w, ChatTabs>,
    pub(super) players: Players<'w>,
    pub(super) mentions: ResMut<'w, DraftMentions>,
}

impl Completer<'_> {
    /// What can be typed after a slash.
    fn known(&self) -> Known<'_> {
        Known {
            commands: &self.commands,
            tabs: &self.tabs,
        }
    }

    /// Finds the candidates for a text with the caret at a byte of it. A selection is kept while they are the same.
    pub(super) fn update(&mut self, text: &str, caret: usize) {
        if self.completions.closed_for.as_deref() == Some(text) {
            return;
        }
        let (range, candidates) = find(text, caret, self.known(), &self.players);
        let is_same = self.completions.range.start == range.start
            && self.completions.candidates == candidates;
        let (selected, is_chosen) = if is_same {
            (self.completions.selected, self.completions.is_chosen)
        } else {
            (0, false)
        };
        self.completions.set_if_neq(Completions {
            range,
            candidates,
            selected,
            is_chosen,
            closed_for: None,
        });
    }

    /// Completes the text as far as all commands agree, or with the selected candidate. Returns the text, and how many
    /// characters of it are after the caret.
    pub(super) fn complete(&mut self, text: &str, caret: usize) -> Option<(String, usize)> {
        self.completions.closed_for = None;
        self.update(text, caret);
        let is_command = text.starts_with('/') && caret == text.len() && !text.contains(' ');
        if is_command && !self.completions.is_chosen() {
            let common = self.known().complete(&text[1..])?;
            if common != text {
                return Some((common, 0));
            }
        }
        self.accept(text, self.completions.selected)
    }

    /// The text with a candidate in it, and how many characters of it are after the caret.
    pub(super) fn accept(&mut self, text: &str, index: usize) -> Option<(String, usize)> {
        let candidate = self.completions.candidates.get(index)?;
        let (before, after) = (
            text.get(..self.completions.range.start)?,
            text.get(self.completions.range.end..)?,
        );
        let completed = format!("{before}{}{after}", candidate.insert);
        if let Some(uid) = &candidate.mentions {
            self.mentions.add(candidate.insert.trim(), uid);
        }
        let after = after.chars().count();
        self.completions.close(&completed);
        Some((completed, after))
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Completions>()
        .add_plugins((members::plugin, mentions::plugin, popup::plugin))
        .add_systems(
            BoxSchedule::Update,
            update.after(members::fetch).run_if(
                has_changed::<Draft>
                    .or_else(has_changed::<ChatBoxState>)
                    .or_else(resource_changed::<GroupMembers>),
            ),
        );
}

fn update(open: OpenInput, mut completer: Completer) {
    match open.get() {
        Some((_, draft, caret)) => completer.update(&draft.0, caret),
        None => {
            completer.completions.set_if_neq(Completions::default());
        }
    }
}
