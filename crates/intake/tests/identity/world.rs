//! A store in memory, documents of two sources, and what can be asked of both.

use chrono::{DateTime, NaiveDate, Utc};
use std::fmt::Write;
use std::sync::Arc;
use touchline_collect::Source;
use touchline_collect::sources::by_name;
use touchline_domain::ports::{
    LeagueReader, MatchReader, NameReader, QualityReader, SilverReader, StoredIssue, TeamReader,
};
use touchline_domain::{FixedClock, Match, NameReview, TeamId};
use touchline_intake::identity::{
    ImportOptions, ImportReport, NameTable, ReviewTarget, SourceOrder, accept_name, import_names,
};
use touchline_intake::ingest::{Incoming, IngestReport, ingest};
use touchline_store_sqlite::SqliteStore;

pub struct World {
    pub store: SqliteStore,
    pub order: SourceOrder,
    pub clock: FixedClock,
}

/// A document: source, name and text.
#[derive(Debug, Clone)]
pub struct Given(pub &'static str, pub String, pub String);

impl World {
    pub async fn new() -> Self {
        let now: DateTime<Utc> = "2026-07-01T12:00:00Z".parse().unwrap();
        let order = ["football-data", "api-football", "openfootball", "challenge"].map(str::to_owned);
        Self {
            store: SqliteStore::in_memory(Arc::new(FixedClock(now))).await.unwrap(),
            order: SourceOrder::new(order.into()),
            clock: FixedClock(now),
        }
    }

    pub async fn ingest(&self, Given(source, name, text): &Given) -> IngestReport {
        let document = Incoming { name: name.clone(), bytes: text.clone().into_bytes() };
        let source: &dyn Source = by_name(source).unwrap();
        let mut report = IngestReport::default();
        ingest(&self.store, source, &document, &self.order, &self.clock, &mut report).await.unwrap();
        report
    }

    pub async fn import(&self, table: &str, options: ImportOptions<'_>) -> ImportReport {
        let table: NameTable = serde_json::from_str(table).unwrap();
        import_names(&self.store, &table, options, &self.order, &self.clock).await.unwrap()
    }

    pub async fn accept(&self, name: &str, team: &str) -> IngestReport {
        let review = self.open().await.into_iter().find(|review| review.name == name).unwrap();
        let target = ReviewTarget::Team(self.team(team).await.unwrap());
        accept_name(&self.store, review.id, target, "test", &self.order, &self.clock).await.unwrap()
    }

    pub async fn open(&self) -> Vec<NameReview> {
        self.store.reviews(true).await.unwrap()
    }

    pub async fn team(&self, name: &str) -> Option<TeamId> {
        self.store.teams().await.unwrap().into_iter().find(|team| team.name == name).map(|team| team.id)
    }

    pub async fn teams(&self) -> Vec<String> {
        self.store.teams().await.unwrap().into_iter().map(|team| team.name).collect()
    }

    pub async fn leagues(&self) -> Vec<String> {
        self.store.leagues().await.unwrap().into_iter().map(|league| league.details.code).collect()
    }

    /// All matches, by kick-off.
    pub async fn matches(&self) -> Vec<Match> {
        let mut matches = Vec::new();
        for row in self.store.results().await.unwrap() {
            matches.push(self.store.get_match(row.id).await.unwrap().unwrap());
        }
        matches
    }

    pub async fn issues(&self, kind: &str) -> Vec<StoredIssue> {
        let issues = self.store.issues(10_000).await.unwrap();
        issues.into_iter().filter(|issue| issue.error_type == kind).collect()
    }

    pub async fn hash(&self) -> String {
        self.store.content_hash().await.unwrap()
    }
}

/// A result: home, away, goals.
pub type Played<'a> = (&'a str, &'a str, u8, u8);

/// Everybody against everybody at home and away, a round a week, with scores of their own for each pairing.
pub fn double_round<'a>(teams: &[&'a str]) -> Vec<Played<'a>> {
    let mut played = Vec::new();
    for (i, home) in teams.iter().enumerate() {
        for (j, away) in teams.iter().enumerate() {
            if i != j {
                played.push((*home, *away, ((3 * i + j) % 5) as u8, ((i + 2 * j) % 4) as u8));
            }
        }
    }
    played
}

fn day(n: usize) -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 8, 12).unwrap() + chrono::Days::new(2 * n as u64)
}

/// A season of football-data.co.uk.
pub fn football_data(league: &str, played: &[Played<'_>]) -> Given {
    let mut text = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,Referee\n".to_owned();
    for (n, (home, away, h, a)) in played.iter().enumerate() {
        let date = day(n).format("%d/%m/%Y");
        writeln!(text, "{league},{date},15:00,{home},{away},{h},{a},A Referee").unwrap();
    }
    Given("football-data", format!("2324/{league}.csv"), text)
}

/// A season of openfootball, with half-time scores.
pub fn openfootball(league: &str, played: &[Played<'_>]) -> Given {
    let matches: Vec<_> = played
        .iter()
        .enumerate()
        .map(|(n, (home, away, h, a))| {
            serde_json::json!({
                "round": "Matchday", "date": day(n).to_string(), "team1": home, "team2": away,
                "score": {"ft": [h, a], "ht": [0, 0]},
            })
        })
        .collect();
    let text = serde_json::json!({"name": "A league 2023/24", "matches": matches}).to_string();
    Given("openfootball", format!("2023-24/{league}.json"), text)
}
