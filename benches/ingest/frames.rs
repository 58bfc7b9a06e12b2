//! Realistic `message` frames, encoded once; only numbers of fixed width change from one to the next.

use serde_json::{Value, json};

/// Stands for the number of the message, wherever it shows.
const NUMBER: &str = "#########";
/// Stands for the time of sending, in nanoseconds of the monotonic clock.
const SENT: &str = "@@@@@@@@@@@@@@@@@@@@";
/// The id of the first message.
pub(crate) const FIRST_ID: u64 = 100_000_000;
const USERS: usize = 50;
const TEMPLATES: usize = 500;
const PHRASE: &str =
    "gg wp, meet at the north gate now \u{1f600} — bring potions, we are two short. ";
/// One text in this many needs escapes.
const ESCAPED: usize = 4;

/// Frames that take turns, each ready to be sent once its numbers are filled in.
pub(crate) struct Frames(Vec<Template>);

struct Template {
    bytes: Vec<u8>,
    numbers: Vec<usize>,
    sent: usize,
}

impl Frames {
    /// Frames from a few users, whose objects repeat.
    pub(crate) fn of_few_users(receiver: &str) -> Self {
        Self::with_users(receiver, |index| user(&format!("player-{index:02}"), index))
    }

    /// Frames in which no two user objects are alike.
    pub(crate) fn of_distinct_users(receiver: &str) -> Self {
        Self::with_users(receiver, |index| {
            user(&format!("u{index:02}-{NUMBER}"), index)
        })
    }

    fn with_users(receiver: &str, user: impl Fn(usize) -> Value) -> Self {
        let template = |index| Template::new(&message(receiver, index, &user));
        Self((0..TEMPLATES).map(template).collect())
    }

    /// Appends the frame of message `number`, counted from 0, to `out`.
    pub(crate) fn write(&self, number: u64, sent: u64, out: &mut Vec<u8>) {
        let template = &self.0[number as usize % self.0.len()];
        let start = out.len();
        out.extend_from_slice(&template.bytes);
        let frame = &mut out[start..];
        for at in &template.numbers {
            fill_in(&mut frame[*at..][..NUMBER.len()], FIRST_ID + number);
        }
        fill_in(&mut frame[template.sent..][..SENT.len()], sent);
    }

    /// The sizes of the frames: the smallest, the average, the largest.
    pub(crate) fn sizes(&self) -> (usize, usize, usize) {
        let sizes = || self.0.iter().map(|template| template.bytes.len());
        let average = sizes().sum::<usize>() / self.0.len();
        (
            sizes().min().unwrap_or_default(),
            average,
            sizes().max().unwrap_or_default(),
        )
    }
}

impl Template {
    fn new(message: &Value) -> Self {
        let json = message.to_string();
        let length = u16::try_from(json.len()).expect("a frame is short");
        let mut bytes = vec![0x81, 126];
        bytes.extend(length.to_be_bytes());
        bytes.extend(json.as_bytes());
        let header = bytes.len() - json.len();
        let places = |what| json.match_indices(what).map(move |(at, _)| at + header);
        Self {
            numbers: places(NUMBER).collect(),
            sent: places(SENT)
                .next()
                .expect("every frame tells when it was sent"),
            bytes,
        }
    }
}

fn fill_in(place: &mut [u8], mut number: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn message(receiver: &str, index: usize, user: &impl Fn(usize) -> Value) -> Value {
    let sender = user(index % USERS);
    let addressee = user(USERS);
    let mut text: String = PHRASE.repeat(4).chars().take(index * 7 % 270 + 2).collect();
    if index.is_multiple_of(ESCAPED) {
        text.insert_str(0, "\"ready?\"\n");
    }
    json!({
        "appId": "bench",
        "receiver": receiver,
        "receiverType": "user",
        "deviceId": format!("WEB-4_2_0-5b5e1f2c-3c1f-4d6b-9d6a-{index:012}"),
        "type": "message",
        "sender": sender["uid"],
        "body": {
            "id": NUMBER,
            "muid": format!("5b5e1f2c-3c1f-{NUMBER}"),
            "conversationId": format!("{receiver}_user_player-{:02}", index % USERS),
            "sender": sender["uid"],
            "receiver": receiver,
            "receiverType": "user",
            "category": "message",
            "type": "text",
            "sentAt": 1_795_448_821,
            "data": {
                "text": text,
                "metadata": {"level": 12 + index % 50, "sent": SENT},
                "entities": {
                    "sender": {"entity": sender, "entityType": "user"},
                    "receiver": {"entity": addressee, "entityType": "user"},
                },
            },
        },
    })
}

fn user(uid: &str, index: usize) -> Value {
    let mut user = json!({
        "uid": uid,
        "name": format!("Player {index}"),
        "role": "default",
        "status": "online",
        "lastActiveAt": 1_795_448_820,
    });
    if !index.is_multiple_of(3) {
        user["avatar"] = format!("https://cdn.example.com/{uid}.webp").into();
    }
    user
}
