//! Headers whose value is renewed: tokens that expire, and signatures that a site's own page computes anew. What renews one
//! is a [`Renewal`]; a [`Renewable`] keeps the value until it expires or is refused, and renews it once for all tasks.

use super::failure::{Failure, FailureKind};
use super::redact::Secret;
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;

/// So long before it expires a value is renewed.
const MARGIN: Duration = Duration::seconds(30);
/// The most bytes of a file with a value.
const LARGEST: u64 = 64 << 10;

/// A value for a header.
#[derive(Debug, Clone)]
pub struct Token {
    /// The value.
    pub value: Secret,
    /// Until when it holds; none where nobody says it.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes values for a header.
#[async_trait]
pub trait Renewal: Send + Sync {
    /// A value, the best that there is now; none where the source may be asked without.
    ///
    /// # Errors
    /// There is none, and what to do.
    async fn renew(&self) -> Result<Option<Token>, Failure>;
}

/// A header that is renewed.
pub struct Renewable {
    header: &'static str,
    renewal: Box<dyn Renewal>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    token: Option<Arc<Token>>,
    asked: bool,
}

impl Renewable {
    /// A header of this name.
    pub fn new(header: &'static str, renewal: Box<dyn Renewal>) -> Self {
        Self { header, renewal, held: Mutex::default() }
    }

    /// The name of the header.
    pub fn header(&self) -> &'static str {
        self.header
    }

    /// The value now.
    ///
    /// # Errors
    /// It cannot be renewed.
    pub async fn value(&self, now: DateTime<Utc>) -> Result<Option<Arc<Token>>, Failure> {
        let mut held = self.held.lock().await;
        let is_good = match &held.token {
            Some(token) => token.expires_at.is_none_or(|end| now + MARGIN < end),
            None => held.asked,
        };
        if !is_good {
            held.token = self.renewal.renew().await?.map(Arc::new);
            held.asked = true;
        }
        Ok(held.token.clone())
    }

    /// The source refused a value. Whether there is another one to try; tasks that were refused with the same one ask once.
    ///
    /// # Errors
    /// It cannot be renewed.
    pub async fn refused(&self, value: Option<&Secret>) -> Result<bool, Failure> {
        let mut held = self.held.lock().await;
        let differs = |token: &Option<Arc<Token>>| {
            token
                .as_ref()
                .is_some_and(|token| value.is_none_or(|value| value.reveal() != token.value.reveal()))
        };
        if !differs(&held.token) {
            held.token = self.renewal.renew().await?.map(Arc::new);
            held.asked = true;
        }
        Ok(differs(&held.token))
    }
}

/// A value in a file that another program keeps up to date: the value alone, or JSON
/// `{"value": "...", "expires_at": "2026-08-15T14:00:00Z"}`.
pub struct TokenFile(pub PathBuf);

#[derive(Deserialize)]
struct Written {
    value: String,
    expires_at: Option<DateTime<Utc>>,
}

#[async_trait]
impl Renewal for TokenFile {
    async fn renew(&self) -> Result<Option<Token>, Failure> {
        let blocked = |what: String| Failure::new(FailureKind::Blocked, what);
        let path = self.0.display();
        let size = tokio::fs::metadata(&self.0).await.map(|file| file.len());
        let size =
            size.map_err(|e| blocked(format!("the file {path} with the header cannot be read: {e}")))?;
        if size > LARGEST {
            return Err(blocked(format!(
                "the file {path} with the header has {size} bytes; it holds one value"
            )));
        }
        let text = tokio::fs::read_to_string(&self.0).await;
        let text =
            text.map_err(|e| blocked(format!("the file {path} with the header cannot be read: {e}")))?;
        let written = match serde_json::from_str::<Written>(&text) {
            Ok(written) => written,
            Err(_) => Written { value: text.trim().to_owned(), expires_at: None },
        };
        if written.value.is_empty() || written.value.chars().any(char::is_control) {
            return Err(blocked(format!("the file {path} holds no value of a header")));
        }
        Ok(Some(Token { value: Secret::new(&written.value), expires_at: written.expires_at }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Counted(Arc<AtomicU32>);

    #[async_trait]
    impl Renewal for Counted {
        async fn renew(&self) -> Result<Option<Token>, Failure> {
            let n = self.0.fetch_add(1, Ordering::SeqCst);
            let expires_at = DateTime::from_timestamp(i64::from(n + 1) * 1_000, 0);
            Ok(Some(Token { value: Secret::new(&format!("token {}", n.min(2))), expires_at }))
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[tokio::test]
    async fn a_value_is_renewed_before_it_expires_and_once_for_all() {
        let count = Arc::new(AtomicU32::new(0));
        let token = Renewable::new("x-sign", Box::new(Counted(Arc::clone(&count))));
        let first = token.value(at(0)).await.unwrap().unwrap();
        assert_eq!(token.value(at(969)).await.unwrap().unwrap().value.reveal(), first.value.reveal());
        assert_eq!(token.value(at(971)).await.unwrap().unwrap().value.reveal(), "token 1");
        assert_eq!(count.load(Ordering::SeqCst), 2);
        // Two tasks were refused with the same value: the second one takes what the first one renewed.
        let second = Secret::new("token 1");
        assert!(token.refused(Some(&second)).await.unwrap());
        assert!(token.refused(Some(&second)).await.unwrap());
        assert_eq!(count.load(Ordering::SeqCst), 3);
        // There is none but the one that was refused.
        assert!(!token.refused(Some(&Secret::new("token 2"))).await.unwrap());
    }

    #[tokio::test]
    async fn a_file_holds_a_value_with_or_without_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("header");
        let renew = async || TokenFile(path.clone()).renew().await;
        assert_eq!(renew().await.unwrap_err().kind, FailureKind::Blocked);
        std::fs::write(&path, "abc=\n").unwrap();
        let token = renew().await.unwrap().unwrap();
        assert_eq!((token.value.reveal(), token.expires_at), ("abc=", None));
        std::fs::write(&path, r#"{"value": "def", "expires_at": "2026-08-15T14:00:00Z"}"#).unwrap();
        let token = renew().await.unwrap().unwrap();
        assert_eq!((token.value.reveal(), token.expires_at.is_some()), ("def", true));
        std::fs::write(&path, "two\nlines").unwrap();
        assert!(renew().await.is_err());
    }
}
