//! Everything that is done with accounts: one function per deed, for routes and commands alike.

use crate::Random;
use crate::identity::IdentityError;
use crate::limits::{Allowance, RateLimiter};
use crate::login::LoginThrottle;
use crate::passwords::{self, PasswordFault};
use crate::tokens::{Claims, KeyRing, TokenFault};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use std::fmt;
use std::sync::Arc;
use thiserror::Error;
use tokio::sync::Semaphore;
use touchline_domain::ports::{AccountReader, AccountWriter, StoreError};
use touchline_domain::{
    AccessRole, ApiKey, AuditRecord, Clock, NewApiKey, NewAudit, Permission, User, UserChange,
};

mod allowance;
mod external;
mod live;

pub use allowance::NotAlone;
pub use external::BegunLogin;
pub use live::LiveTicket;

/// How keys of programs begin, so that scanners for leaked secrets find them.
const KEY_PREFIX: &str = "tlk_";
/// Passwords that are hashed at a time: each takes 19 MiB.
const HASHES_AT_A_TIME: usize = 2;
/// Longest name of an account or a key.
const LONGEST_NAME: usize = 64;
/// Uses of a key are noted no more often.
const NOTED_EVERY: Duration = Duration::minutes(1);

/// What accounts ask of a store.
pub trait AccountStore: AccountReader + AccountWriter {}

impl<T: AccountReader + AccountWriter + ?Sized> AccountStore for T {}

/// Why something was not done.
#[derive(Debug, Error)]
pub enum AccountError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The name or the password is wrong; which, nobody is told.
    #[error("name or password is wrong")]
    WrongLogin,
    /// Too many logins failed.
    #[error("too many logins have failed; try again in {0} s")]
    Wait(u64),
    /// The token does not count.
    #[error(transparent)]
    Token(#[from] TokenFault),
    /// The session was ended, the key revoked or expired, or the account disabled.
    #[error("the session or key is no longer valid; log in again")]
    Revoked,
    /// A refresh token was used a second time: somebody else may have it, so its session was ended.
    #[error("this refresh token was used before, so its session was ended; log in again")]
    Reused,
    /// The name is taken.
    #[error("this name is taken")]
    NameTaken,
    /// The name cannot be used.
    #[error("a name has 1 to 64 letters a-z, digits, or . _ @ -")]
    Name,
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// There is no such account.
    #[error(
        "no account has this name; an administrator sees all with `touchline users list`, or at /api/v1/admin/users"
    )]
    NoUser,
    /// There is no such key, or it was revoked before.
    #[error(
        "no key has this number, or it was revoked before; `touchline keys list`, or /api/v1/admin/keys, shows those that count"
    )]
    NoKey,
    /// The last administrator stays.
    #[error("this is the last administrator; make another one first")]
    LastAdmin,
    /// A ticket was used before.
    #[error("this ticket was used before; ask for another one")]
    TicketUsed,
    /// Nobody may register.
    #[error("accounts are made by an administrator here")]
    RegistrationClosed,
    /// A key asks for what its account may not do.
    #[error("an account with the role {role} may not give a key the scope {}", .scope.name())]
    Scope {
        /// The account's role.
        role: AccessRole,
        /// What it may not do.
        scope: Permission,
    },
    /// What an issuer of identities says does not count, or it says nothing.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// An identity without an account, where none are made.
    #[error("you have no account here: an administrator links one to you with `touchline users link`")]
    NoIdentity,
    /// An identity without a role.
    #[error("the provider gives you no role here; ask an administrator")]
    NoRole,
    /// An identity that leads to another account.
    #[error("this identity leads to an account already")]
    IdentityTaken,
    /// The computation broke off.
    #[error("the password could not be hashed; the log says why")]
    Failed,
}

/// What is configured.
#[derive(Debug, Clone, Copy)]
pub struct AccountSettings {
    /// Whether reading needs an account too.
    pub required: bool,
    /// Whether anybody may make an account for himself, as a viewer.
    pub registration: bool,
    /// How long an access token counts.
    pub access: Duration,
    /// How long a session can be renewed.
    pub refresh: Duration,
    /// How often each principal, or address without one, may ask.
    pub allowance: Allowance,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            required: false,
            registration: false,
            access: Duration::minutes(15),
            refresh: Duration::days(30),
            allowance: Allowance { per_minute: 100 },
        }
    }
}

/// What kind of proof somebody gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A person, logged in under this session.
    Session(String),
    /// A program, by the key of this identifier.
    Key(i64),
}

/// Somebody whose proof was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub user: User,
    /// How it was proved.
    pub who: Who,
    /// What it may do.
    pub permissions: Vec<Permission>,
}

