//! Jobs, schedules, workers and who leads.

use super::fixture::prelude::*;
use super::fixture::{join, refused, time};
use crate::ports::Store;
use crate::{
    Claim, Decree, DueJobs, FlowStep, Job, JobEnd, JobFault, JobFilter, JobId, JobOutcome, JobStatus,
    Leadership, MatchId, Misfire, NewJob, Queue, Schedule, WorkerSeen,
};
use chrono::Duration;
use serde_json::json;
use std::collections::BTreeSet;
use std::ops::Deref;

fn job(key: &str) -> NewJob {
    NewJob {
        name: "odds_collection".to_owned(),
        key: key.to_owned(),
        queue: Queue::Odds,
        parameters: json!({}),
        match_id: None,
        due_at: time(0),
        deadline: None,
        exclusion: None,
        long: false,
        attempts: 3,
        flow: None,
    }
}

fn step(name: &str, needs: &[&str], follows: &[&str]) -> NewJob {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let flow = FlowStep {
        flow: "daily@1".to_owned(),
        step: name.to_owned(),
        needs: owned(needs),
        follows: owned(follows),
    };
    NewJob { flow: Some(flow), ..job(&format!("daily@1:{name}")) }
}

fn claim(worker: &str, now: i64, limit: u32) -> Claim {
    Claim { worker: worker.to_owned(), now: time(now), lease_until: time(now + 30), long: false, limit }
}

fn end(job: &Job, at: i64, outcome: JobOutcome) -> JobEnd {
    let worker = job.worker.clone().expect("a worker has it");
    JobEnd { id: job.id, worker, attempt: job.attempt, outcome, at: time(at) }
}

fn fault(kind: &str) -> JobFault {
    JobFault { kind: kind.to_owned(), message: format!("{kind} \u{1f600}") }
}

fn keys(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.what.key.as_str()).collect()
}

async fn only<S: Store + ?Sized>(store: &S, key: &str) -> Job {
    let found = store.jobs_of_keys(&[key.to_owned()]).await.expect("read");
    let [(_, id, status)] = &found[..] else { panic!("one job of {key}") };
    let job = store.job(*id).await.expect("read").expect("it is there");
    assert_eq!(job.status, *status);
    job
}

async fn leader<S: Store + ?Sized>(store: &S) -> Leadership {
    store.lead("ann", time(0), time(1_000_000)).await.expect("asked").expect("nobody else leads")
}

/// With everything that it has.
pub async fn a_job_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let whole = NewJob {
        name: "prediction".to_owned(),
        parameters: json!({ "why": "T-30 \u{1f600}", "list": [1, 2.5, null] }),
        match_id: Some(MatchId(17)),
        due_at: time(60),
        deadline: Some(time(120)),
        exclusion: Some("upkeep".to_owned()),
        long: true,
        ..step("b", &["a"], &["c", "d"])
    };
    store.enqueue(&[whole.clone(), job("bare")], time(5)).await.expect("asked for");
    let kept = only(&*store, "daily@1:b").await;
    assert_eq!(kept.what, whole);
    assert_eq!((kept.status, kept.attempt, kept.enqueued_at), (JobStatus::Blocked, 0, time(5)));
    assert_eq!((&kept.worker, kept.lease_until, kept.started_at, kept.ended_at), (&None, None, None, None));
    assert_eq!((&kept.fault, &kept.result, kept.stop_requested), (&None, &None, false));
    let bare = only(&*store, "bare").await;
    assert_eq!((bare.what, bare.status), (job("bare"), JobStatus::Waiting));
    assert_eq!(store.job(JobId(1_000_000)).await.expect("read"), None);
    refused(store.enqueue(&[job("fine"), NewJob { attempts: 0, ..job("none") }], time(0)).await, "no try");
    assert_eq!(store.jobs_of_keys(&["fine".to_owned()]).await.expect("read"), []);
}

