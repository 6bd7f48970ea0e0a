//! Whether the best of many that were tried is more than luck.

use super::special::{normal_below, normal_quantile};
use super::{MeanScore, MetricError, all_finite, same_length};
use rand::{Rng, RngExt};

/// White's reality check and Hansen's test of superior predictive ability.
///
/// Of many strategies without any merit the best one of the past looks good. Both tests ask how good the best of so many
/// would look if none had merit: performances (profit per period, 0 being what doing nothing earns) are resampled in blocks
/// of random length with mean `block` (the stationary bootstrap), the same periods for all, which keeps whatever the
/// strategies have in common; the best mean of each resample, each taken from its own mean, is what luck gives.
///
/// The reality check (`p_value`) counts how often luck reaches the best mean. Hansen's test (`spa_p_value`) divides each mean
/// by its own standard error, and leaves out of what luck can give those that are clearly worse than nothing, so that a crowd
/// of bad strategies does not hide a good one.
///
/// References: White, "A Reality Check for Data Snooping" (2000); Hansen, "A Test for Superior Predictive Ability" (2005),
/// the consistent version; Politis & Romano, "The Stationary Bootstrap" (1994).
///
/// ```
/// use rand::{RngExt, SeedableRng, rngs::StdRng};
/// use touchline_models::metrics::RealityCheck;
/// let mut rng = StdRng::seed_from_u64(1);
/// let luck: Vec<Vec<f64>> = (0..50).map(|_| (0..200).map(|_| rng.random_range(-1.0..1.0)).collect()).collect();
/// let check = RealityCheck::of(&luck, 500, 2.0, &mut rng)?;
/// assert!(check.tried == 50 && check.best_mean > 0.0 && check.p_value > 0.05);
/// # Ok::<(), touchline_models::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RealityCheck {
    /// How many were tried.
    pub tried: usize,
    /// Position of the one with the best mean.
    pub best: usize,
    /// Its mean per period.
    pub best_mean: f64,
    /// White: probability of a mean this good if none has merit.
    pub p_value: f64,
    /// Hansen: the same for the best mean in standard errors.
    pub spa_p_value: f64,
    /// How many resamples were drawn.
    pub resamples: usize,
}

impl RealityCheck {
    /// Tests performances, one list per strategy over the same periods.
    ///
    /// # Errors
    /// No strategies, fewer than two periods, lists of different length, a performance that is not finite, no resamples, or a
    /// mean block below 1.
    pub fn of<R: Rng + ?Sized>(
        performances: &[Vec<f64>],
        resamples: usize,
        block: f64,
        rng: &mut R,
    ) -> Result<Self, MetricError> {
        let periods = performances.first().ok_or(MetricError::TooFew { needed: 1 })?.len();
        if periods < 2 {
            return Err(MetricError::TooFew { needed: 2 });
        }
        if resamples == 0 || !(block >= 1.0 && block.is_finite()) {
            return Err(MetricError::Setting("draw at least one resample, of blocks of one period or more"));
        }
        for performance in performances {
            same_length(performance.len(), periods)?;
            all_finite(performance)?;
        }
        let n = periods as f64;
        let means: Vec<f64> = performances.iter().map(|d| d.iter().sum::<f64>() / n).collect();
        let mut draws = Vec::with_capacity(resamples);
        let mut counts = vec![0.0; periods];
        for _ in 0..resamples {
            draw_blocks(&mut counts, block, rng);
            let mean = |d: &Vec<f64>| d.iter().zip(&counts).map(|(d, c)| d * c).sum::<f64>() / n;
            draws.push(performances.iter().map(mean).collect::<Vec<f64>>());
        }
        // Standard errors of the means, by the same resamples.
        let errors: Vec<f64> = (0..means.len())
            .map(|k| {
                let squares: f64 = draws.iter().map(|draw| (draw[k] - means[k]).powi(2)).sum();
                (squares / resamples as f64).sqrt()
            })
            .collect();
        let best = (0..means.len()).fold(0, |best, k| if means[k] > means[best] { k } else { best });
        let share = |reached: &dyn Fn(&Vec<f64>) -> bool| {
            // The sample itself counts (Davison & Hinkley 1997, section 4.2): no share of finitely many draws is 0.
            (1 + draws.iter().filter(|draw| reached(draw)).count()) as f64 / (resamples + 1) as f64
        };
        let luck = |draw: &Vec<f64>| {
            draw.iter().zip(&means).map(|(drawn, mean)| drawn - mean).fold(f64::NEG_INFINITY, f64::max)
        };
        let in_errors = |value: f64, k: usize| if errors[k] > 0.0 { value / errors[k] } else { 0.0 };
        let statistic = (0..means.len()).map(|k| in_errors(means[k], k)).fold(0.0, f64::max);
        // Further below nothing than the law of the iterated logarithm allows: no candidate for the best.
        let hopeless = -(2.0 * n.ln().max(1.0).ln().max(0.0)).sqrt();
        let centre: Vec<f64> = (0..means.len())
            .map(|k| if in_errors(means[k], k) >= hopeless { means[k] } else { 0.0 })
            .collect();
        let luck_in_errors =
            |draw: &Vec<f64>| (0..means.len()).map(|k| in_errors(draw[k] - centre[k], k)).fold(0.0, f64::max);
        Ok(Self {
            tried: means.len(),
            best,
            best_mean: means[best],
            p_value: share(&|draw| luck(draw) >= means[best]),
            spa_p_value: share(&|draw| luck_in_errors(draw) >= statistic),
            resamples,
        })
    }
}

