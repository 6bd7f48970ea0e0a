//! Whose word counts where sources disagree, and what becomes of a source's newer word.

use serde::{Deserialize, Serialize};
use touchline_domain::{ANY_SOURCE, ClaimField};

/// Sources, the most trusted first. Sources that are not listed come after all that are, by name, so that what is kept
/// never depends on which document came first. Where one source changes its word about a match that was played,
/// [`CorrectionRules`] decide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOrder {
    sources: Vec<String>,
    corrections: CorrectionRules,
}

impl SourceOrder {
    /// From names of sources, the most trusted first, with the default rules for corrections.
    pub fn new(sources: Vec<String>) -> Self {
        Self { sources, corrections: CorrectionRules::default() }
    }

    /// The same with other rules for corrections.
    #[must_use]
    pub fn with_corrections(self, corrections: CorrectionRules) -> Self {
        Self { corrections, ..self }
    }

    /// What becomes of a source's newer word.
    pub fn corrections(&self) -> CorrectionRules {
        self.corrections
    }

    /// Whether the first source's word counts more than the second's. What a person said counts most.
    pub fn precedes(&self, first: &str, second: &str) -> bool {
        self.rank(first) < self.rank(second)
    }

    /// A place in the order, the most trusted first.
    pub(crate) fn rank<'a>(&self, source: &'a str) -> (usize, &'a str) {
        if source == ANY_SOURCE {
            return (0, "");
        }
        let place = self.sources.iter().position(|listed| listed == source);
        (place.map_or(usize::MAX, |place| place + 1), source)
    }
}

/// What becomes of the newer word of a source about a match that was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionRule {
    /// It replaces the older one, which is kept with its time.
    Newer,
    /// The older one stays; the newer one is recorded.
    First,
    /// The older one stays until a person decides.
    Ask,
}

impl CorrectionRule {
    /// The name in settings and data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Newer => "newer",
            Self::First => "first",
            Self::Ask => "ask",
        }
    }
}

/// The rule of each kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionRules {
    /// Score and status of a match that was played, also after extra time and of a shoot-out.
    pub result: CorrectionRule,
    /// When it was played.
    pub kickoff: CorrectionRule,
    /// Half-time score, referee, attendance, neutral ground, stage, round, group, leg of a tie.
    pub details: CorrectionRule,
    /// What was counted.
    pub statistics: CorrectionRule,
}

impl Default for CorrectionRules {
    /// Results move every rating that comes after them and are wrong in both directions often enough: a person is asked.
    /// Everything else follows its source.
    fn default() -> Self {
        Self { result: CorrectionRule::Ask, ..Self::all(CorrectionRule::Newer) }
    }
}

impl CorrectionRules {
    /// One rule for everything.
    pub fn all(rule: CorrectionRule) -> Self {
        Self { result: rule, kickoff: rule, details: rule, statistics: rule }
    }

    /// The rule of a field.
    pub fn of(self, field: ClaimField) -> CorrectionRule {
        match field {
            ClaimField::Score | ClaimField::Status | ClaimField::AfterExtraTime | ClaimField::Shootout => {
                self.result
            }
            ClaimField::Kickoff => self.kickoff,
            ClaimField::Statistics => self.statistics,
            _ => self.details,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_sources_come_first_and_others_by_name() {
        let order = SourceOrder::new(vec!["b".into(), "a".into()]);
        let mut sources = ["d", "a", "c", "b", ANY_SOURCE];
        sources.sort_by(|x, y| order.rank(x).cmp(&order.rank(y)));
        assert_eq!(sources, [ANY_SOURCE, "b", "a", "c", "d"]);
        assert!(order.precedes("b", "a") && !order.precedes("a", "b") && !order.precedes("a", "a"));
    }

    #[test]
    fn a_result_is_asked_about_and_the_rest_follows_its_source() {
        let rules = SourceOrder::default().corrections();
        assert_eq!(rules.of(ClaimField::Score), CorrectionRule::Ask);
        assert_eq!(rules.of(ClaimField::Status), CorrectionRule::Ask);
        for field in [ClaimField::Kickoff, ClaimField::HalfTime, ClaimField::Referee, ClaimField::Statistics]
        {
            assert_eq!(rules.of(field), CorrectionRule::Newer, "{field:?}");
        }
    }
}
