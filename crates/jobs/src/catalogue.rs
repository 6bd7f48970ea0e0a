//! The kinds of jobs: where they wait, how long they may take, how often they are tried, and how old their last success
//! may be.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use touchline_domain::{NewJob, Queue, Severity};

/// Jobs that never overlap: each changes or copies what the others work on.
pub const UPKEEP: &str = "upkeep";

/// How long to wait before another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backoff {
    /// So many seconds each time.
    Flat(u32),
    /// So many seconds, times the tries that failed.
    Linear(u32),
    /// So many seconds, twice as many after each try, an hour at most.
    Exponential(u32),
}

impl Backoff {
    /// The wait after the try of a number, from 1. Up to a tenth is added by `spread`, so that what failed together does
    /// not come back together.
    pub fn after(self, attempt: u32, spread: u64) -> Duration {
        let seconds = match self {
            Self::Flat(seconds) => u64::from(seconds),
            Self::Linear(seconds) => u64::from(seconds) * u64::from(attempt),
            Self::Exponential(seconds) => u64::from(seconds) << attempt.saturating_sub(1).min(12),
        };
        let seconds = seconds.min(3600);
        // Knuth's multiplicative hash: neighbours are spread.
        let share = (spread.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % 100;
        Duration::seconds((seconds + seconds * share / 1000) as i64)
    }
}

/// A kind of job.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// Other names that operators know it by.
    pub aliases: &'static [&'static str],
    /// What it does, for people.
    pub about: &'static str,
    /// Where it waits.
    pub queue: Queue,
    /// Jobs of the same group never overlap.
    pub exclusion: Option<&'static str>,
    /// Whether it takes long: such jobs run one at a time per worker, beside the others.
    pub long: bool,
    /// How often it is tried.
    pub attempts: u32,
    /// How long to wait in between.
    pub backoff: Backoff,
    /// Minutes after which it is asked to stop.
    pub soft_limit: u32,
    /// Minutes after which it is given up.
    pub hard_limit: u32,
    /// Hours that its last success may be old, where it should never be silent for longer.
    pub objective: Option<u32>,
    /// How bad it is when it fails for good.
    pub severity: Severity,
    /// Whether it goes on while the disk is nearly full: what must be done before a kick-off, and what makes room.
    pub essential: bool,
}

impl Definition {
    /// The part of the system that it belongs to.
    pub fn component(&self) -> &'static str {
        match self.name {
            name if name.starts_with("backup_") => "backup",
            name if name.ends_with("_collection") => "data_collection",
            "held_rows" | "quality_check" | "quality_report" => "data_quality",
            "model_training" => "models",
            "feature_calculation" | "prediction" | "prediction_batch" | "verification" => "predictions",
            "import" => "data_collection",
            _ => "scheduler",
        }
    }

    /// A job of this kind.
    pub fn job(&self, key: String, due_at: DateTime<Utc>, parameters: Value) -> NewJob {
        NewJob {
            name: self.name.to_owned(),
            key,
            queue: self.queue,
            parameters,
            match_id: None,
            due_at,
            deadline: None,
            exclusion: self.exclusion.map(str::to_owned),
            long: self.long,
            attempts: self.attempts,
            flow: None,
        }
    }
}

const ORDINARY: Definition = Definition {
    name: "",
    aliases: &[],
    about: "",
    queue: Queue::Default,
    exclusion: None,
    long: false,
    attempts: 4,
    backoff: Backoff::Exponential(60),
    soft_limit: 5,
    hard_limit: 10,
    objective: None,
    severity: Severity::Medium,
    essential: true,
};

/// One that changes or copies everything, for as long as that takes.
const UPKEEPING: Definition =
    Definition { exclusion: Some(UPKEEP), long: true, soft_limit: 120, hard_limit: 150, ..ORDINARY };

