use std::{
    collections::BTreeMap,
    io::{self, BufReader},
    net::TcpStream,
};

use serde_json::Value;

use super::{Cloud, Fault, http::Message, rows::id};

/// A list of messages that is asked for.
pub(super) struct List {
    path: String,
    query: BTreeMap<String, String>,
}

impl List {
    pub(super) fn of(request: &Message) -> Option<Self> {
        let (path, query) = request.target().split_once('?')?;
        let is_list = request.method() == "GET" && path.ends_with("/messages");
        let members = query.split('&').filter_map(|member| member.split_once('='));
        let list = Self {
            path: path.to_owned(),
            query: members
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        };
        (is_list && list.query.contains_key("affix")).then_some(list)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.query.get(name)?.parse().ok()
    }

    fn target(&self) -> String {
        let members = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        format!("{}?{}", self.path, members.collect::<Vec<_>>().join("&"))
    }
}

impl Cloud {
    /// The reply to a list: pages are as full as they would be if what is not shown were not there.
    pub(super) fn list(
        &self,
        mut list: List,
        request: &Message,
        server: &mut BufReader<TcpStream>,
    ) -> io::Result<Message> {
        let per_page = list.number("per_page").unwrap_or(30) as usize;
        let goes_back = list
            .query
            .get("affix")
            .is_some_and(|affix| affix == "prepend");
        let since = list.number("updatedAt");
        if let Some(since) = since {
            let earliest = self.rows.earliest(since).to_string();
            list.query.insert("updatedAt".into(), earliest);
        }
        let mut rows: Vec<Value> = Vec::new();
        loop {
            let mut reply = request.with_target(&list.target()).exchange(server)?;
            let body = serde_json::from_slice::<Value>(&reply.body).ok();
            let (true, Some(mut body)) = (reply.is_success(), body) else {
                return Ok(reply);
            };
            let Some(page) = body["data"].as_array_mut().map(std::mem::take) else {
                return Ok(reply);
            };
            let is_last = page.len() < per_page;
            let ids = page.iter().filter_map(id);
            let anchor = if goes_back { ids.min() } else { ids.max() };
            let is_shown = |row: &Value| {
                let is_visible = id(row).is_none_or(|id| self.is_visible(id));
                if !is_visible {
                    self.faults.count(Fault::Withheld);
                }
                is_visible && since.is_none_or(|since| self.rows.is_since(row, since))
            };
            let page = page.into_iter().filter(is_shown);
            if goes_back {
                rows = page.chain(rows).collect();
                let excess = rows.len().saturating_sub(per_page);
                rows.drain(..excess);
            } else {
                rows.extend(page);
                rows.truncate(per_page);
            }
            match anchor.filter(|_| !is_last && rows.len() < per_page) {
                Some(anchor) => list.query.insert("id".into(), anchor.to_string()),
                None => {
                    body["data"] = rows.into();
                    reply.body = body.to_string().into();
                    return Ok(reply);
                }
            };
        }
    }
}
