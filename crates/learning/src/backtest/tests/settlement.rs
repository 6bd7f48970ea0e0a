//! What bets pay, against a table that was written by hand from bookmakers' rules and knows nothing of lines in quarters.

use super::*;

/// Stakes returned and won as bookmakers explain them: a quarter line is two bets of half the stake each.
fn by_hand(market: MarketType, line: f64, outcome: usize, home: u8, away: u8, odds: f64) -> f64 {
    let (h, a) = (f64::from(home), f64::from(away));
    let whole_or_half = |ahead: f64| {
        if ahead > 0.25 {
            odds - 1.0
        } else if ahead < -0.25 {
            -1.0
        } else {
            0.0
        }
    };
    let split = |line: f64, ahead: &dyn Fn(f64) -> f64| {
        let twice = line * 2.0;
        if (twice - twice.round()).abs() < 1e-9 {
            whole_or_half(ahead(line))
        } else {
            0.5 * whole_or_half(ahead(line - 0.25)) + 0.5 * whole_or_half(ahead(line + 0.25))
        }
    };
    let won = |yes: bool| if yes { odds - 1.0 } else { -1.0 };
    match (market, outcome) {
        (MarketType::OneXTwo, 0) => won(home > away),
        (MarketType::OneXTwo, 1) => won(home == away),
        (MarketType::OneXTwo, _) => won(home < away),
        (MarketType::OverUnder, 0) => split(line, &|l| h + a - l),
        (MarketType::OverUnder, _) => split(line, &|l| l - h - a),
        (MarketType::AsianHandicap, 0) => split(line, &|l| h + l - a),
        (MarketType::AsianHandicap, _) => split(line, &|l| a - l - h),
        (MarketType::BothTeamsScore, 0) => won(home > 0 && away > 0),
        (MarketType::BothTeamsScore, _) => won(home == 0 || away == 0),
    }
}

/// Bets on everything.
#[derive(Debug)]
struct Everything;

impl Selector for Everything {
    fn name(&self) -> &'static str {
        "everything"
    }
    fn wants(&self, _: &Offer, _: &[Offer]) -> bool {
        true
    }
}

#[test]
fn every_market_line_and_score_pays_what_the_table_says() {
    let strategy = Strategy {
        pick: Pick::Custom(std::sync::Arc::new(Everything)),
        markets: vec![
            MarketType::OneXTwo,
            MarketType::OverUnder,
            MarketType::AsianHandicap,
            MarketType::BothTeamsScore,
        ],
        most_per_match: 100,
        bankroll: 1e6,
        ..plain()
    };
    let lines: Vec<(MarketType, Option<i16>)> =
        [(MarketType::OneXTwo, None), (MarketType::BothTeamsScore, None)]
            .into_iter()
            .chain((0..=20).map(|q| (MarketType::OverUnder, Some(q))))
            .chain((-12..=12).map(|q| (MarketType::AsianHandicap, Some(q))))
            .collect();
    let mut checked = 0;
    for home in 0..=5_u8 {
        for away in 0..=5_u8 {
            let quotes = lines.iter().map(|(market, line)| OddsQuote {
                market: *market,
                line_quarters: *line,
                ..open(
                    "B365",
                    2 * HOUR,
                    if *market == MarketType::OneXTwo { [2.7, 3.1, 2.9] } else { [1.9, 0.0, 2.1] },
                )
            });
            let book = Book::new(vec![played(1, [home, away], quotes.collect())]);
            let track = run(&book, &strategy).unwrap();
            assert_eq!(track.bets.len(), 3 + 2 * (lines.len() - 1));
            for bet in &track.bets {
                let line = f64::from(bet.line_quarters.unwrap_or(0)) / 4.0;
                let expected = by_hand(bet.market, line, bet.outcome, home, away, bet.odds) * bet.stake;
                assert!(
                    (bet.profit - expected).abs() < 1e-9,
                    "{:?} {line} outcome {} at {home}-{away}: {} and not {expected}",
                    bet.market,
                    bet.outcome,
                    bet.profit
                );
                checked += 1;
            }
            assert!(
                (track.end - track.start - track.bets.iter().map(|b| b.profit).sum::<f64>()).abs() < 1e-6
            );
        }
    }
    assert_eq!(checked, 36 * (3 + 2 * 47));
}

#[test]
fn lines_where_none_belong_are_left_out() {
    let wrong = |market, line_quarters| OddsQuote {
        market,
        line_quarters,
        ..open("B365", 2 * HOUR, [2.6, 3.4, 3.2])
    };
    let quotes = vec![
        wrong(MarketType::OneXTwo, Some(10)),
        wrong(MarketType::OverUnder, None),
        wrong(MarketType::AsianHandicap, None),
    ];
    let book = Book::new(vec![played(1, [1, 0], quotes)]);
    assert_eq!(book.priced(), 0);
    assert!(matches!(run(&book, &plain()), Err(StrategyRefused::NoPrices(_))));
    // Suspicious prices are no prices.
    assert_eq!(Book::new(vec![played(1, [1, 0], vec![open("B365", 2 * HOUR, [9.0, 9.0, 9.0])])]).priced(), 0);
}