impl Principal {
    /// Whether it may do something.
    pub fn allows(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Its name in the audit log and among limits.
    pub fn actor(&self) -> String {
        match self.who {
            Who::Session(_) => format!("user {}", self.user.name),
            Who::Key(id) => format!("user {} by key {id}", self.user.name),
        }
    }
}

/// What a login gives. Neither token is printed.
#[derive(Clone)]
pub struct TokenPair {
    /// For the header `Authorization: Bearer`.
    pub access: String,
    /// For a new pair, once.
    pub refresh: String,
    /// Seconds that the access token counts.
    pub expires_in: i64,
    /// The account.
    pub user: User,
}

impl fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenPair").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A key that was made. It is shown once and kept nowhere.
pub struct CreatedKey {
    /// Its identifier.
    pub id: i64,
    /// The key.
    pub secret: String,
}

/// Accounts over a store.
pub struct Accounts {
    store: Arc<dyn AccountStore>,
    ring: KeyRing,
    settings: AccountSettings,
    clock: Arc<dyn Clock>,
    random: Random,
    throttle: LoginThrottle,
    limiter: RateLimiter,
    hashing: Semaphore,
    used_tickets: live::UsedTickets,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Accounts {
    /// Over a store, with the keys that sign.
    pub fn new(
        store: Arc<dyn AccountStore>,
        ring: KeyRing,
        settings: AccountSettings,
        clock: Arc<dyn Clock>,
        random: Random,
    ) -> Self {
        Self {
            store,
            ring,
            settings,
            clock,
            random,
            throttle: LoginThrottle::default(),
            limiter: RateLimiter::new(settings.allowance),
            hashing: Semaphore::new(HASHES_AT_A_TIME),
            used_tickets: live::UsedTickets::default(),
        }
    }

    /// What is configured.
    pub fn settings(&self) -> &AccountSettings {
        &self.settings
    }

    /// A name that nobody can guess: 32 letters, digits, `-` and `_`.
    pub fn unguessable(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.secret::<24>())
    }

    /// Who gave this access token or key.
    ///
    /// # Errors
    /// It is none of ours, has expired, or was revoked; or the store is not available.
    pub async fn authenticate(&self, bearer: &str) -> Result<Principal, AccountError> {
        if bearer.starts_with(KEY_PREFIX) {
            return self.of_key(bearer).await;
        }
        let claims = self.ring.verify(bearer, self.clock.now())?;
        let held = self.store.session(&claims.sid).await?;
        let (session, user) = held.ok_or(AccountError::Revoked)?;
        if session.ended_at.is_some() || user.is_disabled || claims.sub != user.id.to_string() {
            return Err(AccountError::Revoked);
        }
        let permissions = user.role.permissions().to_vec();
        Ok(Principal { user, who: Who::Session(session.id), permissions })
    }

    async fn of_key(&self, key: &str) -> Result<Principal, AccountError> {
        let (key, user) = self.store.key_of(&hash_of(key)).await?.ok_or(TokenFault::Forged)?;
        let now = self.clock.now();
        if key.revoked_at.is_some() || user.is_disabled {
            return Err(AccountError::Revoked);
        }
        if key.expires_at.is_some_and(|end| end <= now) {
            return Err(TokenFault::Expired.into());
        }
        if key.last_used_at.is_none_or(|last| now - last >= NOTED_EVERY) {
            self.store.note_key_use(key.id).await?;
        }
        let permissions = key.scopes.iter().copied().filter(|scope| user.role.allows(*scope)).collect();
        Ok(Principal { user, who: Who::Key(key.id), permissions })
    }

    /// Makes an account for whoever asks, as a viewer.
    ///
    /// # Errors
    /// Nobody may, the name is taken, or name or password cannot be used.
    pub async fn register(&self, name: &str, password: &str, address: &str) -> Result<User, AccountError> {
        if !self.settings.registration {
            return Err(AccountError::RegistrationClosed);
        }
        // Each registration costs a hash: an address has no more of them than of failed logins.
        let name = account_name(name)?;
        let now = self.clock.now();
        self.throttle.begin(&name, address, now).await.map_err(AccountError::Wait)?;
        self.add_user(&format!("anonymous at {address}"), &name, password, AccessRole::Viewer).await
    }

    /// Makes an account.
    ///
    /// # Errors
    /// The name is taken, or name or password cannot be used.
    pub async fn add_user(
        &self,
        actor: &str,
        name: &str,
        password: &str,
        role: AccessRole,
    ) -> Result<User, AccountError> {
        let name = account_name(name)?;
        passwords::check(&name, password)?;
        if self.store.user_named(&name).await?.is_some() {
            return Err(AccountError::NameTaken);
        }
        let hash = self.hash(password).await?;
        self.store.add_user(&name, &hash, role).await?.ok_or(AccountError::NameTaken)?;
        self.record(actor, "add user", &name, Some(format!("role {role}"))).await?;
        Ok(self.user_named(&name).await?.0)
    }

