use super::*;
use crate::SourceFact;
use touchline_domain::{InjuryKind, LineupKind, MatchStatus, Position};

fn parse(name: &str, text: &str) -> Result<Parsed, DocumentError> {
    let now = "2025-09-01T12:00:00Z".parse().unwrap();
    FotMob.parse(&Document { name, bytes: text.as_bytes() }, now)
}

const DAY: &str = r#"{"leagues": [
    {"id": 47, "primaryId": 47, "name": "Premier League", "matches": [
        {"id": 11, "time": "31.08.2025 17:00", "timeTS": 1756652400000, "home": {"id": 1, "name": "Aau", "score": 2},
        "away": {"id": 2, "name": "Bäu", "score": 1}, "status": {"finished": true, "started": true, "cancelled": false,
        "scoreStr": "2 - 1", "reason": {"short": "FT"}}},
        {"id": 12, "home": {"id": 3, "name": "Cau", "score": 3}, "away": {"id": 4, "name": "Dau", "score": 2},
        "status": {"utcTime": "2025-08-31T15:00:00.000Z", "finished": true, "started": true, "cancelled": false,
        "reason": {"short": "AET"}}},
        {"id": 13, "home": {"id": 5, "name": "Eau"}, "away": {"id": 6, "name": "Fau"},
        "status": {"utcTime": "2025-08-31T17:00:00.000Z", "finished": false, "started": false, "cancelled": true,
        "reason": {"short": "PP"}}}]},
    {"id": 9999, "primaryId": 9999, "name": "A cup", "matches": [{"id": 99}]},
    {"id": 1001, "primaryId": 55, "isGroup": true, "matches": [{"id": 98}]}]}"#;

#[test]
fn a_day_has_the_matches_of_leagues_that_are_read() {
    let parsed = parse("matches/20250831.json", DAY).unwrap();
    assert_eq!((parsed.rows, parsed.matches.len(), parsed.leagues[0].code.as_str()), (3, 2, "E0"));
    let first = &parsed.matches[0];
    assert_eq!(first.kickoff.at.to_rfc3339(), "2025-08-31T15:00:00+00:00", "not the local time");
    assert_eq!(
        (first.score.unwrap().to_string(), first.season.to_string(), first.external_id.as_deref()),
        ("2-1".to_owned(), "2025-26".to_owned(), Some("11"))
    );
    assert_eq!(parsed.matches[1].status, MatchStatus::Postponed);
    let kinds: Vec<_> = parsed.rejections.iter().map(|r| r.kind).collect();
    assert!(
        kinds.contains(&RejectionKind::MalformedScore) && kinds.contains(&RejectionKind::Unused),
        "{kinds:?}"
    );
}

#[test]
fn a_season_of_a_league_stands_in_either_place() {
    let row = r#"{"id": "21", "home": {"id": "1", "name": "Aau"}, "away": {"id": "2", "name": "Bäu"},
        "status": {"utcTime": "2025-08-16T14:00:00Z", "finished": true, "started": true, "scoreStr": "0 - 4"}}"#;
    for place in ["fixtures", "matches"] {
        let text = format!(r#"{{"details": {{"id": 54}}, "{place}": {{"allMatches": [{row}]}}}}"#);
        let parsed = parse("leagues/54.json", &text).unwrap();
        assert_eq!(
            (parsed.leagues[0].code.as_str(), parsed.matches[0].score.unwrap().to_string()),
            ("D1", "0-4".to_owned())
        );
    }
    let other = format!(r#"{{"details": {{"id": 42}}, "fixtures": {{"allMatches": [{row}]}}}}"#);
    assert_eq!(parse("x.json", &other).unwrap_err().name(), "unknown_league");
}

fn details(lineup: &str) -> String {
    format!(
        r#"{{"general": {{"matchId": "31", "leagueId": 47, "matchTimeUTCDate": "2025-08-30T14:00:00.000Z",
        "homeTeam": {{"name": "Aau", "id": 1}}, "awayTeam": {{"name": "Bäu", "id": 2}}}},
        "header": {{"teams": [{{"score": 1}}, {{"score": 0}}], "status": {{"finished": true, "started": true}}}},
        "content": {{"stats": {{"Periods": {{"All": {{"stats": [
            {{"key": "top_stats", "stats": [{{"key": "BallPossesion", "stats": [61, 39]}},
                {{"key": "expected_goals", "stats": ["1.75", "0.20"]}}, {{"key": "corners", "stats": ["x", 3]}}]}},
            {{"key": "shots", "stats": [{{"key": "total_shots", "stats": [null, null], "type": "title"}},
                {{"key": "total_shots", "stats": [14, 5]}}]}}]}}}}}}, "lineup": {lineup}}}}}"#
    )
}

