//! What became of the data in a week.

use crate::commands::Ending;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result};
use std::path::Path;
use touchline_domain::ports::Store;
use touchline_intake::quality::weekly::week_report;
use touchline_learning::whole_file::replace_file;
use touchline_quality::weekly::{Share, Week, WeekReport};
use touchline_report::render_quality;

/// Findings that are shown.
const SHOWN: usize = 10;

/// `touchline quality report --week`.
pub async fn run(session: &Session, store: &dyn Store, week: &str, html: Option<&Path>) -> Result<Ending> {
    let now = session.clock.now();
    let week = match week {
        "last" => Week::before(now),
        text => text.parse().map_err(anyhow::Error::msg)?,
    };
    let report = week_report(store, week, now).await?;
    if let Some(path) = html {
        replace_file(path, render_quality(&report).as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if session.json {
        output::json(&report)?;
    } else {
        output::line(summary(&report));
    }
    Ok(Ending::Done)
}

/// The report in some lines.
pub fn summary(report: &WeekReport) -> String {
    let overall = report.scores.iter().find(|score| score.table == "overall");
    let score = overall.map_or_else(
        || "no check was made".to_owned(),
        |score| {
            let before = score.mean_before.map(|mean| format!(", {mean:.1} the week before"));
            format!("score {:.1} of 100 (mean {:.1}{})", score.last, score.mean, before.unwrap_or_default())
        },
    );
    let found: u64 = report.findings.iter().map(|kind| kind.count).sum();
    let mut lines = vec![
        format!("{}: {score}, {} checks", report.week, report.checks),
        format!("{} findings, {} wait for a decision", count(found), count(report.waiting)),
    ];
    lines.extend(report.findings.iter().take(SHOWN).map(|kind| {
        format!("  {} {} {} in {}, {} open", kind.count, kind.severity, kind.kind, kind.table, kind.open)
    }));
    lines.extend(
        report.missing_matches.map(|n| format!("{n} matches have no result a day after they were due")),
    );
    let repaired = &report.repaired;
    lines.push(format!(
        "put right: {} findings, {} lines, {} sources asked again",
        repaired.findings, repaired.lines, repaired.recollected
    ));
    lines.push(format!(
        "false alarms: {} this week, {} in 90 days",
        share(report.false_alarms),
        share(report.false_alarms_of_90_days)
    ));
    lines.join("\n")
}

fn share(share: Share) -> String {
    match share.interval {
        Some([low, high]) => format!(
            "{} of {} decided (95% interval {:.0}% to {:.0}%)",
            share.count,
            share.of,
            100.0 * low,
            100.0 * high
        ),
        None => "nobody decided about any".to_owned(),
    }
}
