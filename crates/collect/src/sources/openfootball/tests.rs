use super::*;

fn parse(name: &str, text: &str) -> Result<Parsed, DocumentError> {
    let collected_at = "2024-05-01T12:00:00Z".parse().unwrap();
    OpenFootball.parse(&Document { name, bytes: text.as_bytes() }, collected_at)
}

/// Status, score and half time of each match.
fn told(parsed: &Parsed) -> Vec<String> {
    let show = |score: Option<Score>| score.map_or("-".to_owned(), |s| s.to_string());
    parsed
        .matches
        .iter()
        .map(|m| format!("{} {} {} ({})", m.line, m.status.name(), show(m.score), show(m.half_time)))
        .collect()
}

#[test]
fn todays_shape_is_read_with_every_status() {
    let parsed = parse(
        "2023-24/en.1.json",
        r#"{"name": "Some League 2023/24", "matches": [
            {"round": "1", "date": "2023-08-12", "time": "15:00", "team1": "Aau", "team2": "Bau",
             "score": {"ht": [1, 0], "ft": [2, 1], "et": [3, 1], "p": [5, 4]}},
            {"date": "2023-08-12", "team1": "Cau", "team2": "Dau", "score": {"ft": [0, 0]}},
            {"date": "2024-05-12", "team1": "Bau", "team2": "Aau", "score": {}},
            {"date": "2024-05-12", "team1": "Dau", "team2": "Cau"},
            {"date": "2023-09-01", "team1": "Aau", "team2": "Cau", "score": {}, "status": "cancelled"},
            {"date": "2023-09-02", "team1": "Aau", "team2": "Dau", "score": {"ft": [3, 0]}, "status": "awarded"},
            {"date": "2023-09-03", "team1": "Bau", "team2": "Dau", "score": {"ft": [1, 0]}, "status": "abandoned"}
        ]}"#,
    )
    .unwrap();
    assert_eq!(parsed.rejections, []);
    assert_eq!(
        told(&parsed),
        [
            "1 finished 2-1 (1-0)",
            "2 finished 0-0 (-)",
            "3 scheduled - (-)",
            "4 scheduled - (-)",
            "5 cancelled - (-)",
            "6 awarded 3-0 (-)",
            "7 abandoned - (-)",
        ]
    );
    assert_eq!(parsed.matches[0].kickoff, Kickoff::on(NaiveDate::from_ymd_opt(2023, 8, 12).unwrap()));
    assert_eq!(parsed.matches[0].season.to_string(), "2023-24");
    assert_eq!((&*parsed.leagues[0].code, &*parsed.leagues[0].country), ("en.1", "England"));
}

#[test]
fn the_older_shape_is_read() {
    let parsed = parse(
        "de.1.json",
        r#"{"name": "Irgendeine Liga 2014/15", "rounds": [{"name": "1", "matches": [
            {"date": "2014-08-23", "team1": {"key": "a", "name": "Aau"}, "team2": {"name": "Bau"}, "score1": 1, "score2": 2},
            {"date": "2014-08-23", "team1": {"name": "Cau"}, "team2": {"name": "Dau"}, "score1": null, "score2": null}
        ]}]}"#,
    )
    .unwrap();
    assert_eq!(told(&parsed), ["1 finished 1-2 (-)", "2 scheduled - (-)"]);
    assert_eq!(parsed.matches[1].home, "Cau");
    assert_eq!(parsed.matches[0].season.to_string(), "2014-15");
}

