//! Messages that other programs send here, signed as the specification Standard Webhooks says
//! (<https://www.standardwebhooks.com>): HMAC-SHA-256 over `identifier.seconds.body`, in base64 after `v1,`.
//!
//! A signature proves who wrote a message and when. That the same message is not taken twice is the receiver's affair, who
//! has to remember identifiers for [`WebhookSecrets::TOLERANCE`] on both sides of now: older messages are refused here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use thiserror::Error;

/// Fewest bytes of a secret, as the specification says.
const SHORTEST: usize = 24;
/// Longest identifier of a message.
const LONGEST_ID: usize = 256;
/// Signatures of one message that are looked at.
const MOST_SIGNATURES: usize = 8;
/// How secrets in base64 begin.
const PREFIX: &str = "whsec_";
const VERSION: &str = "v1";

/// Why a secret cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookSecretFault {
    /// It is too short.
    #[error("a webhook secret has at least 24 bytes; `openssl rand -hex 32` makes one")]
    Short,
    /// It says that it is base64, and is not.
    #[error("what follows whsec_ is not base64")]
    NotBase64,
}

/// Why a message does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookFault {
    /// Something of it is missing or has another form.
    #[error(
        "send the headers webhook-id, webhook-timestamp (seconds since 1970) and webhook-signature (v1,BASE64)"
    )]
    Headers,
    /// It was written too long ago, or in the future.
    #[error(
        "the message is more than 5 minutes old, or of the future: check the clock, and sign each try anew"
    )]
    Time,
    /// No signature fits.
    #[error(
        "the signature does not fit: sign ID.TIMESTAMP.BODY by HMAC-SHA-256 with the secret of this server"
    )]
    Signature,
}

/// What proves a message.
#[derive(Debug, Clone, Copy)]
pub struct WebhookProof<'a> {
    /// Names the message; the same for every try to deliver it.
    pub id: &'a str,
    /// When this try was signed, seconds since 1970.
    pub timestamp: &'a str,
    /// Signatures with spaces between, each `v1,BASE64`.
    pub signature: &'a str,
}

/// Secrets that sign: any of them counts, so that one is changed without losing a message.
pub struct WebhookSecrets(Vec<Vec<u8>>);

impl fmt::Debug for WebhookSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookSecrets({})", self.0.len())
    }
}

impl WebhookSecrets {
    /// How far the time of a message may be from now.
    pub const TOLERANCE: Duration = Duration::minutes(5);

    /// These secrets: texts, or `whsec_` and base64.
    ///
    /// # Errors
    /// One is too short, or not base64 where it says so.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Result<Self, WebhookSecretFault> {
        let bytes = |secret: &str| {
            let bytes = match secret.strip_prefix(PREFIX) {
                Some(encoded) => STANDARD.decode(encoded).map_err(|_| WebhookSecretFault::NotBase64)?,
                None => secret.as_bytes().to_vec(),
            };
            if bytes.len() < SHORTEST { Err(WebhookSecretFault::Short) } else { Ok(bytes) }
        };
        secrets.into_iter().map(bytes).collect::<Result<_, _>>().map(Self)
    }

    /// No secret: nothing counts.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The signature of a message by the first secret; none without one.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
        let mac = mac(self.0.first()?, id, &timestamp.to_string(), body);
        Some(format!("{VERSION},{}", STANDARD.encode(mac.finalize().into_bytes())))
    }

    /// Checks that a message was signed by a secret, within moments of now.
    ///
    /// # Errors
    /// See [`WebhookFault`].
    pub fn verify(
        &self,
        proof: WebhookProof<'_>,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), WebhookFault> {
        let WebhookProof { id, timestamp, signature } = proof;
        let is_plain = |id: &str| id.bytes().all(|byte| byte.is_ascii_graphic());
        if id.is_empty() || id.len() > LONGEST_ID || !is_plain(id) {
            return Err(WebhookFault::Headers);
        }
        let seconds = timestamp.parse().map_err(|_| WebhookFault::Headers)?;
        let signed_at = DateTime::from_timestamp(seconds, 0).ok_or(WebhookFault::Headers)?;
        if (now - signed_at).abs() > Self::TOLERANCE {
            return Err(WebhookFault::Time);
        }
        let given = signature.split(' ').take(MOST_SIGNATURES).filter_map(|signature| {
            let (version, text) = signature.split_once(',')?;
            (version == VERSION).then(|| STANDARD.decode(text).ok())?
        });
        let fits = |given: Vec<u8>| {
            self.0.iter().any(|secret| mac(secret, id, timestamp, body).verify_slice(&given).is_ok())
        };
        if given.into_iter().any(fits) { Ok(()) } else { Err(WebhookFault::Signature) }
    }
}

