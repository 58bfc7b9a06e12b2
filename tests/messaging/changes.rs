//! What happens to a message after it was sent, and what the others hear of it.

use bevy_cometchat::{
    client::ReactionsRequest,
    model::{InteractiveMessage, TextMessage},
};
use serde_json::json;

use super::stage::{done, guild, heard, live, say, send, server, user};

#[test]
fn an_edit_is_heard_of_and_keeps_the_message_in_its_place() {
    let server = server();
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    let message = say(&alice, user("bob"), "tpyo");
    let corrected = TextMessage::new(user("bob"), "typo").with_tag("corrected");
    let edited = done(alice.client.edit_message(message.id, corrected));
    let heard = heard!(bob, MessageEdited);
    for message_now in [&edited, &heard] {
        assert_eq!(
            (message_now.id, message_now.text()),
            (message.id, Some("typo"))
        );
        assert_eq!(message_now.sent_at, message.sent_at);
        assert_eq!(message_now.tags(), ["corrected".into()]);
        assert!(message_now.edited_at().is_some());
        assert_eq!(message_now.details().edited_by, Some("alice".into()));
    }
}

#[test]
fn a_deletion_is_heard_of() {
    let server = server();
    let guild = guild(&server);
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    let own = say(&alice, user("bob"), "oops");
    assert!(done(alice.client.delete_message(own.id)).is_deleted());
    let heard = heard!(bob, MessageDeleted);
    assert_eq!(
        (heard.id, heard.is_deleted(), heard.text()),
        (own.id, true, None)
    );

    // Whoever owns the group may delete what others said in it.
    let bobs = say(&bob, guild, "spam");
    done(alice.client.delete_message(bobs.id));
    let heard = heard!(bob, MessageDeleted);
    assert_eq!(heard.details().deleted_by, Some("alice".into()));
}

#[test]
fn a_reaction_is_heard_of_counted_and_listed() {
    let server = server();
    let guild = guild(&server);
    let (mut alice, bob) = (live(&server, "alice"), live(&server, "bob"));
    let message = say(&alice, guild, "raid at eight");
    let emojis = ["👍", "🎉", "👩‍👩‍👧‍👦"];
    for emoji in emojis {
        let reacted = done(bob.client.add_reaction(message.id, emoji));
        assert!(
            reacted
                .reactions()
                .iter()
                .any(|it| &*it.reaction == emoji && it.reacted_by_me)
        );
        let event = heard!(alice, ReactionChanged);
        assert_eq!((event.message_id, &*event.reaction), (message.id, emoji));
        assert_eq!((event.user.uid.as_str(), event.added), ("bob", true));
    }
    done(alice.client.add_reaction(message.id, "👍"));
    let counted = done(alice.client.message(message.id));
    let counts: Vec<_> = counted.reactions().iter().map(|it| it.count).collect();
    assert_eq!(counts.iter().sum::<u64>(), 4);

    let pager = ReactionsRequest::to(message.id).with_limit(3).pager();
    let first = done(bob.client.fetch_next(&pager));
    assert_eq!((first.items.len(), first.is_last), (3, false));
    assert_eq!(
        first
            .items
            .iter()
            .map(|it| &*it.reaction)
            .collect::<Vec<_>>(),
        emojis
    );
    let second = done(bob.client.fetch_next(&pager));
    assert_eq!(second.items.len(), 1);
    assert_eq!(
        (
            &*second.items[0].reaction,
            second.items[0].user.uid.as_str()
        ),
        ("👍", "alice")
    );

    let beyond = done(bob.client.fetch_next(&pager));
    assert!(beyond.items.is_empty() && beyond.is_last);

    let thumbs = ReactionsRequest::to(message.id).with_reaction("👍").pager();
    assert_eq!(done(bob.client.fetch_next(&thumbs)).items.len(), 2);
    let newest = ReactionsRequest::to(message.id).with_limit(1).pager();
    let last = done(bob.client.fetch_previous(&newest));
    assert_eq!(last.items[0].user.uid, "alice");

    done(bob.client.remove_reaction(message.id, "🎉"));
    let event = heard!(alice, ReactionChanged);
    assert_eq!((&*event.reaction, event.added), ("🎉", false));
}

#[test]
fn a_message_tells_who_got_and_read_it() {
    let server = server();
    let guild = guild(&server);
    let (mut alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    let message = say(&alice, guild, "hear, hear");
    assert_eq!(done(alice.client.message_receipts(message.id)), []);
    let got = heard!(bob, MessageReceived);
    done(bob.client.mark_as_read(&got));
    heard!(alice, ReceiptReceived);
    let receipts = done(alice.client.message_receipts(message.id));
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0].user.uid, "bob");
    assert!(receipts[0].read_at.is_some() && receipts[0].delivered_at.is_some());
}

#[test]
fn a_message_is_flagged_for_a_reason_that_the_app_offers() {
    let server = server();
    let (alice, bob) = (live(&server, "alice"), live(&server, "bob"));
    let message = say(&alice, user("bob"), "buy gold");
    let reasons = done(bob.client.flag_reasons());
    let spam = reasons.iter().find(|reason| &*reason.id == "spam");
    let spam = spam.expect("one for spam");
    assert!(!spam.name.is_empty() && !spam.description.is_empty());
    done(
        bob.client
            .flag_message(message.id, &spam.id, Some("a hundred times")),
    );
    done(bob.client.flag_message(message.id, &spam.id, None));
}

#[test]
fn a_completed_interaction_is_heard_of() {
    let server = server();
    let (mut alice, bob) = (live(&server, "alice"), live(&server, "bob"));
    let form = InteractiveMessage::new(user("bob"), "form", &json!({"title": "Raid?"})).unwrap();
    let message = send(&alice, form);
    let after = done(bob.client.mark_as_interacted(message.id, "yes"));
    assert_eq!(after.id, message.id);
    let event = heard!(alice, InteractionCompleted);
    assert_eq!(
        (event.message_id, event.user.uid.as_str()),
        (message.id, "bob")
    );
    assert_eq!(&*event.elements[0].0, "yes");
}
