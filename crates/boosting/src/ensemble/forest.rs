//! The trees as flat arrays, laid out for traversal without branches. Forests of small trees answer from
//! [`LeafMasks`] instead; these arrays then serve explanations alone.
//!
//! Each tree lies breadth first and the two children of a node side by side, so that a step is one comparison and
//! one addition; a leaf points at itself, so that trees of different depth can be walked in lockstep. A node takes
//! 8 bytes: features are f32, and `x <= t` for an f64 threshold t equals `x <= t'` for t' the largest f32 not
//! above t, which loses nothing.

use super::masks::{self, LeafMasks, Scratch};
use crate::{MAX_DEPTH, MAX_LEAVES};

/// LightGBM's bound below which a value counts as zero where zeros are missing.
const ZERO: f32 = 1e-35;
/// Trees, or rows, that are walked in lockstep: enough to hide the latency of a load.
const LANES: usize = 8;

const MISSING_GOES_RIGHT: u16 = 1;
const ZERO_IS_MISSING: u16 = 2;
const FLAG_BITS: u16 = 2;

/// A split, or a leaf that points at itself.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Node {
    threshold: f32,
    feature_and_flags: u16,
    /// Left child by its place in the tree; the right one follows it.
    child: u16,
}

impl Node {
    /// Never goes right, whatever the value.
    fn leaf(place: usize) -> Self {
        Self { threshold: f32::INFINITY, feature_and_flags: 0, child: place as u16 }
    }

    fn split(split: &Split, child: usize) -> Self {
        let missing_goes_right = match split.missing {
            // The value 0 stands in for one that is not known.
            Missing::None => 0.0 > split.threshold,
            Missing::Zero | Missing::Nan => !split.default_left,
        };
        let mut bits = (split.feature as u16) << FLAG_BITS;
        if missing_goes_right {
            bits |= MISSING_GOES_RIGHT;
        }
        if split.missing == Missing::Zero {
            bits |= ZERO_IS_MISSING;
        }
        Self { threshold: round_down(split.threshold), feature_and_flags: bits, child: child as u16 }
    }

    /// The column that the node looks at.
    #[inline]
    pub(crate) fn feature(self) -> usize {
        Self::column(self.feature_and_flags)
    }

    /// What the node compares: a column, and where its missing values go.
    pub(super) fn input(self) -> u16 {
        self.feature_and_flags
    }

    /// The column of an input.
    #[inline]
    pub(super) fn column(input: u16) -> usize {
        usize::from(input >> FLAG_BITS)
    }

    /// The value of an input's column. A missing one becomes what goes its way: NaN, which is not below any threshold,
    /// or the infinity that is below all.
    #[inline]
    pub(super) fn decided(input: u16, value: f32) -> f32 {
        let missing_zero = (input & ZERO_IS_MISSING != 0) & (value.abs() <= ZERO);
        let goes = if input & MISSING_GOES_RIGHT != 0 { f32::NAN } else { f32::NEG_INFINITY };
        if value.is_nan() | missing_zero { goes } else { value }
    }

    /// Values above it go right.
    pub(super) fn threshold(self) -> f32 {
        self.threshold
    }

    /// The left child by its place in the tree; the node's own place for a leaf.
    #[inline]
    pub(crate) fn child(self) -> usize {
        usize::from(self.child)
    }

    /// The place of the next node for a feature value.
    #[inline]
    pub(crate) fn next<const ZEROS: bool>(self, value: f32) -> usize {
        let missing_right = self.feature_and_flags & MISSING_GOES_RIGHT != 0;
        let mut right = (value > self.threshold) | (value.is_nan() & missing_right);
        if ZEROS {
            let missing_zero = (self.feature_and_flags & ZERO_IS_MISSING != 0) & (value.abs() <= ZERO);
            right = if missing_zero { missing_right } else { right };
        }
        self.child() + usize::from(right)
    }
}

