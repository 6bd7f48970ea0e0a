//! Accounts, sessions, keys and the audit log.

use super::StoreError;
use crate::{AccessRole, ApiKey, AuditRecord, LoginSession, NewApiKey, NewAudit, User, UserChange};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Reading accounts.
#[async_trait]
pub trait AccountReader: Send + Sync {
    /// All accounts, by name.
    ///
    /// # Errors
    /// The store is not available.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// The account of a name, and the hash of its password.
    ///
    /// # Errors
    /// The store is not available.
    async fn user_named(&self, name: &str) -> Result<Option<(User, String)>, StoreError>;

    /// The account that somebody has who is known to an issuer of identities by this subject.
    ///
    /// # Errors
    /// The store is not available.
    async fn user_of_identity(&self, issuer: &str, subject: &str) -> Result<Option<User>, StoreError>;

    /// A session with its account.
    ///
    /// # Errors
    /// The store is not available.
    async fn session(&self, id: &str) -> Result<Option<(LoginSession, User)>, StoreError>;

    /// All keys, those that were revoked too, by identifier.
    ///
    /// # Errors
    /// The store is not available.
    async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError>;

    /// The key of a hash with its account.
    ///
    /// # Errors
    /// The store is not available.
    async fn key_of(&self, hash: &str) -> Result<Option<(ApiKey, User)>, StoreError>;

    /// At most `limit` records of the audit log from before a number, the latest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn audit_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditRecord>, StoreError>;
}

/// Changing accounts. These writes leave nothing in the feed: they concern nobody's forecasts.
#[async_trait]
pub trait AccountWriter: Send + Sync {
    /// Makes an account; none where its name is taken.
    ///
    /// # Errors
    /// The store is not available, or the name is empty.
    async fn add_user(
        &self,
        name: &str,
        password_hash: &str,
        role: AccessRole,
    ) -> Result<Option<i64>, StoreError>;

    /// Makes an account for somebody who is known to an issuer of identities, both or neither; none where the name is
    /// taken, or the identity has an account.
    ///
    /// # Errors
    /// The store is not available, or a text is empty.
    async fn add_user_of_identity(
        &self,
        name: &str,
        password_hash: &str,
        role: AccessRole,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<i64>, StoreError>;

    /// Leads an identity to an account; whether it led to none before.
    ///
    /// # Errors
    /// The store is not available, or there is no such account.
    async fn link_identity(&self, user_id: i64, issuer: &str, subject: &str) -> Result<bool, StoreError>;

    /// Changes an account; whether there is one. Disabling it, or giving it another password, ends its sessions.
    ///
    /// # Errors
    /// The store is not available.
    async fn change_user(&self, id: i64, change: &UserChange) -> Result<bool, StoreError>;

    /// Starts a session, and notes when its account logged in.
    ///
    /// # Errors
    /// The store is not available, or there is no such account.
    async fn start_session(
        &self,
        id: &str,
        user_id: i64,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Moves a session from a generation to the next, if it is at that one, has not ended and has not expired. Of several
    /// at once, one alone is answered `true`.
    ///
    /// # Errors
    /// The store is not available.
    async fn renew_session(
        &self,
        id: &str,
        generation: i64,
        expires_at: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Ends a session; whether it went on until now.
    ///
    /// # Errors
    /// The store is not available.
    async fn end_session(&self, id: &str) -> Result<bool, StoreError>;

    /// Keeps a key; its identifier.
    ///
    /// # Errors
    /// The store is not available, there is no such account, or the same key is held.
    async fn add_key(&self, key: &NewApiKey) -> Result<i64, StoreError>;

    /// Revokes a key; whether it counted until now.
    ///
    /// # Errors
    /// The store is not available.
    async fn revoke_key(&self, id: i64) -> Result<bool, StoreError>;

    /// Notes that a key was used now.
    ///
    /// # Errors
    /// The store is not available.
    async fn note_key_use(&self, id: i64) -> Result<(), StoreError>;

    /// Adds records to the audit log, in their order.
    ///
    /// # Errors
    /// The store is not available.
    async fn record_audit(&self, records: &[NewAudit]) -> Result<(), StoreError>;
}
