use super::*;
use touchline_domain::{MatchStatus, Score};

fn now() -> DateTime<Utc> {
    "2023-06-30T12:00:00Z".parse().unwrap()
}

fn preset(name: &str, league: Option<&str>) -> TableSource {
    let told = Told { league: league.map(str::to_owned), ..Told::default() };
    TableSource::new(presets::by_name(name).unwrap().clone(), told).unwrap()
}

fn read(source: &TableSource, name: &str, text: &str) -> Parsed {
    source.parse(&Document { name, bytes: text.as_bytes() }, now()).unwrap()
}

/// Matches as `league season kick-off: home score away`.
fn told(parsed: &Parsed) -> Vec<String> {
    let show = |m: &crate::SourceMatch| {
        let score = m.score.map_or_else(|| m.status.name().to_owned(), |s| s.to_string());
        let at = match m.kickoff.precision.name() {
            "minute" => m.kickoff.at.format("%F %R"),
            _ => m.kickoff.at.format("%F"),
        };
        format!("{} {} {at}: {} {score} {}", parsed.leagues[m.league].code, m.season, m.home, m.away)
    };
    parsed.matches.iter().map(show).collect()
}

fn faults(parsed: &Parsed) -> Vec<(u32, &'static str)> {
    parsed.rejections.iter().filter(|r| !r.kind.is_note()).map(|r| (r.line, r.kind.name())).collect()
}

#[test]
fn every_preset_reads_its_shape() {
    for (name, league, file, text, matches) in [
        (
            "date-home-away",
            Some("D1"),
            "x.csv",
            "Date,Home,Away,HG,AG,Res\n06/08/2022,Aau,Bau,2,1,H\n13/08/2022,Bau,Aau,0,0,D\n",
            &["D1 2022-23 2022-08-06: Aau 2-1 Bau", "D1 2022-23 2022-08-13: Bau 0-0 Aau"][..],
        ),
        (
            "football-data-table",
            None,
            "2223/E0.csv",
            "Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HS,AS,B365H,B365D,B365A\n06/08/2022,15:00,Aau,Bau,2,1,H,9,8,2,3,4\n",
            &["E0 2022-23 2022-08-06 14:00: Aau 2-1 Bau"],
        ),
        (
            "season-datetime",
            Some("E0"),
            "results.csv",
            "Season,DateTime,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR\n2022-23,2022-08-06T15:00:00Z,Aau,Bau,2,1,H,1,0,H\n1993-94,1993-08-14T00:00:00Z,Cau,Dau,0,0,D,NA,NA,NA\n",
            &["E0 2022-23 2022-08-06 15:00: Aau 2-1 Bau", "E0 1993-94 1993-08-14: Cau 0-0 Dau"],
        ),
        (
            "division-matchdate",
            None,
            "Matches.csv",
            "Division,MatchDate,MatchTime,HomeTeam,AwayTeam,FTHome,FTAway,FTResult,OddHome,OddDraw,OddAway,HandiSize,HandiHome,HandiAway\nSP1,2022-08-06,15:00:00,Aau,Bau,2.0,1.0,H,2,3,4,-0.25,1.9,1.95\n",
            &["SP1 2022-23 2022-08-06 14:00: Aau 2-1 Bau"],
        ),
        (
            "footystats",
            None,
            "germany-bundesliga-matches-2022-to-2023-stats.csv",
            "timestamp,date_GMT,status,attendance,home_team_name,away_team_name,referee,home_team_goal_count,away_team_goal_count,home_team_goal_count_half_time,away_team_goal_count_half_time,home_team_shots,away_team_shots,team_a_xg,team_b_xg\n1659794400,Aug 06 2022 - 2:00pm,complete,41234,Aau,Bau,P Fiff,2,1,1,0,9,-1,1.4,0.8\n1687960800,Jun 28 2023 - 2:00pm,suspended,-1,Cau,Dau,N/A,0,0,0,0,-1,-1,0,0\n",
            &["D1 2022-23 2022-08-06 14:00: Aau 2-1 Bau", "D1 2022-23 2023-06-28 14:00: Cau abandoned Dau"],
        ),
        (
            "fixturedownload",
            None,
            "epl-2022-UTC.csv",
            "Match Number,Round Number,Date,Location,Home Team,Away Team,Result\n1,1,06/08/2022 14:00,Here,Aau,Bau,2 - 1\n2,1,07/08/2023 14:00,There,Cau,Dau,\n",
            &["E0 2022-23 2022-08-06 14:00: Aau 2-1 Bau", "E0 2022-23 2023-08-07 14:00: Cau scheduled Dau"],
        ),
        (
            "footballcsv",
            None,
            "2022-23/eng.2.csv",
            "Round,Date,Team 1,FT,HT,Team 2\n1,Sat Aug 6 2022,Aau,2-1,1-0,Bau\n1,2022-08-07,Cau,0-0,?,Dau\n",
            &["E1 2022-23 2022-08-06: Aau 2-1 Bau", "E1 2022-23 2022-08-07: Cau 0-0 Dau"],
        ),
        (
            "engsoccerdata",
            None,
            "spain.csv",
            "\"Date\",\"Season\",\"home\",\"visitor\",\"HT\",\"FT\",\"hgoal\",\"vgoal\",\"tier\"\n2022-08-06,2022,\"Aau\",\"Bau\",\"1-0\",\"2-1\",2,1,1\n",
            &["SP1 2022-23 2022-08-06: Aau 2-1 Bau"],
        ),
        (
            "fbref",
            Some("I1"),
            "x.csv",
            "Wk,Day,Date,Time,Home,xG,Score,xG,Away,Attendance,Venue,Referee,Match Report,Notes\n1,Sat,2022-08-06,15:00,Aau,1.4,2–1,0.8,Bau,\"41,234\",Here,P Fiff,Match Report,\n,,,,,,,,,,,,,\n",
            &["I1 2022-23 2022-08-06: Aau 2-1 Bau"],
        ),
    ] {
        let parsed = read(&preset(name, league), file, text);
        assert_eq!(faults(&parsed), [], "{name}: {:?}", parsed.rejections);
        assert_eq!(told(&parsed), matches, "{name}");
        let fitting = presets::fitting(text.as_bytes()).unwrap();
        assert_eq!(fitting.iter().map(|map| map.name()).collect::<Vec<_>>(), [name]);
    }
}

