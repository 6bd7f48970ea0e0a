//! The generator of the simulations, and the draws that they make from any generator.

use rand::rand_core::{Infallible, SeedableRng, TryRng, utils};
use rand::{Rng, RngExt};
use touchline_outcomes::SplitMix64;

/// A generator whose stream never changes from one version to the next: the same seed gives the same season.
///
/// xoshiro256++ (Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators"), seeded by SplitMix64. It is
/// a [`rand::Rng`] like any other; every function of this crate that draws takes whichever one the caller has.
///
/// ```
/// use rand::{RngExt, SeedableRng};
/// use touchline_models::simulation::SimulationRng;
/// let mut rng = SimulationRng::seed_from_u64(7);
/// assert_eq!(rng, SimulationRng::new(7, 0));
/// assert!(rng.random_range(0..6) < 6);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulationRng {
    state: [u64; 4],
}

impl SimulationRng {
    /// The stream of a seed and a stream number; different numbers give unrelated streams, one for each thread.
    pub fn new(seed: u64, stream: u64) -> Self {
        let start = SplitMix64::new(seed).next_u64() ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03);
        let mut words = SplitMix64::new(start);
        Self { state: std::array::from_fn(|_| words.next_u64()) }
    }

    /// 64 random bits.
    #[inline]
    fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }
}

impl TryRng for SimulationRng {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        // The upper half: the lowest bits of the generator are its weakest.
        Ok((self.bits() >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.bits())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        utils::fill_bytes_via_next_word(bytes, || Ok(self.bits()))
    }
}

impl SeedableRng for SimulationRng {
    type Seed = [u8; 32];

    fn from_seed(seed: Self::Seed) -> Self {
        let mut state = [0; 4];
        for (word, bytes) in state.iter_mut().zip(seed.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        // All zero is the one state that the generator never leaves.
        if state == [0; 4] { Self::new(0, 0) } else { Self { state } }
    }

    /// Stream 0 of the seed: `SimulationRng::new(seed, 0)`.
    fn seed_from_u64(seed: u64) -> Self {
        Self::new(seed, 0)
    }
}

/// Uniform on \[0, 1), from the upper 53 of 64 bits.
#[inline]
pub(crate) fn uniform<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    rng.random()
}

/// True with that probability.
#[inline]
pub(crate) fn chance<R: Rng + ?Sized>(probability: f64, rng: &mut R) -> bool {
    uniform(rng) < probability
}

/// Standard normal, by the polar method.
pub(crate) fn normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    loop {
        let (x, y) = (2.0 * uniform(rng) - 1.0, 2.0 * uniform(rng) - 1.0);
        let s = x * x + y * y;
        if s > 0.0 && s < 1.0 {
            return x * (-2.0 * s.ln() / s).sqrt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_outputs_of_the_published_generator() {
        // Reference implementation with the state 1, 2, 3, 4.
        let mut rng = SimulationRng { state: [1, 2, 3, 4] };
        assert_eq!([rng.bits(), rng.bits(), rng.bits()], [41_943_041, 58_720_359, 3_588_806_011_781_223]);
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut rng = SimulationRng::new(7, 0);
        let n = 200_000;
        let uniform: f64 = (0..n).map(|_| uniform(&mut rng)).sum::<f64>() / f64::from(n);
        let normals: Vec<f64> = (0..n).map(|_| normal(&mut rng)).collect();
        let variance: f64 = normals.iter().map(|z| z * z).sum::<f64>() / f64::from(n);
        assert!((uniform - 0.5).abs() < 0.003);
        assert!((variance - 1.0).abs() < 0.015);
        assert_ne!(SimulationRng::new(7, 0).bits(), SimulationRng::new(7, 1).bits());
    }

    #[test]
    fn a_uniform_number_is_the_upper_53_bits_of_a_draw() {
        // The simulations' results depend on it: it must not change with a version of rand.
        let (mut rng, mut bits) = (SimulationRng::new(3, 1), SimulationRng::new(3, 1));
        for _ in 0..1000 {
            let expected = (bits.bits() >> 11) as f64 / 9_007_199_254_740_992.0;
            assert_eq!(uniform(&mut rng).to_bits(), expected.to_bits());
        }
    }

    #[test]
    fn every_seed_gives_a_generator_that_moves() {
        for seed in [[0; 32], [1; 32], [255; 32]] {
            let mut rng = SimulationRng::from_seed(seed);
            assert_ne!(rng.next_u64(), rng.next_u64());
        }
        let mut bytes = [0; 11];
        SimulationRng::seed_from_u64(1).fill_bytes(&mut bytes);
        assert_eq!(bytes[..8], SimulationRng::new(1, 0).next_u64().to_le_bytes());
    }
}
