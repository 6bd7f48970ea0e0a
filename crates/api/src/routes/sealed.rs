//! The ledger of sealed forecasts, and what came of them.

use crate::answers::HISTORY;
use crate::cursor;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, invalid, limit};
use crate::routes::matches::{ExpectedGoals, Goals, OutcomeName};
use crate::routes::predictions::{MarketsItem, ModelRef, ScoreGridItem};
use crate::state::ApiState;
use axum::extract::State;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::MatchId;
use touchline_domain::ports::{ForecastVerification, LedgerLink, SealedEntry, SealedFilter};
use utoipa::ToSchema;

/// Which sealed forecasts to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SealedQuery {
    /// Only of this match.
    #[param(minimum = 1)]
    match_id: Option<i64>,
    /// Only those whose match is over and that were scored; all unless told.
    #[param(example = true)]
    verified: Option<bool>,
    /// Forecasts of a page, 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The place of a forecast in the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerPlace {
    /// From 1, without gaps.
    pub sequence: u64,
    /// Hash of the entry before.
    pub previous_hash: String,
    /// Hash of this entry, which covers everything that it says.
    pub entry_hash: String,
}

impl From<LedgerLink> for LedgerPlace {
    fn from(link: LedgerLink) -> Self {
        Self { sequence: link.sequence, previous_hash: link.previous_hash, entry_hash: link.entry_hash }
    }
}

/// The closing prices of a match as a forecast, the margin taken out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClosingItem {
    /// Code of the bookmaker; `Avg` is the average over the market.
    #[schema(example = "PS")]
    pub bookmaker: String,
    /// Probability of a home win.
    pub home_win_prob: f64,
    /// Probability of a draw.
    pub draw_prob: f64,
    /// Probability of an away win.
    pub away_win_prob: f64,
    /// Ranked probability score of these.
    pub rps: f64,
    /// Log loss of these.
    pub log_loss: f64,
    /// Ranked probability score of the forecast minus that of the closing prices: below 0 where the forecast was better.
    pub rps_difference: f64,
}

/// What came of a forecast.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerificationItem {
    /// What happened.
    pub actual_result: OutcomeName,
    /// Full-time score.
    pub score: Goals,
    /// Whether the likeliest outcome happened.
    pub is_correct: bool,
    /// Ranked probability score, 0 to 1; smaller is better, as for all that follow.
    pub rps: f64,
    /// Minus the natural logarithm of the probability of what happened.
    pub log_loss: f64,
    /// Brier score, summed over the outcomes.
    pub brier: f64,
    /// Log loss in bits.
    pub ignorance: f64,
    /// The closing prices beside; null where none are held.
    #[schema(required = true)]
    pub closing: Option<ClosingItem>,
    /// When it was noted.
    pub verified_at: DateTime<Utc>,
}

impl From<ForecastVerification> for VerificationItem {
    fn from(v: ForecastVerification) -> Self {
        let closing = v.closing.as_ref().map(|(line, rps, log_loss)| ClosingItem {
            bookmaker: line.bookmaker.clone(),
            home_win_prob: line.forecast.home(),
            draw_prob: line.forecast.draw(),
            away_win_prob: line.forecast.away(),
            rps: *rps,
            log_loss: *log_loss,
            rps_difference: v.scores.rps - rps,
        });
        Self {
            actual_result: v.actual().into(),
            score: v.score.into(),
            is_correct: v.is_correct,
            rps: v.scores.rps,
            log_loss: v.scores.log_loss,
            brier: v.scores.brier,
            ignorance: v.scores.ignorance,
            closing,
            verified_at: v.verified_at,
        }
    }
}

/// A forecast as it was sealed before kick-off.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SealedItem {
    /// Identifier of the forecast.
    pub id: i64,
    /// The match.
    pub match_id: i64,
    /// Code of its league when the forecast was sealed; null, like season and sides, where that was before the ledger
    /// began.
    #[schema(required = true)]
    pub league: Option<String>,
    /// Its season.
    #[schema(required = true)]
    pub season: Option<String>,
    /// The home side.
    #[schema(required = true)]
    pub home: Option<String>,
    /// The away side.
    #[schema(required = true)]
    pub away: Option<String>,
    /// The kick-off for which it was made.
    #[schema(required = true)]
    pub kickoff: Option<DateTime<Utc>>,
    /// The likeliest outcome.
    pub predicted_outcome: OutcomeName,
    /// Probability of a home win.
    pub home_win_prob: f64,
    /// Probability of a draw.
    pub draw_prob: f64,
    /// Probability of an away win.
    pub away_win_prob: f64,
    /// Mean goals.
    pub expected_goals: ExpectedGoals,
    /// Probability of the likeliest outcome.
    pub confidence: f64,
    /// What gave the forecast.
    pub model: ModelRef,
    /// Facts known up to this time were used.
    pub as_of: DateTime<Utc>,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// Its place in the ledger; null where it was sealed before that began.
    #[schema(required = true)]
    pub ledger: Option<LedgerPlace>,
    /// What came of it; null before the match is over and verified.
    #[schema(required = true)]
    pub verification: Option<VerificationItem>,
}

