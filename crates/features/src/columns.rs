//! Writing one row of a family's columns.

/// Writes, per number, the home side's, the away side's and their difference.
///
/// # Panics
/// `out` is shorter than three times the numbers: a family's definitions and values disagree.
pub fn sides(out: &mut [f32], home: &[f64], away: &[f64]) {
    for ((out, h), a) in out.chunks_exact_mut(3).zip(home).zip(away) {
        out[0] = *h as f32;
        out[1] = *a as f32;
        out[2] = (h - a) as f32;
    }
}

/// A mean that forgets: exponentially weighted with the given weight of the newest value, and an ordinary mean
/// while it has seen less than `1 / weight` values.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Fading {
    value: f64,
    seen: u32,
}

impl Fading {
    /// Takes in a value; NaN is skipped.
    pub fn add(&mut self, weight: f64, value: f64) {
        if value.is_nan() {
            return;
        }
        self.seen += 1;
        self.value += weight.max(1.0 / f64::from(self.seen)) * (value - self.value);
    }

    /// The mean; NaN before the first value.
    pub fn get(&self) -> f64 {
        if self.seen == 0 { f64::NAN } else { self.value }
    }
}

/// State per team (or league): grows to whatever index is asked for.
#[derive(Debug, Clone, Default)]
pub struct PerIndex<T> {
    items: Vec<T>,
    blank: T,
}

impl<T: Clone> PerIndex<T> {
    /// The state at an index.
    pub fn get(&self, index: u32) -> &T {
        self.items.get(index as usize).unwrap_or(&self.blank)
    }

    /// The state at an index, to change it.
    pub fn get_mut(&mut self, index: u32) -> &mut T {
        let index = index as usize;
        if index >= self.items.len() {
            self.items.resize(index + 1, self.blank.clone());
        }
        &mut self.items[index]
    }
}
