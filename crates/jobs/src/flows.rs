//! Flows: jobs that wait for each other. All steps of a run are jobs of the store from its beginning, so that a run goes on
//! from the step that died, and each step is seen, called off and tried again like any other job.

use crate::catalogue;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;
use touchline_domain::{FlowStep, Job, JobId, JobStatus, NewJob};

/// A flow.
#[derive(Debug, Clone, Copy)]
pub struct Flow {
    /// Its name.
    pub name: &'static str,
    /// Other names that operators know it by.
    pub aliases: &'static [&'static str],
    /// What it does, for people.
    pub about: &'static str,
    /// Its steps, for a run with parameters and the sources that are collected by themselves.
    steps: fn(&Value, &[String]) -> Vec<Step>,
}

/// A step of a flow before it is a job.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    name: String,
    job: &'static str,
    parameters: Value,
    needs: Vec<String>,
    follows: Vec<String>,
}

impl Step {
    fn new(name: &str, job: &'static str) -> Self {
        Self { name: name.to_owned(), job, parameters: json!({}), needs: Vec::new(), follows: Vec::new() }
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.parameters[name] = value;
        self
    }

    /// Steps that must have succeeded.
    fn needing(mut self, steps: &[&str]) -> Self {
        self.needs = steps.iter().map(|step| (*step).to_owned()).collect();
        self
    }

    /// Steps that must have ended, however.
    fn after(mut self, steps: &[Step]) -> Self {
        self.follows = steps.iter().map(|step| step.name.clone()).collect();
        self
    }
}

/// All flows, by name.
pub const FLOWS: [Flow; 5] = [
    Flow {
        name: "daily_data_collection",
        aliases: &["daily_data_collection_flow", "daily-data-collection"],
        about: "collects from every source at once, looks at the quality of what came, and computes features of it",
        steps: daily_collection,
    },
    Flow {
        name: "emergency_retrain_check",
        aliases: &["emergency-retrain-check"],
        about: "compares sealed forecasts with results, and trains anew where they have become worse",
        steps: retrain_check,
    },
    Flow {
        name: "manual_data_collection",
        aliases: &["manual_data_collection_flow"],
        about: "collects what its parameters ask for: sources, leagues, seasons",
        steps: manual_collection,
    },
    Flow {
        name: "quality_check_and_repair",
        aliases: &["quality_check_flow", "quality-check"],
        about: "looks at everything, and collects again what falls short",
        steps: check_and_repair,
    },
    Flow {
        name: "weekly_model_retraining_flow",
        aliases: &["weekly-model-retraining"],
        about: "looks at the data, trains a model, and promotes it if it is better",
        steps: retraining,
    },
];

/// The flow with a name or an alias.
pub fn by_name(name: &str) -> Option<&'static Flow> {
    FLOWS.iter().find(|flow| flow.name == name || flow.aliases.contains(&name))
}

impl Flow {
    /// The jobs of a run, which is known by what it is for.
    pub fn jobs(
        &self,
        run: &str,
        due_at: DateTime<Utc>,
        parameters: &Value,
        sources: &[String],
    ) -> Vec<NewJob> {
        let job = |step: Step| {
            let flow = FlowStep {
                flow: run.to_owned(),
                step: step.name.clone(),
                needs: step.needs,
                follows: step.follows,
            };
            let definition = catalogue::known(step.job);
            let job = definition.job(format!("{run}:{}", step.name), due_at, step.parameters);
            NewJob { flow: Some(flow), ..job }
        };
        (self.steps)(parameters, sources).into_iter().map(job).collect()
    }

