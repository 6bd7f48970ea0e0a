//! The registry of trained models.

use crate::error::Mapped;
use crate::rows::models::{alias_of_model, assigned_alias, version};
use crate::{SqliteStore, outbox};
use async_trait::async_trait;
use touchline_domain::ChangeKind;
use touchline_domain::ports::{
    Aliases, AssignedAlias, ModelAlias, ModelReader, ModelVersion, ModelWriter, StoreError, texts,
};

#[async_trait]
impl ModelReader for SqliteStore {
    async fn aliased(&self, name: &str, alias: ModelAlias) -> Result<Option<ModelVersion>, StoreError> {
        let row = sqlx::query(include_str!("../queries/models/aliased.sql"))
            .bind(name)
            .bind(alias.name())
            .fetch_optional(&mut *self.read().await?)
            .await
            .mapped()?;
        row.as_ref().map(version).transpose()
    }

    async fn model_aliases(&self) -> Result<Vec<AssignedAlias>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/models/aliases.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(assigned_alias).collect()
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
impl ModelWriter for SqliteStore {
    async fn register(&self, model: &ModelVersion) -> Result<(), StoreError> {
        texts::model_version(model)?;
        let mut transaction = self.write().await?;
        let inserted = sqlx::query(include_str!("../queries/models/insert.sql"))
            .bind(&model.name)
            .bind(&model.version)
            .bind(&model.path)
            .bind(&model.manifest_hash)
            .bind(model.trained_at.timestamp())
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

    async fn promote(&self, name: &str, version: &str) -> Result<(), StoreError> {
        texts::model(name, version)?;
        let change = |aliases: &mut Aliases| {
            aliases.promote(version);
            Ok(())
        };
        self.reassign(name, Some(version), change).await
    }

    async fn challenge(&self, name: &str, version: &str) -> Result<(), StoreError> {
        texts::model(name, version)?;
        let itself = || {
            StoreError::Constraint(format!("{name} {version} is the champion and cannot challenge itself"))
        };
        let change = |aliases: &mut Aliases| aliases.challenge(version).then_some(()).ok_or_else(itself);
        self.reassign(name, Some(version), change).await
    }

    async fn roll_back(&self, name: &str) -> Result<Option<String>, StoreError> {
        texts::key("the name of a model", name)?;
        self.reassign(name, None, |aliases| Ok(aliases.roll_back())).await
    }
}

impl SqliteStore {
    /// Changes the aliases of a model in one transaction; `registered` must be one of its versions.
    async fn reassign<T>(
        &self,
        name: &str,
        registered: Option<&str>,
        change: impl FnOnce(&mut Aliases) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let now = self.now();
        let mut transaction = self.write().await?;
        if let Some(version) = registered {
            let known: bool = sqlx::query_scalar(include_str!("../queries/models/is_registered.sql"))
                .bind(name)
                .bind(version)
                .fetch_one(&mut *transaction)
                .await
                .mapped()?;
            if !known {
                return Err(StoreError::Constraint(format!(
                    "{name} {version} is not registered; `touchline models list` shows what is"
                )));
            }
        }
        let rows = sqlx::query(include_str!("../queries/models/aliases_of.sql"))
            .bind(name)
            .fetch_all(&mut *transaction)
            .await
            .mapped()?;
        let before = rows.iter().map(alias_of_model).collect::<Result<Aliases, StoreError>>()?;
        let mut after = before.clone();
        let answer = change(&mut after)?;
        let moved = |alias: &ModelAlias| before.get(*alias) != after.get(*alias);
        for alias in ModelAlias::ALL.into_iter().filter(moved) {
            sqlx::query(include_str!("../queries/models/withdraw_alias.sql"))
                .bind(name)
                .bind(alias.name())
                .execute(&mut *transaction)
                .await
                .mapped()?;
        }
        for (alias, version) in after.iter().filter(|(alias, _)| moved(alias)) {
            sqlx::query(include_str!("../queries/models/assign_alias.sql"))
                .bind(name)
                .bind(alias.name())
                .bind(version)
                .bind(now)
                .execute(&mut *transaction)
                .await
                .mapped()?;
        }
        if let Some(version) = after.get(ModelAlias::Champion).filter(|_| moved(&ModelAlias::Champion)) {
            outbox::model(&mut transaction, ChangeKind::ModelActivated, name, version, now).await?;
        }
        transaction.commit().await.mapped()?;
        Ok(answer)
    }
}
