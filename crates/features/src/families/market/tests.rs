use super::*;
use crate::quotes::Quote;
use touchline_domain::OddsPhase;

const FIXTURE: Fixture = Fixture {
    home: 0,
    away: 1,
    league: 0,
    season: 4030,
    tier: 1,
    day: 0.0,
    neutral: false,
    in_table: true,
    split_after: 0,
};

fn quote(known_at: i64, book: Book, prices: [f32; 3]) -> Quote {
    let (market, phase) = (MarketType::OneXTwo, OddsPhase::PreMatch);
    Quote { known_at, market, phase, book, line_quarters: 0, prices }
}

/// A column by its name without the prefix, from what is known of the match.
fn value(view: MarketView, quotes: &[Quote], name: &str) -> f64 {
    let family = Market::new(&Settings::FRESH.with_market(view));
    let mut list = Vec::new();
    family.define(&mut list);
    let mut out = vec![f32::NAN; list.len()];
    family.snapshot(&FIXTURE, &MatchContext { quotes, ..MatchContext::default() }, &mut out);
    let name = format!("{}_{name}", view.prefix());
    f64::from(out[list.iter().position(|d| d.name == name).unwrap()])
}

fn seen(quotes: &[Quote], name: &str) -> f64 {
    value(MarketView::PreMatch, quotes, name)
}

const FAIR: [f32; 3] = [2.0, 4.0, 4.0];

#[test]
fn a_match_without_prices_has_no_value() {
    for name in COLUMNS.map(|c| c.name) {
        assert!(seen(&[], name).is_nan(), "{name}");
    }
    let incomplete = [quote(0, Book::Bet365, [2.0, f32::NAN, 4.0])];
    for name in COLUMNS.map(|c| c.name) {
        assert!(seen(&incomplete, name).is_nan(), "{name}");
    }
}

#[test]
fn a_book_without_margin_says_its_probabilities() {
    let quotes = [quote(0, Book::Average, FAIR)];
    assert!((seen(&quotes, "home_win") - 0.5).abs() < 1e-7 && (seen(&quotes, "draw") - 0.25).abs() < 1e-7);
    assert!(seen(&quotes, "overround").abs() < 1e-7);
    assert!(seen(&quotes, "books").is_nan(), "an average is not a bookmaker");
    let strength = outcome_probabilities(
        GoalFilter::new(Settings::FRESH.filter).expect(FIXTURE.pairing(), FIXTURE.occasion()).goals(),
        Settings::FRESH.filter.rho,
    );
    assert!((seen(&quotes, "home_win_beyond_strength") - (0.5 / strength[0]).ln()).abs() < 1e-6);
}

#[test]
fn the_average_is_of_the_source_or_else_over_the_bookmakers() {
    let books = [quote(0, Book::Pinnacle, FAIR), quote(0, Book::Other(3), [4.0, 4.0, 2.0])];
    assert!((seen(&books, "home_win") - 0.375).abs() < 1e-7);
    assert!((seen(&books, "home_win_spread") - 0.25 / 2_f64.sqrt()).abs() < 1e-7);
    assert!((seen(&books, "books") - 2.0).abs() < 1e-9);
    let with_average = [books[0], books[1], quote(0, Book::Average, [4.0, 4.0, 2.0])];
    assert!((seen(&with_average, "home_win") - 0.25).abs() < 1e-7);
    assert!((seen(&with_average, "pinnacle_home_win") - 0.5).abs() < 1e-7);
    assert!(seen(&books[..1], "home_win_spread").is_nan(), "one bookmaker does not differ from itself");
}

#[test]
fn the_latest_prices_count_and_their_movement_is_known() {
    let quotes = [
        quote(0, Book::Pinnacle, FAIR),
        quote(0, Book::Bet365, FAIR),
        quote(9, Book::Pinnacle, [4.0, 4.0, 2.0]),
    ];
    assert!((seen(&quotes, "pinnacle_home_win") - 0.25).abs() < 1e-7);
    assert!((seen(&quotes, "home_win_movement") + 0.25).abs() < 1e-7, "Bet365 was asked once");
    assert!(seen(&quotes[..2], "home_win_movement").is_nan());
}

#[test]
fn only_the_closing_view_sees_closing_prices() {
    let closing = Quote { phase: OddsPhase::Closing, ..quote(9, Book::Pinnacle, [4.0, 4.0, 2.0]) };
    let quotes = [quote(0, Book::Pinnacle, FAIR), closing];
    assert!((seen(&quotes, "pinnacle_home_win") - 0.5).abs() < 1e-7);
    assert!((value(MarketView::Closing, &quotes, "pinnacle_home_win") - 0.25).abs() < 1e-7);
    assert!((value(MarketView::Closing, &quotes, "home_win_movement") + 0.25).abs() < 1e-7);
    assert!(seen(&quotes[1..], "home_win").is_nan());
}

#[test]
fn lines_come_from_the_preferred_book_nearest_to_even() {
    let line = |book, line_quarters, home, away| Quote {
        market: MarketType::AsianHandicap,
        line_quarters,
        ..quote(0, book, [home, f32::NAN, away])
    };
    let quotes = [
        line(Book::Bet365, -2, 2.0, 2.0),
        line(Book::Pinnacle, -4, 3.0, 1.5),
        line(Book::Pinnacle, -3, 1.8, 2.2),
        line(Book::Best, 0, 2.0, 2.0),
    ];
    assert!((seen(&quotes, "handicap") + 0.75).abs() < 1e-9);
    assert!((seen(&quotes, "handicap_home") - 2.2 / 4.0).abs() < 1e-6);
    let best_alone = [line(Book::Best, 0, 2.0, 2.0)];
    assert!(seen(&best_alone, "handicap").is_nan());
}

#[test]
fn a_total_line_tells_the_goals() {
    let over = |line_quarters, over| Quote {
        market: MarketType::OverUnder,
        line_quarters,
        ..quote(0, Book::Average, [over, f32::NAN, 1.9])
    };
    let even = seen(&[over(10, 1.9)], "expected_total");
    assert!((2.6..2.8).contains(&even), "the median of a Poisson total of 2.5 goals: {even}");
    assert!(seen(&[over(10, 1.5)], "expected_total") > even);
    assert!(seen(&[over(-4, 1.9)], "expected_total").is_nan(), "no total lies below nothing");
}
