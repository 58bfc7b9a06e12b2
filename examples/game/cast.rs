//! The app on the village's own server and its users, with the villagers' lines: plain data.

use bevy::prelude::Resource;
use bevy_cometchat::prelude::Uid;

use crate::zone::Zone;

/// The app on the village's own server, and its auth key. With the key anybody can log in as any user, which is fine on one
/// machine.
pub(crate) const APP_ID: &str = "village";
pub(crate) const AUTH_KEY: &str = "village-key";

/// A character that the game plays.
pub(crate) struct Role {
    pub(crate) uid: &'static str,
    pub(crate) name: &'static str,
    /// The row of the character sheet.
    pub(crate) look: usize,
    pub(crate) zone: Zone,
    /// The position, in tiles.
    pub(crate) home: (f32, f32),
    /// The radius in which they walk about, in world units.
    pub(crate) roams: f32,
    /// The lines with which they break a silence, in turn.
    small_talk: &'static [&'static str],
    /// Replies to certain words. The first match is used.
    answers: &'static [(&'static [&'static str], &'static str)],
    /// Replies to everything else, in turn.
    otherwise: &'static [&'static str],
    /// The items that they sell.
    pub(crate) ware: Option<Ware>,
}

/// An item for sale.
pub(crate) struct Ware {
    pub(crate) name: &'static str,
    /// The description.
    pub(crate) look: &'static str,
    /// The words with which a player asks for the item.
    asked_by: &'static [&'static str],
}

impl Ware {
    pub(crate) fn is_wanted_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.asked_by.iter().any(|word| text.contains(word))
    }
}

impl Role {
    /// The line with which they break the `turn`-th silence.
    pub(crate) fn small_talk(&self, turn: usize) -> &'static str {
        self.small_talk[turn % self.small_talk.len()]
    }

    /// The reply to `text`.
    pub(crate) fn answer(&self, text: &str, turn: usize) -> &'static str {
        let text = text.to_lowercase();
        self.answers
            .iter()
            .find(|(words, _)| words.iter().any(|word| text.contains(word)))
            .map_or(
                self.otherwise[turn % self.otherwise.len()],
                |(_, answer)| answer,
            )
    }

    /// Whether `text` contains their name.
    pub(crate) fn is_named_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.name.to_lowercase())
    }
}

