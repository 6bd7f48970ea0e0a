//! One update of a running match.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use touchline_models::goals::{DixonColes, ScoreFamily};
use touchline_models::inplay::{InPlay, InPlayConfig, MatchClock, MatchState, ScoreEffect};
use touchline_outcomes::Score;

fn updates(c: &mut Criterion) {
    let before = DixonColes.grid([1.6, 1.1], &[-0.1], 14);
    let state = MatchState {
        clock: MatchClock::SecondHalf { minute: 55.0 },
        score: Score { home: 1, away: 0 },
        home_red_cards: 0,
        away_red_cards: 1,
        announced_added_time: None,
    };
    let effect = ScoreEffect { leading: 0.9, level: 1.0, trailing: 1.1 };
    let with_effects = InPlayConfig { home_effect: effect, away_effect: effect, ..InPlayConfig::default() };
    let mut group = c.benchmark_group("inplay_update");
    for (name, config) in [("plain", InPlayConfig::default()), ("score_effects", with_effects)] {
        let model = InPlay::from_grid(&before, config).expect("the settings are valid");
        group.bench_function(name, |b| b.iter(|| model.final_score(black_box(&state)).map(|g| g.forecast())));
        let start = MatchState::kick_off();
        let name = format!("{name}_at_kick_off");
        group.bench_function(name, |b| b.iter(|| model.final_score(black_box(&start)).map(|g| g.forecast())));
    }
    group.finish();
}

criterion_group!(benches, updates);
criterion_main!(benches);
