//! Forecasts and results by the thousand: JSON lines, CSV or Parquet, written as they are read, so that an answer of any size
//! takes the memory of a few pages.
//!
//! What breaks off in between breaks the connection off: an answer that ends as HTTP says is whole.

use crate::envelope::Failure;
use crate::error::ApiError;
use crate::extract::{Params, invalid, text, time};
use crate::state::ApiState;
use crate::tables::{Csv, JsonLines};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::try_unfold;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use touchline_domain::ports::{
    ColumnKind, Cursor, MatchFilter, SealedEntry, SealedFilter, SealedPosition, TableCell, TableColumn,
    TableEncoder, TableFormat,
};
use touchline_domain::{KickoffPrecision, Match, MatchStatus};
use utoipa::ToSchema;

/// Rows that are read at a time.
const PAGE: u32 = 500;

/// A form of tables.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FormatName {
    /// An object per line.
    Jsonl,
    /// Comma-separated values (RFC 4180), with headings.
    Csv,
    /// Parquet, compressed by zstd.
    Parquet,
}

impl FormatName {
    fn ending(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/jsonl",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    fn encoder(
        self,
        state: &ApiState,
        columns: &'static [TableColumn],
    ) -> Result<Box<dyn TableEncoder>, ApiError> {
        let begun = match self {
            Self::Jsonl => JsonLines.begin(columns),
            Self::Csv => Csv.begin(columns),
            Self::Parquet => match state.parquet() {
                Some(format) => format.begin(columns),
                None => {
                    return Err(invalid("format: this server does not write Parquet; ask for jsonl or csv"));
                }
            },
        };
        begun.map_err(|error| {
            tracing::error!(%error, "an export could not begin");
            ApiError::internal()
        })
    }
}

/// Which forecasts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ForecastsQuery {
    /// Sealed at this time or later: a date, meaning its start in UTC, or RFC 3339.
    #[param(example = "2024-05-01")]
    from: Option<String>,
    /// Sealed before this time.
    #[param(example = "2024-06-01")]
    to: Option<String>,
    /// Only those whose match is over and that were scored; all unless told.
    #[param(example = true)]
    verified: Option<bool>,
    /// The form; `jsonl` unless told.
    #[param(inline, example = "csv")]
    format: Option<FormatName>,
}

/// Which results.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ResultsQuery {
    /// Kick-off at this time or later: a date, meaning its start in UTC, or RFC 3339.
    #[param(example = "2024-05-01")]
    from: Option<String>,
    /// Kick-off before this time.
    #[param(example = "2024-06-01")]
    to: Option<String>,
    /// Only of the league with this code.
    #[param(example = "E0", max_length = 100)]
    league: Option<String>,
    /// The form; `jsonl` unless told.
    #[param(inline, example = "csv")]
    format: Option<FormatName>,
}

const fn column(name: &'static str, kind: ColumnKind) -> TableColumn {
    TableColumn { name, kind }
}

use ColumnKind::{Flag, Real, Text, Time, Whole};

/// Columns of forecasts; see [`forecast_row`].
static FORECASTS: [TableColumn; 37] = [
    column("id", Whole),
    column("match_id", Whole),
    column("ledger_sequence", Whole),
    column("previous_hash", Text),
    column("entry_hash", Text),
    column("league", Text),
    column("season", Text),
    column("home", Text),
    column("away", Text),
    column("kickoff", Time),
    column("model_name", Text),
    column("model_version", Text),
    column("home_win_prob", Real),
    column("draw_prob", Real),
    column("away_win_prob", Real),
    column("expected_home_goals", Real),
    column("expected_away_goals", Real),
    column("as_of", Time),
    column("sealed_at", Time),
    column("verified_at", Time),
    column("home_score", Whole),
    column("away_score", Whole),
    column("actual_result", Text),
    column("is_correct", Flag),
    column("rps", Real),
    column("log_loss", Real),
    column("brier", Real),
    column("ignorance", Real),
    column("closing_bookmaker", Text),
    column("closing_home_win_prob", Real),
    column("closing_draw_prob", Real),
    column("closing_away_win_prob", Real),
    column("closing_rps", Real),
    column("closing_log_loss", Real),
    column("confidence", Real),
    column("over_2_5_probability", Real),
    column("both_teams_score_probability", Real),
];

/// Columns of results; see [`result_row`].
static RESULTS: [TableColumn; 14] = [
    column("match_id", Whole),
    column("league", Text),
    column("league_name", Text),
    column("country", Text),
    column("season", Text),
    column("home", Text),
    column("away", Text),
    column("kickoff", Time),
    column("date_only", Flag),
    column("home_score", Whole),
    column("away_score", Whole),
    column("home_half_time", Whole),
    column("away_half_time", Whole),
    column("neutral_ground", Flag),
];

