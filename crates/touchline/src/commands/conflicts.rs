use super::Ending;
use crate::cli::{Conflicts, Decide};
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use touchline_domain::ports::{Store, SummaryView};
use touchline_intake::conflicts::{
    Conflict, ConflictFilter, ConflictState, Decision, list_conflicts, settle,
};

/// Who decides on the command line.
const BY: &str = "command line";

/// `touchline conflicts`.
pub async fn run(session: &Session, command: &Conflicts) -> Result<Ending> {
    let role = match command {
        Conflicts::List { .. } => Role::Reader,
        Conflicts::Accept(_) | Conflicts::Keep(_) => Role::Writer,
    };
    let store = session.store(role).await?;
    let store = store.as_ref();
    match command {
        Conflicts::List { which, all } => list(session, store, &which.filter(*all)).await,
        Conflicts::Accept(decide) => decided(session, store, decide, Decision::Accept).await,
        Conflicts::Keep(decide) => decided(session, store, decide, Decision::Keep).await,
    }
}

async fn list(session: &Session, store: &dyn Store, filter: &ConflictFilter) -> Result<Ending> {
    let conflicts = list_conflicts(store, filter, &session.config.source_order()).await?;
    if session.json {
        output::json(&conflicts)?;
        return Ok(Ending::Done);
    }
    if conflicts.is_empty() {
        output::line("no source contradicts what is held");
        return Ok(Ending::Done);
    }
    let state = |conflict: &Conflict| match conflict.state {
        ConflictState::Open => "open",
        ConflictState::Ordered => "decided by the order of sources",
        ConflictState::Kept => "kept",
    };
    let row = |c: &Conflict| {
        vec![
            c.id.clone(),
            format!("{} {}", c.league, c.season),
            c.kickoff.date_naive().to_string(),
            format!("{} - {}", c.home, c.away),
            c.held.clone().unwrap_or_else(|| "nothing".to_owned()),
            c.claimed.clone(),
            state(c).to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = conflicts.iter().map(row).collect();
    output::table(&["conflict", "season", "date", "match", "held", "source says", "state"], &rows);
    output::line("touchline conflicts accept CONFLICT takes what the source says; keep leaves what is held");
    Ok(Ending::Done)
}

async fn decided(
    session: &Session,
    store: &dyn Store,
    decide: &Decide,
    decision: Decision,
) -> Result<Ending> {
    let order = session.config.source_order();
    let filter = decide.which.filter(false);
    let by = (&order, BY, session.clock.as_ref());
    let settled = settle(store, &decide.conflicts, &filter, decision, by).await?;
    if settled.changed_matches > 0
        && let Err(error) = store.refresh(&[SummaryView::RecentPerformance]).await
    {
        tracing::warn!(%error, "recent performance was not computed anew: touchline db maintain");
    }
    if session.json {
        output::json(&settled)?;
        return Ok(Ending::Done);
    }
    let what = match decision {
        Decision::Accept => "accepted",
        Decision::Keep => "kept as they are held",
    };
    output::line(format!(
        "{} conflicts {what}, {} decided before; {} matches changed",
        count(settled.settled.len() as u64),
        count(settled.already),
        count(settled.changed_matches)
    ));
    Ok(Ending::Done)
}