/// The largest f32 that is not above `threshold`.
fn round_down(threshold: f64) -> f32 {
    let nearest = threshold as f32;
    if f64::from(nearest) > threshold { nearest.next_down() } else { nearest }
}

/// What LightGBM takes for a missing value at a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Nothing: NaN is read as 0.
    None,
    /// NaN and values within 1e-35 of 0.
    Zero,
    /// NaN.
    Nan,
}

/// A numerical split as the text has it; children below 0 are leaves, `!child` their number.
#[derive(Debug, Clone)]
pub(crate) struct Split {
    pub(crate) feature: usize,
    pub(crate) threshold: f64,
    pub(crate) missing: Missing,
    pub(crate) default_left: bool,
    pub(crate) children: [i32; 2],
    /// Training rows that reached the split.
    pub(crate) cover: u32,
}

/// A leaf as the text has it.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) value: f64,
    /// Training rows that reached the leaf.
    pub(crate) cover: u32,
}

/// Where a tree lies in the arrays.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    depth: usize,
}

/// One tree, borrowed from the arrays; places count from its root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tree<'a> {
    pub(crate) nodes: &'a [Node],
    /// Leaf values; 0 at splits.
    pub(crate) values: &'a [f64],
    pub(crate) covers: &'a [u32],
    /// Splits on the longest path.
    pub(crate) depth: usize,
}

/// All trees of a model, round by round and output by output.
#[derive(Debug, Clone)]
pub(crate) struct Forest {
    nodes: Vec<Node>,
    values: Vec<f64>,
    covers: Vec<u32>,
    spans: Vec<Span>,
    zeros_missing: bool,
    /// The same trees for answering, where all of them are small.
    masks: Option<LeafMasks>,
}

impl Default for Forest {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            values: Vec::new(),
            covers: Vec::new(),
            spans: Vec::new(),
            zeros_missing: false,
            masks: Some(LeafMasks::default()),
        }
    }
}

