//! The prices of a match side by side: the best of each outcome, what they imply without the margin, and where bookmakers
//! contradict each other.
//!
//! Prices that only sum up others, such as the highest and the mean over the market, cannot be bet on and are left out.

use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use touchline_domain::{DecimalOdds, MarketType, OVER_THE_MARKET, OddsQuote};
use touchline_models::odds::{DeVig, PriceError, arbitrage, overround};

/// The best price of an outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BestPrice {
    /// The outcome: home, draw, away, over, under, yes or no.
    pub outcome: &'static str,
    /// Decimal odds.
    pub odds: f64,
    /// Who offers it.
    pub bookmaker: Arc<str>,
    /// Since when it was known.
    pub known_at: DateTime<Utc>,
    /// Mean fair probability over all bookmakers whose book is whole.
    pub fair_probability: Option<f64>,
}

/// Stakes over the best prices that win whatever happens.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SureBet {
    /// Share of the total stake per outcome.
    pub stakes: Vec<f64>,
    /// Profit per unit staked.
    pub profit: f64,
}

/// One market and line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MarketPrices {
    /// What is bet on.
    pub market: MarketType,
    /// Goals: the total, or the handicap of the home side.
    pub line: Option<f64>,
    /// Bookmakers whose book is whole.
    pub books: usize,
    /// Mean margin of their books.
    pub mean_overround: Option<f64>,
    /// Margin over the best prices; below zero they are an arbitrage.
    pub best_overround: Option<f64>,
    /// The best price per outcome, as far as there is one.
    pub best: Vec<BestPrice>,
    /// Where the best prices beat the market; too good to be true more often than not.
    pub arbitrage: Option<SureBet>,
}

/// Two bets of which both win in between, and one at least otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Middle {
    /// What is bet on.
    pub market: MarketType,
    /// The first bet: over a line, or the home side with a handicap.
    pub first: MiddleLeg,
    /// The second bet: under a line, or the away side with a handicap (the line is the home side's).
    pub second: MiddleLeg,
    /// Profit per unit staked on both where both win.
    pub both_win: f64,
    /// Loss per unit staked where only one does.
    pub one_wins: f64,
    /// How likely both must be to win for the pair to break even.
    pub break_even: f64,
}

/// One bet of a middle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MiddleLeg {
    /// The line, goals.
    pub line: f64,
    /// Decimal odds.
    pub odds: f64,
    /// Who offers it.
    pub bookmaker: Arc<str>,
}

/// All prices of a match.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriceBoard {
    /// By market, then line.
    pub markets: Vec<MarketPrices>,
    /// Pairs of lines that leave a middle.
    pub middles: Vec<Middle>,
}

/// The names of a market's outcomes, in the order of its prices.
pub fn outcome_names(market: MarketType) -> [Option<&'static str>; 3] {
    match market {
        MarketType::OneXTwo => [Some("home"), Some("draw"), Some("away")],
        MarketType::AsianHandicap => [Some("home"), None, Some("away")],
        MarketType::OverUnder => [Some("over"), None, Some("under")],
        MarketType::BothTeamsScore => [Some("yes"), None, Some("no")],
    }
}

/// Sets the latest prices of each bookmaker side by side. Suspicious ones are left out.
pub fn board(latest: &[OddsQuote], method: DeVig) -> PriceBoard {
    let mut groups: BTreeMap<(MarketType, Option<i16>), Vec<&OddsQuote>> = BTreeMap::new();
    let can_be_bet = |q: &&OddsQuote| !OVER_THE_MARKET.contains(&&*q.bookmaker) && !q.is_suspicious();
    for quote in latest.iter().filter(can_be_bet) {
        groups.entry((quote.market, quote.line_quarters)).or_default().push(quote);
    }
    let markets = groups.iter().map(|((market, line), quotes)| of_market(*market, *line, quotes, method));
    PriceBoard { markets: markets.collect(), middles: middles(&groups) }
}

fn odds_of(quote: &OddsQuote) -> Option<Vec<f64>> {
    quote.market.outcomes().iter().map(|i| quote.prices[*i].map(DecimalOdds::value)).collect()
}

