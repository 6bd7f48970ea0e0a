//! The generator of the simulations: its stream is part of their results, so it is fixed here.

/// xoshiro256++ (Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators"), seeded by
/// SplitMix64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulationRng {
    state: [u64; 4],
}

impl SimulationRng {
    /// The stream of a seed and a stream number; different numbers give unrelated streams.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut start = seed;
        let mut x = split_mix(&mut start) ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03);
        Self { state: std::array::from_fn(|_| split_mix(&mut x)) }
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
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

    /// Uniform on \[0, 1).
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// True with that probability.
    #[inline]
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Standard normal, by the polar method.
    pub fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = x * x + y * y;
            if s > 0.0 && s < 1.0 {
                return x * (-2.0 * s.ln() / s).sqrt();
            }
        }
    }
}

fn split_mix(x: &mut u64) -> u64 {
    *x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *x;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
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
        let uniform: f64 = (0..n).map(|_| rng.uniform()).sum::<f64>() / f64::from(n);
        let normals: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let variance: f64 = normals.iter().map(|z| z * z).sum::<f64>() / f64::from(n);
        assert!((uniform - 0.5).abs() < 0.003);
        assert!((variance - 1.0).abs() < 0.015);
        assert_ne!(SimulationRng::new(7, 0).bits(), SimulationRng::new(7, 1).bits());
    }
}
