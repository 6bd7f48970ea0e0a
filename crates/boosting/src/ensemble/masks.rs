//! Small trees as masks of leaves, answered without following a path.
//!
//! After QuickScorer: Lucchese, Nardini, Orlando, Perego, Tonellotto, Venturini, "QuickScorer: a fast algorithm to rank
//! documents with additive ensembles of regression trees" (SIGIR 2015). The leaves of a tree are numbered from left to right,
//! and each split has a mask of the leaves that stay in reach when a row goes right there. A row's leaf is then the lowest
//! bit of the masks of all its right turns, in whatever order they are taken, so nothing waits for anything and nothing
//! branches. Here all splits are tested: with a dozen per tree that is cheaper than finding those that turn right.
//!
//! One row is tested against eight trees at a time, a batch thirty-two rows at a time against one tree; both loops are of
//! the kind that compilers turn into vector instructions. A missing value becomes one that goes where its split sends it,
//! so that one comparison does for all.

use super::forest::{Node, Tree};

/// Leaves of a tree that fit into a mask.
const MASK_LEAVES: usize = u32::BITS as usize;
/// Different inputs: columns, each once for every treatment of missing values that a split gives it.
const MAX_INPUTS: usize = 1024;
/// Trees that one row is tested against at a time.
const TREES: usize = 8;
/// Rows that one tree is tested against at a time.
pub(super) const ROWS: usize = 32;

/// One split of each of eight trees, the first of every tree, the second of every tree, and so on.
#[derive(Debug, Clone)]
struct Tests {
    /// A row stays left where its input is not above.
    thresholds: [f32; TREES],
    /// Leaves that stay in reach on the right.
    right: [u32; TREES],
    /// Place among [`LeafMasks::inputs`].
    inputs: [u16; TREES],
}

impl Tests {
    /// Splits that take no leaf out of reach.
    const NONE: Self =
        Self { thresholds: [f32::INFINITY; TREES], right: [u32::MAX; TREES], inputs: [0; TREES] };
}

/// Eight trees, the last group perhaps fewer.
#[derive(Debug, Clone)]
struct Group {
    /// Where its tests start; they end where those of the next group start.
    first: usize,
    /// Where the leaf values of each tree start.
    leaves: [u32; TREES],
    trees: usize,
}

/// A forest whose trees all have at most 32 leaves.
#[derive(Debug, Clone, Default)]
pub(super) struct LeafMasks {
    groups: Vec<Group>,
    tests: Vec<Tests>,
    /// Leaf values of a tree from left to right.
    values: Vec<f64>,
    /// The inputs that are tested, as [`Node::input`] names them.
    inputs: Vec<u16>,
}

impl LeafMasks {
    /// Adds a tree; `false` where it does not fit, after which the forest is not to be asked.
    pub(super) fn push(&mut self, tree: Tree<'_>) -> bool {
        let leaves = tree.nodes.len().div_ceil(2);
        let Ok(start) = u32::try_from(self.values.len()) else { return false };
        if leaves > MASK_LEAVES {
            return false;
        }
        if self.groups.last().is_none_or(|group| group.trees == TREES) {
            self.groups.push(Group { first: self.tests.len(), leaves: [0; TREES], trees: 0 });
        }
        let Some(group) = self.groups.last_mut() else { return false };
        let (lane, mut test) = (group.trees, group.first);
        group.leaves[lane] = start;
        group.trees += 1;
        let reach = number_leaves(tree, &mut self.values);
        for (place, &node) in tree.nodes.iter().enumerate().filter(|&(place, node)| node.child() != place) {
            let known = self.inputs.iter().position(|&known| known == node.input());
            let input = known.unwrap_or_else(|| {
                self.inputs.push(node.input());
                self.inputs.len() - 1
            });
            if input >= MAX_INPUTS {
                return false;
            }
            if test == self.tests.len() {
                self.tests.push(Tests::NONE);
            }
            let tests = &mut self.tests[test];
            tests.thresholds[lane] = node.threshold();
            tests.right[lane] = !reach[node.child()];
            tests.inputs[lane] = input as u16;
            debug_assert_eq!(reach[place], reach[node.child()] | reach[node.child() + 1]);
            test += 1;
        }
        true
    }

