//! What a client holds of its conversations, next to what the server has.

use bevy_cometchat::{
    client::{Event, MessagesRequest},
    history::{ConversationHistory, Entry, EntryStatus, History, HistoryLimits},
    local_server::LocalServer,
    model::{ReceiverId, TextMessage},
};

use super::{
    player::{Player, settings},
    stage::{done, guild, live, offline, say, server, user},
};

/// A player whose history follows all that the client tells.
struct Viewer {
    player: Player,
    history: History,
}

impl Viewer {
    fn new(server: &LocalServer, uid: &str) -> Self {
        let mut viewer = Self {
            player: Player::logged_in(uid, settings(server.address())),
            history: History::new(HistoryLimits::default()),
        };
        viewer.follow("recovery", |_, event| {
            matches!(event, Event::MessagesRecovered(_))
        });
        viewer
    }

    fn follow(&mut self, what: &str, mut is_it: impl FnMut(&History, &Event) -> bool) {
        let history = &mut self.history;
        self.player.wait_for(what, |event| {
            history.apply(&event);
            is_it(history, &event).then_some(())
        });
    }

    /// Follows until the conversation is like this.
    fn until(
        &mut self,
        with: &ReceiverId,
        what: &str,
        is_so: impl Fn(&ConversationHistory) -> bool,
    ) {
        if !self.history.conversation(with).is_some_and(&is_so) {
            self.follow(what, |history, _| {
                history.conversation(with).is_some_and(&is_so)
            });
        }
    }

    fn with(&self, with: &ReceiverId) -> &ConversationHistory {
        self.history.conversation(with).expect("a conversation")
    }

    fn texts(&self, with: &ReceiverId) -> Vec<&str> {
        let entries = self.with(with).iter();
        entries.map(|entry| entry.text().unwrap_or("-")).collect()
    }

    /// Fetches everything that is missing.
    fn complete(&mut self, with: &ReceiverId) {
        loop {
            let held = self.with(with);
            let missing = (0..=held.len()).find_map(|position| held.missing_before(position));
            let Some(missing) = missing else { return };
            let request = MessagesRequest::in_conversation(with.clone()).with_limit(3);
            let request = match missing.before {
                Some(before) => request.from_message(before),
                None => request,
            };
            let page = done(self.player.client.fetch_previous(&request.pager()));
            self.history.insert_page(with, missing, page);
        }
    }
}

fn status(conversation: &ConversationHistory) -> Option<&EntryStatus> {
    conversation.last().map(Entry::status)
}

#[test]
fn a_conversation_looks_as_on_the_server_whatever_happened_to_it() {
    let server = server();
    let bob = live(&server, "bob");
    for n in 0..10 {
        say(&bob, user("alice"), &format!("earlier {n}"));
    }
    let mut alice = Viewer::new(&server, "alice");
    let said: Vec<_> = ["one", "two", "three"]
        .map(|text| say(&bob, user("alice"), text))
        .into();
    done(
        bob.client
            .edit_message(said[0].id, TextMessage::new(user("alice"), "uno")),
    );
    done(bob.client.delete_message(said[1].id));
    done(bob.client.add_reaction(said[2].id, "👍"));
    alice.until(&user("bob"), "reaction", |held| {
        held.last()
            .is_some_and(|entry| !entry.reactions().is_empty())
    });
    assert_eq!(alice.texts(&user("bob")), ["uno", "-", "three"]);
    assert_eq!(alice.with(&user("bob")).unread(), 2);

    alice.complete(&user("bob"));
    let earlier: Vec<_> = (0..10).map(|n| format!("earlier {n}")).collect();
    assert_eq!(alice.texts(&user("bob"))[..10], earlier);
    assert_eq!(alice.texts(&user("bob"))[10..], ["uno", "-", "three"]);
}

#[test]
fn own_messages_go_from_pending_to_read_and_show_what_was_done_to_them() {
    let server = server();
    let (mut alice, bob) = (Viewer::new(&server, "alice"), live(&server, "bob"));
    let sent = say(&alice.player, user("bob"), "helo");
    alice.until(&user("bob"), "sent", |held| {
        status(held) == Some(&EntryStatus::Sent)
    });
    let edited = done(
        alice
            .player
            .client
            .edit_message(sent.id, TextMessage::new(user("bob"), "hello")),
    );
    assert!(alice.history.apply_own(&edited));
    let reacted = done(alice.player.client.add_reaction(sent.id, "👍"));
    assert!(alice.history.apply_own(&reacted));
    let last = alice.with(&user("bob")).last().expect("the message");
    assert!(last.reactions().iter().any(|own| own.reacted_by_me));
    assert_eq!(alice.texts(&user("bob")), ["hello"]);
    done(bob.client.mark_as_read(&sent));
    alice.until(&user("bob"), "read", |held| {
        status(held) == Some(&EntryStatus::Read)
    });
}

#[test]
fn a_message_that_is_refused_stays_until_it_is_discarded() {
    let server = server();
    let mut alice = Viewer::new(&server, "alice");
    let to = user("nobody");
    let request = alice
        .player
        .client
        .send_message(TextMessage::new(to.clone(), "hi"));
    alice.until(&to, "failed", |held| {
        matches!(status(held), Some(EntryStatus::Failed(_)))
    });
    drop(request);
    let muid = alice
        .with(&to)
        .last()
        .and_then(Entry::muid)
        .expect("a muid")
        .clone();
    done(alice.player.client.discard(muid));
    alice.until(&to, "discarded", ConversationHistory::is_empty);
}

#[test]
fn what_others_read_and_write_elsewhere_and_who_joins_is_there_too() {
    let server = server();
    let guild: ReceiverId = guild(&server).into();
    let ReceiverId::Group(guid) = &guild else {
        unreachable!()
    };
    let (mut alice, carol) = (Viewer::new(&server, "alice"), offline(&server, "carol"));
    done(carol.client.join_group(guid.clone(), None));
    say(&carol, guild.clone(), "Hello, <@uid:alice>");
    // Alice on another device.
    say(&live(&server, "alice"), guild.clone(), "welcome");
    alice.until(&guild, "all", |held| held.len() == 3);
    let held = alice.with(&guild);
    let joined = held.get(0).expect("carol joined");
    assert!(
        joined
            .group_action()
            .is_some_and(|action| action.on.uid == "carol")
    );
    assert!(held.get(1).is_some_and(Entry::mentions_me));
    assert_eq!(status(held), Some(&EntryStatus::Sent));
    assert_eq!((held.unread(), held.unread_mentions()), (1, 1));

    let told = done(alice.player.client.conversation(guild.clone()));
    let mut fresh = Viewer::new(&server, "alice");
    fresh.history.insert_conversation(&told);
    assert_eq!(fresh.with(&guild).unread(), told.unread_count);
    assert_eq!(fresh.texts(&guild), ["welcome"]);
}
