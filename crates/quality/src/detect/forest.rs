//! Isolation forest: points that few random cuts separate from the others.

use rand::seq::index;
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// Euler's constant.
const EULER: f64 = 0.577_215_664_901_532_9;
/// Points that each tree sees.
const SAMPLE: usize = 256;

#[derive(Debug, Clone)]
enum Node {
    Cut { column: usize, at: f64, below: usize, above: usize },
    Leaf { depth: f64 },
}

/// A fitted forest.
///
/// A point's score is `2^(-E[h] / c(n))`, with `h` the cuts until it stands alone and `c(n)` the mean of `h` in a random
/// tree of `n` points: near 1 for anomalies, below 0.5 for ordinary points.
///
/// Reference: Liu, Ting & Zhou, "Isolation Forest" (2008). Seeded: the same points, trees and seed give the same scores.
#[derive(Debug, Clone)]
pub struct IsolationForest {
    trees: Vec<Vec<Node>>,
    expected: f64,
}

/// Mean number of cuts of an unsuccessful search in a tree of `n` points.
fn expected_depth(n: usize) -> f64 {
    match n {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => {
            let n = n as f64;
            2.0 * ((n - 1.0).ln() + EULER) - 2.0 * (n - 1.0) / n
        }
    }
}

impl IsolationForest {
    /// Fits `trees` trees (100 as usual) to points of one dimension each; none where there are no points. Points must
    /// hold no null.
    pub fn fit(points: &[Vec<f64>], trees: usize, seed: u64) -> Option<Self> {
        points.first()?;
        let mut rng = StdRng::seed_from_u64(seed);
        let sample = points.len().min(SAMPLE);
        let limit = (sample as f64).log2().ceil().max(1.0) as u32;
        let grown = (0..trees).map(|_| {
            let mut rows = index::sample(&mut rng, points.len(), sample).into_vec();
            let mut nodes = Vec::new();
            grow(points, &mut rows, 0, limit, &mut nodes, &mut rng);
            nodes
        });
        Some(Self { trees: grown.collect(), expected: expected_depth(sample) })
    }

    /// The score of a point, in 0 to 1.
    pub fn score(&self, point: &[f64]) -> f64 {
        let depth = |nodes: &Vec<Node>| {
            let mut at = nodes.len() - 1;
            loop {
                match nodes[at] {
                    Node::Leaf { depth } => return depth,
                    Node::Cut { column, at: cut, below, above } => {
                        at = if point[column] < cut { below } else { above };
                    }
                }
            }
        };
        let mean = self.trees.iter().map(depth).sum::<f64>() / self.trees.len() as f64;
        if self.expected > 0.0 { (-mean / self.expected).exp2() } else { 0.5 }
    }
}

/// Adds the tree of some rows to the nodes, its root last; gives where that is.
fn grow(
    points: &[Vec<f64>],
    rows: &mut [usize],
    depth: u32,
    limit: u32,
    nodes: &mut Vec<Node>,
    rng: &mut StdRng,
) -> usize {
    let leaf = |rows: &[usize], nodes: &mut Vec<Node>| {
        nodes.push(Node::Leaf { depth: f64::from(depth) + expected_depth(rows.len()) });
        nodes.len() - 1
    };
    if rows.len() <= 1 || depth >= limit {
        return leaf(rows, nodes);
    }
    let range = |column: usize| {
        rows.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), row| {
            let x = points[*row][column];
            (low.min(x), high.max(x))
        })
    };
    let spread: Vec<(usize, (f64, f64))> =
        (0..points[rows[0]].len()).map(|c| (c, range(c))).filter(|(_, (low, high))| low < high).collect();
    if spread.is_empty() {
        return leaf(rows, nodes);
    }
    let (column, (low, high)) = spread[rng.random_range(0..spread.len())];
    let at = low + (high - low) * rng.random::<f64>();
    let at = if at > low { at } else { high };
    let mut middle = 0;
    for i in 0..rows.len() {
        if points[rows[i]][column] < at {
            rows.swap(i, middle);
            middle += 1;
        }
    }
    let (left, right) = rows.split_at_mut(middle);
    let below = grow(points, left, depth + 1, limit, nodes, rng);
    let above = grow(points, right, depth + 1, limit, nodes, rng);
    nodes.push(Node::Cut { column, at, below, above });
    nodes.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud() -> Vec<Vec<f64>> {
        let mut rng = StdRng::seed_from_u64(3);
        let mut points: Vec<Vec<f64>> =
            (0..400).map(|_| vec![rng.random::<f64>() + rng.random::<f64>(), rng.random::<f64>()]).collect();
        points.push(vec![6.0, -3.0]);
        points
    }

    #[test]
    fn a_point_far_from_all_has_the_highest_score() {
        let points = cloud();
        let forest = IsolationForest::fit(&points, 100, 42).unwrap();
        let scores: Vec<f64> = points.iter().map(|point| forest.score(point)).collect();
        assert!(scores[400] > 0.7, "{}", scores[400]);
        assert!(scores[..400].iter().all(|score| *score < scores[400] && *score > 0.0));
    }

    #[test]
    fn the_same_seed_gives_the_same_scores() {
        let points = cloud();
        let score = |seed| IsolationForest::fit(&points, 20, seed).unwrap().score(&points[7]).to_bits();
        assert_eq!(score(1), score(1));
        assert_ne!(score(1), score(2));
    }

    #[test]
    fn points_that_are_all_alike_are_ordinary() {
        let forest = IsolationForest::fit(&vec![vec![1.0]; 50], 10, 1).unwrap();
        assert!((forest.score(&[1.0]) - 0.5).abs() < 1e-9);
        assert!(IsolationForest::fit(&[], 10, 1).is_none());
    }
}