#[test]
fn a_single_year_is_a_calendar_year_where_the_matches_start_in_it() {
    let text = |date: &str| {
        format!(r#"{{"name": "L", "matches": [{{"date": "{date}", "team1": "Aau", "team2": "Bau"}}]}}"#)
    };
    let season = |name, date| parse(name, &text(date)).unwrap().matches[0].season.to_string();
    assert_eq!(season("2021/br.1.json", "2021-05-29"), "2021");
    assert_eq!(season("2021/br.1.json", "2020-09-12"), "2020-21");
    assert_eq!(season("2020/br.1.json", "2021-02-25"), "2020");
    assert_eq!(parse("br.1.json", &text("2021-05-29")).unwrap_err().name(), "unknown_season");
}

#[test]
fn every_fault_is_told_by_its_number_and_costs_no_other_match() {
    let parsed = parse(
        "2023-24/en.1.json",
        r#"{"matches": [
            {"date": "2023-08-12", "team1": "Aau", "team2": "Aau", "score": {"ft": [2, 1]}},
            {"date": "2023-08-12", "team1": "Aau", "team2": null, "score": {"ft": [2, 1]}},
            {"date": "2023-08-12", "team1": "Aau", "team2": "Bau", "score": {"ft": [2]}},
            {"date": "2023-08-12", "team1": "Aau", "team2": "Bau", "score": {"ft": [120, 1]}},
            {"date": "2024-08-12", "team1": "Aau", "team2": "Bau", "score": {"ft": [2, 1]}},
            {"date": "2026-08-12", "team1": "Aau", "team2": "Bau"},
            {"date": 5, "team1": "Aau", "team2": "Bau"}, 7,
            {"date": "2023-08-12", "team1": "Aau", "team2": "Bau", "status": "haunted"},
            {"date": "2023-08-12", "team1": "A\u0000au", "team2": "Bau"},
            {"date": "2023-08-12", "team1": "Aau", "team2": "Bau", "score": {"ft": [2, 1]}}
        ]}"#,
    )
    .unwrap();
    let kinds: Vec<_> = parsed.rejections.iter().map(|r| (r.line, r.kind.name())).collect();
    assert_eq!(
        kinds,
        [
            (1, "same_team"),
            (2, "missing_team"),
            (3, "malformed_score"),
            (4, "score_out_of_range"),
            (5, "future_result"),
            (6, "date_outside_season"),
            (7, "malformed_date"),
            (8, "malformed_date"),
            (9, "unknown_status"),
            (10, "malformed_row"),
        ]
    );
    assert_eq!((parsed.matches.len(), parsed.rows), (1, 11));
}

#[test]
fn documents_of_another_kind_are_refused() {
    let refuse = |name, text| parse(name, text).unwrap_err();
    assert!(refuse("en.1.txt", "= Some League 2023/24\n").to_string().contains("Football.TXT"));
    assert_eq!(refuse("2023-24/en.1.json", "{\"matches\": [").name(), "malformed_json");
    assert_eq!(refuse("2023-24/en.1.json", "{\"clubs\": []}").name(), "malformed_json");
    assert_eq!(refuse("2023-24/en.1.json", " <html>").name(), "html");
    assert_eq!(refuse("2023-24/xx.json", "{\"matches\": []}").name(), "unknown_league");
    for (name, text) in [
        ("2014/somecup.json", "{\"name\": \"Some Cup\", \"matches\": []}"),
        ("2014/en.1.json", "{\"name\": \"World Cup 2014\", \"matches\": []}"),
        ("2014/en.1.json", "{\"name\": \"L\", \"matches\": [{\"date\": \"2014-06-12\", \"group\": \"A\"}]}"),
    ] {
        let error = refuse(name, text);
        assert_eq!(error.name(), "cup", "{name}");
        assert!(!error.to_string().contains("name it like"), "{error}");
    }
    let deep = format!("{{\"matches\": {}", "[".repeat(100_000));
    assert_eq!(refuse("2023-24/en.1.json", &deep).name(), "malformed_json");
    let large = format!("{{\"matches\": [{}]}}", " ".repeat(9 << 20));
    assert_eq!(refuse("2023-24/en.1.json", &large), DocumentError::TooLarge { limit: 8 });
}

#[test]
fn an_odd_half_time_score_costs_only_itself() {
    let parsed = parse(
        "2023-24/en.1.json",
        r#"{"matches": [
            {"date": "2023-09-02", "team1": "Aau", "team2": "Bau", "score": {"ht": [], "ft": [2, 1]}},
            {"date": "2023-09-02", "team1": "Cau", "team2": "Dau", "score": {"ht": [null, null], "ft": [0, 0]}},
            {"date": "2023-09-03", "team1": "Eau", "team2": "Fau", "score": {"ht": [1, null], "ft": [2, 1]}},
            {"date": "2023-09-03", "team1": "Gau", "team2": "Hau", "score": {"ht": "1-0", "ft": [2, 1]}},
            {"date": "2023-09-03", "team1": "Iau", "team2": "Jau", "score": {"ht": [3, 0], "ft": [2, 1]}}
        ]}"#,
    )
    .unwrap();
    assert_eq!(parsed.matches.len(), 5);
    assert!(parsed.matches.iter().all(|m| m.half_time.is_none() && m.score.is_some()));
    let kinds: Vec<_> = parsed.rejections.iter().map(|r| (r.line, r.kind.name())).collect();
    assert_eq!(kinds, [(3, "malformed_half_time"), (4, "malformed_half_time"), (5, "malformed_half_time")]);
}

