//! Base backups by `pg_basebackup`, and the write-ahead log since then by `pg_receivewal`. A replication slot makes the
//! server keep what is not fetched yet; it moves on only when the next increment finds the last one safe on disk.

use super::stretch::{SEGMENTS, Stretch, failed, parsed, place, read_all};
use crate::error::{Mapped, corrupt, unavailable};
use crate::programs::{client, run};
use crate::row::Read;
use crate::{Lock, PostgresStore};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::{Postgres, Transaction};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use touchline_domain::Progress;
use touchline_domain::ports::{Contents, StoreError};
use touchline_store_sql::stopping::unless_stopped;

/// What `pg_basebackup` says about its work: <https://www.postgresql.org/docs/current/backup-manifest-format.html>.
const MANIFEST: &str = "backup_manifest";
const LEVEL: i32 = 3;

/// The place and time that a backup describes, and the view of it.
struct Moment {
    snapshot: Transaction<'static, Postgres>,
    stop: u64,
    at: DateTime<Utc>,
}

pub(super) async fn dump_base(
    store: &PostgresStore,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Contents, StoreError> {
    let slot = format!("touchline_{}", store.clock.now().format("%Y%m%d%H%M%S%3f"));
    let server = ask(store, &slot).await?;
    execute(store, include_str!("../../queries/backup/create_slot.sql"), &slot).await?;
    let dumped = write_base(store, server, folder, progress).await;
    if dumped.is_err() {
        // The reason is told already.
        let _ = execute(store, include_str!("../../queries/backup/drop_slot.sql"), &slot).await;
    }
    dumped
}

async fn write_base(
    store: &PostgresStore,
    mut stretch: Stretch,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Contents, StoreError> {
    let mut command = client("pg_basebackup", &store.url);
    command.args(["--format=tar", "--gzip", "--compress=1", "--wal-method=none", "--checkpoint=fast"]);
    command.args(["--label=touchline", "--pgdata"]).arg(folder);
    unless_stopped(progress, run(command)).await?;
    let start = log_start(&folder.join(MANIFEST))?;
    stretch.from = start - start % stretch.segment;
    finish(store, stretch, folder, progress).await
}

pub(super) async fn dump_changes(
    store: &PostgresStore,
    chain: &[PathBuf],
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Contents, StoreError> {
    let stretches = read_all(chain)?;
    let last = &stretches[stretches.len() - 1];
    let mut stretch = ask(store, &last.slot).await?;
    stretch.from = last.to;
    if !last.is_followed_by(&stretch) {
        let message = "the server is not the one of the base backup, or a standby has taken its place; take a new one: \
                       touchline db backup --base";
        return Err(unavailable(message, None));
    }
    let kept = sqlx::query(include_str!("../../queries/backup/advance_slot.sql"))
        .bind(&last.slot)
        .bind(last.to as i64)
        .fetch_optional(&mut *store.read().await?)
        .await
        .mapped()?;
    if kept.is_none() {
        let message = format!(
            "the server no longer keeps its log for the slot {}; take a new base backup: touchline db backup --base",
            last.slot
        );
        return Err(unavailable(&message, None));
    }
    finish(store, stretch, folder, progress).await
}

pub(super) async fn release(store: &PostgresStore, base: &Path) -> Result<(), StoreError> {
    let slot = Stretch::read(base)?.slot;
    execute(store, include_str!("../../queries/backup/drop_slot.sql"), &slot).await
}

/// What there is to know of the server; the stretch is empty yet.
async fn ask(store: &PostgresStore, slot: &str) -> Result<Stretch, StoreError> {
    let row = sqlx::query(include_str!("../../queries/backup/server.sql"))
        .fetch_one(&mut *store.read().await?)
        .await
        .mapped()?;
    let level: String = row.value(4)?;
    if level == "minimal" {
        let message =
            "the server does not log enough to recover from; set wal_level = replica and restart it";
        return Err(unavailable(message, None));
    }
    if row.number::<i64>(5)? > 0 {
        let message = "the server has tablespaces of its own, whose folders a recovery could not choose; use \
                       touchline db backup --full";
        return Err(unavailable(message, None));
    }
    let segment: String = row.value(3)?;
    let timeline = segment.get(..8).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    Ok(Stretch {
        system: row.value(0)?,
        major: row.number(1)?,
        timeline: timeline.ok_or_else(|| corrupt(format!("{segment} is not a segment")))?,
        segment: row.number(2)?,
        slot: slot.to_owned(),
        database: store.names().0,
        from: 0,
        to: 0,
        stop: 0,
    })
}

/// Closes a stretch that has its start, and fetches it.
async fn finish(
    store: &PostgresStore,
    mut stretch: Stretch,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Contents, StoreError> {
    let Moment { mut snapshot, stop, at } = moment(store).await?;
    stretch.stop = stop;
    let counts = crate::silver::counts(&mut snapshot).await?;
    let content_hash = unless_stopped(progress, crate::silver::content_hash(&mut snapshot)).await?;
    drop(snapshot);
    let mut connection = store.read().await?;
    sqlx::query(include_str!("../../queries/backup/mark.sql")).execute(&mut *connection).await.mapped()?;
    let switched = sqlx::query(include_str!("../../queries/backup/switch_wal.sql"))
        .fetch_one(&mut *connection)
        .await
        .mapped()?;
    stretch.to = switched.number::<u64>(0)?.next_multiple_of(stretch.segment);
    receive(store, &stretch, folder, progress).await?;
    stretch.write(folder)?;
    Ok(Contents { counts, content_hash, recoverable_until: Some(at) })
}

/// A moment between writes, so that the place in the log and the view say the same. Writers wait for an instant; a long
/// import is waited for.
async fn moment(store: &PostgresStore) -> Result<Moment, StoreError> {
    let mut quiet = store.write().await?;
    sqlx::raw_sql("SET LOCAL lock_timeout = '10min'").execute(&mut *quiet).await.mapped()?;
    for lock in [Lock::Roster, Lock::Silver] {
        sqlx::query(include_str!("../../queries/lock.sql"))
            .bind(lock.name())
            .execute(&mut *quiet)
            .await
            .mapped()?;
    }
    let mut snapshot = store.snapshot().await?;
    let row = sqlx::query(include_str!("../../queries/backup/moment.sql")).fetch_one(&mut *snapshot).await;
    let row = row.mapped()?;
    Ok(Moment { stop: row.number(0)?, at: row.value(1)?, snapshot })
}

/// Fetches the segments of a stretch and compresses them.
async fn receive(
    store: &PostgresStore,
    stretch: &Stretch,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<(), StoreError> {
    let segments = folder.join(SEGMENTS);
    fs::create_dir(&segments).map_err(|error| failed(&segments, &error))?;
    // The program goes on after the last segment that it finds, and looks at nothing but its name and size.
    let before = segments.join(stretch.segment_before());
    File::create(&before)
        .and_then(|file| file.set_len(stretch.segment))
        .map_err(|error| failed(&before, &error))?;
    let mut command = client("pg_receivewal", &store.url);
    command.arg("--directory").arg(&segments).arg("--no-loop");
    command.arg(format!("--endpos={}", place(stretch.to - 1)));
    unless_stopped(progress, run(command)).await?;
    fs::remove_file(&before).map_err(|error| failed(&before, &error))?;
    let names: Vec<_> = stretch.segments().collect();
    let compressed = tokio::task::spawn_blocking(move || compress(&segments, &names)).await;
    compressed.map_err(|stopped| unavailable(&stopped.to_string(), None))?
}

/// Replaces segments by compressed ones; after a switch most of a segment is empty.
fn compress(folder: &Path, names: &[String]) -> Result<(), StoreError> {
    for name in names {
        let (whole, path) = (folder.join(name), folder.join(format!("{name}.zst")));
        let compressed = File::open(&whole).and_then(|input| {
            zstd::stream::copy_encode(input, File::create(&path)?, LEVEL)?;
            fs::remove_file(&whole)
        });
        compressed.map_err(|error| failed(&whole, &error))?;
    }
    // The start of what comes next is the next increment's.
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, &error))?.flatten() {
        if entry.path().extension().is_none_or(|ending| ending != "zst") {
            fs::remove_file(entry.path()).map_err(|error| failed(&entry.path(), &error))?;
        }
    }
    Ok(())
}

/// Where the log begins that a base backup needs.
fn log_start(manifest: &Path) -> Result<u64, StoreError> {
    #[derive(Deserialize)]
    struct Manifest {
        #[serde(rename = "WAL-Ranges")]
        ranges: Vec<Range>,
    }
    #[derive(Deserialize)]
    struct Range {
        #[serde(rename = "Start-LSN")]
        start: String,
    }
    let text = fs::read(manifest).map_err(|error| failed(manifest, &error))?;
    let told: Manifest = serde_json::from_slice(&text).map_err(corrupt)?;
    let start = told.ranges.first().and_then(|range| parsed(&range.start));
    start.ok_or_else(|| corrupt("pg_basebackup does not say where its log begins"))
}

async fn execute(store: &PostgresStore, sql: &'static str, slot: &str) -> Result<(), StoreError> {
    sqlx::query(sql).bind(slot).execute(&mut *store.read().await?).await.mapped()?;
    Ok(())
}
