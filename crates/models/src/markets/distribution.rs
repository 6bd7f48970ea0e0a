//! A distribution over consecutive whole numbers, with its sums from either end.

/// Probabilities of consecutive whole numbers.
///
/// ```
/// use touchline_models::markets::Distribution;
/// let d = Distribution::new(-1, &[0.25, 0.5, 0.25]);
/// assert_eq!((d.below(0), d.at(0), d.above(0)), (0.25, 0.5, 0.25));
/// assert_eq!(d.mean(), 0.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    lowest: i32,
    len: usize,
    /// Mass, then the sums of all before each number, then of all after it.
    sums: Box<[f64]>,
}

impl Distribution {
    /// `mass[i]` is the probability of `lowest + i`. Sums run from the ends inwards, so small tails stay exact.
    pub fn new(lowest: i32, mass: &[f64]) -> Self {
        let len = mass.len();
        let mut sums = vec![0.0; 3 * len];
        sums[..len].copy_from_slice(mass);
        let mut below = 0.0;
        for (sum, p) in sums[len..2 * len].iter_mut().zip(mass) {
            *sum = below;
            below += p;
        }
        let mut above = 0.0;
        for (sum, p) in sums[2 * len..].iter_mut().zip(mass).rev() {
            *sum = above;
            above += p;
        }
        Self { lowest, len, sums: sums.into_boxed_slice() }
    }

    /// The lowest number with an entry.
    pub fn lowest(&self) -> i32 {
        self.lowest
    }

    /// Probabilities from the lowest number up.
    pub fn mass(&self) -> &[f64] {
        &self.sums[..self.len]
    }

    fn index(&self, value: i32) -> Result<usize, std::cmp::Ordering> {
        match usize::try_from(i64::from(value) - i64::from(self.lowest)) {
            Err(_) => Err(std::cmp::Ordering::Less),
            Ok(i) if i >= self.len => Err(std::cmp::Ordering::Greater),
            Ok(i) => Ok(i),
        }
    }

    /// Probability of exactly `value`.
    pub fn at(&self, value: i32) -> f64 {
        self.index(value).map_or(0.0, |i| self.sums[i])
    }

    /// Probability of less than `value`.
    pub fn below(&self, value: i32) -> f64 {
        match self.index(value) {
            Ok(i) => self.sums[self.len + i],
            Err(std::cmp::Ordering::Less) => 0.0,
            Err(_) => self.whole(),
        }
    }

    /// Probability of more than `value`.
    pub fn above(&self, value: i32) -> f64 {
        match self.index(value) {
            Ok(i) => self.sums[2 * self.len + i],
            Err(std::cmp::Ordering::Less) => self.whole(),
            Err(_) => 0.0,
        }
    }

    fn whole(&self) -> f64 {
        self.mass().iter().sum()
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.mass().iter().enumerate().map(|(i, p)| p * (f64::from(self.lowest) + i as f64)).sum()
    }
}
