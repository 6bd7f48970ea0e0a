//! Markets against penaltyblog 1.13 from equal parameters (`bench/penaltyblog/goldens.py`), within 1e-9.

#![expect(clippy::unwrap_used, reason = "fixtures are known to be well formed")]

use serde_json::Value;
use touchline_models::markets::{Line, Markets, PointsRule, Settlement};
use touchline_models::odds::GoalExpectancy;
use touchline_outcomes::{ScoreGrid, Side};

fn golden() -> Vec<Value> {
    serde_json::from_str(include_str!("golden/markets.json")).unwrap()
}

fn number(v: &Value) -> f64 {
    v.as_f64().unwrap()
}

/// Our own grid from the same means.
fn grid(g: &Value) -> ScoreGrid {
    let means = GoalExpectancy { home: number(&g["home"]), away: number(&g["away"]), rho: 0.0, error: 0.0 };
    means.grid(g["max_goals"].as_u64().unwrap() as usize).unwrap()
}

fn close(ours: f64, theirs: &Value, what: &str) {
    assert!((ours - number(theirs)).abs() < 1e-9, "{what}: {ours} against {theirs}");
}

#[test]
fn markets_agree() {
    for g in golden() {
        let grid = grid(&g);
        let m = Markets::of(&grid);
        for (p, t) in m.one_x_two().as_array().iter().zip(g["one_x_two"].as_array().unwrap()) {
            close(*p, t, "1X2");
        }
        let d = m.double_chance();
        close(d.home_or_draw, &g["double_chance"][0], "1X");
        close(d.home_or_away, &g["double_chance"][1], "12");
        close(d.draw_or_away, &g["double_chance"][2], "X2");
        close(m.draw_no_bet(Side::Home).two_way_probability(), &g["draw_no_bet"][0], "draw no bet, home");
        close(m.draw_no_bet(Side::Away).two_way_probability(), &g["draw_no_bet"][1], "draw no bet, away");
        close(m.both_teams_to_score(), &g["btts"], "both teams to score");
        close(m.win_to_nil(Side::Home), &g["win_to_nil"][0], "win to nil, home");
        close(m.win_to_nil(Side::Away), &g["win_to_nil"][1], "win to nil, away");
        close(m.expected_points(Side::Home, PointsRule::default()), &g["expected_points"][0], "points, home");
        close(m.expected_points(Side::Away, PointsRule::default()), &g["expected_points"][1], "points, away");
        close(m.correct_score(2, 1), &g["exact_2_1"], "2-1");
        for (p, t) in m.goals(Side::Home).mass().iter().zip(g["home_goals"].as_array().unwrap()) {
            close(*p, t, "home goals");
        }
        for (p, t) in m.total_goals().mass().iter().zip(g["total_goals"].as_array().unwrap()) {
            close(*p, t, "total goals");
        }
    }
}

/// Whole and half lines settle alike. On quarter lines the peer averages win, push and loss of the two half
/// stakes; ours names the half wins and half losses, which is what is paid. Averaged they must give the peer's
/// figures, and the half ways themselves must not be empty: the peer shows them as half a push.
fn compare(bet: &Settlement, line: Line, win: &Value, push: &Value, loss: &Value) {
    close(bet.won(), win, "win");
    close(bet.lost(), loss, "loss");
    close(bet.push + f64::midpoint(bet.half_win, bet.half_loss), push, "push");
    if line.halves().is_some() {
        assert!(bet.push <= 0.0, "a quarter line never returns the whole stake");
        assert!((bet.half_win > 0.0) != (bet.half_loss > 0.0) || number(push) <= 0.0, "{bet:?}");
    } else {
        assert!(bet.half_win + bet.half_loss <= 0.0, "only quarter lines settle in halves");
    }
}

#[test]
fn totals_and_handicaps_agree_once_the_five_ways_are_averaged() {
    for g in golden() {
        let grid = grid(&g);
        let m = Markets::of(&grid);
        for row in g["totals"].as_array().unwrap() {
            let line = Line::from_quarters(row[0].as_i64().unwrap() as i16);
            compare(&m.over(line), line, &row[3], &row[2], &row[1]);
            compare(&m.under(line), line, &row[1], &row[2], &row[3]);
        }
        for row in g["handicaps"].as_array().unwrap() {
            let line = Line::from_quarters(row[0].as_i64().unwrap() as i16);
            compare(&m.asian_handicap(Side::Home, line), line, &row[1], &row[2], &row[3]);
            compare(&m.asian_handicap(Side::Away, line), line, &row[4], &row[5], &row[6]);
        }
    }
}
