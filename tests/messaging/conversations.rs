//! Conversations: listed, looked up, tagged, deleted, and what of them is read.

use std::slice;

use bevy_cometchat::{
    client::ConversationsRequest,
    model::{Conversation, Guid, MessageId, ReceiverId, TextMessage, UnreadCounts},
};

use super::{
    player::Player,
    stage::{by_hand, done, guild, offline, say, send, server, user},
};

fn listed(player: &Player, request: ConversationsRequest) -> Vec<ReceiverId> {
    let pager = request.with_limit(2).pager();
    let mut with = Vec::new();
    loop {
        let page = done(player.client.fetch_next(&pager));
        let receiver = |conversation: &Conversation| conversation.with.to_id();
        with.extend(page.items.iter().map(receiver));
        if page.is_last {
            return with;
        }
    }
}

#[test]
fn conversations_are_listed_with_their_last_message_and_what_is_unread() {
    let server = server();
    let guild: ReceiverId = guild(&server).into();
    let players = ["alice", "bob", "carol"].map(|uid| offline(&server, uid));
    let [alice, bob, carol] = &players;
    say(alice, guild.clone(), "to all");
    say(carol, user("bob"), "from carol");
    say(alice, user("bob"), "hi");
    let last = say(alice, user("bob"), "well, <@uid:bob>?");

    let all = [user("alice"), user("carol"), guild.clone()];
    assert_eq!(listed(bob, ConversationsRequest::all()), all);
    assert_eq!(listed(bob, ConversationsRequest::with_users()), all[..2]);
    assert_eq!(listed(bob, ConversationsRequest::in_groups()), all[2..]);
    assert_eq!(
        listed(bob, ConversationsRequest::all().search("car")),
        all[1..2]
    );
    assert_eq!(
        listed(bob, ConversationsRequest::all().from_page(2)),
        all[2..]
    );

    let pager = ConversationsRequest::all().pager();
    let first = done(bob.client.fetch_next(&pager)).items.remove(0);
    assert_eq!(first.id, last.conversation_id);
    assert_eq!(
        first.last_message.as_ref().map(|message| message.id),
        Some(last.id)
    );
    assert_eq!((first.unread_count, first.unread_mentions), (2, 1));
    assert_eq!(first.last_read, None);
    assert_eq!(done(bob.client.conversation(user("alice"))), first);

    done(bob.client.mark_conversation_as_read(user("alice")));
    let unread = listed(bob, ConversationsRequest::all().only_unread());
    assert_eq!(unread, all[1..]);
    let read = done(bob.client.conversation(user("alice")));
    assert_eq!((read.unread_count, read.last_read), (0, Some(last.id)));
}

#[test]
fn tags_are_given_taken_and_filtered_by() {
    let server = server();
    let guild: ReceiverId = guild(&server).into();
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    say(&alice, user("bob"), "hi");
    say(&alice, guild.clone(), "hi");
    for with in [user("alice"), guild.clone()] {
        let tagged = done(
            bob.client
                .tag_conversation(with.clone(), ["friends", "ü, ñ"]),
        );
        assert_eq!((tagged.with.to_id(), tagged.tags.len()), (with, 2));
    }
    done(bob.client.tag_conversation(user("alice"), ["rivals"]));
    let friends = ConversationsRequest::all().with_tags(["friends"]);
    assert_eq!(listed(&bob, friends), slice::from_ref(&guild));
    assert_eq!(done(bob.client.tag_conversation(guild, [""; 0])).tags, []);
    assert_eq!(
        done(alice.client.conversation(user("bob"))).tags,
        [],
        "bob's are bob's own"
    );
}