/// However often it is asked for, and whether or not it is over.
pub async fn a_job_is_there_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.enqueue(&[job("a"), job("a"), job("b")], time(0)).await.expect("asked for"), 2);
    let later = NewJob { due_at: time(500), ..job("a") };
    assert_eq!(store.enqueue(&[later], time(1)).await.expect("asked for"), 0);
    let jobs = store.claim(&claim("w", 1, 10)).await.expect("claimed");
    assert_eq!(keys(&jobs), ["a", "b"]);
    let ends: Vec<_> = jobs.iter().map(|job| end(job, 2, JobOutcome::Succeeded(json!({})))).collect();
    assert_eq!(store.finish(&ends).await.expect("finished"), 2);
    assert_eq!(store.enqueue(&[job("a"), job("b")], time(3)).await.expect("asked for"), 0);
    assert_eq!(store.claim(&claim("w", 4, 10)).await.expect("claimed"), []);
}

/// The earliest deadline first, then the most urgent queue, then the earliest time; nothing before its time.
pub async fn deadlines_go_before_queues<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let jobs = [
        NewJob { queue: Queue::Backup, ..job("backup") },
        NewJob { due_at: time(-5), ..job("odds 1") },
        NewJob { due_at: time(-9), ..job("odds 2") },
        NewJob { queue: Queue::Scores, ..job("scores") },
        NewJob { queue: Queue::Backup, deadline: Some(time(900)), ..job("kick-off 2") },
        NewJob { queue: Queue::Backup, deadline: Some(time(800)), ..job("kick-off 1") },
        NewJob { due_at: time(2), ..job("later") },
        NewJob { long: true, ..job("long") },
    ];
    store.enqueue(&jobs, time(0)).await.expect("asked for");
    let first = store.claim(&claim("w", 1, 4)).await.expect("claimed");
    assert_eq!(keys(&first), ["kick-off 1", "kick-off 2", "scores", "odds 2"]);
    let rest = store.claim(&claim("w", 1, 10)).await.expect("claimed");
    assert_eq!(keys(&rest), ["odds 1", "backup"]);
    let given = &rest[0];
    assert_eq!((given.status, given.attempt, given.worker.as_deref()), (JobStatus::Running, 1, Some("w")));
    assert_eq!((given.started_at, given.lease_until), (Some(time(1)), Some(time(31))));
    assert_eq!(store.next_due(false).await.expect("read"), Some(time(2)));
    assert_eq!(store.next_due(true).await.expect("read"), Some(time(0)));
    let long = store.claim(&Claim { long: true, ..claim("w", 1, 10) }).await.expect("claimed");
    assert_eq!(keys(&long), ["long"]);
    assert_eq!(store.next_due(true).await.expect("read"), None);
}

/// And the next one after it.
pub async fn one_of_a_group_runs_at_a_time<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let of = |key, long| NewJob { exclusion: Some("upkeep".to_owned()), long, ..job(key) };
    store
        .enqueue(&[of("backup", false), of("training", true), of("cleanup", false), job("odds")], time(0))
        .await
        .expect("asked for");
    let first = store.claim(&claim("w", 1, 10)).await.expect("claimed");
    assert_eq!(keys(&first), ["backup", "odds"]);
    let long = Claim { long: true, ..claim("v", 1, 10) };
    assert_eq!(store.claim(&long).await.expect("claimed"), []);
    assert_eq!(store.claim(&claim("v", 1, 10)).await.expect("claimed"), []);
    store.finish(&[end(&first[0], 2, JobOutcome::Succeeded(json!({})))]).await.expect("finished");
    assert_eq!(keys(&store.claim(&long).await.expect("claimed")), ["training"]);
    assert_eq!(store.claim(&claim("v", 3, 10)).await.expect("claimed"), []);
}

