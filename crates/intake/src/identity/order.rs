//! Whose word counts where sources disagree.

use touchline_domain::ANY_SOURCE;

/// Sources, the most trusted first. Sources that are not listed come after all that are, by name, so that what is kept
/// never depends on which document came first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOrder(Vec<String>);

impl SourceOrder {
    /// From names of sources, the most trusted first.
    pub fn new(sources: Vec<String>) -> Self {
        Self(sources)
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
        let place = self.0.iter().position(|listed| listed == source);
        (place.map_or(usize::MAX, |place| place + 1), source)
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
}
