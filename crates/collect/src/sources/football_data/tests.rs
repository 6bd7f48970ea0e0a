mod shapes;

use super::*;
use std::fmt::Write;

fn parse(name: &str, text: &str) -> Parsed {
    parse_bytes(name, text.as_bytes())
}

fn parse_bytes(name: &str, bytes: &[u8]) -> Parsed {
    let collected_at = "2022-11-30T12:00:00Z".parse().unwrap();
    FootballData.parse(&Document { name, bytes }, collected_at).unwrap()
}

fn kinds(parsed: &Parsed) -> Vec<(u32, &'static str)> {
    parsed.rejections.iter().map(|r| (r.line, r.kind.name())).collect()
}

fn seasons(parsed: &Parsed) -> Vec<String> {
    parsed.matches.iter().map(|m| m.season.to_string()).collect()
}

#[test]
fn a_modern_row_is_read_completely() {
    let parsed = parse(
        "2223/E0.csv",
        "\u{feff}Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR,Referee,HS,AS,HST,AST,HC,AC,Attendance,QQH,QQD,QQA\n\
         E0,20/08/2022,17:30,Nordheim,Südau,2,1,H,1,1,D,A Whistle,14,7,6,3,8,2,41234,1.8,3.6,4.75\n",
    );
    assert_eq!(kinds(&parsed), []);
    let found = &parsed.matches[0];
    assert_eq!(found.kickoff, Kickoff::at("2022-08-20T16:30:00Z".parse().unwrap()));
    assert_eq!(
        (found.score, found.half_time),
        (Some(Score { home: 2, away: 1 }), Some(Score { home: 1, away: 1 }))
    );
    assert_eq!((found.home.as_str(), found.away.as_str()), ("Nordheim", "Südau"));
    assert_eq!((found.referee.as_deref(), found.attendance), (Some("A Whistle"), Some(41234)));
    let stats = found.stats.unwrap();
    assert_eq!(
        (stats.home.shots, stats.away.shots_on_target, stats.home.corners),
        (Some(14), Some(3), Some(8))
    );
    assert_eq!((stats.home.fouls, stats.home.woodwork), (None, None));
    assert_eq!(found.odds.len(), 1);
    assert_eq!(parsed.leagues[0].name, "Premier League");
    assert_eq!(seasons(&parsed), ["2022-23"]);
}

#[test]
fn ragged_and_empty_rows_lose_no_match() {
    let parsed = parse(
        "0304/D1.csv",
        "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,,,Referee\n\
         D1,02/08/03,Nordheim,Suedau,1,0,H,,,X,,,,,,\n\
         D1,03/08/03,Ostau,Westau,1,1,D\n\
         ,,,,,,,,,\n\r\n\
         D1,09/08/03,Suedau,Ostau,0,2,A,,,\"Pfiff, A\"\n,,,,,,,,,,,,,,,\n",
    );
    assert_eq!(kinds(&parsed), []);
    assert_eq!((parsed.matches.len(), parsed.rows, parsed.empty_rows), (3, 3, 3));
    assert_eq!(parsed.matches[2].referee.as_deref(), Some("Pfiff, A"));
    assert_eq!(parsed.matches[2].line, 6);
    assert_eq!(parsed.matches[0].kickoff, Kickoff::on(NaiveDate::from_ymd_opt(2003, 8, 2).unwrap()));
}

#[test]
fn windows_1252_names_are_the_same_names() {
    let parsed = parse_bytes(
        "9394/F1.csv",
        b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\nF1,24/07/93,Qu\xe9r,King\x92s Zan,0,0\n",
    );
    assert_eq!((parsed.matches[0].home.as_str(), parsed.matches[0].away.as_str()), ("Quér", "King’s Zan"));
}

