//! The four cheats of published backtests, planted: each is refused, or exposed by the report.

use super::*;
use std::sync::Arc;
use touchline_domain::Silent;

const FAIR: [f64; 3] = [2.0, 3.4, 3.2];
const LONG: [f64; 3] = [2.6, 3.4, 3.2];

#[test]
fn a_price_is_used_only_once_it_was_known_and_heard_of() {
    // The home win is worth a bet at 2.6 and not at 2.0.
    assert!(bets(&plain(), vec![open("B365", 2 * HOUR, FAIR)]).is_empty());
    let bet = &bets(&plain(), vec![open("B365", 2 * HOUR, LONG)])[0];
    assert!((bet.odds - 2.6).abs() < 1e-12 && bet.price_age == HOUR && bet.profit > 0.0);
    for (before, phase, used) in [
        (60, OddsPhase::Closing, false),
        (60, OddsPhase::PreMatch, false),
        (HOUR - 1, OddsPhase::PreMatch, false),
        // Known at the decision, but not yet heard of.
        (HOUR + 299, OddsPhase::PreMatch, false),
        (HOUR + 300, OddsPhase::PreMatch, true),
        // A closing price of long ago is a price like any other.
        (HOUR + 300, OddsPhase::Closing, true),
    ] {
        let quotes = vec![open("B365", 2 * HOUR, FAIR), quote("B365", before, LONG, phase)];
        assert_eq!(bets(&plain(), quotes).len(), usize::from(used), "{before} {phase:?}");
    }
}

/// Wants whatever shows it a closing price.
#[derive(Debug)]
struct Peeking;

impl Selector for Peeking {
    fn name(&self) -> &'static str {
        "peeking"
    }
    fn wants(&self, offer: &Offer, _: &[Offer]) -> bool {
        offer.known_closing.is_some()
    }
}

#[test]
fn bets_by_closing_prices_before_their_time_are_refused() {
    let closer = |lead: i64, delay: i64| {
        changed(&[
            ("pick = \"value\"", "pick = \"closing_line\""),
            ("lead_minutes = 60", &format!("lead_minutes = {lead}")),
            ("delay_minutes = 5", &format!("delay_minutes = {delay}")),
        ])
    };
    let book = Book::new(vec![played(
        7,
        [1, 0],
        vec![open("B365", 2 * HOUR, LONG), closing("B365", LONG), closing("PS", FAIR)],
    )]);
    let refused = run(&book, &closer(60, 0)).unwrap_err();
    assert_eq!(refused, StrategyRefused::ClosingPriceBeforeItsTime { id: MatchId(7), minutes: 59 });
    assert!(refused.to_string().contains("before they are known"), "{refused}");
    assert!(run(&book, &closer(0, 5)).is_err(), "heard of after kick-off");
    let track = run(&book, &closer(0, 1)).unwrap();
    assert_eq!(track.bets.len(), 1);
    assert_eq!(
        track.bets[0].closing_line_value, None,
        "a closing line known at the decision measures nothing"
    );
    // A choice in Rust is shown no closing price that is not known.
    let peeking = |strategy: Strategy| Strategy { pick: Pick::Custom(Arc::new(Peeking)), ..strategy };
    assert!(run(&book, &peeking(plain())).unwrap().bets.is_empty());
    assert_eq!(run(&book, &peeking(closer(0, 1))).unwrap().bets.len(), 1);
}

