//! The engine of backtests on bets that `bench/backtest/peer.py` has prepared: the same matches, prices and probabilities that its
//! peers bet on. Writes every bet, and prints how long building the book and betting take, in seconds, and the same for a hundred
//! variants of the strategy on one book, one after the other.

#![expect(clippy::print_stdout, reason = "what it measures")]

use std::error::Error;
use std::fmt::Write as _;
use std::time::Instant;
use touchline_domain::{DecimalOdds, MarketType, MatchId, OddsPhase, OddsQuote, Score, ScoreGrid};
use touchline_learning::backtest::{Book, PointInTimeForecast, PricedMatch, Strategy, run};

/// The bet of highest expected value on each match, where it has any, always ten units.
const STRATEGY: &str = r#"name = "peer"
[bets]
pick = "value"
markets = ["1x2"]
min_edge = 0.0
most_per_match = 1
[prices]
bookmakers = ["B365"]
lead_minutes = 0
delay_minutes = 0
[stakes]
bankroll = 1000000
plan = "flat"
amount = 10
"#;
const RUNS: usize = 9;
const VARIANTS: usize = 100;

/// A match, from a row of identifier, day, goals, three prices and three probabilities.
fn priced(line: &str) -> Result<PricedMatch, Box<dyn Error>> {
    let cells: Vec<f64> = line.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let &[id, day, home, away, odds_home, odds_draw, odds_away, p_home, p_draw, p_away] = &cells[..] else {
        return Err(format!("{line:?} has {} cells", cells.len()).into());
    };
    // Four scores that have just these probabilities.
    let grid = ScoreGrid::from_weights(1, vec![p_draw / 2.0, p_away, p_home, p_draw / 2.0])?;
    let (id, kickoff) = (MatchId(id as i64), day as i64 * 86_400 + 54_000);
    let quote = OddsQuote {
        bookmaker: "B365".into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [odds_home, odds_draw, odds_away].map(|odds| DecimalOdds::new(odds).ok()),
        phase: OddsPhase::PreMatch,
        known_at: chrono::DateTime::from_timestamp(kickoff - 3_600, 0).ok_or("a day that is none")?,
        known_at_imputed: false,
    };
    Ok(PricedMatch {
        id,
        league: "E0".into(),
        kickoff,
        settled_at: kickoff + 10_800,
        score: Score { home: home as u8, away: away as u8 },
        forecast: PointInTimeForecast::new(grid, kickoff - 3_600, id, kickoff)?,
        quotes: vec![quote],
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        // Without files there is nothing to measure: `cargo bench` runs every bench.
        println!("skipped: bench/backtest/run.sh names the files");
        return Ok(());
    };
    let text = std::fs::read_to_string(input)?;
    let matches: Vec<PricedMatch> = text.lines().skip(1).map(priced).collect::<Result<_, _>>()?;
    let strategy = Strategy::parse(STRATEGY)?;
    let mut seconds = Vec::new();
    let mut ledger = String::from("id,outcome,odds,stake,profit\n");
    for n in 0..RUNS {
        let matches = matches.clone();
        let started = Instant::now();
        let track = run(&Book::new(matches), &strategy)?;
        seconds.push(started.elapsed().as_secs_f64());
        if n == 0 {
            for bet in &track.bets {
                writeln!(
                    ledger,
                    "{},{},{},{},{:.4}",
                    bet.match_id, bet.outcome, bet.odds, bet.stake, bet.profit
                )?;
            }
        }
    }
    std::fs::write(output, &ledger)?;
    seconds.sort_by(f64::total_cmp);
    let started = Instant::now();
    let book = Book::new(matches);
    let mut bets = 0;
    for _ in 0..VARIANTS {
        bets += run(&book, &strategy)?.bets.len();
    }
    let hundred = started.elapsed().as_secs_f64();
    // Equal variants make equal bets: none was left out by the compiler.
    if bets != VARIANTS * (ledger.lines().count() - 1) {
        return Err(format!("{VARIANTS} equal variants made {bets} bets").into());
    }
    println!("{} {hundred}", seconds[RUNS / 2]);
    Ok(())
}
