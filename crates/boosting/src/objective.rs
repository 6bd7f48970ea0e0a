//! What is learned: the loss, the number of scores per row and how raw scores become an answer.

use serde::{Deserialize, Serialize};

/// The loss that training minimises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Softmax cross-entropy over classes numbered from 0, for match outcomes; raw scores are log-odds up to a
    /// constant per row.
    Multiclass {
        /// Number of classes, at least 2.
        classes: usize,
    },
    /// Poisson deviance with a log link, for goal counts; the raw score is the log of the expected count.
    Poisson,
}

impl Objective {
    /// Scores per row: the classes of a multiclass model, else 1.
    pub fn outputs(self) -> usize {
        match self {
            Self::Multiclass { classes } => classes,
            Self::Poisson => 1,
        }
    }

    /// Turns one row's raw scores into probabilities (softmax, summing to 1) or an expected count (exp), in place.
    ///
    /// Callers that trained with initial scores add theirs to the raw scores first.
    pub fn transform(self, scores: &mut [f64]) {
        match self {
            Self::Multiclass { .. } => softmax(scores),
            Self::Poisson => scores.iter_mut().for_each(|score| *score = score.exp()),
        }
    }
}

/// The largest score is taken off first, so that no exponential overflows.
fn softmax(scores: &mut [f64]) {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - largest).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softmax_sums_to_one_even_for_huge_scores() {
        let mut scores = [1000.0, 999.0, -1000.0];
        Objective::Multiclass { classes: 3 }.transform(&mut scores);
        assert!((scores.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert!((scores[0] - 1.0 / (1.0 + (-1.0_f64).exp())).abs() < 1e-15);
    }

    #[test]
    fn poisson_scores_become_expected_counts() {
        let mut scores = [1.5_f64.ln()];
        Objective::Poisson.transform(&mut scores);
        assert!((scores[0] - 1.5).abs() < 1e-15);
    }
}
