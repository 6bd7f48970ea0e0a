//! Accumulators and systems in a backtest.

use super::*;

/// Home wins at these prices, an hour apart on one day, which end so.
fn day(day: i64, of: &[(f64, [u8; 2])]) -> Vec<PricedMatch> {
    let one = |(n, (price, score)): (usize, &(f64, [u8; 2]))| {
        let kickoff = KICKOFF + day * DAY + n as i64 * HOUR;
        let grid = poisson_grid([1.9, 0.8], 10);
        let quotes = vec![open("B365", 30 * HOUR, [*price, 3.4, 3.2]), closing("PS", [1.8, 3.6, 4.6])];
        let id = MatchId(100 * (day + 1) + n as i64);
        let mut played = forecast(100 * (day + 1) + n as i64, kickoff, *score, grid.clone(), quotes);
        // A slip is decided before its first match.
        played.forecast = PointInTimeForecast::new(grid, kickoff - DAY, id, kickoff).unwrap();
        played
    };
    of.iter().enumerate().map(one).collect()
}

fn with(multiples: &str, changes: &[(&str, &str)]) -> Strategy {
    let mut text = PLAIN.replace("[\"B365\", \"PS\"]", "[\"B365\"]") + multiples;
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    Strategy::parse(&text).unwrap()
}

const TREBLE: &str = "[multiples]\nlegs = 3\n";

#[test]
fn the_best_selections_of_a_day_make_one_bet_that_is_paid_after_its_last_match() {
    // Four are worth a bet; the three of the longest prices are taken.
    let of = [(2.1, [1, 0]), (2.0, [3, 0]), (2.2, [2, 1]), (2.3, [1, 0])];
    let track = run(&Book::new(day(0, &of)), &with(TREBLE, &[])).unwrap();
    let [bet] = &track.bets[..] else { panic!("one bet, and not {:?}", track.bets) };
    let multiple = bet.multiple.as_ref().unwrap();
    let prices: Vec<f64> = multiple.legs.iter().map(|leg| leg.odds).collect();
    assert_eq!((prices, multiple.sizes.as_slice()), (vec![2.1, 2.2, 2.3], &[3][..]));
    assert!((bet.odds - 2.1 * 2.2 * 2.3).abs() < 1e-9);
    assert!((bet.profit - 10.0 * (2.1 * 2.2 * 2.3 - 1.0)).abs() < 1e-9);
    let p = poisson_grid([1.9, 0.8], 10).forecast().home();
    assert!((bet.probability - p.powi(3)).abs() < 1e-9);
    assert!((bet.expected_value - (p.powi(3) * bet.odds - 1.0)).abs() < 1e-9);
    let clv: f64 = track.bets[0].closing_line_value.unwrap();
    let legs = fair_home(&[1.8, 3.6, 4.6]);
    assert!((clv - (legs.powi(3) * bet.odds - 1.0)).abs() < 1e-9, "{clv}");
    assert_eq!((bet.decided_at, bet.kickoff), (KICKOFF - HOUR, KICKOFF));
    assert!((track.end - 1000.0 - bet.profit).abs() < 1e-9);
}

fn fair_home(odds: &[f64]) -> f64 {
    touchline_models::odds::DeVig::Shin.fair(odds).unwrap().probabilities[0]
}

#[test]
fn one_lost_leg_loses_an_accumulator_and_leaves_a_system_its_other_lines() {
    let of = [(2.0, [1, 0]), (2.6, [1, 0]), (2.5, [0, 1])];
    let profit =
        |multiples: &str| run(&Book::new(day(0, &of)), &with(multiples, &[])).unwrap().bets[0].profit;
    assert!((profit(TREBLE) + 10.0).abs() < 1e-9);
    // A Trixie: one double of 2.0 x 2.6 on a quarter of the stake.
    assert!((profit("[multiples]\nlegs = 3\nsystem = [2, 3]\n") - (2.5 * 5.2 - 10.0)).abs() < 1e-9);
    // A Patent: two singles and the double on a seventh each.
    let patent = 10.0 / 7.0 * (2.0 + 2.6 + 5.2) - 10.0;
    assert!((profit("[multiples]\nlegs = 3\nsystem = [1, 2, 3]\n") - patent).abs() < 1e-9);
}

