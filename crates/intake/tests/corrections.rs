//! Editions of one document, one after the other: which match a row is of, what is corrected, what waits for a decision, and
//! what stays.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration, Utc};
use std::fmt::Write as _;
use std::sync::Arc;
use touchline_collect::Source;
use touchline_collect::sources::by_name;
use touchline_domain::ports::{
    CorrectionReader, LeagueReader, MatchReader, NameReader, QualityReader, SilverReader,
};
use touchline_domain::{
    ClaimField, Correction, CorrectionVerdict, FixedClock, Match, MatchId, MatchStatus, Season, Silent,
    SystemClock,
};
use touchline_intake::conflicts::{
    Conflict, ConflictFilter, ConflictState, Decision, Settled, list_conflicts, settle,
};
use touchline_intake::identity::{CorrectionRule, CorrectionRules, SourceOrder};
use touchline_intake::ingest::{Incoming, IngestReport, ingest};
use touchline_intake::reprocess::{Reprocess, reprocess};
use touchline_store_sqlite::SqliteStore;

struct World {
    store: SqliteStore,
    order: SourceOrder,
}

fn day(n: i64) -> DateTime<Utc> {
    "2023-07-01T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::days(n)
}

impl World {
    async fn new() -> Self {
        let store = SqliteStore::in_memory(Arc::new(SystemClock)).await.unwrap();
        Self { store, order: SourceOrder::default() }
    }

    async fn of(rules: CorrectionRules) -> Self {
        let order = SourceOrder::default().with_corrections(rules);
        Self { order, ..Self::new().await }
    }

