use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use async_channel::{Receiver, Sender};
use rusqlite::{Connection, Transaction};

use super::{
    app::App,
    database::Database,
    hub::{Effect, Hub},
    rate_limit::now,
    refusal::Refusal,
    request_context::RequestContext,
};

/// How many jobs share a commit at most: under load the disk is waited for once for all of them.
const MAX_BATCH: usize = 64;

/// How long jobs may run until those that are done are committed.
const MAX_BATCH_TIME: Duration = Duration::from_millis(20);

/// The database and its thread: runs one job after the other, commits, and only then lets their callers and the
/// connected devices know. Peers take turns, so the load of one peer delays only that peer.
#[derive(Clone)]
pub(super) struct Store {
    jobs: Sender<(u64, Job)>,
    /// The peer whose jobs these are.
    peer: u64,
}

/// Jobs that wait, of each peer in order, and the peers in the order of their turns.
#[derive(Default)]
struct Turns {
    waiting: HashMap<u64, VecDeque<Job>>,
    order: VecDeque<u64>,
}

impl Turns {
    fn add(&mut self, (peer, job): (u64, Job)) {
        let jobs = self.waiting.entry(peer).or_default();
        if jobs.is_empty() {
            self.order.push_back(peer);
        }
        jobs.push_back(job);
    }

    fn next(&mut self) -> Option<Job> {
        let peer = self.order.pop_front()?;
        let jobs = self.waiting.get_mut(&peer)?;
        let job = jobs.pop_front();
        if jobs.is_empty() {
            self.waiting.remove(&peer);
        } else {
            self.order.push_back(peer);
        }
        job
    }
}

