//! What a write leaves in the feed of changes, in its own transaction. Which changes these are, the domain decides
//! (`touchline_domain::ports::BeforeWrite`); here is what it has to be given, and where the changes go.

use crate::Connection;
use crate::columns::{ROWS, column};
use crate::error::Mapped;
use crate::export::{identifiers, quote_counts};
use crate::matches::matches_of;
use crate::row::Read;
use crate::rows::count_of_match;
use crate::rows::matches::stats;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;
use touchline_domain::ports::{
    Applied, BeforeWrite, HeldFacts, MatchChanges, MatchFacts, SealedForecast, SilverChange, StoreError,
    match_changes, sealed_match, season_changes,
};
use touchline_domain::{ChangeKind, ChangeScope, LeagueId, MatchId, NewChange, Season};

const INSERT: &str = include_str!("../queries/outbox/insert.sql");

/// Matches whose facts are counted in one statement.
const CHUNK: usize = 5_000;

/// What is held before a change of silver is applied.
pub(crate) async fn before(
    connection: &mut Connection,
    change: &SilverChange,
) -> Result<BeforeWrite, StoreError> {
    let last: i64 = sqlx::query_scalar(include_str!("../queries/matches/last_id.sql"))
        .fetch_one(&mut *connection)
        .await
        .mapped()?;
    let seasons = BeforeWrite::seasons(change);
    let matches = if seasons.is_empty() { Vec::new() } else { matches_of(connection, &seasons).await? };
    let facts = held_facts(connection, &BeforeWrite::matches_with_facts(change, &matches)).await?;
    Ok(BeforeWrite { last_match: MatchId(last), matches, facts })
}

/// Adds what a change of silver has changed; `facts` begin with those of its new matches.
pub(crate) async fn silver(
    connection: &mut Connection,
    change: &SilverChange,
    before: &BeforeWrite,
    facts: &[(MatchId, &MatchFacts)],
    now: DateTime<Utc>,
) -> Result<Applied, StoreError> {
    let counted: Vec<MatchId> = before.facts.keys().copied().collect();
    let after = held_facts(connection, &counted).await?;
    let seasons = seasons_of(connection, &BeforeWrite::matches_without_season(change)).await?;
    let changes = before.changes(change, facts.iter().map(|(id, _)| *id), &after, &seasons);
    insert(connection, &changes, now).await?;
    Ok(before.applied(change, facts.iter().map(|(id, _)| *id), &after))
}

/// Adds one kind of change of matches, with the details of each.
pub(crate) async fn matches(
    connection: &mut Connection,
    kind: ChangeKind,
    matches: Vec<(MatchId, Value)>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let changes = match match_changes(kind, matches) {
        MatchChanges::Each(changes) => changes,
        MatchChanges::Many(matches) => {
            season_changes(kind, seasons_of(connection, &matches).await?.into_values())
        }
    };
    insert(connection, &changes, now).await
}

/// Adds that forecasts were sealed.
pub(crate) async fn sealed(
    connection: &mut Connection,
    sealed: &[&SealedForecast],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sealed = sealed.iter().map(|forecast| sealed_match(forecast)).collect();
    matches(connection, ChangeKind::ForecastSealed, sealed, now).await
}

/// Adds a change of a version of a model.
pub(crate) async fn model(
    connection: &mut Connection,
    kind: ChangeKind,
    name: &str,
    version: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let scope = ChangeScope::Subject(format!("model {name}"));
    let change = NewChange { kind, scope, details: json!({ "version": version }) };
    insert(connection, &[change], now).await
}

/// Adds a change of what names lead to.
pub(crate) async fn names(
    connection: &mut Connection,
    kind: ChangeKind,
    subject: String,
    details: Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    insert(connection, &[NewChange { kind, scope: ChangeScope::Subject(subject), details }], now).await
}

/// Notes that anything of a season may be different.
pub(crate) async fn corrected_season(
    connection: &mut Connection,
    league: LeagueId,
    season: Season,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (kind, scope) = (ChangeKind::Corrected, ChangeScope::Season(league, season));
    insert(connection, &[NewChange { kind, scope, details: json!({ "rules": true }) }], now).await
}

async fn insert(
    connection: &mut Connection,
    changes: &[NewChange],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for changes in changes.chunks(ROWS) {
        let season_of = |change: &NewChange| match change.scope {
            ChangeScope::Season(league, season) => Some((league.0, season.to_string())),
            _ => None,
        };
        sqlx::query(INSERT)
            .bind(column(changes, |c| c.kind.name()))
            .bind(column(changes, |c| match c.scope {
                ChangeScope::Match(id) => Some(id.0),
                _ => None,
            }))
            .bind(column(changes, |c| season_of(c).map(|(league, _)| league)))
            .bind(column(changes, |c| season_of(c).map(|(_, season)| season)))
            .bind(column(changes, |c| match &c.scope {
                ChangeScope::Subject(subject) => Some(subject.as_str()),
                _ => None,
            }))
            .bind(column(changes, |c| c.details.to_string()))
            .bind(now)
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}

async fn held_facts(
    connection: &mut Connection,
    matches: &[MatchId],
) -> Result<HashMap<MatchId, HeldFacts>, StoreError> {
    let mut held: HashMap<MatchId, HeldFacts> =
        matches.iter().map(|id| (*id, HeldFacts::default())).collect();
    for matches in matches.chunks(CHUNK) {
        let query = sqlx::query(include_str!("../queries/export/stats.sql"));
        for (id, stats) in stats(query.bind(identifiers(matches)).fetch(&mut *connection)).await? {
            held.entry(id).or_default().stats = Some(stats);
        }
        for (id, count) in quote_counts(connection, matches).await? {
            held.entry(id).or_default().quotes = count;
        }
        for (id, count) in
            counts(connection, include_str!("../queries/outbox/lineup_counts.sql"), matches).await?
        {
            held.entry(id).or_default().lineups = count;
        }
        for (id, count) in
            counts(connection, include_str!("../queries/outbox/injury_counts.sql"), matches).await?
        {
            held.entry(id).or_default().injuries = count;
        }
        for (id, count) in
            counts(connection, include_str!("../queries/outbox/event_counts.sql"), matches).await?
        {
            held.entry(id).or_default().events = count;
        }
        for (id, count) in
            counts(connection, include_str!("../queries/outbox/in_play_counts.sql"), matches).await?
        {
            held.entry(id).or_default().in_play = count;
        }
    }
    Ok(held)
}

async fn counts(
    connection: &mut Connection,
    sql: &'static str,
    matches: &[MatchId],
) -> Result<Vec<(MatchId, u64)>, StoreError> {
    let rows = sqlx::query(sql).bind(identifiers(matches)).fetch_all(connection).await.mapped()?;
    rows.iter().map(count_of_match).collect()
}

async fn seasons_of(
    connection: &mut Connection,
    matches: &[MatchId],
) -> Result<HashMap<MatchId, (LeagueId, Season)>, StoreError> {
    let mut seasons = HashMap::new();
    for matches in matches.chunks(CHUNK) {
        let rows = sqlx::query(include_str!("../queries/outbox/seasons.sql"))
            .bind(identifiers(matches))
            .fetch_all(&mut *connection)
            .await
            .mapped()?;
        for row in &rows {
            seasons.insert(MatchId(row.value(0)?), (LeagueId(row.value(1)?), row.parsed(2)?));
        }
    }
    Ok(seasons)
}
