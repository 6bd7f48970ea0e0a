//! Accounts, sessions, keys and the audit log.

use crate::error::corrupt;
use crate::row::Read;
use crate::statements::Statements;
use crate::store::SqlStore;
use crate::values;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{StoreError, texts};
use touchline_domain::{
    AccessRole, ApiKey, AuditRecord, LoginSession, NewApiKey, NewAudit, Permission, User, UserChange,
};

pub async fn users<S: SqlStore>(store: &S) -> Result<Vec<User>, StoreError> {
    store.read().await?.all(S::TEXTS.accounts.users, &values![], user).await
}

pub async fn user_named<S: SqlStore>(store: &S, name: &str) -> Result<Option<(User, String)>, StoreError> {
    texts::key("the name of an account", name)?;
    let found = |row: &_| Ok((user(row)?, Read::value(row, 6)?));
    store.read().await?.first(S::TEXTS.accounts.user_named, &values![name], found).await
}

pub async fn user_of_identity<S: SqlStore>(
    store: &S,
    issuer: &str,
    subject: &str,
) -> Result<Option<User>, StoreError> {
    texts::key("an issuer", issuer)?;
    texts::key("a subject", subject)?;
    store.read().await?.first(S::TEXTS.accounts.user_of_identity, &values![issuer, subject], user).await
}

pub async fn session<S: SqlStore>(store: &S, id: &str) -> Result<Option<(LoginSession, User)>, StoreError> {
    texts::key("a session", id)?;
    let found = |row: &_| Ok((login_session(row, 6)?, user(row)?));
    store.read().await?.first(S::TEXTS.accounts.session, &values![id], found).await
}

pub async fn api_keys<S: SqlStore>(store: &S) -> Result<Vec<ApiKey>, StoreError> {
    store.read().await?.all(S::TEXTS.accounts.keys, &values![], |row| api_key(row, 0)).await
}

pub async fn key_of<S: SqlStore>(store: &S, hash: &str) -> Result<Option<(ApiKey, User)>, StoreError> {
    texts::key("the hash of a key", hash)?;
    let found = |row: &_| Ok((api_key(row, 6)?, user(row)?));
    store.read().await?.first(S::TEXTS.accounts.key_of, &values![hash], found).await
}

pub async fn audit_log<S: SqlStore>(
    store: &S,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditRecord>, StoreError> {
    let values = values![before.unwrap_or(i64::MAX), limit];
    store.read().await?.all(S::TEXTS.accounts.audit, &values, audit_record).await
}

pub async fn add_user<S: SqlStore>(
    store: &S,
    name: &str,
    password_hash: &str,
    role: AccessRole,
) -> Result<Option<i64>, StoreError> {
    texts::key("the name of an account", name)?;
    texts::key("the hash of a password", password_hash)?;
    let mut write = store.write(&[]).await?;
    let values = values![name, password_hash, role.name(), write.now()];
    let id = write.first(S::TEXTS.accounts.add_user, &values, |row| row.value(0)).await?;
    write.commit().await?;
    Ok(id)
}

pub async fn add_user_of_identity<S: SqlStore>(
    store: &S,
    name: &str,
    password_hash: &str,
    role: AccessRole,
    issuer: &str,
    subject: &str,
) -> Result<Option<i64>, StoreError> {
    for (field, text) in [
        ("the name of an account", name),
        ("the hash of a password", password_hash),
        ("an issuer", issuer),
        ("a subject", subject),
    ] {
        texts::key(field, text)?;
    }
    let mut write = store.write(&[]).await?;
    let now = write.now();
    let values = values![name, password_hash, role.name(), now];
    let id: Option<i64> = write.first(S::TEXTS.accounts.add_user, &values, |row| row.value(0)).await?;
    let linked = match id {
        Some(id) => write.run(S::TEXTS.accounts.link_identity, &values![issuer, subject, id, now]).await? > 0,
        None => false,
    };
    if !linked {
        write.rollback().await?;
        return Ok(None);
    }
    write.commit().await?;
    Ok(id)
}

pub async fn link_identity<S: SqlStore>(
    store: &S,
    user_id: i64,
    issuer: &str,
    subject: &str,
) -> Result<bool, StoreError> {
    texts::key("an issuer", issuer)?;
    texts::key("a subject", subject)?;
    let mut write = store.write(&[]).await?;
    let values = values![issuer, subject, user_id, write.now()];
    let linked = write.run(S::TEXTS.accounts.link_identity, &values).await?;
    write.commit().await?;
    Ok(linked > 0)
}

pub async fn change_user<S: SqlStore>(store: &S, id: i64, change: &UserChange) -> Result<bool, StoreError> {
    let sql = S::TEXTS.accounts;
    let mut write = store.write(&[]).await?;
    if write.rows(sql.user_exists, &values![id]).await?.is_empty() {
        write.rollback().await?;
        return Ok(false);
    }
    if let Some(role) = change.role {
        write.run(sql.set_role, &values![id, role.name()]).await?;
    }
    if let Some(disabled) = change.is_disabled {
        write.run(sql.set_disabled, &values![id, disabled]).await?;
    }
    if let Some(hash) = &change.password_hash {
        texts::key("the hash of a password", hash)?;
        write.run(sql.set_password, &values![id, hash]).await?;
    }
    if change.is_disabled == Some(true) || change.password_hash.is_some() {
        let now = write.now();
        write.run(sql.end_sessions, &values![id, now]).await?;
    }
    write.commit().await?;
    Ok(true)
}

pub async fn start_session<S: SqlStore>(
    store: &S,
    id: &str,
    user_id: i64,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    texts::key("a session", id)?;
    let sql = S::TEXTS.accounts;
    let mut write = store.write(&[]).await?;
    let now = write.now();
    write.run(sql.start_session, &values![id, user_id, now, expires_at]).await?;
    write.run(sql.note_login, &values![user_id, now]).await?;
    write.commit().await
}

pub async fn renew_session<S: SqlStore>(
    store: &S,
    id: &str,
    generation: i64,
    expires_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    texts::key("a session", id)?;
    let mut write = store.write(&[]).await?;
    let values = values![id, generation, write.now(), expires_at];
    let renewed = write.run(S::TEXTS.accounts.renew_session, &values).await?;
    write.commit().await?;
    Ok(renewed > 0)
}

pub async fn end_session<S: SqlStore>(store: &S, id: &str) -> Result<bool, StoreError> {
    texts::key("a session", id)?;
    let mut write = store.write(&[]).await?;
    let now = write.now();
    let ended = write.run(S::TEXTS.accounts.end_session, &values![id, now]).await?;
    write.commit().await?;
    Ok(ended > 0)
}

pub async fn add_key<S: SqlStore>(store: &S, key: &NewApiKey) -> Result<i64, StoreError> {
    texts::key("the name of a key", &key.name)?;
    texts::key("the hash of a key", &key.hash)?;
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.name()).collect();
    let mut write = store.write(&[]).await?;
    let values = values![&key.name, key.user_id, &key.hash, scopes.join(" "), write.now(), key.expires_at];
    let id = write.one(S::TEXTS.accounts.add_key, &values, |row| row.value(0)).await?;
    write.commit().await?;
    Ok(id)
}

