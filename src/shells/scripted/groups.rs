//! The groups of the scripted server.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    core::operation::Call,
    model::{Group, GroupDetails, GroupKind, GroupScope, Guid, Secret, Uid},
    wire::{
        error::code,
        group::{GroupPassword, Transfer},
        route::{self, Route},
    },
};

/// The groups and their members.
#[derive(Default)]
pub(crate) struct Groups(BTreeMap<Guid, ScriptedGroup>);

struct ScriptedGroup {
    group: Group,
    password: Option<Secret>,
    members: BTreeMap<Uid, GroupScope>,
}

/// The answer to a request: data, or an error code.
type Answer = Result<Value, &'static str>;

impl Groups {
    /// Adds a group without members.
    pub(crate) fn add(&mut self, guid: &Guid, details: GroupDetails) {
        let kind = details.kind.unwrap_or_default();
        let name = details.name.unwrap_or_else(|| guid.as_str().into());
        let mut group = Group::new(guid, name, kind);
        group.icon = details.icon;
        group.description = details.description;
        group.metadata = details.metadata;
        group.tags = details.tags.unwrap_or_default();
        let group = ScriptedGroup {
            group,
            password: details.password,
            members: BTreeMap::new(),
        };
        self.0.insert(guid.clone(), group);
    }

    pub(crate) fn remove(&mut self, guid: &Guid) {
        self.0.remove(guid);
    }

    pub(crate) fn members(&self, guid: &Guid) -> Vec<Uid> {
        let group = self.0.get(guid);
        group.map_or_else(Vec::new, |group| group.members.keys().cloned().collect())
    }

    /// Whether a user receives the messages of a group: as a member, or if the group is unknown here.
    pub(super) fn shows(&self, guid: &Guid, uid: &Uid) -> bool {
        let group = self.0.get(guid);
        group.is_none_or(|group| group.members.contains_key(uid))
    }

    pub(crate) fn add_member(&mut self, guid: &Guid, uid: Uid) {
        if let Some(group) = self.0.get_mut(guid) {
            group.members.insert(uid, GroupScope::Participant);
        }
    }

    pub(crate) fn remove_member(&mut self, guid: &Guid, uid: &Uid) {
        if let Some(group) = self.0.get_mut(guid) {
            group.members.remove(uid);
        }
    }

    /// The group as everybody sees it.
    pub(super) fn group(&self, guid: &Guid) -> Option<Group> {
        self.0.get(guid).map(|group| group.group.clone())
    }

    /// The body of the answer to a request of `me` about groups; `None` if it is about something else.
    pub(super) fn answer(&mut self, call: &Call, me: &Uid) -> Option<String> {
        let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
        let values = |route: Route| route.matches(&call.route.method, path);
        let guid = |route| values(route).map(|values| Guid::from(values[0].as_str()));
        let answer = if values(route::GROUPS).is_some() {
            Ok(self.list(me, query))
        } else if values(route::CREATE_GROUP).is_some() {
            self.create(&call.body.bytes, me)
        } else if let Some(guid) = guid(route::GROUP) {
            self.find(&guid).map(|group| group.seen_by(me))
        } else if let Some(guid) = guid(route::JOIN_GROUP) {
            self.find(&guid)
                .and_then(|group| group.join(me, &call.body.bytes))
        } else if let Some(guid) = guid(route::LEAVE_GROUP) {
            self.find(&guid).and_then(|group| group.leave(me))
        } else if let Some(guid) = guid(route::MEMBERS) {
            self.find(&guid).and_then(|group| group.list(me))
        } else if let Some(guid) = guid(route::TRANSFER_GROUP) {
            self.find(&guid)
                .and_then(|group| group.transfer(me, &call.body.bytes))
        } else {
            return None;
        };
        let body = match answer {
            Ok(data) => json!({ "data": data }),
            Err(code) => json!({"error": {"code": code, "message": "the scripted server says so"}}),
        };
        Some(body.to_string())
    }

