//! The counting process of the goals still to come.

use super::ScoreEffect;
use touchline_outcomes::ScoreGrid;

/// Most further goals of a side.
const FURTHER: usize = 12;
/// Most events of the uniformised process.
const EVENTS: usize = 64;

/// Expected goals of both sides over the time left, if the score effect stayed as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Intensities {
    /// By who leads: home, nobody, away.
    by_lead: [[f64; 2]; 3],
}

impl Intensities {
    pub fn new(rates: [f64; 2], home: &ScoreEffect, away: &ScoreEffect) -> Self {
        let [h, a] = rates;
        Self {
            by_lead: [
                [h * home.leading, a * away.trailing],
                [h * home.level, a * away.level],
                [h * home.trailing, a * away.leading],
            ],
        }
    }

    pub fn at(&self, lead: i32) -> [f64; 2] {
        self.by_lead[match lead.signum() {
            1 => 0,
            0 => 1,
            _ => 2,
        }]
    }

    fn is_constant(&self) -> bool {
        let same =
            |k: usize| self.by_lead.iter().all(|rates| rates[k].to_bits() == self.by_lead[0][k].to_bits());
        same(0) && same(1)
    }
}

/// Who scores next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NextGoal {
    /// Probability that the home side does.
    pub home: f64,
    /// Probability that nobody does.
    pub none: f64,
    /// Probability that the away side does.
    pub away: f64,
}

pub(super) fn next_goal(intensities: &Intensities, lead: i16) -> NextGoal {
    let [home, away] = intensities.at(lead.into());
    let total = home + away;
    let none = (-total).exp();
    if total <= 0.0 {
        return NextGoal { home: 0.0, none: 1.0, away: 0.0 };
    }
    NextGoal { home: (1.0 - none) * home / total, none, away: (1.0 - none) * away / total }
}

/// The grid of final scores from the current one, each weighted by `tilt`.
pub(super) fn final_grid(
    intensities: &Intensities,
    score: [usize; 2],
    tilt: impl Fn(usize, usize) -> f64,
) -> ScoreGrid {
    let mut further = [[0.0; FURTHER + 1]; FURTHER + 1];
    if intensities.is_constant() {
        independent(intensities.at(0), &mut further);
    } else {
        uniformised(intensities, score, &mut further);
    }
    let side = score[0].max(score[1]) + FURTHER + 1;
    let mut cells = vec![0.0; side * side];
    for (i, row) in further.iter().enumerate() {
        for (j, p) in row.iter().enumerate() {
            let (home, away) = (score[0] + i, score[1] + j);
            cells[home * side + away] = p * tilt(home, away);
        }
    }
    ScoreGrid::from_weights(side - 1, cells).unwrap_or_else(|_| {
        // The pre-match grid rules out everything reachable (a truncated one may): trust the process alone.
        let mut cells = vec![0.0; side * side];
        cells[score[0] * side + score[1]] = 1.0;
        ScoreGrid::from_weights(side - 1, cells).expect("one cell with mass 1 is a grid")
    })
}

fn independent(rates: [f64; 2], further: &mut [[f64; FURTHER + 1]; FURTHER + 1]) {
    let pmf = rates.map(|rate| {
        let mut p = [(-rate).exp(); FURTHER + 1];
        for k in 1..=FURTHER {
            p[k] = p[k - 1] * rate / k as f64;
        }
        p
    });
    for (row, p) in further.iter_mut().zip(&pmf[0]) {
        for (cell, q) in row.iter_mut().zip(&pmf[1]) {
            *cell = p * q;
        }
    }
}