#[test]
fn a_season_of_past_days_without_scores_is_refused() {
    let matches: Vec<String> = (1..=28)
        .map(|day| {
            format!(r#"{{"date": "2013-{:02}-{day:02}", "team1": "Aau", "team2": "B{day}au"}}"#, 8 + day % 4)
        })
        .collect();
    let error = parse("2013-14/en.1.json", &format!("{{\"matches\": [{}]}}", matches.join(","))).unwrap_err();
    assert!(error.to_string().contains("score.ft"), "{error}");
}

#[test]
fn a_cup_is_read_with_rounds_extra_time_and_shoot_outs() {
    let parsed = parse(
        "2023-24/de.cup.json",
        r#"{"name": "DFB Pokal 2023/24", "matches": [
            {"round": "Round 1", "date": "2023-08-12", "team1": "Aau", "team2": "Bau",
             "score": {"ht": [1, 0], "ft": [2, 2], "et": [3, 3], "p": [5, 4]}},
            {"round": "Round 1", "date": "2023-08-13", "team1": "Cau", "team2": "Dau", "score": {"ft": [1, 0]}},
            {"round": "Final", "date": "2024-04-25", "team1": "Aau", "team2": "Cau", "score": {"ft": [2, 2], "et": [1, 2]}}
        ]}"#,
    )
    .unwrap();
    let score = |home, away| Score::new(home, away).ok();
    let first = &parsed.matches[0];
    assert_eq!(
        (first.score, first.setting.after_extra_time, first.setting.shootout),
        (score(2, 2), score(3, 3), score(5, 4))
    );
    let rounds: Vec<_> = parsed.matches.iter().map(|m| m.setting.round.as_deref()).collect();
    assert_eq!(rounds, [Some("Round 1"), Some("Round 1"), Some("Final")]);
    assert_eq!(parsed.matches[2].setting.after_extra_time, None, "fewer goals than in 90 minutes");
    let kinds: Vec<_> = parsed.rejections.iter().map(|r| (r.line, r.kind)).collect();
    assert_eq!(kinds, [(3, RejectionKind::MalformedSetting)]);
    assert_eq!(
        (parsed.leagues[0].kind, parsed.leagues[0].country.as_str()),
        (CompetitionKind::Cup, "Germany")
    );
}

#[test]
fn a_tournament_of_either_shape_is_of_national_teams_and_neutral_but_for_its_hosts() {
    let old = parse(
        "2014/worldcup.json",
        r#"{"name": "World Cup 2014", "rounds": [
            {"name": "Matchday 1", "matches": [{"date": "2014-06-12", "group": "Group A", "score1": 3, "score2": 1,
             "team1": {"name": "Brazil"}, "team2": {"name": "Cau"}}]},
            {"name": "Round of 16", "matches": [{"date": "2014-06-28", "score1": 1, "score2": 1, "score1et": 1, "score2et": 1,
             "score1p": 3, "score2p": 2, "team1": {"name": "Dau"}, "team2": {"name": "Brazil"}}]}
        ]}"#,
    )
    .unwrap();
    assert_eq!(old.rejections, []);
    assert_eq!(old.leagues[0].country, NATIONAL_TEAMS);
    let [opening, knock_out] = &old.matches[..] else { panic!("two matches") };
    assert!(!opening.setting.neutral_ground && knock_out.setting.neutral_ground);
    assert_eq!(
        (opening.setting.group.as_deref(), opening.setting.round.as_deref()),
        (Some("Group A"), Some("Matchday 1"))
    );
    assert_eq!(knock_out.setting.shootout, Score::new(3, 2).ok());
    let quali = parse(
        "2022/worldcup.quali.json",
        r#"{"name": "World Cup Qualifiers 2022", "matches": [{"date": "2019-09-05", "team1": "Aau", "team2": "Bau", "score": {"ft": [1, 0]}}]}"#,
    )
    .unwrap();
    assert_eq!(
        (quali.matches[0].season.to_string().as_str(), quali.leagues[0].kind),
        ("2022", CompetitionKind::Qualifiers)
    );
}
