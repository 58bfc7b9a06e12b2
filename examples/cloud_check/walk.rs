//! All that the crate can do, in an order in which each step finds what it needs.

mod conversations;
mod groups;
mod messages;
mod people;
mod refusals;
mod session;
mod shapes;

use bevy_cometchat::{
    client::Event,
    model::{GroupDetails, Guid, Message, MessageId, Uid},
};

use super::{
    Outcome,
    args::Target,
    player::Player,
    raw::{Frames, Session},
    report::Report,
};

/// The check as it goes on.
struct Walk<'a> {
    target: &'a Target,
    report: &'a mut Report,
    alice: Player,
    bob: Player,
    /// A user who never logs in.
    carol: Uid,
    /// A group of alice's and bob's.
    guild: Guid,
    /// More groups, to be deleted at the end.
    groups: Vec<Guid>,
    /// Messages to be deleted at the end: of alice and of bob.
    messages: (Vec<MessageId>, Vec<MessageId>),
    /// Bob's other device.
    device: Session,
    frames: Frames,
}

pub(crate) async fn walk(target: &Target, report: &mut Report) -> Outcome {
    // Different at each run, so that nobody else's users and groups are touched.
    let run = format!("check-{:08x}", fastrand::u32(..));
    let uid = |name: &str| format!("{run}-{name}");
    let mut alice = Player::start(&uid("alice"), target).await?;
    let mut bob = Player::start(&uid("bob"), target).await?;
    for name in ["alice", "bob", "carol"] {
        people::create(&alice, &uid(name), target, report).await;
    }
    if !session::log_in(&mut alice, target, report).await {
        return Err("without a login nothing can be tried".into());
    }
    let device = Session::start(&uid("bob"), target, report).await?;
    let frames = device.listen();
    let is_reply = |frame: &serde_json::Value| frame["type"] == "auth" || frame["type"] == "closed";
    let reply = frames.wait_for(is_reply).await;
    report.row(
        "a socket's first frame, `auth`, is answered",
        reply
            .as_ref()
            .map_or("nothing".into(), |it| it["body"].to_string()),
        reply.is_some_and(|it| it["body"]["code"] == "200" && it["body"]["status"] == "OK"),
    );
    session::log_in(&mut bob, target, report).await;
    let guild = Guid::from(uid("guild"));
    let created = alice
        .client
        .create_group(guild.clone(), GroupDetails::new().with_name("Guild"));
    report.outcome("create a group", created.await, |group| group.guid == guild);
    let joined = bob.client.join_group(guild.clone(), None);
    report.outcome("join a group", joined.await, |group| group.has_joined);

    let mut walk = Walk {
        target,
        report,
        carol: Uid::from(uid("carol")),
        groups: vec![guild.clone()],
        guild,
        messages: Default::default(),
        device,
        frames,
        alice,
        bob,
    };
    walk.sees("a member joined the group", Who::Alice, |event| {
        matches!(event, Event::GroupChanged(_))
    })
    .await;
    walk.people().await;
    walk.messages().await?;
    walk.conversations().await;
    walk.groups(&run).await?;
    walk.refusals(&run).await;
    walk.connection().await?;
    walk.shapes().await;
    walk.clean_up().await;
    walk.end_of_session().await;
    walk.events();
    Ok(())
}

#[derive(Clone, Copy)]
enum Who {
    Alice,
    Bob,
}

impl Walk<'_> {
    /// Expects one of the two to get an event.
    async fn sees(
        &mut self,
        what: &str,
        who: Who,
        is_it: impl Fn(&Event) -> bool,
    ) -> Option<Event> {
        let player = match who {
            Who::Alice => &mut self.alice,
            Who::Bob => &mut self.bob,
        };
        let event = player.event(is_it).await;
        let came = if event.is_some() { "came" } else { "nothing" };
        self.report
            .row(format!("event: {what}"), came, event.is_some());
        event
    }

    /// Expects bob to get a message.
    async fn bob_receives(&mut self, what: &str, message: &Message) {
        let id = message.id;
        let is_it = |event: &Event| matches!(event, Event::MessageReceived(it) if it.id == id);
        let got = self.sees(&format!("{what} arrives"), Who::Bob, is_it).await;
        if let Some(Event::MessageReceived(got)) = got {
            let is_same = got.content == message.content;
            let came = if is_same {
                "yes".into()
            } else {
                format!("{:?}", got.content)
            };
            self.report
                .row(format!("{what} arrives as it was sent"), came, is_same);
        }
    }

    /// Deletes what was made, as far as that is possible.
    async fn clean_up(&mut self) {
        let (alice, bob) = std::mem::take(&mut self.messages);
        for (client, ids) in [(&self.alice.client, alice), (&self.bob.client, bob)] {
            for id in ids {
                if let Err(error) = client.delete_message(id).await {
                    self.report.left_behind(format!("message {id}: {error}"));
                }
            }
        }
        for guid in std::mem::take(&mut self.groups) {
            let deleted = self.alice.client.delete_group(guid.clone()).await;
            if let Err(error) = &deleted {
                self.report.left_behind(format!("group {guid}: {error}"));
            }
            self.report.outcome("delete a group", deleted, |()| true);
        }
    }

    /// Which kinds of events came at all.
    fn events(&mut self) {
        const ALL: [&str; 19] = [
            "LoggedIn",
            "LoggedOut",
            "OwnUserChanged",
            "StatusChanged",
            "MessageReceived",
            "GroupChanged",
            "MessageEdited",
            "MessageDeleted",
            "ReactionChanged",
            "ReceiptReceived",
            "InteractionCompleted",
            "PresenceChanged",
            "TransientReceived",
            "MessagesRecovered",
            "TypingChanged",
            "OutboxChanged",
            // Not to be had from a server by asking.
            "MessageModerated",
            "SendsPaused",
            "TokenExpired",
        ];
        let seen: Vec<_> = self.alice.seen.union(&self.bob.seen).cloned().collect();
        for name in ALL {
            let came = seen.iter().any(|seen| seen == name);
            let is_expected =
                came || ["MessageModerated", "SendsPaused", "TokenExpired"].contains(&name);
            let text = if came { "came" } else { "did not come" };
            self.report
                .row(format!("events of the kind `{name}`"), text, is_expected);
        }
        for player in [&self.alice, &self.bob] {
            let (malformed, unmodelled) = (
                player.client.counters().malformed(),
                player.client.counters().unmodelled(),
            );
            let came = format!("{malformed} unreadable, {unmodelled} of an unknown kind");
            self.report.row(
                "frames of the client",
                came,
                malformed == 0 && unmodelled == 0,
            );
        }
    }
}
