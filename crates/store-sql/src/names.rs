//! Aliases, identifiers, claims and the review queue.

use crate::error::corrupt;
use crate::outbox;
use crate::row::Read;
use crate::rows::names::{self, claim, league_alias, team_alias};
use crate::statements::Statements;
use crate::store::{Lock, SqlStore, Write};
use crate::values;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use touchline_domain::ports::{NameChange, StoreError, TeamAlias, settle, texts};
use touchline_domain::{
    ChangeKind, LeagueAlias, LeagueId, MatchClaim, MatchId, MatchIdentifier, NameDecision, NameKind,
    NameReview, NewNameReview, ReviewId, Season, Verdict,
};

pub async fn league_aliases<S: SqlStore>(store: &S) -> Result<Vec<LeagueAlias>, StoreError> {
    store.read().await?.all(S::TEXTS.names.league_aliases, &values![], league_alias).await
}

pub async fn team_aliases<S: SqlStore>(
    store: &S,
    countries: &[String],
    source: Option<&str>,
) -> Result<Vec<TeamAlias>, StoreError> {
    texts::places_of_names(countries, source)?;
    let mut connection = store.read().await?;
    connection.all(S::TEXTS.names.team_aliases, &values![countries, source], team_alias).await
}

pub async fn identified<S: SqlStore>(
    store: &S,
    source: &str,
    external_ids: &[String],
) -> Result<Vec<(String, MatchId)>, StoreError> {
    texts::names_of_matches(source, external_ids)?;
    let mut connection = store.read().await?;
    connection.all(S::TEXTS.names.identified, &values![source, external_ids], names::identified).await
}

pub async fn claims_of<S: SqlStore>(
    store: &S,
    seasons: &[(LeagueId, Season)],
) -> Result<Vec<MatchClaim>, StoreError> {
    store.read().await?.all(S::TEXTS.names.claims_of_seasons, &values![seasons], claim).await
}

pub async fn reviews<S: SqlStore>(store: &S, only_open: bool) -> Result<Vec<NameReview>, StoreError> {
    let mut snapshot = store.snapshot().await?;
    let waiting = snapshot.rows(S::TEXTS.names.review_documents, &values![only_open]).await?;
    let rows = snapshot.rows(S::TEXTS.names.reviews, &values![only_open]).await?;
    names::reviews(&rows, &waiting)
}

pub async fn change_names<S: SqlStore>(store: &S, change: &NameChange) -> Result<(), StoreError> {
    texts::names(change)?;
    let mut write = store.write(&[Lock::Roster]).await?;
    for league in &change.leagues {
        let (code, name, source) = (&league.code, &league.name, &league.source);
        let values = values![league.id, code, name, league.level, source, league.kind.name()];
        let replaced = write.first(S::TEXTS.names.replace_league, &values, |_| Ok(())).await?;
        replaced.ok_or_else(|| not_stored("league", league.id.0))?;
    }
    for team in &change.teams {
        let values = values![team.id, &team.name];
        let renamed = write.first(S::TEXTS.names.rename_team, &values, |_| Ok(())).await?;
        renamed.ok_or_else(|| not_stored("team", team.id.0))?;
    }
    for alias in &change.league_aliases {
        insert_league_alias(&mut write, alias).await?;
    }
    for alias in &change.team_aliases {
        insert_team_alias(&mut write, alias).await?;
    }
    write.commit().await
}

fn not_stored(what: &str, id: i64) -> StoreError {
    StoreError::Constraint(format!("{what} {id} is not stored"))
}

pub async fn open_reviews<S: SqlStore>(
    store: &S,
    reviews: &[NewNameReview],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    texts::reviews(reviews)?;
    let mut write = store.write(&[Lock::Roster]).await?;
    let mut opened = 0;
    for review in reviews {
        let (kind, source, country, name) =
            (review.kind.name(), &review.source, &review.country, &review.name);
        let season = review.season.map(|season| season.to_string());
        let values = values![kind, source, country, review.league, season, name, now];
        opened += write.run(S::TEXTS.names.open_review, &values).await?;
        let values = values![kind, source, country, name, review.document];
        write.run(S::TEXTS.names.note_document, &values).await?;
    }
    write.commit().await?;
    Ok(opened)
}

