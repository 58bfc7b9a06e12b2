//! Users, and blocking them.

use bevy_cometchat::{
    client::{AuthKey, BlockDirection, BlockedUsersRequest, SearchField, UserOrder, UsersRequest},
    model::*,
};
use serde_json::json;

use super::{Operation, bob, both, ok};
use crate::stage::KEY;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        both(
            "users",
            "new CometChat.UsersRequestBuilder().setLimit(30).build().fetchNext()",
            |it| ok(it.client.fetch_next(&UsersRequest::all().pager())),
        ),
        both(
            "users with filters",
            "new CometChat.UsersRequestBuilder().setLimit(30).setStatus('online')\
             .setSearchKeyword('b o').searchIn(['name']).setRoles(['r', 's']).setTags(['a', 'b'])\
             .withTags(true).setUIDs(['bob', 'carol']).friendsOnly(true).hideBlockedUsers(true)\
             .sortBy('name').sortByOrder('desc').build().fetchNext()",
            |it| {
                let some = UsersRequest::all()
                    .with_status(UserStatus::Online)
                    .search("b o")
                    .searching_in([SearchField::Name])
                    .with_roles(["r", "s"])
                    .with_tags(["a", "b"])
                    .including_tags()
                    .only_uids(["bob", "carol"])
                    .only_friends()
                    .hiding_blocked_users()
                    .ordered_by(UserOrder::Name)
                    .descending()
                    .pager();
                ok(it.client.fetch_next(&some))
            },
        ),
        both("a user", "CometChat.getUser('bob')", |it| {
            ok(it.client.user(bob()))
        }),
        both(
            "create a user",
            "CometChat.createUser(having(new CometChat.User('dave'), { setName: 'Dave', \
             setRole: 'default', setTags: ['tall'] }), key)",
            |it| {
                let details = UserDetails::new()
                    .with_name("Dave")
                    .with_role("default")
                    .with_tags(["tall"]);
                ok(it.client.create_user(AuthKey::new("dave", KEY), details))
            },
        ),
        both(
            "update a user",
            "CometChat.updateUser(having(new CometChat.User('dave'), { setName: 'David' }), key)",
            |it| {
                let details = UserDetails::new().with_name("David");
                ok(it.client.update_user(AuthKey::new("dave", KEY), details))
            },
        ),
        both(
            "update the own profile",
            "CometChat.updateCurrentUserDetails(having(new CometChat.User('alice'), \
             { setName: 'Alicia', setAvatar: 'https://example.com/a.png', \
             setStatusMessage: 'Here', setMetadata: { level: 3 } }))",
            |it| {
                let details = UserDetails::new()
                    .with_name("Alicia")
                    .with_avatar("https://example.com/a.png")
                    .with_status_message("Here")
                    .with_metadata(&json!({"level": 3}))
                    .unwrap();
                ok(it.client.update_current_user_details(details))
            },
        ),
        both("block", "CometChat.blockUsers(['carol'])", |it| {
            ok(it.client.block_users(["carol"]))
        }),
        both(
            "blocked users",
            "new CometChat.BlockedUsersRequestBuilder().setLimit(30).blockedByMe()\
             .build().fetchNext()",
            |it| {
                let blocked = BlockedUsersRequest::all()
                    .with_direction(BlockDirection::BlockedByMe)
                    .pager();
                ok(it.client.fetch_next(&blocked))
            },
        ),
        both("unblock", "CometChat.unblockUsers(['carol'])", |it| {
            ok(it.client.unblock_users(["carol"]))
        }),
    ]
}
