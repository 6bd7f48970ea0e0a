//! Forecasts of matches to come: those in the store, and those of a fixtures file.

use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use touchline_collect::names::resembling;
use touchline_collect::sources::challenge::{FixtureRow, Fixtures};
use touchline_domain::ports::ResultRow;
use touchline_domain::{Kickoff, MatchId, MatchStatus, Progress, Season, TeamId};
use touchline_features::{FeatureMatrix, History, Knowledge, Seconds, Settings, compute};
use touchline_learning::dataset::Facts;
use touchline_learning::matrices::{Horizon, STALE_LAG_DAYS};
use touchline_learning::model::{ForecastModel, MatchForecast, ModelError};

const DAY: Seconds = 86_400;
/// Results older than this at kick-off call for the trees that were trained to forecast far ahead.
const STALE_AFTER: Seconds = STALE_LAG_DAYS * DAY * 3 / 10;

/// Forecasts of matches by position in the history, from results known at `as_of`.
///
/// # Errors
/// The model was trained on other features.
pub fn forecast_positions(
    model: &ForecastModel,
    history: &History,
    positions: &[u32],
    as_of: DateTime<Utc>,
    threads: usize,
) -> Result<Vec<(u32, MatchForecast)>, ModelError> {
    let mut features = |positions: &[u32], knowledge, settings: &Settings| {
        compute(history, positions, knowledge, settings, threads)
    };
    forecast_from(model, history, positions, as_of, threads, &mut features)
}

/// Which trees forecast which match, at one time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Horizons {
    /// When the latest known result became known.
    latest: Option<Seconds>,
}

impl Horizons {
    pub(crate) fn at(history: &History, as_of: DateTime<Utc>) -> Self {
        let as_of = as_of.timestamp();
        let known = (0..history.len())
            .filter(|p| history.goals(*p).is_some() && history.known_at(*p) <= as_of)
            .map(|p| history.known_at(p));
        Self { latest: known.max() }
    }

    /// The trees for the match at a position.
    pub(crate) fn of(self, history: &History, position: u32) -> Horizon {
        match self.latest {
            Some(latest) if history.kickoffs()[position as usize] - latest > STALE_AFTER => Horizon::Stale,
            _ => Horizon::Fresh,
        }
    }
}

/// Features of matches by position, from what is known, by parameters.
pub(crate) type Features<'a> = &'a mut dyn FnMut(&[u32], Knowledge, &Settings) -> FeatureMatrix;

/// The same with features from elsewhere.
pub(crate) fn forecast_from(
    model: &ForecastModel,
    history: &History,
    positions: &[u32],
    as_of: DateTime<Utc>,
    threads: usize,
    features: Features<'_>,
) -> Result<Vec<(u32, MatchForecast)>, ModelError> {
    let horizons = Horizons::at(history, as_of);
    let as_of = as_of.timestamp();
    let mut forecasts = Vec::with_capacity(positions.len());
    for horizon in Horizon::ALL {
        let mine: Vec<u32> =
            positions.iter().copied().filter(|p| horizons.of(history, *p) == horizon).collect();
        if mine.is_empty() {
            continue;
        }
        model.check_features(horizon)?;
        let knowledge = Knowledge { lag: 0, as_of: Some(as_of) };
        let settings = horizon.settings().with_view(model.view());
        let matrix = features(&mine, knowledge, &settings);
        let rows: Vec<usize> = (0..mine.len()).collect();
        let variant = model.variant(horizon);
        for ((row, position), forecast) in
            mine.iter().enumerate().zip(variant.forecasts(&matrix, &rows, threads)?)
        {
            forecasts.push((*position, variant.complete(forecast, &matrix, row)?));
        }
    }
    forecasts.sort_by_key(|(position, _)| *position);
    Ok(forecasts)
}

/// A fixture of a file with its forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct FixtureForecast {
    /// The row of the file.
    pub row: FixtureRow,
    /// The forecast.
    pub forecast: MatchForecast,
}

/// A club of a fixtures file that the store does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewClub {
    /// League of the fixture.
    pub league: String,
    /// The name as written.
    pub name: String,
    /// Known clubs of the country with a similar name, likeliest first.
    pub resembles: Vec<String>,
    /// Lines of the file that name it.
    pub lines: Vec<u32>,
}

/// What became of a fixtures file.
#[derive(Debug, Clone, PartialEq)]
pub struct FixtureReport {
    /// Forecasts in the order of the file.
    pub forecasts: Vec<FixtureForecast>,
    /// Clubs never seen; forecast with their league's newcomer prior, unless refused.
    pub new_clubs: Vec<NewClub>,
    /// Rows without a forecast: line and reason.
    pub rejections: Vec<(u32, String)>,
}

/// Which fixtures to accept.
#[derive(Debug, Clone, Copy)]
pub struct FixtureOptions {
    /// Results known after this time are not used.
    pub as_of: DateTime<Utc>,
    /// Whether a club never seen is refused.
    pub strict: bool,
    /// Threads to use.
    pub threads: usize,
}

