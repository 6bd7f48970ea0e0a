mod runs;

use super::Ending;
use crate::cli::LineageCommand;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result};
use touchline_domain::DocumentId;
use touchline_domain::ports::MatchOrigin;
use touchline_forecasting::lineage::{DocumentImpact, ForecastLineage, of_document, of_forecast};

/// `touchline lineage`.
pub async fn run(session: &Session, command: &LineageCommand) -> Result<Ending> {
    if matches!(command, LineageCommand::Send) {
        return runs::send(session).await;
    }
    let store = session.store(Role::Reader).await?;
    let store = store.as_ref();
    match command {
        LineageCommand::Runs { job: Some(job), limit } => runs::of_job(session, store, job, *limit).await?,
        LineageCommand::Runs { job: None, .. } => runs::latest(session, store).await?,
        LineageCommand::Events { run, limit } => runs::events(store, run.as_deref(), *limit).await?,
        LineageCommand::Graph { node, depth } => runs::graph(session, store, node, *depth).await?,
        LineageCommand::Send => unreachable!("done above"),
        LineageCommand::Forecast { id, results } => {
            let found = of_forecast(store, *id, Some(session.data_dir()), *results).await?;
            let found = found.with_context(|| format!("there is no sealed forecast {id}"))?;
            if session.json {
                output::json(&found)?;
            } else {
                print_forecast(&found);
            }
        }
        LineageCommand::Document { id, limit } => {
            let found = of_document(store, DocumentId(*id), *limit).await?;
            let found = found.with_context(|| format!("there is no document {id}"))?;
            if session.json {
                output::json(&found)?;
            } else {
                print_document(&found);
            }
        }
    }
    Ok(Ending::Done)
}

fn print_forecast(found: &ForecastLineage) {
    let [home, draw, away] = found.probabilities;
    output::line(format!(
        "forecast {} of match {}: {home:.3} / {draw:.3} / {away:.3}, from facts up to {}, sealed at {}",
        found.forecast_id, found.match_id, found.as_of, found.sealed_at
    ));
    if let Some((sequence, hash)) = &found.ledger {
        output::line(format!("entry {sequence} of the ledger, hash {hash}"));
    }
    let bundle = &found.bundle;
    output::line(format!("model {} {}, manifest {}", bundle.name, bundle.version, bundle.manifest_hash));
    match &bundle.unread {
        Some(why) => output::line(format!("  {why}")),
        None => output::line(format!(
            "  learned from facts {} up to {}",
            bundle.data_hash.as_deref().unwrap_or_default(),
            bundle.trained_until.map_or_else(String::new, |until| until.to_string())
        )),
    }
    output::line(format!(
        "{} features of facts {}",
        count(found.features.len() as u64),
        found.facts_hash.as_deref().unwrap_or("that are not known")
    ));
    output::line("the match itself:");
    print_origins(&found.origins);
    for club in &found.clubs {
        output::line(format!("{}:", club.name));
        for result in &club.last_results {
            let day = result.kickoff.date_naive();
            output::line(format!("  {day} {} {} {}", result.home, result.score, result.away));
            print_origins(&result.origins);
        }
    }
}

fn print_origins(origins: &[MatchOrigin]) {
    if origins.is_empty() {
        output::line("    from documents of before origins were kept: touchline reprocess finds them");
    }
    for origin in origins {
        output::line(format!(
            "    {} {} line {} (document {}, {}, hash {:.12})",
            origin.source,
            origin.name,
            origin.line,
            origin.document,
            origin.collected_at.date_naive(),
            origin.hash
        ));
    }
}

fn print_document(found: &DocumentImpact) {
    output::line(format!(
        "document {}: {} {}, hash {}, came at {}",
        found.document, found.source, found.name, found.hash, found.collected_at
    ));
    output::line(format!("{} matches", count(found.matches.len() as u64)));
    let rows: Vec<Vec<String>> =
        found.matches.iter().map(|(id, line)| vec![id.to_string(), line.to_string()]).collect();
    if !rows.is_empty() {
        output::table(&["match", "line"], &rows);
    }
    for model in &found.models {
        output::line(format!("model {} {} was trained since it came", model.name, model.version));
    }
    output::line(format!("{} sealed forecasts may be touched", count(found.forecasts.len() as u64)));
    let rows: Vec<Vec<String>> = found
        .forecasts
        .iter()
        .map(|f| {
            vec![f.id.to_string(), f.match_id.to_string(), f.model_version.clone(), f.sealed_at.to_string()]
        })
        .collect();
    if !rows.is_empty() {
        output::table(&["forecast", "match", "version", "sealed at"], &rows);
    }
    if found.is_cut {
        output::line("there are more: give a higher --limit");
    }
}