    /// What a run for a time of the timetable, or of an operator's wish, is known by.
    pub fn run_at(&self, at: DateTime<Utc>) -> String {
        format!("{}@{}", self.name, at.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// A step per source, all at once.
fn collecting(sources: &[String]) -> Vec<Step> {
    let step = |source: &String| {
        Step::new(&format!("fixtures:{source}"), "fixtures_collection").with("source", json!(source))
    };
    sources.iter().map(step).collect()
}

fn daily_collection(_: &Value, sources: &[String]) -> Vec<Step> {
    let mut steps = collecting(sources);
    steps.push(Step::new("injuries", "injuries_collection"));
    let quality = Step::new("quality", "quality_check").after(&steps);
    steps.push(quality);
    steps.push(Step::new("verification", "verification").needing(&["quality"]));
    steps.push(Step::new("features", "feature_calculation").needing(&["quality"]));
    steps
}

fn manual_collection(parameters: &Value, sources: &[String]) -> Vec<Step> {
    let asked: Option<Vec<String>> =
        parameters.get("sources").and_then(|sources| serde_json::from_value(sources.clone()).ok());
    let mut steps = collecting(&asked.unwrap_or_else(|| sources.to_vec()));
    for step in &mut steps {
        for name in ["leagues", "seasons"] {
            if let Some(value) = parameters.get(name) {
                step.parameters[name] = value.clone();
            }
        }
    }
    let quality = Step::new("quality", "quality_check").after(&steps);
    steps.push(quality);
    steps
}

fn check_and_repair(_: &Value, sources: &[String]) -> Vec<Step> {
    let quality = Step::new("quality", "quality_check").with("full", json!(true));
    let mut steps = vec![quality];
    for step in collecting(sources) {
        // Only what falls short is asked for again.
        steps.push(step.with("only_stale", json!(true)).needing(&["quality"]));
    }
    steps
}

fn retraining(parameters: &Value, _: &[String]) -> Vec<Step> {
    let why = parameters.get("why").cloned().unwrap_or_else(|| json!("schedule"));
    vec![
        Step::new("quality", "quality_check"),
        Step::new("training", "model_training").with("why", why).needing(&["quality"]),
    ]
}

fn retrain_check(_: &Value, _: &[String]) -> Vec<Step> {
    vec![
        Step::new("verification", "verification"),
        Step::new("training", "model_training").with("only_if_worse", json!(true)).needing(&["verification"]),
    ]
}

/// Steps that may begin, and steps that will not, of a run as it stands.
pub fn settle(run: &[Job]) -> (Vec<JobId>, Vec<JobId>) {
    let mut standing: HashMap<&str, JobStatus> =
        run.iter().filter_map(|job| Some((job.what.flow.as_ref()?.step.as_str(), job.status))).collect();
    let (mut release, mut skip) = (Vec::new(), Vec::new());
    // What is skipped may decide others.
    loop {
        let before = skip.len();
        for job in run {
            let Some(step) = &job.what.flow else { continue };
            if standing.get(step.step.as_str()) != Some(&JobStatus::Blocked) {
                continue;
            }
            // A step that is not there can neither succeed nor be waited for.
            let of = |name: &String| standing.get(name.as_str()).copied().unwrap_or(JobStatus::Skipped);
            let failed = |status: JobStatus| status.has_ended() && status != JobStatus::Succeeded;
            if step.needs.iter().any(|name| failed(of(name))) {
                skip.push(job.id);
                standing.insert(&step.step, JobStatus::Skipped);
            } else if step.needs.iter().all(|name| of(name) == JobStatus::Succeeded)
                && step.follows.iter().all(|name| of(name).has_ended())
            {
                release.push(job.id);
                standing.insert(&step.step, JobStatus::Waiting);
            }
        }
        if skip.len() == before {
            return (release, skip);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn run(flow: &str, sources: &[&str], parameters: &Value) -> Vec<Job> {
        let sources: Vec<String> = sources.iter().map(|source| (*source).to_owned()).collect();
        let at = "2026-11-29T02:00:00Z".parse().unwrap();
        let flow = by_name(flow).unwrap();
        let jobs = flow.jobs(&flow.run_at(at), at, parameters, &sources);
        let job = |(i, what): (usize, NewJob)| Job {
            id: JobId(i as i64 + 1),
            status: what.first_status(),
            what,
            attempt: 0,
            worker: None,
            lease_until: None,
            stop_requested: false,
            enqueued_at: at,
            started_at: None,
            ended_at: None,
            fault: None,
            result: None,
        };
        jobs.into_iter().enumerate().map(job).collect()
    }

    fn step<'j>(run: &'j mut [Job], name: &str) -> &'j mut Job {
        run.iter_mut().find(|job| job.what.flow.as_ref().unwrap().step == name).unwrap()
    }

    #[test]
    fn every_step_of_every_flow_is_reached() {
        for flow in &FLOWS {
            let mut run = run(flow.name, &["football-data", "openfootball"], &json!({}));
            let names: HashSet<_> = run.iter().map(|job| job.what.flow.clone().unwrap().step).collect();
            assert_eq!(names.len(), run.len(), "steps of {} have names of their own", flow.name);
            while run.iter().any(|job| job.status != JobStatus::Succeeded) {
                let waiting: Vec<_> =
                    run.iter().filter(|j| j.status == JobStatus::Waiting).map(|j| j.id).collect();
                assert!(!waiting.is_empty(), "{} does not go on", flow.name);
                run.iter_mut()
                    .filter(|j| waiting.contains(&j.id))
                    .for_each(|j| j.status = JobStatus::Succeeded);
                let (release, skip) = settle(&run);
                assert_eq!(skip, []);
                run.iter_mut()
                    .filter(|j| release.contains(&j.id))
                    .for_each(|j| j.status = JobStatus::Waiting);
            }
        }
    }

    #[test]
    fn one_failed_branch_never_stops_another() {
        let mut run = run("daily_data_collection", &["a", "b"], &json!({}));
        step(&mut run, "fixtures:a").status = JobStatus::Failed;
        step(&mut run, "injuries").status = JobStatus::Succeeded;
        assert_eq!(settle(&run), (vec![], vec![]), "b goes on");
        step(&mut run, "fixtures:b").status = JobStatus::Succeeded;
        let quality = step(&mut run, "quality").id;
        assert_eq!(settle(&run), (vec![quality], vec![]));
    }

    #[test]
    fn what_needs_a_failed_step_is_skipped_with_all_behind_it() {
        let mut run = run("weekly_model_retraining_flow", &[], &json!({ "why": "drift" }));
        assert_eq!(step(&mut run, "training").what.parameters["why"], "drift");
        step(&mut run, "quality").status = JobStatus::Failed;
        let training = step(&mut run, "training").id;
        assert_eq!(settle(&run), (vec![], vec![training]));
    }

    #[test]
    fn a_person_names_the_sources() {
        let asked = json!({ "sources": ["c"], "seasons": ["2425"] });
        let mut run = run("manual_data_collection_flow", &["a", "b"], &asked);
        assert_eq!(run.len(), 2);
        assert_eq!(
            step(&mut run, "fixtures:c").what.parameters,
            json!({ "source": "c", "seasons": ["2425"] })
        );
    }
}
