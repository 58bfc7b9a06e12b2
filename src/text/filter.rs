use super::character::{self, EMOJI_FORM, KEYCAP, Kind, POP_ISOLATE, REPLACEMENT};

/// The maximum nesting of runs with their own direction.
const MAX_DEPTH: usize = 4;
/// The maximum number of marks on a character. Burmese syllables have up to seven.
const MAX_MARKS: usize = 8;
/// The maximum number of general marks on a character, which can be stacked. Greek has up to four.
const MAX_GENERAL_MARKS: usize = 4;

/// The characters that a filter keeps beside visible ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passes {
    pub(super) line_breaks: bool,
    /// Direction marks and isolates.
    pub(super) directions: bool,
    /// Private-use characters, which are placeholders.
    pub(super) private: bool,
}

/// Builds safe text from text, character by character.
///
/// An invisible character is held back until a visible one follows, so that the text does not end with an invisible
/// one.
pub(super) struct Filter {
    passes: Passes,
    out: String,
    owed: Owed,
    openers: Vec<char>,
    direction: Option<char>,
    joiner: Option<char>,
    /// Whether the previous character was a selector that is kept only before [`KEYCAP`].
    selected_for_key: bool,
    /// The number of open isolates.
    depth: usize,
    /// The number of isolates that were not opened because of the limit.
    ignored: usize,
    /// The character that a mark would combine with.
    base: Option<Base>,
}

/// The white space before the next visible character.
#[derive(Clone, Copy)]
enum Owed {
    Nothing,
    Space(char),
    Line,
    EmptyLine,
}

#[derive(Clone, Copy)]
struct Base {
    /// The last character of the output.
    last: char,
    marks: usize,
    general_marks: usize,
}

impl Filter {
    pub(super) fn new(passes: Passes) -> Self {
        Self {
            passes,
            out: String::new(),
            owed: Owed::Nothing,
            openers: Vec::new(),
            direction: None,
            joiner: None,
            selected_for_key: false,
            depth: 0,
            ignored: 0,
            base: None,
        }
    }

    pub(super) fn run(mut self, text: impl Iterator<Item = char>) -> String {
        let mut before = None;
        for c in text {
            // The two are one line break.
            if (before, c) != (Some('\r'), '\n') {
                self.take(c);
            }
            before = Some(c);
        }
        self.end_line();
        self.out
    }

    fn take(&mut self, c: char) {
        let joiner = self.joiner.take();
        let selected_for_key = std::mem::take(&mut self.selected_for_key);
        match Kind::of(c) {
            Kind::Visible => self.show(c, joiner),
            Kind::Private if self.passes.private => {
                self.show(c, None);
                self.base = None;
            }
            Kind::Private | Kind::Unassigned => self.show(REPLACEMENT, None),
            Kind::Mark => {
                if selected_for_key && c == KEYCAP {
                    self.mark(EMOJI_FORM);
                }
                self.mark(c);
            }
            Kind::Selector => self.select(c),
            Kind::Joiner => self.joiner = Some(c),
            Kind::LineBreak if self.passes.line_breaks => self.break_line(),
            Kind::LineBreak => self.space(' '),
            Kind::Space => self.space(c),
            Kind::DirectionMark if self.passes.directions => {
                self.direction.get_or_insert(c);
                self.base = None;
            }
            Kind::Opener(isolate) if self.passes.directions => self.open(isolate),
            Kind::Closer => self.close(),
            Kind::DirectionMark | Kind::Opener(_) | Kind::Needless => self.joiner = joiner,
        }
    }

    fn show(&mut self, c: char, joiner: Option<char>) {
        if !self.out.is_empty() {
            match self.owed {
                Owed::Nothing => {}
                Owed::Space(space) => self.out.push(space),
                Owed::Line => self.out.push('\n'),
                Owed::EmptyLine => self.out.push_str("\n\n"),
            }
        }
        self.owed = Owed::Nothing;
        self.depth += self.openers.len();
        self.out.extend(self.openers.drain(..));
        self.out.extend(self.direction.take());
        if let (Some(base), Some(joiner)) = (self.base, joiner)
            && character::join(base.last, joiner, c)
        {
            self.out.push(joiner);
        }
        self.out.push(c);
        self.base = Some(Base {
            last: c,
            marks: 0,
            general_marks: 0,
        });
    }

    /// Keeps a selector after a character that has another form.
    fn select(&mut self, selector: char) {
        let Some(base) = self.base else { return };
        if base.marks == 0 && character::selects(base.last, selector) {
            self.mark(selector);
        } else {
            self.selected_for_key =
                base.marks == 0 && selector == EMOJI_FORM && character::is_on_a_key(base.last);
        }
    }

    /// Keeps a mark after a visible character, once each and up to the limits.
    fn mark(&mut self, c: char) {
        let Some(base) = &mut self.base else { return };
        let general = usize::from(character::is_general_mark(c));
        let is_there = self
            .out
            .chars()
            .rev()
            .take(base.marks)
            .any(|mark| mark == c);
        if is_there || base.marks == MAX_MARKS || base.general_marks + general > MAX_GENERAL_MARKS {
            return;
        }
        self.out.push(c);
        *base = Base {
            last: c,
            marks: base.marks + 1,
            general_marks: base.general_marks + general,
        };
    }

    fn space(&mut self, c: char) {
        self.base = None;
        if let Owed::Nothing = self.owed {
            self.owed = Owed::Space(match c {
                // They prevent a line break, or are as wide as ideographs.
                '\u{A0}' | '\u{202F}' | '\u{3000}' => c,
                _ => ' ',
            });
        }
    }

    fn break_line(&mut self) {
        self.end_line();
        self.owed = match self.owed {
            Owed::Nothing | Owed::Space(_) => Owed::Line,
            Owed::Line | Owed::EmptyLine => Owed::EmptyLine,
        };
    }

    fn open(&mut self, isolate: char) {
        self.base = None;
        if self.depth + self.openers.len() < MAX_DEPTH {
            self.openers.push(isolate)
        } else {
            self.ignored += 1
        }
    }

    fn close(&mut self) {
        self.base = None;
        if self.ignored > 0 {
            self.ignored -= 1;
        } else if self.openers.pop().is_none() && self.depth > 0 {
            self.out.extend(self.direction.take());
            self.out.push(POP_ISOLATE);
            self.depth -= 1;
        }
    }

    /// Closes open isolates: a direction ends with its line.
    fn end_line(&mut self) {
        self.base = None;
        self.openers.clear();
        self.ignored = 0;
        let direction = self.direction.take();
        let is_line_empty =
            self.out.is_empty() || matches!(self.owed, Owed::Line | Owed::EmptyLine);
        if !is_line_empty {
            self.out.extend(direction);
        }
        self.out
            .extend(std::iter::repeat_n(POP_ISOLATE, self.depth));
        self.depth = 0;
    }
}
