//! Jobs, datasets and runs in the shapes of Marquez's read interface, for its clients and its web page. These answers come
//! without the envelope; errors have it.

use crate::envelope::Failure;
use crate::error::ApiError;
use crate::extract::{Params, invalid, limit};
use crate::state::ApiState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use touchline_domain::ports::{NodeKind, NodeName};
use touchline_lineage::graph::{Graph, NodeId};
use touchline_lineage::marquez::{self, ColumnsOf};
use utoipa::ToSchema;

/// An answer as its clients know it.
type Answer<T> = Result<Plain<T>, ApiError>;

/// JSON without the envelope.
pub(crate) struct Plain<T>(T);

impl<T: Serialize> IntoResponse for Plain<T> {
    fn into_response(self) -> axum::response::Response {
        ([(header::CACHE_CONTROL, "no-store")], Json(self.0)).into_response()
    }
}

async fn graph(state: &ApiState) -> Result<Graph, ApiError> {
    Ok(Graph::of(state.store()).await?)
}

fn no_namespace() -> ApiError {
    ApiError::not_found("no_namespace", "nothing is known of this namespace; see /api/v1/namespaces")
}

/// Nodes with their edges.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineageGraph {
    /// By kind and name.
    #[schema(value_type = Vec<Object>)]
    graph: Vec<Value>,
}

/// Which node, and how far around it.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct LineageQuery {
    /// `job:NAMESPACE:NAME` or `dataset:NAMESPACE:NAME`.
    #[param(example = "dataset:football_db.silver:matches", pattern = "^(job|dataset):.+:[^:]+$")]
    node_id: String,
    /// Steps away, 1 to 100; 20 where none is given.
    #[param(minimum = 1, maximum = 100)]
    depth: Option<u32>,
}

/// Which jobs and datasets are around a node.
#[utoipa::path(
    get, operation_id = "get_lineage", path = "/api/v1/lineage", tag = "lineage", params(LineageQuery),
    responses(
        (status = 200, description = "Nodes with their edges, as Marquez answers", body = LineageGraph),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such node", body = Failure),
    )
)]
pub(crate) async fn lineage(
    State(state): State<ApiState>,
    Params(query): Params<LineageQuery>,
) -> Answer<LineageGraph> {
    let start: NodeId = query.node_id.parse().map_err(invalid)?;
    let depth = depth(query.depth)?;
    let graph = graph(&state).await?;
    if graph.node(&start).is_none() {
        return Err(no_node());
    }
    Ok(Plain(LineageGraph { graph: marquez::lineage(&graph, &start, depth) }))
}

fn no_node() -> ApiError {
    ApiError::not_found("no_node", "no run has told of this job or dataset; see /api/v1/namespaces")
}

fn depth(given: Option<u32>) -> Result<u32, ApiError> {
    limit(given, 20, 1..=100).map_err(|_| invalid("depth: write a number from 1 to 100"))
}

/// Which columns, and how far around them.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct ColumnLineageQuery {
    /// `datasetField:NAMESPACE:DATASET:COLUMN`, `dataset:NAMESPACE:NAME` or `job:NAMESPACE:NAME`.
    #[param(
        example = "datasetField:football_db.gold:predictions:home_win_probability",
        pattern = "^(datasetField:.+:[^:]+:[^:]+|(job|dataset):.+:[^:]+)$"
    )]
    node_id: String,
    /// Steps away, 1 to 100; 20 where none is given.
    #[param(minimum = 1, maximum = 100)]
    depth: Option<u32>,
    /// Also the columns that come of them.
    with_downstream: Option<bool>,
}

/// Which columns these come from, where that is known.
#[utoipa::path(
    get, operation_id = "get_column_lineage", path = "/api/v1/column-lineage", tag = "lineage",
    params(ColumnLineageQuery),
    responses(
        (status = 200, description = "Columns with their edges, as Marquez answers", body = LineageGraph),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such column", body = Failure),
    )
)]
pub(crate) async fn column_lineage(
    State(state): State<ApiState>,
    Params(query): Params<ColumnLineageQuery>,
) -> Answer<LineageGraph> {
    let start: ColumnsOf = query.node_id.parse().map_err(invalid)?;
    let depth = depth(query.depth)?;
    let graph = graph(&state).await?;
    if !start.is_in(&graph) {
        return Err(no_node());
    }
    let downstream = query.with_downstream.unwrap_or_default();
    Ok(Plain(LineageGraph { graph: marquez::column_lineage(&graph, &start, depth, downstream) }))
}

