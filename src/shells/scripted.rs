//! The scripted shell: a timeline in virtual time, with a scripted server and network.

mod groups;
mod log;
mod message;
mod server;
mod shell;
mod timeline;

pub use message::{conversation_of, text_message};
pub(crate) use server::{Fate, OnConnect, named_after_uid};
pub(crate) use shell::{Script, has_frame};
