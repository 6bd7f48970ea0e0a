use super::{Ending, evaluate, ingest, predict, serve, train};
use crate::cli::Demo;
use crate::config::Database;
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use touchline_collect::sources::football_data::FootballData;
use touchline_collect::sources::simulated::{self, Simulated};
use touchline_domain::Progress;
use touchline_domain::ports::Store;
use touchline_intake::ingest::{Incoming, IngestReport};
use touchline_learning::dataset::Facts;
use touchline_learning::evaluate::{EvaluationReport, Evidence, Scoreboard, standard, walk_forward};
use touchline_learning::matrices::{self, Horizon};
use touchline_learning::model::ForecastModel;
use touchline_learning::train::{Training, train};

/// What the demo's folder was made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Marker {
    seed: u64,
    today: NaiveDate,
    files: usize,
}

const MARKER: &str = "demo.json";
/// Most upcoming matches that are printed.
const PRINTED: usize = 10;

/// `touchline demo`: the whole way from results to a page, in a folder of its own.
pub async fn run(session: &mut Session, arguments: &Demo, own_folder: bool) -> Result<Ending> {
    if let Database::Postgres(_) = session.config.database()? {
        bail!("the demo keeps to a folder of its own; leave out --database-url and DATABASE_URL");
    }
    if !own_folder {
        session.config.storage.data_dir.push("demo");
    }
    let marker = Marker {
        seed: session.config.compute.seed,
        today: session.clock.now().date_naive(),
        files: arguments.data.len(),
    };
    forget_older(session, &marker)?;
    let store = session.store().await?;
    let report = if arguments.data.is_empty() {
        output::line(format!(
            "1/5 ingest: a SIMULATED three-tier league, seed {} (no real clubs, no real results)",
            marker.seed
        ));
        ingest_simulated(session, store.as_ref(), &marker).await?
    } else {
        output::line("1/5 ingest: football-data.co.uk files");
        let files = ingest::files(&arguments.data, &["csv"])?;
        ingest::ingest_files(session, store.as_ref(), &FootballData, &files).await?
    };
    ingest::print(session, &report, store.counts().await?)?;

    output::line("\n2/5 features and 3/5 train");
    let model = trained(session, store.as_ref()).await?;
    train::print(&model);
    output::line("\n4/5 evaluate: the last 120 days, forecast from what was known before each match");
    evaluate_recent(session, store.as_ref(), marker.today).await?;
    output::line("\n5/5 predict: the next matches");
    let forecasts = predict::upcoming(session, store.as_ref(), &model, session.clock.now()).await?;
    predict::print(&forecasts[..forecasts.len().min(PRINTED)], &model);
    output::line("");
    if arguments.no_serve {
        return Ok(Ending::Done);
    }
    let server = &session.config.server;
    serve::serve(session, &server.host, arguments.port.unwrap_or(server.port)).await
}

/// A demo of another day or seed starts afresh: its matches would not follow on the ones there. Only a folder
/// that a demo has made is touched, and only the files that touchline makes.
fn forget_older(session: &Session, marker: &Marker) -> Result<()> {
    let data_dir = session.data_dir();
    std::fs::create_dir_all(data_dir)
        .with_context(|| format!("cannot make the folder {}", data_dir.display()))?;
    let Ok(text) = std::fs::read(data_dir.join(MARKER)) else {
        if matches!(session.config.database()?, Database::Sqlite(path) if path.exists()) {
            bail!(
                "{} holds data that no demo has made, and the demo does not mix with it; choose another folder with --data-dir",
                data_dir.display()
            );
        }
        // Written before anything else, so that an interrupted demo is known for one.
        std::fs::write(data_dir.join(MARKER), serde_json::to_vec_pretty(marker)?)?;
        return Ok(());
    };
    if serde_json::from_slice::<Marker>(&text).is_ok_and(|m| m == *marker) {
        return Ok(());
    }
    for name in ["touchline.db", "touchline.db-wal", "touchline.db-shm"] {
        let path = data_dir.join(name);
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    std::fs::write(data_dir.join(MARKER), serde_json::to_vec_pretty(marker)?)?;
    for name in ["features", "models"] {
        let path = data_dir.join(name);
        if path.exists() {
            std::fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

async fn ingest_simulated(session: &Session, store: &dyn Store, marker: &Marker) -> Result<IngestReport> {
    let files = simulated::files(marker.seed, marker.today);
    let order = session.config.source_order();
    let mut report = IngestReport::default();
    session.progress.begin("files", files.len() as u64);
    for (done, (name, bytes)) in files.into_iter().enumerate() {
        let document = Incoming { name, bytes };
        touchline_intake::ingest::ingest(
            store,
            &Simulated,
            &document,
            &order,
            session.clock.as_ref(),
            &mut report,
        )
        .await?;
        session.progress.done(done as u64 + 1);
    }
    session.progress.end();
    Ok(report)
}

/// The active model, where it was trained on exactly these facts; else a new one.
async fn trained(session: &Session, store: &dyn Store) -> Result<ForecastModel> {
    if store.active().await?.is_some()
        && let Ok(model) = predict::active_model(session, store).await
        && model.manifest.data_hash == Facts::load(store).await?.history(&[]).hash()
        && Horizon::ALL.into_iter().all(|h| model.check_features(h).is_ok())
    {
        return Ok(model);
    }
    let training = Training { data_dir: session.data_dir(), until: None, recipe: session.recipe() };
    Ok(train(store, &training, session.clock.as_ref(), &session.progress).await?)
}

async fn evaluate_recent(session: &Session, store: &dyn Store, today: NaiveDate) -> Result<()> {
    let facts = Facts::load(store).await?;
    let history = facts.history(&[]);
    let last = (0..history.len()).rev().find(|p| history.goals(*p).is_some()).map(|p| history.kickoffs()[p]);
    let last = last.and_then(|t| chrono::DateTime::from_timestamp(t, 0)).map_or(today, |t| t.date_naive());
    let from = last.checked_sub_days(Days::new(120)).unwrap_or(last);
    let folds = walk_forward(&history, from, last, 365, 0);
    let threads = session.config.threads();
    let recipe = session.recipe();
    let view = recipe.view();
    let matrix = matrices::load_or_build(
        session.data_dir(),
        &history,
        Horizon::Fresh,
        view,
        threads,
        &session.progress,
    )?;
    // Without a gap every fold asks for the same horizon.
    let matrix_of = |_: Horizon| &matrix;
    let evidence = Evidence { history: &history, matrix_of: &matrix_of, view, threads };
    let board = Scoreboard::fill(&evidence, &folds, &standard(&recipe), &session.progress)?;
    let name = format!("{from} to {last}");
    let report = EvaluationReport::of(&name, &board, &facts.leagues, facts.simulated())?;
    evaluate::print(&report, &[]);
    Ok(())
}
