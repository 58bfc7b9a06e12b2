//! Conversations and what is unread.

use bevy_cometchat::{
    client::ConversationsRequest,
    model::{TextMessage, Uid},
};

use super::Walk;

impl Walk<'_> {
    pub(super) async fn conversations(&mut self) {
        let alice = Uid::from(&*self.alice.uid);
        let hello = self
            .alice
            .client
            .send_message(TextMessage::to_user(&*self.bob.uid, "Unread"))
            .await;
        if let Some(hello) = self.report.outcome("send a text", hello, |_| true) {
            self.messages.0.push(hello.id);
        }
        let client = &self.bob.client;
        let counts = client.unread_counts().await;
        self.report
            .outcome("how many messages are unread", counts, |it| {
                it.of(&alice.clone().into()) > 0
            });
        let count = client.unread_count(alice.clone()).await;
        self.report
            .outcome("how many of a user's messages are unread", count, |it| {
                *it > 0
            });
        let delivered = client.mark_conversation_as_delivered(alice.clone()).await;
        self.report
            .outcome("mark a conversation as delivered", delivered, |()| true);
        let read = client.mark_conversation_as_read(alice.clone()).await;
        self.report
            .outcome("mark a conversation as read", read, |()| true);
        let count = client.unread_count(alice.clone()).await;
        self.report
            .outcome("then nothing of it is unread", count, |it| *it == 0);
        let page = client
            .fetch_next(&ConversationsRequest::all().pager())
            .await;
        self.report
            .outcome("conversations", page, |page| page.items.len() >= 2);
        let one = client.conversation(alice.clone()).await;
        self.report
            .outcome("a conversation", one, |it| it.last_message.is_some());
        let tagged = client.tag_conversation(alice.clone(), ["check"]).await;
        self.report
            .outcome("tag a conversation", tagged, |it| it.tags.len() == 1);
        let one = client.conversation(self.guild.clone()).await;
        self.report.outcome("a conversation of a group", one, |it| {
            it.last_message.is_some()
        });
    }
}
