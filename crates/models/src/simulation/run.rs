//! Playing seasons out: blocks of seasons, fixture by fixture, spread over threads.

use super::distribution::SeasonTable;
use super::ranking::{Meeting, Ranker, Tally, record};
use super::rng::{SimulationRng, chance};
use super::season::{SeasonSimulation, SimulationError, Split};
use rand::Rng;
use std::sync::atomic::{AtomicU64, Ordering};

/// Seasons that are played together: one fixture's table stays in the first-level cache for all of them.
const BLOCK: u64 = 64;
const MOST_RUNS: u64 = 4_000_000_000;

impl SeasonSimulation {
    /// Plays the season out `runs` times on up to `threads` threads. Takes one number from `rng`; the result depends on
    /// the season, `runs` and that number only, not on the threads.
    ///
    /// # Errors
    /// [`SimulationError`] when the season is inconsistent or `runs` out of range.
    pub fn simulate<R: Rng + ?Sized>(
        &self,
        runs: u64,
        threads: usize,
        rng: &mut R,
    ) -> Result<SeasonTable, SimulationError> {
        self.check()?;
        if !(1..=MOST_RUNS).contains(&runs) {
            return Err(SimulationError::Runs(runs));
        }
        let seed = rng.next_u64();
        let blocks = runs.div_ceil(BLOCK);
        let next = AtomicU64::new(0);
        let pairings: Vec<Meeting> =
            self.played.iter().map(|p| p.0).chain(self.fixtures.iter().copied()).collect();
        let work = || {
            let mut player = Player::new(self, &pairings);
            loop {
                let block = next.fetch_add(1, Ordering::Relaxed);
                if block >= blocks {
                    return player.table;
                }
                let seasons = BLOCK.min(runs - block * BLOCK);
                player.play(seasons as usize, &mut SimulationRng::new(seed, block));
            }
        };
        let threads = threads.clamp(1, 256).min(blocks as usize);
        let mut total = SeasonTable::empty(self.teams, self.play_offs.len());
        let tables: Vec<SeasonTable> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut tables = vec![work()];
            tables.extend(others.into_iter().map(|t| t.join().expect("a simulation thread does not panic")));
            tables
        });
        for table in &tables {
            total.merge(table)?;
        }
        Ok(total)
    }
}

/// One thread's buffers and counts.
struct Player<'a> {
    season: &'a SeasonSimulation,
    ranker: Ranker<'a>,
    /// Tallies after the matches played, deductions included.
    start: Vec<Tally>,
    /// Per season of the block, then per team.
    tallies: Vec<Tally>,
    /// Per season of the block, then per match; only filled when the rules look at single results.
    results: Vec<u16>,
    matches: usize,
    order: Vec<usize>,
    table: SeasonTable,
}

impl<'a> Player<'a> {
    fn new(season: &'a SeasonSimulation, pairings: &'a [Meeting]) -> Self {
        let teams = season.teams;
        let ranker = Ranker::new(&season.rules, teams, pairings);
        let mut start = vec![Tally::default(); teams];
        for (pairing, score) in &season.played {
            add(&mut start, *pairing, *score, season);
        }
        for (tally, points) in start.iter_mut().zip(&season.adjustments) {
            tally.add_points(*points);
        }
        let matches = if ranker.needs_results() { pairings.len() } else { 0 };
        let block = BLOCK as usize;
        let mut results = vec![0; block * matches];
        for row in results.chunks_exact_mut(matches.max(1)) {
            for (cell, (_, score)) in row.iter_mut().zip(&season.played) {
                *cell = *score;
            }
        }
        Self {
            season,
            ranker,
            tallies: vec![Tally::default(); block * teams],
            start,
            results,
            matches,
            order: (0..teams).collect(),
            table: SeasonTable::empty(teams, season.play_offs.len()),
        }
    }

    /// Plays one block of seasons and counts them.
    fn play(&mut self, seasons: usize, rng: &mut SimulationRng) {
        let teams = self.season.teams;
        for tallies in self.tallies.chunks_exact_mut(teams) {
            tallies.copy_from_slice(&self.start);
        }
        let played = self.season.played.len();
        let (win, draw) = (i64::from(self.season.rules.win), i64::from(self.season.rules.draw));
        for (k, (pairing, sampler)) in self.season.fixtures.iter().zip(&self.season.samplers).enumerate() {
            let (home, away) = (pairing.home, pairing.away);
            for (s, tallies) in self.tallies.chunks_exact_mut(teams).take(seasons).enumerate() {
                let score = sampler.draw(rng);
                if let Ok([home, away]) = tallies.get_disjoint_mut([home, away]) {
                    record(home, away, score, win, draw);
                }
                if self.matches > 0 {
                    self.results[s * self.matches + played + k] = score;
                }
            }
        }
        for s in 0..seasons {
            self.finish(s, rng);
        }
    }

