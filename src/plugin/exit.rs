//! The orderly end. The end of the world is seen by [`RunningDriver`](super::driver::RunningDriver).

use bevy::prelude::ResMut;

use super::CometChat;

pub(super) fn leave(mut chat: ResMut<CometChat>) {
    chat.stop();
}
