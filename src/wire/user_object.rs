use std::sync::Arc;

use super::scanner::{Scanner, set};
use crate::model::{RawJson, Timestamp, User, UserStatus, lenient};

/// Reads a user object of the documented form; `None` if it needs the reader of all forms.
///
/// What stayed the same since the user was read `before` is shared. `share` gives one copy of each text that users have
/// in common.
pub(super) fn scan(
    scanner: &mut Scanner<'_>,
    before: Option<&User>,
    mut share: impl FnMut(&str) -> Arc<str>,
) -> Option<User> {
    let (mut uid, mut name, mut status, mut flags) = (None, None, None, [None; 2]);
    let (mut avatar, mut link, mut role, mut status_message) = (None, None, None, None);
    let (mut last_active_at, mut created_at, mut deactivated_at) = (None, None, None);
    let (mut tags, mut metadata) = (None, None);
    scanner.members(|scanner, member| match member {
        "uid" => set(&mut uid, scanner.plain_text()),
        "name" => set(&mut name, scanner.plain_text()),
        "avatar" => set(&mut avatar, scanner.plain_text()),
        "link" => set(&mut link, scanner.plain_text()),
        "role" => set(&mut role, scanner.plain_text()),
        "status" => set(&mut status, scanner.plain_text()),
        "statusMessage" => set(&mut status_message, scanner.plain_text()),
        "lastActiveAt" => set(&mut last_active_at, scanner.time()),
        "createdAt" => set(&mut created_at, scanner.time()),
        "deactivatedAt" => set(&mut deactivated_at, scanner.time()),
        "tags" => {
            let mut list = Vec::new();
            scanner.elements(|scanner| {
                list.push(share(scanner.plain_text()?));
                Some(())
            })?;
            set(&mut tags, Some(list))
        }
        "metadata" => set(&mut metadata, scanner.value()),
        "blockedByMe" => set(&mut flags[0], scanner.flag()),
        "hasBlockedMe" => set(&mut flags[1], scanner.flag()),
        _ => scanner.value().map(drop),
    })?;
    let uid = filled(uid)?;
    let own = |text: Option<&str>, before: Option<&Option<Arc<str>>>| {
        let text = filled(text)?;
        let before = before.and_then(Option::as_ref);
        let same = before.filter(|before| ***before == *text);
        Some(same.cloned().unwrap_or_else(|| text.into()))
    };
    let moment = |at: Option<Timestamp>| at.filter(|at| *at != Timestamp::default());
    Some(User {
        uid: match before {
            Some(before) if before.uid.as_str() == uid => before.uid.clone(),
            _ => uid.into(),
        },
        name: name.map(&mut share).unwrap_or_default(),
        avatar: own(avatar, before.map(|user| &user.avatar)),
        link: own(link, before.map(|user| &user.link)),
        role: filled(role).map(&mut share),
        status: match status {
            None | Some("" | "offline") => UserStatus::Offline,
            Some(_) => UserStatus::Online,
        },
        status_message: own(status_message, before.map(|user| &user.status_message)),
        last_active_at: moment(last_active_at),
        created_at: moment(created_at),
        deactivated_at: moment(deactivated_at),
        tags: tags.unwrap_or_default(),
        metadata: metadata
            .filter(|json| !lenient::is_nothing(json))
            .map(RawJson::of_valid),
        blocked_by_me: flags[0].unwrap_or_default(),
        has_blocked_me: flags[1].unwrap_or_default(),
    })
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
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
        let scan = |json: &str| {
            let mut scanner = Scanner::new(json);
            let user = scan(&mut scanner, None, |text| text.into())?;
            scanner.end().map(|()| user)
        };
        assert!(scan(&users[0]).is_some() && scan(&users[1]).is_some());
        for json in &users {
            if let Some(user) = scan(json) {
                assert_eq!(user, serde_json::from_str::<User>(json).unwrap(), "{json}");
            }
        }
    }
}
