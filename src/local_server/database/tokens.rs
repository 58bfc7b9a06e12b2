use rusqlite::{OptionalExtension, Row};
use uuid::Uuid;

use super::sql::Database;
use crate::model::{Secret, Timestamp, Uid};

/// The credentials of a client: the token for HTTP and the JWT for the socket.
#[derive(Clone)]
pub(in crate::local_server) struct Token {
    pub(in crate::local_server) uid: Uid,
    pub(in crate::local_server) token: Secret,
    pub(in crate::local_server) jwt: Secret,
    pub(in crate::local_server) created_at: Timestamp,
    pub(in crate::local_server) jwt_created_at: Timestamp,
}

impl Database<'_> {
    /// Makes a new token for a user who exists.
    pub(in crate::local_server) fn create_token(
        &self,
        uid: &str,
        now: Timestamp,
    ) -> rusqlite::Result<Token> {
        let (token, jwt) = (random_text(), random_text());
        self.connection
            .prepare_cached(
                "INSERT INTO tokens (token, jwt, uid, created_at, jwt_created_at) VALUES (?1, ?2, ?3, ?4, ?4)",
            )?
            .execute((&token, &jwt, uid, now.0))?;
        Ok(Token {
            uid: uid.into(),
            token: token.into(),
            jwt: jwt.into(),
            created_at: now,
            jwt_created_at: now,
        })
    }

    /// The token with this text, if there is one.
    pub(in crate::local_server) fn token(&self, token: &str) -> rusqlite::Result<Option<Token>> {
        self.connection
            .prepare_cached("SELECT * FROM tokens WHERE token = ?1")?
            .query_row([token], read_token)
            .optional()
    }

    /// The token that belongs to a JWT.
    pub(in crate::local_server) fn token_of_jwt(
        &self,
        jwt: &str,
    ) -> rusqlite::Result<Option<Token>> {
        self.connection
            .prepare_cached("SELECT * FROM tokens WHERE jwt = ?1")?
            .query_row([jwt], read_token)
            .optional()
    }

    /// Gives a token another JWT.
    pub(in crate::local_server) fn renew_jwt(
        &self,
        token: &mut Token,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        (token.jwt, token.jwt_created_at) = (random_text().into(), now);
        self.connection
            .prepare_cached("UPDATE tokens SET jwt = ?2, jwt_created_at = ?3 WHERE token = ?1")?
            .execute((token.token.expose(), token.jwt.expose(), now.0))?;
        Ok(())
    }

    /// Revokes a token.
    pub(in crate::local_server) fn delete_token(&self, token: &str) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("DELETE FROM tokens WHERE token = ?1")?
            .execute([token])?;
        Ok(())
    }
}

/// 244 random bits.
fn random_text() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

fn read_token(row: &Row<'_>) -> rusqlite::Result<Token> {
    Ok(Token {
        uid: row.get::<_, String>("uid")?.into(),
        token: row.get::<_, String>("token")?.into(),
        jwt: row.get::<_, String>("jwt")?.into(),
        created_at: Timestamp(row.get("created_at")?),
        jwt_created_at: Timestamp(row.get("jwt_created_at")?),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{
        Database,
        tests::{NOW, with_users},
    };

    #[test]
    fn a_token_names_its_user_until_it_is_deleted() {
        let connection = with_users(&["alice"]);
        let database = Database::new(&connection);
        let token = database.create_token("alice", NOW).unwrap();
        let other = database.create_token("alice", NOW).unwrap();
        assert_ne!(token.token, other.token);
        assert_ne!(token.jwt, other.jwt);

        let by_token = database.token(token.token.expose()).unwrap().unwrap();
        assert_eq!(by_token.uid, "alice");
        let by_jwt = database.token_of_jwt(token.jwt.expose()).unwrap().unwrap();
        assert_eq!(by_jwt.token, token.token);

        database.delete_token(token.token.expose()).unwrap();
        assert!(database.token(token.token.expose()).unwrap().is_none());
        assert!(database.token_of_jwt(token.jwt.expose()).unwrap().is_none());
        assert!(database.token(other.token.expose()).unwrap().is_some());
    }
}
