//! Who may do what: accounts with roles, keys of programs, and the one table of permissions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Something that may be allowed. Names are stable: keys are stored with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Reading matches, forecasts, models and the ledger.
    Read,
    /// Sealing forecasts on demand.
    Seal,
    /// Letting another version of a model answer.
    Promote,
    /// Running jobs, changing the timetable, taking alerts up.
    Operate,
    /// Seeing and changing accounts and keys.
    ManageAccounts,
    /// Reading the audit log.
    ReadAudit,
    /// Deciding about findings in data, and asking for checks.
    ReviewData,
    /// Bringing documents in.
    Import,
}

impl Permission {
    /// All permissions with their names, in the order of their declaration.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Read, "read"),
        (Self::Seal, "seal"),
        (Self::Promote, "promote"),
        (Self::Operate, "operate"),
        (Self::ManageAccounts, "manage_accounts"),
        (Self::ReadAudit, "read_audit"),
        (Self::ReviewData, "review_data"),
        (Self::Import, "import"),
    ];

    /// The name in stores and answers.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

impl FromStr for Permission {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(_, n)| *n == name).map(|(permission, _)| *permission);
        found.ok_or_else(|| {
            let all: Vec<_> = Self::ALL.iter().map(|(_, name)| *name).collect();
            format!("{name:?} is not a scope; write one of {}", all.join(", "))
        })
    }
}

/// What an account is allowed, from little to everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessRole {
    /// Reads.
    Viewer,
    /// Reads, and the audit log too.
    Analyst,
    /// Also seals forecasts, promotes models, brings documents in and decides about findings.
    Operator,
    /// Everything.
    Admin,
}

impl AccessRole {
    /// All roles with their names, in the order of their declaration.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Viewer, "viewer"),
        (Self::Analyst, "analyst"),
        (Self::Operator, "operator"),
        (Self::Admin, "admin"),
    ];

    /// The name in stores and answers.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The table of permissions.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::{Import, ManageAccounts, Operate, Promote, Read, ReadAudit, ReviewData, Seal};
        match self {
            Self::Viewer => &[Read],
            Self::Analyst => &[Read, ReadAudit],
            Self::Operator => &[Read, ReadAudit, Seal, Promote, Operate, ReviewData, Import],
            Self::Admin => &[Read, ReadAudit, Seal, Promote, Operate, ReviewData, Import, ManageAccounts],
        }
    }

    /// Whether the role has a permission.
    pub fn allows(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

impl fmt::Display for AccessRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for AccessRole {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(_, n)| *n == name).map(|(role, _)| *role);
        found.ok_or_else(|| format!("{name:?} is not a role; write viewer, analyst, operator or admin"))
    }
}

/// An account; its password's hash stays in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its identifier.
    pub id: i64,
    /// The name to log in with.
    pub name: String,
    /// What it is allowed.
    pub role: AccessRole,
    /// Whether it may not log in, and what it was given no longer counts.
    pub is_disabled: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it logged in last.
    pub last_login_at: Option<DateTime<Utc>>,
}

/// A change of an account; what is none stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserChange {
    /// Its role.
    pub role: Option<AccessRole>,
    /// Whether it is disabled; disabling ends all its sessions.
    pub is_disabled: Option<bool>,
    /// The hash of its password; another one ends all its sessions.
    pub password_hash: Option<String>,
}

/// A login that goes on until it ends or expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginSession {
    /// A name that nobody can guess.
    pub id: String,
    /// The account.
    pub user_id: i64,
    /// How often it was renewed: a refresh token of an earlier generation was used before.
    pub generation: i64,
    /// Until when it can be renewed.
    pub expires_at: DateTime<Utc>,
    /// When it was ended; none while it goes on.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A key before the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it is for.
    pub name: String,
    /// The account in whose name it acts.
    pub user_id: i64,
    /// BLAKE3 of the key, lower-case hex; the key itself is kept nowhere.
    pub hash: String,
    /// What it may do, as far as its account may.
    pub scopes: Vec<Permission>,
    /// Until when it counts; none for ever.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identifier.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// The account in whose name it acts.
    pub user_id: i64,
    /// What it may do, as far as its account may.
    pub scopes: Vec<Permission>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it counts; none for ever.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Something that somebody did, or was refused, before it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAudit {
    /// Who: `user NAME`, `key NAME` or `anonymous`, with the address where there is one.
    pub actor: String,
    /// What: `login`, `refused`, `change user`, ...
    pub action: String,
    /// To what.
    pub subject: String,
    /// More about it; never a secret.
    pub details: Option<String>,
}

/// A record of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number.
    pub id: i64,
    /// What was recorded.
    pub record: NewAudit,
    /// When.
    pub created_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_every_role_has_what_the_one_before_has() {
        for (permission, name) in Permission::ALL {
            assert_eq!((permission.name(), name.parse()), (name, Ok(permission)));
        }
        for (role, name) in AccessRole::ALL {
            assert_eq!((role.name(), name.parse()), (name, Ok(role)));
        }
        for pair in AccessRole::ALL.windows(2) {
            assert!(pair[0].0.permissions().iter().all(|p| pair[1].0.allows(*p)), "{pair:?}");
        }
        assert!("root".parse::<AccessRole>().is_err() && "write".parse::<Permission>().is_err());
    }
}