    fn groups(&self) -> impl Iterator<Item = (&Group, &[Tests])> {
        self.groups.iter().enumerate().map(|(index, group)| {
            let end = self.groups.get(index + 1).map_or(self.tests.len(), |next| next.first);
            (group, &self.tests[group.first..end])
        })
    }

    /// Adds every tree's value for one row to its output, in the order of the trees.
    pub(super) fn score_row(&self, row: &[f32], out: &mut [f64]) {
        let mut inputs = [0.0; MAX_INPUTS];
        for (value, &input) in inputs.iter_mut().zip(&self.inputs) {
            *value = Node::decided(input, row[Node::column(input)]);
        }
        let mut output = 0;
        for (group, tests) in self.groups() {
            let mut alive = [u32::MAX; TREES];
            for tests in tests {
                let values = tests.inputs.map(|input| inputs[usize::from(input) % MAX_INPUTS]);
                for lane in 0..TREES {
                    let stays = stays(values[lane], tests.thresholds[lane]);
                    alive[lane] &= stays | tests.right[lane];
                }
            }
            for (alive, start) in alive.iter().zip(group.leaves).take(group.trees) {
                out[output] += self.values[start as usize + lowest(*alive)];
                output = if output + 1 == out.len() { 0 } else { output + 1 };
            }
        }
    }

    /// As [`LeafMasks::score_row`] for at most [`ROWS`] row-major rows.
    pub(super) fn score_rows(&self, rows: &[f32], columns: usize, out: &mut [f64], scratch: &mut Scratch) {
        let outputs = scratch.scores.len();
        scratch.inputs.resize(self.inputs.len(), [0.0; ROWS]);
        for (values, &input) in scratch.inputs.iter_mut().zip(&self.inputs) {
            for (value, row) in values.iter_mut().zip(rows.chunks_exact(columns)) {
                *value = Node::decided(input, row[Node::column(input)]);
            }
        }
        scratch.scores.fill([0.0; ROWS]);
        let mut output = 0;
        for (group, tests) in self.groups() {
            for (lane, &start) in group.leaves.iter().enumerate().take(group.trees) {
                let mut alive = [u32::MAX; ROWS];
                for tests in tests {
                    let values = &scratch.inputs[usize::from(tests.inputs[lane])];
                    let (threshold, right) = (tests.thresholds[lane], tests.right[lane]);
                    for (alive, value) in alive.iter_mut().zip(values) {
                        *alive &= stays(*value, threshold) | right;
                    }
                }
                let leaves = &self.values[start as usize..];
                for (score, leaf) in scratch.scores[output].iter_mut().zip(alive.map(lowest)) {
                    *score += leaves[leaf];
                }
                output = if output + 1 == outputs { 0 } else { output + 1 };
            }
        }
        for (output, scores) in scratch.scores.iter().enumerate() {
            for (out, score) in out.chunks_exact_mut(outputs).zip(scores) {
                out[output] = *score;
            }
        }
    }
}

/// What scoring a batch needs for itself, kept between its calls.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// Values of each input.
    inputs: Vec<[f32; ROWS]>,
    /// Scores of each output.
    scores: Vec<[f64; ROWS]>,
}

impl Scratch {
    pub(crate) fn new(outputs: usize) -> Self {
        Self { inputs: Vec::new(), scores: vec![[0.0; ROWS]; outputs] }
    }
}

/// All bits where a value is not above the threshold, none where it is above or NaN.
#[inline]
fn stays(value: f32, threshold: f32) -> u32 {
    u32::from(value <= threshold).wrapping_neg()
}

/// Number of the lowest bit of a mask that is not empty: read off the exponent of that bit as a number, since vector units
/// that convert to numbers are found everywhere, and those that count zeros are not.
#[inline]
fn lowest(mask: u32) -> usize {
    let bit = (mask & mask.wrapping_neg()).cast_signed() as f32;
    ((bit.to_bits() >> 23 & 0xff) - 127) as usize
}

