use super::{Ending, doctor};
use crate::cli::Db;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use std::path::{Path, PathBuf};
use touchline_store_postgres::{Maintenance, ROLES};
use touchline_upkeep::backup::{self, BackupKind, Restore, StoredBackup};

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
        Db::Backup { full: _, base, incremental, to, keep_all } => {
            let kind = match (base, incremental) {
                (true, _) => BackupKind::Base,
                (_, true) => BackupKind::Incremental,
                _ => BackupKind::Full,
            };
            back_up(session, &folder(session, to.as_deref()), kind, *keep_all).await?;
        }
        Db::Backups { from } => list(session, &folder(session, from.as_deref()))?,
        Db::Restore { path, test_only, into: Some(into), to_time, .. } => {
            recover(session, path, *to_time, into, *test_only).await?;
        }
        Db::Restore { path, validate, test_only, force, .. } => {
            let how = match (validate, test_only, force) {
                (true, ..) => Restore::Validate,
                (_, true, _) => Restore::TestOnly,
                (.., true) => Restore::Force,
                _ => Restore::IntoEmpty,
            };
            restore(session, path, how).await?;
        }
    }
    Ok(Ending::Done)
}

/// Opening brings the schema up to date.
async fn migrate(session: &Session) -> Result<()> {
    let database = session.store(Role::Admin).await?.check().await?;
    if session.json {
        return output::json(&json!({ "database": database, "up_to_date": true }));
    }
    output::line(format!("the schema is up to date ({database})"));
    Ok(())
}

async fn diagnose(session: &Session) -> Result<()> {
    let findings = session.store(Role::Admin).await?.diagnose().await?;
    if session.json {
        return output::json(&json!({ "findings": findings }));
    }
    doctor::list(&findings);
    Ok(())
}

async fn maintain(session: &Session, maintenance: Maintenance) -> Result<()> {
    let done = session.served_store().await?.maintain(maintenance).await?;
    if session.json {
        return output::json(&json!({
            "created": done.created, "detached": done.detached, "refreshed": done.refreshed,
        }));
    }
    output::line(format!(
        "{} partitions made, {} detached, {} views refreshed",
        done.created,
        done.detached.len(),
        done.refreshed.len()
    ));
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

fn folder(session: &Session, given: Option<&Path>) -> PathBuf {
    given.map_or_else(|| session.data_dir().join("backups"), Path::to_owned)
}

async fn back_up(session: &Session, folder: &Path, kind: BackupKind, keep_all: bool) -> Result<()> {
    let store = session.store(Role::Admin).await?;
    let made = {
        let _bar = session.progress.waiting("backing up");
        backup::back_up(store.as_ref(), folder, kind, session.clock.as_ref(), &session.progress).await?
    };
    let keep = session.config.backup.retention();
    let removed = if keep_all { Vec::new() } else { backup::retain(folder, keep, session.clock.now())? };
    if session.json {
        return output::json(&json!({ "backup": made, "removed": removed }));
    }
    output::line(described(&made));
    for path in removed {
        output::line(format!("removed {}", path.display()));
    }
    Ok(())
}

fn list(session: &Session, folder: &Path) -> Result<()> {
    let backups = backup::list(folder)?;
    if session.json {
        return output::json(&json!({ "backups": backups }));
    }
    if backups.is_empty() {
        output::line(format!("no backup in {}", folder.display()));
    }
    for backup in &backups {
        output::line(described(backup));
    }
    Ok(())
}

async fn restore(session: &Session, path: &Path, how: Restore) -> Result<()> {
    let backup = backup::open(path)?;
    let store = session.store(Role::Admin).await?;
    let before = {
        let _bar = session.progress.waiting("restoring");
        backup::restore(store.as_ref(), &backup, how, &session.progress).await?
    };
    if session.json {
        return output::json(&json!({ "backup": backup, "restored": before.is_some(), "before": before }));
    }
    output::line(match (how, before) {
        (_, Some(before)) => format!("restored; what was there before is kept as {before}"),
        (Restore::Validate, None) => {
            "every file is as its manifest says, here and in all that it builds on".to_owned()
        }
        (_, None) => "the backup loads, and holds what its manifest says".to_owned(),
    });
    Ok(())
}

async fn recover(
    session: &Session,
    path: &Path,
    until: Option<DateTime<Utc>>,
    into: &Path,
    test_only: bool,
) -> Result<()> {
    let backup = backup::open(path)?;
    let store = session.store(Role::Admin).await?;
    let recovered = {
        let _bar = session.progress.waiting("recovering");
        if test_only {
            backup::recover_for_test(store.as_ref(), &backup, until, into).await?
        } else {
            backup::recover(store.as_ref(), &backup, until, into).await?
        }
    };
    if session.json {
        return output::json(&json!({ "backup": backup, "recovered": recovered, "kept": !test_only }));
    }
    let (matches, odds) = (count(recovered.matches), count(recovered.odds));
    output::line(if test_only {
        format!(
            "the backup recovers, with {matches} matches and {odds} odds; nothing of it is left in {}",
            into.display()
        )
    } else {
        format!("recovered {matches} matches and {odds} odds into {}; start a server on it", into.display())
    });
    Ok(())
}

fn described(backup: &StoredBackup) -> String {
    let m = &backup.manifest;
    let kind = match m.kind {
        BackupKind::Full => "full",
        BackupKind::Base => "base",
        BackupKind::Incremental => "incremental",
    };
    let until = m.recoverable_until.map_or_else(String::new, |until| {
        format!(", recoverable to {}", until.to_rfc3339_opts(SecondsFormat::Secs, true))
    });
    format!(
        "{}  {kind}, {} KiB, {} matches, {} odds{until}, of {}",
        backup.path.display(),
        count(m.size().div_ceil(1024)),
        count(m.matches),
        count(m.odds),
        m.database
    )
}