/// How often each period is drawn by the stationary bootstrap.
fn draw_blocks<R: Rng + ?Sized>(counts: &mut [f64], block: f64, rng: &mut R) {
    counts.fill(0.0);
    let mut at = 0;
    for drawn in 0..counts.len() {
        at = if drawn == 0 || rng.random::<f64>() < 1.0 / block {
            rng.random_range(0..counts.len())
        } else {
            (at + 1) % counts.len()
        };
        counts[at] += 1.0;
    }
}

/// Mean over standard deviation of a performance per period; 0 where it never varies.
///
/// # Errors
/// Fewer than two periods, or a performance that is not finite.
pub fn sharpe_ratio(performance: &[f64]) -> Result<f64, MetricError> {
    if performance.len() < 2 {
        return Err(MetricError::TooFew { needed: 2 });
    }
    let score = MeanScore::of(performance)?;
    let deviation = score.standard_error * (performance.len() as f64).sqrt();
    Ok(if deviation > 0.0 { score.value / deviation } else { 0.0 })
}

/// The Sharpe ratio of the best of many, deflated by how many were tried.
///
/// `expected_best = sd(ratios) ((1-g) z(1 - 1/N) + g z(1 - 1/(N e)))` is the best ratio that `N` trials without merit are
/// expected to show (`g` is Euler's constant, `z` the normal quantile). The deflated ratio is the probability that the true one
/// exceeds it, `Phi((SR - expected_best) sqrt(T-1) / sqrt(1 - skew SR + (kurtosis-1)/4 SR^2))`, which also allows for
/// profits being skewed and heavy-tailed, as those of long shots are.
///
/// Reference: Bailey & López de Prado, "The Deflated Sharpe Ratio" (2014).
///
/// ```
/// use touchline_models::metrics::DeflatedSharpe;
/// let profits: Vec<f64> = (0..300).map(|i| if i % 9 < 5 { 1.0 } else { -1.0 }).collect();
/// let alone = DeflatedSharpe::of(&profits, &[0.11], 1)?;
/// let of_many = DeflatedSharpe::of(&profits, &[0.11, -0.05, 0.02, 0.07], 200)?;
/// assert!(alone.probability > 0.95 && of_many.probability < 0.5);
/// # Ok::<(), touchline_models::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DeflatedSharpe {
    /// The ratio per period.
    pub ratio: f64,
    /// The best ratio that so many trials without merit are expected to show.
    pub expected_best: f64,
    /// Probability that the true ratio exceeds it.
    pub probability: f64,
    /// How many were tried.
    pub tried: usize,
}

impl DeflatedSharpe {
    /// Deflates the ratio of a performance. `ratios` are those of the trials that are at hand; `tried` says how many there
    /// were in all, and counts at least those at hand. With one ratio at hand the spread of the trials is that of luck over so
    /// many periods, and at least that where more were tried than are at hand.
    ///
    /// # Errors
    /// Fewer than two periods, or a number that is not finite.
    pub fn of(performance: &[f64], ratios: &[f64], tried: usize) -> Result<Self, MetricError> {
        all_finite(ratios)?;
        let ratio = sharpe_ratio(performance)?;
        let periods = performance.len() as f64;
        let tried = tried.max(ratios.len()).max(1);
        let luck = 1.0 / periods.sqrt();
        let spread = if ratios.len() > 1 {
            let held = MeanScore::of(ratios)?.standard_error * (ratios.len() as f64).sqrt();
            // Trials that are not at hand may differ more than those that are.
            if tried > ratios.len() { held.max(luck) } else { held }
        } else {
            luck
        };
        let expected_best = if tried > 1 {
            let n = tried as f64;
            let gamma = 0.577_215_664_901_532_9;
            let at = |share: f64| normal_quantile(1.0 - share);
            spread * ((1.0 - gamma) * at(1.0 / n) + gamma * at(1.0 / (n * std::f64::consts::E)))
        } else {
            0.0
        };
        let mean = performance.iter().sum::<f64>() / periods;
        let moment = |power| performance.iter().map(|x| (x - mean).powi(power)).sum::<f64>() / periods;
        let variance = moment(2);
        let (skew, kurtosis) = if variance > 0.0 {
            (moment(3) / variance.powf(1.5), moment(4) / variance.powi(2))
        } else {
            (0.0, 3.0)
        };
        let scale = (1.0 - skew * ratio + (kurtosis - 1.0) / 4.0 * ratio * ratio).max(1e-12).sqrt();
        let probability = normal_below((ratio - expected_best) * (periods - 1.0).sqrt() / scale);
        Ok(Self { ratio, expected_best, probability, tried })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::StdRng};