impl Forest {
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    pub(crate) fn trees(&self) -> impl Iterator<Item = Tree<'_>> {
        self.spans.iter().enumerate().map(|(index, span)| {
            let end = self.spans.get(index + 1).map_or(self.nodes.len(), |next| next.start);
            Tree {
                nodes: &self.nodes[span.start..end],
                values: &self.values[span.start..end],
                covers: &self.covers[span.start..end],
                depth: span.depth,
            }
        })
    }

    /// Adds a tree; an error says why the splits and leaves do not form one.
    pub(crate) fn push(&mut self, splits: &[Split], leaves: &[Leaf]) -> Result<(), &'static str> {
        if leaves.len() != splits.len() + 1 || leaves.len() > MAX_LEAVES {
            return Err("a tree has one leaf more than splits, and no more than 16,384");
        }
        let start = self.nodes.len();
        let mut reached = [vec![false; splits.len()], vec![false; leaves.len()]];
        let mut depth = 0;
        let mut level: Vec<i32> = vec![if splits.is_empty() { -1 } else { 0 }];
        let mut next_level = Vec::new();
        // Breadth first: the children of the nodes of a level fill the next one, in order.
        while !level.is_empty() {
            let mut child = self.nodes.len() - start + level.len();
            for &number in &level {
                let is_leaf = number < 0;
                let index = if is_leaf { !number } else { number } as usize;
                match reached[usize::from(is_leaf)].get_mut(index) {
                    None => return Err("a child is out of range"),
                    Some(true) => return Err("two splits share a child"),
                    Some(reached) => *reached = true,
                }
                if is_leaf {
                    let leaf = &leaves[index];
                    self.add(Node::leaf(self.nodes.len() - start), leaf.value, leaf.cover);
                } else {
                    let split = &splits[index];
                    self.zeros_missing |= split.missing == Missing::Zero;
                    self.add(Node::split(split, child), 0.0, split.cover);
                    next_level.extend(split.children);
                    child += 2;
                }
            }
            level.clear();
            std::mem::swap(&mut level, &mut next_level);
            depth += usize::from(!level.is_empty());
            if depth > MAX_DEPTH {
                return Err("a leaf is more than 512 splits deep");
            }
        }
        if self.nodes.len() - start != splits.len() + leaves.len() {
            return Err("a split is not reached from the root");
        }
        self.spans.push(Span { start, depth });
        let (nodes, values, covers) = (&self.nodes[start..], &self.values[start..], &self.covers[start..]);
        if self.masks.as_mut().is_some_and(|masks| !masks.push(Tree { nodes, values, covers, depth })) {
            self.masks = None;
        }
        Ok(())
    }

    fn add(&mut self, node: Node, value: f64, cover: u32) {
        self.nodes.push(node);
        self.values.push(value);
        self.covers.push(cover);
    }

    /// Adds every tree's value for one row to its output, in the order of the trees.
    pub(crate) fn score_row(&self, row: &[f32], out: &mut [f64]) {
        match &self.masks {
            Some(masks) => masks.score_row(row, out),
            None if self.zeros_missing => self.walk_row::<true>(row, out),
            None => self.walk_row::<false>(row, out),
        }
    }

    fn walk_row<const ZEROS: bool>(&self, row: &[f32], out: &mut [f64]) {
        let (groups, rest) = self.spans.as_chunks::<LANES>();
        let mut output = 0;
        let mut add = |value| {
            out[output] += value;
            output = if output + 1 == out.len() { 0 } else { output + 1 };
        };
        for group in groups {
            let depth = group.iter().map(|span| span.depth).max().unwrap_or(0);
            let mut at = [0_usize; LANES];
            for _ in 0..depth {
                for (at, span) in at.iter_mut().zip(group) {
                    let node = self.nodes[span.start + *at];
                    *at = node.next::<ZEROS>(row[node.feature()]);
                }
            }
            for (at, span) in at.iter().zip(group) {
                add(self.values[span.start + at]);
            }
        }
        for span in rest {
            let mut at = 0;
            for _ in 0..span.depth {
                let node = self.nodes[span.start + at];
                at = node.next::<ZEROS>(row[node.feature()]);
            }
            add(self.values[span.start + at]);
        }
    }

    /// Every tree's values for row-major rows, summed per output in the order of the trees: a tree at a time, so that it
    /// stays in the nearest cache.
    pub(crate) fn score_rows(
        &self,
        rows: &[f32],
        columns: usize,
        out: &mut [f64],
        outputs: usize,
        scratch: &mut Scratch,
    ) {
        if let Some(masks) = &self.masks {
            let rows = rows.chunks(masks::ROWS * columns);
            for (rows, out) in rows.zip(out.chunks_mut(masks::ROWS * outputs)) {
                masks.score_rows(rows, columns, out, scratch);
            }
        } else if self.zeros_missing {
            self.walk_rows::<true>(rows, columns, out, outputs);
        } else {
            self.walk_rows::<false>(rows, columns, out, outputs);
        }
    }

    fn walk_rows<const ZEROS: bool>(&self, rows: &[f32], columns: usize, out: &mut [f64], outputs: usize) {
        let lanes = LANES * columns;
        for (index, tree) in self.trees().enumerate() {
            let output = index % outputs;
            for (rows, out) in rows.chunks(lanes).zip(out.chunks_mut(LANES * outputs)) {
                let mut at = [0_usize; LANES];
                if rows.len() == lanes {
                    for _ in 0..tree.depth {
                        for (at, row) in at.iter_mut().zip(rows.chunks_exact(columns)) {
                            let node = tree.nodes[*at];
                            *at = node.next::<ZEROS>(row[node.feature()]);
                        }
                    }
                } else {
                    for (at, row) in at.iter_mut().zip(rows.chunks_exact(columns)) {
                        for _ in 0..tree.depth {
                            let node = tree.nodes[*at];
                            *at = node.next::<ZEROS>(row[node.feature()]);
                        }
                    }
                }
                for (at, out) in at.iter().zip(out.chunks_exact_mut(outputs)) {
                    out[output] += tree.values[*at];
                }
            }
        }
    }

    /// The forest that follows paths, to compare with.
    #[cfg(test)]
    pub(crate) fn without_masks(mut self) -> Self {
        self.masks = None;
        self
    }

    /// Whether answers come from masks.
    #[cfg(test)]
    pub(crate) fn answers_from_masks(&self) -> bool {
        self.masks.is_some()
    }

    /// Whether any split takes zeros for missing.
    pub(crate) fn zeros_missing(&self) -> bool {
        self.zeros_missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(threshold: f64, missing: Missing, default_left: bool) -> Node {
        let split = Split { feature: 3, threshold, missing, default_left, children: [-1, -2], cover: 2 };
        Node::split(&split, 1)
    }

    #[test]
    fn a_node_takes_eight_bytes() {
        assert_eq!(size_of::<Node>(), 8);
    }

    #[test]
    fn thresholds_round_down_so_that_no_f32_changes_sides() {
        for threshold in [0.1, -0.1, 1.0, 1e-40, -1e-40, 1e300, -1e300, 16_777_217.0, f64::from(0.1_f32)] {
            let rounded = round_down(threshold);
            for value in [rounded, rounded.next_up(), rounded.next_down()] {
                assert_eq!(value <= rounded, f64::from(value) <= threshold, "{value} against {threshold}");
            }
        }
    }

    #[test]
    fn missing_values_go_where_lightgbm_sends_them() {
        let (left, right) = (1, 2);
        // NaN is read as 0 when nothing is missing.
        assert_eq!(split(0.5, Missing::None, false).next::<true>(f32::NAN), left);
        assert_eq!(split(-0.5, Missing::None, true).next::<true>(f32::NAN), right);
        assert_eq!(split(0.5, Missing::Nan, false).next::<true>(f32::NAN), right);
        assert_eq!(split(0.5, Missing::Nan, true).next::<true>(f32::NAN), left);
        // Zeros are missing in one mode alone.
        assert_eq!(split(0.5, Missing::Zero, false).next::<true>(0.0), right);
        assert_eq!(split(0.5, Missing::Zero, false).next::<true>(-1e-36), right);
        assert_eq!(split(0.5, Missing::Zero, false).next::<true>(1e-34), left);
        assert_eq!(split(0.5, Missing::Zero, false).next::<true>(f32::NAN), right);
        assert_eq!(split(-0.5, Missing::Zero, true).next::<true>(0.0), left);
        assert_eq!(split(-0.5, Missing::Nan, true).next::<true>(0.0), right);
    }

    #[test]
    fn links_that_form_no_tree_are_refused() {
        let splits = |children: &[[i32; 2]]| -> Vec<Split> {
            let split = |children| Split {
                feature: 0,
                threshold: 0.0,
                missing: Missing::Nan,
                default_left: true,
                children,
                cover: 1,
            };
            children.iter().copied().map(split).collect()
        };
        let leaves = |count| vec![Leaf { value: 1.0, cover: 1 }; count];
        let push = |children: &[[i32; 2]]| {
            Forest::default().push(&splits(children), &leaves(children.len() + 1)).map_err(str::to_owned)
        };
        assert_eq!(push(&[[1, -1], [-2, -3]]), Ok(()));
        assert_eq!(push(&[[1, -1], [0, -3]]), Err("two splits share a child".into()));
        assert_eq!(push(&[[1, -1], [-1, -3]]), Err("two splits share a child".into()));
        assert_eq!(push(&[[1, -1], [-2, -4]]), Err("a child is out of range".into()));
        assert_eq!(push(&[[7, -1], [-2, -3]]), Err("a child is out of range".into()));
        assert_eq!(push(&[[-2, -1], [1, -3]]), Err("a split is not reached from the root".into()));
        assert_eq!(push(&[[i32::MIN, -1], [-2, -3]]), Err("a child is out of range".into()));
        assert!(Forest::default().push(&splits(&[[-1, -2]]), &leaves(3)).is_err());
    }
}
