use super::Ending;
use crate::cli::{Ingest, Paths};
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use serde::Serialize;
use touchline_domain::ports::SilverCounts;
use touchline_intake::files::FileProvider;
use touchline_intake::import::import_files;
use touchline_intake::ingest::{FactCounts, IngestReport};

/// `touchline ingest`.
pub async fn run(session: &Session, command: &Ingest) -> Result<Ending> {
    let (provider, Paths { paths, corrections }) = match command {
        Ingest::FootballData(paths) => (FileProvider::FootballData, paths),
        Ingest::Challenge(paths) => (FileProvider::Challenge, paths),
        Ingest::Openfootball(paths) => (FileProvider::OpenFootball, paths),
        Ingest::ApiFootball(paths) => (FileProvider::ApiFootball, paths),
    };
    let store = session.store(Role::Writer).await?;
    let clock = session.clock.as_ref();
    let report = import_files(
        store.as_ref(),
        provider,
        paths,
        &session.config.source_order_with(*corrections),
        clock,
        &session.progress,
    )
    .await?;
    print(session, &report, store.counts().await?)?;
    Ok(if report.has_rejected_rows() { Ending::WithRejections } else { Ending::Done })
}

#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    report: &'a IngestReport,
    store: Held,
}

/// What the store holds, as it is printed.
#[derive(Serialize)]
pub struct Held {
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

impl From<SilverCounts> for Held {
    fn from(held: SilverCounts) -> Self {
        Self {
            leagues: held.leagues,
            teams: held.teams,
            league_teams: held.league_teams,
            matches: held.matches,
            finished: held.finished,
            odds: held.odds,
            match_stats: held.match_stats,
            lineups: held.lineups,
            injuries: held.injuries,
        }
    }
}

/// Prints what was ingested and what the store holds now.
pub fn print(session: &Session, report: &IngestReport, held: SilverCounts) -> Result<()> {
    if session.json {
        let store = held.into();
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
    if m.corrected > 0 {
        output::line(format!(
            "{} matches corrected by a newer word of their source; the older values are kept with their time",
            count(m.corrected)
        ));
    }
    if m.conflicting > 0 {
        output::line("touchline conflicts list shows the values that wait for a decision");
    }
    let facts = &report.facts;
    if *facts != FactCounts::default() {
        output::line(format!(
            "{} facts of stored matches (line-ups, absences, counts, prices, events, results) new, {} held before",
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
