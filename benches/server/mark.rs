use std::time::{Duration, Instant};

/// What a message says, so that who gets it knows which it is and when it was due.
pub(crate) struct Mark {
    /// Counted from 0.
    pub(crate) number: usize,
    /// Since the start of the run.
    pub(crate) due: Duration,
}

impl Mark {
    /// About as long as what players say.
    pub(crate) fn text(&self) -> String {
        let (number, due) = (self.number, self.due.as_nanos());
        format!(
            "#{number:08} {due:016} Is anybody at the old mill? The gate is open and the guards are gone."
        )
    }

    pub(crate) fn delay(&self, start: Instant) -> Duration {
        start.elapsed().saturating_sub(self.due)
    }
}

/// Finds the marks in messages, quickly: what is of one kind has it in the same place.
#[derive(Default)]
pub(crate) struct Marks {
    id_at: usize,
    text_at: usize,
}

impl Marks {
    /// The message's id and mark, if the frame is a message with one.
    pub(crate) fn read(&mut self, frame: &[u8]) -> Option<(u64, Mark)> {
        let id = after(frame, br#""body":{"id":""#, &mut self.id_at)?;
        let id = number(id.split(|byte| *byte == b'"').next()?)?;
        let text = after(frame, br##""text":"#"##, &mut self.text_at)?;
        let mark = Mark {
            number: number(text.get(..8)?)?.try_into().ok()?,
            due: Duration::from_nanos(number(text.get(9..25)?)?),
        };
        Some((id, mark))
    }
}

/// What comes after `wanted`, which is looked for where it was before.
fn after<'a>(frame: &'a [u8], wanted: &[u8], at: &mut usize) -> Option<&'a [u8]> {
    if !frame.get(*at..)?.starts_with(wanted) {
        *at = frame
            .windows(wanted.len())
            .position(|part| part == wanted)?;
    }
    Some(&frame[*at + wanted.len()..])
}

fn number(digits: &[u8]) -> Option<u64> {
    str::from_utf8(digits).ok()?.parse().ok()
}
