//! What a cache measures of itself.

use metrics::{Counter, Gauge, Histogram};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use touchline_domain::telemetry::{CACHE_DURATION, CACHE_HIT_RATE, CACHE_OPERATIONS};

/// How a look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Hit,
    Miss,
    Error,
}

/// Counts and times the operations of one kind of cache.
pub(crate) struct Meter {
    looks: [Counter; 3],
    look_time: Histogram,
    puts: [Counter; 2],
    put_time: Histogram,
    removals: [Counter; 2],
    rate: Gauge,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Meter {
    /// Of the caches in `memory` or in `redis`.
    pub fn of(kind: &'static str) -> Self {
        let counter = |operation, status| metrics::counter!(CACHE_OPERATIONS.name, "operation" => operation, "cache_type" => kind, "status" => status);
        let time = |operation| metrics::histogram!(CACHE_DURATION.name, "operation" => operation, "cache_type" => kind);
        Self {
            looks: ["hit", "miss", "error"].map(|status| counter("get", status)),
            look_time: time("get"),
            puts: ["success", "error"].map(|status| counter("set", status)),
            put_time: time("set"),
            removals: ["success", "error"].map(|status| counter("delete", status)),
            rate: metrics::gauge!(CACHE_HIT_RATE.name, "cache_type" => kind),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    pub fn looked(&self, look: Look, started: Instant) {
        self.looks[look as usize].increment(1);
        self.look_time.record(started.elapsed().as_secs_f64());
        match look {
            Look::Hit => self.hits.fetch_add(1, Ordering::Relaxed),
            Look::Miss => self.misses.fetch_add(1, Ordering::Relaxed),
            Look::Error => 0,
        };
    }

    pub fn put(&self, succeeded: bool, started: Instant) {
        self.puts[usize::from(!succeeded)].increment(1);
        self.put_time.record(started.elapsed().as_secs_f64());
    }

    pub fn removed(&self, succeeded: bool) {
        self.removals[usize::from(!succeeded)].increment(1);
    }

    /// Sets the share of looks that found something, where there were any.
    pub fn measure(&self) {
        let (hits, misses) = (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed));
        if hits + misses > 0 {
            self.rate.set(hits as f64 / (hits + misses) as f64);
        }
    }
}
