//! Stores in a folder of their own.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "used by tests alone")]

use chrono::DateTime;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Executor, SqlSafeStr};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use touchline_domain::ports::{
    FeatureSet, MatchFacts, MatchReader, RosterWriter, SealedDetails, SilverChange, SilverWriter, StoreError,
};
use touchline_domain::{
    CompetitionKind, FixedClock, Forecast, Kickoff, Match, MatchSetting, MatchStatus, NewLeague, NewMatch,
    NewTeam, Score, ScoreGrid, Season,
};
use touchline_store_sqlite::SqliteStore;

/// A store that takes its folder with it.
pub struct Fresh {
    pub store: SqliteStore,
    pub folder: TempDir,
}

impl Deref for Fresh {
    type Target = SqliteStore;
    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock(DateTime::from_timestamp(1_700_000_000, 0).unwrap()))
}

pub async fn fresh() -> Fresh {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(&folder.path().join("touchline.db"), clock()).await.unwrap();
    Fresh { store, folder }
}

impl Fresh {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("touchline.db")
    }

    /// Another handle on the same file.
    pub async fn again(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(&self.path(), clock()).await
    }

    /// A connection that knows nothing of the store's rules except what the database enforces.
    pub async fn raw(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.path()).foreign_keys(true).connect().await.unwrap()
    }
}

pub async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<u64, String> {
    let done = connection.execute(sql.into_sql_str()).await;
    done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
}

/// `n` finished matches of clubs `T0`, `T1`, ... whose first is number `from`.
pub async fn matches(store: &SqliteStore, from: u32, n: u32) -> Vec<NewMatch> {
    let league = NewLeague {
        code: "E0".to_owned(),
        name: "Premier League".to_owned(),
        country: "England".to_owned(),
        level: 1,
        source: "test".to_owned(),
        kind: CompetitionKind::League,
    };
    let league = store.ensure_leagues(&[league]).await.unwrap()[0];
    let clubs: Vec<_> =
        (0..40).map(|i| NewTeam { name: format!("T{i}"), country: "England".to_owned() }).collect();
    let clubs = store.ensure_teams("test", &clubs).await.unwrap();
    let a_match = |i: u32| {
        let (pairing, season) = (i % 1560, i / 1560);
        let (home, away) = ((pairing / 39) as usize, (pairing % 39) as usize);
        NewMatch {
            league,
            season: Season::cross_year(1900 + season as u16).unwrap(),
            home: clubs[home],
            away: clubs[if away >= home { away + 1 } else { away }],
            leg: 1,
            kickoff: Kickoff::at(DateTime::from_timestamp(i64::from(i) * 3600, 0).unwrap()),
            status: MatchStatus::Finished,
            score: Some(Score { home: 1, away: 0 }),
            half_time: None,
            referee: None,
            attendance: None,
            source: "test".to_owned(),
            external_id: None,
            setting: MatchSetting::default(),
        }
    };
    (from..from + n).map(a_match).collect()
}

pub fn change(matches: Vec<NewMatch>) -> SilverChange {
    let new = matches.into_iter().map(|m| (m, MatchFacts::default())).collect();
    SilverChange { new, ..SilverChange::default() }
}

/// Stores one match and returns it.
pub async fn one_match(store: &SqliteStore) -> Match {
    store.apply(&change(matches(store, 0, 1).await)).await.unwrap();
    let id = store.results().await.unwrap()[0].id;
    store.get_match(id).await.unwrap().unwrap()
}

/// What belongs to a forecast of even chances.
pub fn details(features: &FeatureSet, kickoff: Kickoff) -> SealedDetails {
    let forecast = Forecast::new(0.5, 0.25, 0.25).unwrap();
    let grid = ScoreGrid::from_weights(5, vec![1.0; 36]).unwrap().conditioned_on(&forecast);
    let hashes = [features.hash().to_owned(), "bundle".to_owned(), "facts".to_owned()];
    SealedDetails::of(&forecast, grid, kickoff, hashes)
}
