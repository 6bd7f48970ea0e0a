//! The same tables as other programs save them, and documents that are not what they seem.

use super::*;

const ROWS: &str = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,QQH,QQD,QQA\n\
                    E0,06/08/2022,Aau,Bau,0,2,A,2.1,3.4,3.6\nE0,07/08/2022,Cau,Dau,1,0,H,2.1,3.4,3.6\n\
                    E0,13/08/2022,Bau,Cau,0,0,D,2.1,3.4,3.6\n";

fn refused(name: &str, text: &str) -> DocumentError {
    let document = Document { name, bytes: text.as_bytes() };
    FootballData.parse(&document, "2022-11-30T12:00:00Z".parse().unwrap()).unwrap_err()
}

#[test]
fn other_separators_letters_titles_and_dates_change_nothing() {
    let clean = parse("2223/E0.csv", ROWS).matches;
    let lower = {
        let (head, rows) = ROWS.split_once('\n').unwrap();
        format!("{}\n{rows}", head.to_lowercase())
    };
    let pandas =
        ROWS.replace("06/08/2022", "2022-08-06 00:00:00").replace("07/08/2022", "2022-08-07 00:00:00");
    for text in [ROWS.replace(',', ";"), ROWS.replace(',', "\t"), ROWS.replace(',', "|"), lower, pandas] {
        let parsed = parse("2223/E0.csv", &text);
        assert_eq!((kinds(&parsed), &parsed.matches), (vec![], &clean), "{text}");
    }
    let titled = parse("2223/E0.csv", &format!("Premier League 2022/23\n\n{ROWS}"));
    assert_eq!(titled.matches.len(), 3);
    assert_eq!(titled.layout.heading_line, 3);
    let decimals = ROWS.replace(',', ";").replace("2.1;3.4;3.6", "2,1;3,4;3,6");
    assert_eq!(parse("2223/E0.csv", &decimals).matches, clean);
}

#[test]
fn dates_month_first_are_read_so_as_a_whole() {
    let text = ROWS.replace("06/08", "08/06").replace("07/08", "08/14").replace("13/08", "08/13");
    let parsed = parse("2223/E0.csv", &text);
    assert_eq!(kinds(&parsed), [(0, "month_first")]);
    let days: Vec<String> = parsed.matches.iter().map(|m| m.kickoff.at.date_naive().to_string()).collect();
    assert_eq!(days, ["2022-08-06", "2022-08-14", "2022-08-13"]);
}

#[test]
fn a_second_heading_is_taken_as_one_and_values_beyond_are_of_no_column() {
    let second = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,RRH,RRD,RRA,QQH,QQD,QQA\nE0,20/08/2022,Dau,Aau,1,1,D,5,6,7,2.2,3.3,4.4\n";
    let parsed = parse("2223/E0.csv", &format!("{ROWS}{second}"));
    assert_eq!(kinds(&parsed), [(5, "second_heading")]);
    assert_eq!(parsed.rows, 4);
    let prices: Vec<_> =
        parsed.matches[3].odds.iter().map(|q| (&*q.bookmaker, q.prices[0].unwrap().value())).collect();
    assert_eq!(prices, [("RR", 5.0), ("QQ", 2.2)]);
    let wide = parse(
        "2223/E0.csv",
        &format!(
            "{ROWS}E0,20/08/2022,Dau,Aau,1,1,D,5,6,7,2.2,3.3,4.4\nE0,27/08/2022,Bau,Aau,1,1,D,5,6,7,,,\n"
        ),
    );
    assert_eq!(kinds(&wide), [(5, "shifted_values")]);
    assert_eq!(wide.matches[3].odds, []);
    assert_eq!(wide.matches[3].score, Some(Score { home: 1, away: 1 }));
    assert_eq!(wide.matches[4].odds.len(), 1, "empty fields behind the headings are none");
}

#[test]
fn extra_leagues_under_the_headings_of_the_main_ones_keep_their_scores() {
    let parsed = parse(
        "new/DNK.csv",
        "Country,League,Season,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n\
         Denmark,Superliga,2021/2022,19/07/2021,18:00,Aau,Bau,2,2,D\n",
    );
    assert_eq!(kinds(&parsed), []);
    assert_eq!(parsed.matches[0].score, Some(Score { home: 2, away: 2 }));
}

#[test]
fn past_days_without_any_score_are_refused_with_the_headings_looked_for() {
    let text = "Div,Date,HomeTeam,AwayTeam,Home goals,Away goals\nE0,06/08/2022,Aau,Bau,2,1\n";
    let error = refused("2223/E0.csv", text).to_string();
    for words in ["FTHG and FTAG", "not there", "HOMEGOALS", "--map"] {
        assert!(error.contains(words), "{error} lacks {words}");
    }
    // A list of fixtures that is old: kept, and a finding.
    let fixtures = parse("fixtures.csv", "Div,Date,Time,HomeTeam,AwayTeam\nE0,01/11/2022,15:00,Aau,Bau\n");
    assert_eq!((fixtures.matches.len(), kinds(&fixtures)), (1, vec![(2, "missing_score")]));
}

