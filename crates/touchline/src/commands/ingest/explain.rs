//! How files are understood, without a store.

use crate::commands::Ending;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use serde::Serialize;
use std::path::PathBuf;
use touchline_collect::{Document, Parsed, Source, SourceMatch};
use touchline_domain::KickoffPrecision;
use touchline_intake::files::{FileProvider, Said, read_file};
use touchline_intake::ingest::Incoming;

/// Rows that are shown.
const SHOWN_ROWS: usize = 5;
/// Findings that are shown.
const SHOWN_FINDINGS: usize = 10;

#[derive(Serialize)]
struct Explained {
    name: String,
    /// Why the document is refused; all else is empty then.
    refused: Option<String>,
    separator: Option<&'static str>,
    heading_line: u32,
    dates: String,
    league: String,
    season: String,
    columns_used: Vec<String>,
    columns_ignored: Vec<String>,
    rows: u64,
    matches: usize,
    facts: usize,
    first_rows: Vec<String>,
    findings: Vec<String>,
}

/// Shows how each file is understood.
pub(super) fn run(
    session: &Session,
    provider: FileProvider,
    said: &Said,
    paths: &[PathBuf],
) -> Result<Ending> {
    let files = provider.files(paths)?;
    show(session, provider.source(), files.iter().map(|path| Ok(said.of(read_file(path)?))))
}

/// Shows how a source understands documents.
pub fn show(
    session: &Session,
    source: &dyn Source,
    documents: impl Iterator<Item = Result<Incoming>>,
) -> Result<Ending> {
    let now = session.clock.now();
    let mut explained = Vec::new();
    for document in documents {
        let document = document?;
        let parsed = source.parse(&Document { name: &document.name, bytes: &document.bytes }, now);
        explained.push(match parsed {
            Ok(parsed) => of_parsed(document.name, &parsed),
            Err(error) => refused(document.name, error.to_string()),
        });
    }
    if session.json {
        output::json(&explained)?;
    } else {
        explained.iter().for_each(print);
        output::line("nothing was written");
    }
    let refused = explained.iter().filter(|of| of.refused.is_some()).count();
    Ok(match refused {
        0 => Ending::Done,
        n if n == explained.len() => Ending::NothingUsed,
        _ => Ending::WithRejections,
    })
}

fn refused(name: String, why: String) -> Explained {
    Explained {
        name,
        refused: Some(why),
        separator: None,
        heading_line: 0,
        dates: String::new(),
        league: String::new(),
        season: String::new(),
        columns_used: Vec::new(),
        columns_ignored: Vec::new(),
        rows: 0,
        matches: 0,
        facts: 0,
        first_rows: Vec::new(),
        findings: Vec::new(),
    }
}

fn of_parsed(name: String, parsed: &Parsed) -> Explained {
    let layout = parsed.layout.clone();
    let findings = parsed.rejections.iter().take(SHOWN_FINDINGS);
    Explained {
        name,
        refused: None,
        separator: layout.separator.map(|separator| match separator {
            ',' => "commas",
            ';' => "semicolons",
            '\t' => "tabs",
            _ => "bars",
        }),
        heading_line: layout.heading_line,
        dates: layout.dates,
        league: layout.league,
        season: layout.season,
        columns_used: layout.used,
        columns_ignored: layout.ignored,
        rows: parsed.rows,
        matches: parsed.matches.len(),
        facts: parsed.facts.len(),
        first_rows: parsed.matches.iter().take(SHOWN_ROWS).map(|m| shown(parsed, m)).collect(),
        findings: findings.map(|r| format!("line {}: {} ({})", r.line, r.message, r.kind)).collect(),
    }
}

fn shown(parsed: &Parsed, m: &SourceMatch) -> String {
    let kickoff = match m.kickoff.precision {
        KickoffPrecision::Minute => m.kickoff.at.format("%F %R UTC"),
        KickoffPrecision::Day => m.kickoff.at.format("%F"),
    };
    let score = m.score.map_or_else(|| m.status.name().to_owned(), |score| score.to_string());
    let half = m.half_time.map(|half| format!(" (half time {half})")).unwrap_or_default();
    let league = parsed.leagues.get(m.league).map_or("", |league| league.code.as_str());
    format!(
        "line {}: {kickoff}, {league} {}, {} - {} {score}{half}, {} prices",
        m.line,
        m.season,
        m.home,
        m.away,
        count(m.odds.len() as u64)
    )
}

fn print(of: &Explained) {
    output::line(&of.name);
    if let Some(why) = &of.refused {
        output::line(format!("  refused: {why}"));
        return;
    }
    if let Some(separator) = of.separator {
        output::line(format!("  fields     separated by {separator}, headings in line {}", of.heading_line));
    }
    for (what, text) in [
        ("dates", of.dates.clone()),
        ("league", format!("by {}", of.league)),
        ("season", format!("by {}", of.season)),
        ("used", of.columns_used.join(", ")),
        ("ignored", of.columns_ignored.join(", ")),
    ] {
        if !text.is_empty() {
            output::line(format!("  {what:10} {text}"));
        }
    }
    output::line(format!(
        "  {} rows: {} matches, {} facts, {} findings",
        count(of.rows),
        count(of.matches as u64),
        count(of.facts as u64),
        count(of.findings.len() as u64)
    ));
    for line in of.first_rows.iter().chain(&of.findings) {
        output::line(format!("    {line}"));
    }
}
