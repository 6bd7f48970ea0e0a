//! Forecasts of matches to come: those in the store, and those of a fixtures file.

use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use touchline_collect::names::{KnownTeam, NameIndex, known_league, resembling};
use touchline_collect::sources::challenge::{FixtureRow, Fixtures};
use touchline_domain::ports::ResultRow;
use touchline_domain::{
    Kickoff, League, LeagueAlias, LeagueId, MarketType, MatchId, MatchStatus, OddsPhase, Progress, Season,
    TeamId,
};
use touchline_features::{FeatureMatrix, History, Knowledge, MarketView, Seconds, Settings, compute};
use touchline_learning::dataset::Facts;
use touchline_learning::matrices::{Horizon, STALE_LAG_DAYS};
use touchline_learning::model::ModelError;
use touchline_learning::predictor::{FeatureRows, MatchBatch, MatchForecast, Prediction, Predictor};

const DAY: Seconds = 86_400;
/// Results older than this at kick-off call for the trees that were trained to forecast far ahead.
const STALE_AFTER: Seconds = STALE_LAG_DAYS * DAY * 3 / 10;

/// Forecasts of matches by position in the history, from results known at `as_of`.
///
/// # Errors
/// The predictor was fitted on other features, or knows no scores of some of the matches.
pub fn forecast_positions(
    predictor: &dyn Predictor,
    history: &History,
    positions: &[u32],
    as_of: DateTime<Utc>,
    threads: usize,
) -> Result<Vec<(u32, MatchForecast)>, ModelError> {
    let asked = Asked { history, positions, as_of, threads, prices: MarketView::None };
    let mut features = |positions: &[u32], knowledge, settings: &Settings| {
        compute(history, positions, knowledge, settings, threads)
    };
    forecast_from(predictor, asked, &mut features)
}

/// Which matches are forecast, and from what.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub history: &'a History,
    /// Of the matches, ascending.
    pub positions: &'a [u32],
    pub as_of: DateTime<Utc>,
    pub threads: usize,
    /// Only matches of which this view has prices: of themselves, or of earlier ones. All, where it has none.
    pub prices: MarketView,
}

