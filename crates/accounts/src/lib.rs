//! Accounts: who somebody is, proved by a password, a token or a key; how often somebody may ask; and what is written down
//! about it. What an account is allowed stands in one table of the domain ([`AccessRole::permissions`]).
//!
//! [`Accounts`] is the whole of it. Nothing here knows of HTTP, and randomness and time are parameters.
//!
//! [`AccessRole::permissions`]: touchline_domain::AccessRole::permissions

#[cfg(test)]
mod fake;
mod identity;
mod limits;
mod login;
mod passwords;
mod service;
mod tokens;
mod webhooks;

pub use identity::{Asked, Identity, IdentityError, IdentityProvider, IdentityRules};
pub use limits::{Allowance, RateLimiter, Verdict};
pub use passwords::{LONGEST_PASSWORD, PasswordFault, SHORTEST_PASSWORD};
pub use service::{
    AccountError, AccountSettings, AccountStore, Accounts, BegunLogin, CreatedKey, LiveTicket, NotAlone,
    Principal, TokenPair, Who,
};
pub use tokens::{KeyRing, SecretFault, TokenFault};
pub use webhooks::{WebhookFault, WebhookProof, WebhookSecretFault, WebhookSecrets};

/// Fills bytes with randomness that nobody can guess.
pub type Random = fn(&mut [u8]);
