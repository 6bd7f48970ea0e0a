//! The process's metrics in Prometheus' text format.
//!
//! Code anywhere in the process measures through the `metrics` facade, by names declared in
//! [`touchline_domain::telemetry`]; [`Exporter`] collects and writes them.

use metrics::{Label, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;
use touchline_domain::telemetry::{ALL, Metric, MetricKind, PROCESS_START};

/// How often samples of histograms are put into their buckets, so that they take no room while nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);

/// Collects what the process measures. There is one, since the facade has one place to send values to.
#[derive(Debug, Clone)]
pub struct Exporter(Option<PrometheusHandle>);

impl Exporter {
    /// The process's exporter, in place from the first call on. Where the process sends its metrics elsewhere already,
    /// this one has nothing to write.
    pub fn installed() -> Self {
        static EXPORTER: OnceLock<Exporter> = OnceLock::new();
        EXPORTER.get_or_init(Self::install).clone()
    }

    fn install() -> Self {
        let bounded = |builder: PrometheusBuilder, metric: &Metric| match metric.kind {
            // No declared histogram is without buckets, the one thing that is refused here.
            MetricKind::Histogram => builder
                .set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), metric.buckets)
                .unwrap_or_default(),
            _ => builder,
        };
        let recorder = ALL.iter().fold(PrometheusBuilder::new(), bounded).build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("metrics of this process go elsewhere already; /metrics stays empty");
            return Self(None);
        }
        ALL.iter().for_each(declare);
        Self(Some(handle))
    }

    /// Notes when the process started, seconds since 1970.
    pub(crate) fn started_at(&self, seconds: i64) {
        if self.0.is_some() {
            metrics::gauge!(PROCESS_START.name).set(seconds as f64);
        }
    }

    /// All metrics that have values, in Prometheus' text format.
    pub fn text(&self) -> String {
        self.0.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }

    /// Puts samples into their buckets again and again, until it is dropped.
    pub async fn keep_up(self) {
        let mut beat = tokio::time::interval(UPKEEP);
        while let Some(handle) = &self.0 {
            beat.tick().await;
            handle.run_upkeep();
        }
    }
}

/// Says what the metric means, and shows as zero what is counted but has not happened yet.
fn declare(metric: &Metric) {
    let unit = if metric.name.ends_with("_seconds") { Unit::Seconds } else { Unit::Count };
    let known = if is_measured(metric) { metric.known_combinations() } else { Vec::new() };
    let labels = known.iter().map(|values| {
        let pairs = metric.labels.iter().zip(values);
        pairs.map(|(label, value)| Label::new(label.name, *value)).collect::<Vec<_>>()
    });
    match metric.kind {
        MetricKind::Counter => {
            metrics::describe_counter!(metric.name, unit, metric.help);
            labels.for_each(|labels| metrics::counter!(metric.name, labels).absolute(0));
        }
        MetricKind::Gauge => metrics::describe_gauge!(metric.name, unit, metric.help),
        MetricKind::Histogram => {
            metrics::describe_histogram!(metric.name, unit, metric.help);
            labels.for_each(|labels| drop(metrics::histogram!(metric.name, labels)));
        }
    }
}

/// Whether a part of the program that is there measures it: what is not measured must not look like zero.
fn is_measured(metric: &Metric) -> bool {
    use touchline_domain::telemetry as t;
    [t::HTTP_REQUESTS, t::HTTP_DURATION, t::PREDICTIONS, t::CONFIDENCE].contains(metric)
}

#[cfg(test)]
mod tests;
