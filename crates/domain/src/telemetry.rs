//! What the platform measures of itself: every metric is declared here, once, as data. The code that measures takes a
//! metric's name from here; whoever answers, alerts on or draws metrics takes names, kinds, labels and buckets from here.
//! Nothing in this module measures or exports.

mod declared;

pub use declared::*;

/// How a metric's values behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// A count that only grows while the process runs.
    Counter,
    /// A value of the moment.
    Gauge,
    /// How values are distributed, over buckets.
    Histogram,
}

impl MetricKind {
    /// The word of Prometheus' text format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A label of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricLabel {
    /// Its name.
    pub name: &'static str,
    /// The values that it may have; none where any value may come.
    pub values: &'static [&'static str],
}

/// A metric: what it is called, what it says and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// Its whole name, prefix included.
    pub name: &'static str,
    /// Kind of values.
    pub kind: MetricKind,
    /// One sentence for people.
    pub help: &'static str,
    /// Labels that every sample carries.
    pub labels: &'static [MetricLabel],
    /// Upper bounds of a histogram's buckets, rising, without infinity. Empty for other kinds.
    pub buckets: &'static [f64],
}

impl Metric {
    const fn counter(name: &'static str, help: &'static str, labels: &'static [MetricLabel]) -> Self {
        Self { name, kind: MetricKind::Counter, help, labels, buckets: &[] }
    }

    const fn gauge(name: &'static str, help: &'static str, labels: &'static [MetricLabel]) -> Self {
        Self { name, kind: MetricKind::Gauge, help, labels, buckets: &[] }
    }

    const fn histogram(
        name: &'static str,
        help: &'static str,
        labels: &'static [MetricLabel],
        buckets: &'static [f64],
    ) -> Self {
        Self { name, kind: MetricKind::Histogram, help, labels, buckets }
    }

    /// Every combination of label values that is known beforehand, in the order of the labels: what a process shows as
    /// zero from its start. Empty where a label may have any value; one empty combination where there is no label.
    pub fn known_combinations(&self) -> Vec<Vec<&'static str>> {
        self.labels.iter().fold(vec![Vec::new()], |combinations, label| {
            let with = |known: &Vec<&'static str>, value| [known.as_slice(), &[value]].concat();
            combinations
                .iter()
                .flat_map(|known| label.values.iter().map(move |value| with(known, *value)))
                .collect()
        })
    }
}

/// The declared metric of a name.
pub fn metric(name: &str) -> Option<&'static Metric> {
    ALL.iter().find(|metric| metric.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Letters, digits and underscores, no digit first; colons belong to recording rules.
    fn is_name(text: &str) -> bool {
        let mut bytes = text.bytes();
        bytes.next().is_some_and(|b| b.is_ascii_lowercase())
            && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    }

    #[test]
    fn every_name_is_declared_once_and_is_valid() {
        let names: BTreeSet<_> = ALL.iter().map(|m| m.name).collect();
        assert_eq!(names.len(), ALL.len());
        for m in ALL {
            assert!(is_name(m.name), "{}", m.name);
            assert!(m.help.ends_with('.') && !m.help.contains('\n'), "{}: {}", m.name, m.help);
            for label in m.labels {
                assert!(is_name(label.name) && !label.name.starts_with("__"), "{}: {}", m.name, label.name);
                assert!(!matches!(label.name, "le" | "quantile"), "{}: the format needs this label", m.name);
            }
            let labels: BTreeSet<_> = m.labels.iter().map(|l| l.name).collect();
            assert_eq!(labels.len(), m.labels.len(), "{}", m.name);
            assert_eq!(metric(m.name), Some(m));
        }
        assert_eq!(metric("none"), None);
    }

    #[test]
    fn no_metric_has_the_name_of_a_part_of_a_histogram() {
        for histogram in ALL.iter().filter(|m| m.kind == MetricKind::Histogram) {
            for part in ["_bucket", "_sum", "_count"] {
                assert_eq!(metric(&format!("{}{part}", histogram.name)), None);
            }
        }
    }

    #[test]
    fn histograms_alone_have_buckets_and_these_rise() {
        for m in ALL {
            assert_eq!(m.kind == MetricKind::Histogram, !m.buckets.is_empty(), "{}", m.name);
            assert!(m.buckets.windows(2).all(|pair| pair[0] < pair[1]), "{}", m.name);
            assert!(m.buckets.iter().all(|bound| bound.is_finite()), "{}", m.name);
        }
    }

    #[test]
    fn known_values_of_labels_are_combined() {
        let [a, b] = ["a", "b"].map(|name| MetricLabel { name, values: &["1", "2"] });
        let open = MetricLabel { name: "c", values: &[] };
        let of = |labels| Metric { labels, ..ALL[0] }.known_combinations();
        assert_eq!(of(&[]), [[""; 0]]);
        assert_eq!(of(Box::leak(Box::new([a]))), [["1"], ["2"]]);
        assert_eq!(of(Box::leak(Box::new([a, b]))), [["1", "1"], ["1", "2"], ["2", "1"], ["2", "2"]]);
        assert_eq!(of(Box::leak(Box::new([a, open]))), [[""; 0]; 0]);
    }

    #[test]
    fn a_counter_says_so_in_its_name() {
        for m in ALL {
            assert_eq!(m.kind == MetricKind::Counter, m.name.ends_with("_total"), "{}", m.name);
        }
    }
}
