//! Groups and their members.

use bevy_cometchat::{
    ErrorCode,
    client::{BannedMembersRequest, Event, GroupMembersRequest, GroupsRequest},
    model::{GroupDetails, GroupKind, GroupScope, Guid, NewMembers, Uid},
};

use super::{Outcome, Walk, Who};

impl Walk<'_> {
    pub(super) async fn groups(&mut self, run: &str) -> Outcome {
        let (guild, carol, bob) = (
            self.guild.clone(),
            self.carol.clone(),
            Uid::from(&*self.bob.uid),
        );
        let changed = |event: &Event| matches!(event, Event::GroupChanged(_));
        let client = self.alice.client.clone();
        let report = &mut *self.report;

        report.outcome("a group", client.group(guild.clone()).await, |it| {
            it.members_count == Some(2)
        });
        let details = GroupDetails::new()
            .with_name("The Guild")
            .with_description("A check");
        report.outcome(
            "change a group",
            client.update_group(guild.clone(), details).await,
            |it| &*it.name == "The Guild",
        );
        let joined = GroupsRequest::all().only_joined().pager();
        report.outcome(
            "groups that the user is in",
            client.fetch_next(&joined).await,
            |page| page.items.iter().any(|it| it.guid == guild),
        );
        let members = client
            .fetch_next(&GroupMembersRequest::of(guild.clone()).pager())
            .await;
        report.outcome("a group's members", members, |page| page.items.len() == 2);
        let online = client.online_group_member_count([guild.clone()]).await;
        report.outcome("how many members are online", online, |counts| {
            counts.get(&guild) == Some(&2)
        });

        let added = client
            .add_members_to_group(
                guild.clone(),
                NewMembers::new().with(carol.clone(), GroupScope::Participant),
            )
            .await;
        report.outcome("add a member", added, |it| {
            it.added.get(&carol).is_some_and(Result::is_ok)
        });
        self.sees("a member was added", Who::Bob, changed).await;
        let scope = client
            .update_group_member_scope(guild.clone(), carol.clone(), GroupScope::Moderator)
            .await;
        self.report
            .outcome("change a member's scope", scope, |()| true);
        self.sees("a member's scope changed", Who::Bob, changed)
            .await;
        let kicked = client.kick_group_member(guild.clone(), carol.clone()).await;
        self.report.outcome("kick a member", kicked, |()| true);
        self.sees("a member was kicked", Who::Bob, changed).await;
        let again = client
            .add_members_to_group(
                guild.clone(),
                NewMembers::new().with(carol.clone(), GroupScope::Participant),
            )
            .await;
        self.report.outcome("add the member again", again, |_| true);
        self.sees("the member was added again", Who::Bob, changed)
            .await;
        let banned = client.ban_group_member(guild.clone(), carol.clone()).await;
        self.report.outcome("ban a member", banned, |()| true);
        self.sees("a member was banned", Who::Bob, changed).await;
        let page = client
            .fetch_next(&BannedMembersRequest::of(guild.clone()).pager())
            .await;
        self.report.outcome("banned members", page, |page| {
            page.items.iter().any(|it| it.uid == carol)
        });
        let unbanned = client
            .unban_group_member(guild.clone(), carol.clone())
            .await;
        self.report.outcome("unban a member", unbanned, |()| true);
        self.sees("a member was unbanned", Who::Bob, changed).await;

        let vault = Guid::from(format!("{run}-vault"));
        let details = GroupDetails::new()
            .with_name("Vault")
            .with_password("sesame");
        self.report.outcome(
            "create a group with a password",
            client.create_group(vault.clone(), details).await,
            |_| true,
        );
        self.groups.push(vault.clone());
        let wrong = self
            .bob
            .client
            .join_group(vault.clone(), Some("wrong".into()))
            .await;
        self.report.refusal(
            "join it with a wrong password",
            wrong,
            &[ErrorCode::WrongGroupPassword],
        );
        let joined = self
            .bob
            .client
            .join_group(vault.clone(), Some("sesame".into()))
            .await;
        self.report
            .outcome("join it with its password", joined, |it| it.has_joined);
        let left = self.bob.client.leave_group(vault).await;
        self.report.outcome("leave a group", left, |()| true);
        self.sees("a member left", Who::Alice, changed).await;

        let cellar = Guid::from(format!("{run}-cellar"));
        let details = GroupDetails::new()
            .with_name("Cellar")
            .with_kind(GroupKind::Private);
        let members = NewMembers::new()
            .with(bob.clone(), GroupScope::Admin)
            .banning(carol.clone());
        let created = client
            .create_group_with_members(cellar.clone(), details, members)
            .await;
        self.report
            .outcome("create a private group with members", created, |it| {
                it.members.added.get(&bob).is_some_and(Result::is_ok)
                    && it.members.banned.get(&carol).is_some_and(Result::is_ok)
            });
        self.groups.push(cellar.clone());
        let given = client.transfer_group_ownership(cellar.clone(), bob).await;
        self.report
            .outcome("give a group to another member", given, |()| true);
        let back = self
            .bob
            .client
            .transfer_group_ownership(cellar, &*self.alice.uid)
            .await;
        self.report.outcome("give it back", back, |()| true);
        Ok(())
    }
}
