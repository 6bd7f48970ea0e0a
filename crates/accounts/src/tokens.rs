//! Access tokens (JWT, RFC 7519, signed with HMAC-SHA-256) and refresh tokens, under a ring of keys.
//!
//! The first key signs, the others still verify: a key is rotated by putting a new one in front, and dropped once the
//! tokens that it signed have expired. A token names its key (`kid`); its algorithm is compared with the only one there
//! is, never followed.

use crate::Random;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use thiserror::Error;
use touchline_domain::AccessRole;

/// Fewest bytes of a key (RFC 7518, section 3.2: as long as the hash).
const SHORTEST_KEY: usize = 32;
/// Longest token that is looked at.
const LONGEST_TOKEN: usize = 2048;
const ALGORITHM: &str = "HS256";

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SecretFault {
    /// There is none.
    #[error("no secret key is given")]
    None,
    /// It is too short.
    #[error("a secret key has at least 32 bytes; `openssl rand -hex 32` makes one")]
    Short,
    /// It is one character over and over.
    #[error("the secret key can be guessed; `openssl rand -hex 32` makes another")]
    Guessable,
}

/// Why a token does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenFault {
    /// It is none of ours, or was changed.
    #[error("the token is not one that was given here")]
    Forged,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// Identifier of the account.
    pub sub: String,
    /// The session.
    pub sid: String,
    /// The role when it was given; the account's own counts.
    pub role: AccessRole,
    /// When it was given, seconds since 1970.
    pub iat: i64,
    /// When it expires.
    pub exp: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// A key with the name that tokens carry.
struct Key {
    id: String,
    secret: Vec<u8>,
}