/// Each job goes to one of them.
pub async fn racing_workers_share_nothing<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let jobs: Vec<_> = (0..60).map(|i| job(&format!("job {i}"))).collect();
    let group: Vec<_> =
        (0..4).map(|i| NewJob { exclusion: Some("g".to_owned()), ..job(&format!("group {i}")) }).collect();
    store.enqueue(&[jobs, group].concat(), time(0)).await.expect("asked for");
    let taken = std::sync::Mutex::new(Vec::new());
    let race = ["a", "b", "c"].map(|worker| {
        let (store, taken) = (&*store, &taken);
        Box::pin(async move {
            for _ in 0..10 {
                let jobs = store.claim(&claim(worker, 1, 7)).await.expect("claimed");
                taken.lock().expect("no worker panicked").extend(jobs);
            }
        })
    });
    join(race.into()).await;
    let all: Vec<Job> = taken.into_inner().expect("no worker panicked");
    let distinct: BTreeSet<JobId> = all.iter().map(|job| job.id).collect();
    assert_eq!((all.len(), distinct.len()), (61, 61), "sixty jobs and one of the group");
}

/// And whoever has them then: its word no longer counts.
pub async fn a_worker_that_is_silent_loses_its_jobs<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let worker = |name: &str, seen| WorkerSeen {
        name: name.to_owned(),
        started_at: time(0),
        seen_at: time(seen),
        slots: 4,
    };
    store.enqueue(&[job("a"), NewJob { attempts: 1, ..job("b") }], time(0)).await.expect("asked for");
    let taken = store.claim(&claim("dead", 1, 10)).await.expect("claimed");
    assert_eq!(store.sweep(time(30)).await.expect("swept"), crate::Swept::default());
    let held = store.extend(&worker("dead", 20), time(50)).await.expect("extended");
    assert_eq!(
        held.iter().map(|held| held.id).collect::<BTreeSet<_>>(),
        taken.iter().map(|job| job.id).collect()
    );
    assert_eq!(store.sweep(time(50)).await.expect("swept").taken_back, []);
    let mut swept = store.sweep(time(51)).await.expect("swept").taken_back;
    swept.sort_by_key(|job| job.id);
    assert_eq!(keys(&swept), ["a", "b"]);
    assert_eq!((swept[0].status, swept[0].attempt), (JobStatus::Waiting, 1));
    assert_eq!((swept[1].status, swept[1].ended_at), (JobStatus::Failed, Some(time(51))), "it had one try");
    assert_eq!(swept[0].fault.as_ref().map(|fault| fault.kind.as_str()), Some("worker_lost"));
    let again = store.claim(&claim("alive", 52, 10)).await.expect("claimed");
    assert_eq!((keys(&again), again[0].attempt), (vec!["a"], 2));
    assert_eq!(store.extend(&worker("dead", 53), time(90)).await.expect("extended"), []);
    assert_eq!(
        store.finish(&[end(&taken[0], 53, JobOutcome::Succeeded(json!({})))]).await.expect("finished"),
        0
    );
    assert_eq!(
        store.finish(&[end(&again[0], 54, JobOutcome::Succeeded(json!({})))]).await.expect("finished"),
        1
    );
}

/// Well, badly, not at all, or to be gone on with.
pub async fn how_a_try_ends<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let jobs: Vec<_> = ["a", "b", "c", "d", "e"].map(job).to_vec();
    store.enqueue(&jobs, time(0)).await.expect("asked for");
    let taken = store.claim(&claim("w", 1, 10)).await.expect("claimed");
    let ends = [
        end(&taken[0], 5, JobOutcome::Succeeded(json!({ "new": 3 }))),
        end(&taken[1], 5, JobOutcome::Retried { due_at: time(60), fault: fault("quota") }),
        end(&taken[2], 5, JobOutcome::Failed(fault("timeout"))),
        end(&taken[3], 5, JobOutcome::Cancelled),
        end(&taken[4], 5, JobOutcome::Returned),
    ];
    assert_eq!(store.finish(&ends).await.expect("finished"), 5);
    let (a, b, c) = (only(&*store, "a").await, only(&*store, "b").await, only(&*store, "c").await);
    assert_eq!(
        (a.status, a.ended_at, a.result),
        (JobStatus::Succeeded, Some(time(5)), Some(json!({ "new": 3 })))
    );
    assert_eq!(
        (b.status, b.what.due_at, b.attempt, b.fault),
        (JobStatus::Waiting, time(60), 1, Some(fault("quota")))
    );
    assert_eq!((b.ended_at, b.worker, b.lease_until), (None, None, None));
    assert_eq!((c.status, c.fault), (JobStatus::Failed, Some(fault("timeout"))));
    assert_eq!(only(&*store, "d").await.status, JobStatus::Cancelled);
    let e = only(&*store, "e").await;
    assert_eq!((e.status, e.attempt, e.what.due_at), (JobStatus::Waiting, 0, time(0)));
    assert_eq!(keys(&store.claim(&claim("w", 6, 10)).await.expect("claimed")), ["e"]);
    assert_eq!(keys(&store.claim(&claim("w", 60, 10)).await.expect("claimed")), ["b"]);
}

