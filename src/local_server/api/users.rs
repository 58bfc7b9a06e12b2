use hyper::StatusCode;

use super::{
    authentication::Session,
    page::PageRequest,
    request::{Call, Reply},
};
use crate::{
    local_server::{
        database::UserFilter, id, limits::Profile, refusal::Refusal,
        request_context::RequestContext,
    },
    model::{User, UserDetails},
    wire::{error::code, reply},
};

/// `POST users`.
pub(super) fn create(context: &mut RequestContext<'_>, call: &Call) -> Reply {
    let mut user: User = call.json()?;
    user.uid = id::folded(user.uid.as_str()).into();
    id::check("uid", user.uid.as_str())?;
    if user.name.is_empty() {
        user.name = user.uid.as_str().into();
    }
    profile(&user).check()?;
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
pub(super) fn update(context: &mut RequestContext<'_>, call: &Call) -> Reply {
    let details = call.json()?;
    let mut user = context.user(call.id())?;
    if apply(details, &mut user) {
        profile(&user).check()?;
        context.database.update_user(&user, context.now)?;
    }
    Ok(reply::success(&user)?)
}

/// `GET users/{uid}`.
pub(super) fn show(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let user = context.user_seen_by(call.id(), &session.token.uid)?;
    Ok(reply::success(&user)?)
}

/// `GET users`: all but the user who asks. Nobody has friends here.
pub(super) fn list(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (viewer, page) = (&session.token.uid, PageRequest::read(call)?);
    if call.flag("friendsOnly") {
        return page.reply(Vec::<User>::new());
    }
    let connected = || serde_json::to_string(&context.hub.online());
    let first = (call.parameter("sortBy") == Some("status"))
        .then(connected)
        .transpose()?;
    let (online, but_uids) = match call.parameter("status") {
        Some("available" | "online") => (Some(connected()?), None),
        Some("offline") => (None, Some(connected()?)),
        _ => (None, None),
    };
    let searches = |field: &str| {
        let fields = call.parameter("searchIn");
        fields.is_none_or(|fields| fields.split(',').any(|it| it == field))
    };
    let filter = UserFilter {
        search: call.search()?.map(str::to_owned),
        search_uids: searches("uid"),
        search_names: searches("name"),
        roles: call.list("roles")?.or(call.list("role")?),
        tags: call.list("tags")?,
        uids: call.list("uids")?.map(|uids| id::folded(&uids)),
        online,
        but_uids,
        first,
        hide_blocked: call.flag("hideBlockedUsers"),
        descending: call.parameter("sortOrder") == Some("desc"),
        limit: page.per_page,
        offset: page.offset(),
    };
    let mut users = context.database.users(viewer, &filter)?;
    for user in &mut users {
        context.add_status(user);
        context.add_blocks(user, viewer)?;
    }
    page.reply(users)
}

pub(super) fn profile(user: &User) -> Profile<'_> {
    Profile {
        name: &user.name,
        description: user.status_message.as_deref(),
        urls: [user.avatar.as_deref(), user.link.as_deref()],
        metadata: user.metadata.as_ref(),
        tags: &user.tags,
    }
}

/// Changes the user; `false` if there was nothing to change.
pub(super) fn apply(details: UserDetails, user: &mut User) -> bool {
    let before = user.clone();
    if let Some(name) = details.name {
        user.name = name;
    }
    user.avatar = details.avatar.or(user.avatar.take());
    user.link = details.link.or(user.link.take());
    user.status_message = details.status_message.or(user.status_message.take());
    user.role = details.role.or(user.role.take());
    user.metadata = details.metadata.or(user.metadata.take());
    if let Some(tags) = details.tags {
        user.tags = tags;
    }
    *user != before
}
