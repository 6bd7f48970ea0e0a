//! From a training set to a fitted model: checks, start values, the search, empirical Bayes.

use super::config::{FitConfig, Shrinkage};
use super::error::FitError;
use super::family::ScoreFamily;
use super::fitted::Fitted;
use super::layout::Layout;
use super::newton::{DENSE_LIMIT, Maximum, maximise};
use super::objective::Objective;
use super::observations::{GoalMatches, GoalObservation};

/// Fits a family, from an earlier fit if there is one.
pub(crate) fn fit<F: ScoreFamily>(
    family: &F,
    matches: &GoalMatches,
    config: &FitConfig,
    previous: Option<&Fitted<F>>,
) -> Result<Fitted<F>, FitError> {
    config.check()?;
    matches.check()?;
    check_goals::<F>(matches)?;
    if config.shrinkage == Shrinkage::Off {
        check_finite_maximum(matches)?;
    }
    let mut objective = Objective::new(family, matches, config);
    let start = start_values(&objective, previous);
    let maximum = match config.shrinkage {
        Shrinkage::Estimated => estimate_spread(&mut objective, start, previous)?,
        _ => maximise(&objective, start, false, DENSE_LIMIT)?,
    };
    let strengths = &maximum.theta[..2 * objective.layout.teams];
    if config.shrinkage == Shrinkage::Off && strengths.iter().any(|s| s.abs() > 12.0) {
        return Err(FitError::NotIdentified);
    }
    Ok(Fitted::new(&objective, maximum))
}

fn check_goals<F: ScoreFamily>(matches: &GoalMatches) -> Result<(), FitError> {
    for (position, m) in matches.observations().iter().enumerate() {
        let goals = m.score.home.max(m.score.away);
        if goals > F::GOAL_LIMIT {
            return Err(FitError::TooManyGoals { position, goals, limit: F::GOAL_LIMIT, family: F::NAME });
        }
    }
    Ok(())
}

/// Without shrinkage every team needs goals for and against, and all teams must be linked.
fn check_finite_maximum(matches: &GoalMatches) -> Result<(), FitError> {
    let n = matches.teams();
    let mut parent: Vec<usize> = (0..n).collect();
    let (mut scored, mut conceded) = (vec![0.0; n], vec![0.0; n]);
    for m in matches.observations().iter().filter(|m| m.weight > 0.0) {
        let (h, a) = (m.home, m.away);
        let goals = [f64::from(m.score.home) * m.weight, f64::from(m.score.away) * m.weight];
        scored[h] += goals[0];
        conceded[a] += goals[0];
        scored[a] += goals[1];
        conceded[h] += goals[1];
        let (root_h, root_a) = (root(&mut parent, h), root(&mut parent, a));
        parent[root_h] = root_a;
    }
    let components = (0..n).filter(|team| parent[*team] == *team).count();
    if components > 1 {
        return Err(FitError::Disconnected { components });
    }
    for team in 0..n {
        let unbounded = |what, parameter| Err(FitError::Unbounded { team, what, parameter });
        if scored[team] <= 0.0 {
            return unbounded("no goals for", "attack");
        }
        if conceded[team] <= 0.0 {
            return unbounded("no goals against", "defence");
        }
    }
    Ok(())
}

fn root(parent: &mut [usize], mut team: usize) -> usize {
    while parent[team] != team {
        parent[team] = parent[parent[team]];
        team = parent[team];
    }
    team
}

/// Start from an earlier fit of the same layout, else from the observed goals.
fn start_values<F: ScoreFamily>(objective: &Objective<'_, F>, previous: Option<&Fitted<F>>) -> Vec<f64> {
    let mut theta = vec![0.0; objective.layout.len()];
    for (k, shape) in objective.shapes.iter().enumerate() {
        theta[objective.layout.shape(k)] = shape.start;
    }
    match previous {
        Some(previous) => carry_over(
            &objective.layout,
            &mut theta,
            previous.layout(),
            previous.parameters(),
            objective.matches,
        ),
        None => from_goals(objective, &mut theta),
    }
    // A start on a bound would hide the sign of the gradient there.
    let first = objective.layout.shape(0);
    for (x, shape) in theta[first..].iter_mut().zip(&objective.shapes) {
        let margin = 1e-3 * (shape.upper - shape.lower).min(1.0);
        *x = x.clamp(shape.lower + margin, shape.upper - margin);
    }
    theta
}

