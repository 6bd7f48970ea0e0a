//! Events in the form of `OpenLineage` 2-0-2 (<https://openlineage.io/spec/2-0-2/OpenLineage.json>), with the standard facets
//! in the versions that its Python client 1.54 knows.

use crate::columns::{ColumnOrigins, How};
use crate::record::{Assertion, Ended, Numbers, RunAbout};
use crate::{Dataset, JOBS, JobIo};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use touchline_domain::ports::{NodeName, RunEventKind};

/// Who says so.
pub const PRODUCER: &str = concat!("urn:touchline:", env!("CARGO_PKG_VERSION"));
const SPEC: &str = "https://openlineage.io/spec/";

/// A time as events write it.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A facet of a kind, in the version of its definition.
pub(crate) fn facet(version: &str, kind: &str, said: Value) -> Value {
    let Value::Object(mut facet) = said else { return said };
    facet.insert("_producer".to_owned(), json!(PRODUCER));
    facet.insert("_schemaURL".to_owned(), json!(format!("{SPEC}facets/{version}/{kind}.json#/$defs/{kind}")));
    Value::Object(facet)
}

/// The whole event.
pub(crate) fn event(
    kind: RunEventKind,
    at: DateTime<Utc>,
    about: &RunAbout,
    parts: (Map<String, Value>, Map<String, Value>),
    datasets: (Vec<Value>, Vec<Value>),
) -> Value {
    let ((run, job), (inputs, outputs)) = (parts, datasets);
    json!({
        "eventType": kind.name(),
        "eventTime": time(at),
        "producer": PRODUCER,
        "schemaURL": format!("{SPEC}2-0-2/OpenLineage.json#/$defs/RunEvent"),
        "run": { "runId": about.run, "facets": run },
        "job": { "namespace": JOBS, "name": about.job.name, "facets": job },
        "inputs": inputs,
        "outputs": outputs,
    })
}

/// What is said of the run.
pub(crate) fn run_facets(about: &RunAbout, ended: Option<&Ended>) -> Map<String, Value> {
    let mut facets = Map::new();
    if let Some(nominal) = about.nominal {
        let said = json!({ "nominalStartTime": time(nominal) });
        facets.insert("nominalTime".to_owned(), facet("1-0-1", "NominalTimeRunFacet", said));
    }
    if let Some((run, name)) = &about.parent {
        let said = json!({ "run": { "runId": run }, "job": { "namespace": JOBS, "name": name } });
        facets.insert("parent".to_owned(), facet("1-2-0", "ParentRunFacet", said));
    }
    let engine = json!({ "name": "touchline", "version": env!("CARGO_PKG_VERSION") });
    facets.insert("processing_engine".to_owned(), facet("1-1-1", "ProcessingEngineRunFacet", engine));
    if let Some(Ended::Fail(message)) = ended {
        let said = json!({ "message": message, "programmingLanguage": "RUST" });
        facets.insert("errorMessage".to_owned(), facet("1-0-1", "ErrorMessageRunFacet", said));
    }
    facets
}

/// What is said of the job.
pub(crate) fn job_facets(job: &JobIo, kind: &str) -> Map<String, Value> {
    let what = json!({ "processingType": "BATCH", "integration": "TOUCHLINE", "jobType": kind });
    let about = json!({ "description": job.about, "contentType": "text/plain" });
    Map::from_iter([
        ("jobType".to_owned(), facet("2-0-4", "JobTypeJobFacet", what)),
        ("documentation".to_owned(), facet("1-1-0", "DocumentationJobFacet", about)),
    ])
}

