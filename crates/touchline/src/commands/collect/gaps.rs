//! What is missing against the fixture list.

use crate::commands::Ending;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use touchline_intake::collect::{Gap, gaps};

pub async fn run(session: &Session) -> Result<Ending> {
    let store = session.store(Role::Reader).await?;
    let found = gaps(store.as_ref(), session.clock.now()).await?;
    let ending = if found.is_empty() { Ending::Done } else { Ending::WithRejections };
    if session.json {
        output::json(&found)?;
        return Ok(ending);
    }
    let row = |gap: &Gap| {
        vec![
            gap.kind.to_string(),
            gap.league.clone(),
            gap.season.clone(),
            count(gap.missing),
            count(gap.of),
            gap.examples.join("; "),
        ]
    };
    if found.is_empty() {
        output::line("nothing is missing against the fixture list");
    } else {
        output::table(
            &["what", "league", "season", "missing", "of", "matches"],
            &found.iter().map(row).collect::<Vec<_>>(),
        );
    }
    Ok(ending)
}