impl Asked<'_> {
    /// Whether prices that only the view sees are known of the match at a position. Whether earlier matches have some, features
    /// alone tell.
    fn may_be_priced(&self, position: u32) -> bool {
        let p = position as usize;
        let until = self.as_of.timestamp().min(self.history.kickoffs()[p]);
        let wanted = |phase| match self.prices {
            MarketView::Closing => phase == OddsPhase::Closing,
            view => view.sees(phase),
        };
        let mut quotes = self.history.quotes_known(p, until).iter();
        match self.prices {
            MarketView::None | MarketView::Earlier => true,
            MarketView::PreMatch | MarketView::Closing => {
                quotes.any(|quote| quote.market == MarketType::OneXTwo && wanted(quote.phase))
            }
        }
    }

    /// The rows of a matrix in which the view's probabilities are known.
    fn informed(&self, matrix: &FeatureMatrix) -> Vec<usize> {
        if self.prices == MarketView::None {
            return (0..matrix.rows()).collect();
        }
        let Some(column) = matrix.column_named(&format!("{}_home_win", self.prices.prefix())) else {
            return Vec::new();
        };
        let known = matrix.column(column).iter().enumerate().filter(|(_, p)| p.is_finite());
        known.map(|(row, _)| row).collect()
    }
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
    predictor: &dyn Predictor,
    asked: Asked<'_>,
    features: Features<'_>,
) -> Result<Vec<(u32, MatchForecast)>, ModelError> {
    let Asked { history, as_of, threads, .. } = asked;
    let horizons = Horizons::at(history, as_of);
    let knowledge = Knowledge { lag: 0, as_of: Some(as_of.timestamp()) };
    let mut forecasts = Vec::with_capacity(asked.positions.len());
    for horizon in Horizon::ALL {
        let of_horizon = |p: &u32| predictor.horizon_for(horizons.of(history, *p)) == horizon;
        let mine = asked.positions.iter().copied().filter(of_horizon);
        let mut mine: Vec<u32> = mine.filter(|p| asked.may_be_priced(*p)).collect();
        if mine.is_empty() {
            continue;
        }
        let settings = predictor.features(horizon)?;
        let matrix = settings.map(|settings| features(&mine, knowledge, &settings));
        let rows = matrix.as_ref().map_or_else(|| (0..mine.len()).collect(), |matrix| asked.informed(matrix));
        mine = rows.iter().map(|row| mine[*row]).collect();
        let batch = MatchBatch {
            history,
            positions: &mine,
            horizon,
            features: matrix.as_ref().map(|matrix| FeatureRows { matrix, rows: &rows }),
            threads,
        };
        for (position, prediction) in mine.iter().zip(predictor.predict(&batch)?) {
            let scores = prediction.and_then(Prediction::into_scores);
            let whole = scores.ok_or_else(|| ModelError::NoScores(predictor.label().to_string()))?;
            forecasts.push((*position, whole));
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

/// A team of a fixtures file that the store does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Newcomer {
    /// League of the fixture.
    pub league: String,
    /// The name as written.
    pub name: String,
    /// Known teams of the country with a similar name, likeliest first.
    pub resembles: Vec<String>,
    /// Lines of the file that name it.
    pub lines: Vec<u32>,
}

/// What became of a fixtures file.
#[derive(Debug, Clone, PartialEq)]
pub struct FixtureReport {
    /// Forecasts in the order of the file.
    pub forecasts: Vec<FixtureForecast>,
    /// Teams never seen; forecast with their league's newcomer prior, unless refused.
    pub newcomers: Vec<Newcomer>,
    /// Rows without a forecast: line and reason.
    pub rejections: Vec<(u32, String)>,
}

/// Which fixtures to accept.
#[derive(Debug, Clone, Copy)]
pub struct FixtureOptions {
    /// Results known after this time are not used.
    pub as_of: DateTime<Utc>,
    /// Whether a team never seen is refused.
    pub strict: bool,
    /// Threads to use.
    pub threads: usize,
}

/// Names known to the store.
#[derive(Debug, Clone, Default)]
pub struct KnownNames {
    /// Teams by their names.
    pub teams: NameIndex,
    /// How sources name leagues.
    pub leagues: Vec<LeagueAlias>,
}

/// The source in whose form fixtures are given: its aliases count first.
const FORM: &str = "challenge";

/// The fixtures of a file in the store's terms.
struct Resolver<'a> {
    facts: &'a Facts,
    names: &'a KnownNames,
    /// Teams of the latest seasons of each league that was asked for.
    rosters: HashMap<LeagueId, BTreeSet<TeamId>>,
    /// Teams never seen, with an identifier below zero of their own.
    new: BTreeMap<(String, String), (TeamId, Newcomer)>,
}

/// Forecasts the fixtures of a file. Leagues are found by a code of theirs or by the table of well-known leagues. Teams are
/// found by an alias of theirs, by their name, or by a name that is the same but for accents and words such as FC and
/// unique in the league's latest seasons. A team never seen is a newcomer, never a guess at a known one.
///
/// # Errors
/// The model was trained on other features.
pub fn forecast_fixtures(
    predictor: &dyn Predictor,
    facts: &Facts,
    names: &KnownNames,
    fixtures: Fixtures,
    options: FixtureOptions,
    progress: &dyn Progress,
) -> Result<FixtureReport, ModelError> {
    progress.begin("forecasts", fixtures.rows.len() as u64);
    let mut rejections: Vec<(u32, String)> =
        fixtures.rejections.iter().map(|r| (r.line, r.message.clone())).collect();
    let mut resolver = Resolver::new(facts, names);
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
        forecast_positions(predictor, &history, &positions, options.as_of, options.threads)?
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
        newcomers: resolver.new.into_values().map(|(_, newcomer)| newcomer).collect(),
        rejections,
    })
}

/// The fixtures of a file whose league or teams are not known, with line and reason; nothing is forecast.
pub fn unresolved_fixtures(facts: &Facts, names: &KnownNames, rows: &[FixtureRow]) -> Vec<(u32, String)> {
    let mut resolver = Resolver::new(facts, names);
    let resolve = |row: &FixtureRow| resolver.resolve(row, 0, true).err().map(|reason| (row.line, reason));
    rows.iter().filter_map(resolve).collect()
}

