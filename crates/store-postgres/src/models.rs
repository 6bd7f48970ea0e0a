//! The registry of trained models.

use crate::error::{Mapped, corrupt};
use crate::row::Read;
use crate::{Lock, PostgresStore, outbox, whole};
use async_trait::async_trait;
use sqlx::postgres::PgRow;
use touchline_domain::ChangeKind;
use touchline_domain::ports::{ModelReader, ModelVersion, ModelWriter, StoreError, texts};

#[async_trait]
impl ModelReader for PostgresStore {
    async fn active(&self) -> Result<Option<ModelVersion>, StoreError> {
        let row = sqlx::query(include_str!("../queries/models/active.sql"))
            .fetch_optional(&mut *self.read().await?)
            .await
            .mapped()?;
        row.as_ref().map(version).transpose()
    }

    async fn versions(&self) -> Result<Vec<ModelVersion>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/models/versions.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(version).collect()
    }
}

#[async_trait]
impl ModelWriter for PostgresStore {
    async fn register(&self, model: &ModelVersion) -> Result<(), StoreError> {
        texts::model_version(model)?;
        let mut transaction = self.write().await?;
        let inserted = sqlx::query(include_str!("../queries/models/insert.sql"))
            .bind(&model.name)
            .bind(&model.version)
            .bind(&model.path)
            .bind(&model.manifest_hash)
            .bind(whole(model.trained_at))
            .bind(model.metrics.to_string())
            .execute(&mut *transaction)
            .await
            .mapped()?;
        let hash: String = sqlx::query_scalar(include_str!("../queries/models/manifest_hash.sql"))
            .bind(&model.name)
            .bind(&model.version)
            .fetch_one(&mut *transaction)
            .await
            .mapped()?;
        if hash != model.manifest_hash {
            return Err(StoreError::Constraint(format!(
                "uq_model_versions_name_version: {} {} is registered with another manifest",
                model.name, model.version
            )));
        }
        if inserted.rows_affected() == 1 {
            let (name, version) = (&model.name, &model.version);
            outbox::model(&mut transaction, ChangeKind::ModelRegistered, name, version, self.now()).await?;
        }
        transaction.commit().await.mapped()
    }

    async fn activate(&self, name: &str, version: &str) -> Result<(), StoreError> {
        texts::model(name, version)?;
        let mut transaction = self.write_alone(Lock::Models).await?;
        let was_active = outbox::is_active(&mut transaction, name, version).await?;
        sqlx::query(include_str!("../queries/models/deactivate_others.sql"))
            .bind(name)
            .bind(version)
            .execute(&mut *transaction)
            .await
            .mapped()?;
        let activated = sqlx::query(include_str!("../queries/models/activate.sql"))
            .bind(name)
            .bind(version)
            .bind(self.now())
            .execute(&mut *transaction)
            .await
            .mapped()?;
        if activated.rows_affected() == 0 {
            return Err(StoreError::Constraint(format!("{name} {version} is not registered")));
        }
        if !was_active {
            outbox::model(&mut transaction, ChangeKind::ModelActivated, name, version, self.now()).await?;
        }
        transaction.commit().await.mapped()
    }
}

fn version(row: &PgRow) -> Result<ModelVersion, StoreError> {
    Ok(ModelVersion {
        name: row.value(0)?,
        version: row.value(1)?,
        path: row.value(2)?,
        manifest_hash: row.value(3)?,
        trained_at: row.value(4)?,
        metrics: serde_json::from_str(row.value(5)?).map_err(corrupt)?,
    })
}