#[test]
fn every_fault_is_told_by_its_line_and_costs_no_other_row() {
    let parsed = parse(
        "2223/E0.csv",
        "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n\
         E0,20/08/2022,,Aau,Bau,120,0,H\n\
         E0,20/08/2022,,Aau,Aau,1,0,H\n\
         E0,20/12/2022,,Aau,Bau,1,0,H\n\
         E0,32/08/2022,,Aau,Bau,1,0,H\n\
         ZZ9,20/08/2022,,Aau,Bau,1,0,H\n\
         E0,20/08/2022,,Aau,,1,0,H\n\
         E0,20/08/2022,,Aau,Bau,1,,H\n\
         E0,20/08/2022,,Aau,Bau,1,0,A\n\
         E0,20/08/2022,,A\0au,Bau,1,0,H\n\
         E0,20/08/2021,,Aau,Bau,1,0,H\n\
         E0,20/08/2022,,Aau,Bau,1,0,H\n\
         E0,27/08/2022,,Bau,Cau,1,0,H\n",
    );
    assert_eq!(
        kinds(&parsed),
        [
            (2, "score_out_of_range"),
            (3, "same_team"),
            (4, "future_result"),
            (5, "malformed_date"),
            (6, "unknown_league"),
            (7, "missing_team"),
            (8, "malformed_score"),
            (9, "contradictory_result"),
            (10, "malformed_row"),
            (11, "date_outside_season"),
        ]
    );
    assert!(parsed.rejections[4].message.contains("ZZ9"));
    assert!(parsed.rejections[8].data.contains("A\\u{0}au"));
    assert_eq!((parsed.matches.len(), parsed.rows), (2, 12));
}

#[test]
fn faulty_values_cost_only_themselves() {
    let parsed = parse(
        "2223/E0.csv",
        "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,HTHG,HTAG,HS,AS,Attendance,QQH,QQD,QQA,RRH,RRD,RRA\n\
         E0,20/08/2022,late,Aau,Bau,1,0,2,0,x,5,-3,0,3,4,2,3,4\n",
    );
    assert_eq!(
        kinds(&parsed),
        [
            (2, "malformed_time"),
            (2, "malformed_half_time"),
            (2, "malformed_statistic"),
            (2, "malformed_odds"),
        ]
    );
    assert!(parsed.rejections.iter().all(|r| r.kind.keeps_match()));
    let found = &parsed.matches[0];
    assert_eq!((found.half_time, found.attendance, found.odds.len()), (None, None, 1));
    assert_eq!(found.stats.unwrap().away.shots, Some(5));
    assert_eq!(found.stats.unwrap().home.shots, None);
}

#[test]
fn fixtures_of_many_leagues_are_scheduled_in_the_season_of_their_dates() {
    let parsed = parse(
        "fixtures.csv",
        "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,QQH,QQD,QQA\n\
         E2,03/12/2022,15:00,Aau,Bau,,,,2.75,3.4,2.55\nSC0,03/12/2022,15:00,Mac,Nic,,,,2,3,4\nE2,29/11/2022,19:45,Cau,Dau,,,,2,3,4\n",
    );
    assert_eq!(kinds(&parsed), []);
    assert!(parsed.matches.iter().all(|m| m.status == MatchStatus::Scheduled && m.odds.len() == 1));
    assert_eq!(seasons(&parsed), ["2022-23"; 3]);
    assert_eq!(parsed.matches.iter().map(|m| m.league).collect::<Vec<_>>(), [0, 1, 0]);
}

#[test]
fn extra_leagues_state_their_seasons_and_hold_closing_prices() {
    let parsed = parse(
        "new/ARG.csv",
        "Country,League,Season,Date,Time,Home,Away,HG,AG,Res,PH,PD,PA,BFECH,BFECD,BFECA\n\
         Argentina,Superliga ,2012/2013,03/08/2012,23:00,Aau,Bau ,1,0,H,1.9,3.4,5,,,\n\
         Argentina,Liga ,2022,14/02/2022,00:15,Bau,Aau,2,2,D,,,,2,3,4\n\
         Argentina,Liga,2019,14/02/2022,00:15,Bau,Cau,2,2,D,,,,2,3,4\n\
         Argentina,Liga,next,14/02/2022,00:15,Bau,Dau,2,2,D,,,,2,3,4\n",
    );
    assert_eq!(kinds(&parsed), [(4, "date_outside_season"), (5, "malformed_season")]);
    assert_eq!(seasons(&parsed), ["2012-13", "2022"]);
    assert_eq!(parsed.matches[0].away, "Bau");
    assert_eq!(parsed.leagues[0].code, "ARG");
    let phases: Vec<_> =
        parsed.matches.iter().flat_map(|m| &m.odds).map(|q| (&*q.bookmaker, q.phase.name())).collect();
    assert_eq!(phases, [("PS", "closing"), ("BFE", "closing")]);
}

