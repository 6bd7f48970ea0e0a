use super::Ending;
use crate::cli::{Evaluate, Preset};
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Result, bail};
use serde::Serialize;
use std::cell::OnceCell;
use touchline_app::dataset::Facts;
use touchline_app::evaluate::{
    EvaluationReport, Fold, MarketComparison, Scored, challenge_windows, compare_with_market, evaluate,
    walk_forward,
};
use touchline_app::matrices::{self, Horizon};
use touchline_app::model::Recipe;
use touchline_domain::ports::Store;
use touchline_features::{FeatureMatrix, History};

#[derive(Serialize)]
struct Printed {
    #[serde(flatten)]
    report: EvaluationReport,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    market: Vec<MarketComparison>,
}

/// `touchline evaluate`.
pub async fn run(session: &Session, arguments: &Evaluate) -> Result<Ending> {
    let store = session.store().await?;
    let recipe = Recipe { market: arguments.odds.into(), ..session.recipe() };
    let facts = Facts::load_priced(store.as_ref(), recipe.market).await?;
    let history = facts.history(&[]);
    let matrices: [OnceCell<FeatureMatrix>; 2] = Default::default();
    for horizon in Horizon::ALL {
        let matrix = matrices::load_or_build(
            session.data_dir(),
            &history,
            horizon,
            recipe.market,
            session.config.threads(),
            &session.progress,
        )?;
        // Each cell is set once.
        let _ = matrices[horizon as usize].set(matrix);
    }
    let matrix_of = |horizon: Horizon| matrices[horizon as usize].get().expect("both were computed above");
    let mut reports = Vec::new();
    for (name, folds) in plans(&history, arguments)? {
        if folds.is_empty() {
            bail!(
                "there is no finished match in these windows; `touchline doctor` shows what the store holds"
            );
        }
        let (report, scored) = evaluate(&name, &history, &folds, &recipe, &matrix_of, &session.progress)?;
        let market =
            if arguments.market { market(store.as_ref(), &facts, &scored).await? } else { Vec::new() };
        reports.push(Printed { report, market });
    }
    if session.json {
        output::json(&reports)?;
    } else {
        for printed in &reports {
            print(&printed.report, facts.simulated());
            print_market(&printed.market);
        }
    }
    Ok(Ending::Done)
}

async fn market(store: &dyn Store, facts: &Facts, scored: &[Scored]) -> Result<Vec<MarketComparison>> {
    let ids = scored.iter().map(|s| s.id).collect();
    let comparisons = compare_with_market(scored, &store.odds_of(&facts.seasons_of(&ids)).await?)?;
    if comparisons.is_empty() {
        bail!("--market: the store holds no prices of these matches; football-data.co.uk files bring some");
    }
    Ok(comparisons)
}

/// Prints how the default model compares with each book.
fn print_market(comparisons: &[MarketComparison]) {
    if comparisons.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> = comparisons
        .iter()
        .map(|c| {
            let d = &c.model_minus_market;
            vec![
                c.book.to_owned(),
                count(c.matches as u64),
                format!("{:.5}", c.market.rps.value),
                format!("{:.5}", c.model.rps.value),
                format!("{:+.5} +- {:.5}", d.difference, d.standard_error),
                format!("{:+.2}%", c.percent_above),
                format!("{:.3}", c.market.accuracy.value),
                format!("{:.3}", c.model.accuracy.value),
            ]
        })
        .collect();
    output::table(
        &[
            "market (Shin)",
            "matches",
            "its RPS",
            "model RPS",
            "model minus market",
            "above",
            "its acc.",
            "model acc.",
        ],
        &rows,
    );
    for c in comparisons.iter().filter(|c| c.leakage_alarm) {
        output::line(format!(
            "LEAKAGE ALARM: accuracy {} beats {} by more than two standard errors; look for facts that were not known before kick-off",
            c.model.accuracy, c.book
        ));
    }
}

fn plans(history: &History, arguments: &Evaluate) -> Result<Vec<(String, Vec<Fold>)>> {
    if let Some(preset) = arguments.preset {
        let wide = preset == Preset::ChallengeWide;
        return Ok([true, false]
            .map(|gap| {
                let days = if wide { "April and May" } else { "14-26 April" };
                let state = if gap { "state frozen at 8 February" } else { "state up to kick-off" };
                (format!("{days} of 2017-19, 2021-22; {state}"), challenge_windows(history, gap, wide))
            })
            .into());
    }
    let (Some(from), Some(to)) = (arguments.from, arguments.to) else {
        bail!("pass --from and --to, or --preset");
    };
    if from > to {
        bail!("--from {from} lies after --to {to}");
    }
    let gap = i64::from(arguments.gap_days);
    let folds = walk_forward(history, from, to, i64::from(arguments.refit_days), gap);
    Ok(vec![(format!("{from} to {to}, {gap} days ahead"), folds)])
}

/// Prints the scores of every forecaster.
pub fn print(report: &EvaluationReport, simulated: bool) {
    let simulated = if simulated { " - SIMULATED matches" } else { "" };
    output::line(format!("{} ({} matches){simulated}", report.name, count(report.matches as u64)));
    let rows: Vec<Vec<String>> = report
        .forecasters
        .iter()
        .enumerate()
        .map(|(i, f)| {
            let s = &f.scores;
            let d = &f.default_minus_this;
            let pm = |v: f64, se: f64, digits: usize| format!("{v:.digits$} +- {se:.digits$}");
            vec![
                f.name.to_owned(),
                pm(s.rps.value, s.rps.standard_error, 5),
                pm(s.log_loss.value, s.log_loss.standard_error, 4),
                pm(s.brier.value, s.brier.standard_error, 4),
                pm(s.accuracy.value, s.accuracy.standard_error, 3),
                format!("{:.4}", f.calibration_error),
                if i == 0 { String::new() } else { pm(d.difference, d.standard_error, 5) },
            ]
        })
        .collect();
    let first = report.forecasters.first().map_or("", |f| f.name);
    output::table(
        &[
            "forecaster",
            "RPS",
            "log loss",
            "Brier",
            "accuracy",
            "calibration",
            &format!("RPS of {first} minus this"),
        ],
        &rows,
    );
    for fold in &report.folds {
        let rps: Vec<String> = fold.rps.iter().map(|s| format!("{:.5}", s.value)).collect();
        let matches = fold.rps.first().map_or(0, |s| s.matches);
        output::line(format!(
            "  {}: {} matches, trained on {}, RPS {}",
            fold.fold,
            count(matches as u64),
            count(fold.training_matches as u64),
            rps.join(" / ")
        ));
    }
}
