//! Seconds that a model of LightGBM's text takes here: `infer MODEL.txt ROWS.f32 COLUMNS`, rows as little-endian 32-bit floats
//! one after the other. Prints the median of microseconds for one row, of seconds for all rows on one and on two threads,
//! the number of rows, and writes the probabilities of the first 1,000 rows to standard error, for comparison.

#![expect(clippy::print_stdout, reason = "what it is for")]

use std::time::Instant;
use touchline_boosting::{Matrix, TreeEnsemble};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, model, rows, columns] = arguments.as_slice() else {
        eprintln!("usage: infer MODEL.txt ROWS.f32 COLUMNS");
        std::process::exit(2);
    };
    let text = std::fs::read_to_string(model).expect("the model can be read");
    let ensemble = TreeEnsemble::from_text(&text).expect("a model that this library knows");
    let columns: usize = columns.parse().expect("a number of columns");
    let bytes = std::fs::read(rows).expect("the rows can be read");
    let values: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
    let count = values.len() / columns;
    let mut out = vec![0.0; ensemble.outputs()];
    let each: Vec<&[f32]> = values.chunks_exact(columns).take(20_000).collect();
    for row in each.iter().take(1_000) {
        ensemble.predict(row, &mut out).expect("the model's columns");
        let line: Vec<String> = out.iter().map(|p| format!("{p:.17e}")).collect();
        eprintln!("{}", line.join(" "));
    }
    let single = median(5, || {
        for row in &each {
            ensemble.predict(row, &mut out).expect("the model's columns");
            std::hint::black_box(&out);
        }
    });
    let matrix = Matrix::row_major(&values, count, columns).expect("full rows");
    let [one, two] = [1, 2].map(|threads| {
        median(3, || {
            std::hint::black_box(ensemble.predict_batch(&matrix, threads).expect("the model's columns"));
        })
    });
    println!("{:.3} {one:.4} {two:.4} {count}", single * 1e6 / each.len() as f64);
}

/// The middle one of some times, in seconds.
fn median(times: usize, mut work: impl FnMut()) -> f64 {
    let mut taken: Vec<f64> = (0..times)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed().as_secs_f64()
        })
        .collect();
    taken.sort_by(f64::total_cmp);
    taken[times / 2]
}
