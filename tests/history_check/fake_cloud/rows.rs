use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::{Fault, Faults, http::Message, list::List};
use crate::history_check::history::NOISE;

/// Stands for half of a surrogate pair, which is no `char`, until the JSON is written.
const HALF: &str = "\u{E000}";
/// How far the clock jumps at most.
const JUMP: u64 = 10;
const TIMES: [&str; 4] = ["sentAt", "updatedAt", "editedAt", "deletedAt"];

/// How the cloud shows messages.
pub(super) struct Rows {
    seed: u64,
    faults: Faults,
}

/// The id of a message in its row.
pub(super) fn id(row: &Value) -> Option<u64> {
    match &row["id"] {
        Value::String(id) => id.parse().ok(),
        id => id.as_u64(),
    }
}

/// The JSON as it is sent.
pub(super) fn written(json: &Value) -> String {
    json.to_string().replace(HALF, r"\ud800")
}

impl Rows {
    pub(super) fn new(seed: u64, faults: Faults) -> Self {
        Self { seed, faults }
    }

    /// Whether messages of the noisy user are shown as something else.
    pub(super) fn shows_noise(&self) -> bool {
        !self.noises().is_empty()
    }

    fn noises(&self) -> Vec<Fault> {
        let noises = [Fault::Unreadable, Fault::Actions, Fault::Calls];
        noises
            .into_iter()
            .filter(|it| self.faults.has(*it))
            .collect()
    }

    /// A reply of the server's, as the cloud gives it.
    pub(super) fn reply(&self, request: &Message, mut reply: Message, rng: &mut Rng) -> Message {
        let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else {
            return reply;
        };
        match (&mut body["data"], List::of(request)) {
            (Value::Array(rows), Some(_)) => {
                let is_known =
                    |row: &&Value| row["editedAt"].is_u64() && row["deletedAt"].is_null();
                let known = rows.iter().find(is_known).cloned();
                for row in rows.iter_mut() {
                    self.show(row, known.as_ref(), rng);
                }
                if self.faults.has(Fault::Pages) {
                    self.faults.count(Fault::Pages);
                    body["meta"]["pagination"] = json!({"current_page": 1, "total_pages": 1});
                }
                if self.faults.does(Fault::Shapes, rng, 4) {
                    disguise_list(&mut body["data"]);
                }
            }
            (Value::Object(_), None) => self.show(&mut body["data"], None, rng),
            _ => {}
        }
        reply.body = written(&body).into();
        reply
    }

    /// Changes a row into what the cloud shows in its place. `known` is the row of a message
    /// that was edited.
    pub(super) fn show(&self, row: &mut Value, known: Option<&Value>, rng: &mut Rng) {
        if row["sender"] == NOISE {
            return self.show_noise(row, known, rng);
        }
        if !row["category"].is_string() {
            if self.faults.does(Fault::Shapes, rng, 2) {
                disfigure_profile(row, rng);
            }
            return;
        }
        self.shift(row);
        if self.faults.does(Fault::Receipts, rng, 2) {
            let receipts = [
                json!({"data": [{"deliveredAt": 5}, {"readAt": "7"}, null]}),
                json!([{"readAt": 7}]),
                json!({"deliveredAt": 5}),
                json!(""),
            ];
            row["receipts"] = rng.choice(receipts).unwrap_or_default();
        }
        if self.faults.does(Fault::Shapes, rng, 2) {
            let on = &mut row["data"]["entities"]["on"]["entity"];
            if on["category"].is_string() {
                disfigure(on, rng);
            } else if on.is_null() {
                remove(&mut row["data"]["entities"], "on");
            }
            disfigure(row, rng);
        }
    }

    fn show_noise(&self, row: &mut Value, known: Option<&Value>, rng: &mut Rng) {
        let Some((id, Some(noise))) = id(row).map(|id| {
            let noises = self.noises();
            (id, noises.get(id as usize % noises.len().max(1)).copied())
        }) else {
            return;
        };
        self.faults.count(noise);
        match noise {
            Fault::Unreadable => match rng.u32(..6) {
                0 => row["data"] = Value::Null,
                1 => row["data"] = json!(7),
                2 => *row = json!({"id": id, "category": {}, "data": {"text": {}}}),
                3 => {
                    row["category"] = "message".into();
                    row["type"] = "text".into();
                    row["data"] = json!({"text": {}});
                }
                4 => *row = json!({"id": id.to_string(), "data": {"text": HALF}}),
                _ => row["receiverType"] = "planet".into(),
            },
            Fault::Calls => {
                row["category"] = "call".into();
                row["type"] = rng.choice(["audio", "video"]).into();
                row["data"]["action"] = rng.choice(["initiated", "ongoing", "ended"]).into();
            }
            _ => {
                row["category"] = "action".into();
                row["type"] = rng.choice(["message", "groupMember"]).into();
                row["data"]["action"] = rng.choice(["pinned", "edited", "flown", ""]).into();
                let entities = &mut row["data"]["entities"];
                entities["by"] = entities["sender"].clone();
                entities["for"] = entities["receiver"].clone();
                if let Some(known) = known.filter(|_| self.faults.does(Fault::Again, rng, 2)) {
                    let mut on = known.clone();
                    self.shift(&mut on);
                    row["type"] = "message".into();
                    row["data"]["action"] = "edited".into();
                    let entities = &mut row["data"]["entities"];
                    entities["on"] = json!({"entityType": "message", "entity": on});
                }
            }
        }
    }

