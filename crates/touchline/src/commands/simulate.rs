use super::Ending;
use super::predict::answering_model;
use crate::cli::Simulate;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use chrono::NaiveTime;
use touchline_domain::Outcome;
use touchline_forecasting::simulate::{MatchImpact, SimulationReport, SimulationRequest, keep, simulate};

/// `touchline simulate`.
pub async fn run(session: &Session, arguments: &Simulate) -> Result<Ending> {
    // What was supposed is no chance of the season.
    let keeps = !arguments.dry_run && arguments.suppose.is_empty();
    let store = session.store(if keeps { Role::Writer } else { Role::Reader }).await?;
    let now = session.clock.now();
    let as_of = arguments.as_of.map(|date| date.and_time(NaiveTime::MIN).and_utc());
    let as_of = as_of.map_or(now, |at| at.min(now));
    let (model, view) = answering_model(session, &store, as_of).await?;
    let request = SimulationRequest {
        league: arguments.league.clone(),
        season: arguments.season,
        as_of,
        runs: arguments.runs,
        draws: arguments.draws,
        seed: session.config.compute.seed,
        threads: session.config.threads(),
        suppose: arguments.suppose.iter().map(|s| (s.id, s.outcome)).collect(),
        impact: arguments.impact.into(),
        places: arguments.place.clone(),
        complete: arguments.complete,
    };
    let report = simulate(store.as_ref(), model, view, request, session.progress.clone()).await?;
    if keeps {
        keep(store.as_ref(), &report, now).await?;
    }
    if session.json {
        output::json(&report)?;
    } else {
        print(&report);
    }
    Ok(Ending::Done)
}

fn percent(p: f64) -> String {
    // What happened in no simulated season may still happen.
    if p > 0.0 && p < 0.0005 { "<0.1%".to_owned() } else { format!("{:.1}%", 100.0 * p) }
}

fn print(report: &SimulationReport) {
    let names: Vec<String> = report.places.iter().map(|p| p.name.replace('_', " ")).collect();
    let won: Vec<String> =
        report.play_offs.iter().map(|p| format!("wins {}", p.name.replace('_', " "))).collect();
    let mut heading = vec!["team", "played", "points", "expected", "+-"];
    heading.extend(names.iter().chain(&won).map(String::as_str));
    let rows: Vec<Vec<String>> = report
        .teams
        .iter()
        .map(|t| {
            let mut row = vec![
                t.team.clone(),
                t.played.to_string(),
                t.points.to_string(),
                format!("{:.1}", t.expected_points),
                format!("{:.1}", t.points_deviation),
            ];
            row.extend(t.places.iter().chain(&t.play_offs).map(|p| percent(*p)));
            row
        })
        .collect();
    output::table(&heading, &rows);
    output::line("");
    for (place, name) in report.places.iter().zip(&names) {
        let Some((from, to)) = place.positions(report.teams.len()) else { continue };
        // The edge that decides: the worst place of the upper half, or the last safe place above the lower.
        let edge = if from == 1 { to } else { from - 1 };
        if let Some(needed) = report.points_needed.iter().find(|n| n.position == edge) {
            output::line(format!(
                "{name}: place {edge} is reached with {} points in half of the seasons, {} to {} in eight of ten",
                needed.median, needed.low, needed.high
            ));
        }
    }
    print_impacts(report, &names);
    print_notes(report);
}

fn print_impacts(report: &SimulationReport, names: &[String]) {
    if report.impacts.is_empty() {
        return;
    }
    output::line("");
    // Outcomes are compared under the same draws. Below four standard errors of independent seasons their luck shows more than
    // the match.
    let noise = 2.0 / (report.runs as f64).sqrt();
    let mut rows = Vec::new();
    for of in &report.impacts {
        rows.extend(
            sides(of).map(|(team, [home_win, draw, away_win])| (team, home_win, draw, away_win)).flat_map(
                |(team, home_win, draw, away_win)| {
                    let changes = names.iter().enumerate().filter_map(move |(place, name)| {
                        let chances = [home_win[place], draw[place], away_win[place]];
                        let (least, most) =
                            chances.iter().fold((1.0_f64, 0.0_f64), |(l, m), p| (l.min(*p), m.max(*p)));
                        (most - least > noise).then(|| {
                            let mut row = vec![
                                format!("{} {} - {}", of.match_id, of.home, of.away),
                                team.to_owned(),
                                name.clone(),
                            ];
                            row.extend(chances.map(percent));
                            row
                        })
                    });
                    changes.collect::<Vec<_>>()
                },
            ),
        );
    }
    output::table(&["match", "team", "place", "home win", "draw", "away win"], &rows);
}

/// Both sides of a match with their chances for each outcome.
fn sides(of: &MatchImpact) -> impl Iterator<Item = (&str, [&[f64]; 3])> {
    let of_outcome = |outcome: Outcome| of.outcomes.iter().find(|o| o.outcome == outcome);
    let chances = move |home: bool| {
        Outcome::ALL.map(|outcome| {
            of_outcome(outcome).map_or(&[][..], |o| if home { o.home.as_slice() } else { o.away.as_slice() })
        })
    };
    [(of.home.as_str(), chances(true)), (of.away.as_str(), chances(false))].into_iter()
}

fn print_notes(report: &SimulationReport) {
    output::line("");
    let strengths = match report.draws {
        0 => "strengths taken for certain".to_owned(),
        draws => format!("{} draws of the strengths", count(draws.into())),
    };
    output::line(format!(
        "{} {} as of {}: {} seasons, {strengths}, standard error at most {:.2}%; {} matches played, {} to come; by {} {}",
        report.league_name,
        report.season,
        report.as_of.format("%Y-%m-%d %H:%M UTC"),
        count(report.runs),
        100.0 * report.standard_error,
        count(report.played.into()),
        count((report.to_come + report.assumed).into()),
        report.model_name,
        report.model_version,
    ));
    if report.assumed > 0 {
        output::line(format!(
            "{} pairings that no source has told of were added: each pair meets at both grounds",
            count(report.assumed.into())
        ));
    }
    if report.cancelled > 0 {
        output::line(format!("{} cancelled matches count as not played", count(report.cancelled.into())));
    }
    if !report.rules_known {
        output::line(
            "tie-breaks and places of this competition are not known: level teams are ordered by goal difference; \
             --place names places",
        );
    }
}
