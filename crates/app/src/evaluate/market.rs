//! The market as a yardstick: how a forecaster compares with bookmakers' prices on the same matches.

use super::Scored;
use serde::Serialize;
use std::collections::HashMap;
use touchline_domain::ports::StoredQuote;
use touchline_domain::{DecimalOdds, Forecast, MarketType, MatchId, OddsPhase, Outcome};
use touchline_models::metrics::{Comparison, Evaluation, MetricError, ScoringRule};
use touchline_models::odds::DeVig;

/// Prices that a forecaster is compared with: name, bookmaker as football-data.co.uk writes it, phase.
const BOOKS: [(&str, &str, OddsPhase); 4] = [
    ("Pinnacle closing", "PS", OddsPhase::Closing),
    ("Pinnacle pre-match", "PS", OddsPhase::PreMatch),
    ("Bet365 pre-match", "B365", OddsPhase::PreMatch),
    ("market average pre-match", "Avg", OddsPhase::PreMatch),
];
/// The book whose accuracy no honest pre-match forecaster beats by chance alone.
const ALARM_BOOK: usize = 0;
const ALARM_LEAST_MATCHES: usize = 1_500;

/// The default model against one book, on the matches that the book priced.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MarketComparison {
    /// The book.
    pub book: &'static str,
    /// Matches that it priced.
    pub matches: usize,
    /// Scores of its prices, the margin taken out by Shin's method.
    pub market: Evaluation,
    /// Scores of the default model on the same matches.
    pub model: Evaluation,
    /// RPS of the model minus the market's, match by match.
    pub model_minus_market: Comparison,
    /// The model's RPS above the market's, percent.
    pub percent_above: f64,
    /// Accuracy minus two standard errors lies above the closing odds' accuracy on at least 1,500 matches: the
    /// model most likely sees something that was not known before kick-off.
    pub leakage_alarm: bool,
}

/// Compares scored forecasts with every book that priced some of their matches. Suspicious quotes are left out.
///
/// # Errors
/// Never for valid forecasts.
pub fn compare_with_market(
    scored: &[Scored],
    quotes: &[StoredQuote],
) -> Result<Vec<MarketComparison>, MetricError> {
    let mut comparisons = Vec::new();
    for (index, (name, bookmaker, phase)) in BOOKS.into_iter().enumerate() {
        let prices: HashMap<MatchId, Forecast> = quotes
            .iter()
            .filter(|q| {
                let q = &q.quote;
                q.market == MarketType::OneXTwo
                    && &*q.bookmaker == bookmaker
                    && q.phase == phase
                    && !q.is_suspicious()
            })
            .filter_map(|q| Some((q.match_id, fair(q.quote.prices.map(|p| p.map(DecimalOdds::value)))?)))
            .collect();
        let (mut market, mut model, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        for s in scored {
            if let Some(price) = prices.get(&s.id) {
                market.push(*price);
                model.push(s.forecast);
                outcomes.push(s.outcome);
            }
        }
        if !outcomes.is_empty() {
            comparisons.push(compare(name, index == ALARM_BOOK, &market, &model, &outcomes)?);
        }
    }
    Ok(comparisons)
}

fn compare(
    book: &'static str,
    alarms: bool,
    market: &[Forecast],
    model: &[Forecast],
    outcomes: &[Outcome],
) -> Result<MarketComparison, MetricError> {
    let (market_scores, model_scores) = (Evaluation::of(market, outcomes)?, Evaluation::of(model, outcomes)?);
    let rps = |forecasts: &[Forecast]| ScoringRule::Rps.score_all(forecasts, outcomes);
    let accuracy = &model_scores.accuracy;
    let certain = accuracy.value - 2.0 * accuracy.standard_error;
    Ok(MarketComparison {
        book,
        matches: outcomes.len(),
        model_minus_market: Comparison::of(&rps(model)?, &rps(market)?)?,
        percent_above: 100.0 * (model_scores.rps.value / market_scores.rps.value - 1.0),
        leakage_alarm: alarms
            && outcomes.len() >= ALARM_LEAST_MATCHES
            && certain > market_scores.accuracy.value,
        market: market_scores,
        model: model_scores,
    })
}

/// Probabilities behind complete prices.
fn fair(prices: [Option<f64>; 3]) -> Option<Forecast> {
    let [Some(home), Some(draw), Some(away)] = prices else { return None };
    let odds = [home, draw, away];
    // A book without a margin has nothing for Shin's method to explain.
    DeVig::Shin.forecast(odds).or_else(|_| DeVig::Multiplicative.forecast(odds)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use touchline_domain::OddsQuote;

    fn quote(id: i64, bookmaker: &str, phase: OddsPhase, odds: [f64; 3]) -> StoredQuote {
        let quote = OddsQuote {
            bookmaker: bookmaker.into(),
            market: MarketType::OneXTwo,
            line_quarters: None,
            prices: odds.map(|o| DecimalOdds::new(o).ok()),
            phase,
            known_at: DateTime::UNIX_EPOCH,
            known_at_imputed: true,
        };
        StoredQuote { match_id: MatchId(id), quote }
    }

    fn scored(n: i64, forecast: [f64; 3]) -> Vec<Scored> {
        let [home, draw, away] = forecast;
        let forecast = Forecast::new(home, draw, away).unwrap();
        (0..n)
            .map(|id| Scored { id: MatchId(id), forecast, outcome: Outcome::ALL[(id % 3) as usize] })
            .collect()
    }

    #[test]
    fn only_priced_matches_are_compared_and_closing_is_kept_apart() {
        let quotes = [
            quote(0, "PS", OddsPhase::Closing, [2.0, 3.4, 4.0]),
            quote(1, "PS", OddsPhase::PreMatch, [2.0, 3.4, 4.0]),
            quote(2, "B365", OddsPhase::PreMatch, [9.0, 9.0, 9.0]),
            quote(3, "B365", OddsPhase::PreMatch, [2.0, f64::NAN, 4.0]),
        ];
        let found = compare_with_market(&scored(9, [0.4, 0.3, 0.3]), &quotes).unwrap();
        let books: Vec<_> = found.iter().map(|c| (c.book, c.matches)).collect();
        assert_eq!(
            books,
            [("Pinnacle closing", 1), ("Pinnacle pre-match", 1)],
            "suspicious and incomplete books"
        );
    }

    #[test]
    fn a_forecaster_that_knows_the_results_raises_the_alarm() {
        let quotes: Vec<StoredQuote> =
            (0..1_800).map(|id| quote(id, "PS", OddsPhase::Closing, [1.9, 3.5, 4.4])).collect();
        let honest = compare_with_market(&scored(1_800, [0.5, 0.27, 0.23]), &quotes).unwrap();
        assert!(!honest[0].leakage_alarm);
        let mut cheat = scored(1_800, [0.5, 0.27, 0.23]);
        for s in &mut cheat {
            let mut weights = [0.2; 3];
            weights[s.outcome.index()] = 0.6;
            s.forecast = Forecast::normalised(weights).unwrap();
        }
        assert!(compare_with_market(&cheat, &quotes).unwrap()[0].leakage_alarm);
    }
}
