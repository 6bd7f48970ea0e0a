//! The registry of trained models.

use crate::outbox;
use crate::row::Read;
use crate::rows::models::{alias_of_model, assigned_alias, version as a_version};
use crate::statements::Statements;
use crate::store::{Lock, SqlStore};
use crate::values;
use touchline_domain::ChangeKind;
use touchline_domain::ports::{Aliases, AssignedAlias, ModelAlias, ModelVersion, StoreError, texts};

pub async fn aliased<S: SqlStore>(
    store: &S,
    name: &str,
    alias: ModelAlias,
) -> Result<Option<ModelVersion>, StoreError> {
    store.read().await?.first(S::TEXTS.models.aliased, &values![name, alias.name()], a_version).await
}

pub async fn model_aliases<S: SqlStore>(store: &S) -> Result<Vec<AssignedAlias>, StoreError> {
    store.read().await?.all(S::TEXTS.models.aliases, &values![], assigned_alias).await
}

pub async fn versions<S: SqlStore>(store: &S) -> Result<Vec<ModelVersion>, StoreError> {
    store.read().await?.all(S::TEXTS.models.versions, &values![], a_version).await
}

pub async fn register<S: SqlStore>(store: &S, model: &ModelVersion) -> Result<(), StoreError> {
    texts::model_version(model)?;
    let ModelVersion { name, version, path, manifest_hash, trained_at, metrics } = model;
    let mut write = store.write(&[]).await?;
    let values = values![name, version, path, manifest_hash, *trained_at, metrics.to_string()];
    let inserted = write.run(S::TEXTS.models.insert, &values).await?;
    let values = values![name, version];
    let held = write.one(S::TEXTS.models.manifest_hash, &values, |row| row.value::<String>(0)).await?;
    if held != *manifest_hash {
        return Err(StoreError::Constraint(format!(
            "uq_model_versions_name_version: {name} {version} is registered with another manifest"
        )));
    }
    if inserted == 1 {
        outbox::model(&mut write, ChangeKind::ModelRegistered, name, version).await?;
    }
    write.commit().await
}

pub async fn promote<S: SqlStore>(store: &S, name: &str, version: &str) -> Result<(), StoreError> {
    texts::model(name, version)?;
    let change = |aliases: &mut Aliases| {
        aliases.promote(version);
        Ok(())
    };
    reassign(store, name, Some(version), change).await
}

pub async fn challenge<S: SqlStore>(store: &S, name: &str, version: &str) -> Result<(), StoreError> {
    texts::model(name, version)?;
    let itself =
        || StoreError::Constraint(format!("{name} {version} is the champion and cannot challenge itself"));
    let change = |aliases: &mut Aliases| aliases.challenge(version).then_some(()).ok_or_else(itself);
    reassign(store, name, Some(version), change).await
}

pub async fn roll_back<S: SqlStore>(store: &S, name: &str) -> Result<Option<String>, StoreError> {
    texts::key("the name of a model", name)?;
    reassign(store, name, None, |aliases| Ok(aliases.roll_back())).await
}

/// Changes the aliases of a model in one transaction; `registered` must be one of its versions.
async fn reassign<S: SqlStore, T>(
    store: &S,
    name: &str,
    registered: Option<&str>,
    change: impl FnOnce(&mut Aliases) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut write = store.write(&[Lock::Models]).await?;
    if let Some(version) = registered {
        let values = values![name, version];
        if !write.one(S::TEXTS.models.is_registered, &values, |row| row.value::<bool>(0)).await? {
            return Err(StoreError::Constraint(format!(
                "{name} {version} is not registered; `touchline models list` shows what is"
            )));
        }
    }
    let held = write.all(S::TEXTS.models.aliases_of, &values![name], alias_of_model).await?;
    let before: Aliases = held.into_iter().collect();
    let mut after = before.clone();
    let answer = change(&mut after)?;
    let moved = |alias: &ModelAlias| before.get(*alias) != after.get(*alias);
    for alias in ModelAlias::ALL.into_iter().filter(moved) {
        write.run(S::TEXTS.models.withdraw_alias, &values![name, alias.name()]).await?;
    }
    let now = write.now();
    for (alias, version) in after.iter().filter(|(alias, _)| moved(alias)) {
        write.run(S::TEXTS.models.assign_alias, &values![name, alias.name(), version, now]).await?;
    }
    if let Some(version) = after.get(ModelAlias::Champion).filter(|_| moved(&ModelAlias::Champion)) {
        outbox::model(&mut write, ChangeKind::ModelActivated, name, version).await?;
    }
    write.commit().await?;
    Ok(answer)
}
