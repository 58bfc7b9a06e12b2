use std::{
    io,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    crowd::Progress,
    http::Connection,
    mark::Mark,
    player::{GROUP, Player},
};

/// Connections by which the one sender sends: on one, each message would wait for the disk.
const CONNECTIONS: usize = 8;

/// When messages are sent.
pub(crate) enum Pace<'a> {
    /// As fast as they are delivered: the number of messages under way at most, and the number of members.
    Window(usize, usize, &'a Progress),
    /// One each time that this has passed.
    Every(Duration),
}

/// Sends messages to the group, numbered from 0.
pub(crate) fn send(
    server: SocketAddr,
    sender: &Player,
    messages: usize,
    start: Instant,
    pace: &Pace<'_>,
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    let send_some = || -> io::Result<()> {
        let mut connection = Connection::open(server)?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= messages {
                return Ok(());
            }
            let mark = Mark {
                number,
                due: pace.wait(number, start),
            };
            post(&mut connection, sender, "group", GROUP, &mark.text())?;
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(send_some)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("a thread of the bench does not panic"))
    })
}

/// Sends one message; returns when the server says that it is stored.
pub(crate) fn post(
    connection: &mut Connection,
    sender: &Player,
    receiver_type: &str,
    receiver: &str,
    text: &str,
) -> io::Result<()> {
    let body = json!({
        "type": "text", "receiverType": receiver_type, "category": "message", "receiver": receiver,
        "data": {"text": text}, "text": text,
    });
    let credential = ("authToken", &*sender.token);
    connection.request("POST", "messages", credential, &body.to_string())?;
    Ok(())
}

impl Pace<'_> {
    /// Waits until the message is due; returns when that was.
    fn wait(&self, number: usize, start: Instant) -> Duration {
        match *self {
            Self::Window(window, members, progress) => {
                let before = (number + 1).saturating_sub(window);
                progress.wait_for(before * members);
                start.elapsed()
            }
            Self::Every(interval) => {
                let due = interval * number as u32;
                thread::sleep(due.saturating_sub(start.elapsed()));
                due
            }
        }
    }
}
