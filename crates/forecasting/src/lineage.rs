//! Why a sealed forecast says what it says, and what came of a document.
//!
//! Backward, in one call: from a sealed forecast to the bundle with its recipe and data hash, the definitions of its features,
//! and the documents and lines behind the match and the last results of both clubs. Forward: from a document to the matches that
//! it brought or changed, the models that were trained since it came, and the sealed forecasts it may have touched.

use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use touchline_domain::ports::{
    BronzeReader, LedgerLink, LedgerReader, LineageReader, MatchOrigin, MatchReader, ModelReader,
    ModelVersion, SealedEntry, StoreError, TeamReader, TouchedForecast, VerificationReader,
};
use touchline_domain::{DocumentId, Match, MatchId, TeamId};
use touchline_learning::model::Manifest;

/// What following a forecast asks of a store.
pub trait Traced:
    VerificationReader + LedgerReader + LineageReader + MatchReader + ModelReader + TeamReader + BronzeReader
{
}

impl<T> Traced for T where
    T: VerificationReader
        + LedgerReader
        + LineageReader
        + MatchReader
        + ModelReader
        + TeamReader
        + BronzeReader
        + ?Sized
{
}

/// The bundle behind a forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BundleFacts {
    /// Name of the model.
    pub name: String,
    /// Its version.
    pub version: String,
    /// BLAKE3 of the manifest that the forecast was made by; the version of the program where no trained model answered.
    pub manifest_hash: String,
    /// When it was trained; none where it is not registered.
    pub trained_at: Option<DateTime<Utc>>,
    /// Results known after this time were not used; none where the manifest cannot be read.
    pub trained_until: Option<DateTime<Utc>>,
    /// Hash of the facts that it learned from.
    pub data_hash: Option<String>,
    /// How it was trained, from the manifest.
    pub recipe: Option<serde_json::Value>,
    /// Why the manifest says nothing here, where it does not.
    pub unread: Option<String>,
}

/// A feature that the forecast was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeatureFacts {
    /// Its name.
    pub name: String,
    /// The version of its formula.
    pub version: String,
    /// The formula, where the manifest can be read.
    pub formula: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// What a missing value means.
    pub null_meaning: Option<String>,
}

/// A result that was known when a forecast was made, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedResult {
    /// The match.
    pub match_id: MatchId,
    /// Its kick-off.
    pub kickoff: DateTime<Utc>,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// The score, as it is held now.
    pub score: String,
    /// Lines of documents that brought or changed something of it.
    pub origins: Vec<MatchOrigin>,
}

/// A club of the match with its last results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClubFacts {
    /// The club.
    pub team_id: TeamId,
    /// Its name.
    pub name: String,
    /// Its last results known at the time of the forecast, the latest first.
    pub last_results: Vec<TracedResult>,
}

/// What a sealed forecast was made from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForecastLineage {
    /// The forecast.
    pub forecast_id: i64,
    /// Its match.
    pub match_id: MatchId,
    /// Chances of a home win, a draw and an away win.
    pub probabilities: [f64; 3],
    /// Facts up to this time were used.
    pub as_of: DateTime<Utc>,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// Its number in the ledger, and the hash of its entry.
    pub ledger: Option<(u64, String)>,
    /// Hash of the facts that its features were computed from.
    pub facts_hash: Option<String>,
    /// The model.
    pub bundle: BundleFacts,
    /// The features, in the order of the model's columns.
    pub features: Vec<FeatureFacts>,
    /// Where the match itself comes from: fixture, prices.
    pub origins: Vec<MatchOrigin>,
    /// Home and away.
    pub clubs: Vec<ClubFacts>,
}

