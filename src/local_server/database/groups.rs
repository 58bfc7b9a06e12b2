use rusqlite::{OptionalExtension, Row, named_params};

use super::sql::{Database, json, json_column, overlap};
use crate::{
    model::{Group, GroupKind, RawJson, Secret, Timestamp, Uid},
    wire::group::Membership,
};

/// A group as one user sees it.
pub(in crate::local_server) struct StoredGroup {
    pub(in crate::local_server) group: Group,
    pub(in crate::local_server) password: Option<Secret>,
    pub(in crate::local_server) updated_at: Timestamp,
    pub(in crate::local_server) membership: Option<Membership>,
}

/// The filter of a list of groups.
#[derive(Default)]
pub(in crate::local_server) struct GroupFilter {
    pub(in crate::local_server) only_joined: bool,
    pub(in crate::local_server) search: Option<String>,
    /// A JSON list.
    pub(in crate::local_server) tags: Option<String>,
    pub(in crate::local_server) limit: u32,
    pub(in crate::local_server) offset: u64,
}

/// How many messages of a group are removed at a time.
const MAX_REMOVED: usize = 1_000;

impl Database<'_> {
    /// Adds a group without members; `false` if the guid is taken.
    pub(in crate::local_server) fn create_group(
        &self,
        group: &Group,
        password: Option<&Secret>,
        owner: &Uid,
        now: Timestamp,
    ) -> rusqlite::Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO chat_groups
                (guid, name, kind, password, icon, description, owner, metadata, tags, created_at, updated_at)
             VALUES
                (:guid, :name, :kind, :password, :icon, :description, :owner, :metadata, :tags, :now, :now)
             ON CONFLICT DO NOTHING",
        )?;
        let inserted = statement.execute(named_params! {
            ":guid": group.guid.as_str(),
            ":name": group.name,
            ":kind": kind_name(group.kind),
            ":password": password.map(Secret::expose),
            ":icon": group.icon,
            ":description": group.description,
            ":owner": owner.as_str(),
            ":metadata": group.metadata.as_ref().map(RawJson::as_str),
            ":tags": json(&group.tags),
            ":now": now.0,
        })?;
        Ok(inserted == 1)
    }

    /// The group as `viewer` sees it.
    pub(in crate::local_server) fn group(
        &self,
        guid: &str,
        viewer: &Uid,
    ) -> rusqlite::Result<Option<StoredGroup>> {
        self.connection
            .prepare_cached(
                "SELECT chat_groups.*, members.scope, members.joined_at,
                    (SELECT count(*) FROM members WHERE guid = ?1) AS members_count
                 FROM chat_groups
                 LEFT JOIN members ON members.guid = chat_groups.guid AND members.uid = ?2
                 WHERE chat_groups.guid = ?1",
            )?
            .query_row((guid, viewer.as_str()), read_group)
            .optional()
    }

    /// A page of the groups that `viewer` may know of, by name: private ones only as a member.
    pub(in crate::local_server) fn groups(
        &self,
        viewer: &Uid,
        filter: &GroupFilter,
    ) -> rusqlite::Result<Vec<StoredGroup>> {
        let sql = format!(
            "SELECT chat_groups.*, members.scope, members.joined_at,
                (SELECT count(*) FROM members WHERE guid = chat_groups.guid) AS members_count
             FROM chat_groups
             LEFT JOIN members ON members.guid = chat_groups.guid AND members.uid = :viewer
             WHERE (kind <> 'private' OR scope IS NOT NULL)
               AND (NOT :only_joined OR scope IS NOT NULL)
               AND (:search IS NULL OR instr(lower(name), lower(:search)))
               AND (:tags IS NULL OR {has_tag})
             ORDER BY name, chat_groups.guid LIMIT :limit OFFSET :offset",
            has_tag = overlap("tags", ":tags"),
        );
        self.bounded(|| {
            self.connection
                .prepare_cached(&sql)?
                .query_map(
                    named_params! {
                        ":viewer": viewer.as_str(),
                        ":only_joined": filter.only_joined,
                        ":search": filter.search,
                        ":tags": filter.tags,
                        ":limit": filter.limit,
                        ":offset": filter.offset,
                    },
                    read_group,
                )?
                .collect()
        })
    }

    /// Replaces the details of a group, including its owner.
    pub(in crate::local_server) fn update_group(
        &self,
        group: &Group,
        password: Option<&Secret>,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE chat_groups SET name = :name, kind = :kind, password = :password, icon = :icon,
                    description = :description, owner = coalesce(:owner, owner), metadata = :metadata, tags = :tags,
                    updated_at = :now
                 WHERE guid = :guid",
            )?
            .execute(named_params! {
                ":guid": group.guid.as_str(),
                ":name": group.name,
                ":kind": kind_name(group.kind),
                ":password": password.map(Secret::expose),
                ":icon": group.icon,
                ":description": group.description,
                ":owner": group.owner.as_ref().map(Uid::as_str),
                ":metadata": group.metadata.as_ref().map(RawJson::as_str),
                ":tags": json(&group.tags),
                ":now": now.0,
            })?;
        Ok(())
    }

    /// Removes some of a group's messages, and the group once it has none left. Returns whether the group is removed.
    pub(in crate::local_server) fn delete_group(&self, guid: &str) -> rusqlite::Result<bool> {
        let removed = self
            .connection
            .prepare_cached(
                "DELETE FROM messages WHERE id IN
                    (SELECT id FROM messages WHERE receiver_type = 'group' AND receiver = ?1
                     ORDER BY id DESC LIMIT ?2)",
            )?
            .execute((guid, MAX_REMOVED))?;
        if removed == MAX_REMOVED {
            return Ok(false);
        }
        for sql in [
            "DELETE FROM conversations WHERE receiver_type = 'group' AND receiver = ?1",
            "DELETE FROM receipts WHERE conversation_id = char(31) || ?1",
            "DELETE FROM chat_groups WHERE guid = ?1",
        ] {
            self.connection.prepare_cached(sql)?.execute([guid])?;
        }
        Ok(true)
    }
}

