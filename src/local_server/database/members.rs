use std::collections::HashSet;

use rusqlite::{OptionalExtension, Row, named_params};

use super::{sql::Database, users::read_user};
use crate::model::{Timestamp, Uid, User};

/// What a member may do in a group; a scope with more rights is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::local_server) enum MemberScope {
    Participant,
    Moderator,
    Admin,
}

impl MemberScope {
    pub(in crate::local_server) const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Moderator => "moderator",
            Self::Participant => "participant",
        }
    }

    /// The scope of that name.
    pub(in crate::local_server) fn of_name(name: &str) -> Option<Self> {
        match name {
            "admin" => Some(Self::Admin),
            "moderator" => Some(Self::Moderator),
            "participant" => Some(Self::Participant),
            _ => None,
        }
    }
}

/// A user in a group.
pub(in crate::local_server) struct Member {
    pub(in crate::local_server) user: User,
    pub(in crate::local_server) scope: MemberScope,
    pub(in crate::local_server) joined_at: Timestamp,
}

/// The filter of a list of members.
#[derive(Default)]
pub(in crate::local_server) struct MemberFilter {
    /// A JSON list of scopes.
    pub(in crate::local_server) scopes: Option<String>,
    pub(in crate::local_server) search: Option<String>,
    /// JSON lists of uids.
    pub(in crate::local_server) uids: Option<String>,
    pub(in crate::local_server) but_uids: Option<String>,
    pub(in crate::local_server) limit: u32,
    pub(in crate::local_server) offset: u64,
}

