//! What was said, page by page.

use bevy_cometchat::{
    ErrorCode,
    client::{MessagesRequest, Pager},
    model::{
        Attachment, CustomMessage, InteractiveMessage, MediaKind, MediaMessage, Message, MessageId,
        TextMessage, Timestamp,
    },
};
use serde_json::json;

use super::{
    player::{Player, ended},
    stage::{done, guild, heard, ids, live, offline, refused, say, send, server, user},
};

fn say_many(player: &Player, count: usize) -> Vec<MessageId> {
    let say = |n| say(player, user("bob"), &format!("line {n}")).id;
    (0..count).map(say).collect()
}

/// Everything that a list has, from where it begins.
fn all(player: &Player, request: MessagesRequest) -> Vec<Message> {
    let pager = request.with_limit(3).pager();
    let mut messages = Vec::new();
    loop {
        let page = done(player.client.fetch_previous(&pager));
        messages.splice(0..0, page.items);
        if page.is_last {
            return messages;
        }
    }
}

#[test]
fn history_is_gone_through_both_ways_each_message_once() {
    let server = server();
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    let sent = say_many(&alice, 10);
    let pager = MessagesRequest::in_conversation(user("alice"))
        .with_limit(4)
        .pager();
    for expected in [&sent[6..], &sent[2..6], &sent[..2]] {
        let page = done(bob.client.fetch_previous(&pager));
        assert_eq!(ids(&page.items), expected);
        assert_eq!(page.is_last, expected == &sent[..2]);
    }
    let beyond = done(bob.client.fetch_previous(&pager));
    assert!(beyond.items.is_empty() && beyond.is_last);

    // What was said meanwhile.
    assert!(done(bob.client.fetch_next(&pager)).is_last);
    let later = say_many(&alice, 5);
    for expected in [&later[..4], &later[4..]] {
        let page = done(bob.client.fetch_next(&pager));
        assert_eq!((ids(&page.items), page.is_last), (expected.to_vec(), false));
    }
    assert!(done(bob.client.fetch_next(&pager)).is_last);
}

#[test]
fn history_begins_at_a_message_or_a_moment() {
    let server = server();
    let alice = offline(&server, "alice");
    let sent = say_many(&alice, 9);
    let with_bob = || MessagesRequest::in_conversation(user("bob")).with_limit(2);
    let pager = with_bob().from_message(sent[4]).pager();
    let before = done(alice.client.fetch_previous(&pager));
    let after = done(alice.client.fetch_next(&pager));
    assert_eq!(
        (ids(&before.items), ids(&after.items)),
        (sent[2..4].to_vec(), sent[5..7].to_vec())
    );

    let long_ago = with_bob().from_time(Timestamp(1)).pager();
    assert!(
        done(alice.client.fetch_previous(&long_ago))
            .items
            .is_empty()
    );
    let since = done(alice.client.fetch_next(&long_ago));
    assert_eq!(ids(&since.items), sent[..2]);
}

#[test]
fn each_filter_leaves_out_what_it_says() {
    let server = server();
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    let text = say(&alice, user("bob"), "Hello <@uid:bob>");
    let link = send(
        &alice,
        TextMessage::new(user("bob"), "see https://bevy.org").with_tag("news"),
    );
    let file = Attachment::new("https://h/x.png", "x.png", "image/png");
    let image = MediaMessage::new(user("bob"), MediaKind::Image).with_attachment(file);
    let image = send(&alice, image);
    let custom = CustomMessage::new(user("bob"), "trade", &json!({})).unwrap();
    let custom = send(&alice, custom);
    let reply = TextMessage::new(user("bob"), "reply").in_thread_of(text.id);
    let reply = send(&alice, reply);
    let quoting = send(
        &alice,
        TextMessage::new(user("bob"), "quoting").quoting(text.id),
    );
    let gone = say(&alice, user("bob"), "gone");
    done(alice.client.delete_message(gone.id));
    done(bob.client.add_reaction(text.id, "👍"));

    let with_alice = || MessagesRequest::in_conversation(user("alice"));
    let list = |request| ids(&all(&bob, request));
    let everything: Vec<_> = ids([&text, &link, &image, &custom, &reply, &quoting, &gone]);
    assert_eq!(list(with_alice()), everything);
    assert_eq!(list(MessagesRequest::everywhere()), everything);
    assert_eq!(list(MessagesRequest::in_thread_of(text.id)), [reply.id]);
    for (request, expected) in [
        (with_alice().search("BEVY"), vec![link.id]),
        (with_alice().of_categories(["custom"]), vec![custom.id]),
        (
            with_alice().of_kinds(["image", "trade"]),
            vec![image.id, custom.id],
        ),
        (with_alice().with_tags(["news", "x"]), vec![link.id]),
        (with_alice().mentioning(["bob"]), vec![text.id]),
        (
            with_alice().with_attachment_types(["image"]),
            vec![image.id],
        ),
        (with_alice().only_with_attachments(), vec![image.id]),
        (with_alice().only_with_links(), vec![link.id]),
        (with_alice().only_with_mentions(), vec![text.id]),
        (with_alice().only_with_reactions(), vec![text.id]),
        (
            with_alice()
                .without_replies()
                .without_deleted()
                .without_quoting(),
            ids([&text, &link, &image, &custom]),
        ),
        (
            with_alice().updated_after(Timestamp(1)).only_updates(),
            vec![gone.id],
        ),
        (with_alice().search("nothing of the kind"), vec![]),
    ] {
        assert_eq!(list(request.clone()), expected, "{request:?}");
    }
    let tagged = all(&bob, with_alice().with_tags(["news"]).including_tags());
    assert_eq!(tagged[0].tags(), ["news".into()]);
}

