use std::sync::Arc;

use serde_json::value::RawValue;

use super::scanner::{Scanner, set};
use crate::model::{RawJson, Timestamp, User, UserStatus, lenient};

/// Reads a user object of the documented form; `None` if it needs the reader of all forms. `share` gives one copy of
/// each text that repeats.
pub(super) fn scan(json: &str, mut share: impl FnMut(&str) -> Arc<str>) -> Option<User> {
    let mut text = |scanner: &mut Scanner<'_>| Some(share(scanner.plain_text()?));
    let (mut uid, mut name, mut status, mut flags) = (None, None, None, [None; 2]);
    let (mut avatar, mut link, mut role, mut status_message) = (None, None, None, None);
    let (mut last_active_at, mut created_at, mut deactivated_at) = (None, None, None);
    let (mut tags, mut metadata) = (None, None);
    let mut scanner = Scanner::new(json);
    scanner.members(|scanner, member| match member {
        "uid" => set(&mut uid, text(scanner)),
        "name" => set(&mut name, text(scanner)),
        "avatar" => set(&mut avatar, text(scanner)),
        "link" => set(&mut link, text(scanner)),
        "role" => set(&mut role, text(scanner)),
        "status" => set(&mut status, scanner.plain_text()),
        "statusMessage" => set(&mut status_message, text(scanner)),
        "lastActiveAt" => set(&mut last_active_at, scanner.time()),
        "createdAt" => set(&mut created_at, scanner.time()),
        "deactivatedAt" => set(&mut deactivated_at, scanner.time()),
        "tags" => {
            let mut list = Vec::new();
            scanner.elements(|scanner| {
                list.push(text(scanner)?);
                Some(())
            })?;
            set(&mut tags, Some(list))
        }
        "metadata" => set(&mut metadata, scanner.value()),
        "blockedByMe" => set(&mut flags[0], scanner.flag()),
        "hasBlockedMe" => set(&mut flags[1], scanner.flag()),
        _ => scanner.value().map(drop),
    })?;
    scanner.end()?;
    let filled = |text: Option<Arc<str>>| text.filter(|text| !text.is_empty());
    let moment = |at: Option<Timestamp>| at.filter(|at| *at != Timestamp::default());
    let metadata: Option<&RawValue> = match metadata {
        Some(json) => Some(serde_json::from_str(json).ok()?),
        None => None,
    };
    Some(User {
        uid: filled(uid)?.into(),
        name: name.unwrap_or_default(),
        avatar: filled(avatar),
        link: filled(link),
        role: filled(role),
        status: match status {
            None | Some("" | "offline") => UserStatus::Offline,
            Some(_) => UserStatus::Online,
        },
        status_message: filled(status_message),
        last_active_at: moment(last_active_at),
        created_at: moment(created_at),
        deactivated_at: moment(deactivated_at),
        tags: tags.unwrap_or_default(),
        metadata: metadata
            .filter(|json| !lenient::is_nothing(json))
            .map(RawJson::from),
        blocked_by_me: flags[0].unwrap_or_default(),
        has_blocked_me: flags[1].unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::scanner::ODD_VALUES;

    #[test]
    fn a_user_is_the_same_whichever_reader_reads_it() {
        let members = [
            ("uid", r#""Bob""#),
            ("name", r#""Bob 😀""#),
            ("avatar", r#""https://a""#),
            ("link", r#""https://l""#),
            ("role", r#""default""#),
            ("status", r#""online""#),
            ("statusMessage", r#""hi""#),
            ("lastActiveAt", "1795448820"),
            ("createdAt", "1795448820000"),
            ("deactivatedAt", "0"),
            ("tags", r#"["a",""]"#),
            ("metadata", r#"{"level": 3}"#),
            ("blockedByMe", "true"),
            ("hasBlockedMe", "false"),
            ("other", "[1.5,{}]"),
        ];
        let object = |changed: usize, value: &str| {
            let members = members.iter().enumerate().map(|(index, (name, normal))| {
                let value = if index == changed { value } else { normal };
                format!(r#""{name}":{value}"#)
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        };
        let mut users = vec![object(members.len(), ""), r#"{"uid":"x"}"#.to_owned()];
        for (index, (name, normal)) in members.iter().enumerate() {
            users.extend(ODD_VALUES.iter().map(|odd| object(index, odd)));
            users.push(object(index, &format!(r#"{normal},"{name}":{normal}"#)));
        }
        let scan = |json: &str| scan(json, |text| text.into());
        assert!(scan(&users[0]).is_some() && scan(&users[1]).is_some());
        for json in &users {
            if let Some(user) = scan(json) {
                assert_eq!(user, serde_json::from_str::<User>(json).unwrap(), "{json}");
            }
        }
    }
}
