mod merge;

use super::Ending;
use crate::cli::Names;
use crate::wiring::Session;
use anyhow::Result;

/// `touchline names`.
pub async fn run(session: &Session, command: &Names) -> Result<Ending> {
    match command {
        Names::Merge(arguments) => merge::merge(session, arguments).await?,
        Names::Merges => merge::list(session).await?,
        Names::Undo { id } => merge::undo(session, *id).await?,
    }
    Ok(Ending::Done)
}