#[test]
fn interactive_messages_are_listed_once_the_user_did_what_they_are_for() {
    let server = server();
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    let form = || {
        InteractiveMessage::new(user("bob"), "form", &json!({"title": "Raid?"}))
            .unwrap()
            .with_goal(&json!({"type": "anyOf", "elementIds": ["yes", "no"]}))
            .unwrap()
    };
    let [answered, _] = [(); 2].map(|()| send(&alice, form()).id);
    let completed = || {
        let request = MessagesRequest::in_conversation(user("alice"));
        ids(&all(&bob, request.only_completed_interactions()))
    };
    assert_eq!(completed(), []);
    done(bob.client.mark_as_interacted(answered, "yes"));
    assert_eq!(completed(), [answered]);
}

#[test]
fn what_is_unread_is_listed_until_it_is_read() {
    let server = server();
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    let sent = say_many(&alice, 3);
    let unread = || MessagesRequest::in_conversation(user("alice")).only_unread();
    assert_eq!(ids(&all(&bob, unread())), sent);
    done(bob.client.mark_conversation_as_read(user("alice")));
    assert_eq!(ids(&all(&bob, unread())), []);
}

#[test]
fn what_blocked_users_said_is_left_out_on_request() {
    let server = server();
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    let guild = guild(&server);
    let own = say(&alice, guild.clone(), "own");
    let from_bob = say(&bob, guild.clone(), "from bob");
    let by_hand = super::stage::by_hand(&server, "alice");
    by_hand
        .request("POST", "blockedusers", &json!({"blockedUids": ["bob"]}))
        .data();
    let in_guild = || {
        let request = MessagesRequest::in_conversation(guild.clone());
        request.of_categories(["message"])
    };
    assert_eq!(ids(&all(&alice, in_guild())), ids([&own, &from_bob]));
    assert_eq!(
        ids(&all(&alice, in_guild().without_blocked_users())),
        [own.id]
    );
}

#[test]
fn a_group_s_history_tells_what_happened_to_its_members_too() {
    let server = server();
    let guild = guild(&server);
    let alice = offline(&server, "alice");
    let messages = all(&alice, MessagesRequest::in_conversation(guild));
    let joined = messages
        .iter()
        .find_map(Message::group_action)
        .expect("bob joined");
    assert_eq!(joined.on.uid, "bob");
}

#[test]
fn one_page_is_fetched_at_a_time_and_the_rest_is_refused() {
    let server = server();
    let alice = offline(&server, "alice");
    let sent = say_many(&alice, 3);
    let pager = MessagesRequest::in_conversation(user("bob"))
        .with_limit(2)
        .pager();
    let first = alice.client.fetch_previous(&pager);
    let second = ended(alice.client.fetch_previous(&pager.clone()));
    assert_eq!(second.unwrap_err().code, ErrorCode::RequestInProgress);
    assert_eq!(ids(&done(first).items), sent[1..]);
    assert_eq!(
        ids(&done(alice.client.fetch_previous(&pager)).items),
        sent[..1]
    );
}

#[test]
fn a_list_that_cannot_be_fetched_says_why() {
    let server = server();
    let alice = offline(&server, "alice");
    let with_bob = || MessagesRequest::in_conversation(user("bob"));
    let next = |pager: Pager<Message>| refused(alice.client.fetch_next(&pager));
    let previous = |pager: Pager<Message>| refused(alice.client.fetch_previous(&pager));
    assert_eq!(next(with_bob().pager()), "NOT_ENOUGH_PARAMETERS");
    assert_eq!(
        previous(with_bob().with_limit(101).pager()),
        "ERROR_SET_LIMIT_EXCEEDED"
    );
    assert_eq!(
        previous(with_bob().with_limit(0).pager()),
        "SET_LIMIT_IS_COMPULSORY"
    );
    let nobody = MessagesRequest::in_conversation(user("nobody"));
    assert_eq!(previous(nobody.pager()), "ERR_UID_NOT_FOUND");
    let thread = MessagesRequest::in_thread_of(MessageId(99));
    assert_eq!(previous(thread.pager()), "ERR_MESSAGE_ID_NOT_FOUND");

    guild(&server);
    let carol = offline(&server, "carol");
    let guild = MessagesRequest::in_conversation(bevy_cometchat::model::Guid::from("guild"));
    let refusal = refused(carol.client.fetch_previous(&guild.pager()));
    assert_eq!(refusal, "ERR_GROUP_NOT_JOINED");
}

#[test]
fn a_fetch_that_failed_can_be_made_again() {
    let server = server();
    let alice = offline(&server, "alice");
    let sent = say_many(&alice, 1);
    let pager = MessagesRequest::in_conversation(user("bob")).pager();
    let nobody = Player::new(super::player::settings(server.address()));
    assert_eq!(
        refused(nobody.client.fetch_previous(&pager)),
        "ERROR_USER_NOT_LOGGED_IN"
    );
    assert_eq!(ids(&done(alice.client.fetch_previous(&pager)).items), sent);
}

#[test]
fn a_message_of_the_history_is_the_one_that_arrived() {
    let server = server();
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    say(&alice, user("bob"), "the same");
    let live = heard!(bob, MessageReceived);
    let pager = MessagesRequest::in_conversation(user("alice")).pager();
    let listed = done(bob.client.fetch_previous(&pager)).items.remove(0);
    assert_eq!((listed.id, &listed.content), (live.id, &live.content));
    assert_eq!(listed.conversation_id, live.conversation_id);
    assert_eq!(listed.sender.uid, live.sender.uid);
}
