//! Each role does its work and is refused everything else.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqlSafeStr};
use support::{change, clock, details, execute, fresh, matches, one_match};
use touchline_domain::ports::{
    AsOf, ChangeFeed, ChangeFeedWriter, FeatureSet, IdentityMerges, LeagueReader, MatchReader, MergeSubject,
    Origin, PredictionWriter, QuoteArchive, RecordedQuote, RosterWriter, SealedForecast, SilverChange,
    SilverReader, SilverWriter, StoreError, SummaryReader, SummaryView, SummaryWriter,
};
use touchline_domain::{
    DecimalOdds, FeedPosition, Forecast, Kickoff, MarketType, MatchId, MatchStatus, NewMatch, NewTeam,
    OddsPhase, OddsQuote, TeamId,
};
use touchline_store_postgres::testing::TestDatabase;
use touchline_store_postgres::{Access, Maintenance, PostgresStore, ROLES};

/// The database as a user sees it who has this role and no other.
fn url(database: &TestDatabase, role: &str) -> String {
    format!("{}&options=-c%20role%3D{role}", database.url())
}

async fn connected(database: &TestDatabase, role: &'static str) -> PgConnection {
    let mut raw = database.connection().await;
    sqlx::query(AssertSqlSafe(format!("SET ROLE {role}")).into_sql_str()).execute(&mut raw).await.unwrap();
    raw
}

/// What a role must be refused, with the beginning of what the server says.
async fn refused(raw: &mut PgConnection, attempts: &[&'static str]) {
    for sql in attempts {
        let error = execute(raw, sql).await.expect_err(sql);
        assert!(error.contains("permission denied") || error.contains("must "), "{sql}: {error}");
    }
}

#[tokio::test]
async fn each_role_does_its_work_and_no_more() {
    let store = fresh().await;
    store.install_roles().await.unwrap();
    store.install_roles().await.unwrap();

    writer_works(&store.database).await;
    let mut raw = connected(&store.database, "football_writer").await;
    refused(
        &mut raw,
        &[
            "DELETE FROM matches",
            "DELETE FROM odds",
            "DELETE FROM predictions",
            "TRUNCATE odds",
            "UPDATE odds SET home_thousandths = 2000",
            "UPDATE predictions SET draw_probability = 0.1",
            "UPDATE leagues SET name = 'x'",
            "UPDATE match_keys SET odds_to = now()",
            "INSERT INTO matches_1900_01 SELECT * FROM matches",
            "INSERT INTO audit_logs (actor, action, subject, created_at) VALUES ('a', 'b', 'c', now())",
            "DELETE FROM outbox",
            "UPDATE outbox_pruned SET position = 9",
            "SELECT * FROM audit_trail",
            "SELECT add_partition('odds', 'x', 'DEFAULT')",
            "SELECT * FROM detach_months('odds', now())",
            "DELETE FROM archived_odds",
            "REFRESH MATERIALIZED VIEW mv_odds_trends",
            "INSERT INTO view_refreshes (name, as_of) VALUES ('mv_odds_trends', now())",
            "CREATE TABLE mine (x int)",
            "ALTER TABLE odds ADD COLUMN x int",
            "DROP TABLE odds",
            "ALTER TABLE predictions DISABLE TRIGGER ALL",
            "CREATE ROLE mine",
            "COPY teams TO PROGRAM 'cat'",
        ],
    )
    .await;

    let reader = PostgresStore::connect(&url(&store.database, "football_reader"), clock()).await.unwrap();
    assert_eq!(reader.results().await.unwrap().len(), 3);
    assert_eq!(reader.content_hash().await.unwrap(), store.content_hash().await.unwrap());
    reader_follows(&reader).await;
    let recent = reader.recent_performance(TeamId(1), AsOf::Latest).await.unwrap();
    assert_eq!(recent.origin, Origin::View, "the writer computed it");
    let error = reader.apply(&change(matches(&store, 10, 1).await)).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Unavailable { message, .. } if message.contains("more rights")),
        "{error}"
    );
    let mut raw = connected(&store.database, "football_reader").await;
    refused(
        &mut raw,
        &[
            "INSERT INTO teams (name, country) VALUES ('a', 'b')",
            "UPDATE matches SET leg = 2",
            "DELETE FROM matches",
            "SELECT * FROM audit_logs",
            "SELECT * FROM users",
            "SELECT * FROM sessions",
            "SELECT * FROM api_keys",
            "SELECT record_audit('a', 'b', 'c', NULL, now())",
            "SELECT ensure_season_partitions(ARRAY['2000-01'])",
            "SELECT refresh_views('{mv_odds_trends}', now())",
            "SELECT nextval('predictions_id_seq')",
            "INSERT INTO outbox (kind, subject, details, recorded_at) VALUES ('odds', 'a', '{}', now())",
            "SELECT prune_outbox(now())",
            "SELECT forget_archived('{1}')",
            "CREATE TABLE mine (x int)",
            "GRANT football_writer TO football_reader",
        ],
    )
    .await;

    let admin = PostgresStore::connect(&url(&store.database, "football_admin"), clock()).await.unwrap();
    merging_takes_an_administrator(&store.database, &admin).await;
    let maintenance = Maintenance { months_ahead: 1, keep_odds_months: Some(1) };
    assert!(admin.maintain(maintenance).await.unwrap().created > 0);
    let mut raw = connected(&store.database, "football_admin").await;
    refused(&mut raw, &["CREATE ROLE mine", "COPY teams TO PROGRAM 'cat'", "CREATE DATABASE mine"]).await;
    let error = execute(&mut raw, "UPDATE predictions SET draw_probability = 0.1").await.unwrap_err();
    assert!(error.contains("tr_predictions_never_rewritten"), "{error}");
    trail_names_actors(&mut raw).await;
    raw.close().await.unwrap();
    assert_eq!(ROLES.len(), 3);
}

