//! Invented markets, and what backtests must say of them.

mod cheats;
mod money;
mod multiples;
mod settlement;
mod simulated;

use super::*;
use chrono::DateTime;
use touchline_domain::{DecimalOdds, MarketType, MatchId, OddsPhase, OddsQuote, Score, ScoreGrid};
use touchline_features::Seconds;
use touchline_models::goals::poisson_grid;

const HOUR: Seconds = 3600;
const DAY: Seconds = 24 * HOUR;
/// A Saturday, 15:00 UTC.
const KICKOFF: Seconds = 1_599_318_000;

/// A quote of 1X2 known so many seconds before [`KICKOFF`].
fn quote(bookmaker: &str, before: Seconds, odds: [f64; 3], phase: OddsPhase) -> OddsQuote {
    OddsQuote {
        bookmaker: bookmaker.into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: odds.map(|o| DecimalOdds::new(o).ok()),
        phase,
        known_at: DateTime::from_timestamp(KICKOFF - before, 0).unwrap(),
        known_at_imputed: false,
    }
}

fn open(bookmaker: &str, before: Seconds, odds: [f64; 3]) -> OddsQuote {
    quote(bookmaker, before, odds, OddsPhase::PreMatch)
}

fn closing(bookmaker: &str, odds: [f64; 3]) -> OddsQuote {
    quote(bookmaker, 60, odds, OddsPhase::Closing)
}

/// A match at [`KICKOFF`] with means of goals 1.5 and 1.1, forecast two hours before.
fn played(id: i64, score: [u8; 2], quotes: Vec<OddsQuote>) -> PricedMatch {
    forecast(id, KICKOFF, score, poisson_grid([1.5, 1.1], 10), quotes)
}

fn forecast(
    id: i64,
    kickoff: Seconds,
    score: [u8; 2],
    grid: ScoreGrid,
    quotes: Vec<OddsQuote>,
) -> PricedMatch {
    let shift = chrono::TimeDelta::seconds(kickoff - KICKOFF);
    let quotes = quotes.into_iter().map(|q| OddsQuote { known_at: q.known_at + shift, ..q }).collect();
    let id = MatchId(id);
    PricedMatch {
        id,
        league: "E0".into(),
        kickoff,
        settled_at: kickoff + 3 * HOUR,
        score: Score { home: score[0], away: score[1] },
        forecast: PointInTimeForecast::new(grid, kickoff - 2 * HOUR, id, kickoff).unwrap(),
        quotes,
    }
}

/// Ten units on every home, draw or away of positive expected value at B365 or PS, an hour before kick-off.
const PLAIN: &str = r#"name = "plain"
[bets]
pick = "value"
markets = ["1x2"]
min_edge = 0.0
[prices]
bookmakers = ["B365", "PS"]
lead_minutes = 60
delay_minutes = 5
[stakes]
plan = "flat"
amount = 10
"#;

/// [`PLAIN`] with other words in it.
fn changed(changes: &[(&str, &str)]) -> Strategy {
    let mut text = PLAIN.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    Strategy::parse(&text).unwrap()
}

fn plain() -> Strategy {
    changed(&[])
}

/// The strategy on one match.
fn bets(strategy: &Strategy, quotes: Vec<OddsQuote>) -> Vec<Bet> {
    run(&Book::new(vec![played(1, [1, 0], quotes)]), strategy).unwrap().bets
}
