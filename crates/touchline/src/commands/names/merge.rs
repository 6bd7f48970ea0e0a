use crate::cli::Merge;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use touchline_domain::MergeId;
use touchline_domain::ports::{IdentityMerge, MergePreference, MergeReport, Store};
use touchline_intake::merge::{self as merges, NamedPair};

/// `touchline names merge`.
pub async fn merge(session: &Session, store: &dyn Store, arguments: &Merge) -> Result<()> {
    let pair = match (arguments.league.as_deref(), arguments.team.as_deref()) {
        (Some([kept, merged]), _) => NamedPair::Leagues { kept: kept.clone(), merged: merged.clone() },
        (_, Some([kept, merged])) => NamedPair::Teams { kept: kept.clone(), merged: merged.clone() },
        _ => anyhow::bail!("give --league KEPT MERGED or --team KEPT MERGED"),
    };
    let prefer = match (arguments.prefer_kept, arguments.prefer_merged) {
        (true, _) => Some(MergePreference::Kept),
        (_, true) => Some(MergePreference::Merged),
        _ => None,
    };
    if arguments.dry_run {
        let report = merges::plan(store, &pair, prefer).await?;
        if session.json {
            return output::json(&json!({ "dry_run": true, "report": report }));
        }
        show(&report);
        let verdict = match report.check() {
            Ok(()) => "dry run: nothing was changed".to_owned(),
            Err(error) => format!("dry run: {error}"),
        };
        output::line(verdict);
        return Ok(());
    }
    let (id, report) = merges::merge(store, &pair, prefer, &arguments.by).await?;
    if session.json {
        return output::json(&json!({ "dry_run": false, "merge": id, "report": report }));
    }
    show(&report);
    output::line(format!("done; `touchline names undo {id}` puts everything back"));
    Ok(())
}

/// `touchline names merges`.
pub async fn list(session: &Session, store: &dyn Store) -> Result<()> {
    let merges = store.merges().await?;
    if session.json {
        let merges: Vec<_> = merges.iter().map(as_json).collect();
        return output::json(&json!({ "merges": merges }));
    }
    if merges.is_empty() {
        output::line("nothing was merged");
    }
    for merge in &merges {
        let undone = merge.undone_at.map_or_else(String::new, |at| format!(", undone {}", second(at)));
        output::line(format!(
            "{}  {} {} into {}, by {} {}{undone}",
            merge.id,
            merge.kind.name(),
            merge.merged.name,
            merge.kept.name,
            merge.done_by,
            second(merge.done_at)
        ));
    }
    Ok(())
}

/// `touchline names undo`.
pub async fn undo(session: &Session, store: &dyn Store, id: i64) -> Result<()> {
    store.undo_merge(MergeId(id)).await?;
    if session.json {
        return output::json(&json!({ "undone": id }));
    }
    output::line(format!("merge {id} is undone: everything is back where it was"));
    Ok(())
}

fn second(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn as_json(merge: &IdentityMerge) -> serde_json::Value {
    json!({
        "id": merge.id,
        "kind": merge.kind,
        "kept": merge.kept,
        "merged": merge.merged,
        "done_by": merge.done_by,
        "done_at": second(merge.done_at),
        "undone_at": merge.undone_at.map(second),
    })
}

fn show(report: &MergeReport) {
    let number = |n: usize| count(n as u64);
    output::line(format!("{} {} into {}", report.kind.name(), report.merged.name, report.kept.name));
    output::line(format!(
        "{} matches of both become one, {} move, {} change their leg",
        number(report.joined.len()),
        count(report.moved),
        count(report.renumbered)
    ));
    let rows: Vec<_> =
        report.rows.iter().map(|row| vec![row.table.clone(), count(row.moved), count(row.held)]).collect();
    if !rows.is_empty() {
        output::table(&["rows", "moved", "held already"], &rows);
    }
    for differing in &report.disagreements {
        let (kept, merged) = (differing.kept_score, differing.merged_score);
        output::line(format!(
            "match {}: {}-{}, and as match {}: {}-{}",
            differing.matches.kept, kept.home, kept.away, differing.matches.merged, merged.home, merged.away
        ));
    }
    for pair in &report.opponents_held_twice {
        output::line(format!(
            "matches {} and {} may be one: is their opponent stored twice?",
            pair.kept, pair.merged
        ));
    }
}
