//! Which matches are wanted: from text to the store's filter.

use crate::cursor;
use crate::error::ApiError;
use crate::extract::{invalid, limit, text, time};
use crate::routes::teams::LONGEST_CODE;
use serde::Deserialize;
use std::str::FromStr;
use touchline_domain::TeamId;
use touchline_domain::ports::{Cursor, MatchFilter};
use utoipa::IntoParams;

/// Which matches to list. All conditions must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MatchesQuery {
    /// `scheduled`, `live`, `finished`, `postponed`, `cancelled`, `abandoned` or `awarded`.
    #[param(
        example = "scheduled",
        pattern = "^(scheduled|live|finished|postponed|cancelled|abandoned|awarded)$"
    )]
    status: Option<String>,
    /// Code of the league.
    #[param(max_length = 32, example = "E0")]
    league: Option<String>,
    /// Identifier of a team that plays, home or away.
    #[param(minimum = 1)]
    team: Option<i64>,
    /// `2023-24`, or `2023` for a league that plays by calendar year.
    #[param(example = "2023-24", pattern = "^[0-9]{4}(-[0-9]{2})?$")]
    season: Option<String>,
    /// Kick-off at or after this date (its start, UTC) or time.
    #[param(example = "2024-05-04")]
    from: Option<String>,
    /// Kick-off before this date (its start, UTC) or time.
    #[param(example = "2024-05-11T00:00:00Z")]
    to: Option<String>,
    /// Matches of a page, 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `prediction`: with the forecasts of matches to come.
    #[param(example = "prediction", pattern = "^prediction$")]
    include: Option<String>,
}

/// What to tell of a match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MatchQuery {
    /// `prediction`: with its forecast, where it is to come.
    #[param(example = "prediction", pattern = "^prediction$")]
    include: Option<String>,
}

/// A checked query.
#[derive(Debug)]
pub(super) struct Wanted {
    pub filter: MatchFilter,
    pub after: Option<Cursor>,
    pub limit: u32,
    pub predictions: bool,
}

impl MatchesQuery {
    pub(super) fn check(self) -> Result<Wanted, ApiError> {
        if self.team.is_some_and(|id| id < 1) {
            return Err(invalid("team: identifiers are whole numbers from 1"));
        }
        Ok(Wanted {
            filter: MatchFilter {
                league: text("league", self.league, LONGEST_CODE)?,
                status: parsed("status", self.status.as_deref())?,
                team: self.team.map(TeamId),
                season: parsed("season", self.season.as_deref())?,
                from: time("from", self.from.as_deref())?,
                to: time("to", self.to.as_deref())?,
            },
            after: self.cursor.as_deref().map(cursor::to_match).transpose()?,
            limit: limit(self.limit, 50, 1..=200)?,
            predictions: includes_prediction(self.include.as_deref())?,
        })
    }
}

impl MatchQuery {
    /// Whether the forecast is wanted.
    pub(super) fn check(&self) -> Result<bool, ApiError> {
        includes_prediction(self.include.as_deref())
    }
}

fn includes_prediction(include: Option<&str>) -> Result<bool, ApiError> {
    match include {
        None => Ok(false),
        Some("prediction") => Ok(true),
        Some(_) => Err(invalid("include: only `prediction` can be included")),
    }
}

fn parsed<T: FromStr<Err: std::fmt::Display>>(
    name: &str,
    given: Option<&str>,
) -> Result<Option<T>, ApiError> {
    given.map(str::parse).transpose().map_err(|error| invalid(format!("{name}: {error}")))
}
