//! Simulated markets with a known edge: intervals and verdicts must be right as often as they say.

use super::*;
use touchline_domain::{Silent, SplitMix64};

/// A market whose every price has the same expected value.
#[derive(Clone, Copy)]
pub struct Market {
    pub days: i64,
    pub per_day: i64,
    /// Expected profit per unit on every outcome.
    pub edge: f64,
    /// Whether there are closing lines, which scatter around the truth.
    pub closing: bool,
}

impl Default for Market {
    fn default() -> Self {
        Self { days: 60, per_day: 5, edge: 0.03, closing: true }
    }
}

/// The favourite of every match, always ten units.
pub const EVERY_BET: &str = r#"name = "every"
[bets]
pick = "favourites"
markets = ["1x2"]
[prices]
bookmakers = ["B365"]
lead_minutes = 60
delay_minutes = 5
[stakes]
bankroll = 1000000
plan = "flat"
amount = 10
[costs]
refused_share = 0.0
"#;

/// Results are drawn from the forecasts, prices follow from them.
pub fn market(market: &Market, seed: u64) -> Book {
    let mut draws = SplitMix64::new(seed.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1));
    let mut matches = Vec::new();
    for day in 0..market.days {
        for n in 0..market.per_day {
            let grid = poisson_grid([0.8 + 1.4 * draws.uniform(), 0.7 + 1.1 * draws.uniform()], 6);
            let u = draws.uniform();
            let mut sum = 0.0;
            let scored = grid.cells().iter().position(|p| {
                sum += p;
                u < sum
            });
            let scored = scored.unwrap_or(0);
            let score = [(scored / 7) as u8, (scored % 7) as u8];
            let fair = grid.forecast().as_array();
            let mut quotes = vec![open("B365", 2 * HOUR, fair.map(|p| (1.0 + market.edge) / p))];
            if market.closing {
                let off = 0.03 * (2.0 * draws.uniform() - 1.0);
                quotes.push(closing("PS", [1.0 / (fair[0] + off), 1.0 / fair[1], 1.0 / (fair[2] - off)]));
            }
            matches.push(forecast(day * market.per_day + n, KICKOFF + day * DAY, score, grid, quotes));
        }
    }
    Book::new(matches)
}

/// How often of `runs` the true edge lay within the interval of the yield and of the closing-line value, and how often profit
/// was named.
fn outcomes(settings: &Market, runs: u64) -> [usize; 3] {
    let strategy = Strategy::parse(EVERY_BET).unwrap();
    let mut found = [0; 3];
    for seed in 0..runs {
        let book = market(settings, seed);
        let judged = JudgeSettings { resamples: 300, seed, ..JudgeSettings::default() };
        let report = judge(&strategy, &run(&book, &strategy).unwrap(), &judged, 0);
        let holds = |interval: Option<touchline_models::metrics::Interval>| {
            interval.is_some_and(|i| i.low <= settings.edge && settings.edge <= i.high)
        };
        found[0] += usize::from(holds(report.yield_on_stakes));
        found[1] += usize::from(holds(report.closing_line_value));
        found[2] += usize::from(report.verdict.kind == VerdictKind::Profit);
    }
    found
}

/// At least 95 of 100, less two and a half standard errors of so many runs.
fn most(runs: u64) -> usize {
    let n = runs as f64;
    (0.95 * n - 2.5 * (0.05 * 0.95 * n).sqrt()).floor() as usize
}

#[test]
fn intervals_hold_a_planted_edge_and_an_efficient_market_names_no_profit() {
    let [on_stakes, closing, _] = outcomes(&Market::default(), 160);
    assert!(on_stakes >= most(160) && closing >= most(160), "{on_stakes} and {closing} of 160");
    let efficient = Market { edge: 0.0, closing: false, ..Market::default() };
    let [_, _, profits] = outcomes(&efficient, 160);
    assert!(160 - profits >= most(160), "{profits} verdicts of profit in 160 efficient markets");
}

#[test]
#[ignore = "a thousand runs; `cargo nextest run -p touchline-learning --run-ignored only thousand_simulated`"]
fn a_thousand_simulated_markets() {
    let planted = outcomes(&Market { days: 120, ..Market::default() }, 1000);
    let efficient = outcomes(&Market { days: 120, edge: 0.0, closing: false, ..Market::default() }, 1000);
    println!("edge of 3%: yield {} and CLV {} within their intervals of 1,000", planted[0], planted[1]);
    println!(
        "no edge: {} verdicts of profit of 1,000; yield {} within its interval",
        efficient[2], efficient[0]
    );
    assert!(planted[0] >= most(1000) && planted[1] >= most(1000), "{planted:?}");
    assert!(1000 - efficient[2] >= most(1000), "{efficient:?}");
}

#[test]
fn a_large_edge_is_named_and_a_margin_is_a_loss() {
    let strategy = Strategy::parse(EVERY_BET).unwrap();
    let verdict = |edge: f64| {
        let book = market(&Market { days: 1500, edge, ..Market::default() }, 1);
        let settings = JudgeSettings { resamples: 300, ..JudgeSettings::default() };
        judge(&strategy, &run(&book, &strategy).unwrap(), &settings, 0).verdict
    };
    let profit = verdict(0.05);
    assert_eq!(profit.kind, VerdictKind::Profit, "{profit:?}");
    assert!(profit.words.starts_with("evidence of profit after 7,"), "{profit:?}");
    assert_eq!(verdict(-0.12).kind, VerdictKind::Loss);
}

#[test]
fn threads_change_nothing() {
    let book = market(&Market::default(), 3);
    let shares = ["0.0", "0.1", "0.2", "0.3", "0.4"].map(str::to_owned).to_vec();
    let all = variants(EVERY_BET, &[("costs.refused_share".to_owned(), shares)]).unwrap();
    let settings = JudgeSettings { resamples: 100, ..JudgeSettings::default() };
    let once = compare(&book, &all, &settings, 1, &Silent).unwrap();
    for threads in [2, 3, 16] {
        assert_eq!(compare(&book, &all, &settings, threads, &Silent).unwrap(), once);
    }
    // Other strategies beside it change nothing of a strategy's bets.
    let alone = compare(&book, &all[..1], &settings, 1, &Silent).unwrap();
    assert_eq!(alone.tracks[0], once.tracks[0]);
}
