//! Logging in by an issuer of identities.

use super::{AccountError, Accounts, TokenPair};
use crate::identity::{Asked, Flow, Identity, IdentityError, IdentityProvider, IdentityRules, names_for};
use crate::tokens::TokenFault;
use chrono::Duration;
use touchline_domain::{AccessRole, User};

/// How long somebody has to log in at the issuer.
const PATIENCE: Duration = Duration::minutes(10);
/// What a begun login is signed for.
const PURPOSE: &str = "tlf";

/// A login that was begun at an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunLogin {
    /// Where somebody logs in.
    pub url: String,
    /// Comes back with what he brings from there. Whoever has it and the code alone can end the login.
    pub flow: String,
}

impl Accounts {
    /// Begins a login at an issuer.
    ///
    /// # Errors
    /// The issuer does not answer.
    pub async fn begin_login_at(&self, provider: &dyn IdentityProvider) -> Result<BegunLogin, AccountError> {
        let flow = Flow::new(self.random, (self.clock.now() + PATIENCE).timestamp());
        let challenge = flow.challenge();
        let asked = Asked { state: &flow.state, nonce: &flow.nonce, challenge: &challenge };
        let url = provider.authorization_url(asked).await?;
        let body = serde_json::to_vec(&flow).map_err(|_| AccountError::Failed)?;
        Ok(BegunLogin { url, flow: self.ring.sign_note(PURPOSE, &body) })
    }

    /// Ends a login with what somebody brings from the issuer, and starts a session.
    ///
    /// # Errors
    /// It was not begun here, or too long ago; the issuer's answer does not count; or there is no account for it.
    pub async fn end_login_at(
        &self,
        provider: &dyn IdentityProvider,
        rules: &IdentityRules,
        (flow, state, code): (&str, &str, &str),
        address: &str,
    ) -> Result<TokenPair, AccountError> {
        let flow = self.ring.read_note(PURPOSE, flow)?;
        let flow: Flow = serde_json::from_slice(&flow).map_err(|_| TokenFault::Forged)?;
        if flow.exp <= self.clock.now().timestamp() {
            return Err(TokenFault::Expired.into());
        }
        if flow.state != state {
            return Err(TokenFault::Forged.into());
        }
        let identity = provider.identity(code, &flow.verifier, &flow.nonce).await;
        let user = match identity {
            Ok(identity) => self.user_of(&identity, rules).await,
            Err(error) => Err(error.into()),
        };
        match user {
            Ok(user) => self.start(user, address).await,
            Err(error) => {
                if !matches!(
                    error,
                    AccountError::Store(_) | AccountError::Identity(IdentityError::Unavailable(_))
                ) {
                    let actor = format!("anonymous at {address}");
                    self.record(
                        &actor,
                        "login refused",
                        "by a provider of identities",
                        Some(error.to_string()),
                    )
                    .await?;
                }
                Err(error)
            }
        }
    }

    /// The account of an identity, with the role that it has now.
    async fn user_of(&self, identity: &Identity, rules: &IdentityRules) -> Result<User, AccountError> {
        let role = rules.role_of(identity).ok_or(AccountError::NoRole)?;
        let Some(user) = self.store.user_of_identity(&identity.issuer, &identity.subject).await? else {
            return if rules.create {
                self.made_for(identity, role).await
            } else {
                Err(AccountError::NoIdentity)
            };
        };
        if user.is_disabled {
            return Err(AccountError::Revoked);
        }
        if rules.roles.is_empty() || user.role == role {
            return Ok(user);
        }
        match self.change_user(&identity.issuer, &user.name, Some(role), None).await {
            Ok(user) => Ok(user),
            // Somebody has to stay who can let others in.
            Err(AccountError::LastAdmin) => Ok(user),
            Err(error) => Err(error),
        }
    }

    async fn made_for(&self, identity: &Identity, role: AccessRole) -> Result<User, AccountError> {
        // A password that nobody knows: the account is entered by its identity alone.
        let hash = self.hash(&self.unguessable()).await?;
        for name in names_for(identity) {
            // A name that is there is somebody's: it is never taken over.
            let id = self
                .store
                .add_user_of_identity(&name, &hash, role, &identity.issuer, &identity.subject)
                .await?;
            if id.is_some() {
                let details = format!("role {role}, by {}", identity.issuer);
                self.record(&identity.issuer, "add user", &name, Some(details)).await?;
                return Ok(self.user_named(&name).await?.0);
            }
        }
        // Another login of the same identity made it meanwhile.
        let held = self.store.user_of_identity(&identity.issuer, &identity.subject).await?;
        held.ok_or(AccountError::NameTaken)
    }

    /// Leads an identity to an account that is there; whoever may keep accounts says so.
    ///
    /// # Errors
    /// There is no such account, or the identity has one.
    pub async fn link_identity(
        &self,
        actor: &str,
        name: &str,
        issuer: &str,
        subject: &str,
    ) -> Result<(), AccountError> {
        let (user, _) = self.user_named(name).await?;
        if !self.store.link_identity(user.id, issuer, subject).await? {
            return Err(AccountError::IdentityTaken);
        }
        self.record(actor, "link identity", &user.name, Some(format!("{subject} at {issuer}"))).await
    }
}

#[cfg(test)]
mod tests;