#[test]
fn the_best_price_is_that_of_a_bookmaker_at_the_decision_and_never_the_best_of_all_times() {
    // 2.6 stood in the morning, and comes again at kick-off; at the decision it is 2.3 here and 2.4 there.
    let quotes = vec![
        open("B365", 5 * HOUR, LONG),
        open("B365", 2 * HOUR, [2.3, 3.4, 3.2]),
        open("B365", 600, LONG),
        open("PS", 2 * HOUR, [2.4, 3.4, 3.2]),
        open("Max", 2 * HOUR, [2.9, 3.4, 3.2]),
        open("WH", 2 * HOUR, [2.8, 3.4, 3.2]),
    ];
    let bet = &bets(&plain(), quotes.clone())[0];
    assert_eq!((&*bet.bookmaker, bet.odds.to_bits()), ("PS", 2.4_f64.to_bits()));
    let one = changed(&[("\"B365\", \"PS\"", "\"B365\"")]);
    assert!((bets(&one, quotes)[0].odds - 2.3).abs() < 1e-12);
    for summary in ["Max", "Avg", "BbMx", "BbAv"] {
        let text = PLAIN.replace("\"PS\"", &format!("\"{summary}\""));
        let said = Strategy::parse(&text).unwrap_err().to_string();
        assert!(said.contains("hindsight") && said.contains(summary), "{said}");
        let mut made = plain();
        made.prices.bookmakers.push(summary.to_owned());
        assert!(matches!(run(&Book::new(vec![]), &made), Err(StrategyRefused::Wrong(_))), "made in Rust");
    }
}

#[test]
fn a_price_that_fell_on_the_way_is_paid_as_it_stands_or_not_at_all() {
    let fallen = |to: f64| vec![open("B365", 2 * HOUR, LONG), open("B365", HOUR + 60, [to, 3.4, 3.2])];
    let bet = &bets(&plain(), fallen(2.4))[0];
    assert!((bet.odds - 2.4).abs() < 1e-12 && bet.price_age == 60);
    let book = Book::new(vec![played(1, [1, 0], fallen(2.0))]);
    let track = run(&book, &plain()).unwrap();
    assert_eq!((track.bets.len(), track.refusals.price_moved), (0, 1));
    // One that rose is paid as it was seen.
    assert!((bets(&plain(), fallen(2.9))[0].odds - 2.6).abs() < 1e-12);
}

#[test]
fn a_forecast_of_the_same_fold_is_refused() {
    let grid = || poisson_grid([1.5, 1.1], 10);
    for late in [0, 1, 30 * DAY] {
        let error = PointInTimeForecast::new(grid(), KICKOFF + late, MatchId(3), KICKOFF).unwrap_err();
        assert!(error.to_string().contains("may have learned from the match"), "{error}");
    }
    // Data that end before kick-off and after the decision are refused by the strategy.
    let with = |before: Seconds| {
        let forecast = PointInTimeForecast::new(grid(), KICKOFF - before, MatchId(3), KICKOFF).unwrap();
        Book::new(vec![PricedMatch { forecast, ..played(3, [1, 0], vec![open("B365", 2 * HOUR, LONG)]) }])
    };
    let refused = run(&with(HOUR - 60), &plain()).unwrap_err();
    assert_eq!(refused, StrategyRefused::LateForecast { id: MatchId(3), minutes: 1 });
    assert_eq!(run(&with(HOUR), &plain()).unwrap().bets.len(), 1);
    // A slip is decided before the first match of the day: what is known by the second one is too late.
    let slip = changed(&[("plan = \"flat\"\namount = 10", "plan = \"kelly_slip\"\nfraction = 0.5")]);
    let quotes = || vec![open("B365", 9 * HOUR, LONG)];
    let two = |first: Seconds| {
        Book::new(vec![
            forecast(1, KICKOFF - first, [1, 0], grid(), quotes()),
            forecast(2, KICKOFF, [1, 0], grid(), quotes()),
        ])
    };
    assert!(matches!(run(&two(2 * HOUR), &slip), Err(StrategyRefused::LateForecast { id: MatchId(2), .. })));
    assert_eq!(run(&two(HOUR), &slip).unwrap().bets.len(), 2);
}

/// Days of matches whose results follow the forecasts, at odds with a margin.
fn fair_days(days: i64, seed: u64) -> Book {
    simulated::market(
        &simulated::Market { days, per_day: 4, edge: -0.04, ..simulated::Market::default() },
        seed,
    )
}

