//! Mistakes on purpose: which codes they end with.

use bevy_cometchat::{
    AuthKey, ErrorCode,
    model::{MessageId, TextMessage},
};

use super::Walk;

impl Walk<'_> {
    pub(super) async fn refusals(&mut self, run: &str) {
        let (client, guild) = (self.alice.client.clone(), self.guild.clone());
        let nobody = format!("{run}-nobody");
        let report = &mut *self.report;
        report.refusal(
            "a user who does not exist",
            client.user(&*nobody).await,
            &[ErrorCode::UserNotFound],
        );
        report.refusal(
            "a group that does not exist",
            client.group(&*nobody).await,
            &[ErrorCode::GroupNotFound],
        );
        report.refusal(
            "a message that does not exist",
            client.message(MessageId(u32::MAX.into())).await,
            &[ErrorCode::MessageNotFound],
        );
        report.refusal(
            "a text to a user who does not exist",
            client
                .send_message(TextMessage::to_user(&*nobody, "Hello"))
                .await,
            &[ErrorCode::UserNotFound],
        );
        report.refusal(
            "join a group twice",
            self.bob.client.join_group(guild.clone(), None).await,
            &[ErrorCode::AlreadyJoined],
        );
        report.refusal(
            "leave the own group",
            client.leave_group(guild.clone()).await,
            &[ErrorCode::OwnerCannotLeave],
        );
        report.refusal(
            "unban who is not banned",
            client
                .unban_group_member(guild.clone(), &*self.bob.uid)
                .await,
            &[ErrorCode::NotBannedFromGroup],
        );
        report.refusal(
            "a member deletes a group",
            self.bob.client.delete_group(guild.clone()).await,
            &[
                ErrorCode::GroupScopeTooLow,
                ErrorCode::NoGroupClearance,
                ErrorCode::NoGroupAdmin,
            ],
        );
        report.refusal(
            "a group with a guid that is taken",
            client.create_group(guild, Default::default()).await,
            &[ErrorCode::GroupAlreadyExists],
        );
        let details = || bevy_cometchat::model::UserDetails::new().with_name("Check");
        let taken = client
            .create_user(self.target.auth_key(&self.bob.uid), details())
            .await;
        report.refusal(
            "a user with a uid that is taken",
            taken,
            &[ErrorCode::UserAlreadyExists],
        );
        let wrong = client
            .create_user(AuthKey::new(&*nobody, "no-such-key"), details())
            .await;
        report.refusal("a wrong auth key", wrong, &[ErrorCode::WrongApiKey]);
        if let Some(id) = self.messages.0.first() {
            let edit = TextMessage::to_user(&*self.alice.uid, "Mine");
            let edited = self.bob.client.edit_message(*id, edit).await;
            report.refusal("edit another's message", edited, &[ErrorCode::NotTheSender]);
        }
        let blocked = client.block_users([&*self.bob.uid]).await;
        report.outcome("block a user", blocked, |_| true);
        let text = |to: &str| TextMessage::to_user(to, "Hello");
        report.refusal(
            "write to a user whom the user blocked",
            client.send_message(text(&self.bob.uid)).await,
            &[ErrorCode::ReceiverBlocked, ErrorCode::UserBlocked],
        );
        report.refusal(
            "write to a user who blocked the user",
            self.bob.client.send_message(text(&self.alice.uid)).await,
            &[ErrorCode::BlockedByReceiver, ErrorCode::UserBlocked],
        );
        let freed = client.unblock_users([&*self.bob.uid]).await;
        report.outcome("unblock the user", freed, |_| true);
    }
}