fn of_market(market: MarketType, line: Option<i16>, quotes: &[&OddsQuote], method: DeVig) -> MarketPrices {
    let whole: Vec<Vec<f64>> = quotes.iter().filter_map(|q| odds_of(q)).collect();
    let fair: Vec<Vec<f64>> =
        whole.iter().filter_map(|odds| method.fair(odds).ok()).map(|book| book.probabilities).collect();
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, n) = values.fold((0.0, 0), |(sum, n), v| (sum + v, n + 1));
        (n > 0).then(|| sum / f64::from(n))
    };
    let mut best = Vec::new();
    for (at, index) in market.outcomes().iter().enumerate() {
        let priced = quotes.iter().filter_map(|q| q.prices[*index].map(|odds| (odds, q)));
        // Of equal prices the one that was known first.
        let highest = priced.max_by(|(a, p), (b, q)| a.cmp(b).then(q.known_at.cmp(&p.known_at)));
        let (Some((odds, quote)), Some(outcome)) = (highest, outcome_names(market)[*index]) else { continue };
        best.push(BestPrice {
            outcome,
            odds: odds.value(),
            bookmaker: Arc::clone(&quote.bookmaker),
            known_at: quote.known_at,
            fair_probability: mean(&mut fair.iter().map(|p| p[at])),
        });
    }
    let all = best.len() == market.outcomes().len();
    let odds: Vec<f64> = best.iter().map(|b| b.odds).collect();
    let sure = all.then(|| arbitrage(&odds).ok()).flatten().filter(|a| a.profit > 0.0);
    MarketPrices {
        market,
        line: line.map(|quarters| f64::from(quarters) / 4.0),
        books: whole.len(),
        mean_overround: mean(&mut whole.iter().filter_map(|odds| overround(odds).ok())),
        best_overround: all.then(|| overround(&odds).ok()).flatten(),
        best,
        arbitrage: sure.map(|a| SureBet { stakes: a.stakes, profit: a.profit }),
    }
}

/// Middles over half lines: between whole or quarter lines part of the stakes comes back.
fn middles(groups: &BTreeMap<(MarketType, Option<i16>), Vec<&OddsQuote>>) -> Vec<Middle> {
    let mut found = Vec::new();
    for market in [MarketType::OverUnder, MarketType::AsianHandicap] {
        let half = groups.iter().filter_map(|((m, line), quotes)| {
            let line = line.filter(|quarters| *m == market && quarters.rem_euclid(4) == 2)?;
            Some((line, quotes))
        });
        let half: Vec<(i16, &Vec<&OddsQuote>)> = half.collect();
        for (one, first) in &half {
            for (other, second) in &half {
                let overlap = if market == MarketType::OverUnder { one < other } else { one > other };
                if overlap && let Some(middle) = middle(market, (*one, first), (*other, second)) {
                    found.push(middle);
                }
            }
        }
    }
    found.sort_by(|a, b| a.break_even.total_cmp(&b.break_even));
    found
}

/// A price in thousandths with its place, the best of a list.
fn best_at(quotes: &[&OddsQuote], index: usize) -> Option<(f64, Arc<str>)> {
    let priced = quotes.iter().filter_map(|q| Some((q.prices[index]?, &q.bookmaker)));
    priced.max_by_key(|(odds, _)| *odds).map(|(odds, bookmaker)| (odds.value(), Arc::clone(bookmaker)))
}

fn middle(
    market: MarketType,
    (one, first): (i16, &[&OddsQuote]),
    (other, second): (i16, &[&OddsQuote]),
) -> Option<Middle> {
    let ((a, at_a), (b, at_b)) = (best_at(first, 0)?, best_at(second, 2)?);
    // Stakes in proportion to the inverse odds: one win returns the same whichever it is.
    let sum = 1.0 / a + 1.0 / b;
    let (one_wins, both_win) = (1.0 - 1.0 / sum, 2.0 / sum - 1.0);
    let line = |quarters: i16| f64::from(quarters) / 4.0;
    Some(Middle {
        market,
        first: MiddleLeg { line: line(one), odds: a, bookmaker: at_a },
        second: MiddleLeg { line: line(other), odds: b, bookmaker: at_b },
        both_win,
        one_wins,
        break_even: (one_wins / (one_wins + both_win)).max(0.0),
    })
}

/// What a method makes of a book.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FairByMethod {
    /// The method.
    pub method: DeVig,
    /// Fair probabilities of the outcomes; none where the method cannot explain the book.
    pub probabilities: Option<Vec<f64>>,
}

