//! Messages of all kinds, their changes, and what goes over the connection only.

use bevy_cometchat::{
    client::{Event, MessagesRequest, ReactionsRequest},
    model::{
        Attachment, CustomMessage, InteractiveMessage, MediaKind, MediaMessage, Message, MessageId,
        OutgoingMessage, TextMessage, TransientMessage, Uid, Upload,
    },
};
use serde_json::json;

use super::{Outcome, Walk, Who};

impl Walk<'_> {
    pub(super) async fn messages(&mut self) -> Outcome {
        let bob = Uid::from(&*self.bob.uid);
        let text = self
            .sent("a text", TextMessage::to_user(&bob, "Hello"))
            .await
            .ok_or("no text can be sent")?;
        self.sees("the outbox changed", Who::Alice, |event| {
            matches!(event, Event::OutboxChanged(_))
        })
        .await;
        let rich = TextMessage::to_user(&bob, format!("Hello <@uid:{bob}>"))
            .with_metadata(&json!({"level": 3}))?
            .with_tag("check");
        if let Some(rich) = self
            .sent("a text with a mention, metadata and tags", rich)
            .await
        {
            let is_mentioned = rich.is_mentioned(&bob);
            self.report.row(
                "a mention is known as one",
                is_mentioned.to_string(),
                is_mentioned,
            );
            let has_all = rich.metadata.is_some() && rich.tags().len() == 1;
            self.report
                .row("metadata and tags come back", has_all.to_string(), has_all);
        }
        self.sent(
            "a reply in a thread",
            TextMessage::to_user(&bob, "Yes").in_thread_of(text.id),
        )
        .await;
        let quote = self
            .sent(
                "a quote",
                TextMessage::to_user(&bob, "This").quoting(text.id),
            )
            .await;
        let quoted = quote.as_ref().and_then(|quote| Some(quote.quoted()?.id));
        self.report.row(
            "a quote has what it quotes",
            format!("{quoted:?}"),
            quoted == Some(text.id),
        );
        let map = Attachment::new("https://example.com/map.png", "map.png", "image/png");
        self.sent(
            "a file by its URL",
            MediaMessage::new(bob.clone(), MediaKind::Image).with_attachment(map),
        )
        .await;
        let upload = Upload::new("one.txt", "text/plain", *b"one");
        self.sent(
            "an uploaded file",
            MediaMessage::new(bob.clone(), MediaKind::File)
                .with_upload(upload)
                .with_caption("One"),
        )
        .await;
        let custom =
            CustomMessage::new(bob.clone(), "place", &json!({"x": 1}))?.with_text("A place");
        let custom = self.sent("a custom message", custom).await;
        let form = InteractiveMessage::new(bob.clone(), "form", &json!({"title": "T"}))?
            .with_goal(&json!({"type": "anyAction", "elementIds": ["yes"]}))?;
        let form = self.sent("an interactive message", form).await;
        self.sent(
            "a text to a group",
            TextMessage::to_group(&self.guild, "Hello all"),
        )
        .await;

        self.signals(&bob).await?;
        self.changes(&text, custom.map(|it| it.id)).await?;
        self.receipts(&text).await;
        self.reactions(text.id).await;
        self.interaction(form).await;
        self.lists(&text, &bob).await;
        Ok(())
    }

    /// Sends one of alice's messages, and sees it arrive.
    async fn sent(&mut self, what: &str, message: impl Into<OutgoingMessage>) -> Option<Message> {
        let sent = self.alice.client.send_message(message).await;
        let sent = self
            .report
            .outcome(&format!("send {what}"), sent, |_| true)?;
        self.messages.0.push(sent.id);
        self.bob_receives(what, &sent).await;
        Some(sent)
    }

    async fn signals(&mut self, bob: &Uid) -> Outcome {
        let typing = |event: &Event| matches!(event, Event::TypingChanged(_));
        let told = self.alice.client.start_typing(bob).await;
        self.report.outcome("start typing", told, |()| true);
        self.sees("somebody types", Who::Bob, typing).await;
        let told = self.alice.client.end_typing(bob).await;
        self.report.outcome("end typing", told, |()| true);
        self.sees("somebody types no more", Who::Bob, typing).await;
        let wave = TransientMessage::new(bob, &json!({"emote": "wave"}))?;
        let told = self.alice.client.send_transient_message(wave).await;
        self.report
            .outcome("send a transient message", told, |()| true);
        self.sees("a transient message", Who::Bob, |event| {
            matches!(event, Event::TransientReceived(_))
        })
        .await;
        Ok(())
    }

    async fn changes(&mut self, text: &Message, custom: Option<MessageId>) -> Outcome {
        let better = TextMessage::to_user(&*self.bob.uid, "Better");
        let edited = self.alice.client.edit_message(text.id, better).await;
        let edited = self.report.outcome("edit a message", edited, |it| {
            it.text() == Some("Better") && it.edited_at().is_some()
        });
        let is_it = |event: &Event| matches!(event, Event::MessageEdited(it) if it.id == text.id && it.text() == Some("Better"));
        self.sees("a message was edited", Who::Bob, is_it).await;
        if let Some(edited) = edited {
            let at = edited.updated_at;
            let since = MessagesRequest::everywhere()
                .updated_after(at)
                .only_updates()
                .pager();
            let page = self.bob.client.fetch_next(&since).await;
            self.report
                .outcome("edits since a time, which counts too", page, |page| {
                    page.items.iter().any(|it| it.id == text.id)
                });
        }
        if let Some(id) = custom {
            let deleted = self.alice.client.delete_message(id).await;
            self.report
                .outcome("delete a message", deleted, Message::is_deleted);
            self.messages.0.retain(|it| *it != id);
            let is_it = |event: &Event| matches!(event, Event::MessageDeleted(it) if it.id == id);
            self.sees("a message was deleted", Who::Bob, is_it).await;
        }
        Ok(())
    }

    async fn receipts(&mut self, text: &Message) {
        let is_receipt = |event: &Event| matches!(event, Event::ReceiptReceived(_));
        let told = self.bob.client.mark_as_delivered(text).await;
        self.report
            .outcome("mark a message as delivered", told, |()| true);
        self.sees("a message was delivered", Who::Alice, is_receipt)
            .await;
        let told = self.bob.client.mark_as_read(text).await;
        self.report
            .outcome("mark a message as read", told, |()| true);
        self.sees("a message was read", Who::Alice, is_receipt)
            .await;
        let receipts = self.alice.client.message_receipts(text.id).await;
        self.report
            .outcome("a message's receipts", receipts, |_| true);
        let unread = self.bob.client.mark_as_unread(text).await;
        self.report
            .outcome("mark a message as unread", unread, |it| it.unread_count > 0);
    }

    async fn reactions(&mut self, id: MessageId) {
        let is_reaction =
            |event: &Event| matches!(event, Event::ReactionChanged(it) if it.message_id == id);
        let reacted = self.bob.client.add_reaction(id, "😂").await;
        self.report
            .outcome("react", reacted, |it| it.reactions().len() == 1);
        self.sees("somebody reacted", Who::Alice, is_reaction).await;
        let page = self
            .alice
            .client
            .fetch_next(&ReactionsRequest::to(id).pager())
            .await;
        self.report
            .outcome("reactions to a message", page, |page| page.items.len() == 1);
        let reactions = self
            .device_reply(&format!("messages/{id}/reactions?limit=10"))
            .await;
        super::shapes::compare_reply(self.report, "a list of reactions", reactions);
        let taken = self.bob.client.remove_reaction(id, "😂").await;
        self.report.outcome("take a reaction back", taken, |it| {
            it.reactions().is_empty()
        });
        self.sees("a reaction was taken back", Who::Alice, is_reaction)
            .await;
    }

    async fn interaction(&mut self, form: Option<Message>) {
        let Some(form) = form else { return };
        let used = self.bob.client.mark_as_interacted(form.id, "yes").await;
        self.report
            .outcome("use an interactive message", used, |_| true);
        self.sees("an interactive message was used", Who::Alice, |event| {
            matches!(event, Event::InteractionCompleted(_))
        })
        .await;
        let reasons = self.bob.client.flag_reasons().await;
        let reasons = self
            .report
            .outcome("reasons to report a message", reasons, |reasons| {
                !reasons.is_empty()
            });
        let reason = reasons.and_then(|reasons| Some(reasons.first()?.id.to_string()));
        let flagged = self
            .bob
            .client
            .flag_message(
                form.id,
                reason.as_deref().unwrap_or("spam"),
                Some("a check"),
            )
            .await;
        self.report.outcome("report a message", flagged, |()| true);
    }

    async fn lists(&mut self, text: &Message, bob: &Uid) {
        let one = self.alice.client.message(text.id).await;
        self.report.outcome("a message", one, |it| it.id == text.id);
        let ascends = |items: &[Message]| items.windows(2).all(|pair| pair[0].id < pair[1].id);
        let all = MessagesRequest::in_conversation(bob.clone())
            .with_limit(3)
            .pager();
        let page = self.alice.client.fetch_previous(&all).await;
        self.report
            .outcome("the last messages, oldest first", page, |page| {
                page.items.len() == 3 && ascends(&page.items)
            });
        let page = self.alice.client.fetch_previous(&all).await;
        self.report
            .outcome("the messages before those", page, |page| {
                ascends(&page.items) && !page.items.is_empty()
            });
        let next = MessagesRequest::in_conversation(bob.clone())
            .from_message(text.id)
            .pager();
        let page = self.alice.client.fetch_next(&next).await;
        self.report.outcome(
            "the messages after one, which is not among them",
            page,
            |page| !page.items.is_empty() && page.items.iter().all(|it| it.id > text.id),
        );
        let thread = self
            .alice
            .client
            .fetch_previous(&MessagesRequest::in_thread_of(text.id).pager())
            .await;
        self.report
            .outcome("the messages of a thread", thread, |page| {
                page.items.len() == 1
            });
        let found = self
            .alice
            .client
            .fetch_previous(
                &MessagesRequest::in_conversation(bob.clone())
                    .with_tags(["check"])
                    .pager(),
            )
            .await;
        self.report
            .outcome("messages by a tag", found, |page| page.items.len() == 1);
    }
}
