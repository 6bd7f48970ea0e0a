//! What a wish costs, before anything is sent.

use chrono::{DateTime, Utc};
use serde::Serialize;
use std::time::Duration;
use touchline_collect::http::budget::Budget;
use touchline_collect::providers::{Call, Provider};

/// Requests, credits and time of a wish.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// The source.
    pub source: &'static str,
    /// Requests, without those that follow from answers (further pages).
    pub requests: u64,
    /// What they cost.
    pub credits: u64,
    /// What is left in the source's day or month, where it counts.
    pub credits_left: Option<u64>,
    /// How much of that is kept for line-ups and results.
    pub credits_kept: Option<u64>,
    /// The least minutes that the source's limits want.
    pub minutes: f64,
    /// Each request: what, where (without key), and how it is called.
    pub calls: Vec<PlannedCall>,
}

/// A request of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedCall {
    /// What is collected.
    pub kind: &'static str,
    /// Where, without key.
    pub url: String,
    /// What the answer is called.
    pub document: String,
    /// What it costs.
    pub credits: u64,
}

impl Plan {
    /// The plan of some calls.
    pub fn of(provider: &dyn Provider, calls: &[Call], budget: Option<&Budget>, now: DateTime<Utc>) -> Self {
        let etiquette = provider.etiquette();
        // robots.txt is a request too.
        let sent = calls.len() as u64 + u64::from(etiquette.robots);
        let time: Duration = etiquette.rate.time_of(sent);
        let planned = |call: &Call| PlannedCall {
            kind: call.kind.name(),
            url: call.url.clone(),
            document: call.document.clone(),
            credits: call.credits,
        };
        Self {
            source: provider.name(),
            requests: calls.len() as u64,
            credits: calls.iter().map(|call| call.credits).sum(),
            credits_left: budget.map(|budget| budget.left(now)),
            credits_kept: budget.map(|budget| budget.allowance().kept()),
            minutes: time.as_secs_f64() / 60.0,
            calls: calls.iter().map(planned).collect(),
        }
    }
}