    fn finish(&mut self, s: usize, rng: &mut SimulationRng) {
        let teams = self.season.teams;
        let tallies = &mut self.tallies[s * teams..(s + 1) * teams];
        let results = &self.results[s * self.matches..(s + 1) * self.matches];
        self.ranker.rank(tallies, results, &mut self.order, rng);
        if let Some(split) = &self.season.split {
            play_split(split, self.season, tallies, &self.order, rng);
            let mut start = 0;
            for size in &split.groups {
                self.ranker.rank(tallies, results, &mut self.order[start..start + size], rng);
                start += size;
            }
        }
        for position in &self.season.rules.decider_after {
            let (upper, lower) = (self.order[position - 1], self.order[*position]);
            if tallies[upper].points() == tallies[lower].points() {
                let at = upper * teams + lower;
                let win = self.season.decider.as_ref().map_or(0.5, |table| table[at]);
                if !chance(win, rng) {
                    self.order.swap(position - 1, *position);
                }
            }
        }
        self.table.runs += 1;
        for (position, team) in self.order.iter().enumerate() {
            self.table.count_points(*team, position, tallies[*team].points());
        }
        for (n, play_off) in self.season.play_offs.iter().enumerate() {
            self.table.play_offs[n * teams + play_off.play(&mut self.order, rng)] += 1;
        }
        for (position, team) in self.order.iter().enumerate() {
            self.table.count(*team, position);
        }
    }
}

fn add(tallies: &mut [Tally], pairing: Meeting, score: u16, season: &SeasonSimulation) {
    let (win, draw) = (i64::from(season.rules.win), i64::from(season.rules.draw));
    if let Ok([home, away]) = tallies.get_disjoint_mut([pairing.home, pairing.away]) {
        record(home, away, score, win, draw);
    }
}