/// Follows a sealed forecast back; none where there is no such forecast. `results` are listed of each club; bundles lie below
/// `data_dir`, without which the manifest is not read.
///
/// # Errors
/// The store is not available.
pub async fn of_forecast<S: Traced + ?Sized>(
    store: &S,
    id: i64,
    data_dir: Option<&Path>,
    results: u32,
) -> Result<Option<ForecastLineage>, StoreError> {
    let Some(SealedEntry { forecast, link, .. }) = store.sealed_entry(id).await? else { return Ok(None) };
    let of_forecast =
        |held: &ModelVersion| (&held.name, &held.version) == (&forecast.model_name, &forecast.model_version);
    let version = store.versions().await?.into_iter().find(of_forecast);
    let details = forecast.details.as_deref();
    let manifest_hash = details.map_or_else(String::new, |details| details.bundle.clone());
    let manifest = manifest(data_dir, version.as_ref(), &manifest_hash);
    let features = match details {
        Some(details) => features(store, &details.features, manifest.as_ref().ok()).await?,
        None => Vec::new(),
    };
    let mut clubs = Vec::new();
    let mut origins = Vec::new();
    if let Some(m) = store.get_match(forecast.match_id).await? {
        clubs = self::clubs(store, &m, forecast.as_of, results).await?;
        origins = store.origins_of(&[m.id]).await?;
    }
    Ok(Some(ForecastLineage {
        forecast_id: id,
        match_id: forecast.match_id,
        probabilities: forecast.forecast.as_array(),
        as_of: forecast.as_of,
        sealed_at: forecast.sealed_at,
        ledger: link.map(|LedgerLink { sequence, entry_hash, .. }| (sequence, entry_hash)),
        facts_hash: details.map(|details| details.data.clone()),
        bundle: BundleFacts {
            name: forecast.model_name,
            version: forecast.model_version,
            manifest_hash,
            trained_at: version.map(|version| version.trained_at),
            trained_until: manifest.as_ref().ok().map(|m| m.trained_until),
            data_hash: manifest.as_ref().ok().map(|m| m.data_hash.clone()),
            recipe: manifest.as_ref().ok().and_then(|m| serde_json::to_value(&m.recipe).ok()),
            unread: manifest.err(),
        },
        features,
        origins,
        clubs,
    }))
}

/// The manifest that a forecast names, if it can be read and is the same to the bit; else why not.
fn manifest(data_dir: Option<&Path>, version: Option<&ModelVersion>, hash: &str) -> Result<Manifest, String> {
    let Some(version) = version else {
        return Err("no trained model of this version is registered".to_owned());
    };
    let folder =
        data_dir.ok_or("bundles are not read here; ask on the machine that serves")?.join(&version.path);
    let path = folder.join("manifest.json");
    let bytes = std::fs::read(&path)
        .map_err(|error| format!("the bundle of version {} cannot be read: {error}", version.version))?;
    if blake3::hash(&bytes).to_hex().as_str() != hash {
        return Err(format!(
            "the manifest of version {} is not the one that the forecast was made by",
            version.version
        ));
    }
    serde_json::from_slice(&bytes).map_err(|error| format!("the manifest cannot be understood: {error}"))
}

async fn features<S: LedgerReader + ?Sized>(
    store: &S,
    hash: &str,
    manifest: Option<&Manifest>,
) -> Result<Vec<FeatureFacts>, StoreError> {
    let sets = store.feature_sets().await?;
    let names = sets.into_iter().find(|(held, _)| held == hash).map(|(_, names)| names).unwrap_or_default();
    let known: BTreeMap<(&str, u16), _> = manifest
        .into_iter()
        .flat_map(|manifest| &manifest.variants)
        .flat_map(|variant| &variant.features)
        .map(|definition| ((definition.name.as_str(), definition.version), definition))
        .collect();
    let of = |written: &String| {
        let (name, version) = written.rsplit_once('@').unwrap_or((written, ""));
        let definition = version.parse().ok().and_then(|number| known.get(&(name, number)));
        FeatureFacts {
            name: name.to_owned(),
            version: version.to_owned(),
            formula: definition.map(|definition| definition.formula.clone()),
            unit: definition.map(|definition| definition.unit.clone()),
            null_meaning: definition.map(|definition| definition.null_meaning.clone()),
        }
    };
    Ok(names.iter().map(of).collect())
}