pub async fn decide_review<S: SqlStore>(
    store: &S,
    id: ReviewId,
    decision: &NameDecision,
) -> Result<(), StoreError> {
    texts::decision(decision)?;
    let mut write = store.write(&[Lock::Roster]).await?;
    let rows = write.rows(S::TEXTS.names.review, &values![id]).await?;
    let row = rows.first().ok_or_else(|| StoreError::Constraint(format!("there is no review {id}")))?;
    let kind: NameKind = row.parsed(0)?;
    let (source, country, name): (String, String, String) = (row.value(1)?, row.value(2)?, row.value(3)?);
    let held = (row.value::<&str>(4)?, row.value::<Option<i64>>(5)?);
    let Some((status, resolved)) = settle((id, kind, &name), held, decision.verdict)? else {
        return Ok(());
    };
    match decision.verdict {
        Verdict::Team(team) => {
            insert_team_alias(&mut write, &TeamAlias { source, country, alias: name, team }).await?;
        }
        Verdict::League(league) => {
            insert_league_alias(&mut write, &LeagueAlias { source, alias: name, league }).await?;
        }
        Verdict::Rejected => {}
    }
    let values = values![id, status, resolved, decision.at, &decision.by];
    write.run(S::TEXTS.names.decide, &values).await?;
    if let Some(resolved) = resolved {
        let subject = format!("{} {resolved}", kind.name());
        outbox::names(&mut write, ChangeKind::AliasConfirmed, subject, json!({ "review": id.0 })).await?;
    }
    write.commit().await
}

/// Keeps identifiers of matches; one that names another match is refused.
pub async fn insert_identifiers<S: SqlStore>(
    write: &mut Write<S>,
    identifiers: &[(MatchId, MatchIdentifier)],
) -> Result<(), StoreError> {
    let sql = S::TEXTS.names.insert_identifiers;
    let inserted =
        write.run_all(sql, identifiers, |(id, of)| values![&of.source, &of.external_id, *id]).await?;
    if inserted == identifiers.len() as u64 {
        return Ok(());
    }
    let mut by_source: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (_, MatchIdentifier { source, external_id }) in identifiers {
        by_source.entry(source).or_default().push(external_id.clone());
    }
    let mut held = HashMap::new();
    for (source, external_ids) in by_source {
        let values = values![source, external_ids.as_slice()];
        for (external_id, id) in write.all(S::TEXTS.names.identified, &values, names::identified).await? {
            held.insert((source, external_id), id);
        }
    }
    for (id, MatchIdentifier { source, external_id }) in identifiers {
        if held.get(&(source.as_str(), external_id.clone())).is_some_and(|held| held != id) {
            return Err(StoreError::Constraint(format!(
                "pk_match_identifiers: {source} knows another match by the identifier {external_id:?}"
            )));
        }
    }
    Ok(())
}

/// Keeps what sources say of fields; the latest word of a source counts.
pub async fn put_claims<S: SqlStore>(write: &mut Write<S>, claims: &[MatchClaim]) -> Result<(), StoreError> {
    let now = write.now();
    let put = write.run_all(S::TEXTS.names.put_claims, claims, |claim| {
        let MatchClaim { match_id, field, source, value, said } = claim;
        values![*match_id, field.name(), source, value, said.at, said.document, now]
    });
    put.await.map(drop)
}

async fn insert_league_alias<S: SqlStore>(
    write: &mut Write<S>,
    alias: &LeagueAlias,
) -> Result<(), StoreError> {
    let LeagueAlias { source, alias, league } = alias;
    let values = values![source, alias, *league];
    if write.run(S::TEXTS.names.insert_league_alias, &values).await? > 0 {
        return Ok(());
    }
    let values = values![source, alias];
    let held = write.one(S::TEXTS.names.find_league_alias, &values, |row| row.value(0).map(LeagueId)).await?;
    if held == *league {
        return Ok(());
    }
    Err(StoreError::Constraint(format!(
        "pk_league_aliases: {alias:?} of {source} names league {held}, not league {league}"
    )))
}

async fn insert_team_alias<S: SqlStore>(write: &mut Write<S>, alias: &TeamAlias) -> Result<(), StoreError> {
    let TeamAlias { source, country, alias, team: id } = alias;
    let values = values![*id, country];
    let team = write.first(S::TEXTS.names.team_name, &values, |row| row.value::<String>(0)).await?;
    let team = team.ok_or_else(|| {
        StoreError::Constraint(format!("fk_team_aliases_team: there is no team {id} in {country:?}"))
    })?;
    let values = values![source, country, alias, *id];
    if write.run(S::TEXTS.names.insert_team_alias, &values).await? > 0 {
        return Ok(());
    }
    let values = values![source, country, alias];
    let rows = write.rows(S::TEXTS.names.find_team_alias, &values).await?;
    let row = rows.first().ok_or_else(|| corrupt("an alias is there and is not there"))?;
    if row.value::<i64>(0)? == id.0 {
        return Ok(());
    }
    let held: &str = row.value(1)?;
    Err(StoreError::Constraint(format!("pk_team_aliases: {alias:?} already names {held:?}, not {team:?}")))
}