/// Namespaces.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamespaceList {
    /// By name.
    #[schema(value_type = Vec<Object>)]
    namespaces: Vec<marquez::Namespace>,
}

/// The namespaces of jobs and datasets.
#[utoipa::path(
    get, operation_id = "list_namespaces", path = "/api/v1/namespaces", tag = "lineage",
    responses((status = 200, description = "Namespaces, as Marquez answers", body = NamespaceList))
)]
pub(crate) async fn namespaces(State(state): State<ApiState>) -> Answer<NamespaceList> {
    Ok(Plain(NamespaceList { namespaces: marquez::namespaces(&graph(&state).await?) }))
}

/// Most items to leave out.
const MOST_SKIPPED: usize = 1_000_000;

/// Which part of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PartQuery {
    /// Items: 1 to 1000, 100 where none is given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// Items to leave out at the start, at most 1,000,000.
    #[param(maximum = 1_000_000)]
    offset: Option<u32>,
}

impl PartQuery {
    /// All, and the part of them.
    fn of(&self, all: Vec<Value>) -> Result<(usize, Vec<Value>), ApiError> {
        let most = limit(self.limit, 100, 1..=1000)?;
        let skipped = self.offset.unwrap_or_default() as usize;
        if skipped > MOST_SKIPPED {
            return Err(invalid(format!("offset: {skipped} is more than {MOST_SKIPPED}")));
        }
        Ok((all.len(), all.into_iter().skip(skipped).take(most as usize).collect()))
    }
}

/// Nodes of a kind in a namespace, which must be known.
fn in_namespace(
    graph: &Graph,
    kind: NodeKind,
    namespace: &str,
    said: impl Fn(&touchline_domain::ports::StoredNode) -> Value,
) -> Result<Vec<Value>, ApiError> {
    if !marquez::namespaces(graph).iter().any(|known| known.name == namespace) {
        return Err(no_namespace());
    }
    Ok(graph.all(kind).filter(|node| node.name.namespace == namespace).map(said).collect())
}

/// Datasets.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DatasetList {
    /// How many there are.
    total_count: usize,
    /// By name.
    #[schema(value_type = Vec<Object>)]
    datasets: Vec<Value>,
}

/// The datasets of a namespace.
#[utoipa::path(
    get, operation_id = "list_datasets", path = "/api/v1/namespaces/{namespace}/datasets", tag = "lineage",
    params(("namespace" = String, Path, description = "The namespace", example = "football_db.silver"), PartQuery),
    responses(
        (status = 200, description = "Datasets, as Marquez answers", body = DatasetList),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such namespace", body = Failure),
    )
)]
pub(crate) async fn datasets(
    State(state): State<ApiState>,
    Path(namespace): Path<String>,
    Params(part): Params<PartQuery>,
) -> Answer<DatasetList> {
    let graph = graph(&state).await?;
    let all = in_namespace(&graph, NodeKind::Dataset, &namespace, marquez::dataset)?;
    let (total_count, datasets) = part.of(all)?;
    Ok(Plain(DatasetList { total_count, datasets }))
}

/// A dataset, a job or a run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub(crate) struct One(Value);

/// A dataset.
#[utoipa::path(
    get, operation_id = "get_dataset", path = "/api/v1/namespaces/{namespace}/datasets/{dataset}", tag = "lineage",
    params(
        ("namespace" = String, Path, description = "The namespace", example = "football_db.silver"),
        ("dataset" = String, Path, description = "Its name", example = "matches"),
    ),
    responses(
        (status = 200, description = "The dataset, as Marquez answers", body = One),
        (status = 404, description = "There is no such dataset", body = Failure),
    )
)]
pub(crate) async fn dataset(
    State(state): State<ApiState>,
    Path((namespace, dataset)): Path<(String, String)>,
) -> Answer<One> {
    let id = NodeId { kind: NodeKind::Dataset, name: NodeName::new(&namespace, &dataset) };
    let graph = graph(&state).await?;
    graph.node(&id).map(|node| Plain(One(marquez::dataset(node)))).ok_or_else(no_node)
}