/// Names known to the store, and the fixtures of a file in the store's terms.
struct Resolver<'a> {
    facts: &'a Facts,
    /// Clubs by country and name.
    clubs: HashMap<(&'a str, &'a str), TeamId>,
    by_country: HashMap<&'a str, Vec<&'a str>>,
    /// Clubs never seen, with an identifier below zero of their own.
    new: BTreeMap<(String, String), (TeamId, NewClub)>,
}

/// Forecasts the fixtures of a file. Names are those of the store's leagues, byte for byte within the country;
/// a club never seen is a newcomer, never a guess at a known one.
///
/// # Errors
/// The model was trained on other features.
pub fn forecast_fixtures(
    model: &ForecastModel,
    facts: &Facts,
    teams: &[touchline_domain::Team],
    fixtures: Fixtures,
    options: FixtureOptions,
    progress: &dyn Progress,
) -> Result<FixtureReport, ModelError> {
    progress.begin("forecasts", fixtures.rows.len() as u64);
    let mut rejections: Vec<(u32, String)> =
        fixtures.rejections.iter().map(|r| (r.line, r.message.clone())).collect();
    let mut resolver = Resolver::new(facts, teams);
    let (mut rows, mut accepted) = (Vec::new(), Vec::new());
    for row in fixtures.rows {
        match resolver.resolve(&row, accepted.len(), options.strict) {
            Ok(result_row) => {
                rows.push(result_row);
                accepted.push(row);
            }
            Err(reason) => rejections.push((row.line, reason)),
        }
    }
    let history = facts.history(&rows);
    let position_of: HashMap<MatchId, u32> =
        history.ids().iter().enumerate().filter(|(_, id)| id.0 < 0).map(|(p, id)| (*id, p as u32)).collect();
    let positions: Vec<u32> = rows.iter().map(|r| position_of[&r.id]).collect();
    let by_position: HashMap<u32, MatchForecast> =
        forecast_positions(model, &history, &positions, options.as_of, options.threads)?
            .into_iter()
            .collect();
    let forecasts = accepted
        .into_iter()
        .zip(&positions)
        .map(|(row, position)| FixtureForecast { row, forecast: by_position[position].clone() })
        .collect();
    rejections.sort();
    progress.end();
    Ok(FixtureReport {
        forecasts,
        new_clubs: resolver.new.into_values().map(|(_, club)| club).collect(),
        rejections,
    })
}

impl<'a> Resolver<'a> {
    fn new(facts: &'a Facts, teams: &'a [touchline_domain::Team]) -> Self {
        let mut by_country: HashMap<&str, Vec<&str>> = HashMap::new();
        for team in teams {
            by_country.entry(&team.country).or_default().push(&team.name);
        }
        let clubs = teams.iter().map(|t| ((t.country.as_str(), t.name.as_str()), t.id)).collect();
        Self { facts, clubs, by_country, new: BTreeMap::new() }
    }

    fn resolve(&mut self, row: &FixtureRow, index: usize, strict: bool) -> Result<ResultRow, String> {
        let league = self.facts.leagues.iter().find(|l| l.code == row.league).ok_or_else(|| {
            let known: Vec<&str> = self.facts.leagues.iter().map(|l| l.code.as_str()).collect();
            format!("league {:?} is not known; known are {}", row.league, known.join(", "))
        })?;
        let season =
            Season::from_short(&row.season).or_else(|_| row.season.parse()).map_err(|e| e.to_string())?;
        let country = league.country.as_str();
        let mut sides = [TeamId(0); 2];
        for (side, name) in sides.iter_mut().zip([&row.home, &row.away]) {
            *side = match self.clubs.get(&(country, name.as_str())) {
                Some(id) => *id,
                None => self.newcomer(row, country, name, strict)?,
            };
        }
        let kickoff = Kickoff::on(row.date);
        Ok(ResultRow {
            id: MatchId(-1 - index as i64),
            league: league.id,
            season,
            home: sides[0],
            away: sides[1],
            kickoff: kickoff.at,
            precision: kickoff.precision,
            status: MatchStatus::Scheduled,
            score: None,
        })
    }

    fn newcomer(
        &mut self,
        row: &FixtureRow,
        country: &str,
        name: &str,
        strict: bool,
    ) -> Result<TeamId, String> {
        let known = self.by_country.get(country).map_or(&[][..], Vec::as_slice);
        let next = TeamId(-1 - self.new.len() as i64);
        let (id, club) = self.new.entry((country.to_owned(), name.to_owned())).or_insert_with(|| {
            let resembles =
                resembling(name, known.iter().copied(), 3).into_iter().map(str::to_owned).collect();
            (
                next,
                NewClub { league: row.league.clone(), name: name.to_owned(), resembles, lines: Vec::new() },
            )
        });
        club.lines.push(row.line);
        if strict {
            return Err(if club.resembles.is_empty() {
                format!("club {name:?} is not known in {country}")
            } else {
                format!(
                    "club {name:?} is not known in {country}; did you mean {}?",
                    club.resembles.join(", ")
                )
            });
        }
        Ok(*id)
    }
}
