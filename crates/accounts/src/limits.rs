//! How often somebody may ask: a bucket of tokens per principal or address, filled at a steady rate. Where servers have a common
//! memory there is one bucket for all of them; this server's own stands in while that does not answer.

use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use touchline_domain::ports::Coordination;

/// Buckets that are kept; beyond, full ones are forgotten, which changes nothing for anybody.
const MOST_BUCKETS: usize = 50_000;

/// So many requests at once, and as many again within a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests a minute; 0: no limit.
    pub per_minute: u32,
}

/// What a limiter says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may pass.
    pub allowed: bool,
    /// Requests a minute.
    pub limit: u32,
    /// Requests that may still come at once.
    pub remaining: u32,
    /// Seconds until one more may come, where none remains; until all may, otherwise.
    pub reset_seconds: u64,
}

impl Verdict {
    fn of(allowance: Allowance, allowed: bool, tokens: f64) -> Self {
        let most = f64::from(allowance.per_minute);
        let missing = if tokens < 1.0 { 1.0 - tokens } else { most - tokens };
        Self {
            allowed,
            limit: allowance.per_minute,
            remaining: tokens as u32,
            reset_seconds: (missing / most * 60.0).ceil() as u64,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: DateTime<Utc>,
}

/// Buckets by the name of whoever asks.
pub struct RateLimiter {
    allowance: Allowance,
    buckets: Mutex<HashMap<String, Bucket>>,
    shared: Option<Arc<dyn Coordination>>,
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter").field("allowance", &self.allowance).finish_non_exhaustive()
    }
}

impl RateLimiter {
    /// All buckets are full.
    pub fn new(allowance: Allowance) -> Self {
        Self { allowance, buckets: Mutex::default(), shared: None }
    }

    /// With the buckets of all servers.
    #[must_use]
    pub fn with_shared(self, shared: Arc<dyn Coordination>) -> Self {
        Self { shared: Some(shared), ..self }
    }

    /// Whether what is taken here is taken of all servers.
    pub fn is_shared(&self) -> bool {
        self.shared.is_some() && self.allowance.per_minute > 0
    }

    /// Takes a token of somebody's bucket over all servers; none where there is no limit.
    pub async fn take_of_all(&self, who: &str, now: DateTime<Utc>) -> Option<Verdict> {
        let own = self.take(who, now)?;
        let Some(shared) = &self.shared else { return Some(own) };
        // All servers together have seen no less than this one has: who is refused here is refused there too, and a flood
        // costs the common memory nothing.
        if !own.allowed {
            return Some(own);
        }
        match shared.take(who, self.allowance.per_minute).await {
            Ok(level) => {
                if !level.taken {
                    self.give_back(who);
                }
                Some(Verdict::of(self.allowance, level.taken, level.left))
            }
            Err(_) => Some(own),
        }
    }

    fn give_back(&self, who: &str) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(who) {
            bucket.tokens = (bucket.tokens + 1.0).min(self.allowance.per_minute.into());
        }
    }

    /// Takes a token of somebody's bucket at this server; none where there is no limit.
    pub fn take(&self, who: &str, now: DateTime<Utc>) -> Option<Verdict> {
        let most = f64::from(self.allowance.per_minute);
        if self.allowance.per_minute == 0 {
            return None;
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = |bucket: &Bucket| {
            // A clock that goes back fills nothing.
            let passed = (now - bucket.at).num_milliseconds().max(0) as f64 / 60_000.0;
            (bucket.tokens + passed * most).min(most)
        };
        if buckets.len() >= MOST_BUCKETS && !buckets.contains_key(who) {
            buckets.retain(|_, bucket| filled(bucket) < most);
        }
        let mut tokens = buckets.get(who).map_or(most, filled);
        let allowed = tokens >= 1.0;
        if allowed {
            tokens -= 1.0;
        }
        if buckets.len() < MOST_BUCKETS || buckets.contains_key(who) {
            buckets.insert(who.to_owned(), Bucket { tokens, at: now });
        }
        Some(Verdict::of(self.allowance, allowed, tokens))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Fake;
    use chrono::Duration;
    use touchline_domain::ports::{BucketLevel, Unreachable};

    #[test]
    fn so_many_pass_at_once_and_then_one_at_a_time() {
        let limiter = RateLimiter::new(Allowance { per_minute: 60 });
        let start = DateTime::UNIX_EPOCH;
        let passed = (0..100).filter(|_| limiter.take("a", start).unwrap().allowed).count();
        assert_eq!(passed, 60);
        let refused = limiter.take("a", start).unwrap();
        assert_eq!((refused.remaining, refused.reset_seconds), (0, 1));
        assert!(limiter.take("b", start).unwrap().allowed, "another one's bucket");
        let later = start + Duration::seconds(5);
        let passed = (0..100).filter(|_| limiter.take("a", later).unwrap().allowed).count();
        assert_eq!(passed, 5);
        assert_eq!(
            limiter.take("a", start + Duration::hours(1)).unwrap().remaining,
            59,
            "never more than full"
        );
        let back = limiter.take("b", start - Duration::hours(1)).unwrap();
        assert_eq!(back.remaining, 58, "a clock that goes back fills nothing");
        assert_eq!(RateLimiter::new(Allowance { per_minute: 0 }).take("a", start), None);
    }

    #[tokio::test]
    async fn who_is_refused_by_all_is_refused_here_and_keeps_the_token_of_this_server() {
        let shared = Arc::new(Fake::default());
        let limiter = RateLimiter::new(Allowance { per_minute: 60 })
            .with_shared(Arc::clone(&shared) as Arc<dyn Coordination>);
        let now = DateTime::UNIX_EPOCH;
        let take = async || limiter.take_of_all("a", now).await.unwrap();
        shared.answer(Ok(BucketLevel { taken: true, left: 6.5 }));
        let verdict = take().await;
        assert_eq!((verdict.allowed, verdict.limit, verdict.remaining), (true, 60, 6));
        shared.answer(Ok(BucketLevel { taken: false, left: 0.25 }));
        for _ in 0..100 {
            let verdict = take().await;
            assert_eq!((verdict.allowed, verdict.remaining, verdict.reset_seconds), (false, 0, 1));
        }
        shared.answer(Err(Unreachable));
        let mut passed = 0;
        while take().await.allowed {
            passed += 1;
        }
        assert_eq!(passed, 59, "alone, by what was taken here");
        let asked = shared.asked();
        assert!(!take().await.allowed);
        assert_eq!(shared.asked(), asked, "who has nothing left here is refused without asking");
    }

    #[test]
    fn many_names_do_not_fill_the_memory() {
        let limiter = RateLimiter::new(Allowance { per_minute: 1 });
        let start = DateTime::UNIX_EPOCH;
        for n in 0..MOST_BUCKETS + 10 {
            limiter.take(&n.to_string(), start);
        }
        assert!(limiter.buckets.lock().unwrap().len() <= MOST_BUCKETS);
        assert!(!limiter.take("1", start).unwrap().allowed, "those who asked are not forgotten");
    }
}
