//! Rows that rules hold back before they are stored.

use crate::cli::HeldDecision;
use crate::commands::Ending;
use crate::output;
use crate::wiring::Session;
use anyhow::Result;
use serde::Serialize;
use touchline_domain::ports::{HeldFilter, Store};
use touchline_domain::{HeldState, RowVerdict};
use touchline_intake::held::{self, Held};
use touchline_quality::rules::{RULES, Rule};
use touchline_quality::staged::{HOLDING, HoldingRule};

pub async fn list(
    session: &Session,
    store: &dyn Store,
    (all, state): (bool, Option<HeldState>),
    limit: u32,
) -> Result<Ending> {
    let state = state.or((!all).then_some(HeldState::Held));
    let rows = held::held(store, &HeldFilter { state, ..HeldFilter::default() }, limit).await?;
    if session.json {
        output::json(&rows)?;
        return Ok(Ending::Done);
    }
    if rows.is_empty() {
        output::line("no row is held back");
    }
    for Held { id, name, line, rule, rule_version, reason, state, text, finding, decisions, .. } in rows {
        output::line(format!("{id} {state} {name}:{line} {rule} (version {rule_version}): {reason}"));
        if let Some(text) = text {
            output::line(format!("    {text}"));
        }
        if let Some(finding) = finding.filter(|_| state == HeldState::Held.name()) {
            output::line(format!("    to put it right: touchline quality correct {finding} --line TEXT"));
        }
        for decision in decisions {
            let undone = decision.undone.map_or_else(String::new, |(by, _)| format!(", taken back by {by}"));
            output::line(format!(
                "    decision {}: {} by {}{undone}: {}",
                decision.id,
                decision.verdict.name(),
                decision.by,
                decision.reason
            ));
        }
    }
    Ok(Ending::Done)
}

pub async fn decide(
    session: &Session,
    store: &dyn Store,
    verdict: RowVerdict,
    decision: &HeldDecision,
) -> Result<Ending> {
    let HeldDecision { rows, reason, by } = decision;
    let order = session.config.source_order();
    let mut settled = Vec::with_capacity(rows.len());
    for row in rows {
        let one = held::decide(store, *row, verdict, (reason, by), &order, session.clock.as_ref()).await?;
        if !session.json {
            let matches = &one.report.matches;
            output::line(format!(
                "row {row} is {}: {} matches are new, {} changed; touchline quality take-back {} undoes it",
                verdict.state().name(),
                matches.new,
                matches.changed,
                one.decision
            ));
        }
        settled.push(one);
    }
    if session.json {
        output::json(&settled)?;
    }
    Ok(Ending::Done)
}

pub async fn take_back(session: &Session, store: &dyn Store, decisions: &[i64], by: &str) -> Result<Ending> {
    let order = session.config.source_order();
    for decision in decisions {
        held::take_back(store, *decision, by, &order, session.clock.as_ref()).await?;
    }
    output::line("the rows are held again; what they had brought until now stays");
    Ok(Ending::Done)
}

pub fn rules(session: &Session) -> Result<Ending> {
    #[derive(Serialize)]
    struct Listed {
        holding: &'static [HoldingRule],
        looking: &'static [Rule],
    }
    if session.json {
        output::json(&Listed { holding: HOLDING, looking: RULES })?;
        return Ok(Ending::Done);
    }
    output::line("rules that hold a row back before it is stored:");
    for HoldingRule { name, version, what } in HOLDING {
        output::line(format!("  {name} (version {version}): {what}"));
    }
    output::line("rules that look at what is stored:");
    for Rule { name, version, table, what, .. } in RULES {
        output::line(format!("  {name} (version {version}, {table}): {what}"));
    }
    Ok(Ending::Done)
}
