//! Signatures of tokens (RFC 7515) by the public keys of an issuer (RFC 7517). An algorithm counts only with a key of its kind,
//! so that nothing that is public signs, and `none` is no algorithm.

use super::decoded;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use touchline_accounts::IdentityError;

/// Longest token that is looked at.
const LONGEST_TOKEN: usize = 64 << 10;
/// Keys of an issuer that are looked at.
const MOST_KEYS: usize = 100;

/// A public key.
#[derive(Debug, Clone, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The public keys of an issuer.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct KeySet {
    /// Of any kind: those of others are passed over.
    keys: Vec<Value>,
}

impl KeySet {
    fn all(&self) -> impl Iterator<Item = Key> + '_ {
        let read = |key: &Value| serde_json::from_value::<Key>(key.clone()).ok();
        self.keys
            .iter()
            .take(MOST_KEYS)
            .filter_map(read)
            .filter(|key| key.usage.as_deref().is_none_or(|u| u == "sig"))
    }

    /// Whether it holds a key that a token names.
    pub fn has(&self, kid: Option<&str>) -> bool {
        kid.is_none_or(|kid| self.all().any(|key| key.kid.as_deref() == Some(kid)))
    }
}

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

fn refused(what: &str) -> IdentityError {
    IdentityError::Refused(what.to_owned())
}

fn parts(token: &str) -> Result<(&str, &str, &str, &str), IdentityError> {
    let unread = || refused("its token cannot be read");
    if token.len() > LONGEST_TOKEN {
        return Err(unread());
    }
    let (signed, signature) = token.rsplit_once('.').ok_or_else(unread)?;
    let (header, claims) = signed.split_once('.').ok_or_else(unread)?;
    Ok((signed, signature, header, claims))
}

/// The key that a token names.
pub(super) fn key_of(token: &str) -> Result<Option<String>, IdentityError> {
    let (.., header, _) = parts(token)?;
    Ok(decoded::<Header>(header)?.kid)
}

/// What a token says, if a key of the issuer has signed it.
pub(super) fn signed(token: &str, keys: &KeySet) -> Result<Map<String, Value>, IdentityError> {
    let (signed, signature, header, claims) = parts(token)?;
    let header: Header = decoded(header)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| refused("its token cannot be read"))?;
    let named = |key: &Key| header.kid.is_none() || key.kid == header.kid;
    let fits = |key: Key| {
        key.alg.as_ref().is_none_or(|alg| *alg == header.alg)
            && verifies(&key, &header.alg, signed.as_bytes(), &signature) == Some(true)
    };
    if keys.all().filter(named).any(fits) {
        decoded(claims)
    } else {
        Err(refused("no key of it has signed its token"))
    }
}

/// Whether a key has signed; none where the algorithm is not one of its kind.
fn verifies(key: &Key, algorithm: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
    let bytes = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_ref()?).ok();
    let rsa = |parameters| {
        let (n, e) = (bytes(&key.n)?, bytes(&key.e)?);
        Some(RsaPublicKeyComponents { n: &n, e: &e }.verify(parameters, message, signature).is_ok())
    };
    match (algorithm, key.kty.as_str(), key.crv.as_deref()) {
        ("RS256", "RSA", _) => rsa(&RSA_PKCS1_2048_8192_SHA256),
        ("PS256", "RSA", _) => rsa(&RSA_PSS_2048_8192_SHA256),
        ("ES256", "EC", Some("P-256")) => {
            let point = [&[4][..], &bytes(&key.x)?, &bytes(&key.y)?].concat();
            Some(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok())
        }
        ("EdDSA", "OKP", Some("Ed25519")) => {
            Some(UnparsedPublicKey::new(&ED25519, bytes(&key.x)?).verify(message, signature).is_ok())
        }
        _ => None,
    }
}
