use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use async_channel::Receiver;

use super::{
    encoded_frame::EncodedFrame,
    send_queue::{Ending, SendQueue},
};
use crate::{
    model::{Secret, Uid},
    wire::{client_frame::PresenceSubscription, envelope::close_code},
};

/// The maximum size of the frames that wait for devices to read them, in bytes. Each frame counts once, for any number
/// of receivers.
const MAX_UNREAD_BYTES: usize = 256 << 20;

/// The connected devices, and the frames on their way to them.
///
/// Only the store's thread attaches and detaches devices and addresses frames, so every device receives frames in the
/// order of the commits that caused them.
#[derive(Default)]
pub(super) struct Hub {
    devices: Mutex<HashMap<Uid, Vec<Arc<Device>>>>,
    next_id: AtomicU64,
    malformed: AtomicU64,
    /// The bytes of all frames that somebody has yet to read.
    unread_bytes: Arc<AtomicUsize>,
}

/// One authenticated socket.
pub(super) struct Device {
    id: u64,
    pub(super) uid: Uid,
    /// The id of its session: the `deviceId` of its frames.
    pub(super) session: String,
    role: Option<Arc<str>>,
    presence: PresenceSubscription,
    token: Secret,
    queue: Arc<SendQueue>,
}

/// An effect of a request, which happens after its commit.
pub(super) enum Effect {
    /// A device authenticated: it gets `accepted`, and subscribers get `online` if it is the user's first device.
    Attach {
        device: Arc<Device>,
        accepted: EncodedFrame,
        online: EncodedFrame,
    },
    /// A device is gone: subscribers get `offline` if it was the user's last device.
    Detach {
        device: Arc<Device>,
        offline: EncodedFrame,
    },
    /// A frame for all devices of `to`, except the one that caused it.
    Publish {
        to: Vec<Uid>,
        cause: DeviceKey,
        frame: EncodedFrame,
    },
    /// A token was revoked, and the sockets that it opened are closed.
    Revoke(Secret),
}

/// Identifies a device of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeviceKey {
    pub(super) uid: Uid,
    pub(super) session: String,
}

impl Hub {
    /// A device that is yet to be attached.
    pub(super) fn device(
        &self,
        key: DeviceKey,
        role: Option<Arc<str>>,
        presence: PresenceSubscription,
        token: Secret,
        queue: Arc<SendQueue>,
    ) -> Arc<Device> {
        Arc::new(Device {
            id: self.next_id.fetch_add(1, Ordering::Relaxed),
            uid: key.uid,
            session: key.session,
            role,
            presence,
            token,
            queue,
        })
    }

    /// Whether the user has a device connected.
    pub(super) fn is_online(&self, uid: &Uid) -> bool {
        self.devices().contains_key(uid)
    }

    /// Everybody who has a device connected.
    pub(super) fn online(&self) -> HashSet<Uid> {
        self.devices().keys().cloned().collect()
    }

