//! The market as a yardstick: how forecasters compare with bookmakers' prices on the same matches.

use super::board::Scoreboard;
use crate::matrices::Horizon;
use crate::model::ModelError;
use crate::predictor::{MarketPrices, MatchBatch, Predictor};
use serde::Serialize;
use touchline_domain::ports::StoredQuote;
use touchline_domain::{Forecast, OddsPhase, Outcome};
use touchline_features::History;
use touchline_models::metrics::{Comparison, Evaluation, MetricError, ScoringRule};

/// Prices that forecasters are compared with: name, codes in football-data.co.uk's files (the first that priced a
/// match counts), phase. `Bb...` are the averages and maxima of Betbrain, gathered until 2019.
const BOOKS: [(&str, &[&str], OddsPhase); 8] = [
    ("Pinnacle closing", &["PS"], OddsPhase::Closing),
    ("Pinnacle pre-match", &["PS"], OddsPhase::PreMatch),
    ("Bet365 closing", &["B365"], OddsPhase::Closing),
    ("Bet365 pre-match", &["B365"], OddsPhase::PreMatch),
    ("market average closing", &["Avg"], OddsPhase::Closing),
    ("market average pre-match", &["Avg", "BbAv"], OddsPhase::PreMatch),
    ("best price closing", &["Max"], OddsPhase::Closing),
    ("best price pre-match", &["Max", "BbMx"], OddsPhase::PreMatch),
];
/// Fewer matches than this cannot tell a leak from luck.
const ALARM_LEAST_MATCHES: usize = 1_500;

/// One book and all forecasters, on the matches that the book priced.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MarketComparison {
    /// The book.
    pub book: &'static str,
    /// When its prices stood.
    pub phase: OddsPhase,
    /// Matches that it priced.
    pub matches: usize,
    /// Scores of its prices, the margin taken out by Shin's method (in proportion where there is no margin).
    pub scores: Evaluation,
    /// One per forecaster, in the order of the board.
    pub forecasters: Vec<AgainstBook>,
}

/// A forecaster against one book.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgainstBook {
    /// The forecaster.
    pub name: String,
    /// Its scores on the matches that the book priced.
    pub scores: Evaluation,
    /// Its RPS minus the book's, match by match.
    pub minus_book: Comparison,
    /// Its RPS above the book's, percent.
    pub percent_above: f64,
    /// Accuracy minus two standard errors lies above these closing odds' accuracy on at least 1,500 matches: it
    /// most likely sees something that was not known before kick-off.
    pub leakage_alarm: bool,
}

/// Compares a board of matches of a history with every book that priced some of them. Suspicious quotes are left out.
///
/// # Errors
/// Never for a board that [`Scoreboard::fill`] made of this history.
pub fn compare_with_market(
    history: &History,
    board: &Scoreboard,
    quotes: &[StoredQuote],
) -> Result<Vec<MarketComparison>, ModelError> {
    let positions: Vec<u32> = board.matches.iter().map(|m| m.position).collect();
    let batch =
        MatchBatch { history, positions: &positions, horizon: Horizon::Fresh, features: None, threads: 1 };
    let mut comparisons = Vec::new();
    for (book, codes, phase) in BOOKS {
        let prices = MarketPrices::new(book, codes, phase, quotes).predict_outcomes(&batch)?;
        let priced: Vec<(usize, Forecast)> =
            prices.into_iter().enumerate().filter_map(|(n, price)| Some((n, price?))).collect();
        if !priced.is_empty() {
            comparisons.push(compare(book, phase, board, &priced)?);
        }
    }
    Ok(comparisons)
}

