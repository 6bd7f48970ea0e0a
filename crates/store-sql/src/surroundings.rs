//! What surrounds matches: weather, grounds, ratings of clubs and news.

use crate::error::corrupt;
use crate::outbox;
use crate::row::Read;
use crate::statements::Statements;
use crate::store::{Connection, Lock, SqlStore, Write};
use crate::values;
use serde_json::json;
use touchline_domain::ports::{MatchFacts, StoreError, texts};
use touchline_domain::{ChangeKind, Ground, MatchId, NewsFilter, NewsItem, TeamId, TeamRating, Weather};

pub async fn all_weather<S: SqlStore>(store: &S) -> Result<Vec<(MatchId, Weather)>, StoreError> {
    every_weather::<S>(&mut *store.read().await?).await
}

/// The same on a connection that is there.
pub async fn every_weather<S: SqlStore>(
    connection: &mut Connection<S>,
) -> Result<Vec<(MatchId, Weather)>, StoreError> {
    connection.all(S::TEXTS.surroundings.all_weather, &values![], weather).await
}

pub async fn weather_of<S: SqlStore>(
    store: &S,
    matches: &[MatchId],
) -> Result<Vec<(MatchId, Weather)>, StoreError> {
    store.read().await?.all(S::TEXTS.surroundings.weather_of, &values![matches], weather).await
}

fn weather<R: Read>(row: &R) -> Result<(MatchId, Weather), StoreError> {
    let weather = Weather {
        source: row.value::<&str>(1)?.into(),
        kind: row.parsed(2)?,
        at: row.time(3)?,
        known_at: row.time(4)?,
        temperature: row.value(5)?,
        wind: row.value(6)?,
        rain: row.value(7)?,
    };
    Ok((MatchId(row.value(0)?), weather))
}

/// Adds weather; what is known of one is left as it is.
pub async fn insert_weather<S: SqlStore>(
    write: &mut Write<S>,
    facts: &[(MatchId, &MatchFacts)],
) -> Result<(), StoreError> {
    let now = write.now();
    let rows: Vec<(MatchId, &Weather)> =
        facts.iter().flat_map(|(id, facts)| facts.weather.iter().map(|weather| (*id, weather))).collect();
    let inserted = write.run_all(S::TEXTS.surroundings.insert_weather, &rows, |(id, w)| {
        values![*id, &*w.source, w.kind.name(), w.at, w.known_at, w.temperature, w.wind, w.rain, now]
    });
    inserted.await.map(drop)
}

pub async fn grounds<S: SqlStore>(store: &S) -> Result<Vec<(Ground, Option<TeamId>)>, StoreError> {
    let mut snapshot = store.snapshot().await?;
    let mut grounds = Vec::new();
    for ground in every_ground::<S>(&mut snapshot).await? {
        let team = team::<S>(&mut snapshot, &ground).await?;
        grounds.push((ground, team));
    }
    Ok(grounds)
}

/// All grounds by country, team and day, as they were given.
pub async fn every_ground<S: SqlStore>(connection: &mut Connection<S>) -> Result<Vec<Ground>, StoreError> {
    let ground = |row: &_| {
        Ok(Ground {
            country: Read::value::<&str>(row, 0)?.to_owned(),
            team: Read::value::<&str>(row, 1)?.to_owned(),
            since: Read::value::<&str>(row, 2)?.parse().map_err(corrupt)?,
            name: Read::value::<&str>(row, 3)?.to_owned(),
            latitude: Read::value(row, 4)?,
            longitude: Read::value(row, 5)?,
        })
    };
    connection.all(S::TEXTS.surroundings.grounds, &values![], ground).await
}

async fn team<S: SqlStore>(
    connection: &mut Connection<S>,
    ground: &Ground,
) -> Result<Option<TeamId>, StoreError> {
    let values = values![&ground.country, &ground.team];
    connection.first(S::TEXTS.surroundings.find_team, &values, |row| row.value(0).map(TeamId)).await
}

pub async fn put_grounds<S: SqlStore>(store: &S, grounds: &[Ground]) -> Result<u64, StoreError> {
    texts::grounds(grounds)?;
    let mut write = store.write(&[Lock::Roster]).await?;
    let held = every_ground::<S>(&mut write).await?;
    let mut changed = 0;
    for ground in grounds {
        if team::<S>(&mut write, ground).await?.is_none() {
            return Err(StoreError::Constraint(format!(
                "the ground {:?}: no team of {} is called {:?}, or several are",
                ground.name, ground.country, ground.team
            )));
        }
        if held.contains(ground) {
            continue;
        }
        let since = ground.since.to_string();
        let Ground { country, team, name, latitude, longitude, .. } = ground;
        let values = values![country, team, since, name, *latitude, *longitude];
        changed += write.run(S::TEXTS.surroundings.put_ground, &values).await?;
    }
    write.commit().await?;
    Ok(changed)
}

