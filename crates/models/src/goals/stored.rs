//! Curvature kept match by match, for fits whose Hessian would be too large to build.

use super::curvature::{Curvature, PlainIndices};
use super::family::{Local, MAX_SHAPES};
use super::layout::Row;
use std::ops::Range;

/// The design rows of all matches and the weighted second derivatives of each, packed for streaming.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    index: Vec<u32>,
    value: Vec<f64>,
    /// Where the home and the away row of each match end in `index`.
    ends: Vec<[u32; 2]>,
    /// Negative Hessian of each match in its log rates and the shapes: lower triangle, row by row.
    curvature: Vec<f64>,
    /// Weighted first derivatives in both log rates.
    pub gradients: Vec<[f64; 2]>,
}

impl Curvature for Stored {
    const BY_MATCH: bool = true;

    fn add(&mut self, rows: &[Row; 2], weight: f64, local: &Local, shapes: Range<usize>) {
        self.push(rows.each_ref().map(Row::entries), weight, local, shapes.len());
    }

    fn add_plain(&mut self, at: &PlainIndices, weight: f64, local: &Local, shapes: Range<usize>) {
        let rows = at.rows().map(|row| row.into_iter().flatten().map(|i| (i, 1.0)));
        self.push(rows, weight, local, shapes.len());
    }
}

impl Stored {
    pub fn clear(&mut self) {
        self.index.clear();
        self.value.clear();
        self.ends.clear();
        self.curvature.clear();
        self.gradients.clear();
    }

    fn push(
        &mut self,
        rows: [impl Iterator<Item = (usize, f64)>; 2],
        weight: f64,
        local: &Local,
        shapes: usize,
    ) {
        self.ends.push(rows.map(|row| {
            for (index, value) in row {
                self.index.push(index as u32);
                self.value.push(value);
            }
            self.index.len() as u32
        }));
        for i in 0..2 + shapes {
            self.curvature.extend(local.hessian[i][..=i].iter().map(|h| -weight * h));
        }
        self.gradients.push([0, 1].map(|k| weight * local.gradient[k]));
    }

    /// Adds `(negative Hessian of the likelihood) v` to `out`; the shapes start at `first_shape`.
    pub fn add_product(&self, v: &[f64], first_shape: usize, out: &mut [f64]) {
        let count = 2 + v.len() - first_shape;
        let triangle = count * (count + 1) / 2;
        let mut start = 0;
        for (ends, curvature) in self.ends.iter().zip(self.curvature.chunks_exact(triangle)) {
            let rows = [start..ends[0] as usize, ends[0] as usize..ends[1] as usize];
            start = ends[1] as usize;
            let mut x = [0.0; 2 + MAX_SHAPES];
            for (x, row) in x.iter_mut().zip(&rows) {
                let entries = self.index[row.clone()].iter().zip(&self.value[row.clone()]);
                *x = entries.map(|(i, value)| value * v[*i as usize]).sum();
            }
            x[2..count].copy_from_slice(&v[first_shape..]);
            let mut y = [0.0; 2 + MAX_SHAPES];
            let mut cells = curvature.iter();
            for i in 0..count {
                for (j, c) in (0..=i).zip(&mut cells) {
                    y[i] += c * x[j];
                    if i != j {
                        y[j] += c * x[i];
                    }
                }
            }
            for (y, row) in y.iter().zip(rows) {
                for (i, value) in self.index[row.clone()].iter().zip(&self.value[row]) {
                    out[*i as usize] += y * value;
                }
            }
            for (o, y) in out[first_shape..].iter_mut().zip(&y[2..count]) {
                *o += y;
            }
        }
    }

    /// Adds the diagonal of the negative Hessian of the likelihood to `out`.
    pub fn add_diagonal(&self, first_shape: usize, out: &mut [f64]) {
        let count = 2 + out.len() - first_shape;
        let triangle = count * (count + 1) / 2;
        let mut start = 0;
        for (ends, curvature) in self.ends.iter().zip(self.curvature.chunks_exact(triangle)) {
            for (end, c) in ends.iter().zip([curvature[0], curvature[2]]) {
                let row = start..*end as usize;
                for (i, value) in self.index[row.clone()].iter().zip(&self.value[row]) {
                    out[*i as usize] += c * value * value;
                }
                start = *end as usize;
            }
            for (s, o) in out[first_shape..].iter_mut().enumerate() {
                *o += curvature[(s + 3) * (s + 4) / 2 - 1];
            }
        }
    }
}
