use super::collect::gather;
use super::{Ending, evaluate, ingest, predict, serve, train};
use crate::cli::{Collect, Demo};
use crate::config::{Database, Role};
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use touchline_collect::providers::{FootballDataFiles, Provider};
use touchline_collect::sources::simulated::{Simulated, World};
use touchline_domain::CollectionKind;
use touchline_domain::ports::Store;
use touchline_forecasting::seal::Forecasters;
use touchline_intake::files::FileProvider;
use touchline_intake::import::{import_documents, import_files};
use touchline_intake::ingest::{Incoming, IngestReport};
use touchline_learning as learning;
use touchline_learning::evaluate::{EvaluationPeriod, EvaluationRequest};
use touchline_learning::model::Recipe;
use touchline_learning::train::{Training, train_unless_current, trainable_views};
use touchline_learning::whole_file::replace_file;

/// What the demo's folder was made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Marker {
    seed: u64,
    /// The day that it was made on.
    today: NaiveDate,
    files: usize,
    /// The real league, where it is one.
    #[serde(default)]
    live: Option<String>,
}

impl Marker {
    /// The simulated league, where it is one.
    fn world(&self) -> Option<World> {
        (self.files == 0 && self.live.is_none()).then_some(World { seed: self.seed, founded: self.today })
    }

    /// Whether what was made from `self` goes on with what is asked for now.
    fn goes_on(&self, now: &Self) -> bool {
        let lasts = |world: World| self.seed == now.seed && now.world().is_some() && world.lasts(now.today);
        self == now || self.world().is_some_and(lasts)
    }
}

/// Seasons of a real league.
const LIVE_SEASONS: i32 = 5;
const MARKER: &str = "demo.json";
/// Most upcoming matches that are printed.
const PRINTED: usize = 10;
/// Days before the last result that are evaluated.
const EVALUATED_DAYS: u16 = 120;

/// `touchline demo`: the whole way from results to a page, in a folder of its own.
pub async fn run(session: &mut Session, arguments: &Demo, own_folder: bool) -> Result<Ending> {
    if let Database::Postgres(_) = session.config.database(Role::Writer)? {
        bail!("the demo keeps to a folder of its own; leave out --database-url and DATABASE_URL");
    }
    if !own_folder {
        session.config.storage.data_dir.push("demo");
    }
    let marker = Marker {
        seed: session.config.compute.seed,
        today: session.clock.now().date_naive(),
        files: arguments.data.len(),
        live: arguments.live.then(|| arguments.league.clone()),
    };
    let marker = forget_older(session, marker)?;
    session.simulated = marker.world();
    let store = session.store(Role::Writer).await?;
    let (stored, clock) = (store.as_ref(), session.clock.as_ref());
    let order = session.config.source_order();
    let report = if arguments.live {
        live(session, stored, &arguments.league).await?
    } else if let Some(world) = session.simulated {
        output::line(format!(
            "1/5 ingest: a SIMULATED three-tier league, seed {} (no real teams, no real results)",
            world.seed
        ));
        let files = world.files(clock.now().date_naive()).into_iter();
        let documents = files.map(|(name, bytes)| Incoming { name, bytes }).collect();
        import_documents(stored, &Simulated, documents, &order, clock, &session.progress).await?
    } else {
        output::line("1/5 ingest: football-data.co.uk files");
        let provider = FileProvider::FootballData;
        import_files(stored, provider, &arguments.data, &order, clock, &session.progress).await?
    };
    ingest::print(session, &report, store.counts().await?)?;

    output::line("\n2/5 features and 3/5 train");
    let artifacts = session.artifacts(&store)?;
    for view in trainable_views(stored, None).await? {
        let training = Training {
            data_dir: session.data_dir(),
            until: None,
            recipe: Recipe { market: view, ..session.recipe() },
            artifacts: artifacts.as_deref(),
            activate: true,
        };
        let model = train_unless_current(stored, &training, clock, session.progress.clone()).await?;
        train::print(&model, true);
    }
    output::line(format!(
        "\n4/5 evaluate: the last {EVALUATED_DAYS} days, forecast from what was known before each match"
    ));
    let request = EvaluationRequest {
        data_dir: session.data_dir().to_owned(),
        recipe: session.recipe(),
        recipe_files: Vec::new(),
        goal_models: Vec::new(),
        without_families: false,
        period: EvaluationPeriod::Recent { days: EVALUATED_DAYS },
        market: false,
        threads: session.config.threads(),
    };
    for report in learning::evaluate::evaluate(stored, request, session.progress.clone()).await? {
        evaluate::print(&report, &[]);
    }
    output::line("\n5/5 predict: the next matches");
    let forecasters = Forecasters::open(stored, artifacts.as_deref(), session.data_dir(), None).await?;
    let forecasts = predict::upcoming(session, stored, &forecasters, None).await?;
    let simulated = forecasters.champion.model.manifest.simulated;
    predict::print(&forecasts[..forecasts.len().min(PRINTED)], simulated);
    output::line("");
    if arguments.no_serve {
        return Ok(Ending::Done);
    }
    let server = &session.config.server;
    serve::serve(session, &server.host, arguments.port.unwrap_or(server.port)).await
}

