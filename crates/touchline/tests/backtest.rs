//! Backtests through the command line, on invented results and prices.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::Value;
use std::fmt::Write;
use support::Place;
use support::results::season;

const PERIOD: [&str; 6] = ["--from", "2018-08-01", "--to", "2021-06-30", "--forecaster", "strength-filter"];

/// Six seasons of a league with prices at one bookmaker and closing prices at another.
fn place() -> Place {
    let mut place = Place::new();
    place.set("TOUCHLINE__COMPUTE__THREADS", "2");
    place.set("TOUCHLINE__TRAINING__ROUNDS", "8");
    for start in 2015..2021 {
        let mut text =
            "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,B365H,B365D,B365A,MaxH,MaxD,MaxA,PSCH,PSCD,PSCA\n"
                .to_owned();
        for (n, line) in season("E0", start, &(0..10).collect::<Vec<_>>()).iter().enumerate() {
            let (home, away) = line.goals;
            let result = ["A", "D", "H"][usize::from(home > away) + usize::from(home >= away)];
            let off = f64::from(u8::try_from(n % 7).unwrap()) / 10.0;
            writeln!(
                text,
                "E0,{},15:00,{},{},{home},{away},{result},{:.2},3.4,{:.2},9,9,9,{:.2},3.4,{:.2}",
                line.date.format("%d/%m/%Y"),
                line.home,
                line.away,
                2.1 + off,
                3.5 - off,
                2.0 + off,
                3.6 - off
            )
            .unwrap();
        }
        let file = place.write(&format!("{:02}{:02}/E0.csv", start % 100, start % 100 + 1), text);
        place.ingest(0, "football-data", &[&file]);
    }
    place
}

fn run(place: &Place, strategies: &[&str], further: &[&str]) -> support::Said {
    let mut arguments = vec!["backtest"];
    arguments.extend(strategies.iter().flat_map(|name| ["--strategy", name]));
    arguments.extend(PERIOD);
    arguments.extend(further);
    place.run(&arguments)
}

fn ran<'a>(report: &'a Value, name: &str) -> &'a Value {
    let strategies = report["strategies"].as_array().unwrap();
    let found = strategies.iter().find(|s| s["ran"]["name"] == name);
    &found.unwrap_or_else(|| panic!("{name}: {report:#}"))["ran"]
}

const CHEAT: &str = r#"name = "cheat"
[bets]
pick = "closing_line"
markets = ["1x2"]
min_edge = 0.0
[prices]
bookmakers = ["B365"]
lead_minutes = 60
delay_minutes = 5
[stakes]
plan = "flat"
amount = 10
"#;

#[test]
fn strategies_are_run_judged_and_written() {
    let place = place();
    let (html, bets) = (place.path("out/report.html"), place.path("out/bets.json"));
    let files = ["--html", html.to_str().unwrap(), "--bets", bets.to_str().unwrap(), "--json"];
    let report = run(&place, &["draws", "value-1x2", "value-kelly-slip"], &files).ending(0).json();
    assert_eq!((&report["matches"], &report["priced"]), (&270.into(), &270.into()));
    assert_eq!(report["leagues"][0], "E0");
    // A slip is decided before the first match of its day: what forecasts know ends a day and an hour before kick-off.
    assert_eq!(report["forecast_lead_minutes"], 25 * 60);
    let draws = ran(&report, "draws");
    assert_eq!((&draws["bets"], &draws["closing_bets"]), (&270.into(), &270.into()));
    assert_eq!(draws["imputed"], 1.0, "football-data.co.uk tells no times of prices");
    assert!(
        draws["yield_on_stakes"]["low"].as_f64().unwrap()
            <= draws["yield_on_stakes"]["high"].as_f64().unwrap()
    );
    assert!(draws["verdict"]["words"].as_str().unwrap().contains("270 bets"));
    assert_eq!(report["luck"]["tried"], 3);
    let written: Value = serde_json::from_slice(&std::fs::read(&bets).unwrap()).unwrap();
    assert_eq!(written[0]["strategy"], "draws");
    let first = &written[0]["bets"][0];
    assert!((first["odds"].as_f64().unwrap() - 3.4).abs() < 1e-9 && first["bookmaker"] == "B365");
    assert_eq!(written[0]["bets"].as_array().unwrap().len(), 270);
    let page = std::fs::read_to_string(html).unwrap();
    assert!(
        page.starts_with("<!doctype html>") && page.contains("<svg") && page.contains("value-kelly-slip")
    );
    assert!(page.contains("The past is no promise") && !page.contains("NaN"));
    // The same again is the same, with other threads too.
    let again = run(&place, &["draws", "value-1x2", "value-kelly-slip"], &["--threads", "1", "--json"]);
    assert_eq!(again.ending(0).json(), report);
}

