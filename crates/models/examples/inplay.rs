//! Follows an invented match minute by minute.
//!
//! Run with `cargo run -p touchline-models --example inplay`.

#![expect(clippy::print_stdout, reason = "the program prints its result")]

use touchline_models::goals::{DixonColes, ScoreFamily};
use touchline_models::inplay::{InPlay, InPlayConfig, MatchClock, MatchState};
use touchline_outcomes::Score;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let before = DixonColes.grid([1.6, 1.1], &[-0.08], 14);
    let model = InPlay::from_grid(&before, InPlayConfig::default())?;
    let first = |minute| MatchClock::FirstHalf { minute };
    let second = |minute| MatchClock::SecondHalf { minute };
    // Clock, home goals, away goals, red cards of the home and of the away side.
    let story = [
        ("kick-off", first(0.0), 0, 0, 0, 0),
        ("23' away goal", first(23.0), 0, 1, 0, 0),
        ("half-time", MatchClock::HalfTime, 0, 1, 0, 0),
        ("58' away red card", second(58.0), 0, 1, 0, 1),
        ("71' home goal", second(71.0), 1, 1, 0, 1),
        ("90' level", second(90.0), 1, 1, 0, 1),
        ("90+3' home goal", second(93.0), 2, 1, 0, 1),
    ];
    println!("{:<18} {:>6} {:>6} {:>6}   next goal home / none / away", "", "home", "draw", "away");
    for (event, clock, home, away, home_red_cards, away_red_cards) in story {
        let state = MatchState {
            clock,
            score: Score { home, away },
            home_red_cards,
            away_red_cards,
            announced_added_time: None,
        };
        let forecast = model.final_score(&state)?.forecast();
        let next = model.next_goal(&state)?;
        println!(
            "{event:<18} {:>6.3} {:>6.3} {:>6.3}   {:.3} / {:.3} / {:.3}",
            forecast.home(),
            forecast.draw(),
            forecast.away(),
            next.home,
            next.none,
            next.away
        );
    }
    Ok(())
}