/// One book by every method.
///
/// # Errors
/// Fewer than two prices, or one that is not above 1.
pub fn by_every_method(odds: &[f64]) -> Result<Vec<FairByMethod>, PriceError> {
    overround(odds)?;
    let of = |method: DeVig| {
        let probabilities = method.fair(odds).ok().map(|book| book.probabilities);
        FairByMethod { method, probabilities }
    };
    Ok(DeVig::ALL.map(of).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::OddsPhase;

    fn quote(bookmaker: &str, market: MarketType, line: Option<i16>, prices: [f64; 3]) -> OddsQuote {
        OddsQuote {
            bookmaker: bookmaker.into(),
            market,
            line_quarters: line,
            prices: prices.map(|p| DecimalOdds::new(p).ok()),
            phase: OddsPhase::PreMatch,
            known_at: "2024-05-04T10:00:00Z".parse().unwrap(),
            known_at_imputed: false,
        }
    }

    #[test]
    fn the_best_prices_of_bookmakers_can_beat_the_market() {
        let quotes = [
            quote("A", MarketType::OneXTwo, None, [2.1, 3.3, 3.4]),
            quote("B", MarketType::OneXTwo, None, [1.9, 3.9, 3.6]),
            quote("C", MarketType::OneXTwo, None, [1.85, 3.4, 4.6]),
            quote("Max", MarketType::OneXTwo, None, [9.0, 9.0, 9.0]),
        ];
        let board = board(&quotes, DeVig::Multiplicative);
        let market = &board.markets[0];
        let best: Vec<(f64, &str)> = market.best.iter().map(|b| (b.odds, &*b.bookmaker)).collect();
        assert_eq!(best, [(2.1, "A"), (3.9, "B"), (4.6, "C")], "a maximum over the market cannot be bet on");
        let sure = market.arbitrage.as_ref().unwrap();
        let sum = 1.0 / 2.1 + 1.0 / 3.9 + 1.0 / 4.6;
        assert!((sure.profit - (1.0 / sum - 1.0)).abs() < 1e-12 && market.books == 3);
        let fair: f64 = market.best.iter().filter_map(|b| b.fair_probability).sum();
        assert!((fair - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_middle_lies_between_two_half_lines() {
        let total = MarketType::OverUnder;
        let quotes = [
            quote("A", total, Some(10), [2.0, 0.0, 1.9]),
            quote("B", total, Some(14), [2.6, 0.0, 1.6]),
            quote("C", total, Some(12), [2.2, 0.0, 1.75]),
        ];
        let board = board(&quotes, DeVig::Power);
        assert_eq!(
            board.middles.len(),
            1,
            "a whole line returns stakes, and over 3.5 with under 2.5 can lose both"
        );
        let middle = &board.middles[0];
        assert_eq!((middle.first.line, middle.second.line), (2.5, 3.5));
        // 1 unit in proportion: both win returns twice what one returns.
        let returned = 1.0 / (1.0 / 2.0 + 1.0 / 1.6);
        assert!((middle.one_wins - (1.0 - returned)).abs() < 1e-12);
        assert!((middle.both_win - (2.0 * returned - 1.0)).abs() < 1e-12);
        let p = middle.break_even;
        assert!((p * middle.both_win - (1.0 - p) * middle.one_wins).abs() < 1e-12);
    }

    #[test]
    fn handicaps_overlap_the_other_way_round() {
        let market = MarketType::AsianHandicap;
        let quotes =
            [quote("A", market, Some(-2), [2.0, 0.0, 1.8]), quote("B", market, Some(-6), [3.0, 0.0, 1.5])];
        let board = board(&quotes, DeVig::Power);
        let lines: Vec<_> = board.middles.iter().map(|m| (m.first.line, m.second.line)).collect();
        assert_eq!(lines, [(-0.5, -1.5)], "home -0.5 and away +1.5 both win where home wins by one");
    }

    #[test]
    fn a_blank_or_suspicious_price_makes_no_arbitrage() {
        let quotes = [
            quote("A", MarketType::OneXTwo, None, [2.1, 0.0, 3.4]),
            quote("B", MarketType::OneXTwo, None, [50.0, 50.0, 50.0]),
        ];
        let board = board(&quotes, DeVig::Power);
        assert_eq!(board.markets[0].best.len(), 2);
        assert_eq!((board.markets[0].arbitrage.clone(), board.markets[0].books), (None, 0));
    }

    #[test]
    fn every_method_answers_or_is_left_blank() {
        let all = by_every_method(&[2.1, 3.4, 3.6]).unwrap();
        assert_eq!(all.len(), 8);
        for FairByMethod { method, probabilities } in &all {
            assert!((probabilities.as_ref().unwrap().iter().sum::<f64>() - 1.0).abs() < 1e-9, "{method:?}");
        }
        let no_margin = by_every_method(&[3.0, 4.0, 5.0]).unwrap();
        assert!(no_margin.iter().any(|f| f.method == DeVig::Shin && f.probabilities.is_none()));
        assert!(by_every_method(&[2.0]).is_err());
    }
}
