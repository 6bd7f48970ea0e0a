//! Tickets for connections of browsers, which cannot send a token when they open one.

use super::{AccountError, Accounts, Principal, Who};
use crate::tokens::TokenFault;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use touchline_domain::Permission;

/// How long a ticket counts: as long as opening a connection may take.
const PATIENCE: Duration = Duration::seconds(30);
/// What a ticket is signed for.
const PURPOSE: &str = "tlw";
/// Used tickets that are remembered before those whose time is over are forgotten.
const MANY_USED: usize = 1_000;

/// A right to open one connection that tells of running matches. Never printed.
pub struct LiveTicket {
    /// The ticket.
    pub ticket: String,
    /// Until when it counts.
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for LiveTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveTicket").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What a ticket says.
#[derive(Serialize, Deserialize)]
struct Note {
    by: By,
    nonce: String,
    /// Seconds since 1970.
    exp: i64,
}

/// Whose proof it was given for.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum By {
    Session(String),
    Key(i64),
}

/// Tickets that were used on this server, until their time is over.
#[derive(Debug, Default)]
pub(super) struct UsedTickets(Mutex<HashMap<String, i64>>);

impl UsedTickets {
    /// Whether this is the first use.
    fn first(&self, nonce: &str, exp: i64, now: i64) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= MANY_USED {
            used.retain(|_, exp| *exp > now);
        }
        used.insert(nonce.to_owned(), exp).is_none()
    }
}

impl Accounts {
    /// A ticket for one connection, in the name of somebody whose proof was checked. It counts for half a minute and once on each
    /// server, and only as long as the session or key behind it does.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn live_ticket(&self, principal: &Principal) -> Result<LiveTicket, AccountError> {
        let expires_at = self.clock.now() + PATIENCE;
        let by = match &principal.who {
            Who::Session(id) => By::Session(id.clone()),
            Who::Key(id) => By::Key(*id),
        };
        let note =
            Note { by, nonce: URL_SAFE_NO_PAD.encode(self.secret::<16>()), exp: expires_at.timestamp() };
        let body = serde_json::to_vec(&note).map_err(|_| AccountError::Failed)?;
        Ok(LiveTicket { ticket: self.ring.sign_note(PURPOSE, &body), expires_at })
    }

    /// Whose ticket this is; it is used up. Its holder may read and nothing else.
    ///
    /// # Errors
    /// It was not given here, its time is over, it was used before, or the session or key behind it does not count any longer;
    /// or the store is not available.
    pub async fn redeem_live_ticket(&self, ticket: &str) -> Result<Principal, AccountError> {
        let note: Note =
            serde_json::from_slice(&self.ring.read_note(PURPOSE, ticket)?).map_err(|_| TokenFault::Forged)?;
        let now = self.clock.now();
        if note.exp <= now.timestamp() {
            return Err(TokenFault::Expired.into());
        }
        if !self.used_tickets.first(&note.nonce, note.exp, now.timestamp()) {
            return Err(AccountError::TicketUsed);
        }
        let (user, who, may_read) = match note.by {
            By::Session(id) => {
                let (session, user) = self.store.session(&id).await?.ok_or(AccountError::Revoked)?;
                if session.ended_at.is_some() {
                    return Err(AccountError::Revoked);
                }
                (user, Who::Session(id), true)
            }
            By::Key(id) => {
                let keys = self.store.api_keys().await?;
                let key = keys.into_iter().find(|key| key.id == id).ok_or(AccountError::Revoked)?;
                if key.revoked_at.is_some() || key.expires_at.is_some_and(|end| end <= now) {
                    return Err(AccountError::Revoked);
                }
                let users = self.store.users().await?;
                let user =
                    users.into_iter().find(|user| user.id == key.user_id).ok_or(AccountError::Revoked)?;
                (user, Who::Key(id), key.scopes.contains(&Permission::Read))
            }
        };
        if user.is_disabled {
            return Err(AccountError::Revoked);
        }
        let may_read = may_read && user.role.allows(Permission::Read);
        let permissions = if may_read { vec![Permission::Read] } else { Vec::new() };
        Ok(Principal { user, who, permissions })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::super::{AccountSettings, Permission};
    use super::*;
    use touchline_domain::AccessRole;

    const PASSWORD: &str = "correct horse battery";

    #[tokio::test]
    async fn a_ticket_counts_once_and_for_half_a_minute() {
        let world = world(AccountSettings::default()).await;
        let pair = world.accounts.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        let ann = world.accounts.authenticate(&pair.access).await.unwrap();
        let first = world.accounts.live_ticket(&ann).unwrap();
        let second = world.accounts.live_ticket(&ann).unwrap();
        assert_ne!(first.ticket, second.ticket);
        assert!(!format!("{first:?}").contains(&first.ticket));
        let holder = world.accounts.redeem_live_ticket(&first.ticket).await.unwrap();
        assert_eq!(
            (holder.user.name.as_str(), holder.permissions.as_slice()),
            ("ann", &[Permission::Read][..])
        );
        let again = world.accounts.redeem_live_ticket(&first.ticket).await.unwrap_err();
        assert!(matches!(again, AccountError::TicketUsed), "{again}");
        world.pass(30);
        let late = world.accounts.redeem_live_ticket(&second.ticket).await.unwrap_err();
        assert!(matches!(late, AccountError::Token(TokenFault::Expired)), "{late}");
    }

    #[tokio::test]
    async fn what_was_not_given_here_for_this_does_not_count() {
        let world = world(AccountSettings::default()).await;
        let pair = world.accounts.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        let ann = world.accounts.authenticate(&pair.access).await.unwrap();
        let ticket = world.accounts.live_ticket(&ann).unwrap().ticket;
        let mut changed = ticket.clone().into_bytes();
        changed[8] = if changed[8] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        for forged in
            ["", "tlw_x", "tlw_.k.s", &changed, &pair.access, &pair.refresh, &ticket.replace("tlw", "tlf")]
        {
            let error = world.accounts.redeem_live_ticket(forged).await.unwrap_err();
            assert!(matches!(error, AccountError::Token(TokenFault::Forged)), "{forged}: {error}");
        }
        // And a ticket is no token.
        assert!(world.accounts.authenticate(&ticket).await.is_err());
        world.accounts.redeem_live_ticket(&ticket).await.unwrap();
    }

    #[tokio::test]
    async fn a_ticket_ends_with_the_session_or_key_behind_it() {
        let world = world(AccountSettings::default()).await;
        let pair = world.accounts.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        let ann = world.accounts.authenticate(&pair.access).await.unwrap();
        let of_session = world.accounts.live_ticket(&ann).unwrap().ticket;
        world.accounts.logout(&ann).await.unwrap();
        let ended = world.accounts.redeem_live_ticket(&of_session).await.unwrap_err();
        assert!(matches!(ended, AccountError::Revoked), "{ended}");
        let key = world.accounts.create_key("test", "ann", "k", &[Permission::Read], None).await.unwrap();
        let by_key = world.accounts.authenticate(&key.secret).await.unwrap();
        let [first, second] = [(); 2].map(|()| world.accounts.live_ticket(&by_key).unwrap().ticket);
        assert!(world.accounts.redeem_live_ticket(&first).await.unwrap().allows(Permission::Read));
        world.accounts.revoke_key("test", key.id).await.unwrap();
        let revoked = world.accounts.redeem_live_ticket(&second).await.unwrap_err();
        assert!(matches!(revoked, AccountError::Revoked), "{revoked}");
        assert_eq!(by_key.user.role, AccessRole::Admin);
    }
}
