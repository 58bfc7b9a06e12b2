//! Players of other games: they are in the village from when they are first heard. Where they walk in their own game
//! the chat does not tell.

use bevy::{platform::collections::HashSet, prelude::*};
use bevy_cometchat::prelude::Uid;

use crate::{
    cast,
    characters::{Character, CharacterArt},
    conversation::Spoken,
    village,
    wander::Stroll,
    zones::Zone,
};

const SPOTS: usize = 3;

/// Where they stand, in tiles.
const fn spots(zone: Zone) -> [(f32, f32); SPOTS] {
    match zone {
        Zone::Square => [(11.4, 17.6), (18.9, 18.4), (17.2, 12.8)],
        Zone::Tavern => [(32.6, 15.6), (37.4, 16.0), (39.8, 13.2)],
    }
}

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Update, welcome.run_if(on_message::<Spoken>));
}

fn welcome(
    mut spoken: MessageReader<Spoken>,
    mut commands: Commands,
    art: Res<CharacterArt>,
    present: Query<&Character>,
) {
    let mut known: HashSet<Uid> = present.iter().map(|it| it.uid.clone()).collect();
    for speech in spoken.read() {
        if !known.insert(speech.uid.clone()) {
            continue;
        }
        let character = Character {
            uid: speech.uid.clone(),
            name: speech.name.to_string(),
        };
        let (column, row) = spots(speech.zone)[known.len() % SPOTS];
        let spot = village::tile(column, row);
        let look = cast::look_of(&speech.uid);
        commands.spawn((
            art.character(character, look, spot),
            Stroll::new(spot, 26.0),
        ));
    }
}
