//! What is due before a kick-off: derived from the fixture list, and derived again whenever that changes.

use crate::catalogue;
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use std::collections::{BTreeSet, HashSet};
use touchline_domain::{Decree, Job, Kickoff, Match, MatchId, MatchStatus, NewJob};

/// So long before a kick-off its jobs are made.
pub const HORIZON: Duration = Duration::hours(24);
/// A forecast is sealed so long before a kick-off, and again on changes from then on.
pub const SEALING: Duration = Duration::minutes(30);

/// A kind of job before a kick-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    /// The job.
    pub job: &'static str,
    /// So many minutes before.
    pub minutes: i64,
}

/// Forecasts: always.
pub const PREDICTION: Trigger = Trigger { job: "prediction", minutes: SEALING.num_minutes() };
/// Features: always, so that what is missing shows while there is time to mend it.
pub const FEATURES: Trigger = Trigger { job: "feature_calculation", minutes: 60 };
/// The weather at the ground: where a source of it is collected.
pub const WEATHER: Trigger = Trigger { job: "weather_collection", minutes: 360 };
/// Line-ups: where a source of them is collected.
pub const LINEUPS: Trigger = Trigger { job: "lineups_collection", minutes: 120 };

impl Trigger {
    /// The job of a match.
    pub fn of(self, m: MatchId, kickoff: Kickoff) -> NewJob {
        let due_at = kickoff.at - Duration::minutes(self.minutes);
        let key = format!("{}:match {m}:T-{}:{}", self.job, self.minutes, kickoff.at.timestamp());
        NewJob {
            match_id: Some(m),
            deadline: Some(kickoff.latest()),
            ..catalogue::known(self.job).job(key, due_at, json!({}))
        }
    }
}

/// A forecast that is sealed anew, for a change of a number.
pub fn resealing(m: MatchId, kickoff: Kickoff, change: i64, now: DateTime<Utc>) -> NewJob {
    let key = format!("prediction:match {m}:change {change}:{}", kickoff.at.timestamp());
    let job = catalogue::known("prediction").job(key, now, json!({}));
    NewJob { match_id: Some(m), deadline: Some(kickoff.latest()), ..job }
}

/// Whether a match has a kick-off to wait for.
fn is_to_come(m: &Match, now: DateTime<Utc>) -> bool {
    m.status == MatchStatus::Scheduled && now < m.kickoff.latest()
}

/// Whether a match was, or should have been, played at its kick-off.
fn took_place(m: &Match) -> bool {
    !matches!(m.status, MatchStatus::Postponed | MatchStatus::Cancelled)
}