fn compare(
    book: &'static str,
    phase: OddsPhase,
    board: &Scoreboard,
    priced: &[(usize, Forecast)],
) -> Result<MarketComparison, MetricError> {
    let outcomes: Vec<Outcome> = priced.iter().map(|(p, _)| board.matches[*p].outcome).collect();
    let prices: Vec<Forecast> = priced.iter().map(|(_, price)| *price).collect();
    let scores = Evaluation::of(&prices, &outcomes)?;
    let book_rps = ScoringRule::Rps.score_all(&prices, &outcomes)?;
    let alarms = phase == OddsPhase::Closing && outcomes.len() >= ALARM_LEAST_MATCHES;
    let forecasters = board
        .answered
        .iter()
        .map(|answered| {
            let forecasts: Vec<Forecast> = priced.iter().map(|(p, _)| answered.forecasts[*p]).collect();
            let own = Evaluation::of(&forecasts, &outcomes)?;
            let rps = ScoringRule::Rps.score_all(&forecasts, &outcomes)?;
            let certain = own.accuracy.value - 2.0 * own.accuracy.standard_error;
            Ok(AgainstBook {
                name: answered.name.clone(),
                minus_book: Comparison::of(&rps, &book_rps)?,
                percent_above: 100.0 * (own.rps.value / scores.rps.value - 1.0),
                leakage_alarm: alarms && certain > scores.accuracy.value,
                scores: own,
            })
        })
        .collect::<Result<_, MetricError>>()?;
    Ok(MarketComparison { book, phase, matches: outcomes.len(), scores, forecasters })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{board, history};
    use super::*;
    use chrono::DateTime;
    use touchline_domain::{DecimalOdds, MarketType, MatchId, OddsQuote};

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

    #[test]
    fn only_priced_matches_are_compared_and_closing_is_kept_apart() {
        let quotes = [
            quote(0, "PS", OddsPhase::Closing, [2.0, 3.4, 4.0]),
            quote(1, "PS", OddsPhase::PreMatch, [2.0, 3.4, 4.0]),
            quote(2, "B365", OddsPhase::PreMatch, [9.0, 9.0, 9.0]),
            quote(3, "B365", OddsPhase::PreMatch, [2.0, f64::NAN, 4.0]),
        ];
        let found = compare_with_market(&history(9), &board(9, &[("a", [0.4, 0.3, 0.3])]), &quotes).unwrap();
        let books: Vec<_> = found.iter().map(|c| (c.book, c.matches)).collect();
        assert_eq!(
            books,
            [("Pinnacle closing", 1), ("Pinnacle pre-match", 1)],
            "suspicious and incomplete books"
        );
    }

    #[test]
    fn an_average_of_two_gatherers_is_counted_once_a_match() {
        let quotes = [
            quote(0, "BbAv", OddsPhase::PreMatch, [2.0, 3.4, 4.0]),
            quote(1, "BbAv", OddsPhase::PreMatch, [2.0, 3.4, 4.0]),
            quote(1, "Avg", OddsPhase::PreMatch, [1.2, 7.0, 15.0]),
        ];
        let found = compare_with_market(&history(2), &board(2, &[("a", [0.4, 0.3, 0.3])]), &quotes).unwrap();
        assert_eq!((found[0].book, found[0].matches), ("market average pre-match", 2));
        // The second match is a draw, which `Avg` gave a long price.
        assert!(found[0].scores.log_loss.value > 1.3, "{found:?}");
    }

    #[test]
    fn a_forecaster_that_knows_the_results_raises_the_alarm() {
        let closing: Vec<StoredQuote> =
            (0..1_800).map(|id| quote(id, "PS", OddsPhase::Closing, [1.9, 3.5, 4.4])).collect();
        let pre_match = closing.iter().cloned().map(|mut q| {
            q.quote.phase = OddsPhase::PreMatch;
            q
        });
        let quotes: Vec<StoredQuote> = pre_match.chain(closing.iter().cloned()).collect();
        let mut board = board(1_800, &[("honest", [0.5, 0.27, 0.23]), ("cheat", [0.5, 0.27, 0.23])]);
        for (forecast, m) in board.answered[1].forecasts.iter_mut().zip(&board.matches) {
            let mut weights = [0.2; 3];
            weights[m.outcome.index()] = 0.6;
            *forecast = Forecast::normalised(weights).unwrap();
        }
        let alarms = |quotes: &[StoredQuote]| {
            let found = compare_with_market(&history(1_800), &board, quotes).unwrap();
            found.iter().flat_map(|c| c.forecasters.iter().map(|f| f.leakage_alarm)).collect::<Vec<_>>()
        };
        assert_eq!(alarms(&quotes), [false, true, false, false], "closing, then pre-match");
        assert_eq!(alarms(&closing[..1_400]), [false, false], "too few matches to tell");
    }
}
