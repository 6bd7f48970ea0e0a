//! Putting a file and its manifest in place.

use crate::{ParquetLake, manifest, paths};
use std::fs::File;
use touchline_domain::ports::{Commit, Committed, Lake, LakeError, LakeFile, LakePartition, PartitionState};

/// How often a commit starts again because somebody else was faster.
const ATTEMPTS: usize = 20;

/// What is to be done, given what the partition holds.
enum Step {
    Nothing(Committed),
    /// The new file beside these.
    Beside(Vec<LakeFile>),
}

impl ParquetLake {
    /// Puts a written file in place; `file` is at its beginning.
    pub(crate) async fn commit(
        &self,
        partition: LakePartition,
        file: File,
        mut written: LakeFile,
        how: Commit,
    ) -> Result<Committed, LakeError> {
        written.name = manifest::data_name(self.clock.now(), &written.hash);
        let mut file = Some(file);
        for _ in 0..ATTEMPTS {
            let current = self.partition(partition).await?;
            let mut files = match step(partition, current.as_ref(), &written, how)? {
                Step::Nothing(outcome) => return Ok(outcome),
                Step::Beside(files) => files,
            };
            if written.rows > 0 {
                if let Some(file) = file.take() {
                    self.objects.put(&format!("{partition}/{}", written.name), file, written.bytes).await?;
                }
                files.push(written.clone());
            }
            let generation = current.map_or(0, |state| state.generation);
            match self.take_place(partition, generation, files).await {
                Err(LakeError::Raced(_)) => {}
                done => return done.map(|()| Committed::Written(written)),
            }
        }
        Err(LakeError::Raced(partition))
    }

    /// Writes the manifest that follows a generation.
    pub(crate) async fn take_place(
        &self,
        partition: LakePartition,
        generation: u64,
        files: Vec<LakeFile>,
    ) -> Result<(), LakeError> {
        let generation = generation + 1;
        let state = PartitionState { partition, generation, written_at: self.clock.now(), files };
        let path = format!("{}/{}", paths::manifests(partition), manifest::name(generation));
        if self.objects.create(&path, manifest::write(&state)?).await? {
            return Ok(());
        }
        // An answer that was lost and asked for again looks as if somebody else had been faster.
        let ours = self.manifest(partition, generation).await? == state;
        if ours { Ok(()) } else { Err(LakeError::Raced(partition)) }
    }
}

fn step(
    partition: LakePartition,
    current: Option<&PartitionState>,
    written: &LakeFile,
    how: Commit,
) -> Result<Step, LakeError> {
    let held = current.map(|state| state.files.clone()).unwrap_or_default();
    let is_held = |file: &LakeFile| file.content == written.content && file.rows == written.rows;
    Ok(match how {
        Commit::Append if written.rows == 0 || held.iter().any(is_held) => {
            Step::Nothing(Committed::Unchanged)
        }
        Commit::Append => Step::Beside(held),
        Commit::Replace { may_shrink, rewrite } => {
            let rows: u64 = held.iter().map(|file| file.rows).sum();
            let same = match &held[..] {
                [] => written.rows == 0,
                [file] => is_held(file),
                _ => false,
            };
            if same && (!rewrite || written.rows == 0) {
                Step::Nothing(Committed::Unchanged)
            } else if rows > written.rows && !may_shrink {
                Step::Nothing(Committed::Larger(rows))
            } else {
                Step::Beside(Vec::new())
            }
        }
        Commit::Swap { generation } => {
            if current.map_or(0, |state| state.generation) != generation {
                return Err(LakeError::Raced(partition));
            }
            Step::Beside(Vec::new())
        }
    })
}
