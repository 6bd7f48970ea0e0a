//! SQL over the files that the manifests name, through DataFusion.

use crate::cells::schema;
use crate::{ParquetLake, tables};
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::catalog::MemTable;
use datafusion::datasource::TableProvider;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use touchline_domain::lake::LakeTable;
use touchline_domain::ports::{Lake, LakeError, PartitionState};

/// Under this URL the lake's files are known to DataFusion.
const STORE: &str = "lake://files/";
/// What a query may hold in memory; sorts and joins of more go through temporary files.
const MEMORY: usize = 1 << 30;

/// Why a query has no answer.
#[derive(Debug)]
pub enum SqlError {
    /// The lake's own reason.
    Lake(LakeError),
    /// The query is wrong, or asks for something else than an answer: correct it.
    Query(String),
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lake(error) => error.fmt(f),
            Self::Query(what) => write!(f, "the query failed: {what}"),
        }
    }
}

impl std::error::Error for SqlError {}

impl From<LakeError> for SqlError {
    fn from(error: LakeError) -> Self {
        Self::Lake(error)
    }
}

impl From<DataFusionError> for SqlError {
    fn from(error: DataFusionError) -> Self {
        Self::Query(error.strip_backtrace())
    }
}

/// Rows that a query gave.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlAnswer {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows: numbers, truth values and texts; decimals and times are texts, so that they stay exact.
    pub rows: Vec<Vec<Value>>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

impl ParquetLake {
    /// Answers one `SELECT` with at most `limit` rows. The tables are those of [`LakeTable`] by their names, as the
    /// manifests describe them when the query starts.
    ///
    /// # Errors
    /// The lake is not available, or the query is wrong or no query.
    pub async fn sql(&self, query: &str, limit: usize) -> Result<SqlAnswer, SqlError> {
        let context = self.context().await?;
        let only_queries =
            SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let frame = context.sql_with_options(query, only_queries).await?.limit(0, Some(limit + 1))?;
        let columns = frame.schema().fields().iter().map(|field| field.name().clone()).collect();
        let mut rows = Vec::new();
        for batch in frame.collect().await? {
            for row in 0..batch.num_rows() {
                let values: Result<Vec<Value>, SqlError> =
                    batch.columns().iter().map(|column| value(column, row)).collect();
                rows.push(values?);
            }
        }
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok(SqlAnswer { columns, rows, more })
    }

    async fn context(&self) -> Result<SessionContext, SqlError> {
        let runtime = RuntimeEnvBuilder::new().with_memory_limit(MEMORY, 1.0).build_arc()?;
        let context = SessionContext::new_with_config_rt(SessionConfig::new(), runtime);
        let url = ObjectStoreUrl::parse(STORE)?;
        context.register_object_store(url.as_ref(), Arc::clone(&self.objects.store));
        let states = self.partitions().await?;
        for table in LakeTable::ALL {
            context.register_table(table.name(), self.table(table, &states)?)?;
        }
        Ok(context)
    }

    fn table(&self, table: LakeTable, states: &[PartitionState]) -> Result<Arc<dyn TableProvider>, SqlError> {
        let schema = schema(tables::columns(table));
        let mut files = Vec::new();
        for state in states.iter().filter(|state| state.partition.table == table) {
            for file in &state.files {
                let path = self.objects.path(&format!("{}/{}", state.partition, file.name));
                files.push(ListingTableUrl::parse(format!("{STORE}{path}"))?);
            }
        }
        if files.is_empty() {
            return Ok(Arc::new(MemTable::try_new(schema, vec![Vec::new()])?));
        }
        let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
        let config =
            ListingTableConfig::new_with_multi_paths(files).with_listing_options(options).with_schema(schema);
        Ok(Arc::new(ListingTable::try_new(config)?))
    }
}

/// One value of a column.
fn value(column: &ArrayRef, row: usize) -> Result<Value, SqlError> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    let format = FormatOptions::default();
    let text = ArrayFormatter::try_new(column.as_ref(), &format)
        .map_err(|error| SqlError::Query(error.to_string()))?
        .value(row)
        .to_string();
    let kind = column.data_type();
    let number = kind.is_integer() || kind.is_floating();
    // What is not a number in JSON (NaN) stays a text.
    Ok(match serde_json::from_str(&text) {
        Ok(value @ Value::Number(_)) if number => value,
        Ok(value @ Value::Bool(_)) if *kind == DataType::Boolean => value,
        _ => Value::String(text),
    })
}
