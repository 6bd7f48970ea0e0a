//! The market: probabilities behind the prices of one bookmaker, or of a market's average.

use super::{MatchBatch, ModelLabel, Prediction, Predictions, Predictor};
use crate::matrices::Horizon;
use crate::model_error::ModelError;
use std::collections::HashMap;
use touchline_domain::ports::StoredQuote;
use touchline_domain::{DecimalOdds, Forecast, MarketType, MatchId, OddsPhase};
use touchline_features::Settings;
use touchline_models::odds::DeVig;

/// The 1X2 prices of a book at one phase, the margin taken out by Shin's method (in proportion where there is no margin).
/// It says nothing of scores, and nothing of matches that the book did not price.
#[derive(Debug, Clone)]
pub struct MarketPrices {
    book: String,
    phase: OddsPhase,
    priced: HashMap<MatchId, Forecast>,
}

impl MarketPrices {
    /// From quotes: of each match the first of `codes` that priced it counts. Incomplete and suspicious quotes are left
    /// out. `book` is its name in reports.
    pub fn new(book: impl Into<String>, codes: &[&str], phase: OddsPhase, quotes: &[StoredQuote]) -> Self {
        let mut priced = HashMap::new();
        for code in codes {
            let of_book = quotes.iter().filter(|q| {
                let q = &q.quote;
                q.market == MarketType::OneXTwo
                    && &*q.bookmaker == *code
                    && q.phase == phase
                    && !q.is_suspicious()
            });
            for q in of_book {
                if let Some(fair) = fair(q.quote.prices.map(|p| p.map(DecimalOdds::value))) {
                    priced.entry(q.match_id).or_insert(fair);
                }
            }
        }
        Self { book: book.into(), phase, priced }
    }
}

/// Probabilities behind complete prices.
fn fair(prices: [Option<f64>; 3]) -> Option<Forecast> {
    let [Some(home), Some(draw), Some(away)] = prices else { return None };
    let odds = [home, draw, away];
    // A book without a margin has nothing for Shin's method to explain.
    DeVig::Shin.forecast(odds).or_else(|_| DeVig::Multiplicative.forecast(odds)).ok()
}

impl Predictor for MarketPrices {
    fn label(&self) -> ModelLabel {
        ModelLabel::new(self.book.as_str(), self.phase.name())
    }

    fn features(&self, _: Horizon) -> Result<Option<Settings>, ModelError> {
        Ok(None)
    }

    fn predict(&self, batch: &MatchBatch<'_>) -> Result<Predictions, ModelError> {
        let id = |position: &u32| batch.history.ids()[*position as usize];
        let of = |position| self.priced.get(&id(position)).copied().map(Prediction::Outcomes);
        Ok(batch.positions.iter().map(of).collect())
    }
}