impl<'a> Resolver<'a> {
    fn new(facts: &'a Facts, names: &'a KnownNames) -> Self {
        Self { facts, names, rosters: HashMap::new(), new: BTreeMap::new() }
    }

    /// The league of a code: its own, else one that a source knows it by, else a well-known one.
    fn league(&self, code: &str) -> Option<&'a League> {
        let leagues = &self.facts.leagues;
        let aliases = &self.names.leagues;
        let only = |found: BTreeSet<LeagueId>| found.first().copied().filter(|_| found.len() == 1);
        let of = |wanted: &dyn Fn(&LeagueAlias) -> bool| {
            only(aliases.iter().filter(|alias| wanted(alias)).map(|alias| alias.league).collect())
        };
        let known = known_league(FORM, code);
        let id = of(&|alias| (alias.source.as_str(), alias.alias.as_str()) == (FORM, code))
            .or_else(|| leagues.iter().find(|league| league.code == code).map(|league| league.id))
            .or_else(|| of(&|alias| alias.alias == code))
            .or_else(|| {
                of(&|a| known.is_some_and(|l| l.codes.contains(&(a.source.as_str(), a.alias.as_str()))))
            });
        leagues.iter().find(|league| Some(league.id) == id)
    }

    /// The team of a name; none where it is not certain.
    fn team(&mut self, league: &League, name: &str) -> Option<TeamId> {
        let teams = &self.names.teams;
        let country = league.country.as_str();
        let roster = self.rosters.entry(league.id).or_insert_with(|| self.facts.roster(league.id));
        teams.alias(FORM, country, name).or_else(|| teams.named(country, name)).or_else(|| {
            let written = teams.written(country, name);
            let only = written.first().copied().filter(|_| written.len() == 1);
            only.or_else(|| teams.unique_in(country, name, roster))
        })
    }

    fn resolve(&mut self, row: &FixtureRow, index: usize, strict: bool) -> Result<ResultRow, String> {
        let league = self.league(&row.league).ok_or_else(|| {
            let known: Vec<&str> = self.facts.leagues.iter().map(|l| l.code.as_str()).collect();
            format!("league {:?} is not known; known are {}", row.league, known.join(", "))
        })?;
        let season =
            Season::from_short(&row.season).or_else(|_| row.season.parse()).map_err(|e| e.to_string())?;
        let country = league.country.as_str();
        let mut sides = [TeamId(0); 2];
        for (side, name) in sides.iter_mut().zip([&row.home, &row.away]) {
            *side = match self.team(league, name) {
                Some(id) => id,
                None => self.newcomer(row, country, name, strict)?,
            };
        }
        if sides[0] == sides[1] {
            return Err(format!("{:?} and {:?} are one team", row.home, row.away));
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
            neutral_ground: row.neutral_ground,
        })
    }

    fn newcomer(
        &mut self,
        row: &FixtureRow,
        country: &str,
        name: &str,
        strict: bool,
    ) -> Result<TeamId, String> {
        let of_country = |known: &&KnownTeam| known.team.country == country;
        let known = self.names.teams.teams().filter(of_country).map(|known| known.team.name.as_str());
        let next = TeamId(-1 - self.new.len() as i64);
        let (id, newcomer) = self.new.entry((country.to_owned(), name.to_owned())).or_insert_with(|| {
            let resembles = resembling(name, known, 3).into_iter().map(str::to_owned).collect();
            (
                next,
                Newcomer { league: row.league.clone(), name: name.to_owned(), resembles, lines: Vec::new() },
            )
        });
        newcomer.lines.push(row.line);
        if strict {
            return Err(if newcomer.resembles.is_empty() {
                format!("team {name:?} is not known in {country}")
            } else {
                format!(
                    "team {name:?} is not known in {country}; did you mean {}?",
                    newcomer.resembles.join(", ")
                )
            });
        }
        Ok(*id)
    }
}
