//! Aliases, identifiers, claims and the review queue.

use crate::columns::{ROWS, column};
use crate::error::Mapped;
use crate::matches::pairs;
use crate::row::Read;
use crate::rows::names::{claim, identified, league_alias, reviews, team_alias};
use crate::{Connection, Lock, PostgresStore, outbox, whole};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::json;
use touchline_domain::ports::{NameChange, NameReader, NameWriter, StoreError, TeamAlias, settle, texts};
use touchline_domain::{
    ChangeKind, LeagueAlias, LeagueId, MatchClaim, MatchId, MatchIdentifier, NameDecision, NameKind,
    NameReview, NewNameReview, ReviewId, Season, Verdict,
};

#[async_trait]
impl NameReader for PostgresStore {
    async fn league_aliases(&self) -> Result<Vec<LeagueAlias>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/names/league_aliases.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(league_alias).collect()
    }

    async fn team_aliases(
        &self,
        countries: &[String],
        source: Option<&str>,
    ) -> Result<Vec<TeamAlias>, StoreError> {
        texts::places_of_names(countries, source)?;
        let rows = sqlx::query(include_str!("../queries/names/team_aliases.sql"))
            .bind(countries)
            .bind(source)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(team_alias).collect()
    }

    async fn identified(
        &self,
        source: &str,
        external_ids: &[String],
    ) -> Result<Vec<(String, MatchId)>, StoreError> {
        texts::names_of_matches(source, external_ids)?;
        let rows = sqlx::query(include_str!("../queries/names/identified.sql"))
            .bind(source)
            .bind(external_ids)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(identified).collect()
    }

    async fn claims_of(&self, seasons: &[(LeagueId, Season)]) -> Result<Vec<MatchClaim>, StoreError> {
        let (leagues, seasons) = pairs(seasons);
        let rows = sqlx::query(include_str!("../queries/names/claims_of_seasons.sql"))
            .bind(leagues)
            .bind(seasons)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(claim).collect()
    }

    async fn reviews(&self, only_open: bool) -> Result<Vec<NameReview>, StoreError> {
        let mut connection = self.snapshot().await?;
        let waiting = sqlx::query(include_str!("../queries/names/review_documents.sql"))
            .bind(only_open)
            .fetch_all(&mut *connection)
            .await
            .mapped()?;
        let rows = sqlx::query(include_str!("../queries/names/reviews.sql"))
            .bind(only_open)
            .fetch_all(&mut *connection)
            .await
            .mapped()?;
        reviews(&rows, &waiting)
    }
}

#[async_trait]
impl NameWriter for PostgresStore {
    async fn change_names(&self, change: &NameChange) -> Result<(), StoreError> {
        texts::names(change)?;
        let mut transaction = self.write_alone(Lock::Roster).await?;
        for league in &change.leagues {
            let replaced = sqlx::query_scalar(include_str!("../queries/names/replace_league.sql"))
                .bind(league.id.0)
                .bind(&league.code)
                .bind(&league.name)
                .bind(i16::from(league.level))
                .bind(&league.source)
                .bind(league.kind.name())
                .fetch_one(&mut *transaction)
                .await
                .mapped()?;
            stored(replaced, "league", league.id.0)?;
        }
        for team in &change.teams {
            let renamed = sqlx::query_scalar(include_str!("../queries/names/rename_team.sql"))
                .bind(team.id.0)
                .bind(&team.name)
                .fetch_one(&mut *transaction)
                .await
                .mapped()?;
            stored(renamed, "team", team.id.0)?;
        }
        for alias in &change.league_aliases {
            insert_league_alias(&mut transaction, alias).await?;
        }
        for alias in &change.team_aliases {
            insert_team_alias(&mut transaction, alias).await?;
        }
        transaction.commit().await.mapped()
    }

    async fn open_reviews(&self, reviews: &[NewNameReview], now: DateTime<Utc>) -> Result<u64, StoreError> {
        texts::reviews(reviews)?;
        let mut transaction = self.write_alone(Lock::Roster).await?;
        let mut opened = 0;
        for review in reviews {
            opened += sqlx::query(include_str!("../queries/names/open_review.sql"))
                .bind(review.kind.name())
                .bind(&review.source)
                .bind(&review.country)
                .bind(review.league.map(|id| id.0))
                .bind(review.season.map(|season| season.to_string()))
                .bind(&review.name)
                .bind(whole(now))
                .execute(&mut *transaction)
                .await
                .mapped()?
                .rows_affected();
            sqlx::query(include_str!("../queries/names/note_document.sql"))
                .bind(review.kind.name())
                .bind(&review.source)
                .bind(&review.country)
                .bind(&review.name)
                .bind(review.document.0)
                .execute(&mut *transaction)
                .await
                .mapped()?;
        }
        transaction.commit().await.mapped()?;
        Ok(opened)
    }

