//! One book on its own, beside others, and over several lines.

use super::{Hits, Price, PriceLimits};
use touchline_domain::MarketType;

/// Bookmakers that make a consensus, beside the one that is judged.
const OTHERS: usize = 2;
/// Sums of implied probabilities that books have.
const SUM: std::ops::RangeInclusive<f64> = 0.95..=1.20;
/// Fall of a price from a line to the next that rounding does not explain.
const FALL: f64 = 0.02;
/// Seconds within which lines are of one time.
const TOGETHER: i64 = 600;

const TIMES_TEN: &str = "a decimal point is missing or one too many";
const EXCHANGED: &str = "home and away are exchanged";
const TWO_EXCHANGED: &str = "its two prices are exchanged";
const ROTATED: &str = "the columns are off by one";

/// Prices on their own, and their sum, which only a bookmaker has: the best prices of many sum to what they like.
pub(super) fn range(quote: &Price, is_over_market: bool, hits: &mut Hits) {
    let mut sum = 0.0;
    let mut far = false;
    for place in quote.market.outcomes() {
        let price = quote.prices[*place];
        sum += 1.0 / price;
        far |= !price.is_nan() && !(1.01..=1000.0).contains(&price);
    }
    if far {
        hits.add("price_out_of_range", quote, "outside 1.01 to 1000");
    }
    if !is_over_market && (sum < *SUM.start() || sum > *SUM.end()) {
        let why = if sum < 1.0 {
            "implied probabilities sum to less than any bookmaker offers"
        } else {
            "implied probabilities sum to more than bookmakers ask"
        };
        hits.add("book_sum", quote, why);
    }
}

/// Implied probabilities without the margin, in proportion.
fn fair(quote: &Price, prices: [f64; 3]) -> Option<[f64; 3]> {
    let mut fair = [0.0; 3];
    let mut sum = 0.0;
    for place in quote.market.outcomes() {
        fair[*place] = 1.0 / prices[*place];
        sum += fair[*place];
    }
    (sum > 0.0).then(|| fair.map(|p| p / sum))
}

/// The largest distance of two books over the outcomes, as log odds, weighed by `2 sqrt(p (1 - p))` of the second: long shots
/// differ by much without meaning it.
fn distance(a: [f64; 3], b: [f64; 3], places: &[usize]) -> f64 {
    let one = |place: &usize| {
        let (a, b) = (a[*place], b[*place]);
        (a / (1.0 - a) * (1.0 - b) / b).ln().abs() * 2.0 * (b * (1.0 - b)).sqrt()
    };
    places.iter().map(one).fold(0.0, f64::max)
}

/// The latest books of one market, line and phase of a match, by bookmaker, each against the median of the others.
pub(super) fn against_others(latest: &[&Price], skipped: &[bool], limits: &PriceLimits, hits: &mut Hits) {
    let books: Vec<(&Price, [f64; 3])> = latest
        .iter()
        .filter(|quote| !skipped[usize::from(quote.bookmaker)])
        .filter_map(|quote| fair(quote, quote.prices).map(|fair| (*quote, fair)))
        .collect();
    if books.len() <= OTHERS {
        return;
    }
    let places = books[0].0.market.outcomes();
    let mut best = [f64::INFINITY; 3];
    let mut sorted: [Vec<f64>; 3] = Default::default();
    for place in places {
        sorted[*place] = books.iter().map(|(_, fair)| fair[*place]).collect();
        sorted[*place].sort_unstable_by(f64::total_cmp);
        best[*place] =
            books.iter().map(|(quote, _)| 1.0 / quote.prices[*place]).fold(f64::INFINITY, f64::min);
    }
    let median = |place: usize, own: f64| {
        let all = &sorted[place];
        let (middle, rest) = (all.len() / 2, all.len() - 1);
        // Of the others: where a value up to the middle leaves, the next one takes its place.
        let at = |i: usize| if own <= all[i] { all[i + 1] } else { all[i] };
        if rest % 2 == 1 {
            at((rest - 1) / 2)
        } else {
            f64::midpoint(at(middle - 1), at(middle.min(rest - 1)))
        }
    };
    let mut furthest = (0.0, books[0].0);
    for (quote, own) in &books {
        let mut others = [0.0; 3];
        for place in places {
            others[*place] = median(*place, own[*place]);
        }
        let far = distance(*own, others, places);
        if far > furthest.0 {
            furthest = (far, *quote);
        }
        if far > limits.consensus {
            hits.add("price_against_consensus", quote, reason(quote, others, limits.consensus));
        }
    }
    let sum: f64 = places.iter().map(|place| best[*place]).sum();
    if sum < limits.arbitrage && furthest.0 <= limits.consensus {
        hits.add(
            "arbitrage_too_good",
            furthest.1,
            "with the best prices of others it leaves more than a tenth for free",
        );
    }
}

/// Which change of the prices brings them closest to the others, if it brings them close.
fn reason(quote: &Price, others: [f64; 3], limit: f64) -> &'static str {
    let places = quote.market.outcomes();
    let [h, d, a] = quote.prices;
    let exchanged = if places.len() == 2 { TWO_EXCHANGED } else { EXCHANGED };
    let mut candidates = vec![(exchanged, [a, d, h]), (ROTATED, [d, a, h]), (ROTATED, [a, h, d])];
    for place in places {
        for by in [0.01, 0.1, 10.0, 100.0] {
            let mut scaled = quote.prices;
            scaled[*place] *= by;
            candidates.push((TIMES_TEN, scaled));
        }
    }
    candidates
        .into_iter()
        .filter_map(|(why, prices)| Some((why, distance(fair(quote, prices)?, others, places))))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|(_, far)| *far < limit / 2.0)
        .map_or("far from all other bookmakers: prices of another match or time", |(why, _)| why)
}

/// Prices of a bookmaker over several lines, quotes sorted by market, phase and line: over rises with the line of goals, home
/// falls with its handicap.
pub(super) fn lines(sorted: &[&Price], hits: &mut Hits) {
    let many = |quote: &&&Price| matches!(quote.market, MarketType::OverUnder | MarketType::AsianHandicap);
    if sorted.iter().filter(many).count() < 2 {
        return;
    }
    let mut of_book: Vec<&&Price> = sorted.iter().filter(many).collect();
    of_book.sort_by_key(|quote| {
        (quote.market as u8, quote.closing, quote.bookmaker, quote.line, quote.known_at)
    });
    for pair in of_book.windows(2) {
        let (low, high) = (pair[0], pair[1]);
        let key = |quote: &Price| (quote.market, quote.closing, quote.bookmaker);
        if key(low) != key(high) || low.line == high.line || (low.known_at - high.known_at).abs() > TOGETHER {
            continue;
        }
        let rises = high.market == MarketType::OverUnder;
        let (first, second) = if rises { (low, high) } else { (high, low) };
        let falls =
            |place: usize, from: &Price, to: &Price| to.prices[place] < from.prices[place] * (1.0 - FALL);
        if falls(0, first, second) || falls(2, second, first) {
            hits.add(
                "lines_not_monotonic",
                high,
                "its price does not fit the line beside it: lines or columns are exchanged",
            );
        }
    }
}