#[test]
fn values_beside_the_score_are_kept() {
    let text = "timestamp,date_GMT,status,attendance,home_team_name,away_team_name,referee,home_team_goal_count,away_team_goal_count,home_team_goal_count_half_time,away_team_goal_count_half_time,home_team_shots,away_team_shots,team_a_xg,team_b_xg,odds_ft_home_team_win,odds_ft_draw,odds_ft_away_team_win\n1659794400,x,complete,41234,Aau,Bau,P Fiff,2,1,1,0,9,-1,1.4,0.8,2.1,3.4,0\n";
    let parsed = read(&preset("footystats", Some("E0")), "x.csv", text);
    let found = &parsed.matches[0];
    assert_eq!((found.attendance, found.referee.as_deref()), (Some(41_234), Some("P Fiff")));
    assert_eq!(found.half_time, Some(Score { home: 1, away: 0 }));
    let stats = found.stats.unwrap();
    assert_eq!((stats.home.shots, stats.away.shots, stats.home.expected_goals), (Some(9), None, Some(1.4)));
    let odds = &found.odds[0];
    assert_eq!((&*odds.bookmaker, odds.prices[2], odds.known_at_imputed), ("FootyStats", None, true));
    assert_eq!(odds.known_at.to_rfc3339(), "2022-08-06T13:59:00+00:00");
}

#[test]
fn rows_of_prices_become_quotes_of_one_match() {
    let text = "game_id;commence_time;in_play;bookmaker;last_update;home_team;away_team;market;label;price;point\n\
        a1;2023-07-02T14:00:00Z;0;Wette;2023-06-30T09:00:00Z;Aau;Bau;h2h;Aau;2.1;\n\
        a1;2023-07-02T14:00:00Z;0;Wette;2023-06-30T09:00:00Z;Aau;Bau;h2h;Bau;3,4;\n\
        a1;2023-07-02T14:00:00Z;0;Wette;2023-06-30T09:00:00Z;Aau;Bau;h2h;Draw;3.2;\n\
        a1;2023-07-02T14:00:00Z;0;Wette;2023-06-30T09:00:00Z;Aau;Bau;spreads;Bau;1.9;0.5\n\
        a1;2023-07-02T14:00:00Z;0;Wette;2023-07-02T15:00:00Z;Aau;Bau;h2h;Aau;1.1;\n\
        a1;2023-07-02T14:00:00Z;0;Wette;2023-06-30T09:00:00Z;Aau;Bau;corners;Over;1.9;9.5\n";
    let parsed = read(&preset("odds-rows", Some("E0")), "odds.csv", text);
    assert_eq!(told(&parsed), ["E0 2023-24 2023-07-02 14:00: Aau scheduled Bau"]);
    assert_eq!(faults(&parsed), [(6, "malformed_odds"), (7, "malformed_odds")]);
    let quotes: Vec<_> = parsed.matches[0]
        .odds
        .iter()
        .map(|q| {
            (q.market.name(), q.line_quarters, q.prices.map(|p| p.map(touchline_domain::DecimalOdds::value)))
        })
        .collect();
    assert_eq!(
        quotes,
        [
            ("1x2", None, [Some(2.1), Some(3.2), Some(3.4)]),
            ("asian_handicap", Some(-2), [None, None, Some(1.9)])
        ]
    );
    let books = "game_id;commence_time;bookmaker;last_update;home_team;home_odds;away_team;away_odds;draw_odds\n\
        a1;2023-07-02T14:00:00Z;Wette;2023-06-30T09:00:00Z;Aau;2.1;Bau;3.4;3.2\n\
        a1;2023-07-02T14:00:00Z;Toto;2023-06-30T09:00:00Z;Aau;2.2;Bau;3.3;3.1\n";
    let parsed = read(&preset("odds-books", Some("E0")), "odds.csv", books);
    assert_eq!((parsed.matches.len(), parsed.matches[0].odds.len()), (1, 2));
}

