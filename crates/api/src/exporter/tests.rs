use crate::testing::Service;
use axum::http::Request;
use chrono::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};
use touchline_domain::ports::BronzeWriter;
use touchline_domain::telemetry::{Metric, MetricKind, metric};
use touchline_domain::{Clock, NewDocument, RawRecord, RecordKind};

/// One line of values.
#[derive(Debug, Clone, PartialEq)]
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

/// What a strict reader of the text format takes, or the line that it refuses.
fn parse(text: &str) -> Result<(BTreeMap<String, String>, Vec<Sample>), String> {
    let (mut kinds, mut helps, mut samples) = (BTreeMap::new(), BTreeSet::new(), Vec::<Sample>::new());
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("the last line does not end".to_owned());
    }
    for line in text.lines().filter(|line| !line.is_empty()) {
        let refuse = || format!("refused: {line:?}");
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, _) = rest.split_once(' ').ok_or_else(refuse)?;
            if !helps.insert(name.to_owned()) {
                return Err(refuse());
            }
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').ok_or_else(refuse)?;
            let is_kind = ["counter", "gauge", "histogram"].contains(&kind);
            if !is_kind || kinds.insert(name.to_owned(), kind.to_owned()).is_some() {
                return Err(refuse());
            }
        } else if line.starts_with('#') {
            return Err(refuse());
        } else {
            let sample = sample(line).ok_or_else(refuse)?;
            if samples.iter().any(|s| s.name == sample.name && s.labels == sample.labels) {
                return Err(refuse());
            }
            samples.push(sample);
        }
    }
    Ok((kinds, samples))
}

fn sample(line: &str) -> Option<Sample> {
    let (head, value) = line.rsplit_once(' ')?;
    let value = if value == "+Inf" { f64::INFINITY } else { value.parse().ok()? };
    let Some((name, rest)) = head.split_once('{') else {
        return Some(Sample { name: head.to_owned(), labels: BTreeMap::new(), value });
    };
    let mut labels = BTreeMap::new();
    let mut rest = rest.strip_suffix('}')?;
    while !rest.is_empty() {
        let (label, after) = rest.split_once("=\"")?;
        let end = after.char_indices().find(|(i, c)| *c == '"' && !after[..*i].ends_with('\\'))?.0;
        labels.insert(label.to_owned(), after[..end].to_owned());
        rest = after[end + 1..].trim_start_matches(',');
    }
    Some(Sample { name: name.to_owned(), labels, value })
}

/// The declared metric that a sample belongs to.
fn declared(name: &str) -> Option<&'static Metric> {
    let part = |end| name.strip_suffix(end).and_then(metric).filter(|m| m.kind == MetricKind::Histogram);
    metric(name).or_else(|| part("_bucket")).or_else(|| part("_sum")).or_else(|| part("_count"))
}