    fn find(&mut self, guid: &Guid) -> Result<&mut ScriptedGroup, &'static str> {
        self.0.get_mut(guid).ok_or(code::GUID_NOT_FOUND)
    }

    /// Lists all groups on the first page.
    fn list(&self, me: &Uid, query: &str) -> Value {
        let parameters = route::parameters(query);
        let has = |name, value| parameters.iter().any(|(n, v)| n == name && v == value);
        let is_shown = |group: &&ScriptedGroup| {
            let has_joined = group.members.contains_key(me);
            has_joined || !(has("hasJoined", "1") || group.group.kind == GroupKind::Private)
        };
        if has("page", "1") {
            self.0
                .values()
                .filter(is_shown)
                .map(|group| group.seen_by(me))
                .collect()
        } else {
            json!([])
        }
    }

    fn create(&mut self, body: &[u8], me: &Uid) -> Answer {
        let group: Group = serde_json::from_slice(body).map_err(|_| code::BAD_REQUEST)?;
        let details: GroupDetails = serde_json::from_slice(body).map_err(|_| code::BAD_REQUEST)?;
        if self.0.contains_key(&group.guid) {
            return Err(code::GUID_ALREADY_EXISTS);
        }
        self.add(&group.guid, details);
        let group = self.find(&group.guid)?;
        group.group.owner = Some(me.clone());
        group.members.insert(me.clone(), GroupScope::Admin);
        Ok(group.seen_by(me))
    }
}

impl ScriptedGroup {
    fn seen_by(&self, uid: &Uid) -> Value {
        let mut value = written(&self.group);
        value["membersCount"] = self.members.len().into();
        value["hasJoined"] = self.members.contains_key(uid).into();
        value["scope"] = written(self.members.get(uid));
        value
    }

    /// The reply is the action message.
    fn join(&mut self, me: &Uid, body: &[u8]) -> Answer {
        if self.members.contains_key(me) {
            return Err(code::ALREADY_JOINED);
        }
        let given: GroupPassword = serde_json::from_slice(body).unwrap_or_default();
        match self.group.kind {
            GroupKind::Private => return Err(code::GROUP_JOIN_NOT_ALLOWED),
            GroupKind::Password if given.password != self.password => {
                return Err(code::WRONG_GROUP_PASSWORD);
            }
            GroupKind::Password | GroupKind::Public => {}
        }
        self.members.insert(me.clone(), GroupScope::Participant);
        let group = json!({"entity": self.seen_by(me), "entityType": "group"});
        Ok(json!({"data": {"entities": {"for": group}}}))
    }

    fn leave(&mut self, me: &Uid) -> Answer {
        if !self.members.contains_key(me) {
            return Err(code::GROUP_NOT_JOINED);
        }
        if self.group.owner.as_ref() == Some(me) {
            return Err(code::OWNER_EXIT_FORBIDDEN);
        }
        self.members.remove(me);
        Ok(json!({}))
    }

    fn list(&self, me: &Uid) -> Answer {
        if !self.members.contains_key(me) {
            return Err(code::GROUP_NOT_JOINED);
        }
        let member = |(uid, scope)| json!({"uid": written(uid), "scope": written(scope)});
        Ok(self.members.iter().map(member).collect())
    }

    fn transfer(&mut self, me: &Uid, body: &[u8]) -> Answer {
        let Transfer { owner } = serde_json::from_slice(body).map_err(|_| code::BAD_REQUEST)?;
        if self.group.owner.as_ref() != Some(me) {
            return Err(code::GROUP_NO_SCOPE);
        }
        if !self.members.contains_key(&owner) {
            return Err(code::NOT_A_MEMBER);
        }
        self.members.insert(owner.clone(), GroupScope::Admin);
        self.group.owner = Some(owner);
        Ok(json!({}))
    }
}

fn written(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
