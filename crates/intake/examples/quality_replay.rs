//! How often a check cries wolf: replays seasons of football-data.co.uk day by day into a store in memory, checks it every
//! morning, and counts what is recorded.
//!
//! `quality_replay FOLDER FIRST LAST [default|original]`: FOLDER holds `2122/E0.csv` and so on; seasons before FIRST (the year
//! in which it starts) are there from the beginning. Each morning at 06:00 the files of leagues that played the day before
//! arrive as far as they went then, as the source publishes them. On the first of each month everything is checked and the
//! baselines are computed anew. Prints the findings of medium severity and above; the last line sums them up.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use chrono::{Datelike, Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use touchline_collect::sources::by_name;
use touchline_domain::ports::{IssueFilter, QualityReader};
use touchline_domain::{FixedClock, Silent};
use touchline_intake::identity::SourceOrder;
use touchline_intake::ingest::{Incoming, IngestReport, ingest};
use touchline_intake::quality::check::{CheckOptions, check};
use touchline_quality::baseline::Profile;
use touchline_store_sqlite::SqliteStore;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A file of a season: its rows by date, in order.
struct File {
    name: String,
    heading: Vec<u8>,
    rows: Vec<(NaiveDate, Vec<u8>)>,
}

impl File {
    fn read(path: &Path, name: String) -> Outcome<Self> {
        let bytes = std::fs::read(path)?;
        let mut lines = bytes.split_inclusive(|b| *b == b'\n');
        let heading = lines.next().ok_or("an empty file")?.to_vec();
        let text = String::from_utf8_lossy(&heading);
        let place = text.split(',').position(|column| column == "Date").ok_or("no column Date")?;
        let date = |line: &[u8]| {
            let text = String::from_utf8_lossy(line).into_owned();
            let cell = text.split(',').nth(place)?.trim().to_owned();
            let format = if cell.len() == 8 { "%d/%m/%y" } else { "%d/%m/%Y" };
            NaiveDate::parse_from_str(&cell, format).ok()
        };
        let mut rows: Vec<_> = lines.filter_map(|line| Some((date(line)?, line.to_vec()))).collect();
        rows.sort_by_key(|(date, _)| *date);
        Ok(Self { name, heading, rows })
    }

    /// What the file is after a day.
    fn until(&self, day: NaiveDate) -> Incoming {
        let rows = self.rows.iter().take_while(|(date, _)| *date <= day).flat_map(|(_, row)| row.iter());
        Incoming { name: self.name.clone(), bytes: self.heading.iter().chain(rows).copied().collect() }
    }
}

fn files(folder: &Path) -> Outcome<BTreeMap<i32, Vec<File>>> {
    let mut seasons: BTreeMap<i32, Vec<File>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let label = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(two) = label.get(..2).and_then(|two| two.parse::<i32>().ok()) else { continue };
        let start = if two >= 50 { 1900 + two } else { 2000 + two };
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(&path)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            seasons.entry(start).or_default().push(File::read(&path, format!("{label}/{file}"))?);
        }
    }
    Ok(seasons)
}

struct Replay {
    store: SqliteStore,
    profile: Profile,
    slowest: Duration,
    checking: Duration,
    checks: u32,
}

fn morning(day: NaiveDate) -> FixedClock {
    FixedClock(day.and_hms_opt(6, 0, 0).expect("a time of every day").and_utc())
}

impl Replay {
    async fn bring(&self, document: &Incoming, clock: &FixedClock) -> Outcome<()> {
        let source = by_name("football-data").ok_or("the source is known")?;
        let (order, mut report) = (SourceOrder::default(), IngestReport::default());
        Ok(ingest(&self.store, source, document, &order, clock, &mut report).await?)
    }

    async fn check(&mut self, full: bool, clock: &FixedClock) -> Outcome<()> {
        let before = Instant::now();
        let options = CheckOptions { full, profile: self.profile };
        check(&self.store, &options, clock, &Silent).await?;
        if !full {
            self.slowest = self.slowest.max(before.elapsed());
            self.checking += before.elapsed();
            self.checks += 1;
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, first, last, rest @ ..] = arguments.as_slice() else {
        return Err("quality_replay FOLDER FIRST LAST [default|original]".into());
    };
    let (first, last): (i32, i32) = (first.parse()?, last.parse()?);
    let profile = rest.first().map_or(Ok(Profile::Default), |name| name.parse::<Profile>())?;
    let seasons = files(Path::new(folder))?;
    let day = |year, month| NaiveDate::from_ymd_opt(year, month, 1).ok_or("a date");
    let (start, end) = (day(first, 7)?, day(last + 1, 9)?);
    let store = SqliteStore::in_memory(Arc::new(morning(start))).await?;
    let none = Duration::ZERO;
    let mut replay = Replay { store, profile, slowest: none, checking: none, checks: 0 };
    for file in seasons.range(..first).flat_map(|(_, files)| files) {
        replay.bring(&file.until(start), &morning(start)).await?;
    }
    replay.check(true, &morning(start)).await?;
    let mut today = start + Days::new(1);
    while today < end {
        let (clock, yesterday) = (morning(today), today - Days::new(1));
        for file in seasons.range(first..=last).flat_map(|(_, files)| files) {
            if file.rows.iter().any(|(date, _)| *date == yesterday) {
                replay.bring(&file.until(yesterday), &clock).await?;
            }
        }
        replay.check(today.day() == 1, &clock).await?;
        today = today + Days::new(1);
    }
    let since = Some(morning(start + Days::new(1)).0);
    let issues =
        replay.store.find_issues(&IssueFilter { since, ..IssueFilter::default() }, 1_000_000).await?;
    let mut kinds: BTreeMap<(bool, String, String), usize> = BTreeMap::new();
    let (mut alerts, mut weeks) = (0_u32, BTreeSet::new());
    for issue in issues.iter().rev().filter(|issue| issue.severity != "low") {
        let of_document = issue.document_name.is_some();
        println!(
            "{} {} {} {} {}",
            issue.detected_at.date_naive(),
            issue.severity,
            issue.error_type,
            issue.document_name.as_deref().unwrap_or("-"),
            issue.message
        );
        *kinds.entry((of_document, issue.error_type.clone(), issue.severity.clone())).or_default() += 1;
        alerts += 1;
        weeks.insert(issue.detected_at.format("%G-%V").to_string());
    }
    for ((of_document, kind, severity), count) in kinds {
        let by = if of_document { "import" } else { "check" };
        println!("{count:6} {severity} {kind} ({by})");
    }
    let all = (end - start).num_days() as f64 / 7.0;
    println!(
        "profile {}: {alerts} alerts in {all:.0} weeks, {:.2} a week, in {} of them; {} daily checks, mean {:.0} ms, slowest {:.0} ms",
        profile.name(),
        f64::from(alerts) / all,
        weeks.len(),
        replay.checks,
        1000.0 * replay.checking.as_secs_f64() / f64::from(replay.checks.max(1)),
        1000.0 * replay.slowest.as_secs_f64()
    );
    Ok(())
}