impl Database<'_> {
    /// Makes the user a member; `false` if they are one already.
    pub(in crate::local_server) fn add_member(
        &self,
        guid: &str,
        uid: &Uid,
        scope: MemberScope,
        now: Timestamp,
    ) -> rusqlite::Result<bool> {
        let added = self
            .connection
            .prepare_cached(
                "INSERT INTO members (guid, uid, scope, joined_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
            )?
            .execute((guid, uid.as_str(), scope.as_str(), now.0))?;
        if added == 1 {
            self.open_group_conversation(guid, uid)?;
        }
        Ok(added == 1)
    }

    /// Ends the membership; `false` if there was none.
    pub(in crate::local_server) fn remove_member(
        &self,
        guid: &str,
        uid: &Uid,
    ) -> rusqlite::Result<bool> {
        let removed = self
            .connection
            .prepare_cached("DELETE FROM members WHERE guid = ?1 AND uid = ?2")?
            .execute((guid, uid.as_str()))?;
        self.close_group_conversation(guid, uid)?;
        Ok(removed == 1)
    }

    /// The scope of the user in the group, if they are a member.
    pub(in crate::local_server) fn scope_of(
        &self,
        guid: &str,
        uid: &Uid,
    ) -> rusqlite::Result<Option<MemberScope>> {
        self.connection
            .prepare_cached("SELECT scope FROM members WHERE guid = ?1 AND uid = ?2")?
            .query_row((guid, uid.as_str()), read_scope)
            .optional()
    }

    pub(in crate::local_server) fn set_scope(
        &self,
        guid: &str,
        uid: &Uid,
        scope: MemberScope,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("UPDATE members SET scope = ?3 WHERE guid = ?1 AND uid = ?2")?
            .execute((guid, uid.as_str(), scope.as_str()))?;
        Ok(())
    }

    /// Whether the user is a member.
    pub(in crate::local_server) fn is_member(
        &self,
        guid: &str,
        uid: &Uid,
    ) -> rusqlite::Result<bool> {
        Ok(self.scope_of(guid, uid)?.is_some())
    }

    /// All members.
    pub(in crate::local_server) fn members(&self, guid: &str) -> rusqlite::Result<Vec<Uid>> {
        self.connection
            .prepare_cached("SELECT uid FROM members WHERE guid = ?1")?
            .query_map([guid], |row| Ok(row.get_ref(0)?.as_str()?.into()))?
            .collect()
    }

    /// How many of these users are members.
    pub(in crate::local_server) fn count_members(
        &self,
        guid: &str,
        among: &HashSet<Uid>,
    ) -> rusqlite::Result<u64> {
        let members: usize = self
            .connection
            .prepare_cached("SELECT count(*) FROM members WHERE guid = ?1")?
            .query_row([guid], |row| row.get(0))?;
        // Whichever are fewer.
        if members <= among.len() {
            let members = self.members(guid)?;
            return Ok(members.iter().filter(|uid| among.contains(*uid)).count() as u64);
        }
        let mut count = 0;
        for uid in among {
            count += u64::from(self.is_member(guid, uid)?);
        }
        Ok(count)
    }

    /// A page of the members, by name.
    pub(in crate::local_server) fn member_list(
        &self,
        guid: &str,
        filter: &MemberFilter,
    ) -> rusqlite::Result<Vec<Member>> {
        self.bounded(|| self.connection
            .prepare_cached(
                "SELECT users.*, scope, joined_at FROM members JOIN users ON users.uid = members.uid
                 WHERE guid = :guid
                   AND (:scopes IS NULL OR scope IN (SELECT value FROM json_each(:scopes)))
                   AND (:search IS NULL OR instr(lower(name), lower(:search)) OR instr(lower(users.uid), lower(:search)))
                   AND (:uids IS NULL OR users.uid IN (SELECT value FROM json_each(:uids)))
                   AND (:but_uids IS NULL OR users.uid NOT IN (SELECT value FROM json_each(:but_uids)))
                 ORDER BY name, users.uid LIMIT :limit OFFSET :offset",
            )?
            .query_map(
                named_params! {
                    ":guid": guid,
                    ":scopes": filter.scopes,
                    ":search": filter.search,
                    ":uids": filter.uids,
                    ":but_uids": filter.but_uids,
                    ":limit": filter.limit,
                    ":offset": filter.offset,
                },
                |row| {
                    Ok(Member {
                        user: read_user(row)?,
                        scope: read_scope(row)?,
                        joined_at: Timestamp(row.get("joined_at")?),
                    })
                },
            )?
            .collect())
    }

    /// Bans the user from the group; `false` if they were banned already.
    pub(in crate::local_server) fn ban(
        &self,
        guid: &str,
        uid: &Uid,
        now: Timestamp,
    ) -> rusqlite::Result<bool> {
        let banned = self
            .connection
            .prepare_cached(
                "INSERT INTO bans (guid, uid, banned_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute((guid, uid.as_str(), now.0))?;
        Ok(banned == 1)
    }

    /// Ends the ban of the user; `false` if there was none.
    pub(in crate::local_server) fn unban(&self, guid: &str, uid: &Uid) -> rusqlite::Result<bool> {
        let unbanned = self
            .connection
            .prepare_cached("DELETE FROM bans WHERE guid = ?1 AND uid = ?2")?
            .execute((guid, uid.as_str()))?;
        Ok(unbanned == 1)
    }

    pub(in crate::local_server) fn is_banned(
        &self,
        guid: &str,
        uid: &Uid,
    ) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM bans WHERE guid = ?1 AND uid = ?2")?
            .exists((guid, uid.as_str()))
    }

    /// A page of the banned users, by name.
    pub(in crate::local_server) fn banned(
        &self,
        guid: &str,
        search: Option<&str>,
        limit: u32,
        offset: u64,
    ) -> rusqlite::Result<Vec<User>> {
        self.connection
            .prepare_cached(
                "SELECT users.* FROM bans JOIN users ON users.uid = bans.uid
                 WHERE guid = ?1 AND (?2 IS NULL OR instr(lower(name), lower(?2)))
                 ORDER BY name, users.uid LIMIT ?3 OFFSET ?4",
            )?
            .query_map((guid, search, limit, offset), read_user)?
            .collect()
    }
}

fn read_scope(row: &Row<'_>) -> rusqlite::Result<MemberScope> {
    Ok(MemberScope::of_name(row.get_ref("scope")?.as_str()?).unwrap_or(MemberScope::Participant))
}