#[test]
fn a_match_brings_counts_line_ups_and_absences_in_the_new_shape() {
    let players: Vec<String> = (1..=11)
        .map(|n| {
            format!(
                r#"{{"id": {n}, "name": "P {n}", "usualPlayingPositionId": {}, "shirtNumber": "{n}"}}"#,
                n % 4
            )
        })
        .collect();
    let lineup = format!(
        r#"{{"lineupType": "predicted", "homeTeam": {{"formation": "4-2-3-1", "starters": [{}], "subs": [{{"id": 20, "name": "S"}}],
        "unavailable": [{{"id": 30, "name": "U", "unavailability": {{"type": "injury", "expectedReturn": "Doubtful"}}}},
        {{"id": 0, "name": "nobody"}}]}}, "awayTeam": {{"starters": [], "subs": [], "unavailable": []}}}}"#,
        players.join(",")
    );
    let parsed = parse("match/31.json", &details(&lineup)).unwrap();
    let stats = parsed.matches[0].stats.unwrap();
    assert_eq!(
        (stats.home.expected_goals, stats.away.possession, stats.home.shots, stats.away.corners),
        (Some(1.75), Some(39.0), Some(14), None)
    );
    let SourceFact::Lineup { kind, formation, squad } = &parsed.facts[0].fact else {
        panic!("{:?}", parsed.facts)
    };
    assert_eq!((*kind, formation.as_ref().unwrap().name()), (LineupKind::Predicted, "4-2-3-1"));
    assert_eq!(
        (squad.starters().len(), squad.starters()[3].position, squad.starters()[3].shirt),
        (11, Some(Position::Goalkeeper), Some(4))
    );
    let SourceFact::Injury { kind, reason, .. } = &parsed.facts[1].fact else { panic!("{:?}", parsed.facts) };
    assert_eq!(
        (*kind, reason.as_deref()),
        (InjuryKind::Questionable, Some("injury; expected back: Doubtful"))
    );
    assert_eq!((parsed.facts.len(), parsed.facts[0].team.as_deref()), (2, Some("Aau")));
    let other = lineup.replace("predicted", "guess");
    assert!(
        parse("match/31.json", &details(&other))
            .unwrap()
            .rejections
            .iter()
            .any(|r| r.message.contains("guess"))
    );
}

#[test]
fn a_match_brings_the_same_in_the_old_shape() {
    let row: Vec<String> = (1..=11)
        .map(|n| {
            format!(r#"{{"id": "{n}", "name": {{"fullName": "P {n}"}}, "usualPosition": 1, "shirt": {n}}}"#)
        })
        .collect();
    let lineup = format!(
        r#"{{"lineup": [{{"teamName": "Aau", "lineup": "4 - 3 - 3", "players": [[{}], [{}]], "bench": []}}, {{"players": []}}],
        "naPlayers": {{"naPlayersArr": [[], [{{"id": 7, "name": {{"fullName": "N"}}, "naInfo": {{"naReason": "Hip injury",
        "expectedReturn": {{"expectedReturnFallback": "A few days"}}}}}}]]}}}}"#,
        row[..1].join(","),
        row[1..].join(",")
    );
    let parsed = parse("match/31.json", &details(&lineup)).unwrap();
    let SourceFact::Lineup { kind, formation, squad } = &parsed.facts[0].fact else {
        panic!("{:?}", parsed.facts)
    };
    assert_eq!(
        (*kind, formation.as_ref().unwrap().name(), squad.starters().len()),
        (LineupKind::Confirmed, "4-3-3", 11)
    );
    let SourceFact::Injury { kind, reason, .. } = &parsed.facts[1].fact else { panic!("{:?}", parsed.facts) };
    assert_eq!(
        (*kind, reason.as_deref()),
        (InjuryKind::Missing, Some("Hip injury; expected back: A few days"))
    );
    assert_eq!(parsed.facts[1].team.as_deref(), Some("Bäu"));
}

#[test]
fn other_answers_are_refused() {
    assert_eq!(parse("x.json", r#"{"details": {}, "tabs": []}"#).unwrap_err().name(), "malformed_json");
    let blocked = r#"{"error": "TURNSTILE_REQUIRED"}"#;
    assert_eq!(parse("x.json", blocked).unwrap_err().name(), "provider_error");
}
