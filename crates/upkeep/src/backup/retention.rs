//! Which backups are kept.

use super::chain::name;
use super::{BackupError, BackupKind, StoredBackup, failed, list, lock};
use chrono::{DateTime, Days, NaiveDate, Utc};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days, among those that have a full backup, of which the latest one is kept.
    pub daily: usize,
    /// Days for which incremental backups are kept.
    pub incremental_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { daily: 7, incremental_days: 30 }
    }
}

/// Removes what need not be kept and returns it: kept are the latest full backup of each of the last days that have one,
/// the latest base backup, the increments of some days, and everything that one of these builds on.
///
/// # Errors
/// A folder cannot be read or removed, or a backup is being written.
pub fn retain(root: &Path, keep: Retention, now: DateTime<Utc>) -> Result<Vec<PathBuf>, BackupError> {
    let backups = list(root)?;
    if backups.is_empty() {
        return Ok(Vec::new());
    }
    let _alone = lock(root)?;
    let kept = kept(&backups, keep, now);
    let mut removed = Vec::new();
    // The latest first: where this is interrupted, nothing is left that builds on what is gone.
    for backup in backups.into_iter().filter(|backup| !kept.contains(&name(&backup.path))) {
        fs::remove_dir_all(&backup.path).map_err(|error| failed(&backup.path, error))?;
        removed.push(backup.path);
    }
    Ok(removed)
}

/// Names of the backups that are kept; `backups` come latest first.
fn kept(backups: &[StoredBackup], keep: Retention, now: DateTime<Utc>) -> HashSet<String> {
    let mut days: BTreeSet<NaiveDate> = BTreeSet::new();
    let mut has_base = false;
    let oldest = now.checked_sub_days(Days::new(keep.incremental_days.into()));
    let mut is_kept = |backup: &StoredBackup| {
        let created_at = backup.manifest.created_at;
        match backup.manifest.kind {
            BackupKind::Full => days.insert(created_at.date_naive()) && days.len() <= keep.daily.max(1),
            BackupKind::Base => !std::mem::replace(&mut has_base, true),
            BackupKind::Incremental => oldest.is_none_or(|oldest| created_at >= oldest),
        }
    };
    let by_name: HashMap<_, _> = backups.iter().map(|backup| (name(&backup.path), backup)).collect();
    let mut kept = HashSet::new();
    for backup in backups.iter().filter(|backup| is_kept(backup)) {
        let mut next = Some(backup);
        // What a kept one builds on, down to the first that is known to be kept.
        while let Some(backup) = next.filter(|backup| kept.insert(name(&backup.path))) {
            next = backup.manifest.builds_on.as_ref().and_then(|link| by_name.get(&link.name)).copied();
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    /// A backup with this many hours of age; `on` is the age of the one that it builds on.
    fn place(root: &Path, kind: &str, age: i64, on: Option<i64>, now: DateTime<Utc>) {
        let folder = root.join(age.to_string());
        fs::create_dir(&folder).unwrap();
        let created = now - chrono::TimeDelta::hours(age);
        let mut text = format!(r#"{{"created_at":"{}","kind":"{kind}","#, created.to_rfc3339());
        if let Some(on) = on {
            write!(text, r#""builds_on":{{"name":"{on}","manifest":""}},"#).unwrap();
        }
        text.push_str(r#""database":"","matches":0,"odds":0,"content_hash":"","files":[]}"#);
        fs::write(folder.join("manifest.json"), text).unwrap();
    }

    fn left(backups: &[(&str, i64, Option<i64>)], keep: Retention) -> Vec<i64> {
        let folder = tempfile::TempDir::new().unwrap();
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        for (kind, age, on) in backups {
            place(folder.path(), kind, *age, *on, now);
        }
        retain(folder.path(), keep, now).unwrap();
        let mut left: Vec<i64> =
            list(folder.path()).unwrap().iter().map(|b| name(&b.path).parse().unwrap()).collect();
        left.sort_unstable();
        left
    }

    #[test]
    fn one_full_backup_of_each_of_seven_days_is_kept() {
        let fulls: Vec<_> = (0..20).map(|n| ("full", n * 12, None)).collect();
        let left = left(&fulls, Retention::default());
        assert_eq!(left.len(), 7, "{left:?}");
        assert!(left.contains(&0) && left.iter().all(|age| *age < 8 * 24), "{left:?}");
    }

    #[test]
    fn what_a_kept_increment_builds_on_is_kept_however_old() {
        let keep = Retention { daily: 1, incremental_days: 30 };
        let backups = [
            ("full", 1, None),
            ("incremental", 29 * 24, Some(31 * 24)),
            ("incremental", 31 * 24, Some(40 * 24)),
            ("full", 40 * 24, None),
            // Nothing that is kept builds on these.
            ("incremental", 32 * 24, Some(50 * 24)),
            ("full", 50 * 24, None),
        ];
        assert_eq!(left(&backups, keep), [1, 29 * 24, 31 * 24, 40 * 24]);
    }

    #[test]
    fn the_latest_base_is_kept_and_older_ones_as_long_as_their_increments() {
        let backups = [
            ("base", 50 * 24, None),
            ("base", 60 * 24, None),
            ("base", 70 * 24, None),
            ("incremental", 5 * 24, Some(60 * 24)),
            ("full", 80 * 24, None),
        ];
        assert_eq!(left(&backups, Retention::default()), [5 * 24, 50 * 24, 60 * 24, 80 * 24]);
    }
}
