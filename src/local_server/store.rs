use std::{io, sync::Arc, thread, time::SystemTime};

use async_channel::{Receiver, Sender};
use rusqlite::{Connection, Transaction};

use super::{
    app::App,
    database::Database,
    hub::{Effect, Hub},
    refusal::Refusal,
    request_context::RequestContext,
};
use crate::model::Timestamp;

/// How many jobs share a commit at most: under load the disk is waited for once for all of them.
const MAX_BATCH: usize = 64;

/// The database and its thread: runs one job after the other, commits, and only then lets their callers and the
/// connected devices know.
#[derive(Clone)]
pub(super) struct Store {
    jobs: Sender<Job>,
}

/// The time of day, in the wire's resolution.
pub(super) fn now() -> Timestamp {
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(since_1970.as_secs())
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
        Ok((Self { jobs }, thread))
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

    /// As [`run`](Self::run), when nobody waits for it.
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
                reply(if committed {
                    effects.into_iter().for_each(|effect| hub.perform(effect));
                    result
                } else {
                    Err(Refusal::internal())
                });
            })
        });
        // A job that is not taken is dropped, and its reply with it, which is how the caller learns of it.
        let _dropped = self.jobs.try_send(job);
    }
}

impl Worker {
    fn run(&self, mut connection: Connection, queue: &Receiver<Job>) {
        while let Ok(first) = queue.recv_blocking() {
            if let Err(error) = self.run_batch(&mut connection, first, queue) {
                tracing::error!(%error, "the database failed");
            }
        }
    }

    fn run_batch(
        &self,
        connection: &mut Connection,
        first: Job,
        queue: &Receiver<Job>,
    ) -> rusqlite::Result<()> {
        let mut transaction = connection.transaction()?;
        let mut outcomes = vec![first(&mut transaction, self)];
        while outcomes.len() < MAX_BATCH
            && let Ok(next) = queue.try_recv()
        {
            outcomes.push(next(&mut transaction, self));
        }
        let committed = transaction.commit();
        for outcome in outcomes {
            outcome(committed.is_ok(), &self.hub);
        }
        committed
    }

    /// Does the work, or none of it.
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
    fn what_is_refused_leaves_no_trace() {
        let (store, thread) =
            Store::start(open(None).unwrap(), Arc::new(app()), Arc::default()).unwrap();
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
