//! Answers in the shapes of Marquez 0.5x's read interface, so that its clients and its web page find what they ask for.

use crate::event::time;
use crate::graph::{Graph, NodeId, named};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use touchline_domain::ports::{NodeKind, NodeName, StoredNode, StoredRun};

/// A namespace.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Namespace {
    /// Its name.
    pub name: String,
    created_at: String,
    updated_at: String,
    owner_name: &'static str,
    description: &'static str,
    is_hidden: bool,
}

/// The namespaces of all jobs and datasets, by name.
pub fn namespaces(graph: &Graph) -> Vec<Namespace> {
    let mut times: BTreeMap<&str, (DateTime<Utc>, DateTime<Utc>)> = BTreeMap::new();
    for node in graph.all(NodeKind::Job).chain(graph.all(NodeKind::Dataset)) {
        let (first, last) = times.entry(&node.name.namespace).or_insert((node.created_at, node.updated_at));
        (*first, *last) = ((*first).min(node.created_at), (*last).max(node.updated_at));
    }
    let namespace = |(name, (first, last)): (&str, (DateTime<Utc>, DateTime<Utc>))| Namespace {
        name: name.to_owned(),
        created_at: time(first),
        updated_at: time(last),
        owner_name: "touchline",
        description: about(name),
        is_hidden: false,
    };
    times.into_iter().map(namespace).collect()
}

fn about(namespace: &str) -> &'static str {
    match namespace {
        crate::JOBS => "Jobs and commands of this program.",
        crate::SOURCES => "Sources that facts come from.",
        crate::BACKUPS => "Copies of the store.",
        "football_db.bronze" => "What came, as it came.",
        "football_db.silver" => "Leagues, teams, matches and their facts.",
        "football_db.gold" => "Features, models, forecasts and findings.",
        _ => "",
    }
}

fn facet<'n>(node: &'n StoredNode, name: &str) -> &'n Value {
    &node.body["facets"][name]
}

/// A dataset.
pub fn dataset(node: &StoredNode) -> Value {
    let NodeName { namespace, name } = &node.name;
    let fields = facet(node, "schema")["fields"].as_array().into_iter().flatten();
    let field = |f: &Value| json!({ "name": f["name"], "type": f["type"], "tags": [], "description": f["description"] });
    let tags = facet(node, "tags")["tags"].as_array().into_iter().flatten().map(|tag| &tag["key"]);
    json!({
        "id": { "namespace": namespace, "name": name },
        "type": "DB_TABLE",
        "name": name,
        "physicalName": name,
        "createdAt": time(node.created_at),
        "updatedAt": time(node.updated_at),
        "namespace": namespace,
        "sourceName": facet(node, "dataSource")["name"],
        "fields": fields.map(field).collect::<Vec<_>>(),
        "tags": tags.collect::<Vec<_>>(),
        "lastModifiedAt": time(node.updated_at),
        "lastLifecycleState": null,
        "description": facet(node, "documentation")["description"],
        "currentVersion": facet(node, "version")["datasetVersion"],
        "columnLineage": null,
        "facets": node.body["facets"],
        "deleted": false,
    })
}

/// A job with its latest run.
pub fn job(node: &StoredNode, latest: Option<&StoredRun>) -> Value {
    let NodeName { namespace, name } = &node.name;
    let ids = |part| -> Vec<Value> {
        named(node, part)
            .into_iter()
            .map(|of| json!({ "namespace": of.namespace, "name": of.name }))
            .collect()
    };
    json!({
        "id": { "namespace": namespace, "name": name },
        "type": "BATCH",
        "name": name,
        "simpleName": name,
        "parentJobName": null,
        "createdAt": time(node.created_at),
        "updatedAt": time(node.updated_at),
        "namespace": namespace,
        "inputs": ids("inputs"),
        "outputs": ids("outputs"),
        "location": null,
        "description": node.body["description"],
        "latestRun": latest.map(run),
        "facets": node.body["facets"],
        "currentVersion": null,
        "labels": [],
        "tags": [],
    })
}

