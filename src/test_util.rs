//! For headless tests of a game: [`ScriptedChat`] is a scripted connection in virtual time, and [`NetworkSimulator`] a
//! bad network on real sockets.
//!
//! # A scripted connection
//!
//! The real client, without a thread, a socket or a clock. 30 s pass in no time. Every login,
//! connection and message is accepted unless the script says otherwise.
//!
//! ```
//! use std::time::Duration;
//! use bevy::prelude::*;
//! use bevy_cometchat::{prelude::*, test_util::ScriptedChat};
//!
//! #[derive(Resource, Default)]
//! struct ChatLog(Vec<String>);
//!
//! fn keep_log(mut received: MessageReader<MessageReceived>, mut log: ResMut<ChatLog>) {
//!     for message in received.read() {
//!         log.0.extend(message.text().map(String::from));
//!     }
//! }
//!
//! let script = ScriptedChat::new();
//! let mut app = App::new();
//! app.add_plugins((MinimalPlugins, script.plugin("app", AppSettings::default())))
//!     .init_resource::<ChatLog>()
//!     .add_systems(Startup, |chat: Res<CometChat>| {
//!         chat.login(AuthKey::new("alice", "key"));
//!     })
//!     .add_systems(Update, keep_log);
//!
//! script.advance(&mut app, Duration::from_secs(1));
//! script.receive_text("bob", "hello");
//! script.advance(&mut app, Duration::from_secs(1));
//! assert_eq!(app.world().resource::<ChatLog>().0, ["hello"]);
//!
//! // The server breaks the connection; the client repairs it.
//! script.drop_connection(Cause::ConnectionLost);
//! script.advance(&mut app, Duration::from_secs(2));
//! assert_eq!(script.attempts(), 2);
//! assert!(script.is_connected());
//! ```

mod backend;
// It has real sockets.
#[cfg(not(target_family = "wasm"))]
mod network_simulator;
mod scripted_chat;

pub use crate::shells::scripted::{conversation_of, text_message};
#[cfg(not(target_family = "wasm"))]
pub use network_simulator::{NetworkCondition, NetworkSimulator};
pub use scripted_chat::ScriptedChat;
