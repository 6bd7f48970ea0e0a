use super::*;
use proptest::prelude::*;

const BOOKS: [&str; 5] = ["B365", "PS", "WH", "BW", "Max"];

/// A match whose books differ by small steps, with prices that move from match to match.
fn clean(matches: usize) -> Vec<Price> {
    let quote = |id: usize, book: usize| {
        let home = 1.4 + (id * 7 % 23) as f64 / 10.0;
        let p = 0.97 / home;
        let draw = 0.25 * (1.0 - p) / 0.6;
        let margin = 1.03 + book as f64 / 100.0;
        let price = |p: f64| (1000.0 / (p * margin)).round() / 1000.0;
        Price {
            match_id: MatchId(id as i64),
            known_at: 1_700_000_000,
            prices: [price(p), price(draw), price(1.0 - p - draw)],
            bookmaker: book as u16,
            line: i16::MIN,
            market: MarketType::OneXTwo,
            closing: false,
        }
    };
    (0..matches).flat_map(|id| (0..5).map(move |book| quote(id, book))).collect()
}

fn found(quotes: &[Price]) -> Vec<RuleFinding> {
    let books = BOOKS.map(str::to_owned);
    prices(quotes, &books, &|book| book == "Max", &PriceLimits::default(), &|_| "E0 2023-24".to_owned())
}

#[test]
fn clean_prices_have_no_finding() {
    assert_eq!(found(&clean(200)), []);
}

#[test]
fn columns_off_by_one_are_one_cause() {
    let mut quotes = clean(100);
    for quote in quotes.iter_mut().filter(|quote| quote.bookmaker == 1) {
        quote.prices.rotate_left(1);
    }
    let found = found(&quotes);
    assert!(found.iter().all(|f| f.message.contains("PS")), "{found:#?}");
    let found: Vec<_> = found.iter().filter(|f| f.rule == "price_against_consensus").collect();
    assert_eq!((found.len(), found[0].severity), (1, Severity::High));
    assert!(
        found[0].message.contains("PS") && found[0].message.contains("off by one"),
        "{}",
        found[0].message
    );
}

#[test]
fn exchanged_sides_of_one_match_are_named() {
    let mut quotes = clean(30);
    quotes[5 * 3 + 2].prices.swap(0, 2);
    let found = found(&quotes);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].rule, found[0].matches.as_slice()), ("price_against_consensus", &[MatchId(3)][..]));
    assert!(found[0].message.contains("exchanged"));
}

#[test]
fn a_price_times_ten_is_named() {
    let mut quotes = clean(30);
    quotes[41].prices[0] *= 10.0;
    let rules: Vec<(&str, bool)> =
        found(&quotes).iter().map(|f| (f.rule, f.message.contains("decimal point"))).collect();
    assert!(rules.contains(&("price_against_consensus", true)), "{rules:?}");
    assert!(rules.contains(&("book_sum", false)), "{rules:?}");
}

#[test]
fn a_feed_that_stands_still_is_found_across_matches() {
    let mut quotes = clean(40);
    let still = quotes[0].prices;
    for quote in quotes.iter_mut().filter(|q| q.bookmaker == 0 && (3..9).contains(&q.match_id.0)) {
        quote.prices = still;
    }
    let found = found(&quotes);
    assert!(found.iter().any(|f| f.rule == "frozen_feed" && f.rows == 6), "{found:#?}");
}

#[test]
fn a_feed_that_stands_still_while_others_move_is_found() {
    let mut quotes = Vec::new();
    for step in 0..14 {
        for mut quote in clean(1) {
            quote.known_at += step * 3600;
            if quote.bookmaker != 2 {
                quote.prices[0] += step as f64 / 200.0;
            }
            quotes.push(quote);
        }
    }
    let found = found(&quotes);
    assert_eq!(found.iter().map(|f| f.rule).collect::<Vec<_>>(), ["frozen_feed"]);
    assert!(found[0].message.contains("WH"));
}

#[test]
fn lines_that_fall_where_they_must_rise_are_found() {
    let total = |line: i16, over: f64| Price {
        market: MarketType::OverUnder,
        line,
        prices: [over, f64::NAN, 1.0 / (1.04 - 1.0 / over)],
        ..clean(1)[0]
    };
    assert_eq!(found(&[total(6, 1.3), total(10, 1.9), total(14, 3.2)]), []);
    let found = found(&[total(6, 1.9), total(10, 1.3), total(14, 3.2)]);
    assert_eq!(found.iter().map(|f| f.rule).collect::<Vec<_>>(), ["lines_not_monotonic"]);
}

proptest! {
    #[test]
    fn the_order_within_a_match_does_not_matter(seed in 0..1000_usize) {
        let mut quotes = clean(12);
        quotes[seed % 60].prices.swap(0, 2);
        let before = found(&quotes);
        for own in quotes.chunks_mut(5) {
            own.rotate_left(seed % 5);
        }
        prop_assert_eq!(found(&quotes), before);
    }
}

#[test]
fn the_best_prices_of_many_may_sum_to_anything() {
    let mut quotes = clean(30);
    quotes[4].prices = quotes[4].prices.map(|price| price * 1.12);
    assert_eq!(found(&quotes), []);
    quotes[3].prices = quotes[3].prices.map(|price| price * 1.12);
    assert_eq!(found(&quotes)[0].rule, "book_sum");
}