type Job = Box<dyn FnOnce(&mut Transaction<'_>, &Worker) -> Outcome + Send>;
/// What is to be done once it is known whether the job's work is committed.
type Outcome = Box<dyn FnOnce(bool, &Hub)>;

struct Worker {
    app: Arc<App>,
    hub: Arc<Hub>,
}

impl Store {
    /// Starts the thread. It ends when all clones of the store are gone.
    pub(super) fn start(
        connection: Connection,
        app: Arc<App>,
        hub: Arc<Hub>,
    ) -> io::Result<(Self, thread::JoinHandle<()>)> {
        let (jobs, queue) = async_channel::unbounded();
        let worker = Worker { app, hub };
        let thread = thread::Builder::new()
            .name("cometchat-store".to_owned())
            .spawn(move || worker.run(connection, &queue))?;
        Ok((Self { jobs, peer: 0 }, thread))
    }

    /// The same store, for the jobs of the peer with this number.
    pub(super) fn for_peer(&self, peer: u64) -> Self {
        Self {
            jobs: self.jobs.clone(),
            peer,
        }
    }

    /// Runs `work` in the database. When this returns `Ok`, what it did is durable; when it returns `Err`, nothing
    /// was done.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut RequestContext<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (reply, answer) = async_channel::bounded(1);
        self.submit(work, move |result| {
            // An error means that the caller no longer waits.
            let _nobody_waits = reply.try_send(result);
        });
        answer
            .recv()
            .await
            .unwrap_or_else(|_| Err(Refusal::internal()))
    }

    /// Like [`run`](Self::run), without waiting for the result.
    pub(super) fn run_detached(
        &self,
        work: impl FnOnce(&mut RequestContext<'_>) -> Result<(), Refusal> + Send + 'static,
    ) {
        self.submit(work, |result| {
            if let Err(refusal) = result {
                tracing::debug!(code = refusal.code, "nobody waits to hear of a refusal");
            }
        });
    }

    fn submit<T: 'static>(
        &self,
        work: impl FnOnce(&mut RequestContext<'_>) -> Result<T, Refusal> + Send + 'static,
        reply: impl FnOnce(Result<T, Refusal>) + Send + 'static,
    ) {
        let job: Job = Box::new(move |transaction, worker| {
            let (result, effects) = worker.attempt(transaction, work);
            Box::new(move |committed, hub| {
                reply(match (committed, result) {
                    (true, Ok(done)) => {
                        effects.into_iter().for_each(|effect| hub.perform(effect));
                        Ok(done)
                    }
                    (false, Ok(_)) => Err(Refusal::internal()),
                    (_, refused) => refused,
                });
            })
        });
        // A job that is not taken is dropped, and its reply with it, which is how the caller learns of it.
        let _dropped = self.jobs.try_send((self.peer, job));
    }
}

impl Worker {
    fn run(&self, mut connection: Connection, queue: &Receiver<(u64, Job)>) {
        let mut turns = Turns::default();
        while let Ok(first) = queue.recv_blocking() {
            turns.add(first);
            while let Some(job) = turns.next() {
                if let Err(error) = self.run_batch(&mut connection, job, &mut turns, queue) {
                    tracing::error!(%error, "the database failed");
                }
            }
        }
    }

    fn run_batch(
        &self,
        connection: &mut Connection,
        first: Job,
        turns: &mut Turns,
        queue: &Receiver<(u64, Job)>,
    ) -> rusqlite::Result<()> {
        let began = Instant::now();
        let mut transaction = connection.transaction()?;
        let mut outcomes = vec![first(&mut transaction, self)];
        loop {
            while let Ok(job) = queue.try_recv() {
                turns.add(job);
            }
            // Where there is no room for more, SQLite ends the transaction by itself.
            let is_over = transaction.is_autocommit();
            if is_over || outcomes.len() >= MAX_BATCH || began.elapsed() > MAX_BATCH_TIME {
                break;
            }
            let Some(job) = turns.next() else { break };
            outcomes.push(job(&mut transaction, self));
        }
        let committed = transaction.commit();
        for outcome in outcomes {
            outcome(committed.is_ok(), &self.hub);
        }
        committed
    }

    /// Does all of the work, or nothing of it.
    fn attempt<T>(
        &self,
        transaction: &mut Transaction<'_>,
        work: impl FnOnce(&mut RequestContext<'_>) -> Result<T, Refusal>,
    ) -> (Result<T, Refusal>, Vec<Effect>) {
        let mut effects = Vec::new();
        let result = (|| {
            let savepoint = transaction.savepoint()?;
            let result = work(&mut RequestContext {
                app: &self.app,
                hub: &self.hub,
                database: Database::new(&savepoint),
                now: now(),
                effects: &mut effects,
            })?;
            savepoint.commit()?;
            Ok(result)
        })();
        if result.is_err() {
            effects.clear();
        }
        (result, effects)
    }
}

#[cfg(test)]
mod tests {
    use async_io::block_on;

    use super::*;
    use crate::{
        local_server::{database::open, tests::app},
        model::User,
    };

    #[test]
    fn peers_take_turns() {
        let told = Arc::new(std::sync::Mutex::new(Vec::new()));
        let mut turns = Turns::default();
        for (peer, number) in [(1, 1), (1, 2), (1, 3), (2, 4), (3, 5), (2, 6)] {
            let told = told.clone();
            let job: Job = Box::new(move |_, _| {
                told.lock().unwrap().push(number);
                Box::new(|_, _| {})
            });
            turns.add((peer, job));
        }
        let (mut connection, worker) = (
            open(None, 1 << 30).unwrap(),
            Worker {
                app: Arc::new(app()),
                hub: Arc::default(),
            },
        );
        let mut transaction = connection.transaction().unwrap();
        while let Some(job) = turns.next() {
            let _outcome = job(&mut transaction, &worker);
        }
        assert_eq!(*told.lock().unwrap(), [1, 4, 5, 2, 6, 3]);
        assert!(turns.waiting.is_empty());
    }

    #[test]
    fn what_is_refused_leaves_no_trace() {
        let (store, thread) = Store::start(
            open(None, 1 << 30).unwrap(),
            Arc::new(app()),
            Arc::default(),
        )
        .unwrap();
        let create = |uid: &'static str, fail: bool| {
            store.run(move |context| {
                let created = context
                    .database
                    .create_user(&User::new(uid, uid), context.now)?;
                if fail {
                    Err(Refusal::bad_request("no"))
                } else {
                    Ok(created)
                }
            })
        };
        block_on(async {
            assert!(create("alice", true).await.is_err());
            let (first, second) =
                futures_lite::future::zip(create("alice", false), create("bob", true)).await;
            assert!(first.unwrap());
            assert!(second.is_err());
            let users = store.run(|context| {
                let user = |uid| context.database.user(uid);
                Ok((user("alice")?.is_some(), user("bob")?.is_some()))
            });
            assert_eq!(users.await.unwrap(), (true, false));
        });
        drop(store);
        thread.join().unwrap();
    }
}
