//! Lines of documents that were not used.

use crate::cli::Correct;
use crate::commands::Ending;
use crate::output;
use crate::wiring::Session;
use anyhow::Result;
use touchline_domain::DocumentId;
use touchline_domain::ports::Store;
use touchline_intake::quarantine::{self, LineDecision};

pub async fn list(session: &Session, store: &dyn Store, limit: u32) -> Result<Ending> {
    let waiting = quarantine::waiting(store, limit).await?;
    if session.json {
        output::json(&waiting)?;
        return Ok(Ending::Done);
    }
    if waiting.is_empty() {
        output::line("no line waits for a decision");
    }
    for held in waiting {
        output::line(format!("{} {}:{} {}: {}", held.finding, held.name, held.line, held.kind, held.message));
        if let Some(text) = &held.text {
            output::line(format!("    {text}"));
        }
        for decided in &held.decided {
            output::line(format!(
                "    decision {} by {}, undone: {}",
                decided.id,
                decided.by,
                decided.text.as_deref().unwrap_or("left out")
            ));
        }
    }
    Ok(Ending::Done)
}

pub async fn correct(session: &Session, store: &dyn Store, correct: &Correct) -> Result<Ending> {
    let Correct { finding, line, leave_out: _, reason, by } = correct;
    let decision = LineDecision { text: line.clone(), reason: reason.clone(), by: by.clone() };
    let order = session.config.source_order();
    let decided = quarantine::decide(store, *finding, decision, &order, session.clock.as_ref()).await?;
    if session.json {
        output::json(&decided)?;
        return Ok(Ending::Done);
    }
    let what = if line.is_some() { "read as written" } else { "left out" };
    output::line(format!(
        "line {} of document {} is {what}: {} matches are new, {} changed",
        decided.line, decided.document, decided.report.matches.new, decided.report.matches.changed
    ));
    output::line(format!("touchline quality undo {} {} undoes it", decided.document, decided.decision));
    Ok(Ending::Done)
}

pub async fn undo(
    session: &Session,
    store: &dyn Store,
    decision: (DocumentId, i64),
    by: &str,
) -> Result<Ending> {
    let order = session.config.source_order();
    quarantine::undo(store, decision, by, &order, session.clock.as_ref()).await?;
    output::line("the line is read as it came; what it had brought to silver until now stays there");
    Ok(Ending::Done)
}