/// Appends the leaf values of a tree from left to right, and answers which of these leaves each node reaches.
fn number_leaves(tree: Tree<'_>, values: &mut Vec<f64>) -> Vec<u32> {
    let mut reach = vec![0; tree.nodes.len()];
    let mut leaf = 0;
    let mut open = vec![0];
    while let Some(place) = open.pop() {
        let child = tree.nodes[place].child();
        if child == place {
            reach[place] = 1 << leaf;
            values.push(tree.values[place]);
            leaf += 1;
        } else {
            open.extend([child + 1, child]);
        }
    }
    // Children lie behind their parents.
    for place in (0..tree.nodes.len()).rev() {
        let child = tree.nodes[place].child();
        if child != place {
            reach[place] = reach[child] | reach[child + 1];
        }
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ensemble::forest::{Forest, Leaf, Missing, Split};
    use proptest::prelude::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    const COLUMNS: usize = 5;

    #[test]
    fn every_bit_is_found_as_the_lowest() {
        for bit in 0..u32::BITS {
            assert_eq!(lowest(1 << bit), bit as usize);
            assert_eq!(lowest(u32::MAX << bit), bit as usize);
        }
    }

    /// Values that rows and thresholds share, so that they often meet.
    fn value(rng: &mut StdRng) -> f32 {
        const EDGES: [f32; 8] = [0.0, -0.0, 1e-36, -1e-36, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 0.5];
        if rng.random_bool(0.5) {
            EDGES[rng.random_range(0..EDGES.len())]
        } else {
            rng.random_range(-1.0..1.0)
        }
    }

    /// A tree whose leaves split where chance says.
    fn grow(rng: &mut StdRng, leaves: usize) -> (Vec<Split>, Vec<Leaf>) {
        let mut splits: Vec<Split> = Vec::new();
        for number in 1..leaves {
            let mut split = Split {
                feature: rng.random_range(0..COLUMNS),
                threshold: f64::from(value(rng)),
                missing: [Missing::None, Missing::Zero, Missing::Nan][rng.random_range(0..3)],
                default_left: rng.random_bool(0.5),
                children: [!0, !(number as i32)],
                cover: 1,
            };
            let place = splits.len() as i32;
            let mut ends: Vec<&mut i32> =
                splits.iter_mut().flat_map(|split| &mut split.children).filter(|child| **child < 0).collect();
            if !ends.is_empty() {
                let end = rng.random_range(0..ends.len());
                split.children[0] = std::mem::replace(ends[end], place);
            }
            splits.push(split);
        }
        let leaves = (0..leaves).map(|_| Leaf { value: rng.random_range(-1.0..1.0), cover: 1 }).collect();
        (splits, leaves)
    }

    proptest! {
        #[test]
        fn masks_and_paths_lead_to_the_same_leaves(seed: u64, trees in 1_usize..20, most in 1_usize..=32) {
            let mut rng = StdRng::seed_from_u64(seed);
            let (mut forest, outputs) = (Forest::default(), rng.random_range(1..4));
            for _ in 0..trees {
                let leaves = rng.random_range(1..=most);
                let (splits, leaves) = grow(&mut rng, leaves);
                forest.push(&splits, &leaves).expect("a sound tree");
            }
            let walked = forest.clone().without_masks();
            // More rows than a block takes, and a block that is not full.
            let count = ROWS + rng.random_range(0..=ROWS);
            let rows: Vec<f32> = (0..count * COLUMNS)
                .map(|_| if rng.random_bool(0.2) { f32::NAN } else { value(&mut rng) })
                .collect();
            let score = |forest: &Forest| {
                let mut batch = vec![0.0; count * outputs];
                forest.score_rows(&rows, COLUMNS, &mut batch, outputs, &mut Scratch::new(outputs));
                let mut single = vec![0.0; count * outputs];
                for (row, out) in rows.chunks(COLUMNS).zip(single.chunks_mut(outputs)) {
                    forest.score_row(row, out);
                }
                assert_eq!(batch, single);
                single
            };
            prop_assert_eq!(score(&forest), score(&walked));
        }
    }
}