/// What the fixture list asks for.
///
/// `matches` are those whose kick-off is later than `since` and at most [`HORIZON`] away; `open` the jobs of triggers that
/// wait. A match that kicked off after `since` without a job that was ever asked for is one that was missed.
pub fn plan(
    triggers: &[Trigger],
    matches: &[Match],
    open: &[Job],
    asked: &BTreeSet<String>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Decree {
    let mut decree = Decree::default();
    let (mut wanted, mut held) = (HashSet::new(), HashSet::new());
    for m in matches {
        if took_place(m) {
            held.insert((m.id, m.kickoff.latest()));
        }
        for trigger in triggers {
            let job = trigger.of(m.id, m.kickoff);
            if is_to_come(m, now) {
                wanted.insert((m.id, m.kickoff.latest()));
                if !asked.contains(&job.key) {
                    decree.enqueue.push(job);
                }
            } else if m.kickoff.latest() > since
                && m.kickoff.latest() <= now
                && took_place(m)
                && *trigger == PREDICTION
                && !asked.contains(&job.key)
            {
                decree.missed.push(job);
            }
        }
    }
    let stale = |job: &&Job| match (job.what.match_id, job.what.deadline) {
        // One whose deadline passed is missed, which is not the same as called off; unless the match was, meanwhile.
        (Some(id), Some(deadline)) => {
            let kickoff = (id, deadline);
            !wanted.contains(&kickoff) && (now < deadline || !held.contains(&kickoff))
        }
        _ => false,
    };
    decree.cancel = open.iter().filter(stale).map(|job| job.id).collect();
    decree
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::{JobId, JobStatus, LeagueId, MatchSetting, NewMatch, Season, TeamId};

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + 60 * minutes, 0).unwrap()
    }

    fn scheduled(id: i64, minutes: i64) -> Match {
        let details = NewMatch {
            league: LeagueId(1),
            season: Season::cross_year(2026).unwrap(),
            home: TeamId(1),
            away: TeamId(2),
            leg: 1,
            kickoff: Kickoff::at(at(minutes)),
            status: MatchStatus::Scheduled,
            score: None,
            half_time: None,
            referee: None,
            attendance: None,
            source: "test".to_owned(),
            external_id: None,
            setting: MatchSetting::default(),
        };
        Match { id: MatchId(id), details }
    }

    fn kept(id: i64, what: NewJob) -> Job {
        Job {
            id: JobId(id),
            status: JobStatus::Waiting,
            what,
            attempt: 0,
            worker: None,
            lease_until: None,
            stop_requested: false,
            enqueued_at: at(0),
            started_at: None,
            ended_at: None,
            fault: None,
            result: None,
        }
    }

    fn keys(jobs: &[NewJob]) -> BTreeSet<String> {
        jobs.iter().map(|job| job.key.clone()).collect()
    }

    #[test]
    fn a_kick_off_that_moves_takes_its_jobs_along() {
        let first = plan(&[PREDICTION, LINEUPS], &[scheduled(1, 300)], &[], &BTreeSet::new(), at(0), at(0));
        assert_eq!(first.enqueue.len(), 2);
        assert_eq!((first.enqueue[0].due_at, first.enqueue[0].deadline), (at(270), Some(at(300))));
        let asked = keys(&first.enqueue);
        let open: Vec<Job> =
            first.enqueue.into_iter().enumerate().map(|(i, job)| kept(i as i64, job)).collect();
        let again = plan(&[PREDICTION, LINEUPS], &[scheduled(1, 300)], &open, &asked, at(0), at(1));
        assert!(again.is_empty(), "{again:?}");
        let moved = plan(&[PREDICTION, LINEUPS], &[scheduled(1, 360)], &open, &asked, at(0), at(1));
        assert_eq!((moved.enqueue.len(), moved.cancel.len()), (2, 2));
        // And moved to a day that is not looked at yet.
        let gone = plan(&[PREDICTION, LINEUPS], &[], &open, &asked, at(0), at(1));
        assert_eq!((gone.enqueue.len(), gone.cancel.len()), (0, 2));
        let mut postponed = scheduled(1, 300);
        postponed.details.status = MatchStatus::Postponed;
        assert_eq!(plan(&[PREDICTION, LINEUPS], &[postponed], &open, &asked, at(0), at(1)).cancel.len(), 2);
    }

    #[test]
    fn a_forecast_that_nobody_asked_for_in_time_is_missed_once() {
        let m = scheduled(1, 10);
        let late =
            plan(&[PREDICTION, LINEUPS], std::slice::from_ref(&m), &[], &BTreeSet::new(), at(0), at(20));
        assert_eq!((late.enqueue.len(), late.missed.len()), (0, 1));
        let asked = keys(&late.missed);
        assert!(plan(&[PREDICTION], std::slice::from_ref(&m), &[], &asked, at(0), at(21)).is_empty());
        assert!(
            plan(&[PREDICTION], &[m], &[], &BTreeSet::new(), at(20), at(21)).is_empty(),
            "it is dealt with"
        );
    }

    #[test]
    fn a_deadline_that_passed_is_not_called_off() {
        let m = scheduled(1, 10);
        let job = kept(1, PREDICTION.of(m.id, m.kickoff));
        let asked = BTreeSet::from([job.what.key.clone()]);
        assert!(
            plan(&[PREDICTION], std::slice::from_ref(&m), std::slice::from_ref(&job), &asked, at(0), at(10))
                .is_empty()
        );
        // Unless the match was called off or moved while nobody looked.
        let mut postponed = m.clone();
        postponed.details.status = MatchStatus::Postponed;
        let looked = plan(&[PREDICTION], &[postponed], std::slice::from_ref(&job), &asked, at(0), at(10));
        assert_eq!((looked.cancel.len(), looked.missed.len()), (1, 0));
        let moved =
            plan(&[PREDICTION], &[scheduled(1, 400)], std::slice::from_ref(&job), &asked, at(0), at(10));
        assert_eq!((moved.cancel.len(), moved.enqueue.len()), (1, 1));
        assert_eq!(plan(&[PREDICTION], &[], &[job], &asked, at(0), at(10)).cancel.len(), 1);
    }
}