/// The keys that sign and verify, the one that signs first. They are never printed.
pub struct KeyRing(Vec<Key>);

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl KeyRing {
    /// The ring of these keys, the newest first.
    ///
    /// # Errors
    /// There is none, or one is too short or guessed at once.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Result<Self, SecretFault> {
        let key = |secret: &str| {
            let bytes = secret.as_bytes();
            if bytes.len() < SHORTEST_KEY {
                return Err(SecretFault::Short);
            }
            if bytes.iter().all(|byte| *byte == bytes[0]) {
                return Err(SecretFault::Guessable);
            }
            let id = blake3::derive_key("touchline 2026 name of a signing key", bytes);
            Ok(Key { id: URL_SAFE_NO_PAD.encode(&id[..8]), secret: bytes.to_vec() })
        };
        let keys: Vec<Key> = secrets.into_iter().map(key).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(SecretFault::None) } else { Ok(Self(keys)) }
    }

    /// One key that nobody else has and that is forgotten with the ring: for who gives no tokens that should last.
    pub fn ephemeral(random: Random) -> Self {
        let mut secret = vec![0; SHORTEST_KEY];
        random(&mut secret);
        Self(vec![Key { id: "ephemeral".to_owned(), secret }])
    }

    /// A secret for a purpose, from the key that signs: all who have that key have the same, and it does not lead back to it.
    pub fn derived(&self, purpose: &'static str) -> [u8; 32] {
        blake3::derive_key(purpose, &self.current().secret)
    }

    fn current(&self) -> &Key {
        &self.0[0]
    }

    /// Signs an access token.
    pub(crate) fn sign(&self, claims: &Claims) -> String {
        let key = self.current();
        let header = Header { alg: ALGORITHM.into(), typ: "JWT".into(), kid: key.id.clone() };
        let part = |json: serde_json::Result<Vec<u8>>| {
            URL_SAFE_NO_PAD.encode(json.expect("texts and numbers are JSON"))
        };
        let signed = format!("{}.{}", part(serde_json::to_vec(&header)), part(serde_json::to_vec(claims)));
        let signature = URL_SAFE_NO_PAD.encode(mac(&key.secret, signed.as_bytes()).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    /// What an access token says, if it was signed by a key of the ring and its time is not over.
    pub(crate) fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, TokenFault> {
        if token.len() > LONGEST_TOKEN {
            return Err(TokenFault::Forged);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenFault::Forged)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenFault::Forged)?;
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenFault::Forged);
        let header: Header = serde_json::from_slice(&bytes(header)?).map_err(|_| TokenFault::Forged)?;
        if header.alg != ALGORITHM || header.typ != "JWT" {
            return Err(TokenFault::Forged);
        }
        let key = self.0.iter().find(|key| key.id == header.kid).ok_or(TokenFault::Forged)?;
        mac(&key.secret, signed.as_bytes())
            .verify_slice(&bytes(signature)?)
            .map_err(|_| TokenFault::Forged)?;
        let claims: Claims = serde_json::from_slice(&bytes(claims)?).map_err(|_| TokenFault::Forged)?;
        if claims.exp <= now.timestamp() { Err(TokenFault::Expired) } else { Ok(claims) }
    }

    /// Signs a note that somebody keeps and brings back, for a purpose that no other note has.
    pub(crate) fn sign_note(&self, purpose: &str, body: &[u8]) -> String {
        let key = self.current();
        let body = format!("{purpose}_{}.{}", URL_SAFE_NO_PAD.encode(body), key.id);
        let signature = mac(&key.secret, body.as_bytes()).finalize().into_bytes();
        format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What a note says that was signed here for a purpose.
    pub(crate) fn read_note(&self, purpose: &str, token: &str) -> Result<Vec<u8>, TokenFault> {
        let read = || {
            let (body, signature) = token.rsplit_once('.')?;
            let (note, id) = body.strip_prefix(purpose)?.strip_prefix('_')?.split_once('.')?;
            let key = self.0.iter().find(|key| key.id == id)?;
            let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
            mac(&key.secret, body.as_bytes()).verify_slice(&signature).ok()?;
            URL_SAFE_NO_PAD.decode(note).ok()
        };
        if token.len() > LONGEST_TOKEN { None } else { read() }.ok_or(TokenFault::Forged)
    }

    /// The refresh token of a session's generation.
    pub(crate) fn refresh_token(&self, session: &str, generation: i64) -> String {
        let key = self.current();
        let body = format!("tlr_{session}.{generation}.{}", key.id);
        let signature = mac(&key.secret, body.as_bytes()).finalize().into_bytes();
        format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Session and generation of a refresh token that was given here.
    pub(crate) fn read_refresh<'t>(&self, token: &'t str) -> Result<(&'t str, i64), TokenFault> {
        let read = || {
            let (body, signature) = token.rsplit_once('.')?;
            let mut parts = body.strip_prefix("tlr_")?.split('.');
            let (session, generation, id) = (parts.next()?, parts.next()?, parts.next()?);
            let key = self.0.iter().find(|key| key.id == id)?;
            let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
            mac(&key.secret, body.as_bytes()).verify_slice(&signature).ok()?;
            Some((session, generation.parse().ok()?))
        };
        if token.len() > LONGEST_TOKEN { None } else { read() }.ok_or(TokenFault::Forged)
    }
}