/// A run.
pub fn run(run: &StoredRun) -> Value {
    let facets = &run.body["run"]["facets"];
    let duration = run.ended_at.map(|ended| (ended - run.started_at).num_milliseconds().max(0));
    json!({
        "id": run.id,
        "createdAt": time(run.started_at),
        "updatedAt": time(run.ended_at.unwrap_or(run.started_at)),
        "nominalStartTime": facets["nominalTime"]["nominalStartTime"],
        "nominalEndTime": facets["nominalTime"]["nominalEndTime"],
        "state": run.kind.state(),
        "startedAt": time(run.started_at),
        "endedAt": run.ended_at.map(time),
        "durationMs": duration,
        "args": {},
        "jobVersion": null,
        "inputDatasetVersions": versions(&run.body["inputs"]),
        "outputDatasetVersions": versions(&run.body["outputs"]),
        "facets": facets,
    })
}

fn versions(datasets: &Value) -> Vec<Value> {
    let all = datasets.as_array().into_iter().flatten();
    all.map(|of| {
        json!({
            "datasetVersionId": {
                "namespace": of["namespace"], "name": of["name"], "version": of["facets"]["version"]["datasetVersion"],
            },
            "facets": of["inputFacets"].as_object().or_else(|| of["outputFacets"].as_object()),
        })
    })
    .collect()
}

/// What is around a node, at most so many edges away.
pub fn lineage(graph: &Graph, start: &NodeId, depth: u32) -> Vec<Value> {
    let around = graph.around(start, depth);
    let edge =
        |(from, to): &(NodeId, NodeId)| json!({ "origin": from.to_string(), "destination": to.to_string() });
    let drawn = |edges: Vec<&(NodeId, NodeId)>| -> Vec<Value> {
        let inside = edges.into_iter().filter(|(from, to)| around.contains(from) && around.contains(to));
        inside.map(edge).collect()
    };
    let node = |id: &NodeId| {
        let held = graph.node(id)?;
        let (to, from) = graph.edges_of(id);
        let (kind, data) = match id.kind {
            NodeKind::Job => ("JOB", job(held, graph.latest_run(&id.name))),
            NodeKind::Dataset => ("DATASET", dataset(held)),
        };
        Some(json!({
            "id": id.to_string(), "type": kind, "data": data, "inEdges": drawn(to), "outEdges": drawn(from),
        }))
    };
    around.iter().filter_map(node).collect()
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Column(NodeName, String);

impl Column {
    fn id(&self) -> String {
        format!("datasetField:{}:{}:{}", self.0.namespace, self.0.name, self.1)
    }
}

/// Whose columns are followed: a dataset's, one of them, or those that a job writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnsOf {
    /// All of a dataset, or all that a job writes.
    Node(NodeId),
    /// One column of a dataset.
    Field(NodeName, String),
}

impl FromStr for ColumnsOf {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let Some(rest) = text.strip_prefix("datasetField:") else { return text.parse().map(Self::Node) };
        let wrong = || format!("{text:?} names no column; write datasetField:NAMESPACE:DATASET:COLUMN");
        let (dataset, column) = rest.rsplit_once(':').ok_or_else(wrong)?;
        let (namespace, name) = dataset.rsplit_once(':').ok_or_else(wrong)?;
        if [namespace, name, column].contains(&"") {
            return Err(wrong());
        }
        Ok(Self::Field(NodeName::new(namespace, name), column.to_owned()))
    }
}

impl ColumnsOf {
    /// Whether there is such a thing.
    pub fn is_in(&self, graph: &Graph) -> bool {
        match self {
            Self::Node(id) => graph.node(id).is_some(),
            Self::Field(name, column) => {
                let id = NodeId { kind: NodeKind::Dataset, name: name.clone() };
                graph.node(&id).is_some_and(|node| fields(node).any(|(field, _)| field == column))
            }
        }
    }

