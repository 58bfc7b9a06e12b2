//! The two sides of the comparison: each has a server of its own in the same state, and a user alice who does things.

use std::{cell::RefCell, collections::BTreeMap, path::Path};

use async_io::{Timer, block_on};
use bevy_cometchat::{
    AppSettings,
    client::{ChatError, Client, Credentials, Event, Events},
    local_server::{LocalServer, LocalServerConfig},
    model::MessageId,
};
use futures_lite::FutureExt;
use serde_json::{Value, json};

use super::{
    fields::{self, Fields},
    operations::Operation,
    tap::{Sent, Tap},
};
use crate::{
    api::{Api, Login},
    browser::{Browser, PATIENCE},
    page::Page,
    stage::{APP, KEY},
};

/// A server, what is sent to it, and who sets the scene there.
struct World {
    tap: Tap,
    alice: Login,
    bob: Login,
    _server: LocalServer,
}

/// What an operation is about: messages, new for each operation.
struct Subjects {
    mine: String,
    theirs: String,
    ours: String,
}

impl World {
    fn new() -> Self {
        let config = LocalServerConfig::new(APP, KEY)
            .user("alice")
            .user("bob")
            .user("carol");
        let server = LocalServer::start(config.without_rate_limits()).expect("the server starts");
        let api = Api::of(&server);
        let (alice, bob) = (
            api.log_in("alice", "another device"),
            api.log_in("bob", "b1"),
        );
        let guild = json!({"guid": "guild", "name": "Guild", "type": "public"});
        alice.request("POST", "groups", &guild).data();
        bob.request("POST", "groups/guild/members", &json!({}))
            .data();
        let den = json!({"guid": "den", "name": "Den", "type": "public"});
        let vault =
            json!({"guid": "vault", "name": "Vault", "type": "password", "password": "sesame"});
        for group in [den, vault] {
            bob.request("POST", "groups", &group).data();
        }
        Self {
            tap: Tap::before(server.address()),
            alice,
            bob,
            _server: server,
        }
    }

    fn subjects(&self) -> Subjects {
        let id = |sender: &Login, kind, to| {
            let sent = sender.send(kind, to, "What this is about").data();
            sent["id"].as_str().expect("an id").to_owned()
        };
        Subjects {
            mine: id(&self.alice, "user", "bob"),
            theirs: id(&self.bob, "user", "alice"),
            ours: id(&self.bob, "group", "guild"),
        }
    }

    /// What alice's client has sent, once all of it was.
    fn fields(&self, operation: &Operation, subjects: &Subjects) -> Fields {
        let sent = self.tap.take(|sent| {
            let asked_for: Vec<_> = sent.iter().filter(|sent| !is_by_itself(sent)).collect();
            match operation.ends_with_frame {
                Some(kind) => asked_for
                    .iter()
                    .any(|sent| matches!(sent, Sent::Frame(frame) if frame["type"] == kind)),
                None => !asked_for.is_empty(),
            }
        });
        let sent: Vec<_> = sent
            .into_iter()
            .filter(|sent| !is_by_itself(sent))
            .collect();
        let names = [
            (subjects.mine.clone(), "{mine}"),
            (subjects.theirs.clone(), "{theirs}"),
            (subjects.ours.clone(), "{ours}"),
        ];
        fields::of(&sent, &names)
    }
}

/// What clients send at times of their own: pings, a browser's questions before a request, and the SDK's telemetry,
/// which this crate does without.
fn is_by_itself(sent: &Sent) -> bool {
    match sent {
        Sent::Request { method, path, .. } => {
            method == "OPTIONS" || path.ends_with("/user_sessions")
        }
        Sent::Frame(frame) => frame["action"] == "ping",
    }
}

pub(crate) struct SdkSide {
    world: World,
    page: Page<'static>,
}

impl SdkSide {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let page = Page::open(Browser::shared());
        page.init(world.tap.address);
        Self { world, page }
    }

    pub(crate) fn record(&mut self, operation: &Operation) -> Fields {
        let subjects = self.world.subjects();
        let args = json!({
            "mine": subjects.mine,
            "theirs": subjects.theirs,
            "ours": subjects.ours,
            "key": KEY,
            "token": self.world.alice.token,
        });
        self.page.run_with(operation.sdk, args);
        self.world.fields(operation, &subjects)
    }
}

pub(crate) struct ClientSide {
    world: World,
    client: Client,
    events: RefCell<Events>,
}

/// What an operation of the client works with.
pub(crate) struct Doing<'c> {
    pub(crate) client: &'c Client,
    events: &'c RefCell<Events>,
    /// A message of alice's to bob.
    pub(crate) mine: MessageId,
    /// A message of bob's to alice.
    pub(crate) theirs: MessageId,
    /// A message of bob's in the group.
    pub(crate) ours: MessageId,
    /// Logs alice in.
    pub(crate) token: &'c str,
}

impl ClientSide {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let (client, events) = Client::start().expect("a thread for the client");
        let settings = AppSettings::builder()
            .region("us")
            .local_server(world.tap.address, Some(&world.tap.certificate_pem))
            .subscribe_presence(bevy_cometchat::client::PresenceSubscription::AllUsers)
            .session_in_memory()
            .outbox(|limits| limits.per_minute = None);
        done(client.init(APP, settings.build()));
        Self {
            world,
            client,
            events: RefCell::new(events),
        }
    }

    pub(crate) fn record(&mut self, operation: &Operation) -> Fields {
        let subjects = self.world.subjects();
        let id = |id: &str| MessageId(id.parse().expect("a number"));
        (operation.client)(&Doing {
            client: &self.client,
            events: &self.events,
            mine: id(&subjects.mine),
            theirs: id(&subjects.theirs),
            ours: id(&subjects.ours),
            token: &self.world.alice.token,
        });
        self.world.fields(operation, &subjects)
    }
}

/// The outcome of a request, which must succeed in time.
#[track_caller]
pub(crate) fn done<T>(request: impl Future<Output = Result<T, ChatError>>) -> T {
    in_time(request).expect("the request succeeds")
}

#[track_caller]
fn in_time<T>(future: impl Future<Output = T>) -> T {
    let too_late = async {
        Timer::after(PATIENCE).await;
        panic!("it did not end in time");
    };
    block_on(future.or(too_late))
}

/// Logs in, and waits until what comes with it is over.
pub(crate) fn log_in(it: &Doing<'_>, credentials: impl Into<Credentials>) {
    done(it.client.login(credentials));
    let mut events = it.events.borrow_mut();
    in_time(async { while !matches!(events.next().await, Some(Event::MessagesRecovered(_))) {} });
}

/// Keeps a record where it can be looked at.
pub(crate) fn keep(name: &str, record: &BTreeMap<&str, Fields>) {
    let folder = std::env::var("INTEROP_MODULES").expect("the folder that tests/interop/run made");
    let json: Value = serde_json::to_value(record).unwrap();
    std::fs::write(Path::new(&folder).join(name), format!("{json:#}")).unwrap();
}