/// Results and prices of the last seasons of a league, and its coming fixtures, from football-data.co.uk.
async fn live(session: &Session, store: &dyn Store, league: &str) -> Result<IngestReport> {
    output::line(format!(
        "1/5 collect: {league} from football-data.co.uk, {LIVE_SEASONS} seasons with prices and the coming fixtures, no key"
    ));
    let today = session.clock.now().date_naive();
    // From July on the season that is played began this year.
    let current = today.year() - i32::from(today.month() < 7);
    let command = Collect {
        source: Some(FootballDataFiles.name().to_owned()),
        leagues: vec![league.to_owned()],
        seasons: (current + 1 - LIVE_SEASONS..=current)
            .map(|year| format!("{year}-{:02}", (year + 1) % 100))
            .collect(),
        kinds: vec![CollectionKind::Results, CollectionKind::Fixtures],
        ..Collect::default()
    };
    let collected = gather(session, &command, &FootballDataFiles, store, &session.progress, None).await?;
    for failure in &collected.failures {
        output::line(format!("  {:13} {failure}", failure.kind.name()));
    }
    if collected.fetched.answers == 0 {
        bail!(
            "nothing came from football-data.co.uk: the network of this machine may not allow it, or the site is out of order. \
             `touchline demo` without --live simulates a league, and `touchline demo --data FOLDER` takes files that you have"
        );
    }
    Ok(collected.ingested)
}

/// A demo of another seed starts afresh, and so does one whose simulated season is over: its matches would not follow on
/// the ones there. Answers what the folder is made from. Only a folder that a demo has made is touched, and only the files
/// that touchline makes.
fn forget_older(session: &Session, marker: Marker) -> Result<Marker> {
    let data_dir = session.data_dir();
    std::fs::create_dir_all(data_dir)
        .with_context(|| format!("cannot make the folder {}", data_dir.display()))?;
    let Ok(text) = std::fs::read(data_dir.join(MARKER)) else {
        if matches!(session.config.database(Role::Writer)?, Database::Sqlite(path) if path.exists()) {
            bail!(
                "{} holds data that no demo has made, and the demo does not mix with it; choose another folder with --data-dir",
                data_dir.display()
            );
        }
        // Written before anything else, so that an interrupted demo is known for one.
        replace_file(&data_dir.join(MARKER), &serde_json::to_vec_pretty(&marker)?)?;
        return Ok(marker);
    };
    if let Ok(held) = serde_json::from_slice::<Marker>(&text)
        && held.goes_on(&marker)
    {
        return Ok(held);
    }
    for name in ["touchline.db", "touchline.db-wal", "touchline.db-shm"] {
        let path = data_dir.join(name);
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    replace_file(&data_dir.join(MARKER), &serde_json::to_vec_pretty(&marker)?)?;
    for name in ["features", "models"] {
        let path = data_dir.join(name);
        if path.exists() {
            std::fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulated_league_goes_on_and_everything_else_starts_afresh_each_day() {
        let of = |seed: u64, day: &str| Marker { seed, today: day.parse().unwrap(), files: 0, live: None };
        let friday = of(7, "2026-11-27");
        assert!(friday.goes_on(&of(7, "2026-11-27")) && friday.goes_on(&of(7, "2027-02-01")));
        assert!(!friday.goes_on(&of(8, "2026-11-28")), "another world");
        assert!(!friday.goes_on(&of(7, "2026-11-26")), "before it was founded");
        assert!(!friday.goes_on(&of(7, "2027-04-01")), "its season is over");
        let files = |day: &str| Marker { files: 2, ..of(7, day) };
        assert!(files("2026-11-27").goes_on(&files("2026-11-27")));
        assert!(!files("2026-11-27").goes_on(&files("2026-11-28")));
        assert!(!friday.goes_on(&files("2026-11-28")) && !files("2026-11-27").goes_on(&of(7, "2026-11-28")));
        let live = |day: &str| Marker { live: Some("E0".to_owned()), ..of(7, day) };
        assert!(!live("2026-11-27").goes_on(&live("2026-11-28")));
    }
}