fn mac(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const OTHER: &str = "fedcba9876543210fedcba9876543210";

    fn ring(secrets: &[&str]) -> KeyRing {
        KeyRing::new(secrets.iter().copied()).unwrap()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn claims() -> Claims {
        Claims { sub: "7".into(), sid: "s".into(), role: AccessRole::Operator, iat: 0, exp: 900 }
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let tag = mac(&[0x0b; 20], b"Hi There").finalize().into_bytes();
        assert_eq!(tag[..8], [0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53]);
        assert_eq!(tag[28..], [0x2e, 0x32, 0xcf, 0xf7]);
    }

    #[test]
    fn a_token_reads_back_until_it_expires() {
        let (ring, claims) = (ring(&[SECRET]), claims());
        let token = ring.sign(&claims);
        assert_eq!(ring.verify(&token, at(899)), Ok(claims));
        assert_eq!(ring.verify(&token, at(900)), Err(TokenFault::Expired));
    }

    #[test]
    fn keys_are_rotated_by_putting_a_new_one_in_front() {
        let old = ring(&[SECRET]);
        let (both, new) = (ring(&[OTHER, SECRET]), ring(&[OTHER]));
        let token = old.sign(&claims());
        assert!(both.verify(&token, at(0)).is_ok());
        assert_eq!(new.verify(&token, at(0)), Err(TokenFault::Forged), "the key was dropped");
        assert!(new.verify(&both.sign(&claims()), at(0)).is_ok(), "the first one signs");
        assert_eq!(both.read_refresh(&old.refresh_token("abc", 3)), Ok(("abc", 3)));
        assert!(!format!("{both:?}").contains(SECRET));
    }

    #[test]
    fn what_names_another_algorithm_or_none_is_forged() {
        let ring = ring(&[SECRET]);
        let token = ring.sign(&claims());
        let claims = token.split('.').nth(1).unwrap();
        let kid = &ring.current().id;
        for header in [
            r#"{"alg":"none","typ":"JWT","kid":"KID"}"#,
            r#"{"alg":"HS512","typ":"JWT","kid":"KID"}"#,
            r#"{"alg":"RS256","typ":"JWT","kid":"KID"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"other"}"#,
            r#"{"alg":"HS256","typ":"JWT"}"#,
        ] {
            let signed = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header.replace("KID", kid)));
            let signature = mac(SECRET.as_bytes(), signed.as_bytes()).finalize().into_bytes();
            for signature in [String::new(), URL_SAFE_NO_PAD.encode(signature)] {
                assert_eq!(
                    ring.verify(&format!("{signed}.{signature}"), at(0)),
                    Err(TokenFault::Forged),
                    "{header}"
                );
            }
        }
    }

    #[test]
    fn weak_keys_are_refused() {
        assert_eq!(KeyRing::new([]).err(), Some(SecretFault::None));
        assert_eq!(KeyRing::new(["short"]).err(), Some(SecretFault::Short));
        assert_eq!(KeyRing::new([&*"a".repeat(64)]).err(), Some(SecretFault::Guessable));
        assert!(KeyRing::new([SECRET, "short"]).is_err());
    }

    #[test]
    fn a_note_counts_for_its_purpose_alone() {
        let ring = ring(&[SECRET]);
        let note = ring.sign_note("tlf", b"{}");
        assert_eq!(ring.read_note("tlf", &note), Ok(b"{}".to_vec()));
        assert_eq!(ring.read_note("tlw", &note), Err(TokenFault::Forged));
        assert_eq!(ring.read_note("tlf", &note.replacen("tlf", "tlg", 1)), Err(TokenFault::Forged));
        assert!(ring.read_refresh(&note).is_err() && ring.verify(&note, at(0)).is_err());
        assert!(ring.read_note("tlr", &ring.refresh_token("abc", 1)).is_err());
    }

    proptest! {
        #[test]
        fn a_changed_token_never_counts(place in 0_usize..400, byte in 33_u8..127) {
            let ring = ring(&[SECRET]);
            for (token, counts) in [
                (ring.sign(&claims()), (|ring, text| ring_takes(ring, text)) as fn(&KeyRing, &str) -> bool),
                (ring.refresh_token("abcdef", 12), |ring, text| ring.read_refresh(text).is_ok()),
            ] {
                let mut bytes = token.clone().into_bytes();
                let place = place % bytes.len();
                bytes[place] = byte;
                let changed = String::from_utf8(bytes).unwrap();
                prop_assert!(changed == token || !counts(&ring, &changed), "{changed}");
            }
        }
    }

    fn ring_takes(ring: &KeyRing, text: &str) -> bool {
        ring.verify(text, at(0)).is_ok()
    }
}
