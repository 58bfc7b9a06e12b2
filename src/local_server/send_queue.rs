use std::{
    collections::VecDeque,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
};

use super::encoded_frame::EncodedFrame;

/// A device whose unread frames take more bytes than this is dropped: it reads too slowly, or not at all.
const MAX_UNREAD_BYTES: usize = 4 << 20;

/// What is on its way to a device: the store's thread puts frames in, the connection's task takes them out.
#[derive(Default)]
pub(super) struct SendQueue(Mutex<Contents>);

#[derive(Default)]
struct Contents {
    frames: VecDeque<EncodedFrame>,
    /// Those that were taken and are not written yet included.
    unread_bytes: usize,
    ending: Option<Ending>,
    /// The connection's task, while it waits.
    waker: Option<Waker>,
}

/// How the server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With a close frame, which the peer answers.
    Close { code: u16, reason: &'static str },
    /// With the answer to the peer's close frame.
    Answer { code: u16 },
    /// Without one: the peer would not read it.
    Abandon,
}

impl SendQueue {
    /// Adds a frame, unless that is one too many, or the connection is ending.
    pub(super) fn push(&self, frame: EncodedFrame) {
        let mut contents = self.contents();
        if contents.ending.is_some() {
            return;
        }
        contents.unread_bytes += frame.bytes().len();
        if contents.unread_bytes > MAX_UNREAD_BYTES {
            contents.ending = Some(Ending::Abandon);
            contents.frames = VecDeque::new();
        } else {
            contents.frames.push_back(frame);
        }
        wake(contents);
    }

    /// Ends the connection once what is in here is written, unless it is ending already.
    pub(super) fn end(&self, ending: Ending) {
        let mut contents = self.contents();
        contents.ending.get_or_insert(ending);
        wake(contents);
    }

    /// Moves what is in here to `frames`. `waker` is woken when there is more, or the connection is to end.
    pub(super) fn take(
        &self,
        frames: &mut VecDeque<EncodedFrame>,
        waker: &Waker,
    ) -> Result<(), Ending> {
        let mut contents = self.contents();
        if frames.is_empty() {
            mem::swap(&mut contents.frames, frames)
        } else {
            frames.append(&mut contents.frames)
        }
        if let Some(ending) = contents.ending {
            return Err(ending);
        }
        match &mut contents.waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        Ok(())
    }

    /// Notes that bytes left for the network.
    pub(super) fn sent(&self, bytes: usize) {
        let mut contents = self.contents();
        contents.unread_bytes = contents.unread_bytes.saturating_sub(bytes);
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets go of the contents before the task that waits for them runs.
fn wake(mut contents: MutexGuard<'_, Contents>) {
    let waker = contents.waker.take();
    drop(contents);
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::Wake,
    };

    use super::*;

    impl SendQueue {
        /// What a connection would take next.
        pub(crate) fn taken(&self) -> Result<Vec<EncodedFrame>, Ending> {
            let mut frames = VecDeque::new();
            let result = self.take(&mut frames, Waker::noop());
            result.map(|()| frames.into())
        }
    }

    fn frame(text: &str) -> EncodedFrame {
        text.to_owned().into()
    }

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn who_waits_is_woken_once_for_all_that_came() {
        let wakes = Arc::<Wakes>::default();
        let waker = Waker::from(wakes.clone());
        let queue = SendQueue::default();
        let mut frames = VecDeque::new();
        assert_eq!(queue.take(&mut frames, &waker), Ok(()));
        assert!(frames.is_empty());
        queue.push(frame("1"));
        queue.push(frame("2"));
        assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
        assert_eq!(queue.take(&mut frames, &waker), Ok(()));
        queue.push(frame("3"));
        assert_eq!(queue.take(&mut frames, &waker), Ok(()));
        assert_eq!(frames, ["1", "2", "3"].map(frame));
    }

    #[test]
    fn a_device_that_does_not_read_is_abandoned() {
        let queue = SendQueue::default();
        let quarter = frame(&"x".repeat(MAX_UNREAD_BYTES / 4 - 100));
        for _ in 0..4 {
            queue.push(quarter.clone());
        }
        // Taken is not written.
        assert_eq!(queue.taken().map(|frames| frames.len()), Ok(4));
        queue.sent(quarter.bytes().len());
        queue.push(quarter.clone());
        assert_eq!(queue.taken().map(|frames| frames.len()), Ok(1));
        queue.push(quarter);
        assert_eq!(queue.taken(), Err(Ending::Abandon));
    }

    #[test]
    fn the_first_ending_counts_and_comes_after_what_was_there_before() {
        let queue = SendQueue::default();
        queue.push(frame("before"));
        let close = Ending::Close {
            code: 1001,
            reason: "",
        };
        queue.end(close);
        queue.end(Ending::Abandon);
        queue.push(frame("after"));
        let mut frames = VecDeque::new();
        assert_eq!(queue.take(&mut frames, Waker::noop()), Err(close));
        assert_eq!(frames, [frame("before")]);
    }
}
