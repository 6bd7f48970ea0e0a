use super::super::testing::board;
use super::*;
use touchline_domain::{CompetitionKind, Forecast, LeagueId, NewLeague};

const EVEN: [f64; 3] = [1.0; 3];
const HOME: [f64; 3] = [0.6, 0.2, 0.2];

fn league(id: i64, code: &str) -> League {
    let details = NewLeague {
        code: code.to_owned(),
        name: code.to_owned(),
        country: "Nowhere".to_owned(),
        level: 1,
        source: "test".to_owned(),
        kind: CompetitionKind::League,
    };
    League { id: LeagueId(id), details }
}

fn report(board: &Scoreboard) -> EvaluationReport {
    EvaluationReport::of("test", board, &[league(7, "XAA1"), league(8, "XAA2")], false).unwrap()
}

#[test]
fn levels_and_paired_differences_agree_with_hand_calculation() {
    let r = report(&board(12, &[("even", EVEN), ("home", HOME)]));
    let [even, home] = &r.forecasters[..] else { panic!("two forecasters") };
    // Even chances: 5/18 where a side wins, 1/9 for a draw.
    let level = (5.0 / 18.0 + 1.0 / 9.0 + 5.0 / 18.0) / 3.0;
    assert!((even.scores.rps.value - level).abs() < 1e-12);
    assert!((even.scores.accuracy.value - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(even.first_minus_this, None);
    let versus = home.first_minus_this.unwrap();
    assert!((versus.rps.difference - (level - home.scores.rps.value)).abs() < 1e-12);
    assert!(versus.rps.difference < 0.0 && versus.log_loss.difference < 0.0, "even chances are right here");
    assert_eq!(versus.diebold_mariano.unwrap().horizon, 3, "three matches a day");
}

#[test]
fn groups_partition_the_matches_and_are_named_and_ordered() {
    let r = report(&board(12, &[("even", EVEN), ("home", HOME)]));
    let names = |groups: &[GroupReport]| -> Vec<(String, usize)> {
        groups.iter().map(|g| (g.name.clone(), g.matches)).collect()
    };
    assert_eq!(names(&r.leagues), [("XAA1".to_owned(), 8), ("XAA2".to_owned(), 4)]);
    assert_eq!(names(&r.years), [("2020".to_owned(), 6), ("2021".to_owned(), 6)]);
    assert_eq!(names(&r.folds), [("first".to_owned(), 6), ("second".to_owned(), 6)]);
    assert_eq!(r.folds[1].learned_from, Some(200));
    // The second league sees nothing but draws, which even chances like better.
    assert!(r.leagues[1].forecasters[1].first_minus_this.difference < 0.0);
    for groups in [&r.leagues, &r.years, &r.folds] {
        for (i, whole) in r.forecasters.iter().enumerate() {
            let pooled: f64 =
                groups.iter().map(|g| g.forecasters[i].rps.value * g.matches as f64).sum::<f64>() / 12.0;
            assert!((pooled - whole.scores.rps.value).abs() < 1e-12);
        }
    }
}

#[test]
fn calibration_has_counts_and_parts_that_add_up() {
    let r = report(&board(300, &[("even", EVEN), ("home", HOME)]));
    let [even, home] = &r.forecasters[..] else { panic!("two forecasters") };
    for f in [even, home] {
        for reliability in &f.reliability {
            assert_eq!(reliability.bins.iter().map(|b| b.count).sum::<usize>(), 300);
            let parts = reliability.miscalibration - reliability.discrimination + reliability.uncertainty;
            assert!((reliability.score - parts).abs() < 1e-12);
        }
    }
    assert!(even.reliability[0].miscalibration < 1e-12 && home.reliability[0].miscalibration > 0.05);
    assert!(home.calibration_error > 0.15);
    assert_eq!(home.reliability[0].recalibrated.len(), 1, "one distinct forecast");
}

#[test]
fn corners_of_the_recalibration_draw_all_of_it() {
    let mut rising = board(300, &[("rising", EVEN)]);
    for (n, forecast) in rising.answered[0].forecasts.iter_mut().enumerate() {
        let p = (n as f64 + 1.0) / 400.0;
        *forecast = Forecast::new(p, (1.0 - p) / 2.0, (1.0 - p) / 2.0).unwrap();
    }
    let line = &report(&rising).forecasters[0].reliability[0].recalibrated;
    assert!(line.len() < 300, "{} corners", line.len());
    assert!(line.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 <= w[1].1));
    assert!((line[0].0 - 1.0 / 400.0).abs() < 1e-12 && (line[line.len() - 1].0 - 0.75).abs() < 1e-12);
}

#[test]
fn score_forecasts_are_judged_where_there_are_any() {
    let mut board = board(9, &[("a", EVEN), ("b", EVEN), ("c", EVEN)]);
    board.answered[1].goals = None;
    board.answered[2].goals = Some(board.matches.iter().map(|m| m.goals.map(f64::from)).collect());
    let r = report(&board);
    // One goal a side: 2-1 and 0-1 miss by one goal, 1-1 by none.
    let a = r.forecasters[0].goals.unwrap();
    assert!((a.errors.rmse.value - (2.0_f64 / 3.0).sqrt()).abs() < 1e-12 && a.first_minus_this.is_none());
    assert_eq!(r.forecasters[1].goals, None);
    let perfect = r.forecasters[2].goals.unwrap();
    assert!((perfect.first_minus_this.unwrap().difference - 2.0 / 3.0).abs() < 1e-12);
}

#[test]
fn a_single_match_and_no_match_are_answered() {
    let one = report(&board(1, &[("a", HOME), ("b", EVEN)]));
    assert_eq!(one.matches, 1);
    assert_eq!(one.forecasters[1].first_minus_this.unwrap().diebold_mariano, None);
    assert!(serde_json::to_string(&one).unwrap().contains(r#""standard_error":null"#));
    let none = EvaluationReport::of("none", &board(0, &[("a", HOME)]), &[], false);
    assert_eq!(none, Err(MetricError::TooFew { needed: 1 }));
}
