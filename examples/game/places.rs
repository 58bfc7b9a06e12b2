//! Where the players of other games stand: each game sends the place of its own player to the chat of the zone, and shows
//! the others at theirs. A place is a transient message: it is neither stored nor sent later.

use std::time::Duration;

use bevy::{prelude::*, time::common_conditions::on_timer};
use bevy_cometchat::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    characters::{Gait, Walking},
    player::{self, Player},
    village,
};

/// The shortest time between two places of a player who walks.
const INTERVAL: Duration = Duration::from_millis(250);
/// The distance from which on a character appears at its place instead of walking there, in world units.
const FAR: f32 = 160.0;
/// The distance at which a place is reached.
const REACHED: f32 = 2.0;

/// The place of a player, in world units.
#[derive(Serialize, Deserialize, Clone, Copy)]
struct Place {
    x: f32,
    y: f32,
}

impl Place {
    /// The nearest spot in the village. `None` if the place is no number.
    fn spot(self) -> Option<Vec2> {
        let spot = Vec2::new(self.x, self.y);
        let bounds = village::bounds();
        spot.is_finite().then(|| spot.clamp(bounds.min, bounds.max))
    }
}

/// The player of another game stands somewhere.
#[derive(Message, Clone)]
pub(crate) struct Seen {
    pub(crate) user: Uid,
    pub(crate) name: String,
    pub(crate) group: Guid,
    pub(crate) spot: Vec2,
}

/// The place that the other games know; `None` where some may not know it.
#[derive(Resource, Default)]
struct Known(Option<Vec2>);

/// Walks to where another game says that its player is.
#[derive(Component)]
pub(crate) struct Remote {
    pub(crate) spot: Vec2,
}

impl Remote {
    pub(crate) fn is_reached(&self, transform: &Transform) -> bool {
        self.spot.distance(transform.translation.xy()) < REACHED
    }
}

pub(crate) fn plugin(app: &mut App) {
    app.add_message::<Seen>()
        .init_resource::<Known>()
        .add_systems(
            Update,
            (
                tell_newcomers.run_if(
                    on_message::<GroupChanged>
                        .or_else(on_message::<PresenceChanged>)
                        .or_else(on_message::<GroupJoined>),
                ),
                send_place.run_if(on_timer(INTERVAL).and_then(chat_connected)),
                receive_places.run_if(on_message::<TransientReceived>),
                walk.before(Walking),
            ),
        );
}

/// Whoever has just come knows no place.
fn tell_newcomers(mut known: ResMut<Known>) {
    known.0 = None;
}

fn send_place(
    chat: Res<CometChat>,
    groups: Res<CurrentGroups>,
    player: Single<&Transform, With<Player>>,
    mut known: ResMut<Known>,
) -> Result {
    let spot = player.translation.xy();
    if known.0.is_some_and(|known| known.distance(spot) < 1.0) {
        return Ok(());
    }
    known.0 = Some(spot);
    let place = Place {
        x: spot.x,
        y: spot.y,
    };
    for group in groups.iter() {
        let message = TransientMessage::new(group.guid.clone(), &place)?;
        chat.send_transient_message(message).ignore_errors();
    }
    Ok(())
}

fn receive_places(mut received: MessageReader<TransientReceived>, mut seen: MessageWriter<Seen>) {
    for event in received.read() {
        let place = event.data.parse::<Place>().ok();
        let spot = place.and_then(Place::spot);
        if let (Some(spot), ReceiverId::Group(group)) = (spot, &event.receiver) {
            seen.write(Seen {
                user: event.user.uid.clone(),
                name: event.user.name.to_string(),
                group: group.clone(),
                spot,
            });
        }
    }
}

fn walk(mut remotes: Query<(&Remote, &mut Transform, &mut Gait)>) {
    for (remote, mut transform, mut gait) in &mut remotes {
        let way = remote.spot - transform.translation.xy();
        if way.length() > FAR {
            transform.translation = remote.spot.extend(village::depth(remote.spot.y));
        }
        gait.velocity = match way.length() {
            REACHED..FAR => way.normalize() * player::SPEED,
            _ => Vec2::ZERO,
        };
    }
}