/// Who may not change the schema opens a database that is not up to date by the administrator's hand.
#[tokio::test]
async fn an_administrator_brings_the_schema_up_to_date_for_a_reader() {
    let store = fresh().await;
    store.install_roles().await.unwrap();
    let mut raw = store.database.connection().await;
    for sql in [
        "DROP FUNCTION forget_archived(bigint[])",
        "DELETE FROM _sqlx_migrations WHERE description = 'clean-ups'",
    ] {
        execute(&mut raw, sql).await.unwrap();
    }
    let reader = url(&store.database, "football_reader");
    let admin = url(&store.database, "football_admin");
    let alone = Access { url: &reader, replicas: &[], admin_url: None };
    let error = PostgresStore::open(alone, clock()).await.unwrap_err();
    assert!(error.to_string().contains("more rights"), "{error}");
    let opened = PostgresStore::open(Access { admin_url: Some(&admin), ..alone }, clock()).await.unwrap();
    assert_eq!(opened.leagues().await.unwrap(), []);
    let owner = "SELECT pg_get_userbyid(proowner)::text FROM pg_proc WHERE proname = 'forget_archived'";
    let owner: String = sqlx::query_scalar(owner).fetch_one(&mut raw).await.unwrap();
    assert_eq!(owner, "football_admin");
}

/// A writer forgets that quotes are away once all are back, and not before.
#[tokio::test]
async fn a_writer_cleans_up_what_is_certainly_of_no_more_use() {
    let store = fresh().await;
    store.install_roles().await.unwrap();
    let held = one_match(&store).await;
    let mut raw = store.database.connection().await;
    let away = "INSERT INTO archived_odds (match_id, lake, quotes, removed, digest, archived_at) \
                SELECT id, 'lake', 1, 1, repeat('a', 64), now() FROM matches";
    execute(&mut raw, away).await.unwrap();
    let writer = PostgresStore::connect(&url(&store.database, "football_writer"), clock()).await.unwrap();
    writer.forget_archived(&[held.id]).await.unwrap();
    assert_eq!(writer.archived().await.unwrap().len(), 1, "its quote is still away");
    let quote = OddsQuote {
        market: MarketType::OneXTwo,
        bookmaker: "B".into(),
        line_quarters: None,
        phase: OddsPhase::Closing,
        known_at: clock().0,
        known_at_imputed: false,
        prices: [DecimalOdds::new(2.0).ok(), None, None],
    };
    let back = RecordedQuote { match_id: held.id, quote, recorded_at: clock().0 };
    assert_eq!(writer.return_quotes(&[back]).await.unwrap(), 1);
    writer.forget_archived(&[held.id]).await.unwrap();
    assert_eq!(writer.archived().await.unwrap(), []);
}

