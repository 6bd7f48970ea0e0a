//! Files of trained models, for servers that share nothing but the database.

use crate::frames::{compress, decompress, hash};
use crate::row::Read;
use crate::statements::Statements;
use crate::store::SqlStore;
use crate::values;
use touchline_domain::ports::{Artifact, ArtifactError, StoreError, check_name, texts};

pub async fn keep_bundle<S: SqlStore>(
    store: &S,
    model: &str,
    version: &str,
    files: &[Artifact],
) -> Result<(), ArtifactError> {
    texts::model(model, version)?;
    let mut packed = Vec::with_capacity(files.len());
    for file in files {
        check_name(&file.name).map_err(StoreError::Constraint)?;
        let (content, hash) = compress(file.bytes.clone()).await?;
        packed.push((file.name.clone(), hash, file.bytes.len() as i64, content));
    }
    packed.sort();
    let mut write = store.write(&[]).await?;
    let held: Vec<(String, String)> = write
        .all(S::TEXTS.artifacts.hashes, &values![model, version], |row| Ok((row.value(0)?, row.value(1)?)))
        .await?;
    if !held.is_empty() {
        let same = held
            .iter()
            .map(|(name, hash)| (name, hash))
            .eq(packed.iter().map(|(name, hash, ..)| (name, hash)));
        return if same { Ok(()) } else { Err(ArtifactError::Conflict(format!("{model} {version}"))) };
    }
    for (name, hash, size, content) in &packed {
        let values = values![model, version, name, hash, *size, content.as_slice()];
        write.run(S::TEXTS.artifacts.insert, &values).await?;
    }
    Ok(write.commit().await?)
}

pub async fn fetch_bundle<S: SqlStore>(
    store: &S,
    model: &str,
    version: &str,
) -> Result<Option<Vec<Artifact>>, ArtifactError> {
    let rows = store.read().await?.rows(S::TEXTS.artifacts.of_bundle, &values![model, version]).await?;
    let mut files = Vec::with_capacity(rows.len());
    for row in rows {
        let (name, expected): (String, String) = (row.value(0)?, row.value(1)?);
        let bytes = decompress(row.value(3)?, row.number(2)?).await?;
        if hash(&bytes) != expected {
            let reason = format!("the bytes of {name} do not match their hash");
            return Err(ArtifactError::Damaged { model: format!("{model} {version}"), reason });
        }
        files.push(Artifact { name, bytes });
    }
    Ok((!files.is_empty()).then_some(files))
}