    fn columns(&self, graph: &Graph) -> BTreeSet<Column> {
        let of = |name: &NodeName| -> Vec<Column> {
            let node = graph.node(&NodeId { kind: NodeKind::Dataset, name: name.clone() });
            let all = node.into_iter().flat_map(fields);
            all.map(|(field, _)| Column(name.clone(), field.to_owned())).collect()
        };
        match self {
            Self::Field(name, column) => BTreeSet::from([Column(name.clone(), column.clone())]),
            Self::Node(id) if id.kind == NodeKind::Dataset => of(&id.name).into_iter().collect(),
            Self::Node(id) => {
                let written = graph.node(id).map(|node| named(node, "outputs")).unwrap_or_default();
                written.iter().flat_map(of).collect()
            }
        }
    }
}

/// Columns of a dataset with their types.
fn fields(node: &StoredNode) -> impl Iterator<Item = (&str, &Value)> {
    let all = facet(node, "schema")["fields"].as_array().into_iter().flatten();
    all.filter_map(|field| Some((field["name"].as_str()?, &field["type"])))
}

/// Where columns come from, at most so many steps back; on demand also where they go to.
pub fn column_lineage(graph: &Graph, start: &ColumnsOf, depth: u32, downstream: bool) -> Vec<Value> {
    let mut edges: BTreeSet<(Column, Column)> = BTreeSet::new();
    for node in graph.all(NodeKind::Dataset) {
        let of_columns = facet(node, "columnLineage")["fields"].as_object().into_iter().flatten();
        for (column, from) in of_columns {
            let to = Column(node.name.clone(), column.clone());
            for input in from["inputFields"].as_array().into_iter().flatten() {
                let text = |part: &str| input[part].as_str().unwrap_or_default();
                let from = NodeName::new(text("namespace"), text("name"));
                edges.insert((Column(from, text("field").to_owned()), to.clone()));
            }
        }
    }
    let mut found = start.columns(graph);
    for is_back in [true, false] {
        if !is_back && !downstream {
            continue;
        }
        let mut reached = start.columns(graph);
        for _ in 0..depth {
            let step = edges.iter().filter_map(|(from, to)| {
                let (known, next) = if is_back { (to, from) } else { (from, to) };
                reached.contains(known).then(|| next.clone())
            });
            let grown: BTreeSet<Column> = step.collect();
            let before = reached.len();
            reached.extend(grown);
            if reached.len() == before {
                break;
            }
        }
        found.extend(reached);
    }
    let drawn = |(from, to): &&(Column, Column)| found.contains(from) && found.contains(to);
    let edges: Vec<&(Column, Column)> = edges.iter().filter(drawn).collect();
    let node = |column: &Column| column_node(graph, column, &edges);
    found.iter().map(node).collect()
}

fn column_node(graph: &Graph, column: &Column, edges: &[&(Column, Column)]) -> Value {
    let edge = |(from, to): &&(Column, Column)| json!({ "origin": from.id(), "destination": to.id() });
    let to: Vec<&&(Column, Column)> = edges.iter().filter(|(_, to)| to == column).collect();
    let from = edges.iter().filter(|(from, _)| from == column);
    let kind = graph
        .node(&NodeId { kind: NodeKind::Dataset, name: column.0.clone() })
        .and_then(|node| fields(node).find(|(name, _)| *name == column.1))
        .map(|(_, kind)| kind.clone());
    let inputs = to.iter().map(|(from, _)| {
        json!({ "namespace": from.0.namespace, "dataset": from.0.name, "field": from.1, "transformationDescription": null, "transformationType": null })
    });
    json!({
        "id": column.id(),
        "type": "DATASET_FIELD",
        "data": {
            "namespace": column.0.namespace,
            "dataset": column.0.name,
            "field": column.1,
            "fieldType": kind,
            "inputFields": inputs.collect::<Vec<_>>(),
        },
        "inEdges": to.iter().map(|found| edge(found)).collect::<Vec<_>>(),
        "outEdges": from.map(edge).collect::<Vec<_>>(),
    })
}
