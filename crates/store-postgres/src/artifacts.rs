//! Files of trained models, for servers that share nothing but the database.

use crate::PostgresStore;
use crate::error::Mapped;
use crate::frames::{compress, decompress, hash};
use crate::row::Read;
use async_trait::async_trait;
use touchline_domain::ports::{Artifact, ArtifactError, ArtifactStore, StoreError, check_name, texts};

#[async_trait]
impl ArtifactStore for PostgresStore {
    async fn keep_bundle(&self, model: &str, version: &str, files: &[Artifact]) -> Result<(), ArtifactError> {
        texts::model(model, version)?;
        let mut packed = Vec::with_capacity(files.len());
        for file in files {
            check_name(&file.name).map_err(StoreError::Constraint)?;
            let (content, hash) = compress(file.bytes.clone()).await?;
            packed.push((&file.name, hash, file.bytes.len() as i64, content));
        }
        packed.sort();
        let mut transaction = self.write().await?;
        let held = sqlx::query(include_str!("../queries/artifacts/hashes.sql"))
            .bind(model)
            .bind(version)
            .fetch_all(&mut *transaction)
            .await
            .mapped()?;
        if !held.is_empty() {
            let held = held.iter().map(|row| Ok((row.value::<&str>(0)?, row.value::<&str>(1)?)));
            let held = held.collect::<Result<Vec<_>, StoreError>>()?;
            let same =
                held.iter().copied().eq(packed.iter().map(|(name, hash, ..)| (name.as_str(), hash.as_str())));
            return if same { Ok(()) } else { Err(ArtifactError::Conflict(format!("{model} {version}"))) };
        }
        for (name, hash, size, content) in packed {
            sqlx::query(include_str!("../queries/artifacts/insert.sql"))
                .bind(model)
                .bind(version)
                .bind(name)
                .bind(hash)
                .bind(size)
                .bind(content)
                .execute(&mut *transaction)
                .await
                .mapped()?;
        }
        transaction.commit().await.mapped()?;
        Ok(())
    }

    async fn fetch_bundle(&self, model: &str, version: &str) -> Result<Option<Vec<Artifact>>, ArtifactError> {
        let rows = sqlx::query(include_str!("../queries/artifacts/of_bundle.sql"))
            .bind(model)
            .bind(version)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
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
}
