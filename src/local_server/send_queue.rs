use std::{
    collections::VecDeque,
    convert::Infallible,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::Waker,
    time::{Duration, Instant},
};

use async_channel::{Receiver, Sender};

use super::encoded_frame::{EncodedFrame, FRAME_OVERHEAD};

/// The number of bytes that a device may leave unread, however slowly it reads.
const TOLERATED_BYTES: usize = 4 << 20;

/// The number of bytes that a device may leave unread while it reads.
const MAX_UNREAD_BYTES: usize = 80 << 20;

/// How long a device that has more to read than is tolerated may read nothing.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// The number of bytes that a device may leave unread, however slowly it reads, while the server is short of memory.
const TOLERATED_BYTES_IN_SHORTAGE: usize = 256 << 10;

/// The number of bytes of requested answers that a device may leave unread.
const MAX_UNREAD_ANSWERS: usize = 64 << 10;

/// The frames on their way to a device: the store's thread adds them, the connection's task takes them.
#[derive(Default)]
pub(super) struct SendQueue {
    contents: Mutex<Contents>,
    /// The size of the answers that are not written yet, in bytes.
    unread_answers: Arc<AtomicUsize>,
    /// Closed with the queue, when neither the connection nor the hub has it any more. Made when somebody waits for that:
    /// most connections do without its memory.
    closes: OnceLock<(Sender<Infallible>, Receiver<Infallible>)>,
}

#[derive(Default)]
struct Contents {
    frames: VecDeque<EncodedFrame>,
    /// Includes the frames that were taken and are not written yet.
    unread_bytes: usize,
    /// When the device last read something, or began to have something to read. `None` while it has nothing to read.
    progressed_at: Option<Instant>,
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
    /// Closed once the connection is.
    pub(super) fn closed(&self) -> Receiver<Infallible> {
        let (_closes, closed) = self.closes.get_or_init(|| async_channel::bounded(1));
        closed.clone()
    }

    /// Adds a frame. A device that has stopped reading is dropped, and so is one whose unread frames are too large.
    /// While the server is `short_of_memory`, every device with more unread bytes than a smaller tolerance is dropped.
    pub(super) fn push(&self, frame: EncodedFrame, short_of_memory: bool) {
        let tolerated = if short_of_memory {
            TOLERATED_BYTES_IN_SHORTAGE
        } else {
            TOLERATED_BYTES
        };
        self.push_within(frame, |unread, pause| {
            unread <= tolerated
                || unread <= MAX_UNREAD_BYTES && pause <= MAX_PAUSE && !short_of_memory
        });
    }

    /// Adds a frame that the device requested. A device that does not read its answers is dropped. Its other unread
    /// frames do not count.
    pub(super) fn answer(&self, frame: EncodedFrame) {
        let frame = frame.counted_in(&self.unread_answers);
        let answers = self.unread_answers.load(Ordering::Relaxed);
        self.push_within(frame, |_, _| answers <= MAX_UNREAD_ANSWERS);
    }

    fn push_within(&self, frame: EncodedFrame, is_fine: impl Fn(usize, Duration) -> bool) {
        let mut contents = self.contents();
        if contents.ending.is_some() {
            return;
        }
        let now = Instant::now();
        let progressed_at = *contents.progressed_at.get_or_insert(now);
        contents.unread_bytes += frame.memory();
        if is_fine(contents.unread_bytes, now - progressed_at) {
            contents.frames.push_back(frame);
        } else {
            contents.ending = Some(Ending::Abandon);
            contents.frames = VecDeque::new();
        }
        wake(contents);
    }

    /// Ends the connection once the queue is written, unless it is ending already.
    pub(super) fn end(&self, ending: Ending) {
        let mut contents = self.contents();
        contents.ending.get_or_insert(ending);
        wake(contents);
    }

