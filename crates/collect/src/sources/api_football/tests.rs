#![expect(clippy::needless_pass_by_value, reason = "helpers take what `json!` makes")]

use super::*;
use crate::{SourceFact, SourceMatch};
use serde_json::json;
use touchline_domain::{InjuryKind, Kickoff, KickoffPrecision, LineupKind, MatchStatus, Position, Score};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 6, 1).unwrap()
}

fn parse(root: &Value) -> Result<Parsed, DocumentError> {
    let bytes = root.to_string();
    ApiFootball.parse(&Document { name: "answer.json", bytes: bytes.as_bytes() }, today())
}

fn answer(get: &str, parameters: Value, response: Value) -> Value {
    json!({"get": get, "parameters": parameters, "errors": [], "response": response})
}

fn goals(home: Value, away: Value) -> Value {
    json!({"home": home, "away": away})
}

/// A fixture with this status, `goals`, and score after 90 minutes.
fn fixture(status: &str, goals: Value, full: Value) -> Value {
    json!({
        "fixture": {
            "id": 77, "referee": "A. Whistle", "date": "2023-09-02T14:00:00+00:00",
            "status": {"short": status}
        },
        "league": {"id": 40, "name": "Second League", "country": "England", "season": 2023},
        "teams": {"home": {"id": 1, "name": "Ashford"}, "away": {"id": 2, "name": "Brindle"}},
        "goals": goals,
        "score": {"halftime": {"home": 1, "away": 0}, "fulltime": full}
    })
}

fn read_one(row: Value) -> Result<SourceMatch, RejectionKind> {
    let mut parsed = parse(&answer("fixtures", json!([]), json!([row]))).unwrap();
    assert_eq!((parsed.rows, parsed.matches.len() + parsed.rejections.len()), (1, 1));
    parsed.matches.pop().ok_or_else(|| parsed.rejections[0].kind)
}

#[test]
fn a_finished_match_is_read() {
    let parsed = parse(&answer(
        "fixtures",
        json!({"league": "40"}),
        json!([fixture("FT", goals(2.into(), 1.into()), goals(2.into(), 1.into()))]),
    ));
    let parsed = parsed.unwrap();
    let league = &parsed.leagues[0];
    assert_eq!(
        (&*league.code, &*league.country, league.level, &*league.source),
        ("af.40", "England", 2, NAME)
    );
    let m = &parsed.matches[0];
    assert_eq!((&*m.home, &*m.away, m.season.to_string()), ("Ashford", "Brindle", "2023-24".to_owned()));
    assert_eq!((m.status, m.score), (MatchStatus::Finished, Some(Score { home: 2, away: 1 })));
    assert_eq!(m.half_time, Some(Score { home: 1, away: 0 }));
    assert_eq!((m.external_id.as_deref(), m.referee.as_deref()), (Some("77"), Some("A. Whistle")));
    assert_eq!(m.kickoff, Kickoff::at("2023-09-02T14:00:00Z".parse().unwrap()));
}

#[test]
fn after_extra_time_the_score_is_that_of_the_90_minutes() {
    for status in ["AET", "PEN"] {
        let m = read_one(fixture(status, goals(3.into(), 2.into()), goals(2.into(), 2.into()))).unwrap();
        assert_eq!(m.score, Some(Score { home: 2, away: 2 }), "{status}");
        let without = read_one(fixture(status, goals(3.into(), 2.into()), goals(Value::Null, Value::Null)));
        assert_eq!(without, Err(RejectionKind::MalformedScore), "{status}");
    }
    let differing = read_one(fixture("FT", goals(3.into(), 2.into()), goals(2.into(), 2.into())));
    assert_eq!(differing, Err(RejectionKind::ContradictoryResult));
}

#[test]
fn statuses_are_those_of_the_product() {
    let of = |status: &str| {
        read_one(fixture(status, goals(1.into(), 0.into()), goals(1.into(), 0.into())))
            .map(|m| (m.status, m.score.is_some()))
    };
    for (status, wanted, scored) in [
        ("NS", MatchStatus::Scheduled, false),
        ("1H", MatchStatus::Live, false),
        ("SUSP", MatchStatus::Live, false),
        ("PST", MatchStatus::Postponed, false),
        ("CANC", MatchStatus::Cancelled, false),
        ("ABD", MatchStatus::Abandoned, false),
        ("AWD", MatchStatus::Awarded, true),
        ("WO", MatchStatus::Awarded, true),
    ] {
        assert_eq!(of(status), Ok((wanted, scored)), "{status}");
    }
    assert_eq!(of("XX"), Err(RejectionKind::UnknownStatus));
    let undefined =
        read_one(fixture("TBD", goals(Value::Null, Value::Null), goals(Value::Null, Value::Null))).unwrap();
    assert_eq!(undefined.kickoff.precision, KickoffPrecision::Day);
}

