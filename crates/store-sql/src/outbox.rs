//! What a write leaves in the feed of changes, in its own transaction. Which changes these are, the domain decides
//! (`touchline_domain::ports::BeforeWrite`); here is what it has to be given, and where the changes go.

use crate::row::Read;
use crate::rows::count_of_match;
use crate::rows::matches::stats_of_match;
use crate::statements::Statements;
use crate::store::{SqlStore, Write};
use crate::values;
use serde_json::{Value, json};
use std::collections::HashMap;
use touchline_domain::ports::{
    Applied, BeforeWrite, HeldFacts, MatchChanges, MatchFacts, SealedForecast, SilverChange, StoreError,
    match_changes, sealed_match, season_changes,
};
use touchline_domain::{ChangeKind, ChangeScope, LeagueId, MatchId, NewChange, Season, acting_job};

/// Matches whose facts are counted in one statement.
const CHUNK: usize = 5_000;

/// Where a count is kept.
type Count = fn(&mut HeldFacts) -> &mut u64;

/// What is held before a change of silver is applied.
pub async fn before<S: SqlStore>(
    write: &mut Write<S>,
    change: &SilverChange,
) -> Result<BeforeWrite, StoreError> {
    let last_match = write.one(S::TEXTS.matches.last_id, &values![], |row| row.value(0).map(MatchId)).await?;
    let seasons = BeforeWrite::seasons(change);
    let matches = if seasons.is_empty() { Vec::new() } else { S::matches_of(write, &seasons).await? };
    let facts = held_facts(write, &BeforeWrite::matches_with_facts(change, &matches)).await?;
    Ok(BeforeWrite { last_match, matches, facts })
}

/// Adds what a change of silver has changed; `facts` begin with those of its new matches.
pub async fn silver<S: SqlStore>(
    write: &mut Write<S>,
    change: &SilverChange,
    before: &BeforeWrite,
    facts: &[(MatchId, &MatchFacts)],
) -> Result<Applied, StoreError> {
    let counted: Vec<MatchId> = before.facts.keys().copied().collect();
    let after = held_facts(write, &counted).await?;
    let seasons = seasons_of(write, &BeforeWrite::matches_without_season(change)).await?;
    let changes = before.changes(change, facts.iter().map(|(id, _)| *id), &after, &seasons);
    insert(write, &changes).await?;
    Ok(before.applied(change, facts.iter().map(|(id, _)| *id), &after))
}

/// Adds one kind of change of matches, with the details of each.
pub async fn matches<S: SqlStore>(
    write: &mut Write<S>,
    kind: ChangeKind,
    matches: Vec<(MatchId, Value)>,
) -> Result<(), StoreError> {
    let changes = match match_changes(kind, matches) {
        MatchChanges::Each(changes) => changes,
        MatchChanges::Many(matches) => season_changes(kind, seasons_of(write, &matches).await?.into_values()),
    };
    insert(write, &changes).await
}

/// Adds that forecasts were sealed.
pub async fn sealed<S: SqlStore>(write: &mut Write<S>, sealed: &[&SealedForecast]) -> Result<(), StoreError> {
    let sealed = sealed.iter().map(|forecast| sealed_match(forecast)).collect();
    matches(write, ChangeKind::ForecastSealed, sealed).await
}

/// Adds a change of a version of a model.
pub async fn model<S: SqlStore>(
    write: &mut Write<S>,
    kind: ChangeKind,
    name: &str,
    version: &str,
) -> Result<(), StoreError> {
    let scope = ChangeScope::Subject(format!("model {name}"));
    insert(write, &[NewChange { kind, scope, details: json!({ "version": version }) }]).await
}

/// Adds a change of what names lead to.
pub async fn names<S: SqlStore>(
    write: &mut Write<S>,
    kind: ChangeKind,
    subject: String,
    details: Value,
) -> Result<(), StoreError> {
    insert(write, &[NewChange { kind, scope: ChangeScope::Subject(subject), details }]).await
}

/// Notes that anything of a season may be different.
pub async fn corrected_season<S: SqlStore>(
    write: &mut Write<S>,
    league: LeagueId,
    season: Season,
) -> Result<(), StoreError> {
    let (kind, scope) = (ChangeKind::Corrected, ChangeScope::Season(league, season));
    insert(write, &[NewChange { kind, scope, details: json!({ "rules": true }) }]).await
}

async fn insert<S: SqlStore>(write: &mut Write<S>, changes: &[NewChange]) -> Result<(), StoreError> {
    let (now, job) = (write.now(), acting_job().map(|job| job.0));
    let inserted = write.run_all(S::TEXTS.outbox.insert, changes, |change| {
        let (match_id, season, subject) = match &change.scope {
            ChangeScope::Match(id) => (Some(*id), None, None),
            ChangeScope::Season(league, season) => (None, Some((*league, season.to_string())), None),
            ChangeScope::Subject(subject) => (None, None, Some(subject.as_str())),
        };
        let (league, season) = season.unzip();
        values![change.kind.name(), match_id, league, season, subject, change.details.to_string(), now, job]
    });
    inserted.await.map(drop)
}

async fn held_facts<S: SqlStore>(
    write: &mut Write<S>,
    matches: &[MatchId],
) -> Result<HashMap<MatchId, HeldFacts>, StoreError> {
    let mut held: HashMap<MatchId, HeldFacts> =
        matches.iter().map(|id| (*id, HeldFacts::default())).collect();
    for matches in matches.chunks(CHUNK) {
        for (id, stats) in write.all(S::TEXTS.export.stats, &values![matches], stats_of_match).await? {
            held.entry(id).or_default().stats = Some(stats);
        }
        for (id, count) in S::quote_counts(write, matches).await? {
            held.entry(id).or_default().quotes = count;
        }
        let outbox = S::TEXTS.outbox;
        let counts: [(_, Count); 5] = [
            (outbox.lineup_counts, |held| &mut held.lineups),
            (outbox.injury_counts, |held| &mut held.injuries),
            (outbox.event_counts, |held| &mut held.events),
            (outbox.in_play_counts, |held| &mut held.in_play),
            (outbox.weather_counts, |held| &mut held.weather),
        ];
        for (sql, of) in counts {
            for (id, count) in write.all(sql, &values![matches], count_of_match).await? {
                *of(held.entry(id).or_default()) = count;
            }
        }
    }
    Ok(held)
}

async fn seasons_of<S: SqlStore>(
    write: &mut Write<S>,
    matches: &[MatchId],
) -> Result<HashMap<MatchId, (LeagueId, Season)>, StoreError> {
    let mut seasons = HashMap::new();
    for matches in matches.chunks(CHUNK) {
        let rows = write.rows(S::TEXTS.outbox.seasons, &values![matches]).await?;
        for row in &rows {
            seasons.insert(MatchId(row.value(0)?), (LeagueId(row.value(1)?), row.parsed(2)?));
        }
    }
    Ok(seasons)
}
