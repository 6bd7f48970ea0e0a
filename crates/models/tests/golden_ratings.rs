//! Ratings against penaltyblog 1.13 on invented matches (`bench/penaltyblog/goldens.py`), within 1e-9.

#![expect(clippy::unwrap_used, reason = "fixtures are known to be well formed")]

use serde_json::Value;
use touchline_models::ratings::{
    Colley, ColleyConfig, Elo, EloConfig, Massey, PiConfig, PiRating, PiRule, PlayedMatch, Rating,
};
use touchline_outcomes::Score;

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/ratings.json")).unwrap()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn played(golden: &Value) -> Vec<PlayedMatch> {
    golden["matches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let n = |i: usize| row[i].as_i64().unwrap();
            PlayedMatch { home: n(0) as usize, away: n(1) as usize, score: Score::new(n(2), n(3)).unwrap() }
        })
        .collect()
}

fn assert_close(ours: &[f64], theirs: &Value, what: &str) {
    let theirs = numbers(theirs);
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (team, (a, b)) in ours.iter().zip(&theirs).enumerate() {
        assert!((a - b).abs() < 1e-9, "{what} of team {team}: {a} against {b}");
    }
}

#[test]
fn elo_agrees() {
    let g = golden();
    let config =
        EloConfig { k: 20.0, margin_power: 0.0, home_advantage: 100.0, newcomer: 1500.0, season_pull: 0.0 };
    let mut elo = Elo::new(config).unwrap();
    for m in played(&g) {
        elo.update(m.home, m.away, m.score);
    }
    assert_close(elo.points(), &g["elo"], "Elo");
    assert!((elo.expected_share(0, 1) - g["elo_expected_0_1"].as_f64().unwrap()).abs() < 1e-9);
}

#[test]
fn pi_ratings_agree_under_the_linear_rule() {
    // The peer's cross-learning rate beta is our learning rate times the catch-up.
    let g = golden();
    let config =
        PiConfig { learning_rate: 0.15, catch_up: 0.10 / 0.15, rule: PiRule::Linear { damping: 0.75 } };
    let mut pi = PiRating::new(config).unwrap();
    for m in played(&g) {
        pi.update(m.home, m.away, m.score);
    }
    let home: Vec<f64> = (0..pi.teams()).map(|t| pi.home_rating(t)).collect();
    let away: Vec<f64> = (0..pi.teams()).map(|t| pi.away_rating(t)).collect();
    assert_close(&home, &g["pi_home"], "pi at home");
    assert_close(&away, &g["pi_away"], "pi away");
}

#[test]
fn massey_agrees_also_where_the_split_has_no_unique_answer() {
    let g = golden();
    let fitted = Massey::fit(&played(&g), 20).unwrap();
    assert_close(fitted.ratings(), &g["massey"], "Massey");
    assert_close(fitted.offence(), &g["massey_offence"], "Massey offence");
    assert_close(fitted.defence(), &g["massey_defence"], "Massey defence");
    let halves: Vec<PlayedMatch> =
        played(&g).into_iter().filter(|m| (m.home < 10) != (m.away < 10)).collect();
    let fitted = Massey::fit(&halves, 20).unwrap();
    assert_close(fitted.ratings(), &g["massey_halves"], "Massey of two halves");
    assert_close(fitted.defence(), &g["massey_halves_defence"], "Massey defence of two halves");
}

#[test]
fn colley_agrees_with_and_without_a_bonus_for_draws() {
    let g = golden();
    for (draw_bonus, name) in [(0.0, "colley"), (0.5, "colley_draw_bonus")] {
        let fitted = Colley::fit(&played(&g), 20, ColleyConfig { draw_bonus }).unwrap();
        assert_close(fitted.ratings(), &g[name], name);
    }
}