fn read_group(row: &Row<'_>) -> rusqlite::Result<StoredGroup> {
    let mut group = Group::new(
        row.get::<_, String>("guid")?,
        row.get::<_, String>("name")?,
        kind_of_name(row.get_ref("kind")?.as_str()?),
    );
    group.icon = row.get("icon")?;
    group.description = row.get("description")?;
    group.owner = Some(row.get::<_, String>("owner")?.into());
    group.created_at = Some(Timestamp(row.get("created_at")?));
    group.tags = json_column(row, "tags")?;
    group.members_count = Some(row.get("members_count")?);
    if row.get_ref("metadata")? != rusqlite::types::ValueRef::Null {
        group.metadata = Some(json_column(row, "metadata")?);
    }
    let membership = match row.get::<_, Option<String>>("scope")? {
        Some(scope) => Some(Membership {
            scope,
            joined_at: Timestamp(row.get("joined_at")?),
        }),
        None => None,
    };
    group.has_joined = membership.is_some();
    Ok(StoredGroup {
        group,
        password: row.get::<_, Option<String>>("password")?.map(Secret::from),
        updated_at: Timestamp(row.get("updated_at")?),
        membership,
    })
}

const fn kind_name(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Public => "public",
        GroupKind::Private => "private",
        GroupKind::Password => "password",
    }
}

fn kind_of_name(name: &str) -> GroupKind {
    match name {
        "public" => GroupKind::Public,
        "password" => GroupKind::Password,
        _ => GroupKind::Private,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Database, MemberScope,
        tests::{NOW, with_users},
    };
    use super::*;

    #[test]
    fn a_group_is_seen_by_its_members_as_joined() {
        let connection = with_users(&["alice", "bob"]);
        let database = Database::new(&connection);
        let (alice, bob) = (Uid::from("alice"), Uid::from("bob"));
        let guild = Group::new("guild", "Guild", GroupKind::Password);
        let password = Secret::from("sesame");

        let create = || database.create_group(&guild, Some(&password), &alice, NOW);
        assert!(create().unwrap());
        assert!(!create().unwrap());
        let add = |uid| database.add_member("guild", uid, MemberScope::Admin, NOW);
        assert!(add(&alice).unwrap());
        assert!(!add(&alice).unwrap());

        let seen = database.group("guild", &alice).unwrap().unwrap();
        assert_eq!(seen.group.kind, GroupKind::Password);
        assert_eq!(seen.group.members_count, Some(1));
        assert!(seen.group.has_joined);
        assert_eq!(seen.password, Some(password));
        assert_eq!(seen.membership.unwrap().scope, "admin");

        let seen = database.group("guild", &bob).unwrap().unwrap();
        assert!(!seen.group.has_joined);
        assert_eq!(seen.membership, None);

        assert_eq!(database.members("guild").unwrap(), ["alice"]);
        assert!(database.remove_member("guild", &alice).unwrap());
        assert!(!database.remove_member("guild", &alice).unwrap());
        assert!(!database.is_member("guild", &alice).unwrap());
    }
}
