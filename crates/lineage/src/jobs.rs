//! What each job reads and writes. Jobs that are not here leave no events: they change no dataset that people read.

use serde::Serialize;

/// A job by what it reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct JobIo {
    /// Its name, as the job runner knows it.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Datasets that it reads, beside the sources that it is run for.
    pub inputs: &'static [&'static str],
    /// Datasets that it writes.
    pub outputs: &'static [&'static str],
}

const RESULTS: &[&str] =
    &["raw_documents", "raw_match_data", "raw_scores_data", "leagues", "teams", "matches", "match_stats"];
const EVERYTHING: &[&str] = &[
    "raw_documents",
    "raw_match_data",
    "raw_odds_data",
    "raw_scores_data",
    "leagues",
    "teams",
    "matches",
    "match_stats",
    "odds",
];
const FACTS: &[&str] = &["matches", "match_stats", "odds", "lineups", "injuries"];
const KEPT: &[&str] = &["raw_documents", "matches", "odds", "predictions", "model_versions"];

const fn collecting(name: &'static str, about: &'static str, outputs: &'static [&'static str]) -> JobIo {
    JobIo { name, about, inputs: &[], outputs }
}

/// All of them, by name.
const JOBS: [JobIo; 18] = [
    JobIo { name: "backup_full", about: "copies the whole store", inputs: KEPT, outputs: &["backup:full"] },
    JobIo {
        name: "backup_incremental",
        about: "copies what changed since the last backup",
        inputs: KEPT,
        outputs: &["backup:incremental"],
    },
    JobIo {
        name: "feature_calculation",
        about: "computes the feature matrix",
        inputs: FACTS,
        outputs: &["features"],
    },
    collecting("fixtures_collection", "collects matches to come and results of a source", RESULTS),
    collecting("gap_check", "asks every watched source for the whole season again", RESULTS),
    collecting("ingest", "brings files in", EVERYTHING),
    collecting("injuries_collection", "collects absences", &["raw_documents", "injuries"]),
    collecting("lineups_collection", "collects the line-ups of a match", &["raw_documents", "lineups"]),
    JobIo {
        name: "model_training",
        about: "trains a model on everything known",
        inputs: FACTS,
        outputs: &["features", "model_versions"],
    },
    collecting("news_collection", "collects news of teams from feeds", &["raw_documents"]),
    collecting("odds_collection", "collects bookmakers' prices", &["raw_documents", "raw_odds_data", "odds"]),
    JobIo {
        name: "prediction",
        about: "forecasts matches and seals the forecasts before kick-off",
        inputs: &["features", "matches", "model_versions"],
        outputs: &["predictions"],
    },
    JobIo {
        name: "quality_check",
        about: "looks for gaps, doubles and values that cannot be",
        inputs: &["matches", "odds"],
        outputs: &["data_quality_logs"],
    },
    collecting("ratings_collection", "collects ratings of clubs", &["raw_documents"]),
    JobIo {
        name: "reprocess",
        about: "makes silver of the documents that are kept",
        inputs: &["raw_documents"],
        outputs: EVERYTHING,
    },
    collecting(
        "scores_collection",
        "collects the scores of matches that are on",
        &["raw_documents", "raw_scores_data", "matches"],
    ),
    JobIo {
        name: "verification",
        about: "compares sealed forecasts with results",
        inputs: &["matches", "odds"],
        outputs: &["predictions"],
    },
    collecting(
        "weather_collection",
        "collects the weather at the ground of a match",
        &["raw_documents", "weather"],
    ),
];

/// The jobs whose runs are recorded, by name.
pub fn jobs() -> &'static [JobIo] {
    &JOBS
}

/// A job whose runs are recorded.
pub fn job(name: &str) -> Option<&'static JobIo> {
    JOBS.iter().find(|job| job.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[test]
    fn jobs_name_datasets_that_there_are() {
        let catalogue = Catalogue::new(Vec::new());
        assert!(JOBS.is_sorted_by_key(|job| job.name));
        for job in jobs() {
            for name in job.inputs.iter().chain(job.outputs) {
                let is_known = name.starts_with("backup:") || catalogue.dataset(name).is_some();
                assert!(is_known, "{} names {name}", job.name);
            }
        }
    }
}
