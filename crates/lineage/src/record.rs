//! Telling of a run as it begins and ends.

use crate::columns::origins;
use crate::{Catalogue, JOBS, JobIo, event};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::Arc;
use touchline_domain::ports::{
    ChangeFeed, NewNode, NewRunEvent, NodeKind, NodeName, RunEventKind, RunReader, RunWriter, StoreError,
    StoredNode,
};

/// What recording asks of a store.
pub trait RunStore: RunReader + RunWriter + ChangeFeed {}

impl<T: RunReader + RunWriter + ChangeFeed + ?Sized> RunStore for T {}

/// What does not change of a dataset is said in an event again after so long, for a backend that came later.
const SAID_AGAIN: Duration = Duration::hours(24);
/// So much of a message of an error is told.
const MOST_OF_MESSAGE: usize = 2000;

/// A run.
#[derive(Debug, Clone)]
pub struct RunAbout {
    /// The job.
    pub job: &'static JobIo,
    /// Its UUID; see [`run_id`].
    pub run: String,
    /// For which time it is run, where it runs by a timetable.
    pub nominal: Option<DateTime<Utc>>,
    /// UUID and name of the flow that it is a step of.
    pub parent: Option<(String, String)>,
    /// Sources that it asks, or whose files it reads.
    pub sources: Vec<String>,
    /// What kind of run: `JOB` of the job runner, or `COMMAND`.
    pub kind: &'static str,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It did what it is for.
    Complete,
    /// It did not, with why.
    Fail(String),
    /// It was stopped.
    Abort,
}

impl Ended {
    fn kind(&self) -> RunEventKind {
        match self {
            Self::Complete => RunEventKind::Complete,
            Self::Fail(_) => RunEventKind::Fail,
            Self::Abort => RunEventKind::Abort,
        }
    }
}

/// A check of a dataset that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// What was expected.
    pub name: String,
    /// Of which column, where it is of one.
    pub column: Option<String>,
    /// Whether it holds.
    pub success: bool,
}

/// What a run says of datasets, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Rows that were read.
    pub read: BTreeMap<String, u64>,
    /// Rows that were written.
    pub written: BTreeMap<String, u64>,
    /// Bytes that were written.
    pub bytes: BTreeMap<String, u64>,
    /// Their versions, where they are not those of the store.
    pub versions: BTreeMap<String, String>,
    /// What was checked.
    pub assertions: BTreeMap<String, Vec<Assertion>>,
}

/// The UUID (version 8) of what these words name: the same words give the same run, so that an event that is told of twice is
/// one.
pub fn run_id(words: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for word in words {
        hasher.update(&(word.len() as u64).to_le_bytes());
        hasher.update(word.as_bytes());
    }
    let hash = hasher.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing into a text does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    format!("{a}-{b}-{c}-{d}-{e}")
}

/// Tells the store of runs.
pub struct Recorder<S: ?Sized> {
    store: Arc<S>,
    catalogue: Arc<Catalogue>,
    /// Whether others are told too.
    sends: bool,
}

impl<S: ?Sized> Clone for Recorder<S> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store), catalogue: Arc::clone(&self.catalogue), sends: self.sends }
    }
}

impl<S: RunStore + ?Sized> Recorder<S> {
    /// To a store; `sends` says whether what is recorded is to be sent to a backend too.
    pub fn new(store: Arc<S>, catalogue: Arc<Catalogue>, sends: bool) -> Self {
        Self { store, catalogue, sends }
    }