#[test]
fn the_best_of_two_hundred_variants_is_exposed() {
    let text = simulated::EVERY_BET;
    // Refusals at random make two hundred strategies of one that has no edge.
    let shares: Vec<String> = (0..200).map(|n| format!("{:.4}", 0.3 + 0.65 * f64::from(n) / 200.0)).collect();
    let all = variants(text, &[("costs.refused_share".to_owned(), shares)]).unwrap();
    let mut exposed = 0;
    for seed in 0..3 {
        let book = fair_days(60, seed);
        let settings = JudgeSettings { resamples: 200, seed, ..JudgeSettings::default() };
        let compared = compare(&book, &all, &settings, 2, &Silent).unwrap();
        let luck = compared.luck.unwrap();
        assert_eq!(luck.tried, 200);
        let profits = compared
            .results
            .iter()
            .filter_map(|r| r.report())
            .filter(|r| r.verdict.kind == VerdictKind::Profit);
        assert_eq!(profits.count(), 0);
        exposed += usize::from(luck.reality_check.unwrap().p_value > 0.05);
    }
    assert_eq!(exposed, 3);
}

#[test]
fn every_variant_is_deflated_by_its_own_profits() {
    // On even days B365 offers and four of five bets win, on odd days PS does and every second one wins.
    let of = |n: i64| {
        let (bookmaker, won) = if n % 2 == 0 { ("B365", n % 10 < 8) } else { ("PS", n % 4 == 1) };
        let quotes = vec![open(bookmaker, 2 * HOUR, [2.6, 3.2, 3.0])];
        forecast(n, KICKOFF + n * DAY, [u8::from(won), 0], poisson_grid([1.5, 1.1], 10), quotes)
    };
    let book = Book::new((0..400).map(of).collect());
    let at = |bookmaker: &str| {
        changed(&[
            ("\"B365\", \"PS\"", &format!("\"{bookmaker}\"")),
            ("\"plain\"", &format!("\"{bookmaker}\"")),
        ])
    };
    let settings = JudgeSettings { resamples: 200, tried: 3, ..JudgeSettings::default() };
    let compared = compare(&book, &[at("B365"), at("PS")], &settings, 1, &Silent).unwrap();
    let kinds: Vec<_> = compared.results.iter().filter_map(|r| Some(r.report()?.verdict.kind)).collect();
    assert_eq!(kinds, [VerdictKind::Profit, VerdictKind::BestOfMany], "{:?}", compared.results);
    let alone = compare(&book, &[at("PS")], &JudgeSettings { tried: 1, ..settings }, 1, &Silent).unwrap();
    assert_eq!(alone.results[0].report().unwrap().verdict.kind, VerdictKind::Profit);
}

#[test]
fn a_lucky_variant_is_profit_alone_and_luck_among_many() {
    // Of many variants the one whose interval lies above 0, chosen with hindsight.
    let shares: Vec<String> = (0..200).map(|n| format!("{:.4}", 0.3 + 0.65 * f64::from(n) / 200.0)).collect();
    let all = variants(simulated::EVERY_BET, &[("costs.refused_share".to_owned(), shares)]).unwrap();
    let market = simulated::Market { days: 80, per_day: 4, edge: 0.0, closing: false };
    let settings = JudgeSettings { resamples: 200, ..JudgeSettings::default() };
    let kind = |result: &StrategyResult| result.report().map(|r| r.verdict.kind);
    let (mut lucky, mut profits_alone) = (0, 0);
    for seed in 0..12 {
        let book = simulated::market(&market, seed);
        let together = compare(&book, &all, &settings, 2, &Silent).unwrap();
        for (strategy, result) in
            all.iter().zip(&together.results).filter(|(_, r)| kind(r) == Some(VerdictKind::BestOfMany))
        {
            lucky += 1;
            let alone = compare(&book, std::slice::from_ref(strategy), &settings, 1, &Silent).unwrap();
            profits_alone += usize::from(kind(&alone.results[0]) == Some(VerdictKind::Profit));
            let words = &result.report().unwrap().verdict.words;
            assert!(words.contains("no evidence of profit") && words.contains("200 variants"), "{words}");
            let told = JudgeSettings { tried: 200, ..settings };
            let told = compare(&book, std::slice::from_ref(strategy), &told, 1, &Silent).unwrap();
            assert_ne!(kind(&told.results[0]), Some(VerdictKind::Profit), "told how many were tried before");
        }
    }
    assert!(lucky > 0, "no variant was lucky: nothing was tested");
    assert!(profits_alone > 0, "judged alone, a lucky variant looks like profit");
}