/// Whether it waits or was given up by its worker; and nobody begins it then.
pub async fn a_deadline_passes<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let with = |key: &str| NewJob { deadline: Some(time(100)), ..job(key) };
    store
        .enqueue(&[with("taken"), NewJob { due_at: time(50), ..with("waiting") }], time(0))
        .await
        .expect("asked for");
    assert_eq!(keys(&store.claim(&claim("w", 90, 1)).await.expect("claimed")), ["taken"]);
    assert_eq!(store.claim(&claim("w", 100, 10)).await.expect("claimed"), []);
    let swept = store.sweep(time(100)).await.expect("swept");
    assert_eq!((keys(&swept.missed), swept.missed[0].status), (vec!["waiting"], JobStatus::Missed));
    assert_eq!(swept.missed[0].ended_at, Some(time(100)));
    let swept = store.sweep(time(121)).await.expect("swept");
    assert_eq!((keys(&swept.taken_back), swept.taken_back[0].status), (vec!["taken"], JobStatus::Missed));
    assert!(!store.retry(swept.taken_back[0].id, time(122)).await.expect("asked"), "it is too late");
}

/// Called off by a change, it waits again when it is asked for again; called off by a person, it does not.
pub async fn what_was_superseded_may_come_again<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let leader = leader(&*store).await;
    store.enqueue(&[job("a"), job("b")], time(0)).await.expect("asked for");
    let (a, b) = (only(&*store, "a").await.id, only(&*store, "b").await.id);
    let decree = Decree { cancel: vec![a], ..Decree::default() };
    assert!(store.decree(&leader, &decree, time(1)).await.expect("decreed"));
    assert_eq!(store.cancel(b, time(1)).await.expect("asked"), Some(JobStatus::Cancelled));
    let again = [NewJob { due_at: time(9), ..job("a") }, job("b")];
    assert_eq!(store.enqueue(&again, time(2)).await.expect("asked for"), 1);
    let a = only(&*store, "a").await;
    assert_eq!((a.status, a.what.due_at, a.fault, a.ended_at), (JobStatus::Waiting, time(9), None, None));
    assert_eq!(only(&*store, "b").await.status, JobStatus::Cancelled);
}

/// One that runs is asked to stop; one that has ended badly may be tried again.
pub async fn a_job_is_called_off_and_tried_again<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    store.enqueue(&[job("a"), job("b")], time(0)).await.expect("asked for");
    let taken = store.claim(&claim("w", 1, 1)).await.expect("claimed");
    let [a] = &taken[..] else { panic!("one job") };
    assert_eq!(store.cancel(a.id, time(2)).await.expect("asked"), Some(JobStatus::Running));
    let seen = WorkerSeen { name: "w".to_owned(), started_at: time(0), seen_at: time(2), slots: 1 };
    let held = store.extend(&seen, time(60)).await.expect("extended");
    assert_eq!(held.iter().map(|held| (held.id, held.stop_requested)).collect::<Vec<_>>(), [(a.id, true)]);
    // Its worker had not heard of it, and would try again.
    let retried = JobOutcome::Retried { due_at: time(9), fault: fault("quota") };
    store.finish(&[end(a, 3, retried)]).await.expect("finished");
    let ended = only(&*store, "a").await;
    assert_eq!((ended.status, ended.ended_at), (JobStatus::Cancelled, Some(time(3))));
    assert!(store.retry(a.id, time(4)).await.expect("asked"));
    let again = only(&*store, "a").await;
    assert_eq!((again.status, again.attempt, again.what.due_at), (JobStatus::Waiting, 0, time(4)));
    assert!(!store.retry(a.id, time(5)).await.expect("asked"), "it waits already");
    assert_eq!(store.cancel(JobId(1_000_000), time(5)).await.expect("asked"), None);
}