    /// Counts a malformed frame. Returns their number so far.
    pub(super) fn count_malformed(&self) -> u64 {
        self.malformed.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn perform(&self, effect: Effect) {
        match effect {
            Effect::Attach {
                device,
                accepted,
                online,
            } => self.attach(device, accepted, &online),
            Effect::Detach { device, offline } => self.detach(&device, &offline),
            Effect::Publish { to, cause, frame } => self.publish(&to, &cause, &frame),
            Effect::Revoke(token) => self.revoke(&token),
        }
    }

    fn attach(&self, device: Arc<Device>, accepted: EncodedFrame, online: &EncodedFrame) {
        let mut devices = self.devices();
        device.queue.push(accepted, false);
        if !devices.contains_key(&device.uid) {
            self.announce(&devices, &device, online);
        }
        devices.entry(device.uid.clone()).or_default().push(device);
    }

    fn detach(&self, device: &Device, offline: &EncodedFrame) {
        let mut devices = self.devices();
        let Some(of_user) = devices.get_mut(&device.uid) else {
            return;
        };
        of_user.retain(|other| other.id != device.id);
        if of_user.is_empty() {
            devices.remove(&device.uid);
            self.announce(&devices, device, offline);
        }
    }

    fn publish(&self, to: &[Uid], cause: &DeviceKey, frame: &EncodedFrame) {
        let devices = self.devices();
        let frame = frame.clone().counted_in(&self.unread_bytes);
        for device in to.iter().filter_map(|uid| devices.get(uid)).flatten() {
            let is_cause = device.uid == cause.uid && device.session == cause.session;
            if !is_cause {
                self.push(device, cause, &frame);
            }
        }
    }

    /// Sends a frame that the device `cause` caused to another.
    fn push(&self, device: &Device, cause: &DeviceKey, frame: &EncodedFrame) {
        let short_of_memory = self.unread_bytes.load(Ordering::Relaxed) > MAX_UNREAD_BYTES;
        // Clients drop frames with their own device id. Another user who claims that id must not suppress frames with
        // it.
        let frame = if device.session == cause.session && device.uid != cause.uid {
            let other = format!("{}:{}", cause.uid, cause.session);
            frame.with_device(other).unwrap_or_else(|| frame.clone())
        } else {
            frame.clone()
        };
        device.queue.push(frame, short_of_memory);
    }

    /// Sends the presence of the user of `device` to all subscribers.
    fn announce(
        &self,
        devices: &HashMap<Uid, Vec<Arc<Device>>>,
        device: &Device,
        frame: &EncodedFrame,
    ) {
        let (cause, frame) = (device.key(), frame.clone().counted_in(&self.unread_bytes));
        for other in devices.values().flatten() {
            if other.uid != device.uid && other.wants_presence_of(device.role.as_deref()) {
                self.push(other, &cause, &frame);
            }
        }
    }

    /// The ends of the connections that a token opened.
    pub(super) fn closed_connections(&self, token: &Secret) -> Vec<Receiver<Infallible>> {
        let devices = self.devices();
        let opened = devices.values().flatten().filter(|it| it.token == *token);
        opened.map(|device| device.queue.closed()).collect()
    }

    fn revoke(&self, token: &Secret) {
        for device in self.devices().values().flatten() {
            if device.token == *token {
                device.queue.end(Ending::Close {
                    code: close_code::LOGGED_OUT,
                    reason: "logged out",
                });
            }
        }
    }

    fn devices(&self) -> MutexGuard<'_, HashMap<Uid, Vec<Arc<Device>>>> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Device {
    fn wants_presence_of(&self, role: Option<&str>) -> bool {
        match &self.presence {
            PresenceSubscription::Nobody => false,
            PresenceSubscription::AllUsers => true,
            PresenceSubscription::Roles(roles) => {
                role.is_some_and(|role| roles.iter().any(|wanted| wanted == role))
            }
        }
    }

    pub(super) fn key(&self) -> DeviceKey {
        DeviceKey {
            uid: self.uid.clone(),
            session: self.session.clone(),
        }
    }

    /// Sends a frame that the device requested. It has no order relative to other frames.
    pub(super) fn answer(&self, frame: EncodedFrame) {
        self.queue.answer(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connect(
        hub: &Hub,
        uid: &str,
        session: &str,
        presence: PresenceSubscription,
    ) -> Arc<SendQueue> {
        let queue = Arc::<SendQueue>::default();
        let key = DeviceKey {
            uid: uid.into(),
            session: session.to_owned(),
        };
        let role = Some("default".into());
        let device = hub.device(key, role, presence, uid.into(), queue.clone());
        hub.perform(Effect::Attach {
            device,
            accepted: frame("accepted"),
            online: frame(&format!("{uid} online")),
        });
        queue
    }

    fn frame(text: &str) -> EncodedFrame {
        text.to_owned().into()
    }

    #[track_caller]
    fn assert_got<const N: usize>(queue: &SendQueue, texts: [&str; N]) {
        assert_eq!(queue.taken(), Ok(texts.map(frame).to_vec()));
    }

    fn publish(hub: &Hub, to: &[&str], cause: (&str, &str), text: &str) {
        hub.perform(Effect::Publish {
            to: to.iter().map(|uid| Uid::from(*uid)).collect(),
            cause: DeviceKey {
                uid: cause.0.into(),
                session: cause.1.to_owned(),
            },
            frame: frame(text),
        });
    }

    #[test]
    fn a_frame_reaches_all_devices_but_the_one_that_caused_it() {
        let hub = Hub::default();
        let here = connect(&hub, "alice", "1", PresenceSubscription::Nobody);
        let there = connect(&hub, "alice", "2", PresenceSubscription::Nobody);
        let bob = connect(&hub, "bob", "1", PresenceSubscription::Nobody);
        let carol = connect(&hub, "carol", "1", PresenceSubscription::Nobody);

        publish(&hub, &["alice", "bob"], ("alice", "1"), "hi");

        assert_got(&here, ["accepted"]);
        assert_got(&there, ["accepted", "hi"]);
        assert_got(&bob, ["accepted", "hi"]);
        assert_got(&carol, ["accepted"]);
    }

    #[test]
    fn presence_is_told_of_the_first_and_the_last_device_to_who_asked() {
        let hub = Hub::default();
        let all = connect(&hub, "all", "1", PresenceSubscription::AllUsers);
        let knights = PresenceSubscription::Roles(vec!["knight".to_owned()]);
        let knights = connect(&hub, "knights", "1", knights);
        let nobody = connect(&hub, "nobody", "1", PresenceSubscription::Nobody);
        let _first = connect(&hub, "alice", "1", PresenceSubscription::AllUsers);
        let _second = connect(&hub, "alice", "2", PresenceSubscription::AllUsers);

        assert_got(
            &all,
            [
                "accepted",
                "knights online",
                "nobody online",
                "alice online",
            ],
        );
        let of_alice = hub.devices()["alice"].clone();
        for (device, online_after) in of_alice.into_iter().zip([true, false]) {
            hub.perform(Effect::Detach {
                device,
                offline: frame("alice offline"),
            });
            assert_eq!(hub.is_online(&"alice".into()), online_after);
        }
        assert_got(&all, ["alice offline"]);
        assert_got(&knights, ["accepted"]);
        assert_got(&nobody, ["accepted"]);
    }

    #[test]
    fn a_revoked_token_ends_its_sockets_only() {
        let hub = Hub::default();
        let alice = connect(&hub, "alice", "1", PresenceSubscription::Nobody);
        let bob = connect(&hub, "bob", "1", PresenceSubscription::Nobody);
        hub.perform(Effect::Revoke("alice".into()));
        assert!(matches!(
            alice.taken(),
            Err(Ending::Close { code: 4002, .. })
        ));
        assert_got(&bob, ["accepted"]);
    }
}
