use super::{Ending, explain};
use crate::cli::Predict;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result};
use chrono::{DateTime, NaiveTime, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use touchline_collect::Document;
use touchline_collect::names::NameIndex;
use touchline_collect::sources::challenge::read_fixtures;
use touchline_domain::ports::Store;
use touchline_domain::{KickoffPrecision, MatchId};
use touchline_features::View;
use touchline_forecasting::predict::{
    FixtureForecast, FixtureOptions, FixtureReport, KnownNames, forecast_fixtures,
};
use touchline_forecasting::seal::{Forecasters, RegisteredModel, Sealing, Upcoming, forecast_to_come};
use touchline_intake::quality::{self, ConcernKind};
use touchline_learning::dataset::Facts;
use touchline_learning::model::ForecastModel;
use touchline_learning::predictor::{Predictor, StrengthFilter};
use touchline_learning::registry::{self, RegistryError};
use touchline_learning::whole_file::replace_file;

/// `touchline predict`.
pub async fn run(session: &Session, arguments: &Predict) -> Result<Ending> {
    if let Some(id) = arguments.explain {
        return explain::run(session, MatchId(id)).await;
    }
    let store = session.store(Role::Writer).await?;
    let artifacts = session.artifacts(&store)?;
    let forecasters =
        Forecasters::open(store.as_ref(), artifacts.as_deref(), session.data_dir(), None).await?;
    let model = &forecasters.champion.model;
    let now = session.clock.now();
    // A day to come is as good as none: everything known now is used.
    let as_of = arguments.as_of.map(|date| date.and_time(NaiveTime::MIN).and_utc()).filter(|at| *at < now);
    if let Some(path) = &arguments.fixtures {
        let as_of = as_of.unwrap_or(now);
        return fixtures(session, store.as_ref(), model, path, arguments, as_of).await;
    }
    let forecasts = upcoming(session, store.as_ref(), &forecasters, as_of).await?;
    write_upcoming(session, &forecasts, model.manifest.simulated, arguments.out.as_deref())?;
    for concern in quality::look(store.as_ref(), now).await? {
        if concern.kind == ConcernKind::ClubWithoutResult {
            // The output may be JSON, or a file of forecasts.
            writeln!(std::io::stderr(), "{}; {}", concern.message, concern.kind.advice())?;
        }
    }
    Ok(Ending::Done)
}

/// The champion.
pub async fn active_model(session: &Session, store: &Arc<dyn Store>) -> Result<RegisteredModel> {
    let version = registry::champion(store.as_ref()).await?;
    let artifacts = session.artifacts(store)?;
    let model = registry::open_model(artifacts.as_deref(), session.data_dir(), &version).await?;
    Ok(RegisteredModel::new(model, &version))
}

/// Who forecasts as of a time, and what it sees of a match: the champion, unless none is promoted or it learned from later
/// results. Then the strength filter stands in for it, whose name says so.
pub async fn answering_model(
    session: &Session,
    store: &Arc<dyn Store>,
    as_of: DateTime<Utc>,
) -> Result<(Arc<dyn Predictor + Send + Sync>, View)> {
    if let Err(RegistryError::NoChampion { .. }) = registry::champion(store.as_ref()).await {
        return Ok((Arc::new(StrengthFilter::OverGrid), View::default()));
    }
    let model = active_model(session, store).await?.model;
    if model.manifest.trained_until > as_of {
        writeln!(
            std::io::stderr(),
            "the champion learned from results up to {}, after {as_of}; the strength filter answers in its place",
            model.manifest.trained_until
        )?;
        return Ok((Arc::new(StrengthFilter::OverGrid), View::default()));
    }
    let view = model.view();
    Ok((model, view))
}

/// An upcoming match with its forecast, as it is printed.
#[derive(Debug, Serialize)]
pub struct Row {
    pub match_id: MatchId,
    pub kickoff: DateTime<Utc>,
    pub kickoff_precision: KickoffPrecision,
    pub league: String,
    pub home: String,
    pub away: String,
    pub home_win_prob: f64,
    pub draw_prob: f64,
    pub away_win_prob: f64,
    pub expected_home_goals: f64,
    pub expected_away_goals: f64,
    pub model_name: String,
    pub model_version: String,
}

impl From<Upcoming> for Row {
    fn from(u: Upcoming) -> Self {
        Self {
            match_id: u.of.id,
            kickoff: u.of.kickoff.at,
            kickoff_precision: u.of.kickoff.precision,
            league: u.league,
            home: u.home,
            away: u.away,
            home_win_prob: u.forecast.forecast.home(),
            draw_prob: u.forecast.forecast.draw(),
            away_win_prob: u.forecast.forecast.away(),
            expected_home_goals: u.forecast.expected_goals.0,
            expected_away_goals: u.forecast.expected_goals.1,
            model_name: u.model.name,
            model_version: u.model.version,
        }
    }
}

/// Forecasts all matches to come, and seals the forecasts when they use everything known now.
pub async fn upcoming(
    session: &Session,
    store: &dyn Store,
    forecasters: &Forecasters,
    as_of: Option<DateTime<Utc>>,
) -> Result<Vec<Row>> {
    let sealing = Sealing { as_of, until: None, threads: session.config.threads() };
    let report =
        forecast_to_come(store, forecasters, sealing, session.clock.as_ref(), session.progress.clone())
            .await?;
    Ok(report.upcoming.into_iter().map(Row::from).collect())
}

fn write_upcoming(session: &Session, forecasts: &[Row], simulated: bool, out: Option<&Path>) -> Result<()> {
    if let Some(path) = out {
        let mut text = String::from(
            "match_id,kickoff,league,home,away,home_win_prob,draw_prob,away_win_prob,expected_home_goals,expected_away_goals,model_name,model_version\n",
        );
        for f in forecasts {
            text.push_str(&csv_line(&[
                f.match_id.to_string(),
                f.kickoff.to_rfc3339(),
                f.league.clone(),
                f.home.clone(),
                f.away.clone(),
                format!("{:.12}", f.home_win_prob),
                format!("{:.12}", f.draw_prob),
                format!("{:.12}", f.away_win_prob),
                format!("{:.6}", f.expected_home_goals),
                format!("{:.6}", f.expected_away_goals),
                f.model_name.clone(),
                f.model_version.clone(),
            ])?);
        }
        replace_file(path, text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if session.json {
        return output::json(&forecasts);
    }
    if out.is_none() {
        print(forecasts, simulated);
    } else {
        output::line(format!("{} forecasts written", count(forecasts.len() as u64)));
    }
    Ok(())
}

/// Prints forecasts, and whose they are.
pub fn print(forecasts: &[Row], simulated: bool) {
    let rows: Vec<Vec<String>> = forecasts
        .iter()
        .map(|f| {
            let percent = |p: f64| format!("{:.1}%", 100.0 * p);
            vec![
                f.match_id.to_string(),
                match f.kickoff_precision {
                    KickoffPrecision::Minute => f.kickoff.format("%Y-%m-%d %H:%M").to_string(),
                    KickoffPrecision::Day => f.kickoff.format("%Y-%m-%d").to_string(),
                },
                f.league.clone(),
                format!("{} - {}", f.home, f.away),
                percent(f.home_win_prob),
                percent(f.draw_prob),
                percent(f.away_win_prob),
                format!("{:.2}-{:.2}", f.expected_home_goals, f.expected_away_goals),
            ]
        })
        .collect();
    output::table(&["match", "kick-off (UTC)", "league", "", "home", "draw", "away", "goals"], &rows);
    let mut by_model: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for f in forecasts {
        *by_model.entry((&f.model_name, &f.model_version)).or_default() += 1;
    }
    let simulated = if simulated { SIMULATED } else { "" };
    for ((name, version), forecasts) in by_model {
        output::line(format!("{} forecasts by {name} {version}{simulated}", count(forecasts)));
    }
}

const SIMULATED: &str = ", trained on SIMULATED matches";

/// Name and version, and whether it learned from simulated matches.
fn model_name(model: &ForecastModel) -> String {
    let m = &model.manifest;
    let simulated = if m.simulated { SIMULATED } else { "" };
    format!("{} {}{simulated}", m.name, m.version)
}

async fn fixtures(
    session: &Session,
    store: &dyn Store,
    model: &ForecastModel,
    path: &Path,
    arguments: &Predict,
    as_of: DateTime<Utc>,
) -> Result<Ending> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fixtures = read_fixtures(&Document { name: &name, bytes: &bytes })
        .with_context(|| format!("{}", path.display()))?;
    let facts = Facts::load(store).await?;
    let teams = store.teams().await?;
    let countries: BTreeSet<String> = teams.iter().map(|team| team.country.clone()).collect();
    let aliases = store.team_aliases(&Vec::from_iter(countries), None).await?;
    let names = KnownNames { teams: NameIndex::new(teams, aliases), leagues: store.league_aliases().await? };
    let options = FixtureOptions { as_of, strict: arguments.strict, threads: session.config.threads() };
    let report = forecast_fixtures(model, &facts, &names, fixtures, options, &session.progress)?;
    let text = submission(&report)?;
    match &arguments.out {
        Some(out) => {
            replace_file(out, text.as_bytes()).with_context(|| format!("cannot write {}", out.display()))?;
        }
        None if !session.json => output::line(text.trim_end()),
        None => {}
    }
    print_fixtures(session, &report, model, path, arguments)?;
    Ok(if report.rejections.is_empty() { Ending::Done } else { Ending::WithRejections })
}

/// The challenge's submission format.
fn submission(report: &FixtureReport) -> Result<String> {
    let mut text = String::from("ID,Sea,Lge,Date,HT,AT,prd_HS,prd_AS,prd_W,prd_D,prd_L\n");
    for FixtureForecast { row, forecast } in &report.forecasts {
        let f = &forecast.forecast;
        text.push_str(&csv_line(&[
            row.id.clone(),
            row.season.clone(),
            row.league.clone(),
            row.date_text.clone(),
            row.home.clone(),
            row.away.clone(),
            format!("{:.6}", forecast.expected_goals.0),
            format!("{:.6}", forecast.expected_goals.1),
            format!("{:.12}", f.home()),
            format!("{:.12}", f.draw()),
            format!("{:.12}", f.away()),
        ])?);
    }
    Ok(text)
}

#[derive(Serialize)]
struct Printed<'a> {
    model: String,
    simulated: bool,
    forecasts: usize,
    newcomers: &'a [touchline_forecasting::predict::Newcomer],
    rejections: Vec<Rejected<'a>>,
}

#[derive(Serialize)]
struct Rejected<'a> {
    line: u32,
    reason: &'a str,
}

