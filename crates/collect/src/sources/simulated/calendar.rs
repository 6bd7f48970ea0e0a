//! When the simulated leagues play: 38 weekly matchdays, so that a season is running on any day. From September
//! to March it is one across two years, from August to April; from April to August one of the calendar year,
//! from March to November, as northern countries play it.

use super::pyramid::CLUBS_PER_TIER;
use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};
use touchline_domain::Season;

/// Matchdays of a double round-robin.
pub(super) const MATCHDAYS: usize = 2 * (CLUBS_PER_TIER - 1);

const MATCHES: usize = CLUBS_PER_TIER / 2;

/// Days after Saturday and times of the matches of a matchday, British time.
const SLOTS: [(u64, u32, u32); MATCHES] = [
    (0, 12, 30),
    (0, 15, 0),
    (0, 15, 0),
    (0, 15, 0),
    (0, 15, 0),
    (0, 15, 0),
    (0, 15, 0),
    (0, 17, 30),
    (1, 14, 0),
    (1, 16, 30),
];

/// Day and time of a match.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// The day.
    pub(super) date: NaiveDate,
    /// The time, British.
    pub(super) time: NaiveTime,
}

/// The calendar of a season.
#[derive(Debug)]
pub(super) struct Calendar {
    season: Season,
    first: NaiveDate,
}

impl Calendar {
    /// The season that runs at `today`, or the one `age` years before it.
    pub(super) fn running(today: NaiveDate, age: u16) -> Self {
        let is_calendar_year = (4..=8).contains(&today.month());
        let start = if today.month() <= 3 { today.year() - 1 } else { today.year() } - i32::from(age);
        let year = u16::try_from(start).unwrap_or_default();
        let season = if is_calendar_year { Season::calendar_year(year) } else { Season::cross_year(year) };
        let earliest = if is_calendar_year { (3, 1) } else { (8, 8) };
        Self {
            season: season.expect("the simulation runs in years that have seasons"),
            first: saturday_from(start, earliest),
        }
    }

    /// Whether it is the calendar of the same season.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.season == other.season
    }

    /// The season, as the `Season` column says it.
    pub(super) fn label(&self) -> String {
        let start = self.season.start();
        if self.season.is_calendar_year() { start.to_string() } else { format!("{start}/{}", start + 1) }
    }

    /// The season, as folders are named by it.
    pub(super) fn folder(&self) -> String {
        let start = self.season.start();
        if self.season.is_calendar_year() {
            start.to_string()
        } else {
            format!("{:02}{:02}", start % 100, (start + 1) % 100)
        }
    }

    /// The matches of a matchday: when, and who of the tier, by the circle method; the second half of the
    /// season repeats the first with sides swapped.
    pub(super) fn matches(&self, matchday: usize) -> impl Iterator<Item = (Slot, usize, usize)> {
        let rounds = CLUBS_PER_TIER - 1;
        let round = matchday % rounds;
        let saturday = self.first + Days::new(7 * matchday as u64);
        (0..MATCHES).map(move |i| {
            let one = (round + i) % rounds;
            let other = if i == 0 { rounds } else { (round + rounds - i) % rounds };
            let swapped = (if i == 0 { round % 2 == 1 } else { i % 2 == 1 }) != (matchday >= rounds);
            // The round shifts the slots, so that no club always plays on Sundays.
            let (day, hour, minute) = SLOTS[(i + round) % MATCHES];
            let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
            let slot = Slot { date: saturday + Days::new(day), time };
            if swapped { (slot, other, one) } else { (slot, one, other) }
        })
    }
}

fn saturday_from(year: i32, (month, day): (u32, u32)) -> NaiveDate {
    let from = NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let days = (6 + 7 - from.weekday().num_days_from_sunday()) % 7;
    let saturday = from + Days::new(days.into());
    debug_assert_eq!(saturday.weekday(), Weekday::Sat);
    saturday
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn everyone_meets_everyone_home_and_away_once_and_plays_once_a_matchday() {
        let calendar = Calendar::running("2026-11-20".parse().unwrap(), 0);
        let mut pairings = BTreeSet::new();
        let mut homes = [0; CLUBS_PER_TIER];
        for matchday in 0..MATCHDAYS {
            let mut clubs = BTreeSet::new();
            for (_, home, away) in calendar.matches(matchday) {
                assert!(clubs.insert(home) && clubs.insert(away));
                assert!(pairings.insert((home, away)));
                homes[home] += 1;
            }
            assert_eq!(clubs.len(), CLUBS_PER_TIER);
        }
        assert_eq!(pairings.len(), CLUBS_PER_TIER * (CLUBS_PER_TIER - 1));
        assert_eq!(homes, [19; CLUBS_PER_TIER]);
    }

    #[test]
    fn seasons_follow_the_year() {
        let label = |today: &str, age| Calendar::running(today.parse().unwrap(), age).label();
        assert_eq!(label("2026-11-20", 0), "2026/2027");
        assert_eq!(label("2027-03-31", 0), "2026/2027");
        assert_eq!(label("2027-04-01", 0), "2027");
        assert_eq!(label("2026-08-31", 3), "2023");
        let first = Calendar::running("2026-11-20".parse().unwrap(), 0).first;
        assert_eq!(first, "2026-08-08".parse().unwrap());
    }
}
