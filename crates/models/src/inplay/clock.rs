//! The clock of a match and the share of its goals that is still to come.

use super::{InPlayConfig, InPlayError, within};
use touchline_outcomes::Score;

/// Where a match stands. Minutes are those on the clock: 45 to 45 + added time at the end of the first half, then 45
/// again from the restart.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum MatchClock {
    /// In the first half, 0 to 80 minutes.
    FirstHalf {
        /// Minutes since kick-off.
        minute: f64,
    },
    /// Between the halves.
    HalfTime,
    /// In the second half, 45 to 130 minutes.
    SecondHalf {
        /// Clock minute.
        minute: f64,
    },
    /// Over.
    FullTime,
}

/// What has happened so far.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MatchState {
    /// The clock.
    pub clock: MatchClock,
    /// The score.
    pub score: Score,
    /// Red cards of the home side.
    pub home_red_cards: u8,
    /// Red cards of the away side.
    pub away_red_cards: u8,
    /// Added minutes of the running half once announced.
    pub announced_added_time: Option<f64>,
}

impl MatchState {
    /// Nothing has happened yet.
    pub fn kick_off() -> Self {
        Self {
            clock: MatchClock::FirstHalf { minute: 0.0 },
            score: Score { home: 0, away: 0 },
            home_red_cards: 0,
            away_red_cards: 0,
            announced_added_time: None,
        }
    }
}

/// Minutes taken to be left when the clock has passed the expected end of a half.
const OVERDUE: f64 = 0.5;

/// Integral of the intensity's shape over the rest of the match, the whole match being 1.
///
/// Added time runs at the intensity of minute 45 or 90.
pub(super) fn remaining_share(state: &MatchState, config: &InPlayConfig) -> Result<f64, InPlayError> {
    let announced = state.announced_added_time;
    if let Some(added) = announced {
        within("announced added time", added, 0.0..=40.0, "between 0 and 40 minutes")?;
    }
    // Integral of 1 + rise * t / 90 over regular time from a to b.
    let regular = |a: f64, b: f64| (b - a) * (1.0 + config.rise * (a + b) / 180.0);
    let at = |minute: f64| 1.0 + config.rise * minute / 90.0;
    let [first_added, second_added] = config.added_time;
    let second_half = regular(45.0, 90.0) + second_added * at(90.0);
    let total = regular(0.0, 45.0) + first_added * at(45.0) + second_half;
    let rest_of_half = |minute: f64, end: f64, added: f64| {
        if minute <= end {
            regular(minute, end) + added * at(end)
        } else {
            (end + added - minute).max(OVERDUE) * at(end)
        }
    };
    let left = match state.clock {
        MatchClock::FirstHalf { minute } => {
            within("minute of the first half", minute, 0.0..=80.0, "between 0 and 80")?;
            rest_of_half(minute, 45.0, announced.unwrap_or(first_added)) + second_half
        }
        MatchClock::HalfTime => second_half,
        MatchClock::SecondHalf { minute } => {
            within("minute of the second half", minute, 45.0..=130.0, "between 45 and 130")?;
            rest_of_half(minute, 90.0, announced.unwrap_or(second_added))
        }
        MatchClock::FullTime => 0.0,
    };
    Ok(left / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_fall_from_one_to_zero() {
        let config = InPlayConfig::default();
        let clocks = [
            MatchClock::FirstHalf { minute: 0.0 },
            MatchClock::FirstHalf { minute: 30.0 },
            MatchClock::FirstHalf { minute: 46.0 },
            MatchClock::HalfTime,
            MatchClock::SecondHalf { minute: 60.0 },
            MatchClock::SecondHalf { minute: 90.0 },
            MatchClock::SecondHalf { minute: 99.0 },
            MatchClock::FullTime,
        ];
        let shares: Vec<f64> = clocks
            .iter()
            .map(|clock| {
                remaining_share(&MatchState { clock: *clock, ..MatchState::kick_off() }, &config).unwrap()
            })
            .collect();
        assert!((shares[0] - 1.0).abs() < 1e-12);
        assert!(shares.is_sorted_by(|a, b| a > b), "{shares:?}");
        assert!(shares[7].abs() < 1e-12);
        // The observed share of goals before half-time.
        assert!((1.0 - shares[3] - 0.439).abs() < 0.001, "{}", shares[3]);
    }
}