    /// The times in a message, by the cloud's clock.
    fn shift(&self, json: &mut Value) {
        if !self.faults.has(Fault::Clock) {
            return;
        }
        match json {
            Value::Object(members) => {
                for (name, value) in members {
                    match value.as_u64().filter(|_| TIMES.contains(&name.as_str())) {
                        Some(time) => *value = self.by_clock(time).into(),
                        None => self.shift(value),
                    }
                }
            }
            Value::Array(elements) => elements.iter_mut().for_each(|it| self.shift(it)),
            _ => {}
        }
    }

    /// What the cloud's clock showed when the server's showed this.
    fn by_clock(&self, time: u64) -> u64 {
        if time == 0 || !self.faults.has(Fault::Clock) {
            return time;
        }
        let mut rng = Rng::with_seed(self.seed ^ (time / 3));
        self.faults.count(Fault::Clock);
        time + rng.u64(..=JUMP)
    }

    /// The time by the server's clock before which the cloud's can't have shown this.
    pub(super) fn earliest(&self, since: u64) -> u64 {
        if self.faults.has(Fault::Clock) {
            since.saturating_sub(JUMP)
        } else {
            since
        }
    }

    /// Whether a message, as the server has it, changed since a time by the cloud's clock.
    pub(super) fn is_since(&self, row: &Value, since: u64) -> bool {
        let changed = row["updatedAt"].as_u64();
        changed.is_none_or(|changed| self.by_clock(changed) >= since)
    }
}

/// What PHP makes of a list of none or one, or with gaps.
fn disguise_list(list: &mut Value) {
    let Value::Array(rows) = list else { return };
    *list = match rows.len() {
        0 => Value::Null,
        1 => rows.remove(0),
        _ => {
            let rows = rows.drain(..).enumerate();
            Value::Object(rows.map(|(at, row)| (at.to_string(), row)).collect())
        }
    };
}

/// Gives a message types that nobody promised, takes what may be missing, and adds what nobody knows.
fn disfigure(row: &mut Value, rng: &mut Rng) {
    let is_action = row["category"] == "action";
    if rng.bool() {
        swap_number(&mut row["id"]);
    }
    if rng.bool() {
        swap_number(&mut row["muid"]);
    }
    for time in TIMES {
        match &mut row[time] {
            Value::Null if rng.bool() => remove(row, time),
            missing @ Value::Null => {
                let nothing = [json!(null), json!(0), json!("0"), json!(""), json!([])];
                *missing = rng.choice(nothing).unwrap_or_default();
            }
            time if rng.bool() => swap_number(time),
            _ => {}
        }
    }
    for name in ["tags", "reactions", "mentions", "replyCount"] {
        if row[name].is_null() || rng.u32(..4) == 0 {
            row[name] = nothing(rng);
        }
    }
    if rng.u32(..4) == 0 {
        remove(row, "conversationId");
    }
    let entities = &mut row["data"]["entities"];
    let is_complete =
        entities["sender"]["entity"].is_object() && entities["receiver"]["entity"].is_object();
    if is_complete {
        for whose in ["sender", "receiver"] {
            disfigure_profile(&mut entities[whose]["entity"], rng);
        }
        match rng.u32(..5) {
            0 => remove(row, "sender"),
            1 => remove(row, "receiver"),
            2 => remove(row, "receiverType"),
            3 if !is_action => remove(entities, "sender"),
            4 if !is_action => remove(entities, "receiver"),
            _ => {}
        }
    }
    let data = &mut row["data"];
    if data["metadata"].is_null() {
        data["metadata"] = nothing(rng);
    }
    data["unheardOf"] = json!([{}, {"a": [1.5e3, null]}]);
    match rng.u32(..10) {
        0 => *data = written(data).into(),
        1 if !is_action => *data = json!([data]),
        _ => {}
    }
    row["unheardOf"] = json!({"half": HALF, "deep": [[[{}]]], "": false});
}

/// The same for a user or group.
fn disfigure_profile(profile: &mut Value, rng: &mut Rng) {
    let Value::Object(members) = profile else {
        return;
    };
    for name in [
        "metadata",
        "tags",
        "avatar",
        "icon",
        "link",
        "statusMessage",
        "lastActiveAt",
    ] {
        let is_there = members.get(name).is_some_and(|it| !lacks_all(it));
        if !is_there && rng.bool() {
            members.insert(name.into(), nothing(rng));
        }
    }
    members.insert("unheardOf".into(), json!({"half": HALF, "list": [[], {}]}));
}

fn lacks_all(json: &Value) -> bool {
    json.is_null() || *json == json!({}) || *json == json!([]) || *json == json!("")
}

/// What stands for nothing.
fn nothing(rng: &mut Rng) -> Value {
    rng.choice([json!([]), json!(null), json!(""), Map::new().into()])
        .unwrap_or_default()
}

/// A number as a string, or back.
fn swap_number(json: &mut Value) {
    let swapped = match json {
        Value::String(digits) => digits.parse::<u64>().ok().map(Value::from),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    };
    *json = swapped.unwrap_or_else(|| json.take());
}

fn remove(from: &mut Value, name: &str) {
    if let Value::Object(members) = from {
        members.remove(name);
    }
}
