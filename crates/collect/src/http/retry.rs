//! When to ask again: exponential back-off with full jitter, and what the server says in `Retry-After`.
//!
//! Full jitter (a time drawn from zero up to the back-off) spreads callers that failed together; see Brooker, "Exponential
//! Backoff And Jitter", AWS Architecture Blog, 2015.

use chrono::{DateTime, Utc};
use std::time::Duration;

/// How often and after what time a request is asked again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryPolicy {
    /// At most so many times.
    pub retries: u32,
    /// The back-off of the first retry; each further one doubles it.
    pub base: Duration,
    /// The longest back-off.
    pub cap: Duration,
    /// A server that wants to be left alone for longer is left alone: the failure says until when.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 3,
            base: Duration::from_secs(1),
            cap: Duration::from_secs(30),
            longest_wait: Duration::from_mins(2),
        }
    }
}

impl RetryPolicy {
    /// How long to wait before retry number `retry` (from 0), where `chance` lies in 0 up to 1.
    pub fn back_off(&self, retry: u32, chance: f64) -> Duration {
        let doubled = 1_u32.checked_shl(retry).and_then(|times| self.base.checked_mul(times));
        doubled.unwrap_or(self.cap).min(self.cap).mul_f64(chance.clamp(0.0, 1.0))
    }
}

/// The time that a `Retry-After` names, in seconds or as a date. A date is compared with the server's own clock, where it
/// says it, so that clocks that differ do no harm.
pub fn retry_after(value: &str, server_now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = http_date(value)?;
    Some((until - server_now).to_std().unwrap_or_default())
}

/// A date as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn http_date(value: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(value).ok().map(|date| date.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let now = "2026-03-01T10:00:00Z".parse().unwrap();
        let seconds = |text| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds(" 0 "), Some(0));
        assert_eq!(seconds("Sun, 01 Mar 2026 10:02:30 GMT"), Some(150));
        assert_eq!(seconds("Sun, 01 Mar 2026 09:00:00 GMT"), Some(0), "a time that is over");
        for none in ["", "soon", "-5", "1.5", "Sun, 01 Mar 2026"] {
            assert_eq!(seconds(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn a_back_off_lies_between_zero_and_its_bound(retry in 0_u32..100, chance in 0.0..1.0_f64) {
            let policy = RetryPolicy::default();
            let bound = policy.base.as_secs_f64() * 2_f64.powi(retry.min(20) as i32);
            let waited = policy.back_off(retry, chance);
            prop_assert!(waited <= policy.cap && waited.as_secs_f64() <= bound + 1e-9);
            prop_assert!(policy.back_off(retry, chance / 2.0) <= waited);
        }
    }
}
