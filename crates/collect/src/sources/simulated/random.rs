//! Random numbers that stay the same for ever, which those of a library do not promise between its versions.

use std::f64::consts::TAU;
use touchline_domain::SplitMix64;

/// Draws of what a simulated match needs.
#[derive(Debug)]
pub(super) struct Random(SplitMix64);

impl Random {
    /// A sequence fixed by its seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(SplitMix64::new(seed))
    }

    /// Uniform in \[0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        self.0.uniform()
    }

    /// Normal with mean 0 (Box and Muller 1958).
    pub(super) fn normal(&mut self, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        deviation * radius * (TAU * self.uniform()).cos()
    }

    /// Poisson with a mean of at most a few dozen (Knuth 1969, volume 2, 3.4.1).
    pub(super) fn poisson(&mut self, mean: f64) -> u8 {
        let limit = (-mean).exp();
        let (mut product, mut count) = (self.uniform(), 0);
        while product > limit && count < 90 {
            product *= self.uniform();
            count += 1;
        }
        count
    }

    /// How many of `n` trials succeed.
    pub(super) fn binomial(&mut self, n: u8, probability: f64) -> u8 {
        (0..n).map(|_| u8::from(self.uniform() < probability)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut random = Random::new(5);
        let n = 20_000;
        // Tolerances are four standard errors of the means.
        let poisson = (0..n).map(|_| f64::from(random.poisson(1.4))).sum::<f64>() / f64::from(n);
        assert!((poisson - 1.4).abs() < 4.0 * (1.4_f64 / f64::from(n)).sqrt(), "{poisson}");
        let square = (0..n).map(|_| random.normal(2.0).powi(2)).sum::<f64>() / f64::from(n);
        assert!((square - 4.0).abs() < 4.0 * (32.0 / f64::from(n)).sqrt(), "{square}");
    }
}