const MAP: &str = r#"
name = "my-table"
source = "my-source"
[file]
separator = ";"
encoding = "windows-1252"
skip_lines = 1
missing = ["", "k.A."]
[columns]
date = "Tag"
time = "Zeit"
home = "Heim"
away = "Gast"
score = "Ergebnis"
result = "Sieger"
status = "Stand"
league = "Liga"
season = "Saison"
referee = "Schiri"
[dates]
formats = ["%d.%m.%Y"]
timezone = "Europe/Berlin"
[seasons]
year = "end"
[statuses]
gespielt = "finished"
geplant = "scheduled"
[results]
home = ["Heimsieg"]
[leagues]
Oberhaus = "D1"
Unterhaus = { code = "X9", name = "Unterhaus", country = "Germany", level = 9 }
[[odds]]
bookmaker = "Toto"
market = "over_under"
phase = "closing"
columns = ["Mehr", "Weniger"]
line = 2.5
"#;

#[test]
fn a_map_of_ones_own_explains_everything() {
    let source = TableSource::new(Map::parse(MAP).unwrap(), Told::default()).unwrap();
    let text = "Ergebnisse\nTag;Zeit;Heim;Gast;Ergebnis;Sieger;Stand;Liga;Saison;Schiri;Mehr;Weniger\n\
        06.08.2022;15:30;K\u{f6}ln;Bau;2:1;Heimsieg;gespielt;Oberhaus;2023;k.A.;1,9;2\n\
        07.08.2022;k.A.;Cau;Dau;;;geplant;Unterhaus;2023;Pfiff;;\n\
        08.08.2022;;Eau;Fau;1:1;Heimsieg;gespielt;Oberhaus;2023;;;\n\
        09.08.2022;;Gau;Hau;1:1;;verlegt;Oberhaus;2023;;;\n\
        09.08.2022;;Gau;Hau;1:1;;gespielt;Mittelhaus;2023;;;\n";
    let bytes: Vec<u8> = text.chars().map(|c| if c == 'ö' { 0xf6 } else { c as u8 }).collect();
    let parsed = source.parse(&Document { name: "x.csv", bytes: &bytes }, now()).unwrap();
    assert_eq!(
        told(&parsed),
        ["D1 2022-23 2022-08-06 13:30: Köln 2-1 Bau", "X9 2022-23 2022-08-07: Cau scheduled Dau"]
    );
    assert_eq!(faults(&parsed), [(5, "contradictory_result"), (6, "unknown_status"), (7, "unknown_league")]);
    assert_eq!((parsed.matches[0].odds.len(), parsed.matches[0].referee.as_deref()), (1, None));
    assert!(parsed.leagues.iter().all(|league| league.source == "my-source"));
    assert_eq!(source.name(), "my-source");
}

#[test]
fn a_single_year_of_a_league_across_two_years_is_settled_by_the_dates() {
    let text =
        "Season,Date,Home,Away,HG,AG,Res\n2022,06/08/2022,Aau,Bau,2,1,H\n2022,04/03/2023,Bau,Aau,0,0,D\n";
    let parsed = read(&preset("date-home-away", Some("E0")), "x.csv", text);
    assert!(parsed.matches.iter().all(|m| m.season.to_string() == "2022-23"), "{:?}", told(&parsed));
    let told_so = Told { league: Some("USA".to_owned()), season: "2022".parse().ok(), source: None };
    let source = TableSource::new(presets::by_name("date-home-away").unwrap().clone(), told_so).unwrap();
    let text = "Date,Home,Away,HG,AG,Res\n02/04/2022,Aau,Bau,2,1,H\n13/08/2022,Bau,Aau,0,0,D\n02/04/2019,Cau,Dau,1,1,D\n";
    let parsed = read(&source, "x.csv", text);
    assert!(parsed.matches.iter().all(|m| m.season.to_string() == "2022"), "{:?}", told(&parsed));
    assert_eq!(faults(&parsed), [(4, "date_outside_season")]);
}

