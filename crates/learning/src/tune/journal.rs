//! The journal of a tuning: JSON lines that are only ever appended to.
//!
//! A trial writes a line after each of its steps, with all steps so far; its last line counts. A line that a
//! killed process left unfinished is cut off.

use super::TuneError;
use crate::whole_file::replace_file;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// One trial as far as it has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its number, from 0.
    pub trial: usize,
    /// The settings that it tries.
    pub values: Vec<f64>,
    /// One per period that it has forecast.
    pub steps: Vec<Step>,
    /// Whether it was given up.
    pub pruned: bool,
}

/// One period forecast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Matches forecast.
    pub matches: usize,
    /// Their mean ranked probability score.
    pub rps: f64,
    /// Their mean log loss.
    pub log_loss: f64,
}

impl Attempt {
    /// RPS of each period.
    pub fn rps(&self) -> Vec<f64> {
        self.steps.iter().map(|s| s.rps).collect()
    }

    /// Mean RPS of the periods forecast; infinite without any.
    pub fn mean_rps(&self) -> f64 {
        self.mean(|s| s.rps)
    }

    /// Mean log loss of the periods forecast; infinite without any.
    pub fn mean_log_loss(&self) -> f64 {
        self.mean(|s| s.log_loss)
    }

    fn mean(&self, of: impl Fn(&Step) -> f64) -> f64 {
        if self.steps.is_empty() {
            return f64::INFINITY;
        }
        self.steps.iter().map(of).sum::<f64>() / self.steps.len() as f64
    }
}

pub(super) struct Journal {
    path: PathBuf,
    file: File,
    attempts: Vec<Attempt>,
}

impl Journal {
    /// Opens or begins a journal of trials with so many values each.
    pub fn open(path: &Path, dimensions: usize) -> Result<Self, TuneError> {
        let io = |source| TuneError::Io { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io)?;
        }
        let mut file = OpenOptions::new().append(true).create(true).open(path).map_err(io)?;
        let bytes = fs::read(path).map_err(io)?;
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64).map_err(io)?;
        file.flush().map_err(io)?;
        let attempts = read(path, &bytes[..whole], dimensions)?;
        Ok(Self { path: path.to_owned(), file, attempts })
    }

    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The first so many attempts.
    pub fn into_attempts(mut self, most: usize) -> Vec<Attempt> {
        self.attempts.truncate(most);
        self.attempts
    }

    /// Writes what a trial has come to; it is on the disk when this returns. Answers the trial as a later reader
    /// sees it, whose last digits may be others: going on from there, an interrupted tuning is no different.
    pub fn append(&mut self, attempt: &Attempt) -> Result<Attempt, TuneError> {
        let io = |source| TuneError::Io { path: self.path.clone(), source };
        let mut line = serde_json::to_vec(attempt).map_err(|e| io(e.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(io)?;
        self.file.sync_data().map_err(io)?;
        let read: Attempt = serde_json::from_slice(&line).map_err(|e| io(e.into()))?;
        take_in(&mut self.attempts, read.clone());
        Ok(read)
    }

    /// Writes the best settings beside the journal.
    pub fn keep(&self, changes: &serde_json::Value) -> Result<PathBuf, TuneError> {
        let path = self.path.with_extension("best.json");
        replace_file(&path, format!("{changes:#}\n").as_bytes())
            .map_err(|source| TuneError::Io { path: path.clone(), source })?;
        Ok(path)
    }
}

fn read(path: &Path, bytes: &[u8], dimensions: usize) -> Result<Vec<Attempt>, TuneError> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for (line, text) in bytes.split(|b| *b == b'\n').filter(|t| !t.is_empty()).enumerate() {
        let damaged = |reason: String| TuneError::Damaged { path: path.to_owned(), line: line + 1, reason };
        let attempt: Attempt = serde_json::from_slice(text).map_err(|e| damaged(e.to_string()))?;
        if attempt.values.len() != dimensions {
            return Err(damaged(format!("{} values instead of {dimensions}", attempt.values.len())));
        }
        if attempt.trial > attempts.len() || attempt.trial + 1 < attempts.len() {
            return Err(damaged(format!("trial {} after trial {}", attempt.trial, attempts.len())));
        }
        take_in(&mut attempts, attempt);
    }
    Ok(attempts)
}

/// A further trial, or more of the last one.
fn take_in(attempts: &mut Vec<Attempt>, attempt: Attempt) {
    attempts.truncate(attempt.trial);
    attempts.push(attempt);
}