    async fn decide_review(&self, id: ReviewId, decision: &NameDecision) -> Result<(), StoreError> {
        texts::decision(decision)?;
        let mut transaction = self.write_alone(Lock::Roster).await?;
        let row = sqlx::query(include_str!("../queries/names/review.sql"))
            .bind(id.0)
            .fetch_optional(&mut *transaction)
            .await
            .mapped()?
            .ok_or_else(|| StoreError::Constraint(format!("there is no review {id}")))?;
        let kind: NameKind = row.parsed(0)?;
        let (source, country, name): (String, String, String) = (row.value(1)?, row.value(2)?, row.value(3)?);
        let held = (row.value::<&str>(4)?, row.value::<Option<i64>>(5)?);
        let Some((status, resolved)) = settle((id, kind, &name), held, decision.verdict)? else {
            return Ok(());
        };
        match decision.verdict {
            Verdict::Team(team) => {
                let alias = TeamAlias { source, country, alias: name, team };
                insert_team_alias(&mut transaction, &alias).await?;
            }
            Verdict::League(league) => {
                insert_league_alias(&mut transaction, &LeagueAlias { source, alias: name, league }).await?;
            }
            Verdict::Rejected => {}
        }
        sqlx::query(include_str!("../queries/names/decide.sql"))
            .bind(id.0)
            .bind(status)
            .bind(resolved)
            .bind(whole(decision.at))
            .bind(&decision.by)
            .execute(&mut *transaction)
            .await
            .mapped()?;
        if let Some(resolved) = resolved {
            let subject = format!("{} {resolved}", kind.name());
            let details = json!({ "review": id.0 });
            outbox::names(&mut transaction, ChangeKind::AliasConfirmed, subject, details, self.now()).await?;
        }
        transaction.commit().await.mapped()
    }
}

/// Keeps identifiers of matches; one that names another match is refused.
pub(crate) async fn insert_identifiers(
    connection: &mut Connection,
    identifiers: &[(MatchId, MatchIdentifier)],
) -> Result<(), StoreError> {
    if identifiers.is_empty() {
        return Ok(());
    }
    for identifiers in identifiers.chunks(ROWS) {
        let sources = column(identifiers, |(_, i)| i.source.as_str());
        let external_ids = column(identifiers, |(_, i)| i.external_id.as_str());
        let ids = column(identifiers, |(id, _)| id.0);
        let inserted = sqlx::query(include_str!("../queries/names/insert_identifiers.sql"))
            .bind(&sources)
            .bind(&external_ids)
            .bind(&ids)
            .execute(&mut *connection)
            .await
            .mapped()?;
        if inserted.rows_affected() == identifiers.len() as u64 {
            continue;
        }
        let taken = sqlx::query(include_str!("../queries/names/taken_identifier.sql"))
            .bind(&sources)
            .bind(&external_ids)
            .bind(&ids)
            .fetch_optional(&mut *connection)
            .await
            .mapped()?;
        if let Some(row) = taken {
            return Err(StoreError::Constraint(format!(
                "pk_match_identifiers: {} knows another match by the identifier {:?}",
                row.value::<&str>(0)?,
                row.value::<&str>(1)?
            )));
        }
    }
    Ok(())
}

/// Keeps what sources say of fields; the latest word of a source counts.
pub(crate) async fn put_claims(
    connection: &mut Connection,
    claims: &[MatchClaim],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for claims in claims.chunks(ROWS) {
        sqlx::query(include_str!("../queries/names/put_claims.sql"))
            .bind(column(claims, |c| c.match_id.0))
            .bind(column(claims, |c| c.field.name()))
            .bind(column(claims, |c| c.source.as_str()))
            .bind(column(claims, |c| c.value.as_str()))
            .bind(column(claims, |c| whole(c.said.at)))
            .bind(column(claims, |c| c.said.document.map(|document| document.0)))
            .bind(now)
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}

async fn insert_league_alias(connection: &mut Connection, alias: &LeagueAlias) -> Result<(), StoreError> {
    let inserted = sqlx::query(include_str!("../queries/names/insert_league_alias.sql"))
        .bind(&alias.source)
        .bind(&alias.alias)
        .bind(alias.league.0)
        .execute(&mut *connection)
        .await
        .mapped()?;
    if inserted.rows_affected() > 0 {
        return Ok(());
    }
    let held: i64 = sqlx::query_scalar(include_str!("../queries/names/find_league_alias.sql"))
        .bind(&alias.source)
        .bind(&alias.alias)
        .fetch_one(connection)
        .await
        .mapped()?;
    if held == alias.league.0 {
        return Ok(());
    }
    Err(StoreError::Constraint(format!(
        "pk_league_aliases: {:?} of {} names league {held}, not league {}",
        alias.alias, alias.source, alias.league
    )))
}

async fn insert_team_alias(connection: &mut Connection, alias: &TeamAlias) -> Result<(), StoreError> {
    let team: Option<String> = sqlx::query_scalar(include_str!("../queries/names/team_name.sql"))
        .bind(alias.team.0)
        .bind(&alias.country)
        .fetch_optional(&mut *connection)
        .await
        .mapped()?;
    let Some(team) = team else {
        let message = format!("fk_team_aliases_team: there is no team {} in {:?}", alias.team, alias.country);
        return Err(StoreError::Constraint(message));
    };
    let inserted = sqlx::query(include_str!("../queries/names/insert_team_alias.sql"))
        .bind(&alias.source)
        .bind(&alias.country)
        .bind(&alias.alias)
        .bind(alias.team.0)
        .execute(&mut *connection)
        .await
        .mapped()?;
    if inserted.rows_affected() > 0 {
        return Ok(());
    }
    let row = sqlx::query(include_str!("../queries/names/find_team_alias.sql"))
        .bind(&alias.source)
        .bind(&alias.country)
        .bind(&alias.alias)
        .fetch_one(connection)
        .await
        .mapped()?;
    if row.value::<i64>(0)? == alias.team.0 {
        return Ok(());
    }
    Err(StoreError::Constraint(format!(
        "pk_team_aliases: {:?} already names {:?}, not {team:?}",
        alias.alias,
        row.value::<&str>(1)?
    )))
}

fn stored(updated: i64, what: &str, id: i64) -> Result<(), StoreError> {
    if updated == 1 { Ok(()) } else { Err(StoreError::Constraint(format!("{what} {id} is not stored"))) }
}