    /// Moves the queued frames to `frames`. `waker` is woken when there is more, or the connection is to end.
    pub(super) fn take(
        &self,
        frames: &mut VecDeque<EncodedFrame>,
        waker: &Waker,
    ) -> Result<(), Ending> {
        let mut contents = self.contents();
        if frames.is_empty() {
            mem::swap(&mut contents.frames, frames);
        } else {
            frames.append(&mut contents.frames);
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

    /// Records that bytes were written, and with them the last ones of `frames` frames.
    pub(super) fn on_written(&self, bytes: usize, frames: usize) {
        let mut contents = self.contents();
        let written = bytes + frames * FRAME_OVERHEAD;
        contents.unread_bytes = contents.unread_bytes.saturating_sub(written);
        contents.progressed_at = (contents.unread_bytes > 0).then(Instant::now);
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes the waiting task, after the lock is released.
fn wake(mut contents: MutexGuard<'_, Contents>) {
    let waker = contents.waker.take();
    drop(contents);
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::task::Wake;

    use super::*;

    impl SendQueue {
        /// What a connection would take next.
        pub(crate) fn taken(&self) -> Result<Vec<EncodedFrame>, Ending> {
            let mut frames = VecDeque::new();
            let result = self.take(&mut frames, Waker::noop());
            result.map(|()| frames.into())
        }

        /// As if nothing had been read for that much longer.
        fn pause(&self, pause: Duration) {
            let mut contents = self.contents();
            contents.progressed_at = contents.progressed_at.map(|at| at - pause);
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
        queue.push(frame("1"), false);
        queue.push(frame("2"), false);
        assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
        assert_eq!(queue.take(&mut frames, &waker), Ok(()));
        queue.push(frame("3"), false);
        assert_eq!(queue.take(&mut frames, &waker), Ok(()));
        assert_eq!(frames, ["1", "2", "3"].map(frame));
    }

    const MIB: usize = 1 << 20;

    #[test]
    fn a_device_that_reads_is_kept_and_one_that_does_not_is_abandoned() {
        let large = frame(&"x".repeat(MIB));
        let length = large.bytes().len();
        let queue = SendQueue::default();
        for _ in 0..64 {
            queue.push(large.clone(), false);
        }
        // Taken is not written.
        assert_eq!(queue.taken().map(|frames| frames.len()), Ok(64));
        queue.pause(MAX_PAUSE);
        queue.on_written(length, 1);
        queue.push(large.clone(), false);
        assert_eq!(queue.taken().map(|frames| frames.len()), Ok(1));
        queue.pause(MAX_PAUSE + Duration::from_millis(1));
        queue.push(large, false);
        assert_eq!(queue.taken(), Err(Ending::Abandon));
    }

    #[test]
    fn what_is_tolerated_may_wait_for_ever() {
        let queue = SendQueue::default();
        queue.push(frame(&"x".repeat(3 * MIB)), false);
        queue.pause(MAX_PAUSE * 100);
        queue.push(frame("hi"), false);
        assert_eq!(queue.taken().map(|frames| frames.len()), Ok(2));
    }

    #[test]
    fn less_is_tolerated_when_memory_is_short() {
        let queue = SendQueue::default();
        queue.push(frame(&"x".repeat(MIB / 5)), true);
        queue.pause(MAX_PAUSE * 100);
        queue.push(frame("hi"), true);
        assert_eq!(queue.taken().map(|frames| frames.len()), Ok(2));
        queue.push(frame(&"x".repeat(MIB / 5)), true);
        assert_eq!(queue.taken(), Err(Ending::Abandon));
    }

    #[test]
    fn a_device_that_is_behind_may_ask_and_is_abandoned_for_unread_answers() {
        let queue = SendQueue::default();
        for _ in 0..32 {
            queue.push(frame(&"x".repeat(MIB)), false);
        }
        queue.answer(frame("pong"));
        let mut frames = VecDeque::from(queue.taken().unwrap());
        assert_eq!(frames.len(), 33);
        // What is taken and not written counts, and what is written does not.
        for _ in 0..10 {
            frames.clear();
            for _ in 0..400 {
                queue.answer(frame("pong"));
            }
            frames = queue.taken().unwrap().into();
        }
        for _ in 0..1_000 {
            queue.answer(frame("pong"));
        }
        drop(frames);
        assert_eq!(queue.taken(), Err(Ending::Abandon));
    }

    #[test]
    fn a_device_is_abandoned_with_too_much_to_read_or_when_memory_is_short() {
        let large = frame(&"x".repeat(MIB));
        let queue = SendQueue::default();
        for _ in 0..MAX_UNREAD_BYTES / MIB {
            queue.push(large.clone(), false);
        }
        assert_eq!(queue.taken(), Err(Ending::Abandon));

        let queue = SendQueue::default();
        for _ in 0..5 {
            queue.push(large.clone(), true);
        }
        assert_eq!(queue.taken(), Err(Ending::Abandon));

        let queue = SendQueue::default();
        for _ in 0..5 {
            queue.answer(large.clone());
        }
        assert_eq!(queue.taken(), Err(Ending::Abandon));
    }

    #[test]
    fn the_first_ending_counts_and_comes_after_what_was_there_before() {
        let queue = SendQueue::default();
        queue.push(frame("before"), false);
        let close = Ending::Close {
            code: 1001,
            reason: "",
        };
        queue.end(close);
        queue.end(Ending::Abandon);
        queue.push(frame("after"), false);
        let mut frames = VecDeque::new();
        assert_eq!(queue.take(&mut frames, Waker::noop()), Err(close));
        assert_eq!(frames, [frame("before")]);
    }
}
