use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    authentication::Session,
    request::{Call, Reply},
    users,
};
use crate::{
    local_server::{
        database::Token, hub::Effect, refusal::Refusal, request_context::RequestContext,
    },
    model::{Secret, Uid, User, UserDetails, lenient},
    wire::{login::AuthToken, reply, settings::SettingsObject},
};

/// `POST users/{uid}/auth_tokens`: logs a user in by the app's auth key.
pub(super) fn create_token(context: &mut RequestContext<'_>, call: &Call) -> Reply {
    let user = context.user(call.id())?;
    let token = context
        .database
        .create_token(user.uid.as_str(), context.now)?;
    Ok(reply::success(&AuthToken {
        uid: token.uid,
        auth_token: token.token,
    })?)
}

/// `GET settings`.
pub(super) fn settings(context: &mut RequestContext<'_>, call: &Call) -> Reply {
    Ok(reply::success(&settings_object(context, call))?)
}

/// `GET me`.
pub(super) fn me(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let user = context.user(session.token.uid.as_str())?;
    let token = fresh_token(context, session)?;
    me_reply(context, call, &token, &user)
}

/// The token, with a JWT that stays valid for some time.
fn fresh_token(context: &RequestContext<'_>, session: &Session) -> Result<Token, Refusal> {
    let mut token = session.token.clone();
    if context.app.is_jwt_old(&token, context.now) {
        context.database.renew_jwt(&mut token, context.now)?;
    }
    Ok(token)
}

/// `PUT me`: logs in by a token, or changes the profile of the user.
pub(super) fn update_me(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let mut details: UserDetails = call.json_or_default()?;
    let mut user = context.user(session.token.uid.as_str())?;
    // Only the app can set the role.
    details.role = None;
    if users::apply(details, &mut user) {
        users::profile(&user).check()?;
        context.database.update_user(&user, context.now)?;
    }
    let token = fresh_token(context, session)?;
    me_reply(context, call, &token, &user)
}

/// `DELETE me`: logs out; the token is invalid from now on.
pub(super) fn log_out(context: &mut RequestContext<'_>, _: &Call, session: &Session) -> Reply {
    let token = &session.token.token;
    context.database.delete_token(token.expose())?;
    context.effects.push(Effect::Revoke(token.clone()));
    Ok(reply::success(&LoggedOut { success: true })?)
}

#[derive(Serialize)]
struct LoggedOut {
    success: bool,
}

/// `POST user_sessions`: telemetry, acknowledged and forgotten.
pub(super) fn create_user_session(_: &mut RequestContext<'_>, call: &Call, _: &Session) -> Reply {
    Ok(reply::success(&call.json_or_default::<UserSession>()?)?)
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct UserSession {
    #[serde(deserialize_with = "lenient::text_or_empty")]
    session_id: Arc<str>,
}

/// `POST ping`, which is for analytics and does nothing. The settings tell clients not to send it.
pub(super) fn analytics_ping(_: &mut RequestContext<'_>, _: &Call, _: &Session) -> Reply {
    Ok(reply::success(&serde_json::Map::new())?)
}

#[derive(Serialize)]
struct Jwt<'a> {
    jwt: &'a Secret,
}

/// `POST me/jwt`.
pub(super) fn refresh_jwt(context: &mut RequestContext<'_>, _: &Call, session: &Session) -> Reply {
    let token = fresh_token(context, session)?;
    Ok(reply::success(&Jwt { jwt: &token.jwt })?)
}

/// The data in every reply of the routes at `me`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Me<'a> {
    #[serde(flatten)]
    user: &'a User,
    auth_token: &'a Secret,
    jwt: &'a Secret,
    ws_channel: WsChannel<'a>,
    settings: SettingsObject,
}

/// Stored and never used by the official SDKs.
#[derive(Serialize)]
struct WsChannel<'a> {
    identity: &'a Uid,
}

fn me_reply(context: &RequestContext<'_>, call: &Call, token: &Token, user: &User) -> Reply {
    Ok(reply::success(&Me {
        user,
        auth_token: &token.token,
        jwt: &token.jwt,
        ws_channel: WsChannel {
            identity: &user.uid,
        },
        settings: settings_object(context, call),
    })?)
}

fn settings_object(context: &RequestContext<'_>, call: &Call) -> SettingsObject {
    let endpoint = context.app.endpoint_as_seen(call.headers.host.as_deref());
    SettingsObject::new(&endpoint.host, endpoint.port, context.now)
}
