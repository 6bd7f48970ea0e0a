//! Exact SHAP values of a prediction, by TreeSHAP over the paths of the trees.
//!
//! Lundberg, Erion, Lee, "Consistent Individualized Feature Attribution for Tree Ensembles" (2018,
//! arXiv:1802.03888), algorithm 2: the expectation over features that are left out follows the share of training
//! rows down each branch ("path-dependent"), as LightGBM's `predict_contrib` does. Time per tree is in the order of
//! leaves times depth squared.

use crate::TreeEnsemble;
use crate::ensemble::{PredictError, Tree};

/// What each feature added to one raw score of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// The mean raw score over the training rows.
    pub base: f64,
    /// Contribution of each feature, in the model's order, in units of the raw score; with `base` they sum to it.
    pub features: Vec<f64>,
}

impl TreeEnsemble {
    /// Exact contributions of the features to each raw score of a row: one [`Contributions`] per output.
    ///
    /// # Errors
    /// [`PredictError::Columns`] when the row has not the model's number of features.
    pub fn explain(&self, row: &[f32]) -> Result<Vec<Contributions>, PredictError> {
        self.check_columns(row.len())?;
        let empty = Contributions { base: 0.0, features: vec![0.0; row.len()] };
        let mut all = vec![empty; self.outputs()];
        let zeros = self.forest().zeros_missing();
        let mut paths = Vec::new();
        for (index, tree) in self.forest().trees().enumerate() {
            let out = &mut all[index % self.outputs()];
            out.base += expected_value(tree);
            if tree.depth > 0 {
                paths.clear();
                // Each level of recursion has its own path, one element longer than the level above.
                paths.resize((tree.depth + 1) * (tree.depth + 2) / 2, ROOT);
                let mut walk = Walk { tree, row, zeros, out: &mut out.features };
                walk.visit(0, &mut paths, 0, ROOT);
            }
        }
        Ok(all)
    }
}

/// Mean of a tree's leaves over the training rows.
fn expected_value(tree: Tree<'_>) -> f64 {
    if tree.depth == 0 {
        return tree.values[0];
    }
    let total = f64::from(tree.covers[0]);
    let leaves = (0..tree.nodes.len()).filter(|&place| tree.nodes[place].child() == place);
    leaves.map(|place| f64::from(tree.covers[place]) / total * tree.values[place]).sum()
}

/// A feature on the path from the root, once per feature.
#[derive(Debug, Clone, Copy)]
struct Element {
    feature: usize,
    /// Share of the training rows that stay on the path when the feature is left out.
    zero: f64,
    /// 1 when the row itself stays on the path, else 0.
    one: f64,
    /// Weight of the subsets of this size (see the paper's EXTEND).
    weight: f64,
}

/// The path's start, which no feature has.
const ROOT: Element = Element { feature: usize::MAX, zero: 1.0, one: 1.0, weight: 0.0 };

struct Walk<'a> {
    tree: Tree<'a>,
    row: &'a [f32],
    zeros: bool,
    out: &'a mut [f64],
}

impl Walk<'_> {
    /// Visits a node: `paths[..depth]` is its parent's path, `link` leads from there, the rest is free.
    fn visit(&mut self, place: usize, paths: &mut [Element], depth: usize, link: Element) {
        extend(&mut paths[..=depth], link);
        let node = self.tree.nodes[place];
        let left = node.child();
        if left == place {
            let path = &paths[..=depth];
            for (index, element) in path.iter().enumerate().skip(1) {
                let weight = unwound_sum(path, index);
                self.out[element.feature] += weight * (element.one - element.zero) * self.tree.values[place];
            }
            return;
        }
        let feature = node.feature();
        let value = self.row[feature];
        let hot = if self.zeros { node.next::<true>(value) } else { node.next::<false>(value) };
        let cold = if hot == left { left + 1 } else { left };
        // A feature that the path has already is taken off and joined with this split.
        let mut depth = depth;
        let mut incoming = ROOT;
        if let Some(index) = paths[..=depth].iter().position(|element| element.feature == feature) {
            incoming = paths[index];
            unwind(&mut paths[..=depth], index);
            depth -= 1;
        }
        let (own, free) = paths.split_at_mut(depth + 1);
        for (child, one) in [(hot, incoming.one), (cold, 0.0)] {
            free[..=depth].copy_from_slice(own);
            let share = f64::from(self.tree.covers[child]) / f64::from(self.tree.covers[place]);
            let link = Element { feature, zero: share * incoming.zero, one, weight: 0.0 };
            self.visit(child, free, depth + 1, link);
        }
    }
}

/// Appends `link` as the last element of the path and updates the weights (EXTEND).
fn extend(path: &mut [Element], link: Element) {
    let depth = path.len() - 1;
    let size = path.len() as f64;
    path[depth] = Element { weight: if depth == 0 { 1.0 } else { 0.0 }, ..link };
    for i in (0..depth).rev() {
        path[i + 1].weight += link.one * path[i].weight * (i + 1) as f64 / size;
        path[i].weight *= link.zero * (depth - i) as f64 / size;
    }
}

/// Takes the element at `index` off the path again; the last element is then free (UNWIND).
fn unwind(path: &mut [Element], index: usize) {
    let depth = path.len() - 1;
    let size = path.len() as f64;
    let Element { zero, one, .. } = path[index];
    let mut next = path[depth].weight;
    for i in (0..depth).rev() {
        if one == 0.0 {
            path[i].weight *= size / (zero * (depth - i) as f64);
        } else {
            let weight = path[i].weight;
            path[i].weight = next * size / ((i + 1) as f64 * one);
            next = weight - path[i].weight * zero * (depth - i) as f64 / size;
        }
    }
    for i in index..depth {
        let Element { feature, zero, one, .. } = path[i + 1];
        path[i] = Element { feature, zero, one, ..path[i] };
    }
}

/// Sum of the weights that `unwind` would leave, without changing the path.
fn unwound_sum(path: &[Element], index: usize) -> f64 {
    let depth = path.len() - 1;
    let size = path.len() as f64;
    let Element { zero, one, .. } = path[index];
    let mut next = path[depth].weight;
    let mut total = 0.0;
    for i in (0..depth).rev() {
        let rest = (depth - i) as f64 / size;
        if one == 0.0 {
            total += path[i].weight / zero / rest;
        } else {
            let weight = next * size / ((i + 1) as f64 * one);
            total += weight;
            next = path[i].weight - weight * zero * rest;
        }
    }
    total
}