    /// The store that is told.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// A run begins.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn begin(&self, about: &RunAbout, at: DateTime<Utc>) -> Result<(), StoreError> {
        let held = self.store.graph_nodes(NodeKind::Job, Some(JOBS)).await?;
        let bare = |names: &[NodeName]| -> Vec<Value> {
            names.iter().map(|name| json!({ "namespace": name.namespace, "name": name.name })).collect()
        };
        let (inputs, outputs) = self.named(about);
        let parts = (event::run_facets(about, None), event::job_facets(about.job, about.kind));
        let body = event::event(RunEventKind::Start, at, about, parts, (bare(&inputs), bare(&outputs)));
        let nodes = vec![job_node(about, &held, (&inputs, &outputs))];
        self.record(RunEventKind::Start, at, about, body, nodes).await
    }

    /// A run has ended. What is known of its datasets goes with it.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn end(
        &self,
        about: &RunAbout,
        at: DateTime<Utc>,
        ended: &Ended,
        numbers: &Numbers,
    ) -> Result<(), StoreError> {
        let jobs = self.store.graph_nodes(NodeKind::Job, Some(JOBS)).await?;
        let held = self.store.graph_nodes(NodeKind::Dataset, None).await?;
        let held: HashMap<&NodeName, &StoredNode> = held.iter().map(|node| (&node.name, node)).collect();
        let store_version = format!("feed-{}", self.store.latest().await?.0);
        let (inputs, outputs) = self.named(about);
        let mut nodes = vec![job_node(about, &jobs, (&inputs, &outputs))];
        let (mut read, mut written) = (Vec::new(), Vec::new());
        for (names, is_output) in [(&inputs, false), (&outputs, true)] {
            for name in names {
                let version = numbers.versions.get(&name.name).unwrap_or(&store_version);
                let described = self.described(about, name);
                let mut told = Told::of(held.get(name).copied(), described, at);
                told.facets.insert("version".to_owned(), event::version(version));
                nodes.retain(|node| node.kind != NodeKind::Dataset || node.name != *name);
                nodes.push(told.node(name));
                if is_output {
                    written.push(event::output(name, &told.facets, numbers));
                } else {
                    read.push(event::input(name, &told.facets, numbers));
                }
            }
        }
        let kind = ended.kind();
        let ended = match ended {
            Ended::Fail(message) => Ended::Fail(message.chars().take(MOST_OF_MESSAGE).collect()),
            other => other.clone(),
        };
        let parts = (event::run_facets(about, Some(&ended)), event::job_facets(about.job, about.kind));
        let body = event::event(kind, at, about, parts, (read, written));
        self.record(kind, at, about, body, nodes).await
    }

    /// Inputs and outputs of a run.
    fn named(&self, about: &RunAbout) -> (Vec<NodeName>, Vec<NodeName>) {
        let node = |name: &&str| self.catalogue.node(name);
        let sources = about.sources.iter().map(|source| self.catalogue.node(&format!("source:{source}")));
        let inputs = sources.chain(about.job.inputs.iter().map(node)).collect();
        (inputs, about.job.outputs.iter().map(node).collect())
    }

    /// What is always said of a dataset; of one outside of the store, where it lies.
    fn described(&self, about: &RunAbout, name: &NodeName) -> Map<String, Value> {
        match self.catalogue.of_node(name) {
            Some(dataset) => {
                let origins = if about.job.outputs.contains(&dataset.name.as_str()) {
                    origins(&self.catalogue, about.job.name, dataset, &about.sources)
                } else {
                    BTreeMap::new()
                };
                event::described(dataset, &origins)
            }
            None => event::source(&name.namespace),
        }
    }

    async fn record(
        &self,
        kind: RunEventKind,
        at: DateTime<Utc>,
        about: &RunAbout,
        body: Value,
        nodes: Vec<NewNode>,
    ) -> Result<(), StoreError> {
        let job = NodeName::new(JOBS, about.job.name);
        let event =
            NewRunEvent { run: about.run.clone(), kind, at, job, body, is_to_send: self.sends, nodes };
        self.store.record_run_event(&event).await
    }
}

/// What an event says of a dataset, and what is kept of it.
struct Told {
    /// In the event.
    facets: Map<String, Value>,
    /// In the graph.
    kept: Map<String, Value>,
    /// When all of it was last said.
    said_at: Value,
}

impl Told {
    /// What does not change is said where it is new, and once a day.
    fn of(held: Option<&StoredNode>, described: Map<String, Value>, at: DateTime<Utc>) -> Self {
        let known = held.and_then(|node| node.body["facets"].as_object());
        let mut kept = known.cloned().unwrap_or_default();
        let is_known = described.iter().all(|(name, facet)| kept.get(name) == Some(facet));
        let said_at = held.map(|node| node.body["said_at"].clone()).unwrap_or_default();
        let said = said_at.as_str().and_then(|said| said.parse::<DateTime<Utc>>().ok());
        if is_known && said.is_some_and(|said| (Duration::zero()..SAID_AGAIN).contains(&(at - said))) {
            return Self { facets: Map::new(), kept, said_at };
        }
        // A job that does not know where columns come from leaves what another knew.
        kept.extend(described.clone());
        Self { facets: described, kept, said_at: json!(event::time(at)) }
    }

    fn node(&self, name: &NodeName) -> NewNode {
        let mut facets = self.kept.clone();
        facets.extend(self.facets.clone());
        let body = json!({ "facets": facets, "said_at": self.said_at });
        NewNode { kind: NodeKind::Dataset, name: name.clone(), body }
    }
}

/// The job, with all that it was ever seen to read and write.
fn job_node(about: &RunAbout, held: &[StoredNode], (inputs, outputs): (&[NodeName], &[NodeName])) -> NewNode {
    let name = NodeName::new(JOBS, about.job.name);
    let known = held.iter().find(|node| node.name == name);
    let union = |part: &str, now: &[NodeName]| -> Vec<Value> {
        let mut all: Vec<Value> =
            known.and_then(|node| node.body[part].as_array().cloned()).unwrap_or_default();
        for name in now {
            let named = json!({ "namespace": name.namespace, "name": name.name });
            if !all.contains(&named) {
                all.push(named);
            }
        }
        all
    };
    let body = json!({
        "description": about.job.about,
        "facets": event::job_facets(about.job, about.kind),
        "inputs": union("inputs", inputs),
        "outputs": union("outputs", outputs),
    });
    NewNode { kind: NodeKind::Job, name, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_its_words() {
        let run = run_id(&["job", "17", "1"]);
        assert_eq!(run, run_id(&["job", "17", "1"]));
        assert_ne!(run, run_id(&["job", "171", ""]), "words do not run into each other");
        assert_eq!((run.len(), &run[14..15]), (36, "8"));
        assert!(matches!(&run[19..20], "8" | "9" | "a" | "b"), "{run}");
    }
}