pub async fn all_ratings<S: SqlStore>(store: &S) -> Result<Vec<TeamRating>, StoreError> {
    every_rating::<S>(&mut *store.read().await?).await
}

/// The same on a connection that is there.
pub async fn every_rating<S: SqlStore>(
    connection: &mut Connection<S>,
) -> Result<Vec<TeamRating>, StoreError> {
    connection.all(S::TEXTS.surroundings.all_ratings, &values![], rating).await
}

pub async fn ratings_of<S: SqlStore>(
    store: &S,
    team: TeamId,
    limit: u32,
) -> Result<Vec<TeamRating>, StoreError> {
    store.read().await?.all(S::TEXTS.surroundings.ratings_of, &values![team, limit], rating).await
}

fn rating<R: Read>(row: &R) -> Result<TeamRating, StoreError> {
    Ok(TeamRating {
        source: row.value::<&str>(0)?.into(),
        country: row.value(1)?,
        team: row.value(2)?,
        level: row.number(3)?,
        rating: row.value(4)?,
        from: row.value::<&str>(5)?.parse().map_err(corrupt)?,
        to: row.value::<&str>(6)?.parse().map_err(corrupt)?,
        known_at: row.time(7)?,
    })
}

pub async fn add_ratings<S: SqlStore>(store: &S, ratings: &[TeamRating]) -> Result<u64, StoreError> {
    texts::ratings(ratings)?;
    let mut write = store.write(&[Lock::Silver]).await?;
    let days: Vec<[String; 2]> = ratings.iter().map(|r| [r.from.to_string(), r.to.to_string()]).collect();
    let rows: Vec<(&TeamRating, &[String; 2])> = ratings.iter().zip(&days).collect();
    let added = write.run_all(S::TEXTS.surroundings.insert_ratings, &rows, |(r, days)| {
        values![&*r.source, &r.country, &r.team, r.level, r.rating, &days[0], &days[1], r.known_at]
    });
    let added = added.await?;
    if added > 0 {
        let details = json!({ "ratings": added });
        outbox::names(&mut write, ChangeKind::Ratings, "ratings".to_owned(), details).await?;
    }
    write.commit().await?;
    Ok(added)
}

pub async fn news<S: SqlStore>(
    store: &S,
    filter: &NewsFilter,
    limit: u32,
) -> Result<Vec<NewsItem>, StoreError> {
    let values =
        values![filter.kind.map(|kind| kind.name().to_owned()), filter.importance, filter.as_of, limit];
    store.read().await?.all(S::TEXTS.surroundings.news, &values, item).await
}

/// All news on a connection that is there.
pub async fn every_news<S: SqlStore>(connection: &mut Connection<S>) -> Result<Vec<NewsItem>, StoreError> {
    connection.all(S::TEXTS.surroundings.all_news, &values![], item).await
}

fn item<R: Read>(row: &R) -> Result<NewsItem, StoreError> {
    Ok(NewsItem {
        source: row.value::<&str>(0)?.into(),
        id: row.value(1)?,
        kind: row.parsed(2)?,
        title: row.value(3)?,
        link: row.value(4)?,
        country: row.value(5)?,
        team: row.value(6)?,
        importance: row.value(7)?,
        sentiment: row.value(8)?,
        published_at: row.optional_time(9)?,
        known_at: row.time(10)?,
    })
}

pub async fn add_news<S: SqlStore>(store: &S, news: &[NewsItem]) -> Result<u64, StoreError> {
    texts::news(news)?;
    let mut write = store.write(&[Lock::Silver]).await?;
    let added = write.run_all(S::TEXTS.surroundings.insert_news, news, |n| {
        values![
            &*n.source,
            &n.id,
            n.kind.name(),
            &n.title,
            &n.link,
            &n.country,
            &n.team,
            n.importance,
            n.sentiment,
            n.published_at,
            n.known_at,
        ]
    });
    let added = added.await?;
    if added > 0 {
        outbox::names(&mut write, ChangeKind::News, "news".to_owned(), json!({ "items": added })).await?;
    }
    write.commit().await?;
    Ok(added)
}