#[test]
fn cheats_are_refused_and_the_exit_code_says_so() {
    let place = place();
    let cheat = place.write("cheat.toml", CHEAT);
    let cheat = cheat.to_str().unwrap();
    let said = run(&place, &[cheat], &[]).ending(4);
    assert!(said.out.contains("cheat: REFUSED") && said.out.contains("before they are known"), "{said:?}");
    let both = run(&place, &[cheat, "draws"], &[]).ending(3);
    assert!(both.out.contains("REFUSED") && both.out.contains("no promise"), "{both:?}");
    // At kick-off the closing prices are known.
    let late = CHEAT
        .replace("lead_minutes = 60", "lead_minutes = 0")
        .replace("delay_minutes = 5", "delay_minutes = 1");
    let late = place.write("late.toml", late);
    run(&place, &[late.to_str().unwrap()], &[]).ending(0);
}

#[test]
fn variants_are_named_and_counted() {
    let place = place();
    let vary = ["--vary", "bets.min_edge=0.02,0.05,0.10", "--vary", "stakes.amount=1,5", "--json"];
    let report = run(&place, &["value-1x2"], &vary).ending(0).json();
    assert_eq!(report["strategies"].as_array().unwrap().len(), 6);
    ran(&report, "value-1x2, min_edge=0.05, amount=5");
    assert_eq!((&report["luck"]["tried"], &report["luck"]["reality_check"]["tried"]), (&6.into(), &6.into()));
    let told = run(&place, &["value-1x2"], &["--tried", "200"]).ending(0);
    assert!(told.out.contains("200 variants were tried"), "{told:?}");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let place = place();
    let file = place.write("mine.toml", CHEAT.replace("min_edge", "min_egde"));
    let said = run(&place, &[file.to_str().unwrap()], &[]).ending(1);
    assert!(said.err.contains("mine.toml: line 5: min_egde: unknown field"), "{said:?}");
    for (strategies, further, expected) in [
        (&["nobody"][..], &[][..], "neither a strategy that comes with the program"),
        (&["draws", "draws"], &[], "two strategies are called draws"),
        (&["draws"], &["--league", "X9"], "the store holds no league X9; it holds E0"),
        (&["draws"], &["--odds", "closing"], "before they are known"),
    ] {
        let said = run(&place, strategies, further).ending(1);
        assert!(said.err.contains(expected), "{said:?}");
    }
    let day = |from, to| place.run(&["backtest", "--strategy", "draws", "--from", from, "--to", to]);
    assert!(day("2021-06-30", "2020-06-30").ending(1).err.contains("exchange --from and --to"));
    assert!(day("1990-06-30", "1991-06-30").ending(1).err.contains("no finished match"));
    assert!(run(&place, &["draws"], &["--vary", "min_edge"]).ending(2).err.contains("KEY=VALUE"));
    let arguments = ["backtest", "--strategy", "draws", "--from", "2020-08-01", "--to", "2021-06-30"];
    let said = place.run(&[&arguments[..], &["--forecaster", "dixon"]].concat()).ending(2);
    assert!(said.err.contains("dixon_coles"), "{said:?}");
}

#[test]
fn the_default_model_is_trained_before_each_fold() {
    let place = place();
    let arguments =
        ["backtest", "--strategy", "value-1x2", "--from", "2020-08-01", "--to", "2021-06-30", "--json"];
    let report = place.run(&arguments).ending(0).json();
    assert_eq!((&report["forecaster"], &report["matches"]), (&"touchline".into(), &90.into()));
    let goals = ["--forecaster", "dixon_coles"];
    let report = place.run(&[&arguments[..], &goals].concat()).ending(0).json();
    assert_eq!(report["forecaster"], "dixon_coles");
}

#[test]
fn shipped_strategies_are_listed_and_shown() {
    let place = Place::new();
    let list = place.run(&["strategies", "list"]).ending(0);
    assert!(list.out.contains("value-kelly-slip") && list.out.contains("closing-line"), "{list:?}");
    let listed = place.run(&["strategies", "list", "--json"]).ending(0).json();
    for strategy in listed.as_array().unwrap() {
        let name = strategy["name"].as_str().unwrap();
        let shown = place.run(&["strategies", "show", name]).ending(0);
        assert!(shown.out.contains(&format!("name = \"{name}\"")), "{shown:?}");
    }
    assert!(place.run(&["strategies", "show", "nothing"]).ending(1).err.contains("value-flat"));
}
