use super::{Ending, doctor};
use crate::cli::Db;
use crate::output;
use crate::wiring::Session;
use anyhow::Result;
use serde_json::json;
use touchline_store_postgres::{Maintenance, ROLES};

/// `touchline db`.
pub async fn run(session: &Session, command: &Db) -> Result<Ending> {
    match command {
        Db::Migrate => migrate(session).await?,
        Db::Doctor => diagnose(session).await?,
        Db::Maintain { months_ahead, keep_odds_months } => {
            let maintenance =
                Maintenance { months_ahead: *months_ahead, keep_odds_months: *keep_odds_months };
            maintain(session, maintenance).await?;
        }
        Db::Roles => roles(session).await?,
    }
    Ok(Ending::Done)
}

/// Opening brings the schema up to date.
async fn migrate(session: &Session) -> Result<()> {
    let database = session.store().await?.check().await?;
    if session.json {
        return output::json(&json!({ "database": database, "up_to_date": true }));
    }
    output::line(format!("the schema is up to date ({database})"));
    Ok(())
}

async fn diagnose(session: &Session) -> Result<()> {
    let findings = session.store().await?.diagnose().await?;
    if session.json {
        return output::json(&json!({ "findings": findings }));
    }
    doctor::list(&findings);
    Ok(())
}

async fn maintain(session: &Session, maintenance: Maintenance) -> Result<()> {
    let done = session.served_store().await?.maintain(maintenance).await?;
    if session.json {
        return output::json(&json!({ "created": done.created, "detached": done.detached }));
    }
    output::line(format!("{} partitions made, {} detached", done.created, done.detached.len()));
    for table in &done.detached {
        output::line(format!("  {table}: dump it, then drop it"));
    }
    Ok(())
}

async fn roles(session: &Session) -> Result<()> {
    session.served_store().await?.install_roles().await?;
    if session.json {
        return output::json(&json!({ "roles": ROLES }));
    }
    output::line(format!("the roles {} are there, with their rights", ROLES.join(", ")));
    output::line("make users with: CREATE ROLE ann LOGIN PASSWORD '...' IN ROLE football_reader");
    Ok(())
}
