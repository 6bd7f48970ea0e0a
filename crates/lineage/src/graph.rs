//! The graph of jobs and datasets, walked from a node outwards.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::str::FromStr;
use touchline_domain::ports::{NodeKind, NodeName, RunReader, StoreError, StoredNode, StoredRun};

/// A node as clients name it: `job:NAMESPACE:NAME`, `dataset:NAMESPACE:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Which.
    pub kind: NodeKind,
    /// Its name.
    pub name: NodeName,
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.kind.name(), self.name.namespace, self.name.name)
    }
}

impl FromStr for NodeId {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} names no node; write job:NAMESPACE:NAME or dataset:NAMESPACE:NAME, such as dataset:football_db.silver:matches"
            )
        };
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        let kind: NodeKind = kind.parse().map_err(|_| wrong())?;
        // A namespace may be an address, a name holds no colon.
        let (namespace, name) = rest.rsplit_once(':').ok_or_else(wrong)?;
        if namespace.is_empty() || name.is_empty() {
            return Err(wrong());
        }
        Ok(Self { kind, name: NodeName::new(namespace, name) })
    }
}

/// From a job or a dataset to where its facts go.
pub type Edge = (NodeId, NodeId);

/// All jobs and datasets, with who reads and writes what.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: BTreeMap<NodeId, StoredNode>,
    /// From where facts come to where they go.
    edges: BTreeSet<Edge>,
    latest: BTreeMap<NodeName, StoredRun>,
}

impl Graph {
    /// What a store knows.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn of<S: RunReader + ?Sized>(store: &S) -> Result<Self, StoreError> {
        let jobs = store.graph_nodes(NodeKind::Job, None).await?;
        let datasets = store.graph_nodes(NodeKind::Dataset, None).await?;
        let latest = store.latest_runs().await?;
        let mut graph = Self::default();
        for node in jobs.into_iter().chain(datasets) {
            let id = NodeId { kind: node.kind, name: node.name.clone() };
            if node.kind == NodeKind::Job {
                let datasets = |part: &str| named(&node, part).into_iter();
                let of = |name| NodeId { kind: NodeKind::Dataset, name };
                graph.edges.extend(datasets("inputs").map(|name| (of(name), id.clone())));
                graph.edges.extend(datasets("outputs").map(|name| (id.clone(), of(name))));
            }
            graph.nodes.insert(id, node);
        }
        // A job that has begun and never ended has datasets that nothing is known of yet.
        let nodes = &graph.nodes;
        graph.edges.retain(|(from, to)| nodes.contains_key(from) && nodes.contains_key(to));
        graph.latest = latest.into_iter().map(|run| (run.job.clone(), run)).collect();
        Ok(graph)
    }

    /// A node.
    pub fn node(&self, id: &NodeId) -> Option<&StoredNode> {
        self.nodes.get(id)
    }

    /// All nodes of a kind, by name.
    pub fn all(&self, kind: NodeKind) -> impl Iterator<Item = &StoredNode> {
        self.nodes.values().filter(move |node| node.kind == kind)
    }

    /// The latest run of a job.
    pub fn latest_run(&self, job: &NodeName) -> Option<&StoredRun> {
        self.latest.get(job)
    }

    /// Edges that lead to a node, and from it.
    pub fn edges_of(&self, id: &NodeId) -> (Vec<&Edge>, Vec<&Edge>) {
        let (mut to, mut from) = (Vec::new(), Vec::new());
        for edge in &self.edges {
            if edge.1 == *id {
                to.push(edge);
            }
            if edge.0 == *id {
                from.push(edge);
            }
        }
        (to, from)
    }

    /// The nodes that are at most so many edges away, in either direction.
    pub fn around(&self, start: &NodeId, depth: u32) -> BTreeSet<NodeId> {
        let mut seen = BTreeSet::from([start.clone()]);
        let mut waiting = VecDeque::from([(start.clone(), 0)]);
        while let Some((id, far)) = waiting.pop_front() {
            if far == depth {
                continue;
            }
            let (to, from) = self.edges_of(&id);
            let neighbours = to.into_iter().map(|(from, _)| from).chain(from.into_iter().map(|(_, to)| to));
            for next in neighbours {
                if seen.insert(next.clone()) {
                    waiting.push_back((next.clone(), far + 1));
                }
            }
        }
        seen
    }
}

/// Datasets that a job names.
pub(crate) fn named(node: &StoredNode, part: &str) -> Vec<NodeName> {
    let all = node.body[part].as_array().into_iter().flatten();
    all.filter_map(|name| Some(NodeName::new(name["namespace"].as_str()?, name["name"].as_str()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_read_as_they_are_written() {
        for text in ["job:football_platform:ingest", "dataset:football_db.silver:matches", "dataset:s3://a:b"]
        {
            assert_eq!(text.parse::<NodeId>().unwrap().to_string(), text);
        }
        for wrong in ["", "matches", "job:x", "dataset::x", "run:a:b", "dataset:a:"] {
            assert!(wrong.parse::<NodeId>().unwrap_err().contains("dataset:NAMESPACE:NAME"), "{wrong}");
        }
    }
}