fn cell<T>(value: Option<T>, of: impl FnOnce(T) -> TableCell) -> TableCell {
    value.map_or(TableCell::Empty, of)
}

fn forecast_row(entry: &SealedEntry) -> Vec<TableCell> {
    use TableCell::{Flag, Real, Text, Time, Whole};
    let SealedEntry { id, of, forecast: sealed, link, verification } = entry;
    let (link, of, v) = (link.as_ref(), of.as_ref(), verification.as_ref());
    let line = v.and_then(|v| v.closing.as_ref());
    let details = sealed.details.as_ref();
    let whole = |n: u8| Whole(n.into());
    let likeliest = sealed.forecast.probability(sealed.forecast.most_likely());
    vec![
        Whole(*id),
        Whole(sealed.match_id.0),
        cell(link, |link| Whole(link.sequence as i64)),
        cell(link, |link| Text(link.previous_hash.clone())),
        cell(link, |link| Text(link.entry_hash.clone())),
        cell(of, |of| Text(of.league.clone())),
        cell(of, |of| Text(of.season.to_string())),
        cell(of, |of| Text(of.home.clone())),
        cell(of, |of| Text(of.away.clone())),
        cell(details, |details| Time(details.kickoff.at)),
        Text(sealed.model_name.clone()),
        Text(sealed.model_version.clone()),
        Real(sealed.forecast.home()),
        Real(sealed.forecast.draw()),
        Real(sealed.forecast.away()),
        Real(sealed.expected_goals.0),
        Real(sealed.expected_goals.1),
        Time(sealed.as_of),
        Time(sealed.sealed_at),
        cell(v, |v| Time(v.verified_at)),
        cell(v, |v| whole(v.score.home)),
        cell(v, |v| whole(v.score.away)),
        cell(v, |v| Text(v.actual().name().to_owned())),
        cell(v, |v| Flag(v.is_correct)),
        cell(v, |v| Real(v.scores.rps)),
        cell(v, |v| Real(v.scores.log_loss)),
        cell(v, |v| Real(v.scores.brier)),
        cell(v, |v| Real(v.scores.ignorance)),
        cell(line, |(line, ..)| Text(line.bookmaker.clone())),
        cell(line, |(line, ..)| Real(line.forecast.home())),
        cell(line, |(line, ..)| Real(line.forecast.draw())),
        cell(line, |(line, ..)| Real(line.forecast.away())),
        cell(line, |(_, rps, _)| Real(*rps)),
        cell(line, |(.., log_loss)| Real(*log_loss)),
        Real(likeliest),
        cell(details, |details| Real(details.over_2_5)),
        cell(details, |details| Real(details.both_teams_score)),
    ]
}

fn result_row(m: &Match, roster: &crate::names::Roster) -> Vec<TableCell> {
    use TableCell::{Flag, Text, Time, Whole};
    let league = roster.league(m.league);
    let team = |id| cell(roster.team(id), |team| Text(team.name.clone()));
    let goals = |n: u8| Whole(n.into());
    vec![
        Whole(m.id.0),
        cell(league, |league| Text(league.code.clone())),
        cell(league, |league| Text(league.name.clone())),
        cell(league, |league| Text(league.country.clone())),
        Text(m.season.to_string()),
        team(m.home),
        team(m.away),
        Time(m.kickoff.at),
        Flag(m.kickoff.precision == KickoffPrecision::Day),
        cell(m.score, |score| goals(score.home)),
        cell(m.score, |score| goals(score.away)),
        cell(m.half_time, |score| goals(score.home)),
        cell(m.half_time, |score| goals(score.away)),
        Flag(m.setting.neutral_ground),
    ]
}

/// Rows, each with a cell per column.
type Rows = Vec<Vec<TableCell>>;

/// Rows by the page.
trait Pages: Send {
    /// The next rows; none after the last.
    fn next<'a>(&'a mut self, state: &'a ApiState) -> BoxFuture<'a, Result<Option<Rows>, ApiError>>;
}

/// Sealed forecasts, those sealed last first.
struct Forecasts {
    from: Option<DateTime<Utc>>,
    before: Option<SealedPosition>,
    filter: SealedFilter,
    has_ended: bool,
}

impl Pages for Forecasts {
    fn next<'a>(&'a mut self, state: &'a ApiState) -> BoxFuture<'a, Result<Option<Rows>, ApiError>> {
        Box::pin(async move {
            if self.has_ended {
                return Ok(None);
            }
            let mut page = state.store().sealed_page(self.filter, self.before, PAGE).await?;
            let full = page.len() == PAGE as usize;
            self.before = page.last().map(|entry| (entry.forecast.sealed_at, entry.id)).or(self.before);
            page.retain(|entry| self.from.is_none_or(|from| entry.forecast.sealed_at >= from));
            self.has_ended = !full || page.len() < PAGE as usize;
            Ok(Some(page.iter().map(forecast_row).collect()))
        })
    }
}

