mod tables;

use super::Ending;
use crate::cli::{Evaluate, Preset};
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use std::path::Path;
use touchline_learning::evaluate::{EvaluationPeriod, EvaluationReport, EvaluationRequest, evaluate};
use touchline_learning::model::Recipe;
use touchline_learning::whole_file::replace_file;

pub use tables::print;

/// `touchline evaluate`.
pub async fn run(session: &Session, arguments: &Evaluate) -> Result<Ending> {
    let recipe =
        Recipe { market: arguments.odds.into(), lineups: arguments.lineups.into(), ..session.recipe() };
    let request = EvaluationRequest {
        data_dir: session.data_dir().to_owned(),
        recipe,
        recipe_files: arguments.forecaster.clone(),
        goal_models: arguments.goal_model.clone(),
        without_families: arguments.ablate,
        period: period(arguments)?,
        market: arguments.market,
        threads: session.config.threads(),
    };
    let store = session.store().await?;
    let reports = evaluate(store.as_ref(), request, session.progress.clone()).await?;
    if let Some(path) = &arguments.report {
        write(session, path, &reports)?;
    }
    if session.json {
        output::json(&reports)?;
    } else {
        for report in &reports {
            print(report, &arguments.by);
        }
    }
    Ok(Ending::Done)
}

fn period(arguments: &Evaluate) -> Result<EvaluationPeriod> {
    let &Evaluate { preset, from, to, refit_days, gap_days, .. } = arguments;
    Ok(match (preset, from, to) {
        (Some(preset), ..) => EvaluationPeriod::Challenge { wide: preset == Preset::ChallengeWide },
        (None, Some(from), Some(to)) => EvaluationPeriod::Between { from, to, refit_days, gap_days },
        _ => bail!("pass --from and --to, or --preset"),
    })
}

/// Writes the page and the JSON beside it.
fn write(session: &Session, path: &Path, reports: &[EvaluationReport]) -> Result<()> {
    let page = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("html")) {
        path.to_owned()
    } else {
        path.join("evaluation.html")
    };
    if let Some(folder) = page.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let json = page.with_extension("json");
    let made = session.clock.now().date_naive();
    for (file, text) in
        [(&page, touchline_report::render(reports, made)), (&json, serde_json::to_string_pretty(reports)?)]
    {
        replace_file(file, text.as_bytes()).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if !session.json {
        output::line(format!("report: {}, figures: {}", page.display(), json.display()));
    }
    Ok(())
}
