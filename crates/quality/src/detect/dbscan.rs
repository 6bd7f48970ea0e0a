//! DBSCAN: clusters as regions where points lie densely; what lies in none is noise.

use rustc_hash::FxHashMap;

/// Where a point belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cluster {
    /// To no cluster.
    Noise,
    /// To the cluster of a number, from 0 in the order of their first core points.
    Of(u32),
}

/// Clusters of points: a point with at least `neighbours` points (itself included) within `reach` is a core, and clusters
/// are cores within reach of each other with all that they reach. Points lie in a grid of cells as wide as the reach, so that
/// each looks at `3^d` cells alone; meant for few dimensions.
///
/// Reference: Ester, Kriegel, Sander & Xu, "A density-based algorithm for discovering clusters" (1996).
pub fn dbscan(points: &[Vec<f64>], reach: f64, neighbours: usize) -> Vec<Cluster> {
    let cell = |point: &[f64]| point.iter().map(|x| (x / reach).floor() as i64).collect::<Vec<_>>();
    let mut grid: FxHashMap<Vec<i64>, Vec<usize>> = FxHashMap::default();
    for (i, point) in points.iter().enumerate() {
        grid.entry(cell(point)).or_default().push(i);
    }
    let near = |i: usize| {
        let point = &points[i];
        let home = cell(point);
        let mut found = Vec::new();
        for step in 0..3_usize.pow(home.len() as u32) {
            let mut rest = step;
            let beside: Vec<i64> = home
                .iter()
                .map(|at| {
                    let moved = at + (rest % 3) as i64 - 1;
                    rest /= 3;
                    moved
                })
                .collect();
            let within = |j: &&usize| {
                let squares = point.iter().zip(&points[**j]).map(|(a, b)| (a - b) * (a - b));
                squares.sum::<f64>() <= reach * reach
            };
            found.extend(grid.get(&beside).into_iter().flatten().filter(within));
        }
        found
    };
    let mut clusters = vec![None; points.len()];
    let mut next = 0;
    for start in 0..points.len() {
        if clusters[start].is_some() {
            continue;
        }
        let around = near(start);
        if around.len() < neighbours {
            clusters[start] = Some(Cluster::Noise);
            continue;
        }
        let own = Cluster::Of(next);
        next += 1;
        clusters[start] = Some(own);
        let mut open = around;
        while let Some(i) = open.pop() {
            match clusters[i] {
                Some(Cluster::Of(_)) => {}
                // A point at the border of a cluster, seen before the cluster was.
                Some(Cluster::Noise) => clusters[i] = Some(own),
                None => {
                    clusters[i] = Some(own);
                    let around = near(i);
                    if around.len() >= neighbours {
                        open.extend(around);
                    }
                }
            }
        }
    }
    clusters.into_iter().map(|cluster| cluster.unwrap_or(Cluster::Noise)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_heaps_and_a_stray() {
        let heap = |x: f64| (0..10).map(move |i| vec![x + f64::from(i) * 0.05, x]);
        let mut points: Vec<Vec<f64>> = heap(0.0).chain(heap(5.0)).collect();
        points.push(vec![2.5, 2.5]);
        let found = dbscan(&points, 0.2, 4);
        assert!(found[..10].iter().all(|c| *c == Cluster::Of(0)));
        assert!(found[10..20].iter().all(|c| *c == Cluster::Of(1)));
        assert_eq!(found[20], Cluster::Noise);
    }

    proptest! {
        #[test]
        fn noise_is_what_no_core_reaches(raw in prop::collection::vec((-40..40_i32, -40..40_i32), 1..60)) {
            let points: Vec<Vec<f64>> = raw.iter().map(|(x, y)| vec![f64::from(*x), f64::from(*y)]).collect();
            let close = |a: &[f64], b: &[f64]| (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) <= 36.0;
            let core = |a: &Vec<f64>| points.iter().filter(|b| close(a, b)).count() >= 4;
            for (point, cluster) in points.iter().zip(dbscan(&points, 6.0, 4)) {
                let reached = points.iter().any(|other| close(point, other) && core(other));
                prop_assert_eq!(cluster != Cluster::Noise, reached);
            }
        }
    }
}
