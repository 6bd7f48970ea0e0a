/// Random numbers that stay the same for ever, which those of a library do not promise between its versions.
///
/// SplitMix64: a counter whose every value is mixed. Fast, seeded by any number, good enough for samples, retries and tests;
/// simulations take `SimulationRng` of `touchline-models`, which it seeds.
///
/// Reference: Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (2014).
///
/// ```
/// use touchline_outcomes::SplitMix64;
/// let mut random = SplitMix64::new(1_234_567);
/// assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
/// assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// What its state grows by at each draw, for whoever keeps the state in another place, such as an atomic number.
    pub const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(Self::STEP);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform on \[0, 1), from the upper 53 bits of a draw.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one_and_numbers_lie_below_one() {
        // First outputs for seed 1234567 of the authors' reference implementation.
        let mut random = SplitMix64::new(1_234_567);
        let first = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([random.next_u64(), random.next_u64(), random.next_u64()], first);
        let mean =
            (0..10_000).map(|_| random.uniform()).inspect(|x| assert!((0.0..1.0).contains(x))).sum::<f64>();
        // Four standard errors.
        assert!((mean / 10_000.0 - 0.5).abs() < 0.012);
    }
}
