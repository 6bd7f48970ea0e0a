//! When things are due by the clock. Times are five fields of cron in UTC, which knows no summer time.

use crate::{catalogue, flows};
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use serde_json::json;
use touchline_domain::{Misfire, NewJob, Schedule};

/// A poll that could not begin for so long is left out: the next one is near.
const POLL_GRACE: Duration = Duration::seconds(60);

/// Whether a time of a schedule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// It does.
    Always,
    /// While a match is on, or was on just now.
    WhileMatchesAreOn,
    /// The nearer a kick-off, the more often.
    ByKickoff,
}

/// A schedule that the program brings along.
struct Default {
    id: &'static str,
    aliases: &'static [&'static str],
    job: &'static str,
    cron: &'static str,
    misfire: Misfire,
    gate: Gate,
}

const fn daily(id: &'static str, job: &'static str, cron: &'static str) -> Default {
    Default { id, aliases: &[], job, cron, misfire: Misfire::RunOnce, gate: Gate::Always }
}

const fn poll(id: &'static str, job: &'static str, cron: &'static str, gate: Gate) -> Default {
    Default { id, aliases: &[], job, cron, misfire: Misfire::Skip, gate }
}

/// The timetable.
const DEFAULTS: [Default; 21] = [
    Default {
        aliases: &["collect-daily-fixtures", "daily_data_collection_flow"],
        ..daily("daily-data-collection", "daily_data_collection", "0 2 * * *")
    },
    poll("collect-odds-regular", "odds_collection", "*/5 * * * *", Gate::ByKickoff),
    poll("collect-live-scores", "scores_collection", "*/2 * * * *", Gate::WhileMatchesAreOn),
    daily("collect-injuries", "injuries_collection", "0 6 * * *"),
    poll("collect-news", "news_collection", "15 * * * *", Gate::Always),
    daily("collect-ratings", "ratings_collection", "40 5 * * *"),
    poll("verification", "verification", "*/15 * * * *", Gate::Always),
    daily("hourly-quality-check", "quality_check", "10 * * * *"),
    Default {
        aliases: &["quality_check_flow"],
        ..daily("quality-check", "quality_check_and_repair", "30 */4 * * *")
    },
    Default {
        aliases: &["weekly_model_retraining_flow"],
        ..daily("weekly-model-retraining", "weekly_model_retraining_flow", "0 3 * * MON")
    },
    daily("emergency-retrain-check", "emergency_retrain_check", "45 */6 * * *"),
    poll("system-health-check", "system_health", "*/30 * * * *", Gate::Always),
    daily("daily-error-cleanup", "error_cleanup", "0 4 * * *"),
    daily("weekly-quality-report", "quality_report", "0 6 * * MON"),
    daily("weekly-full-check", "gap_check", "0 5 * * SUN"),
    daily("database-maintenance", "database_maintenance", "0 1 * * SUN"),
    daily("cleanup_data", "data_cleaning", "0 3 * * SUN"),
    daily("daily-full-backup", "backup_full", "0 3 * * *"),
    daily("incremental-backup", "backup_incremental", "20 * * * *"),
    daily("daily-backup-cleanup", "backup_cleanup", "0 5 * * *"),
    // Not a time, but how far the fixture list is dealt with.
    poll(TRIGGERS, "prediction", "* * * * *", Gate::Always),
];

/// The row of the timetable that says how far the fixture list is dealt with.
pub const TRIGGERS: &str = "match-triggers";

/// The schedules that the program brings along, which begin now.
pub fn defaults(now: DateTime<Utc>) -> Vec<Schedule> {
    let schedule = |d: &Default| Schedule {
        id: d.id.to_owned(),
        job: d.job.to_owned(),
        cron: d.cron.to_owned(),
        parameters: json!({}),
        enabled: true,
        misfire: d.misfire,
        edited: false,
        done_until: now,
    };
    DEFAULTS.iter().map(schedule).collect()
}

/// The name of the schedule that an operator means.
pub fn canonical(id: &str) -> &str {
    DEFAULTS.iter().find(|d| d.aliases.contains(&id)).map_or(id, |d| d.id)
}

/// Whether the times of a schedule count only now and then.
pub fn gate(id: &str) -> Gate {
    DEFAULTS.iter().find(|d| d.id == id).map_or(Gate::Always, |d| d.gate)
}

/// Whether there is such a job or flow.
pub fn is_known(job: &str) -> bool {
    catalogue::by_name(job).is_some() || flows::by_name(job).is_some()
}

/// Times by five fields.
///
/// # Errors
/// In words: what is wrong with them.
pub fn parse(cron: &str) -> Result<Cron, String> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(cron).map_err(|error| {
        format!(
            "{cron:?} is not a time table of five fields (minute hour day month weekday), in UTC: {error}"
        )
    })
}

/// The next times after one, at most `count`.
///
/// # Errors
/// The fields are wrong.
pub fn next(cron: &str, after: DateTime<Utc>, count: usize) -> Result<Vec<DateTime<Utc>>, String> {
    Ok(parse(cron)?.iter_after(after).take(count).collect())
}

/// What a schedule asks for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The time of the timetable to run for, if any.
    pub run: Option<DateTime<Utc>>,
    /// Up to when its times are dealt with then.
    pub done_until: DateTime<Utc>,
}

