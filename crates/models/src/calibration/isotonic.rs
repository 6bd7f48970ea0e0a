//! Isotonic regression.

/// Weighted isotonic (non-decreasing) least-squares fit.
pub fn pool_adjacent_violators(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::with_capacity(values.len());
    for (v, w) in values.iter().zip(weights) {
        let mut block = (*v, *w, 1);
        while let Some(last) = blocks.last() {
            if last.0 < block.0 {
                break;
            }
            let total = last.1 + block.1;
            let mean = if total > 0.0 {
                (last.0 * last.1 + block.0 * block.1) / total
            } else {
                f64::midpoint(last.0, block.0)
            };
            block = (mean, total, last.2 + block.2);
            blocks.pop();
        }
        blocks.push(block);
    }
    blocks.iter().flat_map(|(v, _, n)| std::iter::repeat_n(*v, *n)).collect()
}
