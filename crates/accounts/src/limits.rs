//! How often somebody may ask: a bucket of tokens per principal or address, filled at a steady rate.

use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

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

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: DateTime<Utc>,
}

/// Buckets by the name of whoever asks.
#[derive(Debug)]
pub struct RateLimiter {
    allowance: Allowance,
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl RateLimiter {
    /// All buckets are full.
    pub fn new(allowance: Allowance) -> Self {
        Self { allowance, buckets: Mutex::default() }
    }

    /// Takes a token of somebody's bucket; none where there is no limit.
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
        let missing = if tokens < 1.0 { 1.0 - tokens } else { most - tokens };
        Some(Verdict {
            allowed,
            limit: self.allowance.per_minute,
            remaining: tokens as u32,
            reset_seconds: (missing / most * 60.0).ceil() as u64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

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