#[test]
fn a_deleted_conversation_is_gone_for_the_user_only_and_begins_anew() {
    let server = server();
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    say(&alice, user("bob"), "old");
    done(bob.client.delete_conversation(user("alice")));
    assert_eq!(listed(&bob, ConversationsRequest::all()), []);
    assert_eq!(listed(&alice, ConversationsRequest::all()), [user("bob")]);
    let new = say(&alice, user("bob"), "new");
    let conversation = done(bob.client.conversation(user("alice")));
    assert_eq!(conversation.unread_count, 1);
    assert_eq!(
        conversation.last_message.map(|message| message.id),
        Some(new.id)
    );
}

#[test]
fn unread_messages_are_counted_for_each_conversation() {
    let server = server();
    let guild = guild(&server);
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    for n in 0..3 {
        say(&alice, user("bob"), &format!("line {n}"));
    }
    say(&alice, guild.clone(), "to all");
    let counts = done(bob.client.unread_counts());
    assert_eq!(counts.of(&user("alice")), 3);
    assert_eq!(counts.groups, [(guild.clone(), 1)].into());
    assert_eq!(counts.total(), 4);
    assert_eq!(done(bob.client.unread_count(user("alice"))), 3);
    assert_eq!(done(bob.client.unread_count(guild.clone())), 1);
    assert_eq!(done(alice.client.unread_counts()), UnreadCounts::default());

    done(bob.client.mark_conversation_as_delivered(user("alice")));
    assert_eq!(
        done(bob.client.unread_count(user("alice"))),
        3,
        "not read yet"
    );
    done(bob.client.mark_conversation_as_read(user("alice")));
    assert_eq!(done(bob.client.unread_count(user("alice"))), 0);
    done(bob.client.mark_conversation_as_read(guild));
    assert_eq!(done(bob.client.unread_counts()).total(), 0);
}

#[test]
fn a_message_is_marked_as_unread_with_all_after_it() {
    let server = server();
    let guild = guild(&server);
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    for receiver in [user("bob"), guild.into()] {
        let with = match &receiver {
            ReceiverId::User(_) => user("alice"),
            ReceiverId::Group(_) => receiver.clone(),
        };
        let said: Vec<_> = (0..4)
            .map(|n| say(&alice, receiver.clone(), &n.to_string()))
            .collect();
        done(bob.client.mark_conversation_as_read(with.clone()));
        let conversation = done(bob.client.mark_as_unread(&said[1]));
        assert_eq!(conversation.with.to_id(), with);
        assert_eq!(
            (conversation.unread_count, conversation.last_read),
            (3, Some(said[0].id))
        );
    }
}

#[test]
fn what_is_no_conversation_is_refused() {
    let server = server();
    guild(&server);
    let (alice, carol) = (offline(&server, "alice"), offline(&server, "carol"));
    let group = |guid: &str| ReceiverId::Group(Guid::from(guid));
    for (with, code) in [
        (user("nobody"), "ERR_UID_NOT_FOUND"),
        (user("alice"), "ERR_CONVERSATION_NOT_ACCESSIBLE"),
        (group("nowhere"), "ERR_GUID_NOT_FOUND"),
        (group("guild"), "ERR_GROUP_NOT_JOINED"),
    ] {
        let chat = &carol.client;
        let refusals = [
            super::stage::refused(chat.conversation(with.clone())),
            super::stage::refused(chat.tag_conversation(with.clone(), ["t"])),
            super::stage::refused(chat.delete_conversation(with.clone())),
            super::stage::refused(chat.mark_conversation_as_read(with.clone())),
            super::stage::refused(chat.mark_conversation_as_delivered(with.clone())),
        ];
        assert_eq!(refusals, [code; 5], "{with:?}");
    }
    // Not carol's to mark.
    by_hand(&server, "bob");
    let message = send(&alice, TextMessage::new(user("bob"), "hi"));
    assert_ne!(message.id, MessageId(0));
    let refusal = super::stage::refused(carol.client.mark_as_unread(&message));
    assert_eq!(refusal, "ERR_CONVERSATION_NOT_ACCESSIBLE");
    let refusal = super::stage::refused(carol.client.message(message.id));
    assert_eq!(refusal, "ERR_MESSAGE_ID_NOT_FOUND");
}
