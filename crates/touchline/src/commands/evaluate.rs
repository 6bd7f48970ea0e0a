mod page;
mod tables;

use super::Ending;
use crate::cli::{Evaluate, Preset};
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use touchline_domain::ports::Store;
use touchline_features::{FeatureMatrix, History, View};
use touchline_learning::dataset::Facts;
use touchline_learning::evaluate::{
    EvaluationReport, Evidence, Fold, Forecaster, MarketComparison, Pool, Scoreboard, Trained,
    challenge_windows, compare_with_market, described_recipes, standard, walk_forward, without_each_family,
};
use touchline_learning::matrices::{self, Horizon};
use touchline_learning::model::Recipe;

pub use tables::print;

/// `touchline evaluate`.
pub async fn run(session: &Session, arguments: &Evaluate) -> Result<Ending> {
    let recipe =
        Recipe { market: arguments.odds.into(), lineups: arguments.lineups.into(), ..session.recipe() };
    let mut forecasters = forecasters(&recipe, &arguments.forecaster)?;
    if arguments.ablate {
        let definitions =
            touchline_features::definitions(&Horizon::Fresh.settings().with_view(recipe.view()));
        forecasters.extend(without_each_family(&recipe, &definitions));
    }
    let store = session.store().await?;
    let facts = Facts::load_seen(store.as_ref(), recipe.view()).await?;
    let history = facts.history(&[]);
    let plans = plans(&history, arguments)?;
    if plans.iter().any(|(_, folds)| folds.is_empty()) {
        bail!("there is no finished match in these windows; `touchline doctor` shows what the store holds");
    }
    let matrices = matrices(session, &history, recipe.view(), &plans)?;
    let matrix_of = |horizon: Horizon| matrices[horizon as usize].get().expect("plans name their horizons");
    let (view, threads) = (recipe.view(), session.config.threads());
    let evidence = Evidence { history: &history, matrix_of: &matrix_of, view, threads };
    let mut reports = Vec::new();
    for (name, folds) in plans {
        let board = Scoreboard::fill(&evidence, &folds, &forecasters, &session.progress)?;
        let mut report = EvaluationReport::of(&name, &board, &facts.leagues, facts.simulated())?;
        if arguments.market {
            report.market = market(store.as_ref(), &facts, &board).await?;
        }
        reports.push(report);
    }
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

/// The default model, its yardsticks, and the model by each further recipe.
fn forecasters(default: &Recipe, files: &[PathBuf]) -> Result<Vec<Box<dyn Forecaster>>> {
    let mut forecasters = standard(default);
    for file in files {
        let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let description = serde_json::from_slice(&text)
            .with_context(|| format!("{} is not the JSON of a recipe", file.display()))?;
        let mut recipes = described_recipes(default, &description)
            .map_err(|e| anyhow::anyhow!("{}: {e}", file.display()))?;
        if recipes.iter().any(|recipe| !default.view().covers(recipe.view())) {
            bail!(
                "{}: a forecaster sees the prices and line-ups of --odds and --lineups, or none",
                file.display()
            );
        }
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if forecasters.iter().any(|f| f.name() == name) {
            bail!("{}: there is another forecaster called {name}; rename the file", file.display());
        }
        forecasters.push(match recipes.len() {
            1 => Box::new(Trained::new(name, recipes.remove(0))),
            _ => Box::new(Pool::new(name, recipes)),
        });
    }
    Ok(forecasters)
}

/// The matrices that the folds ask for.
fn matrices(
    session: &Session,
    history: &History,
    view: View,
    plans: &[(String, Vec<Fold>)],
) -> Result<[OnceCell<FeatureMatrix>; 2]> {
    let matrices: [OnceCell<FeatureMatrix>; 2] = Default::default();
    for horizon in Horizon::ALL {
        if plans.iter().flat_map(|(_, folds)| folds).any(|fold| fold.cutoff.horizon() == horizon) {
            let (threads, progress) = (session.config.threads(), &session.progress);
            let matrix =
                matrices::load_or_build(session.data_dir(), history, horizon, view, threads, progress)?;
            // Each cell is set once.
            let _ = matrices[horizon as usize].set(matrix);
        }
    }
    Ok(matrices)
}

async fn market(store: &dyn Store, facts: &Facts, board: &Scoreboard) -> Result<Vec<MarketComparison>> {
    let ids = board.matches.iter().map(|m| m.id).collect();
    let comparisons = compare_with_market(board, &store.odds_of(&facts.seasons_of(&ids)).await?)?;
    if comparisons.is_empty() {
        bail!("--market: the store holds no prices of these matches; football-data.co.uk files bring some");
    }
    Ok(comparisons)
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
        [(&page, page::render(reports, made)), (&json, serde_json::to_string_pretty(reports)?)]
    {
        std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if !session.json {
        output::line(format!("report: {}, figures: {}", page.display(), json.display()));
    }
    Ok(())
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
    let state = if gap == 0 { "state up to kick-off".to_owned() } else { format!("{gap} days ahead") };
    Ok(vec![(format!("{from} to {to}, {state}"), folds)])
}