#[test]
fn dates_that_contradict_the_name_over_decades_refuse_the_document() {
    let mut text = String::from("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\n");
    for day in 1..=9 {
        writeln!(text, "D1,200{day}-8-1,Aau,B{day}au,1,0\nD1,0{day}/08/01,Cau,B{day}au,1,0").unwrap();
    }
    let error = refused("D1_0102.csv", &text);
    assert_eq!(error.name(), "dates_against_name");
    assert!(error.to_string().contains("spreadsheet"), "{error}");
    let mut unnamed = String::from("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\n");
    for (at, year) in (0..60).zip((2000..2020).cycle()) {
        writeln!(unnamed, "D1,{year}-8-1,A{}au,B{}au,1,0", at % 5, at % 7).unwrap();
    }
    assert_eq!(refused("D1.csv", &unnamed).name(), "spread_dates");
}

#[test]
fn seasons_in_every_notation_are_read() {
    for label in ["2223", "22/23", "22-23", "2022/23", "2022-2023", "2022", "2023"] {
        let text =
            format!("Season,Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\n{label},E0,06/08/2022,Aau,Bau,0,2\n");
        let parsed = parse("code/E0.csv", &text);
        assert_eq!((seasons(&parsed), kinds(&parsed)), (vec!["2022-23".to_owned()], vec![]), "{label}");
    }
    let text = "Season,Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\n1516,E0,06/08/2022,Aau,Bau,0,2\n";
    assert_eq!(kinds(&parse("code/E0.csv", text)), [(2, "date_outside_season")]);
}

#[test]
fn a_label_that_cannot_be_read_is_no_contradiction() {
    let parsed = parse(
        "2223/E0.csv",
        "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,06/08/2022,Aau,Bau,2,1,h\nE0,06/08/2022,Cau,Dau,0,1,2\n\
         E0,07/08/2022,Eau,Fau,1,1,Draw\nE0,07/08/2022,Gau,Hau,3,1,Gau\nE0,07/08/2022,Iau,Jau,3,1,?\nE0,13/08/2022,Aau,Cau,0,2,H\n",
    );
    assert_eq!(kinds(&parsed), [(7, "contradictory_result")]);
    let mut swapped = String::from("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n");
    for day in 1..=8 {
        writeln!(swapped, "E0,0{day}/08/2022,Aau,B{day}au,0,2,H").unwrap();
    }
    assert_eq!(refused("2223/E0.csv", &swapped).name(), "contradictory_results");
}

#[test]
fn the_league_may_be_told_outside_the_table() {
    let text = "Date,Home,Away,HG,AG,Res\n6/8/2022,Aau,Bau,1,1,D\n";
    assert_eq!(parse("E1.csv", text).leagues[0].code, "E1");
    assert_eq!(parse("premier-league/season-2223.csv [league=E0]", text).leagues[0].code, "E0");
    let error = refused("premier-league/season-2223.csv", text).to_string();
    assert!(error.contains("--league E0"), "{error}");
    let stated = parse("results.csv [league=E0] [season=2022-23]", text);
    assert_eq!(seasons(&stated), ["2022-23"]);
}

#[test]
fn a_file_that_breaks_off_says_so() {
    let cut = parse("2223/E0.csv", &format!("{ROWS}E0,20/08/2022,Dau,Aau,1"));
    assert_eq!(kinds(&cut), [(5, "truncated_row")]);
    let cut = parse("2223/E0.csv", &format!("{ROWS}E0,20/08/2022,Dau,Aau,1,1"));
    assert_eq!(kinds(&cut), [(5, "truncated_row")]);
    let cut = parse("2223/E0.csv", &format!("{ROWS}E0,20/08/2022,Dau,Aau,1,1,D,2.1,3"));
    assert_eq!((kinds(&cut), cut.matches[3].odds.len()), (vec![(5, "shifted_values")], 0));
    assert_eq!(kinds(&parse("2223/E0.csv", ROWS.trim_end())), [(4, "open_end")]);
}

#[test]
fn a_club_under_two_names_is_a_finding() {
    let clubs = ["Aau", "Bau", "Cau", "Dau", "Eau", "Fau"];
    let mut text = String::from("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\n");
    let mut day = 0;
    for home in clubs {
        for away in clubs.iter().filter(|away| **away != home) {
            day += 1;
            let home = if home == "Cau" && day % 2 == 0 { "Cau FC" } else { home };
            writeln!(text, "E0,{:02}/{:02}/2022,{home},{away},1,0", 1 + day % 28, 8 + day / 28).unwrap();
        }
    }
    let found = parse("2223/E0.csv", &text);
    assert!(found.rejections.iter().all(|r| r.kind.is_note()));
    assert!(found.rejections.iter().any(|r| r.message.contains("Cau FC")), "{:?}", found.rejections);
}
