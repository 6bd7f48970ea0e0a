//! Our side of `bench/penaltyblog/run.sh`: reads `day,home,away,home_goals,away_goals` lines (teams as numbers) from the
//! file given after `--` and prints one `measure<TAB>seconds` line per measure, the best of several runs.

#![expect(clippy::print_stdout, reason = "the script reads the measures from standard output")]
#![expect(clippy::print_stderr, reason = "the reason for skipping is for the person at the terminal")]

use std::hint::black_box;
use std::time::Instant;
use touchline_models::goals::{
    BivariatePoisson, DixonColes, FitConfig, GoalMatches, GoalObservation, Poisson, ScoreFamily,
    WeibullCopula,
};
use touchline_models::markets::Markets;
use touchline_models::odds::{DeVig, GoalExpectancy, Rho, Target};
use touchline_models::ratings::{
    Colley, ColleyConfig, Elo, EloConfig, Massey, PiConfig, PiRating, PlayedMatch, Rating,
};
use touchline_outcomes::Score;

/// Best time of one call, over runs that together take about half a second.
fn seconds<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut best = f64::INFINITY;
    let begin = Instant::now();
    for run in 0..100_000 {
        let start = Instant::now();
        black_box(work());
        best = best.min(start.elapsed().as_secs_f64());
        if run >= 2 && begin.elapsed().as_secs_f64() > 0.5 {
            break;
        }
    }
    best
}

/// For calls far below the clock's resolution: the mean over a block.
fn seconds_each<T>(mut work: impl FnMut() -> T) -> f64 {
    const BLOCK: u32 = 1000;
    seconds(|| (0..BLOCK).for_each(|_| drop(black_box(work())))) / f64::from(BLOCK)
}

fn report(measure: &str, seconds: f64) {
    println!("{measure}\t{seconds:e}");
}

fn main() {
    let Some(path) = std::env::args().skip(1).find(|a| !a.starts_with("--")) else {
        eprintln!("no file of matches given: nothing to measure; see bench/penaltyblog/run.sh");
        return;
    };
    let text = std::fs::read_to_string(&path).expect("the script has written the file");
    let rows: Vec<Vec<usize>> = text
        .lines()
        .map(|l| l.split(',').map(|f| f.parse().expect("the script writes integers")).collect())
        .collect();
    let teams = rows.iter().flat_map(|r| [r[1], r[2]]).max().map_or(0, |t| t + 1);
    let score = |r: &[usize]| Score { home: r[3] as u8, away: r[4] as u8 };
    fits(&rows, teams, score);

    let played: Vec<PlayedMatch> =
        rows.iter().map(|r| PlayedMatch { home: r[1], away: r[2], score: score(r) }).collect();
    report(
        "Elo, all matches",
        seconds(|| {
            let mut elo = Elo::new(EloConfig::default()).expect("default parameters are valid");
            for m in &played {
                elo.update(m.home, m.away, m.score);
            }
            elo
        }),
    );
    report(
        "pi ratings, all matches",
        seconds(|| {
            let mut pi = PiRating::new(PiConfig::default()).expect("default parameters are valid");
            for m in &played {
                pi.update(m.home, m.away, m.score);
            }
            pi
        }),
    );
    report("Massey fit", seconds(|| Massey::fit(&played, teams)));
    report("Colley fit", seconds(|| Colley::fit(&played, teams, ColleyConfig::default())));

    let odds = [2.15, 3.4, 3.6];
    for (name, method) in [
        ("multiplicative", DeVig::Multiplicative),
        ("power", DeVig::Power),
        ("Shin", DeVig::Shin),
        ("odds ratio", DeVig::OddsRatio),
    ] {
        report(&format!("de-vig by {name}"), seconds_each(|| method.fair(black_box(&odds))));
    }
    let fair = DeVig::Shin.forecast(odds).expect("valid prices");
    report(
        "goal expectancy from 1X2",
        seconds_each(|| GoalExpectancy::fit(&[Target::Outcome(fair)], Rho::Fixed(0.0))),
    );
}

fn fits(rows: &[Vec<usize>], teams: usize, score: impl Fn(&[usize]) -> Score) {
    let mut matches = GoalMatches::new(teams);
    for r in rows {
        matches.push(GoalObservation::new(r[1], r[2], score(r)));
    }
    let config = FitConfig::maximum_likelihood();
    report("Poisson fit", seconds(|| Poisson.fit(&matches, &config)));
    report("Dixon-Coles fit", seconds(|| DixonColes.fit(&matches, &config)));
    report("bivariate Poisson fit", seconds(|| BivariatePoisson.fit(&matches, &config)));
    report("Weibull copula fit", seconds(|| WeibullCopula.fit(&matches, &config)));
    let (home, away) = (rows[0][1], rows[0][2]);
    let poisson = Poisson.fit(&matches, &config).expect("three seasons of a league have one optimum");
    report("Poisson prediction, 1X2", seconds_each(|| poisson.grid(home, away).forecast()));
    let dixon_coles = DixonColes.fit(&matches, &config).expect("three seasons of a league have one optimum");
    report("Dixon-Coles prediction, 1X2", seconds_each(|| dixon_coles.grid(home, away).forecast()));
    let grid = dixon_coles.grid(home, away);
    report(
        "markets of a grid (1X2, totals, handicaps, both to score)",
        seconds_each(|| Markets::of(&grid).overview()),
    );
}
