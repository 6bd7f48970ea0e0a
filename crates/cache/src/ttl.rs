//! How long entries are kept.

use chrono::{DateTime, Utc};
use std::time::Duration;

/// How long something about a match is kept: the nearer its kick-off, the shorter.
pub fn until_kickoff(kickoff: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    let left = kickoff - now;
    let minutes = match left.num_hours() {
        hours if hours < 1 => 5,
        hours if hours < 24 => 30,
        _ => 120,
    };
    Duration::from_mins(minutes)
}

/// A time within a tenth of the given one, which depends on the key: what was kept together does not go together, and all
/// servers choose alike.
pub fn jittered(ttl: Duration, key: &str) -> Duration {
    let [first, second, ..] = *blake3::hash(key.as_bytes()).as_bytes();
    let share = f64::from(u16::from_le_bytes([first, second])) / f64::from(u16::MAX);
    ttl.mul_f64(0.9 + 0.2 * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn what_is_near_its_kickoff_is_kept_for_a_short_time() {
        let now = DateTime::UNIX_EPOCH;
        let of = |minutes| until_kickoff(now + TimeDelta::minutes(minutes), now).as_secs();
        assert_eq!([of(-10), of(59), of(60), of(24 * 60 - 1), of(24 * 60)], [300, 300, 1800, 1800, 7200]);
    }

    #[test]
    fn entries_that_were_kept_together_go_one_after_the_other() {
        let ttl = Duration::from_secs(1000);
        let of: Vec<f64> = (0..1000).map(|n| jittered(ttl, &format!("k{n}")).as_secs_f64()).collect();
        assert!(of.iter().all(|ttl| (900.0..=1100.0).contains(ttl)));
        let mean = of.iter().sum::<f64>() / 1000.0;
        // The mean of a thousand uniform draws has a standard error of 1.8.
        assert!((mean - 1000.0).abs() < 10.0, "{mean}");
        assert_eq!(jittered(ttl, "k1"), jittered(ttl, "k1"));
    }
}