/// Finished matches, by kick-off.
struct Results {
    filter: MatchFilter,
    after: Option<Cursor>,
    has_ended: bool,
}

impl Pages for Results {
    fn next<'a>(&'a mut self, state: &'a ApiState) -> BoxFuture<'a, Result<Option<Rows>, ApiError>> {
        Box::pin(async move {
            if self.has_ended {
                return Ok(None);
            }
            let page = state.store().page(&self.filter, self.after, PAGE).await?;
            self.after = page.next;
            self.has_ended = page.next.is_none();
            let roster = state.roster(&page.matches, state.revision().await?.as_ref()).await?;
            Ok(Some(page.matches.iter().map(|m| result_row(m, &roster)).collect()))
        })
    }
}

/// A table on its way to whoever asked.
struct Writing<P> {
    state: ApiState,
    pages: P,
    encoder: Box<dyn TableEncoder>,
    has_ended: bool,
    _place: OwnedSemaphorePermit,
}

/// Why a table broke off; it is logged, and the connection says no more.
#[derive(Debug, thiserror::Error)]
#[error("the export broke off: {0}")]
struct BrokenOff(String);

impl<P: Pages> Writing<P> {
    /// The next bytes; none after the last.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, BrokenOff> {
        if self.has_ended {
            return Ok(None);
        }
        let broken = |message: String| {
            tracing::error!(message, "an export broke off");
            BrokenOff(message)
        };
        loop {
            let page =
                self.pages.next(&self.state).await.map_err(|error| broken(error.message().to_owned()))?;
            let encoded = if let Some(rows) = page {
                self.encoder.push(&rows)
            } else {
                self.has_ended = true;
                self.encoder.finish()
            };
            let bytes = encoded.map_err(|error| broken(error.to_string()))?;
            if !bytes.is_empty() || self.has_ended {
                return Ok(Some((bytes.into(), self)));
            }
        }
    }
}

fn streamed<P: Pages + 'static>(
    state: ApiState,
    pages: P,
    columns: &'static [TableColumn],
    format: Option<FormatName>,
    name: &str,
) -> Result<Response, ApiError> {
    let place = state.exporting().try_acquire_owned().map_err(|_| ApiError::overloaded())?;
    let format = format.unwrap_or(FormatName::Jsonl);
    let encoder = format.encoder(&state, columns)?;
    let writing = Writing { state, pages, encoder, has_ended: false, _place: place };
    let mut response = Body::from_stream(try_unfold(writing, Writing::next)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}.{}\"", format.ending())) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Sealed forecasts with what came of them, those sealed last first.
#[utoipa::path(
    get, operation_id = "export_forecasts", path = "/api/v1/exports/forecasts", tag = "data", params(ForecastsQuery),
    responses(
        (status = 200, description = "The table, as long as it is", content(
            (String = "application/jsonl"), (String = "text/csv"), (String = "application/vnd.apache.parquet"))),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn forecasts(
    State(state): State<ApiState>,
    Params(query): Params<ForecastsQuery>,
) -> Result<Response, ApiError> {
    let (from, to) = range(query.from.as_deref(), query.to.as_deref())?;
    let filter = SealedFilter { match_id: None, verified: query.verified == Some(true) };
    // Before all that was sealed at that time.
    let pages = Forecasts { from, before: to.map(|to| (to, 0)), filter, has_ended: false };
    streamed(state, pages, &FORECASTS, query.format, "forecasts")
}

/// Results of finished matches, by kick-off.
#[utoipa::path(
    get, operation_id = "export_results", path = "/api/v1/exports/results", tag = "data", params(ResultsQuery),
    responses(
        (status = 200, description = "The table, as long as it is", content(
            (String = "application/jsonl"), (String = "text/csv"), (String = "application/vnd.apache.parquet"))),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "`no_league`: no league has the code", body = Failure),
    )
)]
pub(crate) async fn results(
    State(state): State<ApiState>,
    Params(query): Params<ResultsQuery>,
) -> Result<Response, ApiError> {
    let (from, to) = range(query.from.as_deref(), query.to.as_deref())?;
    let league = text("league", query.league, 100)?;
    if let Some(code) = &league {
        state.league(code).await?;
    }
    let filter =
        MatchFilter { league, status: Some(MatchStatus::Finished), from, to, ..MatchFilter::default() };
    streamed(state, Results { filter, after: None, has_ended: false }, &RESULTS, query.format, "results")
}

type Range = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

fn range(from: Option<&str>, to: Option<&str>) -> Result<Range, ApiError> {
    let (from, to) = (time("from", from)?, time("to", to)?);
    match (from, to) {
        (Some(from), Some(to)) if from >= to => Err(invalid("to: the range ends before it begins")),
        range => Ok(range),
    }
}

#[cfg(test)]
mod tests;