fn print_fixtures(
    session: &Session,
    report: &FixtureReport,
    model: &ForecastModel,
    path: &Path,
    arguments: &Predict,
) -> Result<()> {
    if session.json {
        let rejections =
            report.rejections.iter().map(|(line, reason)| Rejected { line: *line, reason }).collect();
        return output::json(&Printed {
            model: model_name(model),
            simulated: model.manifest.simulated,
            forecasts: report.forecasts.len(),
            newcomers: &report.newcomers,
            rejections,
        });
    }
    if arguments.out.is_none() {
        return print_notes(report, path, &mut std::io::stderr());
    }
    output::line(format!(
        "{} forecasts by {} written",
        count(report.forecasts.len() as u64),
        model_name(model)
    ));
    print_notes(report, path, &mut std::io::stdout())
}

fn print_notes(report: &FixtureReport, path: &Path, out: &mut dyn Write) -> Result<()> {
    for newcomer in &report.newcomers {
        let resembles = if newcomer.resembles.is_empty() {
            String::new()
        } else {
            format!("; resembles {}", newcomer.resembles.join(", "))
        };
        writeln!(
            out,
            "{}, line {}: {:?} ({}) is new and starts as a newcomer of its league{resembles}",
            path.display(),
            newcomer.lines.first().copied().unwrap_or_default(),
            newcomer.name,
            newcomer.league,
        )?;
    }
    for (line, reason) in &report.rejections {
        writeln!(out, "{}, line {line}: not forecast: {reason}", path.display())?;
    }
    Ok(())
}

fn csv_line(fields: &[String]) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(fields)?;
    Ok(String::from_utf8(writer.into_inner()?)?)
}