/// What a schedule asks for; none where nothing has to be noted.
///
/// Of times that passed while nobody looked at most one counts: the last one, by the schedule's rule. A clock that went
/// ahead and came back leaves a schedule that is dealt with until some time to come; it begins anew, and what was done for
/// its times already is known by its key.
///
/// # Errors
/// The fields are wrong.
pub fn due(schedule: &Schedule, now: DateTime<Utc>) -> Result<Option<Due>, String> {
    if schedule.done_until > now + POLL_GRACE {
        return Ok(Some(Due { run: None, done_until: now }));
    }
    let last = parse(&schedule.cron)?.find_previous_occurrence(&now, true);
    let last = last.map_err(|error| format!("{:?} has no time before {now}: {error}", schedule.cron))?;
    if last <= schedule.done_until {
        return Ok(None);
    }
    let counts = schedule.misfire == Misfire::RunOnce || now - last <= POLL_GRACE;
    Ok(Some(Due { run: counts.then_some(last), done_until: last }))
}

/// The jobs of a schedule for one of its times: one, or all steps of a flow.
pub fn jobs_of(schedule: &Schedule, at: DateTime<Utc>, sources: &[String]) -> Vec<NewJob> {
    if let Some(flow) = flows::by_name(&schedule.job) {
        return flow.jobs(&flow.run_at(at), at, &schedule.parameters, sources);
    }
    let Some(job) = catalogue::by_name(&schedule.job) else {
        tracing::error!(schedule = schedule.id, job = schedule.job, "there is no such job");
        return Vec::new();
    };
    let key = format!("{}@{}", schedule.id, at.to_rfc3339_opts(SecondsFormat::Secs, true));
    vec![job.job(key, at, schedule.parameters.clone())]
}

/// How long prices may be old, by the time to the next kick-off.
pub fn odds_cadence(to_kickoff: Duration) -> Duration {
    match to_kickoff.num_minutes() {
        i64::MIN..60 => Duration::minutes(5),
        60..360 => Duration::minutes(15),
        360..1440 => Duration::hours(1),
        _ => Duration::hours(6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn schedule(cron: &str, misfire: Misfire, done_until: &str) -> Schedule {
        let done_until = at(done_until);
        let first = defaults(done_until).swap_remove(0);
        Schedule { cron: cron.to_owned(), misfire, ..first }
    }

    #[test]
    fn every_schedule_names_a_job_or_a_flow_and_has_times() {
        for schedule in defaults(at("2026-01-01T00:00:00Z")) {
            assert!(is_known(&schedule.job), "{}", schedule.job);
            assert_eq!(next(&schedule.cron, schedule.done_until, 10).unwrap().len(), 10);
        }
        assert_eq!(canonical("collect-daily-fixtures"), "daily-data-collection");
        assert_eq!(canonical("mine"), "mine");
    }

    #[test]
    fn monday_is_monday() {
        let times = next("0 3 * * MON", at("2026-11-29T12:00:00Z"), 2).unwrap();
        assert_eq!(times, [at("2026-11-30T03:00:00Z"), at("2026-12-07T03:00:00Z")]);
    }

    #[test]
    fn wrong_times_are_explained() {
        for wrong in ["", "* * * *", "61 * * * *", "* * * * * *", "at noon"] {
            let error = parse(wrong).unwrap_err();
            assert!(error.contains("five fields"), "{error}");
        }
    }

    #[test]
    fn of_missed_times_the_last_counts_once() {
        let daily = schedule("0 2 * * *", Misfire::RunOnce, "2026-11-01T02:00:00Z");
        assert_eq!(due(&daily, at("2026-11-02T01:59:59Z")), Ok(None));
        let late = due(&daily, at("2026-11-05T14:00:00Z")).unwrap().unwrap();
        assert_eq!(late.run, Some(at("2026-11-05T02:00:00Z")));
        assert_eq!(late.done_until, at("2026-11-05T02:00:00Z"));
        let done = Schedule { done_until: late.done_until, ..daily };
        assert_eq!(due(&done, at("2026-11-05T14:00:00Z")), Ok(None));
    }

    #[test]
    fn a_poll_that_is_late_waits_for_the_next() {
        let poll = schedule("*/5 * * * *", Misfire::Skip, "2026-11-01T02:00:00Z");
        let in_time = due(&poll, at("2026-11-01T02:05:10Z")).unwrap().unwrap();
        assert_eq!(in_time.run, Some(at("2026-11-01T02:05:00Z")));
        let late = due(&poll, at("2026-11-01T03:03:00Z")).unwrap().unwrap();
        assert_eq!((late.run, late.done_until), (None, at("2026-11-01T03:00:00Z")));
    }

    #[test]
    fn a_clock_that_came_back_begins_anew() {
        let daily = schedule("0 2 * * *", Misfire::RunOnce, "2026-12-24T02:00:00Z");
        let back = due(&daily, at("2026-11-05T14:00:00Z")).unwrap().unwrap();
        assert_eq!((back.run, back.done_until), (None, at("2026-11-05T14:00:00Z")));
    }

    #[test]
    fn prices_are_asked_for_more_often_before_a_kick_off() {
        let cadence = |minutes| odds_cadence(Duration::minutes(minutes)).num_minutes();
        assert_eq!([10, 90, 600, 5000].map(cadence), [5, 15, 60, 360]);
    }
}
