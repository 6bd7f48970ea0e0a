//! Ten million quotes through all cheap rules and the suite of odds, on as many threads as there are cores (two by default).
//!
//! `cargo bench -p touchline-quality --bench ten_million`. The physical limit beside it is the time of one pass over the same
//! rows that sums the prices. Rows are made before the clock starts; leagues are judged beside each other, as a check may do.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::sync::Arc;
use std::time::Instant;
use touchline_domain::{MarketType, MatchId};
use touchline_quality::rules::{Price, PriceLimits, prices};
use touchline_quality::suite::{Suite, shipped};
use touchline_quality::{Column, Table};

const QUOTES: usize = 10_000_000;
const BOOKS: usize = 12;
/// Markets of a match: result, three totals, three handicaps, both before and at closing.
const LINES: [(MarketType, i16); 7] = [
    (MarketType::OneXTwo, i16::MIN),
    (MarketType::OverUnder, 6),
    (MarketType::OverUnder, 10),
    (MarketType::OverUnder, 14),
    (MarketType::AsianHandicap, -2),
    (MarketType::AsianHandicap, 0),
    (MarketType::AsianHandicap, 2),
];
const MATCH: usize = BOOKS * LINES.len() * 2;
/// Quotes of a season, which is what a check holds at a time.
const SEASON: usize = MATCH * 380;

fn quote(n: usize) -> Price {
    let (id, of) = (n / MATCH, n % MATCH);
    let (book, line, closing) = (of % BOOKS, of / BOOKS % LINES.len(), of / BOOKS / LINES.len() == 1);
    let (market, quarters) = LINES[line];
    let strength = (id * 7919 % 1000) as f64 / 1000.0;
    let shift =
        if quarters == i16::MIN { 0.0 } else { f64::from(quarters - 10 * i16::from(line < 4)) / 20.0 };
    let over = if market == MarketType::OverUnder { -shift } else { shift };
    let home = (0.25 + 0.45 * strength + over).clamp(0.08, 0.9);
    let margin = 1.03 + book as f64 / 300.0 + (n * 31 % 17) as f64 / 2000.0;
    let price = |p: f64| (1000.0 / (p * margin)).round().max(1011.0) / 1000.0;
    let prices = if market == MarketType::OneXTwo {
        let draw = 0.28 * (1.0 - home);
        [price(home), price(draw), price(1.0 - home - draw)]
    } else {
        [price(home), f64::NAN, price(1.0 - home)]
    };
    let known_at = 1_600_000_000 + i64::from(closing) * 86_400;
    Price {
        match_id: MatchId(id as i64),
        known_at,
        prices,
        bookmaker: book as u16,
        line: quarters,
        market,
        closing,
    }
}

/// Judges quotes season by season; returns the number of findings.
fn judge(quotes: &[Price], books: &[String], names: &[Arc<str>], suite: &Suite) -> usize {
    let limits = PriceLimits::default();
    let mut found = 0;
    for season in quotes.chunks(SEASON) {
        found += prices(season, books, &|_| false, &limits, &|_| "E0 2023-24".to_owned()).len();
        let results: Vec<&Price> = season.iter().filter(|q| q.market == MarketType::OneXTwo).collect();
        let price = |place: usize| Column::Numbers(results.iter().map(|q| q.prices[place]).collect());
        let id = Column::Numbers(results.iter().map(|q| q.match_id.0 as f64).collect());
        let book = Column::Texts(
            results.iter().map(|q| Some(Arc::clone(&names[usize::from(q.bookmaker)]))).collect(),
        );
        let table = Table::new(vec![
            ("match_id".to_owned(), id),
            ("bookmaker".to_owned(), book),
            ("home_odds".to_owned(), price(0)),
            ("draw_odds".to_owned(), price(1)),
            ("away_odds".to_owned(), price(2)),
        ]);
        let verdicts = suite.validate(&table.expect("columns of one length"));
        found += verdicts.evaluated_expectations - verdicts.successful_expectations;
    }
    found
}

fn main() {
    let quotes: Vec<Price> = (0..QUOTES).map(quote).collect();
    let books: Vec<String> = (0..BOOKS).map(|book| format!("B{book}")).collect();
    let names: Vec<Arc<str>> = books.iter().map(|book| book.as_str().into()).collect();
    let suite = shipped().into_iter().find(|shipped| shipped.table == "odds").expect("it ships").suite;
    let threads = std::env::var("THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_usize);
    let before = Instant::now();
    let sum: f64 = quotes.iter().map(|q| q.prices[0] + q.prices[2]).sum();
    println!("one pass over {QUOTES} rows: {:.3} s ({sum:.0})", before.elapsed().as_secs_f64());
    for threads in [1, threads] {
        // Whole seasons for each thread.
        let part = QUOTES.div_ceil(SEASON).div_ceil(threads) * SEASON;
        let before = Instant::now();
        let found: usize = std::thread::scope(|scope| {
            let parts: Vec<_> =
                quotes.chunks(part).map(|part| scope.spawn(|| judge(part, &books, &names, &suite))).collect();
            parts.into_iter().map(|part| part.join().expect("no panic")).sum()
        });
        println!("{threads} threads: {:.2} s, {found} findings", before.elapsed().as_secs_f64());
    }
}
