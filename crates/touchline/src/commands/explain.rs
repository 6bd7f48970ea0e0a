//! `touchline predict --explain`: what the forecast of a match is made of.

use super::Ending;
use crate::config::Role;
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use serde::Serialize;
use touchline_domain::MatchId;
use touchline_domain::ports::Store;
use touchline_forecasting::explain::{Explained, Points};
use touchline_forecasting::serving::{ForecastService, ServingSettings, Similar};

/// Features that are printed.
const MOST: usize = 15;
/// Past matches that are printed.
const ALIKE: usize = 5;

#[derive(Serialize)]
struct Row {
    what: String,
    /// Percentage points.
    home_win: f64,
    draw: f64,
    away_win: f64,
}

#[derive(Serialize)]
struct Shown {
    match_id: i64,
    model: String,
    start: [f64; 3],
    forecast: [f64; 3],
    calibration: Row,
    groups: Vec<Row>,
    factors: Vec<Row>,
    others: Row,
    similar: Vec<Alike>,
    /// Of the nearest matches: home wins, draws, away wins.
    similar_outcomes: [usize; 3],
}

/// A match of the past that looked alike before its kick-off.
#[derive(Serialize)]
struct Alike {
    match_id: i64,
    kickoff: DateTime<Utc>,
    home: String,
    away: String,
    score: String,
    distance: f64,
}

/// The nearest matches with the names of their sides.
async fn alike(store: &dyn Store, similar: &Similar) -> Result<Vec<Alike>> {
    let mut all = Vec::with_capacity(similar.matches.len());
    for near in &similar.matches {
        let Some(m) = store.get_match(near.id).await? else { continue };
        let teams = store.teams_by_id(&[m.home, m.away]).await?;
        let name =
            |id| teams.iter().find(|team| team.id == id).map_or_else(String::new, |team| team.name.clone());
        all.push(Alike {
            match_id: m.id.0,
            kickoff: m.kickoff.at,
            home: name(m.home),
            away: name(m.away),
            score: format!("{}-{}", near.score.home, near.score.away),
            distance: near.distance,
        });
    }
    Ok(all)
}

fn row(what: impl Into<String>, [home_win, draw, away_win]: Points) -> Row {
    Row { what: what.into(), home_win, draw, away_win }
}

/// Explains the forecast of a match to come.
pub async fn run(session: &Session, id: MatchId) -> Result<Ending> {
    let store = session.store(Role::Reader).await?;
    let settings = ServingSettings {
        threads: session.config.threads(),
        best: session.config.models.mode,
        ..ServingSettings::default()
    };
    let artifacts = session.artifacts(&store)?;
    let data_dir = session.data_dir().to_owned();
    let service = ForecastService::new(data_dir, store.clone(), artifacts, session.clock.clone(), settings);
    let snapshot = service.refresh().await?;
    let Some(answer) = snapshot.answer(id) else {
        bail!("match {id} is not to come; `touchline predict` lists the matches to come with their numbers");
    };
    let Some((explanation, features)) = snapshot.explain(id)? else {
        bail!(
            "no trained model answers ({}), so there is nothing to explain; `touchline train --activate` trains one",
            snapshot.label()
        );
    };
    let explained = Explained::of(&explanation, features, MOST);
    let (others, points) = explained.others;
    let similar = ForecastService::similar(&snapshot, id, ALIKE).await?;
    let similar = similar.context("the past matches that were like it cannot be found; the log says why")?;
    let shown = Shown {
        match_id: id.0,
        model: answer.model.to_string(),
        start: explained.start.as_array(),
        forecast: explained.forecast.as_array(),
        calibration: row("calibration, the same for every match like it", explained.calibration),
        groups: explained.groups.into_iter().map(|group| row(group.title, group.points)).collect(),
        factors: explained.reasons.into_iter().map(|reason| row(reason.text, reason.points)).collect(),
        others: row(format!("{others} other features"), points),
        similar: alike(store.as_ref(), &similar).await?,
        similar_outcomes: similar.outcomes,
    };
    if session.json {
        output::json(&shown)?;
    } else {
        print(&shown);
    }
    Ok(Ending::Done)
}

fn print(shown: &Shown) {
    let percent = |what: &str, chances: [f64; 3]| {
        let [home, draw, away] = chances.map(|chance| 100.0 * chance);
        output::line(format!("{what:9} home win {home:.1}%, draw {draw:.1}%, away win {away:.1}%"));
    };
    percent("start", shown.start);
    percent("forecast", shown.forecast);
    output::line(format!("model     {}\n", shown.model));
    let cells = |row: &Row| {
        let [home, draw, away] = [row.home_win, row.draw, row.away_win].map(|points| format!("{points:+.1}"));
        vec![row.what.clone(), home, draw, away]
    };
    let heading = ["percentage points", "home", "draw", "away"];
    let groups: Vec<_> = std::iter::once(&shown.calibration).chain(&shown.groups).map(cells).collect();
    output::table(&heading, &groups);
    output::line("");
    let factors: Vec<_> = shown.factors.iter().chain(std::iter::once(&shown.others)).map(cells).collect();
    output::table(&["feature", "home", "draw", "away"], &factors);
    output::line("");
    let similar = shown.similar.iter().map(|near| {
        let date = near.kickoff.format("%Y-%m-%d").to_string();
        vec![
            date,
            format!("{} - {}", near.home, near.away),
            near.score.clone(),
            format!("{:.3}", near.distance),
        ]
    });
    output::table(&["looked alike before", "", "score", "distance"], &similar.collect::<Vec<_>>());
    let [home, draw, away] = shown.similar_outcomes;
    output::line(format!(
        "of the {} nearest: {home} home wins, {draw} draws, {away} away wins",
        home + draw + away
    ));
}
