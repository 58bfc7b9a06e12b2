//! The JSON that the server writes, as it is.

use super::{Outcome, Report, Walk};
use crate::{members, raw::Reply};

impl Walk<'_> {
    /// Asks for something as bob's other device.
    pub(super) async fn device_reply(&self, path: &str) -> Outcome<Reply> {
        self.device.get(path).await
    }

    /// Compares the members of all objects with those that the crate knows.
    pub(super) async fn shapes(&mut self) {
        let (alice, bob, guild) = (
            self.alice.uid.clone(),
            self.bob.uid.clone(),
            self.guild.clone(),
        );
        let last = self
            .messages
            .0
            .last()
            .map_or_else(String::new, ToString::to_string);
        for (what, path) in [
            ("the own user", "me".to_owned()),
            ("a user", format!("users/{alice}")),
            (
                "a list of users",
                format!("users?per_page=5&page=1&uids={alice},{bob}"),
            ),
            ("a group", format!("groups/{guild}")),
            (
                "a list of groups",
                "groups?per_page=5&page=1&hasJoined=1".to_owned(),
            ),
            (
                "a list of members",
                format!("groups/{guild}/members?per_page=5&page=1"),
            ),
            (
                "a list of messages",
                format!("users/{alice}/messages?per_page=100&affix=prepend"),
            ),
            (
                "a list of a group's messages",
                format!("groups/{guild}/messages?per_page=100&affix=prepend"),
            ),
            ("a message", format!("messages/{last}")),
            (
                "a list of conversations",
                "conversations?per_page=10&page=1".to_owned(),
            ),
            ("a conversation", format!("users/{alice}/conversation")),
        ] {
            let reply = self.device_reply(&path).await;
            if what == "a list of messages" {
                self.list_facts(&reply);
            }
            compare_reply(self.report, what, reply);
        }
        let frames = self.frames.all();
        self.report.row(
            "frames of another device",
            format!("{} frames", frames.len()),
            frames.len() > 20,
        );
        for frame in frames {
            members::compare("envelope", &frame, self.report);
        }
        let known = self.report.unknown_members().is_empty();
        let came = if known { "none" } else { "see below" };
        // In the cloud they are news, and no fault.
        let is_expected = known || !self.target.is_local();
        self.report
            .row("members that the crate does not know", came, is_expected);
    }

    /// What the pages of messages are like.
    fn list_facts(&mut self, reply: &Outcome<Reply>) {
        let Ok(reply) = reply else { return };
        let limits: Vec<_> = [
            "x-rate-limit",
            "x-rate-limit-remaining",
            "x-rate-limit-reset",
        ]
        .into_iter()
        .map(|name| {
            reply
                .headers
                .get(name)
                .and_then(|it| it.to_str().ok())
                .unwrap_or("none")
        })
        .collect();
        self.report
            .row("the rate limit's headers", limits.join(", "), true);
        let meta = &reply.body["meta"];
        let has_both = meta["cursor"].is_object() && meta["pagination"].is_object();
        self.report.row(
            "a page of messages has a cursor and a pagination",
            meta.to_string(),
            has_both,
        );
        let rows = reply.body["data"].as_array();
        let is_action = |row: &&serde_json::Value| row["category"] == "action";
        let actions = rows.map_or(0, |rows| rows.iter().filter(is_action).count());
        self.report.row(
            "rows of the category `action` in a list",
            actions.to_string(),
            true,
        );
    }
}

/// Compares the members of a reply.
pub(super) fn compare_reply(report: &mut Report, what: &str, reply: Outcome<Reply>) {
    match reply {
        Ok(reply) if reply.code().is_empty() && reply.body.get("data").is_some() => {
            report.row(format!("the JSON of {what}"), "read", true);
            members::compare("any", &reply.body["data"], report);
        }
        Ok(reply) => report.failed(&format!("the JSON of {what}"), reply.body.to_string()),
        Err(error) => report.failed(&format!("the JSON of {what}"), error.to_string()),
    }
}
