//! What a source may cost in a day or a month. The last tenth is kept for what cannot be had later: line-ups and results.

use chrono::{DateTime, Datelike, Days, Months, NaiveTime, Utc};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The stretch of time that a budget is for. Both begin at midnight UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A day.
    Day,
    /// A calendar month.
    Month,
}

impl Period {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// When the one that holds a time began.
    pub fn start(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let day = now.date_naive();
        let first = match self {
            Self::Day => day,
            Self::Month => day.with_day(1).unwrap_or(day),
        };
        first.and_time(NaiveTime::MIN).and_utc()
    }

    /// When the next one begins.
    pub fn next(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let start = self.start(now);
        match self {
            Self::Day => start + Days::new(1),
            Self::Month => start + Months::new(1),
        }
    }
}

/// How much a source gives in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Credits; a request costs one where the source does not count otherwise.
    pub credits: u64,
    /// In each of these.
    pub period: Period,
}

impl Allowance {
    /// What is kept for line-ups and results.
    pub fn kept(&self) -> u64 {
        self.credits.div_ceil(10)
    }
}

/// What a request is for: whether it may touch what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    /// Can be had later, or be done without.
    #[default]
    Ordinary,
    /// Line-ups and results: cannot be had before, and are missed after.
    Essential,
}

/// Why nothing is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// How long until there is more.
    pub until_more: Duration,
    /// What is left.
    pub left: u64,
    /// Whether what is left is kept for line-ups and results.
    pub kept: bool,
}

#[derive(Debug, Clone, Copy)]
struct Account {
    since: DateTime<Utc>,
    spent: u64,
}

/// The budget of one source, as far as it was spent.
#[derive(Debug)]
pub struct Budget {
    allowance: Allowance,
    account: Mutex<Account>,
}

impl Budget {
    /// A budget of which so much was spent in the period that began at `since`.
    pub fn new(allowance: Allowance, since: DateTime<Utc>, spent: u64) -> Self {
        Self { allowance, account: Mutex::new(Account { since, spent }) }
    }

    /// How much there is in all.
    pub fn allowance(&self) -> Allowance {
        self.allowance
    }

    /// Takes credits out.
    ///
    /// # Errors
    /// There are not enough, or those that are left are kept for others.
    pub fn spend(&self, credits: u64, priority: Priority, now: DateTime<Utc>) -> Result<(), Spent> {
        let mut account = self.of(now);
        let left = self.allowance.credits.saturating_sub(account.spent);
        let kept = if priority == Priority::Essential { 0 } else { self.allowance.kept() };
        if left < kept.saturating_add(credits) {
            let until_more = (self.allowance.period.next(now) - now).to_std().unwrap_or_default();
            return Err(Spent { until_more, left, kept: left >= credits });
        }
        account.spent += credits;
        Ok(())
    }

    /// The provider says in answer to a request how much is left, which counts where it is less: others may use the same
    /// key. A request that was sent before this period began says nothing of it.
    pub fn reported(&self, left: u64, sent: DateTime<Utc>, now: DateTime<Utc>) {
        if sent < self.allowance.period.start(now) {
            return;
        }
        let mut account = self.of(now);
        account.spent = account.spent.max(self.allowance.credits.saturating_sub(left));
    }

    /// The start of the period and what was spent in it.
    pub fn state(&self, now: DateTime<Utc>) -> (DateTime<Utc>, u64) {
        let account = self.of(now);
        (account.since, account.spent)
    }

    /// What is left in all.
    pub fn left(&self, now: DateTime<Utc>) -> u64 {
        self.allowance.credits.saturating_sub(self.of(now).spent)
    }

    fn of(&self, now: DateTime<Utc>) -> std::sync::MutexGuard<'_, Account> {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        let start = self.allowance.period.start(now);
        if account.since < start {
            *account = Account { since: start, spent: 0 };
        }
        account
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_tenth_is_for_line_ups_and_results() {
        let now = at("2026-02-27T18:00:00Z");
        let budget =
            Budget::new(Allowance { credits: 500, period: Period::Month }, Period::Month.start(now), 440);
        assert_eq!(budget.spend(10, Priority::Ordinary, now), Ok(()));
        let refused = budget.spend(1, Priority::Ordinary, now).unwrap_err();
        assert_eq!((refused.left, refused.kept, refused.until_more.as_secs()), (50, true, 30 * 3_600));
        for _ in 0..50 {
            assert_eq!(budget.spend(1, Priority::Essential, now), Ok(()));
        }
        let refused = budget.spend(1, Priority::Essential, now).unwrap_err();
        assert_eq!((refused.left, refused.kept), (0, false));
        let march = at("2026-03-01T00:00:00Z");
        assert_eq!(budget.spend(450, Priority::Ordinary, march), Ok(()), "a new month");
        assert_eq!(budget.state(march), (march, 450));
    }

    #[test]
    fn what_the_provider_says_counts_where_it_is_less() {
        let now = at("2026-12-31T23:59:00Z");
        let budget = Budget::new(Allowance { credits: 100, period: Period::Day }, now, 5);
        budget.reported(98, now, now);
        assert_eq!(budget.left(now), 95);
        budget.reported(12, now, now);
        assert_eq!(budget.left(now), 12);
        let midnight = at("2027-01-01T00:00:02Z");
        budget.reported(0, now, midnight);
        assert_eq!(budget.left(midnight), 100, "asked yesterday, answered today");
        budget.reported(7, midnight, midnight);
        assert_eq!(budget.left(midnight), 7);
        assert_eq!(Period::Day.next(now), at("2027-01-01T00:00:00Z"));
        assert_eq!(Period::Month.next(now), at("2027-01-01T00:00:00Z"));
    }
}
