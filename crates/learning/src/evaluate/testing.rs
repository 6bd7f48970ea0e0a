//! Invented boards for tests.

use super::board::{Answered, Judged, Scoreboard};
use chrono::{DateTime, Days, Utc};
use touchline_domain::ports::ResultRow;
use touchline_domain::{
    Forecast, KickoffPrecision, LeagueId, MatchId, MatchStatus, Outcome, Score, Season, TeamId,
};
use touchline_features::History;

const GOALS: [[u8; 2]; 3] = [[2, 1], [1, 1], [0, 1]];

fn kickoff(n: usize) -> DateTime<Utc> {
    DateTime::from_timestamp(1_609_326_000, 0).unwrap() + Days::new(n as u64 / 3)
}

fn league(n: usize) -> LeagueId {
    LeagueId(if n % 3 == 1 { 8 } else { 7 })
}

/// The history of the matches of [`board`].
pub fn history(matches: usize) -> History {
    let row = |n: usize| {
        let [home, away] = GOALS[n % 3];
        ResultRow {
            id: MatchId(n as i64),
            league: league(n),
            season: "2020-21".parse::<Season>().unwrap(),
            home: TeamId(1),
            away: TeamId(2),
            kickoff: kickoff(n),
            precision: KickoffPrecision::Minute,
            status: MatchStatus::Finished,
            score: Some(Score { home, away }),
            neutral_ground: false,
        }
    };
    History::new(&(0..matches).map(row).collect::<Vec<_>>(), &[], &[])
}

/// So many matches, three a day from 30 December 2020, which end as home win, draw and away win in turn; two of
/// three are of league 7, the others of league 8. Every forecaster says the same before each match and expects
/// one goal a side.
pub fn board(matches: usize, forecasters: &[(&str, [f64; 3])]) -> Scoreboard {
    let judged = |n: usize| Judged {
        id: MatchId(n as i64),
        position: n as u32,
        league: league(n),
        kickoff: kickoff(n),
        goals: GOALS[n % 3],
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
