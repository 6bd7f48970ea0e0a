//! Logging in by an issuer of identities (OpenID Connect): what is asked of one, and which account somebody gets.
//!
//! Somebody is known by the issuer and his subject there, and by nothing else. A mail address or a name never leads to an
//! account that is there already: whoever has that one links it on purpose.

use crate::Random;
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use touchline_domain::AccessRole;

/// Longest name that is made for an account, without what tells it from others.
const LONGEST_NAME: usize = 48;

/// Why an issuer's word does not count, or there is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// The issuer does not answer as it should.
    #[error("the provider of identities does not answer: {0}")]
    Unavailable(String),
    /// What it says does not count.
    #[error("the provider's answer does not count: {0}")]
    Refused(String),
}

/// Somebody, as the issuer says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Who says so.
    pub issuer: String,
    /// Who it is there, for ever.
    pub subject: String,
    /// How he is called there.
    pub name: Option<String>,
    /// A mail address that the issuer has verified; others are not passed on.
    pub verified_mail: Option<String>,
    /// What the configured claim says of his roles.
    pub roles: Vec<String>,
}

/// What is asked for at the issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Comes back with the answer.
    pub state: &'a str,
    /// Comes back in the token.
    pub nonce: &'a str,
    /// SHA-256 of what proves that the answer was asked for here (RFC 7636), in base64.
    pub challenge: &'a str,
}

/// An issuer of identities.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// The address at which somebody logs in there.
    ///
    /// # Errors
    /// The issuer does not answer.
    async fn authorization_url(&self, asked: Asked<'_>) -> Result<String, IdentityError>;

    /// Who brought a code from there.
    ///
    /// # Errors
    /// The issuer does not answer, or what it says does not count.
    async fn identity(&self, code: &str, verifier: &str, nonce: &str) -> Result<Identity, IdentityError>;
}

/// Which accounts identities get.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdentityRules {
    /// Values of the claim that give a role.
    pub roles: Vec<(String, AccessRole)>,
    /// The role of those who have none of these; none where they are refused.
    pub default_role: Option<AccessRole>,
    /// Whether somebody who has no account gets one.
    pub create: bool,
}

impl IdentityRules {
    /// The highest role that somebody's values give.
    pub fn role_of(&self, identity: &Identity) -> Option<AccessRole> {
        let given =
            self.roles.iter().filter(|(value, _)| identity.roles.contains(value)).map(|(_, role)| *role);
        given.max().or(self.default_role)
    }
}

/// A login that was begun. The browser keeps it, signed, so that what it brings back belongs to what it asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flow {
    pub state: String,
    pub nonce: String,
    /// Proves to the issuer that whoever brings the code is who asked for it.
    pub verifier: String,
    /// Seconds since 1970.
    pub exp: i64,
}

impl Flow {
    pub fn new(random: Random, exp: i64) -> Self {
        let secret = || {
            let mut bytes = [0; 32];
            random(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        };
        Self { state: secret(), nonce: secret(), verifier: secret(), exp }
    }

    /// The challenge of the verifier.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }
}

/// Names for the account of somebody new, in the order in which they are tried: his own, then his own with a mark that no
/// other identity has.
pub(crate) fn names_for(identity: &Identity) -> [String; 2] {
    let said = identity.name.as_ref().or(identity.verified_mail.as_ref());
    let plain: String = said
        .map_or("", String::as_str)
        .to_ascii_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._@-".contains(*c))
        .take(LONGEST_NAME)
        .collect();
    let mark = blake3::hash(format!("{}\n{}", identity.issuer, identity.subject).as_bytes()).to_hex();
    let plain = if plain.is_empty() { "account".to_owned() } else { plain };
    let marked = format!("{plain}-{}", &mark[..10]);
    [plain, marked]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(bytes: &mut [u8]) {
        bytes.fill(7);
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let mut flow = Flow::new(random, 0);
        flow.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        assert_eq!(flow.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn the_highest_role_counts_and_without_one_the_default() {
        let rules = IdentityRules {
            roles: vec![("staff".to_owned(), AccessRole::Operator), ("all".to_owned(), AccessRole::Viewer)],
            default_role: None,
            create: true,
        };
        let of = |roles: &[&str]| {
            let roles = roles.iter().map(|role| (*role).to_owned()).collect();
            rules.role_of(&Identity { roles, ..Identity::default() })
        };
        assert_eq!(of(&["all", "staff", "other"]), Some(AccessRole::Operator));
        assert_eq!(of(&["other"]), None);
        let open = IdentityRules { default_role: Some(AccessRole::Viewer), ..rules.clone() };
        assert_eq!(open.role_of(&Identity::default()), Some(AccessRole::Viewer));
    }

    #[test]
    fn names_are_made_of_what_is_said_and_of_who_it_is() {
        let identity = |name: &str, subject: &str| Identity {
            issuer: "https://a".to_owned(),
            subject: subject.to_owned(),
            name: Some(name.to_owned()),
            ..Identity::default()
        };
        let [plain, marked] = names_for(&identity("Ann Müller", "1"));
        assert_eq!(plain, "annmller");
        assert!(marked.starts_with("annmller-") && marked.len() <= 64, "{marked}");
        assert_ne!(marked, names_for(&identity("Ann Müller", "2"))[1]);
        assert_eq!(names_for(&identity("\u{1f600}", "1"))[0], "account");
        assert!(names_for(&identity(&"a".repeat(300), "1"))[1].len() <= 64);
    }
}
