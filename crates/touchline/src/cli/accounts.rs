//! `touchline users` and `touchline keys`.

use clap::Subcommand;
use touchline_domain::{AccessRole, Permission};

#[derive(Debug, Subcommand)]
pub enum Users {
    /// Make an account; its password is the first line of standard input
    Add {
        /// The name to log in with: letters a-z, digits, or . _ @ -
        #[arg(value_name = "NAME")]
        name: String,
        /// viewer (reads), analyst (also the audit log), operator (also seals and promotes) or admin (everything)
        #[arg(long, value_name = "ROLE", default_value_t = AccessRole::Viewer)]
        role: AccessRole,
    },
    /// List all accounts
    List,
    /// Give an account another role
    Role {
        #[arg(value_name = "NAME")]
        name: String,
        /// viewer, analyst, operator or admin
        #[arg(value_name = "ROLE")]
        role: AccessRole,
    },
    /// Refuse an account from now on: its logins and keys no longer count
    Disable {
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Let a disabled account in again
    Enable {
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Lead an identity of a provider (OpenID Connect) to an account that is there
    Link {
        #[arg(value_name = "NAME")]
        name: String,
        /// Who it is there: `sub` of his identity token
        #[arg(long, value_name = "SUBJECT")]
        subject: String,
        /// The provider [default: oidc.issuer]
        #[arg(long, value_name = "URL")]
        issuer: Option<String>,
    },
    /// Give an account another password, the first line of standard input, which ends its logins
    Password {
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a key for a program; it is shown once and kept nowhere
    Create {
        /// What it is for
        #[arg(value_name = "NAME")]
        name: String,
        /// The account in whose name it acts
        #[arg(long, value_name = "NAME")]
        user: String,
        /// What it may do: read, seal, promote, operate, review_data, import, manage_accounts or read_audit; may be given several times [default: read]
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<Permission>,
        /// Days until it expires; without, it does not
        #[arg(long, value_name = "N")]
        days: Option<u16>,
    },
    /// List all keys, those that were revoked too
    List,
    /// Revoke a key
    Revoke {
        /// Its number, as `touchline keys list` shows it
        #[arg(value_name = "KEY")]
        id: i64,
    },
}
