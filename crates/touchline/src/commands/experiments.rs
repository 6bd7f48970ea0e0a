use super::Ending;
use crate::cli::{ExperimentCommand, StartExperiment};
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Result, bail};
use std::sync::Arc;
use touchline_domain::ports::{Experiment, ExperimentMode, Store};
use touchline_forecasting::experiment::{
    self, ArmScores, ExperimentReport, NewExperiment, ScoreDifference, report,
};

/// Most experiments that are listed.
const LISTED: u32 = 50;

/// `touchline models experiment`.
pub async fn run(session: &Session, store: &Arc<dyn Store>, command: &ExperimentCommand) -> Result<Ending> {
    match command {
        ExperimentCommand::Start(arguments) => start(session, store, arguments).await?,
        ExperimentCommand::Stop { id } => {
            let ended = experiment::stop(store.as_ref(), id.as_deref()).await?;
            told(session, &ended, &format!("{} has ended; the champions answer every match", ended.id))?;
        }
        ExperimentCommand::Show { id } => show(session, store, id.as_deref()).await?,
        ExperimentCommand::List => list(session, &store.experiments(LISTED).await?)?,
    }
    Ok(Ending::Done)
}

fn told(session: &Session, experiment: &Experiment, words: &str) -> Result<()> {
    if session.json {
        return output::json(experiment);
    }
    output::line(words);
    Ok(())
}

async fn start(session: &Session, store: &Arc<dyn Store>, arguments: &StartExperiment) -> Result<()> {
    let new = NewExperiment {
        id: arguments.id.clone(),
        treatment: arguments.challenger.clone(),
        mode: if arguments.share.is_some() { ExperimentMode::Split } else { ExperimentMode::Shadow },
        share: arguments.share.unwrap_or_default(),
    };
    let artifacts = session.artifacts(store)?;
    let begun = experiment::start(
        store.as_ref(),
        artifacts.as_deref(),
        session.data_dir(),
        new,
        session.clock.as_ref(),
    )
    .await?;
    told(session, &begun, &format!("{} runs: {}", begun.id, described(&begun)))
}

/// "version 2 of touchline against champion 1, on 20% of the matches".
fn described(experiment: &Experiment) -> String {
    let how = match experiment.mode {
        ExperimentMode::Shadow => "in the shadow".to_owned(),
        ExperimentMode::Split => format!("on {:.1}% of the matches", 100.0 * experiment.share),
    };
    let Experiment { model, treatment, control, .. } = experiment;
    format!("version {treatment} of {model} against champion {control}, {how}")
}

async fn show(session: &Session, store: &Arc<dyn Store>, id: Option<&str>) -> Result<()> {
    let found = match id {
        Some(id) => store.experiment(id).await?,
        // The one that runs is the latest; else what the latest one came to.
        None => match experiment::running(store.as_ref()).await? {
            Some(running) => Some(running),
            None => store.experiments(1).await?.pop(),
        },
    };
    let Some(found) = found else {
        bail!("there is no such experiment; `touchline models experiment list` shows all");
    };
    let report = report(store.as_ref(), found).await?;
    if session.json {
        return output::json(&report);
    }
    print(&report);
    Ok(())
}

fn print(report: &ExperimentReport) {
    let ExperimentReport { experiment, control, treatment, rps, log_loss, .. } = report;
    output::line(format!("{}: {}", experiment.id, described(experiment)));
    output::line(match experiment.ended_at {
        Some(ended) => format!("from {} to {}", experiment.started_at, ended),
        None => format!("since {}", experiment.started_at),
    });
    output::line(format!(
        "{} matches are over and {} are not, of those that both forecast",
        count(report.matches as u64),
        count(report.waiting as u64)
    ));
    if let (Some(control), Some(treatment)) = (control, treatment) {
        let row = |name: &str, version: &str, arm: &ArmScores| {
            let score = |mean: f64, error: f64| format!("{mean:.5} +- {error:.5}");
            vec![
                name.to_owned(),
                version.to_owned(),
                count(arm.answered as u64),
                score(arm.rps.value, arm.rps.standard_error),
                score(arm.log_loss.value, arm.log_loss.standard_error),
            ]
        };
        let rows = [
            row("control", &experiment.control, control),
            row("treatment", &experiment.treatment, treatment),
        ];
        output::table(&["arm", "version", "answered", "RPS", "log loss"], &rows);
    }
    for (name, difference) in [("RPS", rps), ("log loss", log_loss)] {
        if let Some(ScoreDifference { paired, interval: Some(interval) }) = difference {
            output::line(format!(
                "treatment minus control, {name}: {:+.5}, between {:+.5} and {:+.5} however often one looks; negative: the treatment is better",
                paired.difference, interval.low, interval.high
            ));
        }
    }
    output::line(&report.words);
}

fn list(session: &Session, experiments: &[Experiment]) -> Result<()> {
    if session.json {
        return output::json(&experiments);
    }
    if experiments.is_empty() {
        output::line("there was no experiment; begin one with `touchline models experiment start`");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = experiments
        .iter()
        .map(|experiment| {
            vec![
                experiment.id.clone(),
                experiment.control.clone(),
                experiment.treatment.clone(),
                experiment.mode.name().to_owned(),
                format!("{:.1}%", 100.0 * experiment.share),
                experiment.started_at.format("%Y-%m-%d %H:%M").to_string(),
                experiment.ended_at.map_or("runs".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string()),
            ]
        })
        .collect();
    output::table(&["name", "control", "treatment", "mode", "share", "began (UTC)", "ended (UTC)"], &rows);
    Ok(())
}