/// All kinds, by name.
pub const JOBS: [Definition; 25] = [
    Definition {
        name: "backup_cleanup",
        aliases: &["cleanup_old_backups_task", "daily-backup-cleanup"],
        about: "removes backups that are older than the settings keep",
        queue: Queue::Backup,
        ..UPKEEPING
    },
    Definition {
        name: "backup_full",
        aliases: &["daily_full_backup_task", "manual_backup_task", "daily-full-backup"],
        about: "copies the whole store",
        queue: Queue::Backup,
        objective: Some(26),
        severity: Severity::Critical,
        essential: false,
        ..UPKEEPING
    },
    Definition {
        name: "backup_incremental",
        aliases: &["hourly_incremental_backup_task", "incremental-backup"],
        about: "copies what changed since the last backup",
        queue: Queue::Backup,
        objective: Some(2),
        severity: Severity::Critical,
        essential: false,
        ..UPKEEPING
    },
    Definition {
        name: "data_cleaning",
        aliases: &["cleanup_data", "data-cleanup"],
        about: "removes jobs, changes and answers that nobody needs any more",
        queue: Queue::Maintenance,
        ..UPKEEPING
    },
    Definition {
        name: "database_maintenance",
        aliases: &["database_maintenance_task"],
        about: "brings the database's statistics and partitions up to date",
        queue: Queue::Maintenance,
        essential: false,
        ..UPKEEPING
    },
    Definition {
        name: "error_cleanup",
        aliases: &["cleanup_error_logs_task", "daily-error-cleanup"],
        about: "removes errors of tasks that are older than seven days",
        queue: Queue::Maintenance,
        ..ORDINARY
    },
    Definition {
        name: "feature_calculation",
        aliases: &["calculate_features_task"],
        about: "brings the features of all matches up to date, and says how many of a match are not known",
        backoff: Backoff::Flat(300),
        essential: false,
        ..ORDINARY
    },
    Definition {
        name: "fixtures_collection",
        aliases: &["collect_fixtures_task", "collect-daily-fixtures"],
        about: "collects matches to come and results of a source",
        queue: Queue::Fixtures,
        backoff: Backoff::Exponential(300),
        soft_limit: 25,
        hard_limit: 30,
        objective: Some(26),
        severity: Severity::High,
        ..ORDINARY
    },
    Definition {
        name: "gap_check",
        aliases: &["weekly_full_check_task"],
        about: "asks every watched source for the whole season again, and says what is missing",
        queue: Queue::Maintenance,
        attempts: 2,
        soft_limit: 55,
        hard_limit: 60,
        long: true,
        essential: false,
        ..ORDINARY
    },
    Definition {
        name: "held_rows",
        aliases: &[],
        about: "lets rows that rules held back follow what was decided about them",
        queue: Queue::Maintenance,
        ..ORDINARY
    },
    Definition {
        name: "import",
        aliases: &["data_import"],
        about: "brings in a document that came through the interface",
        queue: Queue::Fixtures,
        attempts: 3,
        soft_limit: 55,
        hard_limit: 60,
        long: true,
        essential: false,
        ..ORDINARY
    },
    Definition {
        name: "injuries_collection",
        aliases: &["collect_injuries_task"],
        about: "collects absences",
        queue: Queue::Fixtures,
        backoff: Backoff::Exponential(300),
        essential: false,
        ..ORDINARY
    },
    Definition {
        name: "lineups_collection",
        aliases: &["collect_lineups_task"],
        about: "collects the line-ups of a match",
        queue: Queue::Fixtures,
        backoff: Backoff::Flat(300),
        ..ORDINARY
    },
    Definition {
        name: "model_training",
        aliases: &["weekly_model_retraining"],
        about: "trains a model on everything known, and promotes it if it is better than the champion",
        queue: Queue::Maintenance,
        attempts: 2,
        severity: Severity::High,
        essential: false,
        ..UPKEEPING
    },
    Definition {
        name: "news_collection",
        aliases: &["collect_news_task"],
        about: "collects news of teams from feeds",
        queue: Queue::Fixtures,
        backoff: Backoff::Exponential(300),
        essential: false,
        ..ORDINARY
    },
    Definition {
        name: "odds_collection",
        aliases: &["collect_odds_task", "collect-odds-regular"],
        about: "collects bookmakers' prices",
        queue: Queue::Odds,
        backoff: Backoff::Exponential(60),
        essential: false,
        ..ORDINARY
    },
    Definition {
        name: "prediction",
        aliases: &["process_prediction_request"],
        about: "forecasts a match and seals the forecast before its kick-off",
        backoff: Backoff::Linear(60),
        severity: Severity::High,
        ..ORDINARY
    },
    Definition {
        name: "prediction_batch",
        aliases: &["process_batch_prediction"],
        about: "forecasts the matches of a ticket, and tells its holder",
        attempts: 10,
        backoff: Backoff::Linear(15),
        severity: Severity::Low,
        essential: false,
        ..ORDINARY
    },
    Definition {
        name: "quality_check",
        aliases: &["quality_check_task", "hourly-quality-check"],
        about: "looks for gaps, doubles and values that cannot be",
        queue: Queue::Maintenance,
        objective: Some(3),
        essential: false,
        ..ORDINARY
    },
    Definition {
        name: "quality_report",
        aliases: &["weekly_quality_report_task"],
        about: "writes what became of the data in the week that is over, and tells people",
        queue: Queue::Maintenance,
        essential: false,
        ..ORDINARY
    },
    Definition {
        name: "ratings_collection",
        aliases: &["collect_ratings_task"],
        about: "collects ratings of clubs",
        queue: Queue::Fixtures,
        backoff: Backoff::Exponential(300),
        essential: false,
        ..ORDINARY
    },
    Definition {
        name: "scores_collection",
        aliases: &["collect_scores_task", "collect-live-scores"],
        about: "collects the scores of matches that are on",
        queue: Queue::Scores,
        backoff: Backoff::Flat(30),
        ..ORDINARY
    },
    Definition {
        name: "system_health",
        aliases: &["system_health_check_task"],
        about: "asks the database, looks at disk space, and at jobs that should have run",
        queue: Queue::Maintenance,
        attempts: 1,
        objective: Some(2),
        ..ORDINARY
    },
    Definition {
        name: "verification",
        aliases: &["verify_predictions_task"],
        about: "compares sealed forecasts with results",
        severity: Severity::High,
        ..ORDINARY
    },
    Definition {
        name: "weather_collection",
        aliases: &["collect_weather_task"],
        about: "collects the weather at the ground of a match",
        queue: Queue::Fixtures,
        backoff: Backoff::Flat(900),
        ..ORDINARY
    },
];