    /// Profits with a mean, of one period after the other.
    fn profits(mean: f64, periods: usize, rng: &mut StdRng) -> Vec<f64> {
        (0..periods).map(|_| mean + rng.random_range(-1.0..1.0)).collect()
    }

    #[test]
    fn the_best_of_many_without_merit_is_seldom_taken_for_good() {
        let mut rng = StdRng::seed_from_u64(3);
        let (mut white, mut spa, mut naive) = (0, 0, 0);
        for _ in 0..60 {
            let luck: Vec<Vec<f64>> = (0..40).map(|_| profits(0.0, 120, &mut rng)).collect();
            let check = RealityCheck::of(&luck, 200, 1.0, &mut rng).unwrap();
            white += usize::from(check.p_value < 0.05);
            spa += usize::from(check.spa_p_value < 0.05);
            let alone = RealityCheck::of(&luck[check.best..=check.best], 200, 1.0, &mut rng).unwrap();
            naive += usize::from(alone.p_value < 0.05);
        }
        assert!(white <= 8 && spa <= 8, "{white} and {spa} of 60");
        assert!(naive > 40, "judged alone, the best looks good: {naive} of 60");
    }

    #[test]
    fn one_with_merit_among_many_is_found_even_beside_hopeless_ones() {
        let mut rng = StdRng::seed_from_u64(4);
        let mut all: Vec<Vec<f64>> = (0..30).map(|_| profits(-0.5, 300, &mut rng)).collect();
        all.push(profits(0.2, 300, &mut rng));
        let check = RealityCheck::of(&all, 500, 2.0, &mut rng).unwrap();
        assert_eq!((check.best, check.tried), (30, 31));
        assert!(check.spa_p_value < 0.01 && check.spa_p_value <= check.p_value, "{check:?}");
    }

    #[test]
    fn a_ratio_shrinks_with_the_number_of_trials() {
        let mut rng = StdRng::seed_from_u64(5);
        let best = profits(0.08, 400, &mut rng);
        let ratios: Vec<f64> = (0..20).map(|_| sharpe_ratio(&profits(0.0, 400, &mut rng)).unwrap()).collect();
        let of = |tried| DeflatedSharpe::of(&best, &ratios, tried).unwrap();
        assert!(of(20).probability > of(200).probability && of(200).expected_best > of(20).expected_best);
        assert_eq!(of(1).tried, 20, "those at hand were tried");
        let own = sharpe_ratio(&best).unwrap();
        let twins = DeflatedSharpe::of(&best, &[own, own + 1e-4], 20).unwrap();
        assert!(twins.probability <= DeflatedSharpe::of(&best, &[own], 20).unwrap().probability);
        let alone = DeflatedSharpe::of(&best, &[], 1).unwrap();
        assert!(alone.expected_best == 0.0 && alone.probability > of(20).probability);
    }

    #[test]
    fn hostile_performances_are_errors() {
        let mut rng = StdRng::seed_from_u64(0);
        let mut of = |all: &[Vec<f64>], resamples, block| RealityCheck::of(all, resamples, block, &mut rng);
        assert!(of(&[], 10, 1.0).is_err() && of(&[vec![1.0]], 10, 1.0).is_err());
        assert!(of(&[vec![1.0, 2.0], vec![1.0]], 10, 1.0).is_err());
        assert!(of(&[vec![1.0, f64::NAN]], 10, 1.0).is_err());
        assert!(of(&[vec![1.0, 2.0]], 0, 1.0).is_err() && of(&[vec![1.0, 2.0]], 9, 0.5).is_err());
        assert!(of(&[vec![0.0, 0.0]], 10, 1.0).unwrap().p_value >= 1.0, "nothing happened");
        assert!(DeflatedSharpe::of(&[1.0], &[], 1).is_err());
        assert!(DeflatedSharpe::of(&[0.0, 0.0], &[f64::NAN], 1).is_err());
    }
}