    /// Checks a password, and starts a session.
    ///
    /// # Errors
    /// Name or password is wrong, the account is disabled, or too many logins have failed.
    pub async fn login(&self, name: &str, password: &str, address: &str) -> Result<TokenPair, AccountError> {
        let name = account_name(name).map_err(|_| AccountError::WrongLogin)?;
        let now = self.clock.now();
        self.throttle.begin(&name, address, now).await.map_err(AccountError::Wait)?;
        let held = self.store.user_named(&name).await?;
        // An unknown name takes as long as a wrong password.
        let hash = held.as_ref().map_or(UNKNOWN, |(_, hash)| hash);
        let right = self.is_of(password, hash).await?;
        match held {
            Some((user, _)) if right && !user.is_disabled => {
                self.throttle.end(&name, address).await;
                self.start(user, address).await
            }
            _ => {
                self.record(&format!("anonymous at {address}"), "login refused", &name, None).await?;
                Err(AccountError::WrongLogin)
            }
        }
    }

    async fn start(&self, user: User, address: &str) -> Result<TokenPair, AccountError> {
        let now = self.clock.now();
        let session = self.unguessable();
        self.store.start_session(&session, user.id, now + self.settings.refresh).await?;
        self.record(&format!("user {}", user.name), "login", &format!("from {address}"), None).await?;
        Ok(self.pair(user, &session, 0, now))
    }

    fn pair(&self, user: User, session: &str, generation: i64, now: DateTime<Utc>) -> TokenPair {
        let claims = Claims {
            sub: user.id.to_string(),
            sid: session.to_owned(),
            role: user.role,
            iat: now.timestamp(),
            exp: (now + self.settings.access).timestamp(),
        };
        TokenPair {
            access: self.ring.sign(&claims),
            refresh: self.ring.refresh_token(session, generation),
            expires_in: self.settings.access.num_seconds(),
            user,
        }
    }

    /// A new pair for a refresh token, which is used up by that. One that was used before ends its session: of two who
    /// hold it, one has stolen it.
    ///
    /// # Errors
    /// The token is none of ours, was used before, or its session has ended or expired.
    pub async fn refresh(&self, token: &str) -> Result<TokenPair, AccountError> {
        let (session, generation) = self.ring.read_refresh(token)?;
        let now = self.clock.now();
        let (held, user) = self.store.session(session).await?.ok_or(AccountError::Revoked)?;
        if held.ended_at.is_some() || user.is_disabled {
            return Err(AccountError::Revoked);
        }
        if held.expires_at <= now {
            return Err(TokenFault::Expired.into());
        }
        if self.store.renew_session(session, generation, now + self.settings.refresh).await? {
            return Ok(self.pair(user, session, generation + 1, now));
        }
        self.store.end_session(session).await?;
        let actor = format!("user {}", user.name);
        self.record(&actor, "refresh token used twice", "session ended", None).await?;
        Err(AccountError::Reused)
    }

    /// Ends the session of whoever asks. A key has none.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn logout(&self, principal: &Principal) -> Result<(), AccountError> {
        if let Who::Session(session) = &principal.who {
            self.store.end_session(session).await?;
            self.record(&principal.actor(), "logout", "session ended", None).await?;
        }
        Ok(())
    }

