//! Limits of staking that a person sets and the product keeps.
//!
//! A limit that is stricter than the one before holds at once. One that is looser, or taken away, holds a day after it was set:
//! whoever loosens a limit in the heat of a loss sleeps over it first. A pause cannot be cut short.

use super::{HeldBet, money};
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use touchline_domain::{Cents, PaperLimits};

/// How long a looser limit waits.
const SLEEP_OVER_IT: Duration = Duration::hours(24);
/// The longest pause.
const LONGEST_PAUSE: i64 = 10 * 366;

/// Whether limits make sense.
///
/// # Errors
/// What is wrong, and what to write instead.
pub fn check(limits: &PaperLimits) -> Result<(), String> {
    let amounts = [
        ("stake per day", limits.stake_per_day),
        ("stake per week", limits.stake_per_week),
        ("loss per day", limits.loss_per_day),
    ];
    match amounts.into_iter().find(|(_, amount)| amount.is_some_and(|cents| cents < 0)) {
        Some((name, Some(amount))) => {
            Err(format!("a {name} of {:.2} is no limit; write 0 or more", money(amount)))
        }
        _ => Ok(()),
    }
}

/// The end of a pause of some days from now.
///
/// # Errors
/// It is too long.
pub fn pause_of(days: i64, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    if (1..=LONGEST_PAUSE).contains(&days) {
        Ok(now + Duration::days(days))
    } else {
        Err(format!("a pause lasts 1 to {LONGEST_PAUSE} days"))
    }
}

/// The limits that hold at a time, from all that were set, in order: the strictest of those that stood at any time of the last
/// day.
pub fn in_force(set: &[(DateTime<Utc>, PaperLimits)], now: DateTime<Utc>) -> PaperLimits {
    let set = || set.iter().filter(|(at, _)| *at <= now);
    let before = set().rfind(|(at, _)| *at <= now - SLEEP_OVER_IT);
    let since = set().filter(|(at, _)| *at > now - SLEEP_OVER_IT);
    let standing: Vec<&PaperLimits> = before.into_iter().chain(since).map(|(_, limits)| limits).collect();
    let strictest =
        |amount: fn(&PaperLimits) -> Option<Cents>| standing.iter().filter_map(|l| amount(l)).min();
    PaperLimits {
        stake_per_day: strictest(|l| l.stake_per_day),
        stake_per_week: strictest(|l| l.stake_per_week),
        loss_per_day: strictest(|l| l.loss_per_day),
        pause_until: set().filter_map(|(_, limits)| limits.pause_until).max().filter(|until| *until > now),
    }
}

/// What was staked and lost so far, as limits count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Staked today.
    pub today: Cents,
    /// Staked this week.
    pub week: Cents,
    /// Lost today by what was settled, and at stake by what was placed today and is open.
    pub lost_today: Cents,
}

impl Usage {
    /// By all bets, at a time. Days and weeks are those of UTC; weeks begin on Monday.
    pub fn at(bets: &[HeldBet], now: DateTime<Utc>) -> Self {
        let today = now.date_naive();
        let mut usage = Self::default();
        let mut settled_today = 0;
        for held in bets {
            let placed = held.placed_at.date_naive();
            if placed == today {
                usage.today += held.bet.stake;
                usage.lost_today += if held.settlement.is_none() { held.bet.stake } else { 0 };
            }
            if monday(placed) == monday(today) {
                usage.week += held.bet.stake;
            }
            if held.settled_at.is_some_and(|at| at.date_naive() == today) {
                settled_today += held.settlement.as_ref().map_or(0, |s| s.profit);
            }
        }
        usage.lost_today += (-settled_today).max(0);
        usage
    }

    /// Why a stake is refused; none where it fits. A stake that fits counts from then on.
    pub fn refuse(&mut self, stake: Cents, limits: &PaperLimits, now: DateTime<Utc>) -> Option<String> {
        if let Some(until) = limits.pause_until.filter(|until| *until > now) {
            return Some(format!("you pause until {}", until.format("%Y-%m-%d %H:%M UTC")));
        }
        let exceeded = |limit: Option<Cents>, used: Cents| limit.filter(|limit| used + stake > *limit);
        let rules = [
            ("stake per day", exceeded(limits.stake_per_day, self.today), self.today),
            ("stake per week", exceeded(limits.stake_per_week, self.week), self.week),
            ("loss per day", exceeded(limits.loss_per_day, self.lost_today), self.lost_today),
        ];
        if let Some((name, Some(limit), used)) = rules.into_iter().find(|(_, limit, _)| limit.is_some()) {
            return Some(format!(
                "it would exceed your {name} of {:.2}, of which {:.2} is used",
                money(limit),
                money(used)
            ));
        }
        self.today += stake;
        self.week += stake;
        self.lost_today += stake;
        None
    }
}

fn monday(day: NaiveDate) -> NaiveDate {
    day - Duration::days(day.weekday().num_days_from_monday().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::hours(hours)
    }

    fn day(stake: Option<Cents>) -> PaperLimits {
        PaperLimits { stake_per_day: stake, ..PaperLimits::default() }
    }

    #[test]
    fn stricter_limits_hold_at_once_and_looser_ones_a_day_later() {
        let set = [
            (at(0), day(Some(5_000))),
            (at(10), day(Some(1_000))),
            (at(40), day(Some(9_000))),
            (at(80), day(None)),
        ];
        let of = |hours| in_force(&set, at(hours)).stake_per_day;
        assert_eq!(of(-1), None);
        assert_eq!((of(0), of(9), of(10)), (Some(5_000), Some(5_000), Some(1_000)));
        assert_eq!((of(39), of(63), of(64)), (Some(1_000), Some(1_000), Some(9_000)));
        assert_eq!((of(80), of(103), of(104)), (Some(9_000), Some(9_000), None));
    }

    #[test]
    fn a_pause_cannot_be_cut_short() {
        let pause = |until| PaperLimits { pause_until: until, ..PaperLimits::default() };
        let set = [(at(0), pause(Some(at(100)))), (at(1), pause(Some(at(2)))), (at(2), pause(None))];
        assert_eq!(in_force(&set, at(99)).pause_until, Some(at(100)));
        assert_eq!(in_force(&set, at(100)).pause_until, None);
        let refused = Usage::default().refuse(1, &in_force(&set, at(50)), at(50)).unwrap();
        assert!(refused.contains("pause until 2026-11-27 16:00"), "{refused}");
        assert!(pause_of(0, at(0)).is_err() && pause_of(7, at(0)) == Ok(at(168)));
    }

    #[test]
    fn what_fits_counts_and_what_exceeds_is_refused_by_name() {
        let limits = PaperLimits {
            stake_per_day: Some(1_000),
            stake_per_week: Some(1_500),
            loss_per_day: Some(900),
            pause_until: None,
        };
        let mut usage = Usage { today: 0, week: 700, lost_today: 0 };
        assert_eq!(usage.refuse(600, &limits, at(0)), None);
        assert!(usage.refuse(500, &limits, at(0)).unwrap().contains("stake per day of 10.00, of which 6.00"));
        assert!(usage.refuse(300, &limits, at(0)).unwrap().contains("stake per week"));
        let lost = &mut Usage { today: 0, week: 0, lost_today: 850 };
        assert!(lost.refuse(100, &limits, at(0)).unwrap().contains("loss per day"));
        assert_eq!(lost.refuse(50, &limits, at(0)), None);
        let negative = PaperLimits { loss_per_day: Some(-1), ..limits };
        assert!(check(&limits).is_ok() && check(&negative).unwrap_err().contains("loss per day"));
    }
}
