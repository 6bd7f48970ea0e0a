//! Random books against the laws that every method obeys. The tests run 200,000, the benches ten million.

use super::{DeVig, PriceError};
use rand::{Rng, RngExt};

/// Draws `count` books and frees each from its margin by one method after the other; gives how many were drawn,
/// or a description of the first that broke a law. A method may refuse a book only for the reasons it documents.
///
/// # Errors
/// The first violation.
pub fn self_check<R: Rng + ?Sized>(count: u64, rng: &mut R) -> Result<u64, String> {
    for i in 0..count {
        let outcomes = rng.random_range(2..8_usize);
        let wild = rng.random_range(0..4_u8) == 0;
        let odds: Vec<f64> = if wild {
            (0..outcomes).map(|_| 1.0 + 10_f64.powf(rng.random_range(-9.0..6.0))).collect()
        } else {
            let weights: Vec<f64> = (0..outcomes).map(|_| rng.random_range(0.02..1.0)).collect();
            let sum: f64 = weights.iter().sum::<f64>() / rng.random_range(0.98..1.15);
            weights.iter().map(|w| (sum / w).max(1.001)).collect()
        };
        let method = DeVig::ALL[(i % 8) as usize];
        if let Some(law) = broken_law(method, &odds) {
            return Err(format!("book {i} by {method:?}: {law}; {odds:?}"));
        }
    }
    Ok(count)
}

fn broken_law(method: DeVig, odds: &[f64]) -> Option<&'static str> {
    let fair = match method.fair(odds) {
        Ok(fair) => fair,
        Err(PriceError::Exhausted { .. }) => {
            use DeVig::{Additive, DifferentialMargin, JensenShannon};
            let may = matches!(method, Additive | DifferentialMargin | JensenShannon);
            return (!may).then_some("this method never exhausts an outcome");
        }
        Err(PriceError::NoMargin { sum, .. }) => return (sum >= 1.0).then_some("the book has a margin"),
        Err(_) => return Some("valid prices are accepted"),
    };
    let p = &fair.probabilities;
    if p.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return Some("probabilities lie within 0 to 1");
    }
    if (p.iter().sum::<f64>() - 1.0).abs() > 1e-9 {
        return Some("probabilities sum to 1");
    }
    let in_order =
        (0..odds.len()).all(|i| (0..odds.len()).all(|j| odds[i] >= odds[j] || p[i] >= p[j] - 1e-9));
    if !in_order {
        return Some("shorter odds are likelier");
    }
    let side = if fair.overround > 0.0 { 1.0 } else { -1.0 };
    if p.iter().zip(odds).any(|(p, o)| side * (p - 1.0 / o) > 1e-9) {
        return Some("a margin makes every outcome dearer");
    }
    None
}
