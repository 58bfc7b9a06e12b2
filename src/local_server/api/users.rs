use std::sync::Arc;

use hyper::StatusCode;
use serde::Deserialize;

use super::{Call, Reply, Session, page::PageRequest};
use crate::{
    local_server::{context::Context, database::UserFilter, id, refusal::Refusal},
    model::{RawJson, User, lenient},
    wire::{error::code, reply},
};

/// `POST users`.
pub(super) fn create(context: &mut Context<'_>, call: &Call) -> Reply {
    let mut user: User = call.json()?;
    id::check("uid", user.uid.as_str())?;
    if user.name.is_empty() {
        user.name = user.uid.as_str().into();
    }
    if !context.database.create_user(&user, context.now)? {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            code::UID_ALREADY_EXISTS,
            format!("The user with the uid {} exists already.", user.uid),
        ));
    }
    Ok(reply::success(&context.user(user.uid.as_str())?)?)
}

/// `PUT users/{uid}`.
pub(super) fn update(context: &mut Context<'_>, call: &Call) -> Reply {
    let changes: UserChanges = call.json()?;
    let mut user = context.user(call.id())?;
    if changes.apply(&mut user) {
        context.database.update_user(&user, context.now)?;
    }
    Ok(reply::success(&user)?)
}

/// `GET users/{uid}`.
pub(super) fn show(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let user = context.user_seen_by(call.id(), &session.token.uid)?;
    Ok(reply::success(&user)?)
}

/// `GET users`: all but the user who asks. Nobody has friends here.
pub(super) fn list(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let (viewer, page) = (&session.token.uid, PageRequest::read(call)?);
    if call.flag("friendsOnly") {
        return page.reply(Vec::<User>::new());
    }
    let online = serde_json::to_string(&context.hub.online())?;
    let (uids, but_uids) = match call.parameter("status") {
        Some("available" | "online") => (Some(online), None),
        Some("offline") => (None, Some(online)),
        _ => (None, None),
    };
    let filter = UserFilter {
        search: call.parameter("searchKey").map(str::to_owned),
        roles: call.list("roles").or_else(|| call.list("role")),
        tags: call.list("tags"),
        uids: call.list("uids"),
        online: uids,
        but_uids,
        hide_blocked: call.flag("hideBlockedUsers"),
        descending: call.parameter("sortOrder") == Some("desc"),
        limit: page.per_page,
        offset: page.offset(),
    };
    let mut users = context.database.users(viewer, &filter)?;
    for user in &mut users {
        context.note_status(user);
        context.note_blocks(user, viewer)?;
    }
    page.reply(users)
}

/// A user's fields as a client changes them; what is absent stays.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct UserChanges {
    #[serde(deserialize_with = "lenient::filled_text")]
    name: Option<Arc<str>>,
    #[serde(deserialize_with = "lenient::text")]
    avatar: Option<Arc<str>>,
    #[serde(deserialize_with = "lenient::text")]
    link: Option<Arc<str>>,
    #[serde(deserialize_with = "lenient::text")]
    status_message: Option<Arc<str>>,
    #[serde(deserialize_with = "lenient::filled_text")]
    pub(super) role: Option<Arc<str>>,
    metadata: Option<RawJson>,
    tags: Option<Vec<Arc<str>>>,
}

impl UserChanges {
    /// Changes the user; `false` if there was nothing to change.
    pub(super) fn apply(self, user: &mut User) -> bool {
        let before = user.clone();
        if let Some(name) = self.name {
            user.name = name;
        }
        user.avatar = self.avatar.or(user.avatar.take());
        user.link = self.link.or(user.link.take());
        user.status_message = self.status_message.or(user.status_message.take());
        user.role = self.role.or(user.role.take());
        user.metadata = self.metadata.or(user.metadata.take());
        if let Some(tags) = self.tags {
            user.tags = tags;
        }
        *user != before
    }
}
