use super::Ending;
use crate::cli::{Keys, Users};
use crate::config::Role;
use crate::output;
use crate::wiring::{Session, random};
use anyhow::{Context, Result, bail};
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use std::io::BufRead;
use touchline_accounts::{AccountSettings, Accounts, KeyRing, LONGEST_PASSWORD};
use touchline_domain::{ApiKey, User};

/// Who acts on the command line.
const BY: &str = "command line";

/// `touchline users`.
pub async fn users(session: &Session, command: &Users) -> Result<Ending> {
    let accounts = accounts(session).await?;
    match command {
        Users::Add { name, role } => {
            let user = accounts.add_user(BY, name, &password()?, *role).await?;
            told(session, &user, "made")
        }
        Users::List => list_users(session, &accounts).await,
        Users::Role { name, role } => {
            told(session, &accounts.change_user(BY, name, Some(*role), None).await?, "changed")
        }
        Users::Disable { name } => {
            told(session, &accounts.change_user(BY, name, None, Some(true)).await?, "disabled")
        }
        Users::Enable { name } => {
            told(session, &accounts.change_user(BY, name, None, Some(false)).await?, "enabled")
        }
        Users::Link { name, subject, issuer } => {
            let issuer = issuer.as_ref().unwrap_or(&session.config.oidc.issuer);
            if issuer.is_empty() {
                bail!("no provider is set: give it with --issuer, or as oidc.issuer");
            }
            accounts.link_identity(BY, name, issuer, subject).await?;
            let value = json!({ "name": name, "issuer": issuer, "subject": subject });
            done(session, &value, &format!("{name} is entered by {subject} at {issuer} from now on"))
        }
        Users::Password { name } => {
            accounts.set_password(BY, name, &password()?).await?;
            done(
                session,
                &json!({ "name": name }),
                &format!("{name} has another password; logins were ended"),
            )
        }
    }
}

/// `touchline keys`.
pub async fn keys(session: &Session, command: &Keys) -> Result<Ending> {
    let accounts = accounts(session).await?;
    match command {
        Keys::Create { name, user, scopes, days } => {
            let end = days.map(|days| session.clock.now() + Duration::days(days.into()));
            let key = accounts.create_key(BY, user, name, scopes, end).await?;
            let said = format!(
                "key {} is {}\nit is shown this once; send it as Authorization: Bearer",
                key.id, key.secret
            );
            done(session, &json!({ "id": key.id, "key": key.secret, "expires_at": end }), &said)
        }
        Keys::List => list_keys(session, &accounts).await,
        Keys::Revoke { id } => {
            accounts.revoke_key(BY, *id).await?;
            done(session, &json!({ "id": id }), &format!("key {id} is revoked"))
        }
    }
}

/// Accounts that give no tokens: what signs is made for this command alone.
async fn accounts(session: &Session) -> Result<Accounts> {
    let store = session.account_store(Role::Writer).await?;
    let ring = KeyRing::ephemeral(random);
    Ok(Accounts::new(store, ring, AccountSettings::default(), session.clock.clone(), random))
}

/// The first line of standard input.
fn password() -> Result<String> {
    let mut line = String::new();
    let most = LONGEST_PASSWORD as u64 + 2;
    std::io::Read::take(std::io::stdin().lock(), most)
        .read_line(&mut line)
        .context("cannot read the password from standard input")?;
    let password = line.trim_end_matches(['\n', '\r']).to_owned();
    if password.is_empty() {
        bail!(
            "no password: write it as the first line of standard input, such as with `touchline users add ann < file`"
        );
    }
    Ok(password)
}

fn done(session: &Session, value: &serde_json::Value, said: &str) -> Result<Ending> {
    if session.json {
        output::json(value)?;
    } else {
        output::line(said);
    }
    Ok(Ending::Done)
}

fn user_json(user: &User) -> serde_json::Value {
    json!({
        "name": user.name, "role": user.role, "disabled": user.is_disabled, "created_at": user.created_at,
        "last_login_at": user.last_login_at,
    })
}

fn told(session: &Session, user: &User, what: &str) -> Result<Ending> {
    done(session, &user_json(user), &format!("{} ({}) is {what}", user.name, user.role))
}

fn moment(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(String::new, |time| time.format("%Y-%m-%d %H:%M").to_string())
}

async fn list_users(session: &Session, accounts: &Accounts) -> Result<Ending> {
    let users = accounts.users().await?;
    if session.json {
        output::json(&users.iter().map(user_json).collect::<Vec<_>>())?;
    } else if users.is_empty() {
        output::line("no account; touchline users add NAME --role admin makes one");
    } else {
        let row = |user: &User| {
            let state = if user.is_disabled { "disabled" } else { "" };
            vec![user.name.clone(), user.role.to_string(), state.to_owned(), moment(user.last_login_at)]
        };
        output::table(&["name", "role", "state", "last login"], &users.iter().map(row).collect::<Vec<_>>());
    }
    Ok(Ending::Done)
}

async fn list_keys(session: &Session, accounts: &Accounts) -> Result<Ending> {
    let users = accounts.users().await?;
    let owner = |key: &ApiKey| {
        users.iter().find(|user| user.id == key.user_id).map(|user| user.name.clone()).unwrap_or_default()
    };
    let scopes = |key: &ApiKey| key.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>();
    let keys = accounts.keys().await?;
    if session.json {
        let value = |key: &ApiKey| {
            json!({
                "id": key.id, "name": key.name, "user": owner(key), "scopes": scopes(key),
                "created_at": key.created_at, "expires_at": key.expires_at, "revoked_at": key.revoked_at,
                "last_used_at": key.last_used_at,
            })
        };
        output::json(&keys.iter().map(value).collect::<Vec<_>>())?;
        return Ok(Ending::Done);
    }
    let row = |key: &ApiKey| {
        vec![
            key.id.to_string(),
            key.name.clone(),
            owner(key),
            scopes(key).join(" "),
            moment(key.expires_at),
            moment(key.revoked_at),
            moment(key.last_used_at),
        ]
    };
    let heads = ["key", "name", "account", "scopes", "expires", "revoked", "last used"];
    output::table(&heads, &keys.iter().map(row).collect::<Vec<_>>());
    Ok(Ending::Done)
}
