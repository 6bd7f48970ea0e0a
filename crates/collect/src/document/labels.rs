//! Labels of results against scores. One that differs costs its row; labels that differ throughout say that the columns
//! are not what they seem.

use crate::values::{Fault, Label, label};
use crate::{DocumentError, RejectionKind};
use touchline_domain::{Outcome, Score};

/// So many rows and more than this share of them (in percent) contradict: not slips of rows.
const THROUGHOUT: (u32, u32) = (5, 30);

/// Compares the labels of a document with its scores.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Labels {
    /// Labels `1` and `2` are not read: they mean something else here.
    numbers_ignored: bool,
    read: u32,
    contradicting: u32,
    /// Whether all contradicting labels are numbers.
    by_words: bool,
}

impl Labels {
    /// For reading a document once more, without labels that are numbers.
    pub(crate) fn without_numbers() -> Self {
        Self { numbers_ignored: true, ..Self::default() }
    }

    /// Whether labels that are numbers are left unread.
    pub(crate) fn ignores_numbers(self) -> bool {
        self.numbers_ignored
    }

    /// Compares one label with the score of its row.
    ///
    /// # Errors
    /// They contradict one another.
    pub(crate) fn check(&mut self, score: Score, text: &str, home: &str, away: &str) -> Result<(), Fault> {
        let (said, is_word) = match label(text, home, away) {
            Label::Says(said) => (said, true),
            Label::Numbers(said) if !self.numbers_ignored => (said, false),
            _ => return Ok(()),
        };
        self.read += 1;
        if said == Outcome::of(score) {
            return Ok(());
        }
        self.contradicting += 1;
        self.by_words |= is_word;
        let message =
            format!("the score {score} contradicts the result {text:.40?}; correct one of them in the file");
        Err((RejectionKind::ContradictoryResult, message))
    }

    /// Whether the document is to be read once more without its numbers as labels.
    ///
    /// # Errors
    /// Labels contradict the scores throughout.
    pub(crate) fn verdict(self) -> Result<bool, DocumentError> {
        let (rows, percent) = THROUGHOUT;
        if self.contradicting < rows || self.contradicting * 100 <= self.read * percent {
            return Ok(false);
        }
        if self.by_words {
            return Err(DocumentError::ContradictoryResults { rows: self.contradicting, of: self.read });
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(rows: &[(i64, i64, &str)]) -> Labels {
        let mut labels = Labels::default();
        for (home, away, text) in rows {
            let _ = labels.check(Score::new(*home, *away).unwrap(), text, "Aau", "Bau");
        }
        labels
    }

    #[test]
    fn one_contradiction_is_a_slip_and_many_are_swapped_columns() {
        assert_eq!(checked(&[(1, 0, "A"), (1, 1, "D")]).verdict(), Ok(false));
        let swapped = checked(&[(1, 0, "A"); 6]).verdict().unwrap_err();
        assert!(swapped.to_string().contains("6 of 6"), "{swapped}");
        // 2 for the home side, 1 for a draw, 0 for the away side.
        assert_eq!(
            checked(&[(1, 0, "2"), (2, 0, "2"), (1, 1, "1"), (3, 0, "2"), (0, 0, "1")]).verdict(),
            Ok(true)
        );
    }
}