/// What is always said of a dataset of the store.
pub(crate) fn described(dataset: &Dataset, origins: &ColumnOrigins) -> Map<String, Value> {
    let fields: Vec<Value> = dataset
        .fields
        .iter()
        .map(|field| json!({ "name": field.name, "type": field.kind, "description": field.meaning }))
        .collect();
    let words = std::iter::once(dataset.layer.name()).chain(dataset.tags.iter().map(String::as_str));
    let tags: Vec<Value> =
        words.map(|word| json!({ "key": word, "value": "true", "source": "touchline" })).collect();
    let about = json!({ "description": dataset.about, "contentType": "text/plain" });
    let mut facets = source(dataset.layer.namespace());
    facets.insert("schema".to_owned(), facet("1-2-0", "SchemaDatasetFacet", json!({ "fields": fields })));
    facets.insert("documentation".to_owned(), facet("1-1-0", "DocumentationDatasetFacet", about));
    facets.insert("tags".to_owned(), facet("1-0-0", "TagsDatasetFacet", json!({ "tags": tags })));
    if !origins.is_empty() {
        facets.insert("columnLineage".to_owned(), column_lineage(origins));
    }
    facets
}

/// Where a dataset lies.
pub(crate) fn source(namespace: &str) -> Map<String, Value> {
    let said = json!({ "name": namespace, "uri": format!("urn:touchline:{namespace}") });
    Map::from_iter([("dataSource".to_owned(), facet("1-0-1", "DatasourceDatasetFacet", said))])
}

fn column_lineage(origins: &ColumnOrigins) -> Value {
    let of_column = |origins: &Vec<crate::columns::Origin>| {
        let inputs = origins.iter().map(|origin| {
            let subtype = match origin.how {
                How::Taken => "IDENTITY",
                How::Computed => "TRANSFORMATION",
            };
            json!({
                "namespace": origin.dataset.namespace,
                "name": origin.dataset.name,
                "field": origin.column,
                "transformations": [{ "type": "DIRECT", "subtype": subtype }],
            })
        });
        json!({ "inputFields": inputs.collect::<Vec<_>>() })
    };
    let fields: Map<String, Value> =
        origins.iter().map(|(column, origins)| (column.clone(), of_column(origins))).collect();
    facet("1-2-0", "ColumnLineageDatasetFacet", json!({ "fields": fields }))
}

/// The state of a dataset that was read or written.
pub(crate) fn version(version: &str) -> Value {
    facet("1-0-1", "DatasetVersionDatasetFacet", json!({ "datasetVersion": version }))
}

/// A dataset that was read.
pub(crate) fn input(name: &NodeName, facets: &Map<String, Value>, numbers: &Numbers) -> Value {
    let mut said = Map::new();
    if let Some(rows) = numbers.read.get(&name.name) {
        let metrics = json!({ "rowCount": rows, "columnMetrics": {} });
        said.insert(
            "dataQualityMetrics".to_owned(),
            facet("1-0-3", "DataQualityMetricsInputDatasetFacet", metrics),
        );
    }
    if let Some(assertions) = numbers.assertions.get(&name.name).filter(|found| !found.is_empty()) {
        let assertions: Vec<Value> = assertions.iter().map(assertion).collect();
        let said_of = json!({ "assertions": assertions });
        said.insert(
            "dataQualityAssertions".to_owned(),
            facet("1-1-0", "DataQualityAssertionsDatasetFacet", said_of),
        );
    }
    json!({ "namespace": name.namespace, "name": name.name, "facets": facets, "inputFacets": said })
}

fn assertion(assertion: &Assertion) -> Value {
    let mut said = json!({ "assertion": assertion.name, "success": assertion.success });
    if let Some(column) = &assertion.column {
        said["column"] = json!(column);
    }
    said
}

/// A dataset that was written.
pub(crate) fn output(name: &NodeName, facets: &Map<String, Value>, numbers: &Numbers) -> Value {
    let mut said = Map::new();
    let (rows, bytes) = (numbers.written.get(&name.name), numbers.bytes.get(&name.name));
    if rows.is_some() || bytes.is_some() {
        let mut statistics = Map::new();
        statistics.extend(rows.map(|rows| ("rowCount".to_owned(), json!(rows))));
        statistics.extend(bytes.map(|bytes| ("size".to_owned(), json!(bytes))));
        said.insert(
            "outputStatistics".to_owned(),
            facet("1-0-2", "OutputStatisticsOutputDatasetFacet", Value::Object(statistics)),
        );
    }
    json!({ "namespace": name.namespace, "name": name.name, "facets": facets, "outputFacets": said })
}