/// The kind with a name or an alias.
pub fn by_name(name: &str) -> Option<&'static Definition> {
    JOBS.iter().find(|job| job.name == name || job.aliases.contains(&name))
}

/// The kind that this program names itself.
pub(crate) fn known(name: &'static str) -> &'static Definition {
    by_name(name).expect("the program's own name of a kind of job")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_and_aliases_are_unique_and_sorted() {
        let mut seen = HashSet::new();
        for job in &JOBS {
            assert!(!job.about.is_empty() && job.soft_limit < job.hard_limit, "{}", job.name);
            for name in std::iter::once(&job.name).chain(job.aliases) {
                assert!(seen.insert(*name), "{name} stands twice");
                assert_eq!(by_name(name).map(|found| found.name), Some(job.name));
            }
        }
        assert!(JOBS.is_sorted_by_key(|job| job.name));
    }

    #[test]
    fn waits_grow_within_an_hour_and_spread_by_a_tenth() {
        assert_eq!(Backoff::Flat(30).after(3, 0), Duration::seconds(30));
        assert_eq!(Backoff::Linear(60).after(3, 0), Duration::seconds(180));
        assert_eq!(Backoff::Exponential(300).after(2, 0), Duration::seconds(600));
        assert_eq!(Backoff::Exponential(300).after(40, 0), Duration::seconds(3600));
        let waits: HashSet<_> = (0..100).map(|spread| Backoff::Flat(1000).after(1, spread)).collect();
        assert!(waits.len() > 30, "{} different waits", waits.len());
        let (least, most) = (Duration::seconds(1000), Duration::seconds(1100));
        assert!(waits.iter().all(|wait| (least..most).contains(wait)));
    }
}