#[test]
fn a_match_that_makes_no_sense_is_refused() {
    let good = || fixture("FT", goals(2.into(), 1.into()), goals(2.into(), 1.into()));
    let with = |path: &str, value: Value| {
        let mut row = good();
        *row.pointer_mut(path).unwrap() = value;
        read_one(row).unwrap_err()
    };
    assert_eq!(with("/fixture/id", Value::Null), RejectionKind::MalformedId);
    assert_eq!(with("/fixture/date", json!("2023-09-02")), RejectionKind::MalformedDate);
    assert_eq!(with("/fixture/date", json!("2025-09-02T14:00:00+00:00")), RejectionKind::FutureResult);
    assert_eq!(with("/fixture/date", json!("2021-09-02T14:00:00+00:00")), RejectionKind::DateOutsideSeason);
    assert_eq!(with("/league/season", json!("next")), RejectionKind::MalformedSeason);
    assert_eq!(with("/league/country", Value::Null), RejectionKind::UnknownLeague);
    assert_eq!(with("/teams/away/name", json!("Ashford")), RejectionKind::SameTeam);
    assert_eq!(with("/teams/home/name", Value::Null), RejectionKind::MissingTeam);
    assert_eq!(with("/goals/home", json!(120)), RejectionKind::ScoreOutOfRange);
    assert_eq!(with("/score/fulltime/home", json!("2")), RejectionKind::MalformedScore);
}

fn player_of(id: u64, pos: Value, number: Value) -> Value {
    json!({"player": {"id": id, "name": format!("Player {id}"), "number": number, "pos": pos, "grid": null}})
}

fn lineup(start: Value, formation: Value) -> Value {
    json!({"team": {"id": 1, "name": "Ashford"}, "formation": formation, "startXI": start,
        "substitutes": [player_of(99, json!("F"), json!(12))]})
}

fn read_lineup(row: Value) -> Parsed {
    parse(&answer("fixtures/lineups", json!({"fixture": "77"}), json!([row]))).unwrap()
}

#[test]
fn a_line_up_is_read_in_its_order() {
    let start = json!([player_of(5, json!("G"), json!(1)), player_of(3, json!("M"), Value::Null)]);
    let parsed = read_lineup(lineup(start, json!("4-3-3")));
    assert_eq!(parsed.rejections, []);
    let found = &parsed.facts[0];
    assert_eq!((found.line, &*found.external_id, &*found.team), (1, "77", "Ashford"));
    let SourceFact::Lineup { kind, formation, squad } = &found.fact else { panic!("{found:?}") };
    assert_eq!((*kind, formation.as_ref().unwrap().name()), (LineupKind::Confirmed, "4-3-3"));
    let starters: Vec<_> = squad.starters().iter().map(|l| (&**l.player.id(), l.position, l.shirt)).collect();
    assert_eq!(
        starters,
        [("5", Some(Position::Goalkeeper), Some(1)), ("3", Some(Position::Midfielder), None)]
    );
    assert_eq!(squad.substitutes().len(), 1);
}

#[test]
fn what_is_wrong_with_one_player_costs_that_player_alone() {
    use RejectionKind::{MalformedFormation, MalformedPlayer};
    let start = json!([
        player_of(5, json!("G"), json!(1)),
        player_of(0, json!("D"), json!(2)),
        player_of(6, json!("libero"), json!(700)),
    ]);
    let parsed = read_lineup(lineup(start, json!("4-4-9")));
    let SourceFact::Lineup { formation: None, squad, .. } = &parsed.facts[0].fact else { panic!() };
    assert_eq!(squad.starters().len(), 2);
    let kinds: Vec<_> = parsed.rejections.iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [MalformedPlayer, MalformedPlayer, MalformedPlayer, MalformedFormation]);
    assert!(kinds.iter().all(|kind| kind.keeps_match()));
}

