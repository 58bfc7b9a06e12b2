//! Groups and their members.

use bevy_cometchat::{
    client::{BannedMembersRequest, GroupMembersRequest, GroupsRequest},
    model::*,
};

use super::{Operation, both, ok};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        both(
            "create a group",
            "CometChat.createGroup(new CometChat.Group('tavern', 'Tavern', 'password', 'ale', \
             'https://example.com/i.png', 'Drinks'))",
            |it| {
                let details = GroupDetails::new()
                    .with_name("Tavern")
                    .with_password("ale")
                    .with_icon("https://example.com/i.png")
                    .with_description("Drinks");
                ok(it.client.create_group("tavern", details))
            },
        ),
        both(
            "create a group with members",
            "CometChat.createGroupWithMembers(new CometChat.Group('cellar', 'Cellar', \
             'private'), [new CometChat.GroupMember('bob', 'moderator')], ['carol'])",
            |it| {
                let details = GroupDetails::new()
                    .with_name("Cellar")
                    .with_kind(GroupKind::Private);
                let members = NewMembers::new()
                    .with("bob", GroupScope::Moderator)
                    .banning("carol");
                ok(it
                    .client
                    .create_group_with_members("cellar", details, members))
            },
        ),
        both(
            "leave a group",
            "CometChat.transferGroupOwnership('cellar', 'bob')\
             .then(() => CometChat.leaveGroup('cellar'))",
            |it| {
                ok(it.client.transfer_group_ownership("cellar", "bob"));
                ok(it.client.leave_group("cellar"))
            },
        ),
        both(
            "join a group",
            "CometChat.joinGroup('den', 'public')",
            |it| ok(it.client.join_group("den", None)),
        ),
        both(
            "join a group by its password",
            "CometChat.joinGroup('vault', 'password', 'sesame')",
            |it| ok(it.client.join_group("vault", Some("sesame".into()))),
        ),
        both(
            "groups",
            "new CometChat.GroupsRequestBuilder().setLimit(30).build().fetchNext()",
            |it| ok(it.client.fetch_next(&GroupsRequest::all().pager())),
        ),
        both(
            "groups with filters",
            "new CometChat.GroupsRequestBuilder().setLimit(30).joinedOnly(true)\
             .setSearchKeyword('g').setTags(['a']).withTags(true).build().fetchNext()",
            |it| {
                let some = GroupsRequest::all()
                    .only_joined()
                    .search("g")
                    .with_tags(["a"])
                    .including_tags()
                    .pager();
                ok(it.client.fetch_next(&some))
            },
        ),
        both("a group", "CometChat.getGroup('guild')", |it| {
            ok(it.client.group("guild"))
        }),
        both(
            "update a group",
            "CometChat.updateGroup(new CometChat.Group('guild', 'The Guild', 'public'))",
            |it| {
                let details = GroupDetails::new()
                    .with_name("The Guild")
                    .with_kind(GroupKind::Public);
                ok(it.client.update_group("guild", details))
            },
        ),
        both(
            "members",
            "new CometChat.GroupMembersRequestBuilder('guild').setLimit(30)\
             .setScopes(['participant']).setSearchKeyword('b').build().fetchNext()",
            |it| {
                let members = GroupMembersRequest::of("guild")
                    .with_scopes([GroupScope::Participant])
                    .search("b")
                    .pager();
                ok(it.client.fetch_next(&members))
            },
        ),
        both(
            "add members",
            "CometChat.addMembersToGroup('guild', [new CometChat.GroupMember('carol', \
             'participant')], [])",
            |it| {
                let carol = NewMembers::new().with("carol", GroupScope::Participant);
                ok(it.client.add_members_to_group("guild", carol))
            },
        ),
        both(
            "change a scope",
            "CometChat.updateGroupMemberScope('guild', 'carol', 'moderator')",
            |it| {
                let scope = GroupScope::Moderator;
                ok(it.client.update_group_member_scope("guild", "carol", scope))
            },
        ),
        both(
            "kick",
            "CometChat.kickGroupMember('guild', 'carol')",
            |it| ok(it.client.kick_group_member("guild", "carol")),
        ),
        both("ban", "CometChat.banGroupMember('guild', 'carol')", |it| {
            ok(it.client.ban_group_member("guild", "carol"))
        }),
        both(
            "banned members",
            "new CometChat.BannedMembersRequestBuilder('guild').setLimit(30).build().fetchNext()",
            |it| {
                let banned = BannedMembersRequest::of("guild").pager();
                ok(it.client.fetch_next(&banned))
            },
        ),
        both(
            "unban",
            "CometChat.unbanGroupMember('guild', 'carol')",
            |it| ok(it.client.unban_group_member("guild", "carol")),
        ),
        both("delete a group", "CometChat.deleteGroup('tavern')", |it| {
            ok(it.client.delete_group("tavern"))
        }),
    ]
}