#[test]
fn a_score_beyond_90_minutes_is_not_that_of_90() {
    let text = "Round,Date,Team 1,FT,HT,Team 2\n1,2022-08-05,Aau,2-1 (a.e.t.),1-0,Bau\n1,2022-08-05,Cau,2-1,1-0,Dau\n";
    let parsed = read(&preset("footballcsv", Some("E0")), "x.csv", text);
    assert_eq!((parsed.matches.len(), faults(&parsed)), (1, vec![(2, "malformed_score")]));
}

#[test]
fn neutral_ground_is_read() {
    let map = "name = \"n\"\n[columns]\ndate = \"D\"\nhome = \"H\"\naway = \"A\"\nscore = \"S\"\nneutral = \"N\"\n[constants]\nleague = \"E0\"\n";
    let source = TableSource::new(Map::parse(map).unwrap(), Told::default()).unwrap();
    let text = "D,H,A,S,N\n2022-08-06,Aau,Bau,2-1,TRUE\n2022-08-06,Cau,Dau,2-1,FALSE\n2022-08-06,Eau,Fau,2-1,perhaps\n";
    let parsed = read(&source, "x.csv", text);
    assert_eq!(
        parsed.matches.iter().map(|m| m.setting.neutral_ground).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert_eq!(faults(&parsed), [(4, "malformed_setting")]);
}

#[test]
fn a_column_that_the_map_names_and_the_file_lacks_refuses_the_document() {
    let source = TableSource::new(Map::parse(MAP).unwrap(), Told::default()).unwrap();
    let text = "Titel\nTag;Zeit;Heim;Gast;Ergebnis\n06.08.2022;15:30;Aau;Bau;2:1\n";
    let error = source.parse(&Document { name: "x.csv", bytes: text.as_bytes() }, now()).unwrap_err();
    assert!(error.to_string().contains("Sieger"), "{error}");
}

#[test]
fn what_is_told_comes_back_with_the_reading() {
    let told_once = Told {
        league: Some("Oberhaus".to_owned()),
        season: "2022-23".parse().ok(),
        source: Some("other".to_owned()),
    };
    let source = TableSource::new(Map::parse(MAP).unwrap(), told_once).unwrap();
    let again = TableSource::of_reading("other", source.reading().unwrap()).unwrap();
    assert_eq!((again.reading(), again.name()), (source.reading(), "other"));
    assert_eq!((again.league, again.season), (source.league, source.season));
    assert!(matches!(TableSource::of_reading("other", "{}"), Err(TableError::Reading(_))));
    let damaged = source.reading.replace("Zeit", "Uhr");
    assert!(matches!(TableSource::of_reading("other", &damaged), Err(TableError::Reading(_))));
}

#[test]
fn names_of_sources_and_leagues_are_checked() {
    let with = |league: Option<&str>, source: Option<&str>| {
        let told =
            Told { league: league.map(str::to_owned), season: None, source: source.map(str::to_owned) };
        TableSource::new(Map::parse(MAP).unwrap(), told).map(|_| ())
    };
    assert!(matches!(with(None, Some("football-data")), Err(TableError::SourceTaken(_))));
    assert!(matches!(with(None, Some("My Source")), Err(TableError::SourceName(_))));
    assert!(matches!(with(Some("Nirgends"), None), Err(TableError::League(_))));
    assert!(with(Some("en.1"), Some("mine")).is_ok());
}

#[test]
fn any_separator_will_do() {
    let map =
        MAP.replace("separator = \";\"", "separator = \"^\"").replace("skip_lines = 1", "lenient = true");
    let source = TableSource::new(Map::parse(&map).unwrap(), Told::default()).unwrap();
    let text = "Tag^Heim^Gast^Ergebnis^Liga\n06.08.2022^\"Aau, x\"^Bau^2:1^Oberhaus\n";
    assert_eq!(told(&read(&source, "x.csv", text)), ["D1 2022-23 2022-08-06: Aau, x 2-1 Bau"]);
}

#[test]
fn utf_16_and_a_title_line_are_no_hindrance() {
    let text = "\u{feff}my title\nDate,Home,Away,HG,AG,Res\n06/08/2022,Köln,Bau,2,1,H\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let source = preset("date-home-away", Some("D1"));
    let parsed = source.parse(&Document { name: "x.csv", bytes: &bytes }, now()).unwrap();
    assert_eq!(told(&parsed), ["D1 2022-23 2022-08-06: Köln 2-1 Bau"]);
    assert_eq!(parsed.matches[0].status, MatchStatus::Finished);
}