#[test]
fn fixtures_of_extra_leagues_go_by_their_country() {
    let parsed = parse(
        "new_league_fixtures.csv",
        "Country,League,Date,Time,Home,Away,PH,PD,PA\n\
         Argentina,Copa,03/12/2022,22:00,Aau,Bau,2,3,4\nAustria,Bundesliga,03/12/2022,16:00,Cau,Dau,,,\nNarnia,Cup,03/12/2022,,E,F,,,\n",
    );
    assert_eq!(kinds(&parsed), [(4, "unknown_league")]);
    assert_eq!(seasons(&parsed), ["2022", "2022-23"]);
    assert_eq!(parsed.matches[0].odds[0].phase.name(), "pre_match");
}

#[test]
fn a_name_that_contradicts_the_dates_does_not_decide_the_season() {
    let mut text = String::from("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\n");
    for (day, month) in [(14, "08/2021"), (21, "11/2021"), (8, "05/2022")] {
        writeln!(text, "E0,{day:02}/{month},Aau,B{day}au,1,0").unwrap();
    }
    assert_eq!(seasons(&parse("2021/E0.csv", &text)), ["2021-22"; 3], "named by the year of its start");
    assert_eq!(seasons(&parse("E0.csv", &text)), ["2021-22"; 3]);
    assert_eq!(seasons(&parse("2122/E0.csv", &text)), ["2021-22"; 3]);
}

#[test]
fn documents_of_another_kind_are_refused_with_what_they_lack() {
    let refuse = |text: &str| {
        let document = Document { name: "E0.csv", bytes: text.as_bytes() };
        FootballData.parse(&document, DateTime::default()).unwrap_err().to_string()
    };
    assert!(refuse("Sea,Lge,Date,HT,AT,HS,AS,GD,WDL\n").contains("name Div,"));
    assert!(refuse("Div,Date,FTHG\n").contains("name HomeTeam, AwayTeam (found: Div, Date, FTHG)"));
    assert!(refuse("<!DOCTYPE HTML><title>503</title>").contains("web page"));
}

#[test]
fn the_time_since_when_a_price_can_be_known_follows_from_kick_off_and_today() {
    let parsed = parse(
        "2223/E0.csv",
        "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,QQH,QQD,QQA,QQCH,QQCD,QQCA\n\
         E0,20/08/2022,17:30,Aau,Bau,1,0,2,3,4,2,3,4\nE0,24/08/2022,,Bau,Cau,1,0,2,3,4,2,3,4\n\
         E0,03/12/2022,15:00,Cau,Aau,,,2,3,4,,,\nE0,30/11/2022,19:45,Dau,Aau,,,2,3,4,,,\n",
    );
    assert_eq!(kinds(&parsed), []);
    let known: Vec<String> = parsed
        .matches
        .iter()
        .flat_map(|m| &m.odds)
        .map(|q| format!("{} {}", q.phase.name(), q.known_at.format("%a %F %R")))
        .collect();
    assert_eq!(
        known,
        [
            "pre_match Fri 2022-08-19 11:00",
            "closing Sat 2022-08-20 16:29",
            "pre_match Tue 2022-08-23 11:00",
            "closing Tue 2022-08-23 23:59",
            "pre_match Tue 2022-11-29 12:00",
            "pre_match Tue 2022-11-29 12:00",
        ]
    );
}

#[test]
fn handicap_prices_without_a_handicap_are_a_fault_of_the_document() {
    let parsed = parse(
        "2223/E0.csv",
        "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,QQAHH,QQAHA\nE0,20/08/2022,Aau,Bau,1,0,1.9,1.95\n",
    );
    assert_eq!(kinds(&parsed), [(0, "malformed_odds")]);
    assert_eq!((parsed.matches.len(), parsed.matches[0].odds.len()), (1, 0));
}