    /// Ingests a document that comes on a day.
    async fn come(&self, source: &str, name: &str, text: &str, on: i64) -> IngestReport {
        let source: &dyn Source = by_name(source).unwrap();
        let document = Incoming { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
        let mut report = IngestReport::default();
        ingest(&self.store, source, &document, &self.order, &FixedClock(day(on)), &mut report).await.unwrap();
        report
    }

    /// The same of football-data.co.uk's first English league of 2022-23.
    async fn edition(&self, text: &str, on: i64) -> IngestReport {
        self.come("football-data", "2223/E0.csv", text, on).await
    }

    async fn matches(&self) -> Vec<Match> {
        let leagues: Vec<_> = self.store.leagues().await.unwrap().iter().map(|league| league.id).collect();
        let years = 2015..2035;
        let seasons = years.flat_map(|y| [Season::cross_year(y).unwrap(), Season::calendar_year(y).unwrap()]);
        let all: Vec<_> =
            seasons.flat_map(|season| leagues.iter().map(move |league| (*league, season))).collect();
        let mut matches = self.store.matches_of(&all).await.unwrap();
        matches.sort_by_key(|m| m.id);
        matches
    }

    async fn only(&self) -> Match {
        let matches = self.matches().await;
        let [only] = matches.as_slice() else { panic!("{} matches: {matches:?}", matches.len()) };
        only.clone()
    }

    async fn corrections(&self) -> Vec<Correction> {
        self.store.all_corrections(None).await.unwrap()
    }

    async fn findings(&self, kind: &str) -> usize {
        self.store.issues(1_000).await.unwrap().iter().filter(|issue| issue.error_type == kind).count()
    }

    async fn conflicts(&self, decided: bool) -> Vec<Conflict> {
        let filter = ConflictFilter { decided, ..ConflictFilter::default() };
        list_conflicts(&self.store, &filter, &self.order).await.unwrap()
    }

    async fn settle(&self, names: &[&str], decision: Decision, on: i64) -> Settled {
        let names: Vec<_> = names.iter().map(|name| name.parse().unwrap()).collect();
        let clock = FixedClock(day(on));
        let by = (&self.order, "a tester", &clock as _);
        settle(&self.store, &names, &ConflictFilter::default(), decision, by).await.unwrap()
    }

    async fn hash(&self) -> String {
        self.store.content_hash().await.unwrap()
    }

    /// Reads all documents again, which must change nothing.
    async fn replays_to_the_same(&self) {
        let (hash, corrections) = (self.hash().await, self.corrections().await);
        reprocess(&self.store, Reprocess::default(), &self.order, &FixedClock(day(900)), &Silent)
            .await
            .unwrap();
        assert_eq!(self.hash().await, hash, "reading again changed what is held");
        assert_eq!(self.corrections().await, corrections, "reading again corrected something");
    }
}

const FULL: &str = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,Referee,HS,AS";

fn full(rows: &[&str]) -> String {
    rows.iter().fold(format!("{FULL}\n"), |mut text, row| {
        let _ = writeln!(text, "{row}");
        text
    })
}

/// Results of a round of eight teams on the given days of a month.
fn round(dates: [&str; 4]) -> String {
    let sides = [("Alder", "Birch"), ("Cedar", "Dogwood"), ("Elm", "Fir"), ("Gorse", "Hazel")];
    let mut text = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n".to_owned();
    for (n, ((home, away), date)) in sides.iter().zip(dates).enumerate() {
        let _ = writeln!(text, "E0,{date},{home},{away},{},0,H", n + 1);
    }
    text
}

fn dates(matches: &[Match]) -> Vec<String> {
    matches.iter().map(|m| m.kickoff.at.date_naive().to_string()).collect()
}

#[tokio::test]
async fn dates_that_were_corrected_make_no_second_match() {
    let world = World::new().await;
    world.edition(&round(["30/09/2022", "31/12/2022", "01/03/2023", "04/03/2023"]), 0).await;
    let second = round(["01/10/2022", "01/01/2023", "28/02/2023", "03/04/2023"]);
    let report = world.edition(&second, 30).await;
    let counts = report.matches;
    assert_eq!((counts.new, counts.changed, counts.corrected, counts.conflicting), (0, 4, 4, 0));
    let matches = world.matches().await;
    // Over a month's end, over a year's end, back over the end of February, and day and month exchanged.
    assert_eq!(dates(&matches), ["2022-10-01", "2023-01-01", "2023-02-28", "2023-04-03"]);
    assert_eq!(world.findings("corrected_value").await, 4);
    let corrections = world.corrections().await;
    assert_eq!(corrections.len(), 4);
    assert_eq!(corrections[0].field, ClaimField::Kickoff);
    assert_eq!(
        (corrections[0].old.as_deref(), corrections[0].new.as_deref()),
        (Some("2022-09-30"), Some("2022-10-01"))
    );
    assert_eq!(corrections[0].known_at, day(30));
    // What is held is what the second edition alone would have brought.
    let alone = World::new().await;
    alone.edition(&second, 0).await;
    assert_eq!(world.hash().await, alone.hash().await);
    world.replays_to_the_same().await;
}

#[tokio::test]
async fn a_first_word_that_wins_is_still_told() {
    let world = World::of(CorrectionRules::all(CorrectionRule::First)).await;
    world.edition(&round(["30/09/2022", "31/12/2022", "01/03/2023", "04/03/2023"]), 0).await;
    let hash = world.hash().await;
    let report = world.edition(&round(["01/10/2022", "31/12/2022", "01/03/2023", "04/03/2023"]), 30).await;
    assert_eq!((report.matches.new, report.matches.unchanged), (0, 4));
    assert_eq!(world.hash().await, hash);
    assert_eq!(world.findings("later_word").await, 1);
    assert_eq!(world.conflicts(false).await.len(), 1);
}

#[tokio::test]
async fn another_leg_close_by_stays_another_match_where_pairings_meet_twice() {
    let world = World::new().await;
    let legs = |dates: [&str; 2]| {
        let mut text = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n".to_owned();
        for (home, away) in [("Alder", "Birch"), ("Cedar", "Dogwood"), ("Elm", "Fir")] {
            for date in dates {
                let _ = writeln!(text, "E0,{date},{home},{away},1,1,D");
            }
        }
        text
    };
    world.edition(&legs(["01/10/2022", "11/02/2023"]), 0).await;
    assert_eq!(world.matches().await.len(), 6);
    // One more pairing, listed in two documents.
    world.edition("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,04/03/2023,Gorse,Hazel,1,1,D\n", 1).await;
    let report =
        world.edition("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,08/03/2023,Gorse,Hazel,1,1,D\n", 2).await;
    assert_eq!(report.matches.new, 1, "pairings meet twice here");
    // A third meeting within days is the second under another date.
    let report =
        world.edition("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,10/03/2023,Gorse,Hazel,1,1,D\n", 3).await;
    assert_eq!((report.matches.new, report.matches.corrected), (0, 1));
}

#[tokio::test]
async fn a_match_listed_on_two_days_in_a_row_is_one() {
    let world = World::new().await;
    let text = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,31/12/2022,Alder,Birch,2,1,H\nE0,01/01/2023,Alder,Birch,2,1,H\n";
    let report = world.edition(text, 0).await;
    assert_eq!((report.matches.new, report.matches.conflicting), (1, 1));
    assert_eq!(world.findings("repeated_match").await, 1);
    world.only().await;
}

#[tokio::test]
async fn a_match_keeps_its_season_whatever_a_later_label_says() {
    let world = World::new().await;
    let labelled = |id: u32, date: &str, season: u16| {
        let mut row = fixture(id, &format!("{date}T14:00"), "FT", SIDES, Some((2, 1)));
        row["league"]["season"] = season.into();
        fixtures(&[row])
    };
    world.come("api-football", "1.json", &labelled(5, "2023-06-28", 2022), 5).await;
    // The same day and a day of July under the label of the next season, with other identifiers.
    for (n, date) in (6..).zip(["2023-06-28", "2023-07-01"]) {
        let report = world.come("api-football", "2.json", &labelled(n, date, 2023), n.into()).await;
        assert_eq!((report.matches.new, report.rejected_rows), (0, 0), "{date}");
    }
    let m = world.only().await;
    assert_eq!(m.season, Season::cross_year(2022).unwrap());
    assert_eq!(dates(&[m]), ["2023-07-01"]);
    assert_eq!(world.findings("season_label").await, 2);
    // The same pairing a year later is another match.
    let report = world.come("api-football", "3.json", &labelled(9, "2024-05-04", 2023), 400).await;
    assert_eq!(report.matches.new, 1);
}

#[tokio::test]
async fn a_kick_off_is_corrected_across_midnight() {
    let world = World::new().await;
    world.edition(&full(&["E0,13/01/2023,23:30,Alder,Birch,2,1,H,1,0,R Pine,7,6"]), 0).await;
    world.edition(&full(&["E0,14/01/2023,00:15,Alder,Birch,2,1,H,1,0,R Pine,7,6"]), 1).await;
    let m = world.only().await;
    assert_eq!(m.kickoff.at, "2023-01-14T00:15:00Z".parse::<DateTime<Utc>>().unwrap());
    world.replays_to_the_same().await;
}

const FIRST: [&str; 2] = [
    "E0,06/08/2022,15:00,Alder,Birch,2,1,H,1,0,R Pine,12,8",
    "E0,06/08/2022,15:00,Cedar,Dogwood,0,1,A,0,0,S Oak,9,9",
];
const SECOND: [&str; 2] = [
    "E0,06/08/2022,17:30,Alder,Birch,2,1,H,0,1,T Ash,14,9",
    "E0,06/08/2022,15:00,Cedar,Dogwood,3,0,H,2,0,S Oak,9,9",
];

#[tokio::test]
async fn what_may_be_corrected_is_and_a_score_waits() {
    let world = World::new().await;
    world.edition(&full(&FIRST), 0).await;
    let report = world.edition(&full(&SECOND), 10).await;
    assert_eq!((report.matches.changed, report.matches.corrected, report.matches.conflicting), (1, 1, 1));
    assert_eq!(report.rejections_by_reason.get("conflicting_score"), Some(&1));
    let matches = world.matches().await;
    assert_eq!(matches[0].kickoff.at, "2022-08-06T16:30:00Z".parse::<DateTime<Utc>>().unwrap());
    assert_eq!(matches[0].referee.as_deref(), Some("T Ash"));
    assert_eq!(matches[0].half_time.unwrap().to_string(), "0-1");
    let stats = world.store.all_stats().await.unwrap();
    assert_eq!((stats[0].1.home.shots, stats[0].1.away.shots), (Some(14), Some(9)));
    assert_eq!(matches[1].score.unwrap().to_string(), "0-1", "a score waits");
    let fields: Vec<_> = world.corrections().await.iter().map(|c| c.field).collect();
    for field in [ClaimField::Kickoff, ClaimField::HalfTime, ClaimField::Referee, ClaimField::Statistics] {
        assert!(fields.contains(&field), "{field:?}");
    }
    world.replays_to_the_same().await;
    // Reading the first edition once more does not bring its word back.
    let again = world.edition(&full(&FIRST), 20).await;
    assert_eq!((again.matches.unchanged, again.matches.corrected), (2, 0));
}

#[tokio::test]
async fn an_accepted_score_is_known_from_then_on_and_the_older_one_is_kept() {
    let world = World::new().await;
    world.edition(&full(&FIRST), 0).await;
    world.edition(&full(&SECOND), 10).await;
    let open = world.conflicts(false).await;
    let score = open.iter().find(|c| c.field == ClaimField::Score).unwrap();
    assert_eq!(
        (score.home.as_str(), score.held.as_deref(), score.claimed.as_str()),
        ("Cedar", Some("0-1"), "3-0")
    );
    assert_eq!(score.state, ConflictState::Open);
    let name = format!("{}:score", score.match_id);
    let settled = world.settle(&[&name], Decision::Accept, 30).await;
    assert_eq!((settled.settled.len(), settled.changed_matches), (1, 1));
    let m = world.matches().await.remove(1);
    assert_eq!(
        (m.score.unwrap().to_string(), m.half_time.unwrap().to_string()),
        ("3-0".into(), "2-0".into())
    );
    let corrections = world.corrections().await;
    let kept = corrections.iter().find(|c| c.field == ClaimField::Score).unwrap();
    assert_eq!(
        (kept.old.as_deref(), kept.new.as_deref(), kept.by.as_str()),
        (Some("0-1"), Some("3-0"), "a tester")
    );
    assert_eq!((kept.known_at, kept.said.at, kept.verdict), (day(30), day(10), CorrectionVerdict::Taken));
    // Again: nothing, and nothing of the old documents undoes it.
    let again = world.settle(&[&name], Decision::Accept, 40).await;
    assert_eq!((again.settled.len(), again.already), (0, 1));
    assert_eq!(world.conflicts(false).await, []);
    world.replays_to_the_same().await;
}

#[tokio::test]
async fn what_is_kept_is_not_asked_about_again_until_the_source_says_something_else() {
    let world = World::new().await;
    world.edition(&full(&FIRST), 0).await;
    world.edition(&full(&SECOND), 10).await;
    let hash = world.hash().await;
    let open: Vec<String> = world.conflicts(false).await.into_iter().map(|c| c.id).collect();
    let names: Vec<&str> = open.iter().map(String::as_str).collect();
    assert!(!names.is_empty());
    let settled = world.settle(&names, Decision::Keep, 30).await;
    assert_eq!((settled.settled.len(), settled.changed_matches), (names.len(), 0));
    assert_eq!(world.settle(&names, Decision::Keep, 31).await.already, names.len() as u64);
    assert_eq!(world.hash().await, hash);
    assert_eq!(world.conflicts(false).await, []);
    assert!(world.conflicts(true).await.iter().any(|c| c.state == ConflictState::Kept));
    world.edition(&full(&SECOND), 40).await;
    assert_eq!(world.conflicts(false).await, []);
    let third = [SECOND[0], "E0,06/08/2022,15:00,Cedar,Dogwood,4,0,H,2,0,S Oak,9,9"];
    world.edition(&full(&third), 50).await;
    let asked: Vec<_> = world.conflicts(false).await.into_iter().map(|c| (c.field, c.claimed)).collect();
    assert!(asked.contains(&(ClaimField::Score, "4-0".to_owned())), "{asked:?}");
}

#[tokio::test]
async fn a_source_that_goes_back_to_its_first_word_closes_the_conflict() {
    let world = World::new().await;
    world.edition(&full(&FIRST), 0).await;
    world.edition(&full(&SECOND), 10).await;
    assert!(!world.conflicts(false).await.is_empty());
    let back = [SECOND[0], "E0,06/08/2022,15:00,Cedar,Dogwood,0,1,A,0,0,S Oak,9,10"];
    world.edition(&full(&back), 20).await;
    assert_eq!(world.conflicts(false).await, []);
}

#[tokio::test]
async fn newer_wins_takes_scores_too() {
    let world = World::of(CorrectionRules::all(CorrectionRule::Newer)).await;
    world.edition(&full(&FIRST), 0).await;
    let report = world.edition(&full(&SECOND), 10).await;
    assert_eq!((report.matches.corrected, report.matches.conflicting), (2, 0));
    let alone = World::new().await;
    alone.edition(&full(&SECOND), 0).await;
    assert_eq!(world.hash().await, alone.hash().await);
    world.replays_to_the_same().await;
}

#[tokio::test]
async fn all_open_conflicts_of_a_field_are_accepted_at_once() {
    let world = World::of(CorrectionRules::all(CorrectionRule::Ask)).await;
    world.edition(&full(&FIRST), 0).await;
    world.edition(&full(&SECOND), 10).await;
    let open = world.conflicts(false).await;
    assert!(open.len() >= 5, "{open:?}");
    let clock = FixedClock(day(20));
    let by = (&world.order, "a tester", &clock as _);
    let filter = ConflictFilter {
        field: Some(ClaimField::Referee),
        league: Some("E0".into()),
        ..ConflictFilter::default()
    };
    let settled = settle(&world.store, &[], &filter, Decision::Accept, by).await.unwrap();
    assert_eq!(settled.settled.len(), 1);
    settle(&world.store, &[], &ConflictFilter::default(), Decision::Accept, by).await.unwrap();
    assert_eq!(world.conflicts(false).await, []);
    let alone = World::new().await;
    alone.edition(&full(&SECOND), 0).await;
    assert_eq!(world.hash().await, alone.hash().await);
    let unknown = ConflictFilter { league: Some("XX".into()), ..ConflictFilter::default() };
    assert!(list_conflicts(&world.store, &unknown, &world.order).await.is_err());
    let nothing: Vec<_> = vec!["9999:score".parse().unwrap()];
    assert!(settle(&world.store, &nothing, &ConflictFilter::default(), Decision::Keep, by).await.is_err());
}

/// An answer of API-Football to /fixtures.
fn fixtures(rows: &[serde_json::Value]) -> String {
    serde_json::json!({"get": "fixtures", "parameters": {}, "errors": [], "results": rows.len(),
        "paging": {"current": 1, "total": 1}, "response": rows})
    .to_string()
}

fn fixture(
    id: u32,
    date: &str,
    status: &str,
    sides: [(u32, &str); 2],
    goals: Option<(u8, u8)>,
) -> serde_json::Value {
    let score =
        |goals: Option<(u8, u8)>| serde_json::json!({"home": goals.map(|g| g.0), "away": goals.map(|g| g.1)});
    let [home, away] = sides;
    serde_json::json!({
        "fixture": {"id": id, "referee": null, "timezone": "UTC", "date": format!("{date}:00+00:00"),
            "status": {"long": "", "short": status, "elapsed": 90}},
        "league": {"id": 39, "name": "Premier League", "country": "England", "season": 2023, "round": "Regular Season - 1"},
        "teams": {"home": {"id": home.0, "name": home.1}, "away": {"id": away.0, "name": away.1}},
        "goals": score(goals),
        "score": {"halftime": score(None), "fulltime": score(goals), "extratime": score(None), "penalty": score(None)}
    })
}

const SIDES: [(u32, &str); 2] = [(71, "Alder"), (72, "Birch")];

#[tokio::test]
async fn a_source_takes_back_a_result() {
    let played = fixtures(&[fixture(5, "2023-09-02T14:00", "FT", SIDES, Some((2, 0)))]);
    let annulled = fixtures(&[fixture(5, "2023-09-02T14:00", "CANC", SIDES, None)]);
    let world = World::new().await;
    world.come("api-football", "1.json", &played, 70).await;
    let report = world.come("api-football", "2.json", &annulled, 80).await;
    assert_eq!(report.matches.conflicting, 1);
    assert_eq!(world.only().await.status, MatchStatus::Finished, "it is asked about");
    let open = world.conflicts(false).await;
    let names: Vec<&str> = open.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(open[0].claimed, "cancelled");
    world.settle(&names, Decision::Accept, 90).await;
    let m = world.only().await;
    assert_eq!((m.status, m.score), (MatchStatus::Cancelled, None));
    world.replays_to_the_same().await;

    let world = World::of(CorrectionRules::all(CorrectionRule::Newer)).await;
    world.come("api-football", "1.json", &played, 70).await;
    world.come("api-football", "2.json", &annulled, 80).await;
    let m = world.only().await;
    assert_eq!((m.status, m.score), (MatchStatus::Cancelled, None));
    let taken: Vec<_> = world.corrections().await.into_iter().map(|c| (c.field, c.old, c.new)).collect();
    assert!(taken.contains(&(ClaimField::Score, Some("2-0".to_owned()), None)), "{taken:?}");
    // Awarded afterwards.
    let awarded = fixtures(&[fixture(5, "2023-09-02T14:00", "AWD", SIDES, Some((0, 3)))]);
    world.come("api-football", "3.json", &awarded, 90).await;
    let m = world.only().await;
    assert_eq!((m.status, m.score.map(|s| s.to_string())), (MatchStatus::Awarded, Some("0-3".to_owned())));
    world.replays_to_the_same().await;
}

#[tokio::test]
async fn a_list_that_knows_no_result_yet_takes_none_back() {
    let world = World::of(CorrectionRules::all(CorrectionRule::Newer)).await;
    world
        .come(
            "api-football",
            "1.json",
            &fixtures(&[fixture(5, "2023-09-02T14:00", "FT", SIDES, Some((2, 0)))]),
            70,
        )
        .await;
    for status in ["NS", "TBD", "PST"] {
        let list = fixtures(&[fixture(5, "2023-09-02T14:00", status, SIDES, None)]);
        let report = world.come("api-football", "2.json", &list, 80).await;
        assert_eq!(report.matches.unchanged, 1, "{status}");
        assert_eq!(world.only().await.status, MatchStatus::Finished);
    }
}

#[tokio::test]
async fn an_identifier_of_a_team_tells_a_new_name_from_a_new_team() {
    let world = World::new().await;
    let one = |id: u32, date: &str, sides| fixture(id, date, "NS", sides, None);
    let first =
        [one(5, "2023-09-02T14:00", SIDES), one(6, "2023-09-09T14:00", [(73, "Cedar"), (71, "Alder")])];
    world.come("api-football", "1.json", &fixtures(&first), 0).await;
    // Both sides of a held match have new names, and a match that is new names one of them.
    let later = [
        one(5, "2023-09-02T14:00", [(71, "Alder Town"), (72, "Birch Rovers")]),
        one(7, "2023-09-16T14:00", [(72, "Birch Rovers"), (73, "Cedar")]),
    ];
    let report = world.come("api-football", "2.json", &fixtures(&later), 1).await;
    assert_eq!(report.matches.new, 1);
    let matches = world.matches().await;
    assert_eq!(matches.len(), 3);
    let teams: std::collections::BTreeSet<_> = matches.iter().flat_map(|m| [m.home, m.away]).collect();
    assert_eq!(teams.len(), 3, "no team is new");
    // Findings are kept once per row.
    assert_eq!(world.findings("renamed_team").await, 1);
    // A name with another identifier is another team.
    let other = [one(8, "2023-09-23T14:00", [(74, "Dogwood"), (71, "Alder Town")])];
    world.come("api-football", "3.json", &fixtures(&other), 2).await;
    let matches = world.matches().await;
    let teams: std::collections::BTreeSet<_> = matches.iter().flat_map(|m| [m.home, m.away]).collect();
    assert_eq!(teams.len(), 4);
}

#[tokio::test]
async fn a_swap_of_sides_and_a_second_listing_make_no_second_match() {
    let world = World::new().await;
    world
        .come("api-football", "1.json", &fixtures(&[fixture(5, "2023-09-02T14:00", "NS", SIDES, None)]), 0)
        .await;
    let before = world.only().await;
    let swapped = [SIDES[1], SIDES[0]];
    world
        .come("api-football", "2.json", &fixtures(&[fixture(5, "2023-09-02T14:00", "NS", swapped, None)]), 1)
        .await;
    let after = world.only().await;
    assert_eq!((after.id, after.home, after.away), (before.id, before.away, before.home));
    let twice = [
        fixture(9, "2023-10-02T14:00", "PST", [(75, "Elm"), (76, "Fir")], None),
        fixture(9, "2023-12-02T14:00", "FT", [(75, "Elm"), (76, "Fir")], Some((1, 1))),
    ];
    world.come("api-football", "3.json", &fixtures(&twice), 200).await;
    let matches = world.matches().await;
    assert_eq!(matches.len(), 2);
    assert_eq!(matches[1].id, MatchId(before.id.0 + 1));
    assert_eq!(matches[1].score.unwrap().to_string(), "1-1");
}

/// An answer to /fixtures/statistics: the shots of both sides of fixture 5.
fn shots(home: u32, away: u32) -> String {
    let of = |(id, name): (u32, &str), shots: u32| {
        serde_json::json!({"team": {"id": id, "name": name},
            "statistics": [{"type": "Total Shots", "value": shots}]})
    };
    serde_json::json!({"get": "fixtures/statistics", "parameters": {"fixture": "5"}, "errors": [], "results": 2,
        "paging": {"current": 1, "total": 1}, "response": [of(SIDES[0], home), of(SIDES[1], away)]})
    .to_string()
}

#[tokio::test]
async fn counts_say_nothing_of_a_score_that_waits() {
    let world = World::new().await;
    for (name, goals, on) in [("1.json", (2, 0), 70), ("2.json", (3, 0), 80)] {
        let played = fixtures(&[fixture(5, "2023-09-02T14:00", "FT", SIDES, Some(goals))]);
        world.come("api-football", name, &played, on).await;
    }
    let open = world.conflicts(false).await;
    assert_eq!(open.iter().map(|c| c.claimed.as_str()).collect::<Vec<_>>(), ["3-0"]);
    world.come("api-football", "3.json", &shots(12, 8), 90).await;
    assert_eq!(world.conflicts(false).await, open);
}

#[tokio::test]
async fn counts_of_both_sides_are_one_word_of_their_source() {
    let order = SourceOrder::new(["football-data", "api-football"].map(str::to_owned).to_vec());
    let world = World { order, ..World::new().await };
    let row = full(&["E0,02/09/2023,15:00,Alder,Birch,2,0,H,1,0,A Man,12,8"]);
    world.come("football-data", "2324/E0.csv", &row, 65).await;
    let played = fixtures(&[fixture(5, "2023-09-02T14:00", "FT", SIDES, Some((2, 0)))]);
    world.come("api-football", "1.json", &played, 70).await;
    let m = world.only().await;
    let mut seen = Vec::new();
    for on in [71, 72, 73] {
        world.come("api-football", "2.json", &shots(13, 9), on).await;
        let claims = world.store.claims_of(&[(m.league, m.season)]).await.unwrap();
        let of_counts =
            claims.into_iter().find(|c| c.field == ClaimField::Statistics && c.source == "api-football");
        let counts = touchline_domain::statistics_of(&of_counts.expect("another word").value).unwrap();
        seen.push((counts.home.shots, counts.away.shots));
    }
    assert_eq!(seen, [(Some(13), Some(9)); 3]);
}
