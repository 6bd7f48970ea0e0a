//! The lake: bronze, silver and gold as Parquet files (zstd) under `{layer}/{table}/{YYYY}/{MM}/`, in a folder or on
//! object storage; manifests under `manifests/`, so that tools that read whole folders find data alone.
//!
//! [`ParquetLake`] implements the port [`Lake`]; Arrow and Parquet do not leave this crate. A partition is what its
//! manifest of the highest number says: files with rows, bytes and BLAKE3. A file is put in place first and the manifest
//! after it, so that a reader, and whoever comes after a crash, sees the old state or the new one. Two writers cannot take
//! the same number. See `docs/guides/lake.md` and ADR 21.

mod bundles;
mod cells;
mod cleanup;
mod commit;
mod location;
mod manifest;
mod objects;
mod paths;
mod plain;
mod reader;
#[cfg(feature = "sql")]
mod sql;
mod tables;
#[cfg(test)]
mod tests;
mod unfold;
mod writer;

pub use plain::ParquetTables;
#[cfg(feature = "sql")]
pub use sql::{SqlAnswer, SqlError};
pub use unfold::csv_of_parquet;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt};
use objects::Objects;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use touchline_domain::Clock;
use touchline_domain::ports::{
    Cleanup, Lake, LakeError, LakePartition, LakeReader, LakeWriter, PartitionState,
};

/// Manifests that are read at once.
const AT_ONCE: usize = 8;

/// Parquet files in a folder or on object storage. Clones share the connection.
#[derive(Clone)]
pub struct ParquetLake {
    objects: Objects,
    location: String,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for ParquetLake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetLake").field("location", &self.location).finish_non_exhaustive()
    }
}

impl ParquetLake {
    async fn manifest(&self, partition: LakePartition, generation: u64) -> Result<PartitionState, LakeError> {
        let path = format!("{}/{}", paths::manifests(partition), manifest::name(generation));
        let text = self.objects.read(&path, manifest::MAX_BYTES).await?;
        let text =
            text.ok_or_else(|| LakeError::Damaged { path: path.clone(), what: "it is gone".to_owned() })?;
        manifest::read(&path, &text, partition, generation)
    }
}

#[async_trait]
impl Lake for ParquetLake {
    fn location(&self) -> String {
        self.location.clone()
    }

    async fn partitions(&self) -> Result<Vec<PartitionState>, LakeError> {
        let mut newest: BTreeMap<LakePartition, u64> = BTreeMap::new();
        for listed in self.objects.list(paths::MANIFESTS).await? {
            let Some((partition, name)) = paths::manifest(&listed.path) else { continue };
            if let Some(generation) = manifest::generation(name) {
                let known = newest.entry(partition).or_default();
                *known = generation.max(*known);
            }
        }
        futures::stream::iter(newest)
            .map(|(partition, generation)| self.manifest(partition, generation))
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn partition(&self, partition: LakePartition) -> Result<Option<PartitionState>, LakeError> {
        let listed = self.objects.list(&paths::manifests(partition)).await?;
        let generations = listed.iter().filter_map(|listed| {
            let (found, name) = paths::manifest(&listed.path)?;
            manifest::generation(name).filter(|_| found == partition)
        });
        match generations.max() {
            Some(generation) => self.manifest(partition, generation).await.map(Some),
            None => Ok(None),
        }
    }

    async fn write(&self, partition: LakePartition) -> Result<Box<dyn LakeWriter>, LakeError> {
        if partition.table.is_monthly() != partition.month.is_some() {
            return Err(LakeError::Refused(format!("{partition} is not a partition")));
        }
        Ok(Box::new(writer::PartitionWriter::new(self.clone(), partition)?))
    }

    async fn read(&self, state: &PartitionState) -> Result<Box<dyn LakeReader>, LakeError> {
        Ok(Box::new(reader::PartitionReader::new(self.objects.clone(), state)))
    }

    async fn empty(&self, state: &PartitionState) -> Result<(), LakeError> {
        self.take_place(state.partition, state.generation, Vec::new()).await
    }

    async fn clean_up(&self, grace: Duration, dry_run: bool) -> Result<Cleanup, LakeError> {
        self.sweep(grace, dry_run).await
    }
}