/// Independent Poisson strengths after a round of iterative proportional fitting: each attack such that the goals
/// expected against average defences are those scored, then each defence likewise against these attacks.
fn from_goals<F: ScoreFamily>(objective: &Objective<'_, F>, theta: &mut [f64]) {
    let (layout, matches) = (&objective.layout, objective.matches.observations());
    let n = layout.teams;
    let (mut home, mut away, mut weight) = (0.1, 0.1, 0.1);
    let (mut scored, mut conceded) = (vec![0.0; n], vec![0.0; n]);
    for m in matches {
        let (h, a) = (m.home, m.away);
        let goals = [f64::from(m.score.home) * m.weight, f64::from(m.score.away) * m.weight];
        home += goals[0];
        away += goals[1];
        weight += m.weight;
        scored[h] += goals[0];
        conceded[a] += goals[0];
        scored[a] += goals[1];
        conceded[h] += goals[1];
    }
    let level = away / weight;
    let advantage = (home / away).clamp((-1.0_f64).exp(), 1.0_f64.exp());
    // A prior weighs as much as so many goals; without one, logarithms must still be finite.
    let goals_of_prior = objective.sds.map_or([0.1; 2], |sds| sds.map(|sd| sd.powi(-2)));
    let average = vec![1.0; n];
    let attack = proportional(matches, &scored, &average, level, [advantage, 1.0], goals_of_prior[0]);
    let defence = proportional(matches, &conceded, &attack, level, [1.0, advantage], goals_of_prior[1]);
    theta[layout.level()] = level.ln();
    theta[layout.home()] = advantage.ln();
    for (side, factors) in [attack, defence].into_iter().enumerate() {
        let strengths = &mut theta[side * n..][..n];
        strengths.iter_mut().zip(factors).for_each(|(strength, factor)| *strength = factor.ln());
        let mean = strengths.iter().sum::<f64>() / n as f64;
        for strength in strengths {
            *strength -= mean;
        }
        theta[layout.level()] += mean;
    }
}

/// The factor of each team that makes the expected goals agree with `goals`, given its opponents' factors, the goals
/// of an average side, what these are multiplied by at home and away, and a prior at 1 that weighs so many goals.
fn proportional(
    matches: &[GoalObservation],
    goals: &[f64],
    opponents: &[f64],
    level: f64,
    venue: [f64; 2],
    goals_of_prior: f64,
) -> Vec<f64> {
    let mut expected = vec![goals_of_prior; goals.len()];
    for m in matches {
        let (home, away) = (m.home, m.away);
        let [at_home, elsewhere] = if m.neutral { [1.0; 2] } else { venue };
        expected[home] += m.weight * level * at_home * opponents[away];
        expected[away] += m.weight * level * elsewhere * opponents[home];
    }
    goals.iter().zip(expected).map(|(goals, expected)| (goals + goals_of_prior) / expected).collect()
}

/// Copies every parameter that both layouts have.
fn carry_over(to: &Layout, theta: &mut [f64], from: &Layout, old: &[f64], matches: &GoalMatches) {
    let mut copy = |at: usize, from: usize, count: usize| {
        theta[at..at + count].copy_from_slice(&old[from..from + count]);
    };
    let teams = to.teams.min(from.teams);
    copy(to.attack(0), from.attack(0), teams);
    copy(to.defence(0), from.defence(0), teams);
    copy(to.level(), from.level(), 2);
    copy(to.level_deviation(0), from.level_deviation(0), to.level_deviations.min(from.level_deviations));
    if to.home_per_team == from.home_per_team {
        copy(to.home_deviation(0), from.home_deviation(0), to.home_deviations.min(from.home_deviations));
    }
    copy(to.covariate(0), from.covariate(0), to.covariates.min(from.covariates));
    let groups = to.groups.min(from.groups);
    copy(to.group_attack(0), from.group_attack(0), groups);
    copy(to.group_defence(0), from.group_defence(0), groups);
    copy(to.shape(0), from.shape(0), to.shapes.min(from.shapes));
    for team in teams..to.teams {
        let group = matches.groups()[team];
        let known = group < groups;
        theta[to.attack(team)] = if known { theta[to.group_attack(group)] } else { 0.0 };
        theta[to.defence(team)] = if known { theta[to.group_defence(group)] } else { 0.0 };
    }
}

/// EM on the standard deviations of attack and defence: each becomes the root mean square of the teams'
/// deviations from their group plus their posterior variance.
fn estimate_spread<F: ScoreFamily>(
    objective: &mut Objective<'_, F>,
    start: Vec<f64>,
    previous: Option<&Fitted<F>>,
) -> Result<Maximum, FitError> {
    const ROUNDS: usize = 40;
    if let Some(sds) = previous.and_then(Fitted::spread) {
        objective.sds = Some([sds.0, sds.1]);
    }
    let mut maximum = maximise(objective, start, true, DENSE_LIMIT)?;
    for _ in 0..ROUNDS {
        let before = objective.sds.unwrap_or([0.3, 0.3]);
        let after = spread(objective, &maximum);
        objective.sds = Some(after);
        maximum = maximise(objective, maximum.theta, true, DENSE_LIMIT)?;
        if before.iter().zip(after).all(|(b, a)| (a / b - 1.0).abs() < 0.003) {
            break;
        }
    }
    Ok(maximum)
}

fn spread<F: ScoreFamily>(objective: &Objective<'_, F>, maximum: &Maximum) -> [f64; 2] {
    let layout = &objective.layout;
    let theta = &maximum.theta;
    let mut sds = [0.0; 2];
    for (side, sd) in sds.iter_mut().enumerate() {
        let mut sum = 0.0;
        for team in 0..layout.teams {
            let group = objective.matches.groups()[team];
            let (at, mean) = match (side, layout.groups > 0) {
                (0, true) => (layout.attack(team), theta[layout.group_attack(group)]),
                (_, true) => (layout.defence(team), theta[layout.group_defence(group)]),
                (0, false) => (layout.attack(team), 0.0),
                (_, false) => (layout.defence(team), 0.0),
            };
            let variance = maximum.variances.as_ref().map_or(0.0, |v| v[at]);
            sum += (theta[at] - mean).powi(2) + variance;
        }
        *sd = (sum / layout.teams as f64).sqrt().clamp(0.02, 2.0);
    }
    sds
}
