//! Users: profiles, blocking, presence.

use bevy_cometchat::{
    client::{BlockedUsersRequest, Event, UsersRequest},
    model::{UserDetails, UserStatus},
};

use super::{Player, Report, Target, Walk, Who};

pub(super) async fn create(player: &Player, uid: &str, target: &Target, report: &mut Report) {
    let details = UserDetails::new().with_name("Check");
    let created = player
        .client
        .create_user(target.auth_key(uid), details)
        .await;
    report.outcome("create a user", created, |user| user.uid.as_str() == uid);
}

impl Walk<'_> {
    pub(super) async fn people(&mut self) {
        let online = |event: &Event| matches!(event, Event::PresenceChanged(it) if it.user.status == UserStatus::Online);
        self.sees("a user came online", Who::Alice, online).await;

        let bob = self.bob.uid.clone();
        let user = self.alice.client.user(&*bob).await;
        self.report
            .outcome("a user", user, |user| user.uid.as_str() == bob);
        let folded = self.alice.client.user(&*bob.to_uppercase()).await;
        self.report
            .outcome("a user by a uid in upper case", folded, |user| {
                user.uid.as_str() == bob
            });
        let details = UserDetails::new()
            .with_name("Alice")
            .with_status_message("Checking");
        let changed = self.alice.client.update_current_user_details(details).await;
        self.report
            .outcome("change the own profile", changed, |user| {
                &*user.name == "Alice"
            });
        self.sees("the own profile changed", Who::Alice, |event| {
            matches!(event, Event::OwnUserChanged(_))
        })
        .await;
        let key = self.target.auth_key(self.carol.as_str());
        let changed = self
            .alice
            .client
            .update_user(key, UserDetails::new().with_name("Carol"))
            .await;
        self.report
            .outcome("change a user by the auth key", changed, |user| {
                &*user.name == "Carol"
            });

        let uids = [&*self.alice.uid, &*bob];
        let some = UsersRequest::all().only_uids(uids.iter().copied()).pager();
        let page = self.alice.client.fetch_next(&some).await;
        self.report.outcome("users by their uids", page, |page| {
            page.items.iter().any(|it| it.uid.as_str() == bob)
        });
        let count = self.alice.client.online_user_count().await;
        self.report
            .outcome("how many users are online", count, |count| *count >= 2);

        let blocked = self.alice.client.block_users([self.carol.clone()]).await;
        let carol = self.carol.clone();
        self.report.outcome("block a user", blocked, |outcomes| {
            outcomes.get(&carol).is_some_and(Result::is_ok)
        });
        let page = self
            .alice
            .client
            .fetch_next(&BlockedUsersRequest::all().pager())
            .await;
        self.report.outcome("blocked users", page, |page| {
            page.items.iter().any(|it| it.uid == carol)
        });
        let blocked = self.device_reply("blockedusers?per_page=30&page=1").await;
        super::shapes::compare_reply(self.report, "a list of blocked users", blocked);
        let freed = self.alice.client.unblock_users([carol.clone()]).await;
        self.report.outcome("unblock a user", freed, |outcomes| {
            outcomes.get(&carol).is_some_and(Result::is_ok)
        });
    }
}
