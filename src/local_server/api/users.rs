use hyper::StatusCode;

use super::{Call, Reply, Session};
use crate::{
    local_server::{context::Context, id, refusal::Refusal},
    model::User,
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

/// `GET users/{uid}`.
pub(super) fn show(context: &mut Context<'_>, call: &Call, _: &Session) -> Reply {
    Ok(reply::success(&context.user(call.id())?)?)
}
