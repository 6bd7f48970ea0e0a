//! Market: what bookmakers' prices said of the match, as far as they were known when the question was asked.
//!
//! Prices of home win, draw and away win become probabilities by Shin's method. Of each book the latest prices
//! count; how far they moved since its first, and how far books differ, are columns of their own. A match that
//! nobody priced has no value in any column.

pub(super) mod board;

use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::quotes::{Book, MarketView};
use crate::registry::{Definition, Definitions, Described, Entity, Exchange};
use crate::settings::Settings;
use board::{OneXTwo, two_way};
use touchline_domain::MarketType;
use touchline_models::dynamic::{GoalFilter, outcome_probabilities};
use touchline_models::markets::Line;
use touchline_models::odds::GoalExpectancy;

/// Columns without the prefix of the view.
const COLUMNS: [Described; 24] = [
    price("home_win", "home win by the market's average prices"),
    price("draw", "draw by the market's average prices"),
    price("away_win", "away win by the market's average prices"),
    priced("overround", "margin of the average prices", "share"),
    price("pinnacle_home_win", "home win by Pinnacle's prices"),
    price("pinnacle_draw", "draw by Pinnacle's prices"),
    price("pinnacle_away_win", "away win by Pinnacle's prices"),
    price("bet365_home_win", "home win by Bet365's prices"),
    price("bet365_draw", "draw by Bet365's prices"),
    price("bet365_away_win", "away win by Bet365's prices"),
    price("best_home_win", "home win by the best price of each outcome"),
    price("best_draw", "draw by the best price of each outcome"),
    price("best_away_win", "away win by the best price of each outcome"),
    priced("best_overround", "margin of the best price of each outcome, below 0 for an arbitrage", "share"),
    moved("home_win_movement", "home win by the latest prices minus that by the first, mean over bookmakers"),
    moved("away_win_movement", "away win by the latest prices minus that by the first, mean over bookmakers"),
    spread("home_win_spread", "standard deviation of home win between bookmakers"),
    spread("away_win_spread", "standard deviation of away win between bookmakers"),
    priced("books", "bookmakers with prices of all three outcomes", "bookmakers"),
    priced("expected_total", "total goals that over/under prices imply, Poisson", "goals")
        .missing("no over/under price known"),
    priced("handicap", "goals given to the home side by the handicap that is quoted", "goals")
        .missing("no handicap known")
        .exchanged(Exchange::Negated),
    priced("handicap_home", "home side at this handicap", "probability")
        .missing("no handicap known")
        .exchanged(Exchange::Complement),
    priced("home_win_beyond_strength", "log of home_win over that of the strength filter", "log ratio"),
    priced("away_win_beyond_strength", "log of away_win over that of the strength filter", "log ratio"),
];

const fn priced(name: &'static str, formula: &'static str, unit: &'static str) -> Described {
    Described::new(name, formula, unit).missing("no such price known")
}

const fn price(name: &'static str, formula: &'static str) -> Described {
    priced(name, formula, "probability")
}

const fn moved(name: &'static str, formula: &'static str) -> Described {
    price(name, formula).missing("no bookmaker's prices known at two times")
}

const fn spread(name: &'static str, formula: &'static str) -> Described {
    price(name, formula).missing("fewer than two bookmakers' prices known")
}

/// The prices that are seen, and the strength filter that they are compared with.
#[derive(Clone)]
pub struct Market {
    view: MarketView,
    filter: GoalFilter,
}

impl Market {
    pub fn new(settings: &Settings) -> Self {
        Self { view: settings.market, filter: GoalFilter::new(settings.filter) }
    }

    /// Logs of the market's home and away win over the strength filter's.
    fn beyond_strength(&self, fixture: &Fixture, market: [f64; 3]) -> [f64; 2] {
        let goals = self.filter.expect(fixture.pairing(), fixture.occasion()).goals();
        let strength = outcome_probabilities(goals, self.filter.config().rho);
        [(market[0] / strength[0]).ln(), (market[2] / strength[2]).ln()]
    }
}

const UNKNOWN: [f64; 3] = [f64::NAN; 3];

impl Family for Market {
    fn define(&self, list: &mut Vec<Definition>) {
        let mut d = Definitions::of(self.view.prefix(), 1, list);
        for column in COLUMNS {
            let name = format!("{}_{}", self.view.prefix(), column.name);
            d.add(Entity::Match, name, column.formula.to_owned(), column);
        }
    }

    fn snapshot(&self, fixture: &Fixture, context: &MatchContext<'_>, out: &mut [f32]) {
        if context.quotes.is_empty() {
            return;
        }
        let board = OneXTwo::of(context.quotes, self.view);
        let average = board.consensus();
        let of = |book| board.of_book(book).map_or(UNKNOWN, |p| p.latest);
        let overround = |book| board.of_book(book).map_or(f64::NAN, |p| p.overround);
        let movement = board.movement();
        let spread = board.spread();
        let [total, handicap] = [MarketType::OverUnder, MarketType::AsianHandicap]
            .map(|market| two_way(context.quotes, self.view, market));
        let expected_total =
            total.and_then(|(line, over)| GoalExpectancy::total(Line::from_quarters(line), over).ok());
        let handicap = handicap.map_or([f64::NAN; 2], |(line, home)| [f64::from(line) / 4.0, home]);
        let probabilities = average.map_or(UNKNOWN, |(latest, _)| latest);
        let books = board.singles().count();
        let groups: [&[f64]; 11] = [
            &probabilities,
            &[average.map_or(f64::NAN, |(_, overround)| overround)],
            &of(Book::Pinnacle),
            &of(Book::Bet365),
            &of(Book::Best),
            &[overround(Book::Best)],
            &[movement[0], movement[2]],
            &[spread[0], spread[2]],
            &[if books == 0 { f64::NAN } else { books as f64 }, expected_total.unwrap_or(f64::NAN)],
            &handicap,
            &self.beyond_strength(fixture, probabilities),
        ];
        for (out, value) in out.iter_mut().zip(groups.concat()) {
            *out = value as f32;
        }
    }

    fn observe(&mut self, played: &Played<'_>, _: &Residual) {
        let f = &played.fixture;
        self.filter.update(f.pairing(), f.occasion(), played.goals.map(f64::from));
    }
}

#[cfg(test)]
mod tests;
