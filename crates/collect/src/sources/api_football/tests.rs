#![expect(clippy::needless_pass_by_value, reason = "helpers take what `json!` makes")]

use super::*;
use crate::{SourceEvent, SourceFact, SourceFacts, SourceMatch};
use serde_json::json;
use touchline_domain::{
    CompetitionKind, DecimalOdds, EventKind, InjuryKind, Kickoff, KickoffPrecision, LineupKind, MarketType,
    MatchStatus, NATIONAL_TEAMS, Position, Score,
};

fn collected_at() -> DateTime<Utc> {
    "2024-06-01T12:00:00Z".parse().unwrap()
}

fn parse(root: &Value) -> Result<Parsed, DocumentError> {
    let bytes = root.to_string();
    ApiFootball.parse(&Document { name: "answer.json", bytes: bytes.as_bytes() }, collected_at())
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
fn qualifiers_are_of_the_season_that_the_source_names() {
    let mut row = fixture("FT", goals(2.into(), 1.into()), goals(2.into(), 1.into()));
    row["league"] = json!({
        "id": 34, "name": "World Cup - Qualification South America", "country": "World", "season": 2026,
        "round": "Regular Season - 1"
    });
    let parsed = parse(&answer("fixtures", json!([]), json!([row.clone()]))).unwrap();
    let league = &parsed.leagues[0];
    assert_eq!((league.kind, league.country.as_str()), (CompetitionKind::Qualifiers, NATIONAL_TEAMS));
    assert_eq!(parsed.matches[0].season.to_string(), "2026");
    assert_eq!(parsed.matches[0].setting.round.as_deref(), Some("Regular Season - 1"));
    row["fixture"]["date"] = json!("2020-09-02T14:00:00+00:00");
    assert_eq!(read_one(row), Err(RejectionKind::DateOutsideSeason));
}

#[test]
fn a_cup_match_says_how_it_was_decided() {
    let of = |status: &str, extra: Value, penalty: Value| {
        let mut row = fixture(status, goals(3.into(), 3.into()), goals(2.into(), 2.into()));
        row["league"] = json!({
            "id": 48, "name": "Some Cup", "country": "England", "season": 2023, "round": "Group A - 2"
        });
        row["score"]["extratime"] = extra;
        row["score"]["penalty"] = penalty;
        read_one(row).unwrap().setting
    };
    let one = goals(1.into(), 1.into());
    let decided = of("PEN", one.clone(), goals(4.into(), 2.into()));
    assert_eq!(decided.after_extra_time, Some(Score { home: 3, away: 3 }));
    assert_eq!(decided.shootout, Some(Score { home: 4, away: 2 }));
    assert_eq!((decided.group.as_deref(), decided.stage), (Some("Group A"), None));
    assert!(!decided.neutral_ground, "the source does not say");
    // What is no shoot-out costs nothing but itself.
    assert_eq!(of("PEN", one.clone(), goals(4.into(), 4.into())).shootout, None);
    assert_eq!(of("PEN", one, goals("4".into(), 4.into())).shootout, None);
    assert_eq!(of("PEN", Value::Null, Value::Null).after_extra_time, None);
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
    assert_eq!((found.line, &*found.external_id, found.team.as_deref()), (1, "77", Some("Ashford")));
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
    let other = parse(&answer("standings", json!([]), json!([]))).unwrap_err().to_string();
    assert!(other.contains("standings") && other.contains("fixtures/lineups"), "{other}");
}

fn event(kind: &str, detail: &str) -> Value {
    json!({"time": {"elapsed": 45, "extra": 2}, "team": {"id": 1, "name": "Ashford"},
        "player": {"id": 9, "name": "B. Player"}, "assist": {"id": null, "name": null},
        "type": kind, "detail": detail, "comments": null})
}

fn read_events(rows: Value) -> Parsed {
    parse(&answer("fixtures/events", json!({"fixture": "77"}), rows)).unwrap()
}

#[test]
fn events_are_read_in_their_order() {
    use EventKind::{Goal, MissedPenalty, OwnGoal, Penalty, Red, SecondYellow, Substitution, Yellow};
    let kinds = [
        ("Goal", "Normal Goal", Goal),
        ("Goal", "Own Goal", OwnGoal),
        ("Goal", "Penalty", Penalty),
        ("Goal", "Missed Penalty", MissedPenalty),
        ("Card", "Yellow Card", Yellow),
        ("Card", "Second Yellow card", SecondYellow),
        ("Card", "Red Card", Red),
        ("subst", "Substitution 3", Substitution),
    ];
    let rows: Vec<Value> = kinds.iter().map(|(kind, detail, _)| event(kind, detail)).collect();
    let parsed = read_events(json!(rows));
    assert_eq!((parsed.rows, parsed.rejections.len()), (8, 0));
    let found: Vec<&SourceEvent> = parsed
        .facts
        .iter()
        .map(|fact| match &fact.fact {
            SourceFact::Event(event) => event,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(found.iter().map(|e| e.kind).collect::<Vec<_>>(), kinds.map(|(_, _, kind)| kind));
    let first = found[0];
    assert_eq!((first.minute, first.stoppage, first.related.is_none()), (45, Some(2), true));
    assert_eq!(first.player.as_ref().map(|p| p.id().to_string()).as_deref(), Some("9"));
    assert_eq!(parsed.facts[0].team.as_deref(), Some("Ashford"));
    assert_eq!(parsed.payloads.keys().copied().collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    let kept: Value = serde_json::from_str(&parsed.payloads[&2]).unwrap();
    assert_eq!(kept, rows[1]);
}

#[test]
fn what_is_not_an_event_of_the_match_is_passed_over_and_what_is_malformed_is_refused() {
    let mut shoot_out = event("Goal", "Penalty");
    shoot_out["comments"] = json!("Penalty Shootout");
    let mut early = event("Card", "Yellow Card");
    early["time"] = json!({"elapsed": -5, "extra": null});
    let mut long = event("Card", "Yellow Card");
    long["time"]["extra"] = json!(90);
    let parsed =
        read_events(json!([shoot_out, event("Var", "Goal cancelled"), event("Goal", "Header"), early, long]));
    assert_eq!((parsed.rows, parsed.empty_rows, parsed.facts.len()), (3, 2, 0));
    let refused: Vec<_> = parsed.rejections.iter().map(|r| (r.line, r.kind)).collect();
    assert_eq!(refused, [3, 4, 5].map(|line| (line, RejectionKind::MalformedEvent)));
    assert!(parsed.payloads.is_empty());
    let part = answer("fixtures/events", json!({"fixture": "77", "type": "Goal"}), json!([]));
    let error = parse(&part).unwrap_err().to_string();
    assert!(error.contains("only the events of one type"), "{error}");
}

fn quotes(parsed: &Parsed) -> Vec<(MarketType, Option<i16>, [Option<u32>; 3])> {
    let shown = |fact: &SourceFacts| match &fact.fact {
        SourceFact::Odds(q) => (q.market, q.line_quarters, q.prices.map(|p| p.map(DecimalOdds::thousandths))),
        SourceFact::InPlay(q) => {
            (q.market, q.line_quarters, q.prices.map(|p| p.map(DecimalOdds::thousandths)))
        }
        other => panic!("{other:?}"),
    };
    parsed.facts.iter().map(shown).collect()
}

#[test]
fn prices_before_kick_off_are_read_by_bookmaker_market_and_line() {
    use MarketType::{AsianHandicap, BothTeamsScore, OneXTwo, OverUnder};

    let value = |value: &str, odd: &str| json!({"value": value, "odd": odd});
    let bet = |name: &str, values: Vec<Value>| json!({"id": 1, "name": name, "values": values});
    let row = json!({"fixture": {"id": 77}, "update": "2024-05-31T10:00:00+02:00", "bookmakers": [
        {"id": 8, "name": "Bookie", "bets": [
            bet("Match Winner", vec![value("Home", "2.10"), value("Draw", "3.4"), value("Away", "3.25")]),
            bet("Asian Handicap", vec![value("Home -0.25", "1.9"), value("Away -0.25", "1.95"), value("Home +0", "1.5")]),
            bet("Goals Over/Under", vec![value("Over 2.5", "1.85"), value("Under 2.5", "1.00"), value("Over 2.1", "2")]),
            bet("Both Teams Score", vec![value("Yes", "1.8"), value("No", "1.9"), value("No", "1.95")]),
            bet("Odd/Even", vec![value("Odd", "1.8")]),
        ]},
        {"id": 9, "name": null, "bets": []},
    ]});
    let parsed = parse(&answer("odds", json!({"league": "40"}), json!([row]))).unwrap();
    assert_eq!(
        quotes(&parsed),
        [
            (OneXTwo, None, [Some(2100), Some(3400), Some(3250)]),
            (AsianHandicap, Some(-1), [Some(1900), None, Some(1950)]),
            (AsianHandicap, Some(0), [Some(1500), None, None]),
            (OverUnder, Some(10), [Some(1850), None, None]),
            (BothTeamsScore, None, [Some(1800), None, Some(1900)]),
        ]
    );
    assert_eq!(parsed.rejections.len(), 4, "{:?}", parsed.rejections);
    assert!(parsed.rejections.iter().all(|r| r.kind == RejectionKind::MalformedOdds && r.line == 1));
    let SourceFact::Odds(first) = &parsed.facts[0].fact else { panic!() };
    assert_eq!((&*first.bookmaker, first.known_at_imputed), ("Bookie", false));
    assert_eq!(first.known_at, "2024-05-31T08:00:00Z".parse::<DateTime<Utc>>().unwrap());
}

#[test]
fn prices_are_known_no_later_than_their_answer() {
    let row = |update: Value| {
        let bets = json!([{"name": "Match Winner", "values": [{"value": "Home", "odd": "2.10"}]}]);
        json!({"fixture": {"id": 77}, "update": update, "bookmakers": [{"name": "Bookie", "bets": bets}]})
    };
    let rows = json!([row(json!("2030-01-01T00:00:00Z")), row(Value::Null)]);
    let parsed = parse(&answer("odds", json!([]), rows)).unwrap();
    for fact in &parsed.facts {
        let SourceFact::Odds(quote) = &fact.fact else { panic!() };
        assert_eq!(quote.known_at, collected_at());
    }
    let nobodys = parse(&answer("odds", json!([]), json!([{"fixture": {"id": null}}]))).unwrap();
    assert_eq!(nobodys.rejections[0].kind, RejectionKind::MissingFixture);
}

#[test]
fn live_prices_are_prices_of_the_running_match() {
    let value = |value: &str, odd: &str, handicap: Value, suspended: bool| json!({"value": value, "odd": odd, "handicap": handicap, "suspended": suspended});
    let row = json!({"fixture": {"id": 77}, "update": "2024-05-31T10:00:00Z", "odds": [
        {"name": "Fulltime Result", "values": [
            value("Home", "1.3", Value::Null, false), value("Draw", "4.333", Value::Null, true)]},
        {"name": "Both Teams to Score", "values": [
            value("Yes", "1.6", Value::Null, false), value("No", "2.3", Value::Null, false)]},
        {"name": "Match Goals", "values": [value("Over", "1.6", json!("2"), false)]},
        {"name": "Asian Handicap", "values": [value("Home", "1.6", json!("-1"), false)]},
    ]});
    let parsed = parse(&answer("odds/live", json!({"fixture": "77"}), json!([row]))).unwrap();
    assert_eq!(
        quotes(&parsed),
        [
            (MarketType::OneXTwo, None, [Some(1300), None, None]),
            (MarketType::BothTeamsScore, None, [Some(1600), None, Some(2300)]),
        ]
    );
    assert!(parsed.facts.iter().all(|fact| matches!(fact.fact, SourceFact::InPlay(_))));
    assert_eq!(parsed.rejections, []);
}

#[test]
fn an_odd_half_time_score_costs_only_itself() {
    for half in
        [json!({"home": null, "away": 1}), json!({"home": "x", "away": 0}), json!({"home": 9, "away": 0})]
    {
        let mut row = fixture("FT", goals(json!(2), json!(1)), goals(json!(2), json!(1)));
        row["score"]["halftime"] = half;
        let parsed = parse(&answer("fixtures", json!({}), json!([row]))).unwrap();
        assert_eq!((parsed.matches.len(), parsed.matches[0].half_time), (1, None));
        assert_eq!(parsed.rejections[0].kind, RejectionKind::MalformedHalfTime);
    }
    let mut row = fixture("FT", goals(json!(2), json!(1)), goals(json!(2), json!(1)));
    row["score"]["halftime"] = json!({"home": null, "away": null});
    assert_eq!(parse(&answer("fixtures", json!({}), json!([row]))).unwrap().rejections, []);
}

#[test]
fn qualifiers_are_of_the_season_that_the_provider_names() {
    let row = |(name, country): (&str, &str), season: u32, date: &str| {
        let mut row = fixture("FT", goals(json!(2), json!(1)), goals(json!(2), json!(1)));
        row["league"] = json!({"id": 34, "name": name, "country": country, "season": season});
        row["fixture"]["date"] = json!(date);
        parse(&answer("fixtures", json!({}), json!([row]))).unwrap()
    };
    let early = row(("World Cup - Qualification South America", "World"), 2026, "2023-09-07T23:00:00+00:00");
    assert_eq!(early.matches[0].season.to_string(), "2026");
    assert_eq!(
        row(("A league", "Austria"), 2024, "2023-12-28T23:00:00+00:00").matches.len(),
        1,
        "a few days before its year"
    );
    let slip = row(("A league", "Austria"), 2026, "2023-09-07T23:00:00+00:00");
    assert_eq!(slip.rejections[0].kind, RejectionKind::DateOutsideSeason);
}
