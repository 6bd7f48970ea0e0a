//! Manifests: which files a partition has. Each change writes one of the next number, and the highest counts; a number
//! that is taken tells a writer that somebody else was faster.

use crate::tables::SCHEMA_VERSION;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::ports::{LakeError, LakeFile, LakePartition, PartitionState};

/// Of the manifest itself.
const FORMAT: u32 = 1;
const SUFFIX: &str = ".json";
/// No manifest is longer; what is, was not written by this program.
pub(crate) const MAX_BYTES: u64 = 16 << 20;

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    format: u32,
    /// Of the columns.
    schema: u32,
    partition: String,
    generation: u64,
    written_at: DateTime<Utc>,
    files: Vec<StoredFile>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredFile {
    name: String,
    rows: u64,
    bytes: u64,
    hash: String,
    content: String,
}

/// The file's name.
pub(crate) fn name(generation: u64) -> String {
    format!("{generation:010}{SUFFIX}")
}

/// The generation of a manifest's file.
pub(crate) fn generation(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let plain = digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// Whether a file's name is one that this program gives to data.
pub(crate) fn is_data(name: &str) -> bool {
    let Some((time, hash)) = name.strip_suffix(".parquet").and_then(|stem| stem.split_once('-')) else {
        return false;
    };
    let digits = time.len() == 15 && time.bytes().all(|b| b.is_ascii_digit());
    digits && hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A name for data: no two states of a partition share a file, so that none is removed while another needs it.
pub(crate) fn data_name(now: DateTime<Utc>, hash: &str) -> String {
    format!("{:015}-{}.parquet", now.timestamp_millis().max(0), &hash[..32])
}

/// The manifest's text.
pub(crate) fn write(state: &PartitionState) -> Result<Vec<u8>, LakeError> {
    let file = |file: &LakeFile| StoredFile {
        name: file.name.clone(),
        rows: file.rows,
        bytes: file.bytes,
        hash: file.hash.clone(),
        content: file.content.clone(),
    };
    let stored = Stored {
        format: FORMAT,
        schema: SCHEMA_VERSION,
        partition: state.partition.to_string(),
        generation: state.generation,
        written_at: state.written_at,
        files: state.files.iter().map(file).collect(),
    };
    serde_json::to_vec_pretty(&stored).map_err(|error| LakeError::Refused(error.to_string()))
}

/// Reads a manifest without trust: it names files of its partition's folder only.
pub(crate) fn read(
    path: &str,
    text: &[u8],
    partition: LakePartition,
    generation: u64,
) -> Result<PartitionState, LakeError> {
    let damaged = |what: String| LakeError::Damaged { path: path.to_owned(), what };
    let stored: Stored = serde_json::from_slice(text).map_err(|error| damaged(error.to_string()))?;
    if stored.format > FORMAT || stored.schema > SCHEMA_VERSION {
        return Err(LakeError::Schema {
            path: path.to_owned(),
            found: format!("format {} and columns {}", stored.format, stored.schema),
            known: format!("format {FORMAT} and columns {SCHEMA_VERSION}"),
        });
    }
    if stored.partition != partition.to_string() || stored.generation != generation {
        let what = format!("it is the manifest of {}, generation {}", stored.partition, stored.generation);
        return Err(damaged(what));
    }
    let hex = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(file) = stored.files.iter().find(|f| !is_data(&f.name) || !hex(&f.hash) || !hex(&f.content)) {
        return Err(damaged(format!("{:?} is not a file of a lake", file.name)));
    }
    let files = stored.files.into_iter().map(|f| LakeFile {
        name: f.name,
        rows: f.rows,
        bytes: f.bytes,
        hash: f.hash,
        content: f.content,
    });
    Ok(PartitionState { partition, generation, written_at: stored.written_at, files: files.collect() })
}
