//! Ratings: one update each over 2,225 teams, and the batch fits of three seasons.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::hint::black_box;
use touchline_models::ratings::{
    Berrar, BerrarConfig, Colley, ColleyConfig, Davidson, Elo, EloConfig, Gap, GapConfig, Glicko2,
    Glicko2Config, Massey, OrderedLogit, PageRank, PageRankConfig, PiConfig, PiRating, PlayedMatch, Rating,
};
use touchline_outcomes::Score;

fn matches(count: usize, teams: usize) -> Vec<PlayedMatch> {
    let mut rng = StdRng::seed_from_u64(1);
    let goals = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5];
    (0..count)
        .map(|_| {
            let home = rng.random_range(0..teams);
            let away = (home + rng.random_range(1..teams)) % teams;
            let mut draw = || goals[rng.random_range(0..goals.len())];
            PlayedMatch { home, away, score: Score { home: draw(), away: draw() } }
        })
        .collect()
}

/// The chronological pass: read the advantage, then learn the result.
fn pass(rating: &mut impl Rating, matches: &[PlayedMatch]) -> f64 {
    let mut sum = 0.0;
    for m in matches {
        sum += rating.advantage(m.home, m.away);
        rating.update(m.home, m.away, m.score);
    }
    sum
}

fn updates(c: &mut Criterion) {
    let matches = matches(300_000, 2_225);
    let mut group = c.benchmark_group("pass_300000_matches");
    group.throughput(Throughput::Elements(300_000)).sample_size(10);
    macro_rules! run {
        ($name:literal, $new:expr) => {
            group.bench_function($name, |b| {
                b.iter(|| pass(black_box(&mut $new.expect("default parameters are valid")), &matches))
            });
        };
    }
    run!("elo", Elo::new(EloConfig::default()));
    run!("pi", PiRating::new(PiConfig::default()));
    run!("berrar", Berrar::new(BerrarConfig::default()));
    run!("gap", Gap::new(GapConfig::default()));
    run!("glicko2", Glicko2::new(Glicko2Config::default()));
    group.finish();
}

fn fits(c: &mut Criterion) {
    let matches = matches(1140, 24);
    let mut group = c.benchmark_group("fit_1140_matches_24_teams");
    group.bench_function("massey", |b| b.iter(|| Massey::fit(black_box(&matches), 24)));
    group.bench_function("colley", |b| {
        b.iter(|| Colley::fit(black_box(&matches), 24, ColleyConfig::default()));
    });
    group.bench_function("page_rank", |b| {
        b.iter(|| PageRank::fit(black_box(&matches), 24, PageRankConfig::default()));
    });
    let mut elo = Elo::new(EloConfig::default()).expect("default parameters are valid");
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for m in &matches {
        x.push(elo.advantage(m.home, m.away));
        y.push(touchline_outcomes::Outcome::of(m.score));
        elo.update(m.home, m.away, m.score);
    }
    group.bench_function("ordered_logit", |b| b.iter(|| OrderedLogit::fit(black_box(&x), &y)));
    group.bench_function("davidson", |b| b.iter(|| Davidson::fit(black_box(&x), &y)));
    group.finish();
}

criterion_group!(benches, updates, fits);
criterion_main!(benches);
