//! What came of sealed forecasts, noted beside them; the forecasts themselves stay as they were sealed.

use super::{LedgerLink, LedgerMatch, SealedForecast, StoreError};
use crate::{Forecast, MatchId, Outcome, Score};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Scores of one forecast of a match that is over; all are better when smaller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForecastScores {
    /// Ranked probability score, 0 to 1.
    pub rps: f64,
    /// Minus the natural logarithm of the probability of what happened.
    pub log_loss: f64,
    /// Brier score, summed over the outcomes, 0 to 2.
    pub brier: f64,
    /// Log loss in bits.
    pub ignorance: f64,
}

/// The closing prices of one bookmaker as probabilities, the margin taken out.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosingLine {
    /// The bookmaker's code.
    pub bookmaker: String,
    /// Home win, draw, away win.
    pub forecast: Forecast,
}

/// What came of a sealed forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastVerification {
    /// Full-time score of the match.
    pub score: Score,
    /// Whether the likeliest outcome happened.
    pub is_correct: bool,
    /// Scores of the forecast.
    pub scores: ForecastScores,
    /// The closing line with its ranked probability score and its log loss on the same match; none where no complete
    /// closing price was held.
    pub closing: Option<(ClosingLine, f64, f64)>,
    /// When it was noted.
    pub verified_at: DateTime<Utc>,
}

impl ForecastVerification {
    /// What happened.
    pub fn actual(&self) -> Outcome {
        Outcome::of(self.score)
    }
}

/// A sealed forecast of which something is to be noted.
#[derive(Debug, Clone, PartialEq)]
pub struct DueVerification {
    /// Identifier of the forecast.
    pub id: i64,
    /// Its match.
    pub match_id: MatchId,
    /// What it said.
    pub forecast: Forecast,
    /// The score of the match, if it is finished and began after the forecast was sealed; none where what was noted no
    /// longer holds.
    pub score: Option<Score>,
    /// The score that was noted before.
    pub noted: Option<Score>,
    /// The closing line that was noted before.
    pub closing: Option<ClosingLine>,
}

/// A sealed forecast with its place in the ledger and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SealedEntry {
    /// Its identifier.
    pub id: i64,
    /// How its match was called when it was sealed; none where it was sealed before the ledger began.
    pub of: Option<LedgerMatch>,
    /// What was sealed.
    pub forecast: SealedForecast,
    /// Its place in the ledger; none where it was sealed before that began.
    pub link: Option<LedgerLink>,
    /// What came of it; none before the match is over.
    pub verification: Option<ForecastVerification>,
}

/// Which sealed forecasts to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SealedFilter {
    /// Of one match.
    pub match_id: Option<MatchId>,
    /// Only those that were verified.
    pub verified: bool,
}

/// Where a page of sealed forecasts ended: when its last one was sealed, and its identifier.
pub type SealedPosition = (DateTime<Utc>, i64);

/// Sums over the verified forecasts of one version of a model: of each match the one sealed last.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedTotals {
    /// Name of the model.
    pub model_name: String,
    /// Its version.
    pub model_version: String,
    /// Matches.
    pub matches: u64,
    /// Matches whose likeliest outcome happened.
    pub correct: u64,
    /// Sum of the ranked probability scores, and of their squares.
    pub rps: (f64, f64),
    /// Sum of the log losses, and of their squares.
    pub log_loss: (f64, f64),
    /// Matches with a closing line.
    pub priced: u64,
    /// Sum over these of the forecast's ranked probability score minus the closing line's, and of the squares.
    pub minus_closing: (f64, f64),
}

/// Reading what came of sealed forecasts.
#[async_trait]
pub trait VerificationReader: Send + Sync {
    /// At most `limit` forecasts after an identifier, by identifier, of which something is to be noted: the match is over
    /// and nothing was noted, or another score, or no closing line although a complete closing price is held; or
    /// something was noted that does not hold any longer.
    ///
    /// # Errors
    /// The store is not available.
    async fn due_verifications(&self, after: i64, limit: u32) -> Result<Vec<DueVerification>, StoreError>;

    /// All forecasts of some matches of which something is to be noted, by identifier.
    ///
    /// # Errors
    /// The store is not available.
    async fn due_verifications_of(&self, matches: &[MatchId]) -> Result<Vec<DueVerification>, StoreError>;

    /// At most `limit` sealed forecasts, those sealed last first, from before a position.
    ///
    /// # Errors
    /// The store is not available.
    async fn sealed_page(
        &self,
        filter: SealedFilter,
        before: Option<SealedPosition>,
        limit: u32,
    ) -> Result<Vec<SealedEntry>, StoreError>;

    /// The sealed forecast with an identifier.
    ///
    /// # Errors
    /// The store is not available.
    async fn sealed_entry(&self, id: i64) -> Result<Option<SealedEntry>, StoreError>;

    /// Sums by version of a model, by name and version.
    ///
    /// # Errors
    /// The store is not available.
    async fn verified_totals(&self) -> Result<Vec<VerifiedTotals>, StoreError>;
}

/// Noting what came of sealed forecasts.
#[async_trait]
pub trait VerificationWriter: Send + Sync {
    /// Notes what came of forecasts, by identifier, in place of what was noted before; none takes the note back. The
    /// changes are in the feed.
    ///
    /// # Errors
    /// The store is not available.
    async fn note_verifications(
        &self,
        noted: &[(&DueVerification, Option<ForecastVerification>)],
    ) -> Result<(), StoreError>;
}
