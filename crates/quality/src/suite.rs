//! Expectation suites in the JSON of Great Expectations: `type` and the older `expectation_type` are read, `type` is
//! written. What this crate does not know is refused by name, never passed over.

mod aggregate;
mod arguments;
mod map;
mod shape;
mod shipped;
mod verdict;

pub use shipped::{Checkpoint, Shipped, checkpoints, shipped};
pub use verdict::{MapResult, SuiteResult, Verdict};

use crate::table::Table;
use arguments::Arguments;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// The version of Great Expectations whose form is written and whose verdicts are matched.
pub const GREAT_EXPECTATIONS: &str = "1.24.1";

/// Why a suite cannot be used.
#[derive(Debug, Error)]
pub enum SuiteError {
    /// Not a suite in JSON.
    #[error("this is no expectation suite: {0}")]
    Json(#[from] serde_json::Error),
    /// An expectation that this crate does not know.
    #[error(
        "expectation {number}: {name:?} is not supported; touchline quality suite kinds lists those that are"
    )]
    Unknown {
        /// Its place in the suite from 1.
        number: usize,
        /// Its name.
        name: String,
    },
    /// Arguments that its expectation does not take.
    #[error("expectation {number} ({name}): {reason}")]
    Arguments {
        /// Its place in the suite from 1.
        number: usize,
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

/// How much a failed expectation matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Importance {
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warning,
    /// The default.
    #[default]
    Critical,
}

/// One expectation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// Its name, such as `expect_column_values_to_be_between`.
    #[serde(rename = "type", alias = "expectation_type")]
    pub name: String,
    /// Its arguments.
    #[serde(default)]
    pub kwargs: Map<String, Value>,
    /// What its author notes.
    #[serde(default)]
    pub meta: Option<Value>,
    /// Its identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How much it matters.
    #[serde(default)]
    pub severity: Importance,
}

/// A suite: expectations about one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suite {
    /// Its name.
    #[serde(alias = "expectation_suite_name")]
    pub name: String,
    /// Its identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is expected.
    pub expectations: Vec<Expectation>,
    /// Parameters of its author; expectations that refer to them are refused.
    #[serde(default)]
    pub suite_parameters: Option<Map<String, Value>>,
    /// What its author notes, and the version that wrote it.
    #[serde(default)]
    pub meta: Option<Value>,
    /// Notes in words.
    #[serde(default)]
    pub notes: Option<Value>,
}

/// Names of all expectations that are supported.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    shape::KINDS.iter().chain(&map::KINDS).chain(&aggregate::KINDS).copied()
}

impl Suite {
    /// Reads a suite, and looks whether every expectation is known.
    ///
    /// # Errors
    /// It is no suite, or has an expectation or an argument that is not supported.
    pub fn read(json: &str) -> Result<Self, SuiteError> {
        let suite: Self = serde_json::from_str(json)?;
        for (number, expectation) in (1..).zip(&suite.expectations) {
            let name = expectation.name.clone();
            if !kinds().any(|kind| kind == name) {
                return Err(SuiteError::Unknown { number, name });
            }
            Arguments::of(expectation).check().map_err(|reason| SuiteError::Arguments {
                number,
                name,
                reason,
            })?;
        }
        Ok(suite)
    }

    /// The suite in the form of Great Expectations 1.24.
    pub fn write(&self) -> String {
        let mut written = self.clone();
        let version = Value::from(GREAT_EXPECTATIONS);
        match &mut written.meta {
            Some(Value::Object(meta)) => {
                meta.insert("great_expectations_version".to_owned(), version);
            }
            other => *other = Some(serde_json::json!({ "great_expectations_version": version })),
        }
        serde_json::to_string_pretty(&written).expect("a suite is JSON")
    }

    /// The verdicts of all expectations over a table.
    pub fn validate(&self, table: &Table) -> SuiteResult {
        let verdicts = self.expectations.iter().map(|expectation| expectation.validate(table)).collect();
        SuiteResult::of(&self.name, verdicts)
    }
}

impl Expectation {
    /// Its verdict over a table. Where it cannot be judged (no such column, texts where numbers are needed) it has failed and
    /// says why.
    pub fn validate(&self, table: &Table) -> Verdict {
        let arguments = Arguments::of(self);
        let name = self.name.as_str();
        let judged = if shape::KINDS.contains(&name) {
            shape::judge(name, &arguments, table)
        } else if map::KINDS.contains(&name) {
            map::judge(name, &arguments, table)
        } else {
            aggregate::judge(name, &arguments, table)
        };
        judged.unwrap_or_else(Verdict::failed).about(self)
    }
}

#[cfg(test)]
mod tests;
