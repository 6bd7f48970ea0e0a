use super::Ending;
use crate::cli::{Ingest, Paths};
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::io::Read;
use std::path::{Path, PathBuf};
use touchline_collect::Source;
use touchline_collect::sources::api_football::ApiFootball;
use touchline_collect::sources::challenge::Challenge;
use touchline_collect::sources::football_data::FootballData;
use touchline_collect::sources::openfootball::OpenFootball;
use touchline_domain::Progress;
use touchline_domain::ports::{SilverCounts, Store, SummaryView};
use touchline_intake::ingest::{FactCounts, Incoming, IngestReport, ingest};

/// Files larger than this are no match data.
const LARGEST_FILE: u64 = 512 << 20;
/// The beginning of a file that says what it is.
const HEAD: u64 = 4 << 10;

/// `touchline ingest`.
pub async fn run(session: &Session, command: &Ingest) -> Result<Ending> {
    let (source, Paths { paths }, endings): (&dyn Source, _, &[&str]) = match command {
        Ingest::FootballData(paths) => (&FootballData, paths, &["csv"]),
        Ingest::Challenge(paths) => (&Challenge, paths, &["csv", "gz"]),
        Ingest::Openfootball(paths) => (&OpenFootball, paths, &["json"]),
        Ingest::ApiFootball(paths) => (&ApiFootball, paths, &["json", "gz"]),
    };
    let mut files = files(paths, endings)?;
    if matches!(command, Ingest::ApiFootball(_)) {
        files.sort_by_cached_key(|path| !lists_matches(path));
    }
    let store = session.store().await?;
    let report = ingest_files(session, store.as_ref(), source, &files).await?;
    print(session, &report, store.counts().await?)?;
    Ok(if report.has_rejected_rows() { Ending::WithRejections } else { Ending::Done })
}

/// Ingests files one after the other, with a progress bar.
pub async fn ingest_files(
    session: &Session,
    store: &dyn Store,
    source: &dyn Source,
    files: &[PathBuf],
) -> Result<IngestReport> {
    let mut report = IngestReport::default();
    let order = session.config.source_order();
    session.progress.begin("files", files.len() as u64);
    for (done, path) in files.iter().enumerate() {
        let document = read(path)?;
        ingest(store, source, &document, &order, session.clock.as_ref(), &mut report).await.with_context(
            || format!("{} could not be ingested; nothing of it was kept half-way", path.display()),
        )?;
        session.progress.done(done as u64 + 1);
    }
    session.progress.end();
    // What came is stored whether or not this succeeds; a view that is not refreshed is made up for by the tables.
    if let Err(error) = store.refresh(&[SummaryView::RecentPerformance]).await {
        tracing::warn!(%error, "recent performance was not computed anew: touchline db maintain");
    }
    Ok(report)
}

/// Whether the beginning of a file of API-Football says that it lists matches, to which other files add facts.
fn lists_matches(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && ApiFootball::lists_matches(&head)
}

fn read(path: &Path) -> Result<Incoming> {
    let size = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len();
    if size > LARGEST_FILE {
        bail!(
            "{} has {} MiB, which is more than any file of match data; split it",
            path.display(),
            size >> 20
        );
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    // The parent folder often names the season.
    let parent = path.parent().and_then(Path::file_name).map(|p| p.to_string_lossy().into_owned());
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let name = parent.map_or_else(|| file.to_string(), |parent| format!("{parent}/{file}"));
    Ok(Incoming { name, bytes })
}

/// All files below the paths with one of the endings, sorted; a file named outright is taken whatever its ending.
pub fn files(paths: &[PathBuf], endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            search(path, endings, &mut files)?;
        } else if path.exists() {
            files.push(path.clone());
        } else {
            // Before anything is read, so that a mistyped path does not end a long import half-way.
            bail!("there is no file or folder {}", path.display());
        }
    }
    if files.is_empty() {
        bail!("there is no {} file below the paths given", endings.join(" or "));
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn search(folder: &Path, endings: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?
    {
        let entry = entry?;
        let path = entry.path();
        // Links are not followed, so that a folder that contains itself does not trap the search.
        if entry.file_type()?.is_dir() {
            search(&path, endings, files)?;
        } else if path.extension().is_some_and(|e| endings.iter().any(|x| e.eq_ignore_ascii_case(x))) {
            files.push(path);
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    report: &'a IngestReport,
    store: Held,
}

#[derive(Serialize)]
struct Held {
    leagues: u64,
    teams: u64,
    league_teams: u64,
    matches: u64,
    finished: u64,
    odds: u64,
    match_stats: u64,
    lineups: u64,
    injuries: u64,
}

/// Prints what was ingested and what the store holds now.
pub fn print(session: &Session, report: &IngestReport, held: SilverCounts) -> Result<()> {
    if session.json {
        let store = Held {
            leagues: held.leagues,
            teams: held.teams,
            league_teams: held.league_teams,
            matches: held.matches,
            finished: held.finished,
            odds: held.odds,
            match_stats: held.match_stats,
            lineups: held.lineups,
            injuries: held.injuries,
        };
        return output::json(&Printed { report, store });
    }
    let m = &report.matches;
    output::line(format!(
        "{} files, {} rows read: {} matches new, {} changed, {} unchanged, {} in conflict",
        count(report.documents),
        count(report.rows),
        count(m.new),
        count(m.changed),
        count(m.unchanged),
        count(m.conflicting),
    ));
    let facts = &report.facts;
    if *facts != FactCounts::default() {
        output::line(format!(
            "{} line-ups, absences and counts of a side new, {} held before",
            count(facts.new_facts),
            count(facts.unchanged_facts)
        ));
    }
    if report.disagreements > 0 {
        output::line(format!(
            "sources disagree about {} matches: identity.source_order decides, and what the others say is kept",
            count(report.disagreements)
        ));
    }
    if report.waiting_names > 0 {
        output::line(format!(
            "{} names wait for a decision, and {} rows with them: touchline names suggest --all",
            count(report.waiting_names),
            count(report.waiting_rows)
        ));
    }
    output::line(format!(
        "the store holds {} matches of {} leagues ({} finished, {} not played), {} league-teams, {} odds, {} match statistics, {} line-ups, {} absences",
        count(held.matches),
        count(held.leagues),
        count(held.finished),
        count(held.matches - held.finished),
        count(held.league_teams),
        count(held.odds),
        count(held.match_stats),
        count(held.lineups),
        count(held.injuries),
    ));
    print_findings(report);
    Ok(())
}

/// What was not used, and what is worth a look.
fn print_findings(report: &IngestReport) {
    if report.resembling_names > 0 && report.rejections == 0 {
        output::line(format!(
            "{} new teams have almost the name of another one: perhaps one team under two names",
            count(report.resembling_names)
        ));
        for example in &report.examples {
            output::line(format!("  {example}"));
        }
    }
    if report.rejections > 0 {
        output::line(format!(
            "{} rows rejected, {} values left out of rows that were kept:",
            count(report.rejected_rows),
            count(
                (report.rejections - report.rejected_rows - report.rejected_documents)
                    .saturating_sub(report.waiting_names)
            ),
        ));
        for (reason, n) in &report.rejections_by_reason {
            output::line(format!("  {n:>6}  {reason}"));
        }
        for example in &report.examples {
            output::line(format!("  {example}"));
        }
        output::line("each is recorded in data_quality_logs");
    }
}