/// Until its time is over or it steps down; each new leader has a higher number.
pub async fn one_leads_at_a_time<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.leader().await.expect("read"), None);
    let lead = async |who: &str, now: i64| store.lead(who, time(now), time(now + 10)).await.expect("asked");
    let ann = lead("ann", 0).await.expect("nobody led");
    assert_eq!(lead("ben", 5).await, None);
    assert_eq!(lead("ann", 8).await, Some(ann.clone()));
    assert_eq!(lead("ben", 17).await, None);
    let ben = lead("ben", 18).await.expect("her time is over");
    assert!(ben.fencing > ann.fencing);
    assert_eq!(lead("ann", 19).await, None);
    store.step_down(&ann, time(20)).await.expect("not hers any more");
    assert_eq!(lead("ann", 20).await, None);
    store.step_down(&ben, time(21)).await.expect("stepped down");
    let lease = store.leader().await.expect("read").expect("somebody led");
    assert_eq!((lease.leadership, lease.until), (ben.clone(), time(21)));
    assert!(lead("ann", 21).await.is_some_and(|ann| ann.fencing > ben.fencing));
}

/// All of it, when another leads by now.
pub async fn a_decree_of_yesterday_is_void<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let ann = store.lead("ann", time(0), time(10)).await.expect("asked").expect("she leads");
    let ben = store.lead("ben", time(10), time(20)).await.expect("asked").expect("he leads");
    let decree = Decree { enqueue: vec![job("a")], missed: vec![job("b")], ..Decree::default() };
    assert!(!store.decree(&ann, &decree, time(11)).await.expect("asked"));
    assert_eq!(store.jobs(&JobFilter::default(), 10).await.expect("read"), []);
    assert!(store.decree(&ben, &decree, time(11)).await.expect("asked"));
    assert_eq!(only(&*store, "a").await.status, JobStatus::Waiting);
    let missed = only(&*store, "b").await;
    assert_eq!((missed.status, missed.ended_at), (JobStatus::Missed, Some(time(11))));
    assert!(missed.fault.is_some());
}

/// By one decree, from where it stood.
pub async fn a_schedule_is_dealt_with_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let leader = leader(&*store).await;
    let schedule = Schedule {
        id: "collect-odds-regular".to_owned(),
        job: "odds_collection".to_owned(),
        cron: "*/5 * * * *".to_owned(),
        parameters: json!({ "leagues": ["E0"] }),
        enabled: true,
        misfire: Misfire::Skip,
        edited: false,
        done_until: time(0),
    };
    store.put_schedule(&schedule).await.expect("kept");
    assert_eq!(store.schedules().await.expect("read"), std::slice::from_ref(&schedule));
    let decree = |key: &str, from, to| Decree {
        enqueue: vec![job(key)],
        advance: vec![(schedule.id.clone(), time(from), time(to))],
        ..Decree::default()
    };
    assert!(store.decree(&leader, &decree("a", 0, 300), time(300)).await.expect("decreed"));
    assert!(!store.decree(&leader, &decree("b", 0, 300), time(301)).await.expect("asked"));
    assert_eq!(store.jobs_of_keys(&["b".to_owned()]).await.expect("read"), []);
    let edited = Schedule {
        enabled: false,
        edited: true,
        misfire: Misfire::RunOnce,
        done_until: time(300),
        ..schedule
    };
    store.put_schedule(&edited).await.expect("kept");
    assert_eq!(store.schedules().await.expect("read"), [edited]);
}

