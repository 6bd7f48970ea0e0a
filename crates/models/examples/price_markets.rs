//! Prices every market of a match from two expected-goal figures.
//!
//! `cargo run -p touchline-models --example price_markets -- 1.6 1.1`

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use touchline_models::markets::{HalfTimeSplit, Line, Markets, PointsRule};
use touchline_models::odds::GoalExpectancy;
use touchline_outcomes::{Outcome, Side};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let home: f64 = args.next().map_or(Ok(1.6), |a| a.parse())?;
    let away: f64 = args.next().map_or(Ok(1.1), |a| a.parse())?;
    let grid = GoalExpectancy { home, away, rho: -0.05, error: 0.0 }.grid(14)?;
    let markets = Markets::of(&grid);
    let overview = markets.overview();

    let f = overview.one_x_two;
    println!(
        "1X2                 home {:.1} %  draw {:.1} %  away {:.1} %",
        100.0 * f.home(),
        100.0 * f.draw(),
        100.0 * f.away()
    );
    println!("both teams to score {:.1} %", 100.0 * overview.both_teams_to_score);
    for t in overview.totals {
        println!("over {}            {:.1} %  fair odds {:.3}", t.line, 100.0 * t.over, 1.0 / t.over);
    }
    println!("\nAsian handicap, home side");
    println!("line   win    half win  push   half loss  loss   fair odds");
    for h in overview.handicaps {
        let [win, half_win, push, half_loss, loss] = h.home.as_array();
        let fair = h.home.fair_odds().map_or_else(|| "-".to_owned(), |o| format!("{o:.3}"));
        println!(
            "{:<6} {win:.3}  {half_win:.3}     {push:.3}  {half_loss:.3}      {loss:.3}  {fair}",
            h.line.to_string()
        );
    }
    println!("\nlikeliest scores");
    for s in overview.top_scores {
        println!("{}-{}  {:.1} %", s.home, s.away, 100.0 * s.probability);
    }
    let table = HalfTimeSplit::new(0.45, 0.45, grid.max_goals())?.half_time_full_time(&grid)?;
    println!("\nhalf-time / full-time");
    for half in Outcome::ALL {
        for full in Outcome::ALL {
            println!("{half:>8} / {full:<8}  {:.1} %", 100.0 * table.probability(half, full));
        }
    }
    let points = |side| markets.expected_points(side, PointsRule::default());
    println!("\nexpected points     {:.2} and {:.2}", points(Side::Home), points(Side::Away));
    println!(
        "home over 1.5       {:.1} %",
        100.0 * markets.team_over(Side::Home, Line::from_quarters(6)).win
    );
    println!(
        "win to nil          {:.1} % and {:.1} %",
        100.0 * markets.win_to_nil(Side::Home),
        100.0 * markets.win_to_nil(Side::Away)
    );
    Ok(())
}
