use std::any::type_name;

use bevy::prelude::{
    App, IntoScheduleConfigs, Message, MessageReader, MessageWriter, Messages, PreUpdate,
    on_message,
};
use tracing::warn;

use super::{CometChatSystems, MessageReceived, receive};
use crate::model::{self, Payload};

/// A message with the game's own data arrived; see [`AddChatPayload`].
#[derive(Message, Clone, Debug, PartialEq)]
pub struct PayloadReceived<P: Payload + Send + Sync + 'static> {
    /// The data.
    pub payload: P,
    /// The message that contains it.
    pub message: model::Message,
}

/// Registers the game's own kinds of messages as types.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct PartyInvite {
///     party: u32,
/// }
///
/// impl Payload for PartyInvite {
///     const KIND: &'static str = "party_invite";
///
///     fn fallback_text(&self) -> String {
///         "You are invited to a party.".into()
///     }
/// }
///
/// fn show_invites(mut invites: MessageReader<PayloadReceived<PartyInvite>>) {
///     for invite in invites.read() {
///         println!("{} invites you to party {}", invite.message.sender.name, invite.payload.party);
///     }
/// }
///
/// let mut app = App::new();
/// app.add_plugins(CometChatPlugin::uninitialized())
///     .add_chat_payload::<PartyInvite>()
///     .add_systems(Update, show_invites);
/// ```
pub trait AddChatPayload {
    /// Writes a [`PayloadReceived<P>`] for each message of the kind [`P::KIND`](Payload::KIND) that arrives, in
    /// [`CometChatSystems::Receive`].
    ///
    /// The message arrives as a [`MessageReceived`], too. If its data is not a `P`, for example because a newer version
    /// of the game sent it, it arrives only as that, and a warning is logged.
    fn add_chat_payload<P: Payload + Send + Sync + 'static>(&mut self) -> &mut Self;
}

impl AddChatPayload for App {
    fn add_chat_payload<P: Payload + Send + Sync + 'static>(&mut self) -> &mut Self {
        if self
            .world()
            .contains_resource::<Messages<PayloadReceived<P>>>()
        {
            return self;
        }
        self.add_message::<MessageReceived>()
            .add_message::<PayloadReceived<P>>()
            .add_systems(
                PreUpdate,
                read_payloads::<P>
                    .in_set(CometChatSystems::Receive)
                    .after(receive::receive)
                    .run_if(on_message::<MessageReceived>),
            )
    }
}

fn read_payloads<P: Payload + Send + Sync + 'static>(
    mut received: MessageReader<MessageReceived>,
    mut payloads: MessageWriter<PayloadReceived<P>>,
) {
    for MessageReceived { message } in received.read() {
        match message.payload::<P>() {
            Some(Ok(payload)) => {
                payloads.write(PayloadReceived {
                    payload,
                    message: message.clone(),
                });
            }
            Some(Err(error)) => warn!(
                "message {} from {:?} is not read as {}: {error}",
                message.id,
                message.sender.uid,
                type_name::<P>(),
            ),
            None => {}
        }
    }
}