#[test]
fn what_is_no_line_up_is_refused() {
    let refused = |row: Value| {
        let parsed = read_lineup(row);
        assert_eq!(parsed.facts, []);
        parsed.rejections[0].kind
    };
    let twelve: Vec<Value> = (1..13).map(|n| player_of(n, json!("D"), json!(n))).collect();
    assert_eq!(refused(lineup(json!(twelve), Value::Null)), RejectionKind::MalformedLineup);
    assert_eq!(
        refused(lineup(json!([player_of(99, json!("D"), json!(1))]), Value::Null)),
        RejectionKind::MalformedLineup
    );
    assert_eq!(refused(lineup(Value::Null, Value::Null)), RejectionKind::MalformedLineup);
    let mut nobodys = lineup(json!([player_of(1, json!("D"), json!(1))]), Value::Null);
    nobodys["team"] = Value::Null;
    assert_eq!(refused(nobodys), RejectionKind::MissingTeam);
    let early = read_lineup(lineup(json!([]), Value::Null));
    assert_eq!((early.rows, early.empty_rows, early.rejections.len()), (0, 1, 0));
    let of_nothing = parse(&answer("fixtures/lineups", json!([]), json!([])));
    assert!(matches!(of_nothing, Err(DocumentError::Json(_))), "{of_nothing:?}");
}

#[test]
fn absences_are_read_and_those_of_no_fixture_are_refused() {
    let row = |kind: &str, fixture: Value| {
        json!({
            "player": {"id": 9, "name": "B. Player", "type": kind, "reason": "Knee Injury"},
            "team": {"id": 2, "name": "Brindle"}, "fixture": fixture, "league": {"id": 40}
        })
    };
    let rows = json!([
        row("Missing Fixture", json!({"id": 77})),
        row("Questionable", json!({"id": 77})),
        row("Missing Fixture", Value::Null),
        row("Back soon", json!({"id": 77})),
    ]);
    let parsed = parse(&answer("injuries", json!({"league": "40"}), rows)).unwrap();
    let found: Vec<_> = parsed
        .facts
        .iter()
        .map(|f| match &f.fact {
            SourceFact::Injury { player, kind, reason } => (f.line, &**player.id(), *kind, reason.as_deref()),
            other => panic!("{other:?}"),
        })
        .collect();
    let reason = Some("Knee Injury");
    assert_eq!(found, [(1, "9", InjuryKind::Missing, reason), (2, "9", InjuryKind::Questionable, reason)]);
    let refused: Vec<_> = parsed.rejections.iter().map(|r| (r.line, r.kind)).collect();
    assert_eq!(refused, [(3, RejectionKind::MissingFixture), (4, RejectionKind::MalformedInjury)]);
}

#[test]
fn statistics_are_read_as_numbers_shares_and_texts() {
    let entry = |name: &str, value: Value| json!({"type": name, "value": value});
    let row = json!({"team": {"id": 1, "name": "Ashford"}, "statistics": [
        entry("Total Shots", json!(9)), entry("Shots on Goal", Value::Null), entry("Ball Possession", json!("39%")),
        entry("expected_goals", json!("1.25")), entry("Red Cards", json!(-1)), entry("Passes %", json!("80%")),
    ]});
    let parsed = parse(&answer("fixtures/statistics", json!({"fixture": "77"}), json!([row]))).unwrap();
    let SourceFact::Stats(stats) = &parsed.facts[0].fact else { panic!() };
    assert_eq!((stats.shots, stats.shots_on_target, stats.red_cards), (Some(9), None, None));
    assert_eq!((stats.possession, stats.expected_goals), (Some(39.0), Some(1.25)));
    assert_eq!(parsed.rejections[0].kind, RejectionKind::MalformedStatistic);
}

#[test]
fn the_beginning_of_an_answer_says_whether_it_lists_matches() {
    assert!(ApiFootball::lists_matches(br#"{ "get" : "fixtures", "parameters": {}"#));
    assert!(ApiFootball::lists_matches(br#"{"get":"fixtures\/headtohead","#));
    for other in [r#"{"get":"fixtures\/lineups","#, r#"{"get":"injuries"}"#, ""] {
        assert!(!ApiFootball::lists_matches(other.as_bytes()), "{other}");
    }
}

#[test]
fn errors_that_come_with_status_200_are_errors() {
    for errors in [json!({"plan": "no access"}), json!(["no access"]), json!("no access")] {
        let mut root = answer("fixtures", json!([]), json!([]));
        root["errors"] = errors;
        match parse(&root) {
            Err(error @ DocumentError::Provider(_)) => {
                assert!(error.to_string().contains("no access"), "{error}");
            }
            other => panic!("{other:?}"),
        }
    }
    let other = parse(&answer("odds", json!([]), json!([]))).unwrap_err().to_string();
    assert!(other.contains("odds") && other.contains("fixtures/lineups"), "{other}");
}
