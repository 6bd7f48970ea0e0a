//! Invented boards for tests.

use super::board::{Answered, Judged, Scoreboard};
use chrono::{DateTime, Days};
use touchline_domain::{Forecast, LeagueId, MatchId, Outcome};

/// So many matches, three a day from 30 December 2020, which end as home win, draw and away win in turn; two of
/// three are of league 7, the others of league 8. Every forecaster says the same before each match and expects
/// one goal a side.
pub fn board(matches: usize, forecasters: &[(&str, [f64; 3])]) -> Scoreboard {
    let start = DateTime::from_timestamp(1_609_326_000, 0).unwrap();
    let judged = |n: usize| Judged {
        id: MatchId(n as i64),
        league: LeagueId(if n % 3 == 1 { 8 } else { 7 }),
        kickoff: start + Days::new(n as u64 / 3),
        goals: [[2, 1], [1, 1], [0, 1]][n % 3],
        outcome: Outcome::ALL[n % 3],
        fold: usize::from(n >= matches / 2),
    };
    let answered = forecasters.iter().map(|(name, weights)| Answered {
        name: (*name).to_owned(),
        forecasts: vec![Forecast::normalised(*weights).unwrap(); matches],
        goals: Some(vec![[1.0, 1.0]; matches]),
    });
    Scoreboard {
        matches: (0..matches).map(judged).collect(),
        answered: answered.collect(),
        folds: vec![("first".to_owned(), 100), ("second".to_owned(), 200)],
    }
}
