pub mod explain;

use super::Ending;
use crate::cli::{Ingest, Inputs};
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use serde::Serialize;
use touchline_domain::ports::SilverCounts;
use touchline_intake::files::{FileProvider, Said};
use touchline_intake::import::import_files_as;
use touchline_intake::ingest::{FactCounts, Findings, IngestReport, Weight};

/// `touchline ingest`.
pub async fn run(session: &Session, command: &Ingest) -> Result<Ending> {
    let mut said = Said::default();
    let (provider, Inputs { paths, explain, corrections }) = match command {
        Ingest::FootballData(tables)
        | Ingest::OddsImport(tables)
        | Ingest::Understat(tables)
        | Ingest::Fbref(tables) => {
            said = Said { league: tables.league.clone(), season: tables.season };
            let provider = match command {
                Ingest::Understat(_) => FileProvider::Understat,
                Ingest::Fbref(_) => FileProvider::Fbref,
                Ingest::OddsImport(_) => FileProvider::OddsImport,
                _ => FileProvider::FootballData,
            };
            (provider, &tables.files)
        }
        Ingest::Challenge(paths) => (FileProvider::Challenge, paths),
        Ingest::Openfootball(paths) => (FileProvider::OpenFootball, paths),
        Ingest::ApiFootball(paths) => (FileProvider::ApiFootball, paths),
        Ingest::FootballDataOrg(paths) => (FileProvider::FootballDataOrg, paths),
        Ingest::Table(table) => return super::table::run(session, table).await,
    };
    if *explain {
        return explain::run(session, provider, &said, paths);
    }
    let store = session.store(Role::Writer).await?;
    let clock = session.clock.as_ref();
    let order = session.config.source_order_with(*corrections);
    let report =
        import_files_as(store.as_ref(), (provider, &said), paths, &order, clock, &session.progress).await?;
    print(session, &report, store.counts().await?)?;
    Ok(report.outcome().into())
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
        "{} files ({} used), {} rows read: {} matches new, {} changed, {} unchanged, {} in conflict",
        count(report.documents),
        count(report.documents - report.rejected_documents),
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

/// What was not used, and what is worth a look: the worst first, a few examples of each kind.
fn print_findings(report: &IngestReport) {
    if report.findings.is_empty() {
        return;
    }
    let by_weight = |weight| {
        let of = |findings: &&Findings| findings.weight == weight;
        report.findings.values().filter(of).map(|findings| findings.count).sum::<u64>()
    };
    let told = [
        (report.rejected_documents, "files refused"),
        (report.rejected_rows, "rows left out"),
        (report.waiting_rows, "rows waiting for a name"),
        (report.held_rows, "rows held back by a rule"),
        (report.partial_rows, "rows kept without their odds and statistics"),
        (by_weight(Weight::Value), "values left out of rows that were kept"),
        (report.notes, "notes"),
    ];
    let told: Vec<String> =
        told.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", count(*n))).collect();
    output::line(format!("{}:", told.join(", ")));
    for (kind, findings) in report.worst_first() {
        output::line(format!("  {:>6}  {kind}", count(findings.count)));
        for example in &findings.examples {
            output::line(format!("          {example}"));
        }
        let more = findings.count.saturating_sub(findings.examples.len() as u64);
        if more > 0 {
            output::line(format!("          and {} more", count(more)));
        }
    }
    output::line(
        "each that is of a file is recorded in data_quality_logs; --explain shows how a file is understood",
    );
}