async fn clubs<S>(
    store: &S,
    m: &Match,
    as_of: DateTime<Utc>,
    results: u32,
) -> Result<Vec<ClubFacts>, StoreError>
where
    S: LineageReader + TeamReader + ?Sized,
{
    let mut last = Vec::new();
    for team in [m.home, m.away] {
        let mut found = store.last_results(team, as_of, results).await?;
        // A result is known some time after its kick-off.
        found.retain(|m| m.kickoff.result_known_at() <= as_of);
        last.push((team, found));
    }
    let all = || last.iter().flat_map(|(_, found)| found);
    let ids: Vec<MatchId> = all().map(|m| m.id).collect();
    let mut origins: BTreeMap<MatchId, Vec<MatchOrigin>> = BTreeMap::new();
    for origin in store.origins_of(&ids).await? {
        origins.entry(origin.match_id).or_default().push(origin);
    }
    let mut teams: Vec<TeamId> = all().flat_map(|m| [m.home, m.away]).chain([m.home, m.away]).collect();
    teams.sort_unstable();
    teams.dedup();
    let names: BTreeMap<TeamId, String> =
        store.teams_by_id(&teams).await?.into_iter().map(|team| (team.id, team.name)).collect();
    let name = |id: TeamId| names.get(&id).cloned().unwrap_or_default();
    let result = |m: Match| TracedResult {
        match_id: m.id,
        kickoff: m.kickoff.at,
        home: name(m.home),
        away: name(m.away),
        score: m.score.map_or_else(String::new, |score| score.to_string()),
        origins: origins.get(&m.id).cloned().unwrap_or_default(),
    };
    let club = |(team_id, found): (TeamId, Vec<Match>)| ClubFacts {
        team_id,
        name: name(team_id),
        last_results: found.into_iter().map(result).collect(),
    };
    Ok(last.into_iter().map(club).collect())
}

/// A model that was trained since a document came, and so may have learned from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TouchedModel {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
}

/// What came of a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentImpact {
    /// The document.
    pub document: DocumentId,
    /// Its source.
    pub source: String,
    /// Its name.
    pub name: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// When it first came.
    pub collected_at: DateTime<Utc>,
    /// Matches of which it brought or changed something, with the line.
    pub matches: Vec<(MatchId, u32)>,
    /// Models trained since it came, the latest first.
    pub models: Vec<TouchedModel>,
    /// Sealed forecasts of later matches of the same clubs, made from facts of a time when it was there.
    pub forecasts: Vec<TouchedForecast>,
    /// Whether there are more matches or forecasts than are listed.
    pub is_cut: bool,
}

/// Follows a document forward; none where there is no such document. At most `limit` matches and as many forecasts are listed.
///
/// # Errors
/// The store is not available.
pub async fn of_document<S: Traced + ?Sized>(
    store: &S,
    id: DocumentId,
    limit: u32,
) -> Result<Option<DocumentImpact>, StoreError> {
    let mut matches = store.brought_by(id, limit.saturating_add(1)).await?;
    let first: Vec<MatchId> = matches.iter().map(|(id, _)| *id).take(1).collect();
    let origin = store.origins_of(&first).await?.into_iter().find(|origin| origin.document == id);
    let (source, name, hash, collected_at) = match origin {
        Some(MatchOrigin { source, name, hash, collected_at, .. }) => (source, name, hash, collected_at),
        None => match store.document(id).await? {
            Some(held) => (held.source, held.name, held.hash, held.collected_at),
            None => return Ok(None),
        },
    };
    let mut forecasts = store.forecasts_after(id, limit.saturating_add(1)).await?;
    let is_cut = matches.len() > limit as usize || forecasts.len() > limit as usize;
    matches.truncate(limit as usize);
    forecasts.truncate(limit as usize);
    let models: Vec<TouchedModel> = store
        .versions()
        .await?
        .into_iter()
        .filter(|version| version.trained_at >= collected_at)
        .map(|ModelVersion { name, version, trained_at, .. }| TouchedModel { name, version, trained_at })
        .collect();
    Ok(Some(DocumentImpact {
        document: id,
        source,
        name,
        hash,
        collected_at,
        matches,
        models,
        forecasts,
        is_cut,
    }))
}