/// The matches after a split.
fn play_split(
    split: &Split,
    season: &SeasonSimulation,
    tallies: &mut [Tally],
    order: &[usize],
    rng: &mut SimulationRng,
) {
    if split.halve_points {
        for tally in tallies.iter_mut() {
            let points = tally.points();
            tally.add_points((points + 1).div_euclid(2) - points);
        }
    }
    let mut start = 0;
    for size in &split.groups {
        let group = &order[start..start + size];
        for round in 0..split.rounds {
            for (i, upper) in group.iter().enumerate() {
                for (j, lower) in group.iter().enumerate().skip(i + 1) {
                    let upper_at_home = (i + j + round) % 2 == 1;
                    let (home, away) = if upper_at_home { (*upper, *lower) } else { (*lower, *upper) };
                    let at = home * season.teams + away;
                    let score = split.grids.samplers[at].draw(rng);
                    add(tallies, Meeting { home, away }, score, season);
                }
            }
        }
        start += size;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PairGrids, PlayOff, RuleSet};
    use super::*;
    use crate::goals::poisson_grid;
    use touchline_outcomes::{Score, ScoreGrid};

    fn seeded(seed: u64) -> SimulationRng {
        SimulationRng::new(seed, 0)
    }

    fn league(teams: usize, rules: RuleSet) -> SeasonSimulation {
        let mut season = SeasonSimulation::new(teams, rules);
        for home in 0..teams {
            for away in (0..teams).filter(|a| *a != home) {
                let rate = |t: usize| 1.7 - 0.04 * t as f64;
                season.fixture(home, away, &poisson_grid([rate(home) + 0.2, rate(away)], 14));
            }
        }
        season
    }

    #[test]
    fn threads_do_not_change_the_result() {
        for rules in [RuleSet::premier_league(), RuleSet::la_liga(), RuleSet::serie_a(10, 3)] {
            let season = league(10, rules);
            let one = season.simulate(1000, 1, &mut seeded(11)).unwrap();
            assert_eq!(one, season.simulate(1000, 3, &mut seeded(11)).unwrap());
            assert_ne!(one, season.simulate(1000, 1, &mut seeded(12)).unwrap());
        }
    }

    #[test]
    fn every_team_has_one_position_and_every_position_one_team() {
        let table = league(8, RuleSet::uefa_group()).simulate(500, 2, &mut seeded(3)).unwrap();
        for k in 0..8 {
            assert!((table.positions(k).iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let at: f64 = (0..8).map(|t| table.probability(t, k + 1)).sum();
            assert!((at - 1.0).abs() < 1e-12);
        }
        assert!(table.title(0) > table.title(7));
        assert!(table.expected_points(0) > table.expected_points(7));
    }

    #[test]
    fn points_agree_with_the_exact_expectation() {
        let season = league(6, RuleSet::goal_difference());
        let exact: f64 = (1..6)
            .map(|other| {
                let rate = |t: usize| 1.7 - 0.04 * t as f64;
                let home = poisson_grid([rate(0) + 0.2, rate(other)], 14).forecast();
                let away = poisson_grid([rate(other) + 0.2, rate(0)], 14).forecast();
                3.0 * (home.home() + away.away()) + home.draw() + away.draw()
            })
            .sum();
        let table = season.simulate(40_000, 2, &mut seeded(5)).unwrap();
        let error = table.points_deviation(0) / 200.0;
        assert!((table.expected_points(0) - exact).abs() < 4.0 * error);
    }

    #[test]
    fn a_finished_season_has_one_outcome_and_deductions_count() {
        let mut season = SeasonSimulation::new(2, RuleSet::premier_league());
        season.result(0, 1, Score { home: 1, away: 0 }).result(1, 0, Score { home: 1, away: 1 });
        assert!((season.simulate(100, 1, &mut seeded(1)).unwrap().title(0) - 1.0).abs() < 1e-12);
        let table = season.simulate(100, 1, &mut seeded(1)).unwrap();
        assert_eq!([1, 2].map(|p| table.points_at(p, 0.5)), [Some(4), Some(1)]);
        assert_eq!((table.points_at(0, 0.5), table.points_at(3, 0.5)), (None, None));
        season.deduct(0, 4);
        assert!(season.simulate(100, 1, &mut seeded(1)).unwrap().title(0).abs() < 1e-12);
    }

    #[test]
    fn a_decider_follows_its_probability() {
        let mut season = SeasonSimulation::new(3, RuleSet::serie_a(3, 0));
        let one = |h, a| Score { home: h, away: a };
        season.result(0, 1, one(1, 0)).result(1, 2, one(3, 0)).result(2, 0, one(0, 0)).result(
            1,
            2,
            one(0, 0),
        );
        season.deciders(|i, _| if i == 0 { 0.8 } else { 0.2 });
        let table = season.simulate(20_000, 2, &mut seeded(9)).unwrap();
        assert!((table.title(0) - 0.8).abs() < 0.01, "{}", table.title(0));
    }

    #[test]
    fn a_split_keeps_teams_in_their_half() {
        let grid = |h: usize, a: usize| poisson_grid([1.6 - 0.02 * h as f64, 1.3 - 0.02 * a as f64], 12);
        let mut season = league(6, RuleSet::goal_difference());
        // Decide the first phase: give the first three a lead that no split can lose.
        for team in 0..3 {
            season.deduct(team, -100);
        }
        let grids = PairGrids::new(6, grid);
        season.split(Split { groups: vec![3, 3], rounds: 2, halve_points: true, grids });
        let table = season.simulate(500, 2, &mut seeded(2)).unwrap();
        for team in 0..6 {
            let upper = table.within(team, 1..=3);
            assert!((upper - f64::from(u8::from(team < 3))).abs() < 1e-12);
        }
    }

    #[test]
    fn exactly_one_team_wins_the_play_off() {
        let mut season = league(8, RuleSet::goal_difference());
        let table = vec![0.6; 64];
        let among = |positions, decides_places| PlayOff {
            positions,
            tie: table.clone(),
            last_tie: table.clone(),
            decides_places,
        };
        season.play_off(among(vec![3, 4, 5, 6], false)).play_off(among(vec![7, 8], true));
        let table = season.simulate(1000, 2, &mut seeded(2)).unwrap();
        let promoted: f64 = (0..8).map(|t| table.promotion(t, 2)).sum();
        assert!((promoted - 3.0).abs() < 1e-9);
        let saved: f64 = (0..8).map(|t| table.play_off(1, t)).sum();
        assert!((saved - 1.0).abs() < 1e-9);
        for team in 0..8 {
            let seventh = table.probability(team, 7);
            assert!((seventh - table.play_off(1, team)).abs() < 1e-12, "who wins it is seventh");
        }
        assert_eq!((table.play_off(2, 0), table.play_off(0, 8)), (0.0, 0.0));
        let other = league(8, RuleSet::goal_difference()).simulate(10, 1, &mut seeded(2)).unwrap();
        assert_eq!(table.clone().merge(&other), Err(SimulationError::Merge(8, 8)));
    }

    #[test]
    fn hostile_seasons_are_refused() {
        let grid: ScoreGrid = poisson_grid([1.0, 1.0], 5);
        assert_eq!(
            SeasonSimulation::new(1, RuleSet::la_liga()).simulate(1, 1, &mut seeded(1)),
            Err(SimulationError::Teams(1))
        );
        let mut season = SeasonSimulation::new(2, RuleSet::la_liga());
        season.fixture(0, 5, &grid);
        assert!(matches!(season.simulate(1, 1, &mut seeded(1)), Err(SimulationError::Match { away: 5, .. })));
        assert_eq!(
            league(4, RuleSet::la_liga()).simulate(0, 1, &mut seeded(1)),
            Err(SimulationError::Runs(0))
        );
        let mut season = league(4, RuleSet::serie_a(9, 3));
        assert!(matches!(season.simulate(1, 1, &mut seeded(1)), Err(SimulationError::Decider { .. })));
        season.split(Split {
            groups: vec![3],
            rounds: 1,
            halve_points: false,
            grids: PairGrids::new(4, |_, _| grid.clone()),
        });
        assert_eq!(season.simulate(1, 1, &mut seeded(1)), Err(SimulationError::Split { teams: 4 }));
    }
}