pub async fn revoke_key<S: SqlStore>(store: &S, id: i64) -> Result<bool, StoreError> {
    let mut write = store.write(&[]).await?;
    let now = write.now();
    let revoked = write.run(S::TEXTS.accounts.revoke_key, &values![id, now]).await?;
    write.commit().await?;
    Ok(revoked > 0)
}

pub async fn note_key_use<S: SqlStore>(store: &S, id: i64) -> Result<(), StoreError> {
    let mut write = store.write(&[]).await?;
    let now = write.now();
    write.run(S::TEXTS.accounts.note_key_use, &values![id, now]).await?;
    write.commit().await
}

pub async fn record_audit<S: SqlStore>(store: &S, records: &[NewAudit]) -> Result<(), StoreError> {
    records.iter().try_for_each(texts::audit)?;
    let mut write = store.write(&[]).await?;
    for NewAudit { actor, action, subject, details } in records {
        let values = values![actor, action, subject, details, write.now()];
        write.run(S::TEXTS.accounts.record, &values).await?;
    }
    write.commit().await
}

/// The first six columns of the queries of accounts.
fn user(row: &impl Read) -> Result<User, StoreError> {
    Ok(User {
        id: row.value(0)?,
        name: row.value(1)?,
        role: row.parsed(2)?,
        is_disabled: row.value(3)?,
        created_at: row.time(4)?,
        last_login_at: row.optional_time(5)?,
    })
}

fn login_session(row: &impl Read, at: usize) -> Result<LoginSession, StoreError> {
    Ok(LoginSession {
        id: row.value(at)?,
        user_id: row.value(at + 1)?,
        generation: row.value(at + 2)?,
        expires_at: row.time(at + 3)?,
        ended_at: row.optional_time(at + 4)?,
    })
}

fn api_key(row: &impl Read, at: usize) -> Result<ApiKey, StoreError> {
    let scopes: &str = row.value(at + 3)?;
    Ok(ApiKey {
        id: row.value(at)?,
        name: row.value(at + 1)?,
        user_id: row.value(at + 2)?,
        // A scope of a newer program allows nothing here.
        scopes: scopes.split(' ').filter_map(|scope| scope.parse::<Permission>().ok()).collect(),
        created_at: row.time(at + 4)?,
        expires_at: row.optional_time(at + 5)?,
        revoked_at: row.optional_time(at + 6)?,
        last_used_at: row.optional_time(at + 7)?,
    })
}

fn audit_record(row: &impl Read) -> Result<AuditRecord, StoreError> {
    let record = NewAudit {
        actor: row.value(1)?,
        action: row.value(2)?,
        subject: row.value(3)?,
        details: row.value(4)?,
    };
    Ok(AuditRecord { id: row.value(0)?, record, created_at: row.time(5).map_err(corrupt)? })
}