pub(crate) const CAST: [Role; 5] = [
    Role {
        uid: "mira",
        name: "Mira",
        look: 1,
        zone: Zone::Square,
        home: (9.9, 13.5),
        roams: 0.0,
        small_talk: &[
            "Honey rolls! Still warm, still sticky 🥐",
            "Otis, that was my last loaf you fed to the ducks.",
            "If the fountain sparkles, it'll be a good day. It always sparkles.",
            "Two coppers a roll, three if you want my secret. It's butter.",
        ],
        answers: &[
            (
                &["hello", "hi", "hey", "morning", "evening"],
                "Hello, dear! You look like you need a honey roll.",
            ),
            (
                &["bread", "roll", "hungry", "food", "eat", "cake"],
                "Sit down, eat, then talk. One honey roll, on the house 🍯",
            ),
            (
                &["price", "cost", "buy", "gold", "coin"],
                "Two coppers. For you: two coppers and a smile.",
            ),
            (&["thank"], "Oh, go on. Take another for the road."),
            (
                &["bye"],
                "Mind the cobbles, they are slippery near the fountain!",
            ),
        ],
        otherwise: &[
            "Is that so? Tell me over a roll.",
            "You sound just like Bram, and he's been up since four.",
            "Ha! I'll have that embroidered on my apron.",
        ],
        ware: Some(Ware {
            name: "Rusty Key",
            look: "It was baked into a honey roll. It fits no door in the village, so far.",
            asked_by: &["buy", "sell", "gold", "coin", "price", "key"],
        }),
    },
    Role {
        uid: "otis",
        name: "Otis",
        look: 2,
        zone: Zone::Square,
        home: (11.3, 23.4),
        roams: 10.0,
        small_talk: &[
            "Shh. I nearly had him. Big as a barn door.",
            "The ducks paid for that loaf with their attention, Mira.",
            "Forty years I've fished this pond. It has never had a fish 🐟",
            "Wind's turning. My left knee says rain, my right knee says soup.",
        ],
        answers: &[
            (
                &["fish", "catch", "pond"],
                "One fish in there. Named him Admiral. We respect each other.",
            ),
            (
                &["hello", "hi", "hey"],
                "Ahoy. Keep your voice down, the Admiral is listening.",
            ),
            (
                &["weather", "rain", "sun"],
                "Both knees agree for once. Bring a coat.",
            ),
            (&["bye"], "Fair winds."),
        ],
        otherwise: &[
            "Hm. The fish would say the same.",
            "Aye.",
            "I'll think about that for forty years.",
        ],
        ware: None,
    },
    Role {
        uid: "juniper",
        name: "Juniper",
        look: 3,
        zone: Zone::Square,
        home: (18.6, 15.8),
        roams: 44.0,
        small_talk: &[
            "Found moon-mint behind the blue house! Nobody step on it 🌿",
            "Does anyone else hear the lanterns hum?",
            "A tea for courage, a tea for sleep. Don't mix them. Ask me how I know.",
            "Lyra is singing in the tavern tonight, go and listen!",
        ],
        answers: &[
            (
                &["hello", "hi", "hey"],
                "Hi hi! Watch your feet, there's thyme growing between the stones.",
            ),
            (
                &["sick", "heal", "herb", "tea", "potion"],
                "Ginger, honey, a leaf of moon-mint. Works on everything but love.",
            ),
            (
                &["quest", "help", "task"],
                "Bring me three red petals from the rose bush, and I'll owe you a tea 🌹",
            ),
            (
                &["where", "tavern"],
                "The tavern? Purple roof, east road. You can't miss it.",
            ),
            (&["bye"], "Grow well!"),
        ],
        otherwise: &[
            "Ooh, I'll write that in my herbarium.",
            "The moss agrees with you. It rarely does.",
            "Funny, the fountain said that yesterday ✨",
        ],
        ware: None,
    },
    Role {
        uid: "bram",
        name: "Bram",
        look: 4,
        zone: Zone::Tavern,
        home: (33.2, 12.3),
        roams: 0.0,
        small_talk: &[
            "Stew's on. Don't ask what's in it, ask how it is.",
            "Whoever carved a heart into table two: that's sweet. Also, four coppers.",
            "Play the one about the dragon, Lyra!",
            "Wipe your boots. I saw that.",
        ],
        answers: &[
            (
                &["hello", "hi", "hey", "evening"],
                "Welcome to the Gilded Mug! Boots off the bench.",
            ),
            (
                &["ale", "beer", "drink", "mug", "cider"],
                "One ale, more foam than sense 🍺",
            ),
            (
                &["stew", "food", "hungry", "eat"],
                "A bowl of stew coming up. It's brown. It's good.",
            ),
            (
                &["room", "sleep", "bed"],
                "Top of the stairs, mind the cat. It's her room really.",
            ),
            (&["bye"], "Door's always open. It's broken."),
        ],
        otherwise: &[
            "I've polished this mug so often it's a shot glass.",
            "Ha! Put that on the slate.",
            "You don't say. Go on, though.",
        ],
        ware: Some(Ware {
            name: "Bottomless Mug",
            look: "The bottom fell out years ago. It leaks.",
            asked_by: &["buy", "sell", "gold", "coin", "price", "mug"],
        }),
    },
    Role {
        uid: "lyra",
        name: "Lyra",
        look: 5,
        zone: Zone::Tavern,
        home: (36.9, 13.8),
        roams: 8.0,
        small_talk: &[
            "♪ Oh the fountain runs silver, the lanterns run gold… ♪",
            "The one about the dragon has forty verses, Bram. Do you have forty ales?",
            "♪ …and the baker's the bravest of all, so I'm told ♪",
            "I rhymed 'village' with 'spillage' and I'd do it again.",
        ],
        answers: &[
            (
                &["hello", "hi", "hey"],
                "A new listener! Sit close, the best verses are quiet.",
            ),
            (
                &["song", "sing", "music", "play"],
                "♪ A stranger came in from the evening air, with a song in the heart and leaves in the hair ♪",
            ),
            (
                &["dragon"],
                "She wasn't slain, you know. She moved to the coast. Lovely garden.",
            ),
            (&["bye"], "Every ending is a refrain."),
        ],
        otherwise: &[
            "That scans! May I use it?",
            "Hmm, what rhymes with that…",
            "You have a voice for ballads.",
        ],
        ware: None,
    },
];

/// A character that a player plays.
#[derive(Resource, Clone, Copy)]
pub(crate) struct Traveller {
    pub(crate) uid: &'static str,
    pub(crate) name: &'static str,
    pub(crate) look: usize,
}

/// By default, the first game plays the first one, and a game that joins it the second.
pub(crate) const TRAVELLERS: [Traveller; 4] = [
    Traveller {
        uid: "robin",
        name: "Robin",
        look: 0,
    },
    Traveller {
        uid: "wren",
        name: "Wren",
        look: 6,
    },
    Traveller {
        uid: "finch",
        name: "Finch",
        look: 7,
    },
    Traveller {
        uid: "sparrow",
        name: "Sparrow",
        look: 8,
    },
];

/// The appearance of a user of whom only the uid is known. It is the same in every game.
pub(crate) fn look_of(uid: &Uid) -> usize {
    let own = TRAVELLERS.iter().find(|it| uid.as_str() == it.uid);
    let any =
        || TRAVELLERS[uid.as_str().bytes().map(usize::from).sum::<usize>() % TRAVELLERS.len()].look;
    own.map_or_else(any, |it| it.look)
}
