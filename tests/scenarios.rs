//! The same scenarios on every shell, with the same events: on the scripted shell in virtual time, and on the native one
//! over real sockets against the local server; `tests/web/run` has them run in a browser too.
//!
//! A scenario is written once, in `scenarios/session.rs`, `scenarios/connection.rs` or `scenarios/messages.rs`. It acts
//! through a `Stage`, of which there is one for each shell.

mod scenarios {
    pub(crate) mod connection;
    mod game;
    pub(crate) mod messages;
    pub(crate) mod native;
    mod proxy;
    pub(crate) mod scripted;
    pub(crate) mod session;
    mod stage;
}

/// Makes a test of every scenario, on every shell.
macro_rules! scenarios {
    ($($topic:ident: $($scenario:ident),+;)+) => {
        mod on_the_scripted_shell {
            use futures_lite::future::block_on;

            use crate::scenarios::scripted::Scripted;

            $($(#[test] fn $scenario() { block_on(crate::scenarios::$topic::$scenario(Scripted::default())) })+)+
        }

        mod on_the_native_shell {
            use futures_lite::future::block_on;

            use crate::scenarios::native::Native;

            $($(#[test] fn $scenario() { block_on(crate::scenarios::$topic::$scenario(Native::default())) })+)+
        }
    };
}

scenarios! {
    session: login, a_refused_login, reopen, logout, another_user, token_renewal, no_token_renewal;
    connection: manual_mode, background_timeout, return_in_time, keep_alive, loss_and_repair;
    messages: recovery, recovery_with_edits, recovery_after_a_restart, what_the_game_had_not_read, send, a_lost_reply, sending_offline;
}
