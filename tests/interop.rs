//! CometChat's official JavaScript SDK, in headless Chromium, as a client of the local server and beside this crate's
//! own client. `tests/interop/run` installs what that takes and runs these tests.

#[path = "local_server/client.rs"]
#[allow(dead_code, reason = "the server's own tests use the rest")]
mod api;
#[path = "interop/browser.rs"]
mod browser;
#[path = "interop/conversations.rs"]
mod conversations;
#[path = "interop/game.rs"]
mod game;
#[path = "interop/game_and_page.rs"]
mod game_and_page;
#[path = "interop/groups.rs"]
mod groups;
#[path = "interop/history.rs"]
mod history;
#[path = "interop/kept_messages.rs"]
mod kept_messages;
#[path = "interop/media.rs"]
mod media;
#[path = "interop/message_changes.rs"]
mod message_changes;
#[path = "interop/messages.rs"]
mod messages;
#[path = "interop/page.rs"]
mod page;
#[path = "interop/people.rs"]
mod people;
#[path = "interop/receipts.rs"]
mod receipts;
#[path = "interop/reconnect.rs"]
mod reconnect;
#[path = "interop/refusals.rs"]
mod refusals;
#[path = "interop/session.rs"]
mod session;
#[path = "interop/stage.rs"]
mod stage;
#[path = "interop/unchanged_app.rs"]
mod unchanged_app;
#[path = "interop/wire.rs"]
mod wire;