async fn scraped(service: &Service) -> (BTreeMap<String, String>, Vec<Sample>) {
    let answer = service.get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let text = String::from_utf8(answer.bytes).unwrap();
    parse(&text).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> f64 {
    let fits = |s: &&Sample| {
        s.name == name && labels.iter().all(|(k, v)| s.labels.get(*k).is_some_and(|value| value == v))
    };
    samples.iter().filter(fits).map(|s| s.value).sum()
}

#[tokio::test]
async fn what_is_answered_is_declared_and_of_the_declared_form() {
    let service = Service::with_seasons().await;
    service.train().await;
    let id = service.find("status=scheduled").await;
    assert_eq!(service.get(&format!("/api/v1/predictions/{id}")).await.status, 200);
    let (kinds, samples) = scraped(&service).await;
    for (name, kind) in &kinds {
        assert_eq!(declared(name).map(|m| m.kind.name()), Some(kind.as_str()), "{name}");
    }
    for s in &samples {
        let m = declared(&s.name).unwrap_or_else(|| panic!("{s:?} is not declared"));
        let labels: BTreeSet<_> = s.labels.keys().map(String::as_str).filter(|l| *l != "le").collect();
        assert_eq!(labels, m.labels.iter().map(|l| l.name).collect(), "{s:?}");
        for label in m.labels.iter().filter(|l| !l.values.is_empty()) {
            assert!(label.values.contains(&s.labels[label.name].as_str()), "{s:?}");
        }
    }
    for name in [
        "http_requests_total",
        "http_request_duration_seconds",
        "football_dependency_up",
        "football_predictions_total",
        "football_prediction_confidence_score",
        "football_model_prediction_duration_seconds",
        "football_model_load_duration_seconds",
        "process_start_time_seconds",
    ] {
        assert!(kinds.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn a_histogram_counts_every_sample_into_its_buckets() {
    let service = Service::empty().await;
    service.get("/health/live").await;
    let (_, samples) = scraped(&service).await;
    let name = "http_request_duration_seconds";
    let buckets: Vec<_> = samples.iter().filter(|s| s.name == format!("{name}_bucket")).collect();
    assert_eq!(buckets.len(), metric(name).unwrap().buckets.len() + 1);
    assert!(buckets.windows(2).all(|pair| pair[0].value <= pair[1].value), "{buckets:?}");
    assert_eq!(buckets.last().unwrap().labels["le"], "+Inf");
    let count = value(&samples, &format!("{name}_count"), &[]);
    assert!(count >= 1.0 && (buckets.last().unwrap().value - count).abs() < 0.5);
}

#[tokio::test]
async fn requests_are_counted_by_method_and_status() {
    let service = Service::empty().await;
    let before = scraped(&service).await.1;
    service.get("/nowhere").await;
    service.get("/nowhere").await;
    service.send(Request::builder().method("BREW").uri("/nowhere")).await;
    let after = scraped(&service).await.1;
    let grown = |labels: &[(&str, &str)]| {
        let name = "http_requests_total";
        value(&after, name, labels) - value(&before, name, labels)
    };
    // Other tests of the process may ask at the same time.
    assert!(grown(&[("method", "GET"), ("status", "404")]) >= 2.0);
    assert!(grown(&[("method", "other")]) >= 1.0);
    assert!(after.iter().all(|s| s.labels.get("method").is_none_or(|method| method != "BREW")));
}

#[tokio::test]
async fn dependencies_that_fail_are_down() {
    let service = Service::with_matches().await;
    service.store.close().await;
    let (_, samples) = scraped(&service).await;
    let is_database = |s: &&Sample| s.labels.get("dependency").is_some_and(|name| name == "database");
    let up: Vec<_> = samples.iter().filter(is_database).map(|s| (s.name.as_str(), s.value < 0.5)).collect();
    assert_eq!(up, [("football_dependency_up", true)]);
}

#[tokio::test]
async fn the_old_path_answers_too() {
    let service = Service::empty().await;
    let answer = service.get("/monitoring/metrics").await;
    assert!(
        String::from_utf8(answer.bytes).unwrap().contains("# TYPE http_request_duration_seconds histogram")
    );
}

#[test]
fn the_strict_reader_refuses_what_is_wrong() {
    for text in [
        "a 1",
        "a\n",
        "a{b=\"c\" 1\n",
        "a{b=c} 1\n",
        "a one\n",
        "# TYPE a summary\n",
        "# TYPE a gauge\n# TYPE a gauge\n",
        "a 1\na 2\n",
        "# a remark\n",
    ] {
        assert!(parse(text).is_err(), "{text:?}");
    }
    let (_, samples) =
        parse("# TYPE a counter\na{b=\"c,\\\"d\",e=\"\"} 1\n\na_bucket{le=\"+Inf\"} 2\n").unwrap();
    assert_eq!(samples[0].labels["b"], "c,\\\"d");
    assert_eq!(samples.len(), 2);
}

#[tokio::test]
async fn the_age_of_what_was_collected_last_grows_until_more_comes() {
    let service = Service::empty().await;
    let name = "football_data_freshness_hours";
    let (kinds, _) = scraped(&service).await;
    assert!(!kinds.contains_key(name), "nothing was collected");
    let store = async |bytes: &[u8], kind| {
        let record = RawRecord {
            kind,
            locator: 1,
            external_match_id: None,
            external_league_id: None,
            match_time: None,
            payload: None,
        };
        let hash = blake3::hash(bytes).to_hex();
        let (source, collected_at) = ("test", service.clock.now());
        let document =
            NewDocument { source, name: "file", bytes, hash: &hash, collected_at, records: &[record] };
        service.store.store_document(&document).await.unwrap();
    };
    store(b"results", RecordKind::Match).await;
    service.clock.advance(Duration::hours(3));
    store(b"prices", RecordKind::Odds).await;
    let (_, samples) = scraped(&service).await;
    let age = |samples: &[Sample], data_type| value(samples, name, &[("data_type", data_type)]);
    assert!((age(&samples, "fixtures") - 3.0).abs() < 1e-9, "{samples:?}");
    assert!(age(&samples, "odds").abs() < 1e-9);
    assert!(samples.iter().all(|s| s.name != name || s.labels["data_type"] != "scores"), "none came");
    service.clock.advance(Duration::hours(1));
    let (_, samples) = scraped(&service).await;
    assert!((age(&samples, "fixtures") - 4.0).abs() < 1e-9 && (age(&samples, "odds") - 1.0).abs() < 1e-9);
}

/// The same answer for Prometheus' own reader and its rules for names, where its tool is installed.
#[tokio::test]
async fn promtool_has_nothing_to_say() {
    let service = Service::with_seasons().await;
    service.train().await;
    let id = service.find("status=scheduled").await;
    service.get(&format!("/api/v1/predictions/{id}")).await;
    let answer = service.get("/metrics").await;
    let tool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut tool = match tool {
        Ok(tool) => tool,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            tracing::warn!("skipped: promtool is not installed");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    tool.stdin.take().unwrap().write_all(&answer.bytes).unwrap();
    let said = tool.wait_with_output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    // Names that dashboards and alerts elsewhere know are kept.
    let known = ["football_data_freshness_hours use base unit"];
    let new: Vec<&str> =
        said.lines().filter(|line| !known.iter().any(|known| line.starts_with(known))).collect();
    assert!(new.is_empty(), "{said}");
}