/// Nobody gets a step before a leader lets it go.
pub async fn steps_wait_for_their_turn<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let leader = leader(&*store).await;
    let steps = [step("a", &[], &[]), step("b", &["a"], &[]), step("c", &["a"], &[])];
    store.enqueue(&steps, time(0)).await.expect("asked for");
    assert_eq!(keys(&store.claim(&claim("w", 1, 10)).await.expect("claimed")), ["daily@1:a"]);
    let (b, c) = (only(&*store, "daily@1:b").await, only(&*store, "daily@1:c").await);
    let decree = Decree { release: vec![b.id], skip: vec![c.id], ..Decree::default() };
    assert!(store.decree(&leader, &decree, time(2)).await.expect("decreed"));
    assert_eq!(keys(&store.claim(&claim("w", 3, 10)).await.expect("claimed")), ["daily@1:b"]);
    let c = only(&*store, "daily@1:c").await;
    assert_eq!((c.status, c.ended_at), (JobStatus::Skipped, Some(time(2))));
    // What is over stays over.
    assert!(store.decree(&leader, &decree, time(4)).await.expect("decreed"));
    assert_eq!(only(&*store, "daily@1:b").await.status, JobStatus::Running);
}

/// Jobs and errors from before a time; open jobs stay.
pub async fn what_is_old_is_removed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    store
        .enqueue(&[job("a"), job("b"), NewJob { due_at: time(900), ..job("open") }], time(0))
        .await
        .expect("asked for");
    let taken = store.claim(&claim("w", 1, 10)).await.expect("claimed");
    let ends = [
        end(&taken[0], 10, JobOutcome::Succeeded(json!({}))),
        end(&taken[1], 20, JobOutcome::Succeeded(json!({}))),
    ];
    store.finish(&ends).await.expect("finished");
    assert_eq!(store.last_successes().await.expect("read"), [("odds_collection".to_owned(), time(20))]);
    assert_eq!(store.purge_jobs(time(20)).await.expect("purged"), 1);
    let left = store.jobs(&JobFilter::default(), 10).await.expect("read");
    assert_eq!(keys(&left), ["open", "b"]);
    let error = |seconds| crate::TaskError {
        task: "t".to_owned(),
        task_id: None,
        error_type: "quota".to_owned(),
        message: "m".to_owned(),
        retries: 0,
        context: None,
        at: time(seconds),
    };
    store.record_task_error(&error(10)).await.expect("kept");
    store.record_task_error(&error(20)).await.expect("kept");
    assert_eq!(store.purge_task_errors(time(20)).await.expect("purged"), 1);
    assert_eq!(store.task_errors(10).await.expect("read"), [error(20)]);
}

/// By every part of a filter, in pages, and in numbers.
pub async fn jobs_are_listed_and_counted<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let jobs = [
        job("a"),
        NewJob { name: "scores_collection".to_owned(), queue: Queue::Scores, ..job("b") },
        NewJob { match_id: Some(MatchId(17)), due_at: time(500), ..job("c") },
        step("d", &[], &[]),
    ];
    store.enqueue(&jobs, time(0)).await.expect("asked for");
    let taken = store.claim(&claim("w", 1, 1)).await.expect("claimed");
    store.finish(&[end(&taken[0], 7, JobOutcome::Failed(fault("quota")))]).await.expect("finished");
    let listed = async |filter: JobFilter, limit| {
        let jobs = store.jobs(&filter, limit).await.expect("read");
        jobs.iter().map(|job| job.what.key.clone()).collect::<Vec<_>>()
    };
    let any = JobFilter::default();
    assert_eq!(listed(any.clone(), 10).await, ["daily@1:d", "c", "b", "a"]);
    assert_eq!(listed(any.clone(), 2).await, ["daily@1:d", "c"]);
    let c = only(&*store, "c").await.id;
    assert_eq!(listed(JobFilter { before: Some(c), ..any.clone() }, 10).await, ["b", "a"]);
    assert_eq!(listed(JobFilter { match_id: Some(MatchId(17)), ..any.clone() }, 10).await, ["c"]);
    assert_eq!(listed(JobFilter { queue: Some(Queue::Scores), ..any.clone() }, 10).await, ["b"]);
    assert_eq!(
        listed(JobFilter { flow: Some("daily@1".to_owned()), ..any.clone() }, 10).await,
        ["daily@1:d"]
    );
    assert_eq!(
        listed(JobFilter { name: Some("scores_collection".to_owned()), ..any.clone() }, 10).await,
        ["b"]
    );
    let open = JobFilter { statuses: vec![JobStatus::Blocked, JobStatus::Waiting], ..any.clone() };
    let all: Vec<Job> = store.jobs(&any, 10).await.expect("read");
    let waiting = all.iter().filter(|job| open.statuses.contains(&job.status));
    let waiting: Vec<&str> = waiting.map(|job| job.what.key.as_str()).collect();
    assert!(!waiting.is_empty());
    assert_eq!(listed(open.clone(), 10).await, waiting);
    let of_one = JobFilter { match_id: Some(MatchId(17)), flow: Some("daily@1".to_owned()), ..any.clone() };
    assert_eq!(listed(of_one, 10).await, [""; 0]);
    let failed = JobFilter { statuses: vec![JobStatus::Failed, JobStatus::Missed], ..any };
    assert_eq!(listed(failed, 10).await, ["b"]);
    let counts = store.job_counts(time(0)).await.expect("read");
    let counted: Vec<_> = counts.iter().map(|c| (c.name.as_str(), c.status, c.jobs, c.first_due)).collect();
    assert_eq!(
        counted,
        [
            ("odds_collection", JobStatus::Waiting, 3, time(0)),
            ("scores_collection", JobStatus::Failed, 1, time(0)),
        ]
    );
    assert_eq!(counts[1].last_ended, Some(time(7)));
    assert_eq!(store.job_counts(time(8)).await.expect("read").len(), 1);
}

