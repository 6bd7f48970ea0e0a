//! What became of expectations.

use super::{Expectation, Importance};
use crate::table::Cell;
use serde::Serialize;
use serde_json::{Map, Value};

/// Unexpected values that a result lists.
const LISTED: usize = 20;

/// Counts of an expectation that is asked row by row, as in Great Expectations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MapResult {
    /// Rows.
    pub element_count: usize,
    /// Rows without a value, which are not judged.
    pub missing_count: usize,
    /// Rows that are not as expected.
    pub unexpected_count: usize,
    /// Their share of the judged rows in percent; none where no row was judged.
    pub unexpected_percent: Option<f64>,
    /// The first of their values.
    pub partial_unexpected_list: Vec<Value>,
    /// Where the first of them stand, from 0.
    pub partial_unexpected_index_list: Vec<usize>,
}

impl MapResult {
    /// Counts over rows: whether each is judged and, if so, as expected.
    pub(super) fn of(
        rows: usize,
        expected: impl Fn(usize) -> Option<bool>,
        value: impl Fn(usize) -> Value,
    ) -> Self {
        let (mut judged, mut unexpected) = (0, Vec::new());
        for row in 0..rows {
            if let Some(good) = expected(row) {
                judged += 1;
                if !good {
                    unexpected.push(row);
                }
            }
        }
        let percent = (judged > 0).then(|| unexpected.len() as f64 / judged as f64 * 100.0);
        let first = &unexpected[..unexpected.len().min(LISTED)];
        Self {
            element_count: rows,
            missing_count: rows - judged,
            unexpected_count: unexpected.len(),
            unexpected_percent: percent,
            partial_unexpected_list: first.iter().map(|row| value(*row)).collect(),
            partial_unexpected_index_list: first.to_vec(),
        }
    }

    /// Adds the counts of further rows.
    fn add(&mut self, other: Self) {
        let places = other.partial_unexpected_index_list.iter().map(|place| place + self.element_count);
        self.partial_unexpected_index_list.extend(places);
        self.partial_unexpected_list.extend(other.partial_unexpected_list);
        self.partial_unexpected_index_list.truncate(LISTED);
        self.partial_unexpected_list.truncate(LISTED);
        self.element_count += other.element_count;
        self.missing_count += other.missing_count;
        self.unexpected_count += other.unexpected_count;
        let judged = self.element_count - self.missing_count;
        self.unexpected_percent = (judged > 0).then(|| self.unexpected_count as f64 / judged as f64 * 100.0);
    }

    /// Whether at least a share `mostly` of the judged rows is as expected; true where none is judged.
    fn holds(&self, mostly: f64) -> bool {
        let judged = (self.element_count - self.missing_count) as f64;
        judged == 0.0 || (judged - self.unexpected_count as f64) / judged >= mostly
    }
}

/// What became of an expectation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The expectation's name.
    #[serde(rename = "type")]
    pub name: String,
    /// Its arguments.
    pub kwargs: Map<String, Value>,
    /// How much it matters.
    pub severity: Importance,
    /// Whether it holds.
    pub success: bool,
    /// What was seen, where one value was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_value: Option<Value>,
    /// Counts, where rows were judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<MapResult>,
    /// Why it could not be judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
}

impl Verdict {
    fn bare(success: bool) -> Self {
        let (name, kwargs) = (String::new(), Map::new());
        let severity = Importance::default();
        Self { name, kwargs, severity, success, observed_value: None, result: None, exception: None }
    }

    pub(super) fn observed(success: bool, value: impl Into<Value>) -> Self {
        Self { observed_value: Some(value.into()), ..Self::bare(success) }
    }

    pub(super) fn rows(result: MapResult, mostly: f64) -> Self {
        Self { success: result.holds(mostly), result: Some(result), ..Self::bare(false) }
    }

    pub(super) fn failed(why: String) -> Self {
        Self { exception: Some(why), ..Self::bare(false) }
    }

    /// Joins the verdict of the same expectation over other rows of the table.
    fn merge(&mut self, other: Self) {
        let mostly = self.kwargs.get("mostly").and_then(Value::as_f64).unwrap_or(1.0);
        match (&mut self.result, other.result) {
            (Some(held), Some(result)) => {
                held.add(result);
                self.success = held.holds(mostly);
            }
            _ => self.success &= other.success,
        }
        self.exception = self.exception.take().or(other.exception);
        self.success &= self.exception.is_none();
    }

    pub(super) fn about(self, expectation: &Expectation) -> Self {
        let Expectation { name, kwargs, severity, .. } = expectation;
        Self { name: name.clone(), kwargs: kwargs.clone(), severity: *severity, ..self }
    }
}

/// What became of a suite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuiteResult {
    /// The suite's name.
    pub suite: String,
    /// Whether all expectations hold.
    pub success: bool,
    /// How many were judged.
    pub evaluated_expectations: usize,
    /// How many hold.
    pub successful_expectations: usize,
    /// Share of those that hold in percent; 100 of none.
    pub success_percent: f64,
    /// One verdict per expectation, in order.
    pub results: Vec<Verdict>,
}

impl SuiteResult {
    /// Joins the verdicts of the same suite over other rows of the table. Expectations that are asked row by row are judged
    /// over all rows; others hold where they hold over each part.
    pub fn merge(&mut self, other: Self) {
        for (held, verdict) in self.results.iter_mut().zip(other.results) {
            held.merge(verdict);
        }
        *self = Self::of(&self.suite, std::mem::take(&mut self.results));
    }

    /// The mean share of rows that are as expected, over all expectations; 1 of none.
    pub fn share_as_expected(&self) -> f64 {
        let share = |verdict: &Verdict| match verdict.result.as_ref().and_then(|r| r.unexpected_percent) {
            Some(percent) => 1.0 - percent / 100.0,
            None => f64::from(u8::from(verdict.success)),
        };
        let sum: f64 = self.results.iter().map(share).sum();
        if self.results.is_empty() { 1.0 } else { sum / self.results.len() as f64 }
    }

    pub(super) fn of(suite: &str, results: Vec<Verdict>) -> Self {
        let (all, good) = (results.len(), results.iter().filter(|verdict| verdict.success).count());
        Self {
            suite: suite.to_owned(),
            success: all == good,
            evaluated_expectations: all,
            successful_expectations: good,
            success_percent: if all == 0 { 100.0 } else { good as f64 / all as f64 * 100.0 },
            results,
        }
    }
}

/// A value of several columns as a list.
pub(super) fn listed<'a>(cells: impl Iterator<Item = Cell<'a>>) -> Value {
    Value::Array(cells.map(Cell::json).collect())
}
