use super::Ending;
use crate::cli::Predict;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveTime, Utc};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;
use touchline_collect::Document;
use touchline_collect::names::NameIndex;
use touchline_collect::sources::challenge::read_fixtures;
use touchline_domain::ports::{MatchFilter, SealedForecast, Store};
use touchline_domain::{Match, MatchId, MatchStatus, TeamId};
use touchline_forecasting::predict::{
    FixtureForecast, FixtureOptions, FixtureReport, KnownNames, forecast_fixtures, forecast_positions,
};
use touchline_learning::dataset::Facts;
use touchline_learning::model::{self, ForecastModel, MatchForecast};

/// Most matches of one page of the store.
const PAGE: u32 = 1000;

/// `touchline predict`.
pub async fn run(session: &Session, arguments: &Predict) -> Result<Ending> {
    let store = session.store().await?;
    let model = active_model(session, store.as_ref()).await?;
    let now = session.clock.now();
    let as_of = arguments.as_of.map_or(now, |date| date.and_time(NaiveTime::MIN).and_utc().min(now));
    if let Some(path) = &arguments.fixtures {
        return fixtures(session, store.as_ref(), &model, path, arguments, as_of).await;
    }
    let forecasts = upcoming(session, store.as_ref(), &model, as_of).await?;
    write_upcoming(session, &forecasts, &model, arguments.out.as_deref())?;
    Ok(Ending::Done)
}

/// The model that answers.
pub async fn active_model(session: &Session, store: &dyn Store) -> Result<ForecastModel> {
    let Some(version) = store.active().await? else {
        bail!("no model is trained yet; run `touchline train` first");
    };
    Ok(model::load_registered(session.data_dir(), &version)?)
}

/// An upcoming match with its forecast.
#[derive(Debug, Serialize)]
pub struct Upcoming {
    pub match_id: MatchId,
    pub kickoff: DateTime<Utc>,
    pub league: String,
    pub home: String,
    pub away: String,
    pub home_win_prob: f64,
    pub draw_prob: f64,
    pub away_win_prob: f64,
    pub expected_home_goals: f64,
    pub expected_away_goals: f64,
}

/// Forecasts all scheduled matches that kick off after now, and seals them when they use everything known now.
pub async fn upcoming(
    session: &Session,
    store: &dyn Store,
    model: &ForecastModel,
    as_of: DateTime<Utc>,
) -> Result<Vec<Upcoming>> {
    let now = session.clock.now();
    let matches = scheduled(store, now).await?;
    let wanted: HashMap<MatchId, &Match> = matches.iter().map(|m| (m.id, m)).collect();
    let facts = Facts::load_to_forecast(store, model.view(), &wanted.keys().copied().collect()).await?;
    let history = facts.history(&[]);
    let positions: Vec<u32> =
        (0..history.len() as u32).filter(|p| wanted.contains_key(&history.ids()[*p as usize])).collect();
    let forecasts = forecast_positions(model, &history, &positions, as_of, session.config.threads())?;
    if as_of == now {
        let sealed: Vec<SealedForecast> =
            forecasts.iter().map(|(p, f)| seal(history.ids()[*p as usize], f, model, as_of)).collect();
        store.seal(&sealed).await?;
    }
    let names: HashMap<TeamId, String> = store.teams().await?.into_iter().map(|t| (t.id, t.name)).collect();
    let codes: HashMap<_, &str> = facts.leagues.iter().map(|l| (l.id, l.code.as_str())).collect();
    let name = |id: TeamId| names.get(&id).cloned().unwrap_or_default();
    Ok(forecasts
        .iter()
        .map(|(position, f)| {
            let m = wanted[&history.ids()[*position as usize]];
            Upcoming {
                match_id: m.id,
                kickoff: m.kickoff.at,
                league: codes.get(&m.league).copied().unwrap_or_default().to_owned(),
                home: name(m.home),
                away: name(m.away),
                home_win_prob: f.forecast.home(),
                draw_prob: f.forecast.draw(),
                away_win_prob: f.forecast.away(),
                expected_home_goals: f.expected_goals.0,
                expected_away_goals: f.expected_goals.1,
            }
        })
        .collect())
}

async fn scheduled(store: &dyn Store, now: DateTime<Utc>) -> Result<Vec<Match>> {
    let filter =
        MatchFilter { status: Some(MatchStatus::Scheduled), from: Some(now), ..MatchFilter::default() };
    let (mut matches, mut after) = (Vec::new(), None);
    loop {
        let page = store.page(&filter, after, PAGE).await?;
        matches.extend(page.matches);
        after = page.next;
        if after.is_none() {
            return Ok(matches);
        }
    }
}

fn seal(id: MatchId, f: &MatchForecast, model: &ForecastModel, now: DateTime<Utc>) -> SealedForecast {
    SealedForecast {
        match_id: id,
        model_name: model.manifest.name.clone(),
        model_version: model.manifest.version.clone(),
        forecast: f.forecast,
        expected_goals: f.expected_goals,
        as_of: now,
        sealed_at: now,
    }
}

fn write_upcoming(
    session: &Session,
    forecasts: &[Upcoming],
    model: &ForecastModel,
    out: Option<&Path>,
) -> Result<()> {
    if let Some(path) = out {
        let mut text = String::from(
            "match_id,kickoff,league,home,away,home_win_prob,draw_prob,away_win_prob,expected_home_goals,expected_away_goals\n",
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
            ])?);
        }
        write_whole(path, text.as_bytes())?;
    }
    if session.json {
        return output::json(&forecasts);
    }
    if out.is_none() {
        print(forecasts, model);
    } else {
        output::line(format!("{} forecasts written", count(forecasts.len() as u64)));
    }
    Ok(())
}

/// Prints forecasts, and whose they are.
pub fn print(forecasts: &[Upcoming], model: &ForecastModel) {
    let rows: Vec<Vec<String>> = forecasts
        .iter()
        .map(|f| {
            let percent = |p: f64| format!("{:.1}%", 100.0 * p);
            vec![
                f.match_id.to_string(),
                f.kickoff.format("%Y-%m-%d %H:%M").to_string(),
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
    output::line(format!("{} forecasts by {}", count(forecasts.len() as u64), model_name(model)));
}

/// Name and version, and whether it learned from simulated matches.
fn model_name(model: &ForecastModel) -> String {
    let m = &model.manifest;
    let simulated = if m.simulated { ", trained on SIMULATED matches" } else { "" };
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
        Some(out) => write_whole(out, text.as_bytes())?,
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
    new_clubs: &'a [touchline_forecasting::predict::NewClub],
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
            new_clubs: &report.new_clubs,
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
    for club in &report.new_clubs {
        let resembles = if club.resembles.is_empty() {
            String::new()
        } else {
            format!("; resembles {}", club.resembles.join(", "))
        };
        writeln!(
            out,
            "{}, line {}: {:?} ({}) is new and starts as a newcomer of its league{resembles}",
            path.display(),
            club.lines.first().copied().unwrap_or_default(),
            club.name,
            club.league,
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

/// Replaces a file as a whole.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = path.with_extension("partial");
    std::fs::write(&temporary, bytes).with_context(|| format!("cannot write {}", temporary.display()))?;
    std::fs::rename(&temporary, path).with_context(|| format!("cannot write {}", path.display()))
}