/// Those whose time has come, by queue; what waits for the end of a job of its group waits for no worker.
pub async fn what_is_due_is_told_from_what_waits_for_its_group<H: Deref<Target: Store>>(
    fresh: impl AsyncFn() -> H,
) {
    let store = fresh().await;
    assert_eq!(store.due_jobs(time(100)).await.expect("read"), []);
    let backup = |key: &str, due: i64| NewJob {
        queue: Queue::Backup,
        exclusion: Some("upkeep".to_owned()),
        due_at: time(due),
        ..job(key)
    };
    let later = NewJob { due_at: time(500), ..job("later") };
    let jobs =
        [backup("runs", 0), backup("held up", 10), job("a"), NewJob { due_at: time(20), ..job("b") }, later];
    store.enqueue(&jobs, time(0)).await.expect("asked for");
    let due = |queue, jobs, since: Option<i64>| DueJobs { queue, jobs, since: since.map(time) };
    let sorted = async |now| {
        let mut found = store.due_jobs(time(now)).await.expect("read");
        found.sort_by_key(|due| due.queue);
        found
    };
    assert_eq!(sorted(15).await, [due(Queue::Odds, 1, Some(0)), due(Queue::Backup, 2, Some(0))]);
    // The jobs of no group go first; then one of the group runs.
    let taken = store.claim(&claim("w", 20, 3)).await.expect("claimed");
    assert_eq!(keys(&taken), ["a", "b", "runs"]);
    assert_eq!(sorted(100).await, [due(Queue::Backup, 1, None)]);
    assert_eq!(sorted(500).await, [due(Queue::Odds, 1, Some(500)), due(Queue::Backup, 1, None)]);
    store.finish(&[end(&taken[2], 30, JobOutcome::Succeeded(json!({})))]).await.expect("finished");
    assert_eq!(sorted(100).await, [due(Queue::Backup, 1, Some(10))]);
}

/// From their first sign of life until they sign off.
pub async fn workers_are_known<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let worker =
        |name: &str, seen| WorkerSeen { name: name.to_owned(), started_at: time(0), seen_at: seen, slots: 4 };
    let now = time(0) + Duration::days(30_000);
    for seen in [worker("a", now), worker("b", now + Duration::seconds(5))] {
        assert_eq!(store.extend(&seen, now + Duration::seconds(60)).await.expect("seen"), []);
    }
    let workers = store.workers().await.expect("read");
    assert_eq!(workers, [worker("b", now + Duration::seconds(5)), worker("a", now)]);
    store.sign_off("b").await.expect("signed off");
    assert_eq!(store.workers().await.expect("read"), [worker("a", now)]);
}