/// The process watched at the events of a Poisson process that is at least as fast as it in every state: at each event
/// it moves by a goal or stays. After `k` events no cell beyond `k` goals is reached.
fn uniformised(
    intensities: &Intensities,
    score: [usize; 2],
    further: &mut [[f64; FURTHER + 1]; FURTHER + 1],
) {
    let total = intensities.by_lead.iter().map(|[h, a]| h + a).fold(0.0, f64::max);
    if total <= 0.0 {
        further[0][0] = 1.0;
        return;
    }
    // By further home goals minus further away goals, from -FURTHER on: home goal, away goal, neither.
    let start = score[0] as i32 - score[1] as i32 - FURTHER as i32;
    let moves: [[f64; 3]; 2 * FURTHER + 1] = std::array::from_fn(|d| {
        let [h, a] = intensities.at(start + d as i32);
        [h / total, a / total, 1.0 - (h + a) / total]
    });
    let mut state = [[0.0; FURTHER + 1]; FURTHER + 1];
    state[0][0] = 1.0;
    let mut weight = (-total).exp();
    let mut seen = 0.0;
    for event in 0..EVENTS {
        for (i, (sums, row)) in further[..=event.min(FURTHER)].iter_mut().zip(&state).enumerate() {
            let reach = (event - i).min(FURTHER);
            for (sum, p) in sums[..=reach].iter_mut().zip(&row[..=reach]) {
                *sum += weight * p;
            }
        }
        seen += weight;
        if 1.0 - seen < 1e-12 {
            break;
        }
        weight *= total / (event + 1) as f64;
        step(&mut state, &moves, event + 1);
    }
}

/// One event, in place from the far corner back: each cell keeps its stayers and takes goals from its neighbours.
fn step(state: &mut [[f64; FURTHER + 1]; FURTHER + 1], moves: &[[f64; 3]; 2 * FURTHER + 1], events: usize) {
    for i in (0..=events.min(FURTHER)).rev() {
        let reach = (events - i).min(FURTHER);
        let (before, from) = state.split_at_mut(i);
        let row = &mut from[0];
        let at = FURTHER + i;
        for j in (1..=reach).rev() {
            row[j] = row[j] * moves[at - j][2] + row[j - 1] * moves[at - j + 1][1];
        }
        row[0] *= moves[at][2];
        if let Some(above) = before.last() {
            for (j, (cell, p)) in row[..=reach].iter_mut().zip(above).enumerate() {
                *cell += p * moves[at - 1 - j][0];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(effects: [ScoreEffect; 2], score: [usize; 2]) -> ScoreGrid {
        let intensities = Intensities::new([1.1, 0.8], &effects[0], &effects[1]);
        final_grid(&intensities, score, |_, _| 1.0)
    }

    #[test]
    fn without_effects_uniformisation_gives_the_independent_counts() {
        let nearly = ScoreEffect { leading: 1.0 + 1e-13, ..ScoreEffect::NONE };
        let (a, b) = (grid([ScoreEffect::NONE; 2], [1, 0]), grid([nearly, ScoreEffect::NONE], [1, 0]));
        for (p, q) in a.cells().iter().zip(b.cells()) {
            assert!((p - q).abs() < 1e-11);
        }
    }

    #[test]
    fn with_effects_it_agrees_with_small_steps_of_time() {
        let effects = [
            ScoreEffect { leading: 0.8, level: 1.0, trailing: 1.3 },
            ScoreEffect { leading: 0.7, level: 1.1, trailing: 1.2 },
        ];
        let intensities = Intensities::new([1.1, 0.8], &effects[0], &effects[1]);
        // Backward differences of many small steps, at most one goal each.
        let steps = 40_000;
        let mut state = vec![vec![0.0; 16]; 16];
        state[1][0] = 1.0;
        for _ in 0..steps {
            for h in (0..16).rev() {
                for a in (0..16).rev() {
                    let rate = |h: usize, a: usize| {
                        intensities.at(h as i32 - a as i32).map(|r| r / f64::from(steps))
                    };
                    let own = rate(h, a);
                    let mut p = state[h][a] * (1.0 - own[0] - own[1]);
                    if h > 0 {
                        p += state[h - 1][a] * rate(h - 1, a)[0];
                    }
                    if a > 0 {
                        p += state[h][a - 1] * rate(h, a - 1)[1];
                    }
                    state[h][a] = p;
                }
            }
        }
        let exact = grid(effects, [1, 0]);
        for (h, row) in state.iter().enumerate().take(6) {
            for (a, p) in row.iter().enumerate().take(6) {
                assert!((exact.probability(h, a) - p).abs() < 2e-5, "{h}-{a}");
            }
        }
    }

    #[test]
    fn goals_still_to_come_split_the_next_goal() {
        let intensities = Intensities::new([1.1, 0.8], &ScoreEffect::NONE, &ScoreEffect::NONE);
        let next = next_goal(&intensities, 0);
        assert!((next.home + next.none + next.away - 1.0).abs() < 1e-12);
        assert!((next.none - (-1.9_f64).exp()).abs() < 1e-12);
    }
}
