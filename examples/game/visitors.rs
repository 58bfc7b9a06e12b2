//! Players of other games. They appear when they join the chat of a zone or are first heard there, and disappear when they
//! leave it or go offline. They are where their own game says; without a game, as a bot, they stroll.

use bevy::{platform::collections::HashSet, prelude::*};
use bevy_cometchat::{
    client::{GroupMembersRequest, Page},
    model::{GroupActionKind, GroupMember, UserStatus},
    prelude::*,
};

use crate::{
    cast,
    characters::{Character, CharacterArt},
    conversation::{Hearing, Spoken},
    places::{Remote, Seen},
    village,
    wander::Stroll,
    zone::Zone,
};

const SPOTS: usize = 3;
/// The maximum number of present members that are shown.
const MOST_SEEN: u32 = 20;

/// Their positions, in tiles.
const fn spots(zone: Zone) -> [(f32, f32); SPOTS] {
    match zone {
        Zone::Square => [(11.4, 17.6), (18.9, 18.4), (17.2, 12.8)],
        Zone::Tavern => [(32.6, 15.6), (37.4, 16.0), (39.8, 13.2)],
    }
}

/// The character of another player, and its zone.
#[derive(Component)]
struct Visitor(Zone);

/// Another player is in a zone.
#[derive(Message)]
struct Arrived {
    uid: Uid,
    name: String,
    zone: Zone,
    /// The place in their own game, if that is known.
    spot: Option<Vec2>,
}

pub(crate) fn plugin(app: &mut App) {
    app.add_message::<Arrived>().add_systems(
        Update,
        (
            look_around.run_if(on_message::<GroupJoined>),
            hear.run_if(on_message::<Spoken>),
            see_groups.run_if(on_message::<GroupChanged>),
            see_presence.run_if(on_message::<PresenceChanged>),
            see_places.run_if(on_message::<Seen>),
            welcome.run_if(on_message::<Arrived>),
        )
            .chain()
            .after(Hearing),
    );
}

/// Shows the members that were present before the player.
fn look_around(mut joined: MessageReader<GroupJoined>, chat: Res<CometChat>) {
    for channel in joined.read() {
        let Some(zone) = Zone::by(&channel.group.guid) else {
            continue;
        };
        let present = GroupMembersRequest::of(zone.guid())
            .with_status(UserStatus::Online)
            .with_limit(MOST_SEEN);
        chat.fetch_next(&present.pager()).on_success(
            move |page: In<Page<GroupMember>>, mut arrivals: MessageWriter<Arrived>| {
                arrivals.write_batch(page.items.iter().map(|member| Arrived {
                    uid: member.uid.clone(),
                    name: member.name.to_string(),
                    zone,
                    spot: None,
                }));
            },
        );
    }
}

fn hear(mut spoken: MessageReader<Spoken>, mut arrivals: MessageWriter<Arrived>) {
    for speech in spoken.read() {
        arrivals.write(Arrived {
            uid: speech.uid.clone(),
            name: speech.name.to_string(),
            zone: speech.zone,
            spot: None,
        });
    }
}

fn see_groups(
    mut changes: MessageReader<GroupChanged>,
    mut arrivals: MessageWriter<Arrived>,
    visitors: Query<(Entity, &Character, &Visitor)>,
    mut commands: Commands,
) {
    for change in changes.read() {
        let Some(action) = change.group_action() else {
            continue;
        };
        let Some(zone) = Zone::by(&action.group.guid) else {
            continue;
        };
        let user = &action.on;
        match action.kind {
            GroupActionKind::Joined => {
                arrivals.write(Arrived {
                    uid: user.uid.clone(),
                    name: user.name.to_string(),
                    zone,
                    spot: None,
                });
            }
            GroupActionKind::Left => {
                let leaves = |who: &Character, at: Zone| who.uid == user.uid && at == zone;
                let gone = visitors.iter().filter(|(_, who, at)| leaves(who, at.0));
                gone.for_each(|(entity, ..)| commands.entity(entity).try_despawn());
            }
            _ => {}
        }
    }
}

fn see_presence(
    mut changes: MessageReader<PresenceChanged>,
    visitors: Query<(Entity, &Character), With<Visitor>>,
    mut commands: Commands,
) {
    for change in changes.read().filter(|it| !it.online) {
        let gone = visitors
            .iter()
            .filter(|(_, who)| who.uid == change.user.uid);
        gone.for_each(|(entity, _)| commands.entity(entity).try_despawn());
    }
}

/// Moves the visitors to their places, and welcomes those who are new.
fn see_places(
    mut seen: MessageReader<Seen>,
    mut arrivals: MessageWriter<Arrived>,
    visitors: Query<(Entity, &Character, &Visitor)>,
    mut commands: Commands,
) {
    for player in seen.read() {
        let Some(zone) = Zone::by(&player.group) else {
            continue;
        };
        let spot = player.spot;
        let is_player = |who: &Character, at: Zone| who.uid == player.user && at == zone;
        match visitors.iter().find(|(_, who, at)| is_player(who, at.0)) {
            Some((visitor, ..)) => {
                commands
                    .entity(visitor)
                    .try_insert(Remote { spot })
                    .try_remove::<Stroll>();
            }
            None => {
                arrivals.write(Arrived {
                    uid: player.user.clone(),
                    name: player.name.clone(),
                    zone,
                    spot: Some(spot),
                });
            }
        }
    }
}

fn welcome(
    mut arrivals: MessageReader<Arrived>,
    mut commands: Commands,
    art: Res<CharacterArt>,
    present: Query<(Entity, &Character, Option<&Visitor>)>,
    me: Res<cast::Traveller>,
) {
    let others = arrivals.read().filter(|it| it.uid.as_str() != me.uid);
    let mut arrivals: Vec<_> = others.collect();
    // Who arrives with a place and without one in the same frame stands at the place.
    arrivals.sort_by_key(|it| it.spot.is_none());
    let mut welcomed = HashSet::new();
    for arrival in arrivals {
        let here = present.iter().find(|(_, who, _)| who.uid == arrival.uid);
        let is_here =
            here.is_some_and(|(.., visitor)| visitor.is_none_or(|at| at.0 == arrival.zone));
        if is_here || !welcomed.insert(arrival.uid.clone()) {
            continue;
        }
        if let Some((elsewhere, ..)) = here {
            commands.entity(elsewhere).try_despawn();
        }
        let character = Character {
            uid: arrival.uid.clone(),
            name: arrival.name.clone(),
        };
        let (column, row) = spots(arrival.zone)[present.iter().len() % SPOTS];
        let spot = arrival.spot.unwrap_or(village::tile(column, row));
        let mut visitor = commands.spawn((
            art.character(character, cast::look_of(&arrival.uid), spot),
            Visitor(arrival.zone),
        ));
        if arrival.spot.is_some() {
            visitor.insert(Remote { spot });
        } else {
            visitor.insert(Stroll::new(spot, 26.0));
        }
    }
}