/// Jobs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobList {
    /// How many there are.
    total_count: usize,
    /// By name.
    #[schema(value_type = Vec<Object>)]
    jobs: Vec<Value>,
}

/// The jobs of a namespace, each with its latest run.
#[utoipa::path(
    get, operation_id = "list_jobs", path = "/api/v1/namespaces/{namespace}/jobs", tag = "lineage",
    params(("namespace" = String, Path, description = "The namespace", example = "football_platform"), PartQuery),
    responses(
        (status = 200, description = "Jobs, as Marquez answers", body = JobList),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such namespace", body = Failure),
    )
)]
pub(crate) async fn jobs(
    State(state): State<ApiState>,
    Path(namespace): Path<String>,
    Params(part): Params<PartQuery>,
) -> Answer<JobList> {
    let graph = graph(&state).await?;
    let said = |node: &_| marquez::job(node, graph.latest_run(&node.name));
    let (total_count, jobs) = part.of(in_namespace(&graph, NodeKind::Job, &namespace, said)?)?;
    Ok(Plain(JobList { total_count, jobs }))
}

/// A job with its latest run.
#[utoipa::path(
    get, operation_id = "get_job", path = "/api/v1/namespaces/{namespace}/jobs/{job}", tag = "lineage",
    params(
        ("namespace" = String, Path, description = "The namespace", example = "football_platform"),
        ("job" = String, Path, description = "Its name", example = "ingest"),
    ),
    responses(
        (status = 200, description = "The job, as Marquez answers", body = One),
        (status = 404, description = "There is no such job", body = Failure),
    )
)]
pub(crate) async fn job(
    State(state): State<ApiState>,
    Path((namespace, job)): Path<(String, String)>,
) -> Answer<One> {
    let id = NodeId { kind: NodeKind::Job, name: NodeName::new(&namespace, &job) };
    let graph = graph(&state).await?;
    let said = |node: &_| Plain(One(marquez::job(node, graph.latest_run(&id.name))));
    graph.node(&id).map(said).ok_or_else(no_node)
}

/// Runs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunList {
    /// How many are listed.
    total_count: usize,
    /// The latest first.
    #[schema(value_type = Vec<Object>)]
    runs: Vec<Value>,
}

/// How many runs.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunsQuery {
    /// Runs to list, the latest first: 1 to 200, 100 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// The latest runs of a job.
#[utoipa::path(
    get, operation_id = "list_runs", path = "/api/v1/namespaces/{namespace}/jobs/{job}/runs", tag = "lineage",
    params(
        ("namespace" = String, Path, description = "The namespace", example = "football_platform"),
        ("job" = String, Path, description = "The job", example = "ingest"),
        RunsQuery,
    ),
    responses(
        (status = 200, description = "Runs, as Marquez answers", body = RunList),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such job", body = Failure),
    )
)]
pub(crate) async fn runs(
    State(state): State<ApiState>,
    Path((namespace, job)): Path<(String, String)>,
    Params(query): Params<RunsQuery>,
) -> Answer<RunList> {
    let most = limit(query.limit, 100, 1..=200)?;
    let name = NodeName::new(&namespace, &job);
    let known = state.store().graph_nodes(NodeKind::Job, Some(&namespace)).await?;
    if !known.iter().any(|node| node.name == name) {
        return Err(no_node());
    }
    let runs: Vec<Value> = state.store().runs_of(&name, most).await?.iter().map(marquez::run).collect();
    Ok(Plain(RunList { total_count: runs.len(), runs }))
}

/// A run.
#[utoipa::path(
    get, operation_id = "get_run", path = "/api/v1/jobs/runs/{run}", tag = "lineage",
    params(("run" = String, Path, description = "Its UUID")),
    responses(
        (status = 200, description = "The run, as Marquez answers", body = One),
        (status = 404, description = "There is no such run", body = Failure),
    )
)]
pub(crate) async fn run(State(state): State<ApiState>, Path(run): Path<String>) -> Answer<One> {
    let found = state.store().find_run(&run).await?;
    let found = found.ok_or_else(|| ApiError::not_found("no_run", "no run has this number"))?;
    Ok(Plain(One(marquez::run(&found))))
}

#[cfg(test)]
mod tests;