/// An administrator reads who did what.
async fn trail_names_actors(raw: &mut PgConnection) {
    let trail: Vec<String> = sqlx::query_scalar(
        "SELECT actor || ' ' || action || ' ' || subject || ' ' || program FROM audit_trail",
    )
    .fetch_all(raw)
    .await
    .unwrap();
    // Everybody connects as postgres here; the role is taken on later.
    assert!(trail.contains(&"postgres insert matches touchline".to_owned()), "{trail:?}");
    assert!(trail.contains(&"postgres insert predictions touchline".to_owned()), "{trail:?}");
}

/// A writer removes nothing, and a merge takes rows away; who may is an administrator.
async fn merging_takes_an_administrator(database: &TestDatabase, admin: &PostgresStore) {
    let writer = PostgresStore::connect(&url(database, "football_writer"), clock()).await.unwrap();
    let second = NewTeam { name: "T0 FC".to_owned(), country: "England".to_owned() };
    let merged = writer.ensure_teams("second", &[second]).await.unwrap()[0];
    let subject = MergeSubject::Teams { kept: TeamId(1), merged };
    let error = writer.merge(subject, None, "writer").await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Unavailable { message, .. } if message.contains("more rights")),
        "{error}"
    );
    writer.close().await;
    let (id, _) = admin.merge(subject, None, "admin").await.unwrap();
    admin.undo_merge(id).await.unwrap();
}

async fn reader_follows(reader: &PostgresStore) {
    let latest = reader.latest().await.unwrap();
    assert_eq!(reader.wait(latest, std::time::Duration::ZERO).await.unwrap(), latest);
}

/// Everything that an import and a forecast need, with new partitions.
async fn writer_works(database: &TestDatabase) {
    let writer = PostgresStore::connect(&url(database, "football_writer"), clock()).await.unwrap();
    let held = one_match(&writer).await;
    let mut moved = held.clone();
    moved.details.attendance = Some(5);
    writer.apply(&SilverChange { changed: vec![moved], ..SilverChange::default() }).await.unwrap();
    let kickoff = Kickoff::at(chrono::DateTime::from_timestamp(2_000_000_000, 0).unwrap());
    let to_come: Vec<_> = matches(&writer, 1, 2)
        .await
        .into_iter()
        .map(|m| NewMatch { kickoff, status: MatchStatus::Scheduled, score: None, ..m })
        .collect();
    writer.apply(&change(to_come)).await.unwrap();
    let at = chrono::DateTime::from_timestamp(1_900_000_000, 0).unwrap();
    let features = FeatureSet::new(|bytes| *blake3::hash(bytes).as_bytes(), vec!["elo@1".to_owned()]);
    let forecast = SealedForecast {
        match_id: MatchId(2),
        model_name: "m".to_owned(),
        model_version: "1".to_owned(),
        forecast: Forecast::new(0.5, 0.25, 0.25).unwrap(),
        expected_goals: (1.0, 1.0),
        as_of: at,
        sealed_at: at,
        details: Some(Box::new(details(&features, kickoff))),
    };
    assert_eq!(writer.seal(&[forecast], &[features]).await.unwrap(), 1);
    let latest = writer.latest().await.unwrap();
    assert!(writer.advance("jobs", None, FeedPosition::START).await.unwrap());
    assert!(writer.advance("jobs", Some(FeedPosition::START), latest).await.unwrap());
    let pruned = writer.prune(clock().0 + chrono::Duration::seconds(1)).await.unwrap();
    assert!(pruned > 0 && writer.latest().await.unwrap() == latest);
    assert!(writer.forget_reader("jobs").await.unwrap());
    let refreshed = writer.refresh(&SummaryView::ALL).await.unwrap();
    assert_eq!(refreshed, ["mv_odds_trends", "mv_team_recent_performance"]);
    assert_eq!(writer.leagues().await.unwrap().len(), 1);
    writer.close().await;
}