fn mac(secret: &[u8], id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_614_265_330, 0).unwrap()
    }

    fn proof(signature: &str) -> WebhookProof<'_> {
        WebhookProof { id: ID, timestamp: "1614265330", signature }
    }

    #[test]
    fn the_example_of_the_specification_is_verified() {
        let secrets = WebhookSecrets::new([SECRET]).unwrap();
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(secrets.sign(ID, 1_614_265_330, BODY).unwrap(), signature);
        assert_eq!(secrets.verify(proof(signature), BODY, now()), Ok(()));
        let several = format!("v2,xyz v1,AAAA {signature}");
        assert_eq!(secrets.verify(proof(&several), BODY, now()), Ok(()));
    }

    #[test]
    fn what_was_changed_is_old_or_is_signed_by_others_does_not_count() {
        let secrets = WebhookSecrets::new([SECRET]).unwrap();
        let signature = secrets.sign(ID, 1_614_265_330, BODY).unwrap();
        let verify = |proof, body, now| secrets.verify(proof, body, now);
        assert_eq!(verify(proof(&signature), b"{}", now()), Err(WebhookFault::Signature));
        let other = WebhookProof { id: "other", ..proof(&signature) };
        assert_eq!(verify(other, BODY, now()), Err(WebhookFault::Signature));
        let later = WebhookProof { timestamp: "1614265331", ..proof(&signature) };
        assert_eq!(verify(later, BODY, now()), Err(WebhookFault::Signature));
        for seconds in [-301, 301] {
            let then = now() + Duration::seconds(seconds);
            assert_eq!(verify(proof(&signature), BODY, then), Err(WebhookFault::Time), "{seconds}");
        }
        assert_eq!(verify(proof(&signature), BODY, now() + WebhookSecrets::TOLERANCE), Ok(()));
        let stranger = WebhookSecrets::new(["0123456789abcdef0123456789abcdef"]).unwrap();
        assert_eq!(stranger.verify(proof(&signature), BODY, now()), Err(WebhookFault::Signature));
        for wrong in ["", "v1", "v1,", "v1,***", "v1a,AAAA"] {
            assert_eq!(verify(proof(wrong), BODY, now()), Err(WebhookFault::Signature), "{wrong:?}");
        }
        for (id, timestamp) in [("", "1"), ("a b", "1"), ("a", "soon"), ("a", ""), ("a", "99999999999999999")]
        {
            let wrong = WebhookProof { id, timestamp, signature: &signature };
            assert_eq!(verify(wrong, BODY, now()), Err(WebhookFault::Headers), "{id:?} {timestamp:?}");
        }
    }

    #[test]
    fn an_older_secret_counts_beside_the_new_one() {
        let old = WebhookSecrets::new([SECRET]).unwrap();
        let both = WebhookSecrets::new(["0123456789abcdef0123456789abcdef", SECRET]).unwrap();
        let signature = old.sign(ID, 1_614_265_330, BODY).unwrap();
        assert_eq!(both.verify(proof(&signature), BODY, now()), Ok(()));
        assert_eq!(format!("{both:?}"), "WebhookSecrets(2)");
    }

    #[test]
    fn secrets_that_can_be_guessed_are_refused() {
        assert_eq!(WebhookSecrets::new(["short"]).unwrap_err(), WebhookSecretFault::Short);
        assert_eq!(WebhookSecrets::new(["whsec_c2hvcnQ="]).unwrap_err(), WebhookSecretFault::Short);
        assert_eq!(WebhookSecrets::new(["whsec_*"]).unwrap_err(), WebhookSecretFault::NotBase64);
    }
}