#[test]
fn too_few_selections_make_no_bet_and_many_make_as_many_as_are_allowed() {
    let seven = [(2.0, [1, 0]); 7];
    let bets = |strategy: &Strategy, matches| run(&Book::new(matches), strategy).unwrap().bets.len();
    assert_eq!(bets(&with(TREBLE, &[]), day(0, &seven[..2])), 0);
    assert_eq!(bets(&with(TREBLE, &[]), day(0, &seven)), 1);
    assert_eq!(bets(&with("[multiples]\nlegs = 3\nmost_per_day = 5\n", &[]), day(0, &seven)), 2);
    // Two selections on one match never meet in one bet.
    let totals = with(TREBLE, &[("min_edge = 0.0", "min_edge = 0.0\nmost_per_match = 3")]);
    for bet in run(&Book::new(day(0, &seven)), &totals).unwrap().bets {
        let legs = bet.multiple.unwrap().legs;
        let matches: std::collections::BTreeSet<_> = legs.iter().map(|leg| leg.match_id).collect();
        assert_eq!(matches.len(), 3);
    }
}

#[test]
fn stakes_stay_within_the_caps_of_every_match_and_league_that_they_are_on() {
    let matches = || {
        let mut matches = day(0, &[(2.0, [1, 0]); 6]);
        for (n, m) in matches.iter_mut().enumerate() {
            m.league = if n % 2 == 0 { "E0".into() } else { "D1".into() };
        }
        matches
    };
    let two = "[multiples]\nlegs = 3\nmost_per_day = 2\n";
    let stakes = |caps: &str| -> Vec<f64> {
        let strategy = with(&format!("{two}[caps]\n{caps}\n"), &[("amount = 10", "amount = 100")]);
        run(&Book::new(matches()), &strategy).unwrap().bets.iter().map(|b| b.stake).collect()
    };
    assert_eq!(stakes("day = 1.0"), [100.0, 100.0]);
    assert_eq!(stakes("match = 0.05"), [50.0, 50.0]);
    // Both bets have legs of both leagues: each league holds both stakes in full.
    assert_eq!(stakes("league = 0.1"), [50.0, 50.0]);
    assert_eq!(stakes("day = 0.04"), [20.0, 20.0]);
    let kelly = with(TREBLE, &[("plan = \"flat\"\namount = 10", "plan = \"kelly\"\nfraction = 0.5")]);
    let stake = run(&Book::new(matches()), &kelly).unwrap().bets[0].stake;
    let p = poisson_grid([1.9, 0.8], 10).forecast().home().powi(3);
    assert!((stake - 500.0 * (p * 8.0 - 1.0) / 7.0).abs() < 0.01, "{stake}");
}

#[test]
fn bets_of_now_are_single_ones() {
    let refused = decide_now(Vec::new(), &with(TREBLE, &[]), KICKOFF, [1000.0, 0.0]).unwrap_err();
    // Without a match there is no price either; the strategy is looked at first where there is one.
    assert!(matches!(refused, StrategyRefused::NoPrices(_) | StrategyRefused::Multiples), "{refused}");
    let kickoff = KICKOFF;
    let to_come = MatchToCome {
        id: MatchId(1),
        league: "E0".into(),
        kickoff,
        grid: poisson_grid([1.9, 0.8], 10),
        known_until: kickoff - 3 * HOUR,
        quotes: vec![open("B365", 2 * HOUR, [2.0, 3.4, 3.2])],
    };
    let refused = decide_now(vec![to_come], &with(TREBLE, &[]), kickoff - HOUR, [1000.0, 0.0]).unwrap_err();
    assert_eq!(refused, StrategyRefused::Multiples);
}

#[test]
fn multiples_are_judged_as_bets_of_their_own() {
    let book =
        Book::new((0..40).flat_map(|n| day(n, &[(2.0, [1, 0]), (2.0, [0, 0]), (2.1, [1, 0])])).collect());
    let strategy = with("[multiples]\nlegs = 2\nsystem = [1, 2]\n", &[]);
    let track = run(&book, &strategy).unwrap();
    let report = judge(&strategy, &track, &JudgeSettings::default(), 0);
    assert_eq!(report.bets, 40);
    let market = report.attribution.iter().find(|a| a.by == "market").unwrap();
    assert_eq!(market.parts.iter().map(|p| p.part.as_str()).collect::<Vec<_>>(), ["multiple"]);
}