    /// All accounts.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn users(&self) -> Result<Vec<User>, AccountError> {
        Ok(self.store.users().await?)
    }

    /// Changes role or state of an account.
    ///
    /// # Errors
    /// There is none, or it is the last administrator.
    pub async fn change_user(
        &self,
        actor: &str,
        name: &str,
        role: Option<AccessRole>,
        is_disabled: Option<bool>,
    ) -> Result<User, AccountError> {
        let (user, _) = self.user_named(name).await?;
        let leaves = role.is_some_and(|role| role != AccessRole::Admin) || is_disabled == Some(true);
        if leaves && user.role == AccessRole::Admin && !user.is_disabled {
            let is_other =
                |other: &User| other.id != user.id && other.role == AccessRole::Admin && !other.is_disabled;
            if !self.store.users().await?.iter().any(is_other) {
                return Err(AccountError::LastAdmin);
            }
        }
        let change = UserChange { role, is_disabled, password_hash: None };
        self.store.change_user(user.id, &change).await?;
        let said = role.map(|role| format!("role {role}"));
        let state = is_disabled.map(|disabled| if disabled { "disabled" } else { "enabled" }.to_owned());
        let details: Vec<String> = said.into_iter().chain(state).collect();
        self.record(actor, "change user", name, Some(details.join(", "))).await?;
        Ok(self.user_named(name).await?.0)
    }

    /// Gives an account another password, which ends its sessions.
    ///
    /// # Errors
    /// There is no such account, or the password cannot be used.
    pub async fn set_password(&self, actor: &str, name: &str, password: &str) -> Result<(), AccountError> {
        let (user, _) = self.user_named(name).await?;
        passwords::check(&user.name, password)?;
        let password_hash = Some(self.hash(password).await?);
        self.store.change_user(user.id, &UserChange { password_hash, ..UserChange::default() }).await?;
        self.record(actor, "change password", name, None).await
    }

    /// All keys.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn keys(&self) -> Result<Vec<ApiKey>, AccountError> {
        Ok(self.store.api_keys().await?)
    }

    /// Makes a key in the name of an account.
    ///
    /// # Errors
    /// There is no such account, the name cannot be used, or the account may not do what the key asks for.
    pub async fn create_key(
        &self,
        actor: &str,
        user: &str,
        name: &str,
        scopes: &[Permission],
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<CreatedKey, AccountError> {
        let (user, _) = self.user_named(user).await?;
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(AccountError::Name);
        }
        if let Some(scope) = scopes.iter().find(|scope| !user.role.allows(**scope)) {
            return Err(AccountError::Scope { role: user.role, scope: *scope });
        }
        let scopes = if scopes.is_empty() { &[Permission::Read] } else { scopes };
        let secret = format!("{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(self.secret::<32>()));
        let key = NewApiKey {
            name: name.to_owned(),
            user_id: user.id,
            hash: hash_of(&secret),
            scopes: scopes.to_vec(),
            expires_at,
        };
        let id = self.store.add_key(&key).await?;
        let names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
        let details = format!("of {}, scopes {}", user.name, names.join(" "));
        self.record(actor, "create key", &format!("key {id} {name}"), Some(details)).await?;
        Ok(CreatedKey { id, secret })
    }

    /// Revokes a key.
    ///
    /// # Errors
    /// There is none, or it was revoked before.
    pub async fn revoke_key(&self, actor: &str, id: i64) -> Result<(), AccountError> {
        if !self.store.revoke_key(id).await? {
            return Err(AccountError::NoKey);
        }
        self.record(actor, "revoke key", &format!("key {id}"), None).await
    }

    /// The audit log, the latest first.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn audit_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditRecord>, AccountError> {
        Ok(self.store.audit_log(before, limit).await?)
    }

    /// Writes down what somebody did, or was refused.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn record(
        &self,
        actor: &str,
        action: &str,
        subject: &str,
        details: Option<String>,
    ) -> Result<(), AccountError> {
        let record = NewAudit {
            actor: actor.to_owned(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            details,
        };
        Ok(self.store.record_audit(&[record]).await?)
    }

    async fn user_named(&self, name: &str) -> Result<(User, String), AccountError> {
        let name = account_name(name).map_err(|_| AccountError::NoUser)?;
        self.store.user_named(&name).await?.ok_or(AccountError::NoUser)
    }

    fn secret<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }

    async fn hash(&self, password: &str) -> Result<String, AccountError> {
        let (password, salt) = (password.to_owned(), self.secret::<16>());
        self.beside(move || passwords::hash(&password, &salt)).await?.ok_or(AccountError::Failed)
    }

    async fn is_of(&self, password: &str, hash: &str) -> Result<bool, AccountError> {
        let (password, hash) = (password.to_owned(), hash.to_owned());
        self.beside(move || passwords::is_of(&password, &hash)).await
    }

    /// Computes beside the executor, few at a time.
    async fn beside<T: Send + 'static>(
        &self,
        compute: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccountError> {
        let _turn = self.hashing.acquire().await.map_err(|_| AccountError::Failed)?;
        tokio::task::spawn_blocking(compute).await.map_err(|_| AccountError::Failed)
    }
}

/// The hash of no password, with today's parameters.
const UNKNOWN: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A key has 256 bits of randomness: a fast hash is enough.
fn hash_of(key: &str) -> String {
    blake3::hash(key.as_bytes()).to_hex().to_string()
}

/// The name as it is kept, in lower case.
fn account_name(name: &str) -> Result<String, AccountError> {
    let name = name.to_ascii_lowercase();
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._@-".contains(c);
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_allowed) {
        return Err(AccountError::Name);
    }
    Ok(name)
}

#[cfg(test)]
mod tests;