impl From<SealedEntry> for SealedItem {
    fn from(SealedEntry { id, of, forecast: sealed, link, verification }: SealedEntry) -> Self {
        let outcome = sealed.forecast.most_likely();
        let [league, season, home, away] =
            of.map(|of| [of.league, of.season.to_string(), of.home, of.away].map(Some)).unwrap_or_default();
        Self {
            id,
            match_id: sealed.match_id.0,
            league,
            season,
            home,
            away,
            kickoff: sealed.details.as_ref().map(|details| details.kickoff.at),
            predicted_outcome: outcome.into(),
            home_win_prob: sealed.forecast.home(),
            draw_prob: sealed.forecast.draw(),
            away_win_prob: sealed.forecast.away(),
            expected_goals: sealed.expected_goals.into(),
            confidence: sealed.forecast.probability(outcome),
            model: ModelRef::named(sealed.model_name, sealed.model_version),
            as_of: sealed.as_of,
            sealed_at: sealed.sealed_at,
            ledger: link.map(LedgerPlace::from),
            verification: verification.map(VerificationItem::from),
        }
    }
}

/// A page of sealed forecasts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SealedList {
    /// Those sealed last first.
    pub items: Vec<SealedItem>,
    /// Where the next page starts; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// Sealed forecasts, those sealed last first, and what came of them.
#[utoipa::path(
    get, operation_id = "list_sealed_predictions", path = "/api/v1/predictions/history", tag = "forecasts",
    params(SealedQuery),
    responses(
        (status = 200, description = "A page of them", body = Envelope<SealedList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn history(
    State(state): State<ApiState>,
    uri: Uri,
    Params(query): Params<SealedQuery>,
) -> Result<Data<SealedList>, ApiError> {
    if query.match_id.is_some_and(|id| id < 1) {
        return Err(invalid("match_id: identifiers are whole numbers from 1"));
    }
    let filter =
        SealedFilter { match_id: query.match_id.map(MatchId), verified: query.verified.unwrap_or_default() };
    let limit = limit(query.limit, 50, 1..=200)?;
    let before = query.cursor.as_deref().map(cursor::to_sealed).transpose()?;
    let revision = state.revision().await?;
    let read = async {
        let mut entries = state.store().sealed_page(filter, before, limit + 1).await?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        let last = entries.last().filter(|_| more);
        let next_cursor = last.map(|entry| cursor::of_sealed((entry.forecast.sealed_at, entry.id)));
        let items = entries.into_iter().map(SealedItem::from).collect();
        Ok((Some(SealedList { items, next_cursor }), true))
    };
    let asked = uri.path_and_query().map_or(uri.path(), PathAndQuery::as_str);
    let kept = state.kept_for_all(revision.as_ref(), asked, HISTORY, read).await?;
    kept.map(Data::Written).ok_or_else(ApiError::internal)
}

/// A sealed forecast with all that it says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SealedWhole {
    /// The forecast.
    pub entry: SealedItem,
    /// Markets; null where the score grid is.
    #[schema(required = true)]
    pub markets: Option<MarketsItem>,
    /// Distribution of scores; null where the forecast was sealed before these were kept.
    #[schema(required = true)]
    pub score_grid: Option<ScoreGridItem>,
    /// Hash of the names and versions of the features that were used.
    #[schema(required = true)]
    pub features: Option<String>,
    /// Hash of the manifest of the model's bundle.
    #[schema(required = true)]
    pub bundle: Option<String>,
    /// Hash of the facts that the features were computed from.
    #[schema(required = true)]
    pub data: Option<String>,
}

/// One sealed forecast: everything that was fixed before kick-off, and what came of it.
#[utoipa::path(
    get, operation_id = "get_sealed_prediction", path = "/api/v1/predictions/sealed/{id}", tag = "forecasts",
    params(("id" = i64, Path, description = "Identifier of the sealed forecast", minimum = 1)),
    responses(
        (status = 200, description = "The forecast", body = Envelope<SealedWhole>),
        (status = 400, description = "Not an identifier", body = Failure),
        (status = 404, description = "No forecast was sealed under this identifier", body = Failure),
    )
)]
pub(crate) async fn one(State(state): State<ApiState>, Id(id): Id) -> Result<Data<SealedWhole>, ApiError> {
    let entry = state.store().sealed_entry(id).await?;
    let entry = entry
        .ok_or_else(|| ApiError::not_found("no_forecast", format!("there is no sealed forecast {id}")))?;
    let details = entry.forecast.details.clone();
    let details = details.as_deref();
    let grid = details.map(|details| &details.grid);
    Ok(Data::of(SealedWhole {
        markets: grid.map(MarketsItem::of),
        score_grid: grid.map(ScoreGridItem::of),
        features: details.map(|details| details.features.clone()),
        bundle: details.map(|details| details.bundle.clone()),
        data: details.map(|details| details.data.clone()),
        entry: entry.into(),
    }))
}

#[cfg(test)]
mod tests;
