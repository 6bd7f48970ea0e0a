//! Versions of the data.

use crate::row::Read;
use crate::statements::Statements;
use crate::store::SqlStore;
use crate::values;
use touchline_domain::DocumentId;
use touchline_domain::ports::{DataVersion, StoreError, texts};

pub async fn data_versions<S: SqlStore>(store: &S) -> Result<Vec<DataVersion>, StoreError> {
    store.read().await?.all(S::TEXTS.versions.list, &values![], version).await
}

fn version(row: &impl Read) -> Result<DataVersion, StoreError> {
    let last: Option<i64> = row.value(2)?;
    Ok(DataVersion {
        name: row.value(0)?,
        content_hash: row.value(1)?,
        last_document: last.map(DocumentId),
        documents: row.number(3)?,
        program: row.value(4)?,
        made_at: row.time(5)?,
    })
}

pub async fn keep_data_version<S: SqlStore>(store: &S, version: &DataVersion) -> Result<bool, StoreError> {
    let DataVersion { name, content_hash, last_document, documents, program, made_at } = version;
    texts::key("the name of a version", name)?;
    texts::key("the hash of a version", content_hash)?;
    texts::key("the program of a version", program)?;
    let mut write = store.write(&[]).await?;
    let documents = i64::try_from(*documents).unwrap_or(i64::MAX);
    let values = values![name, content_hash, *last_document, documents, program, *made_at];
    let kept = write.run(S::TEXTS.versions.insert, &values).await?;
    write.commit().await?;
    Ok(kept > 0)
}
