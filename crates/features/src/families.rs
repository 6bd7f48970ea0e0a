//! The feature families, one per file, and the order of their columns.

mod averages;
mod counts;
pub(crate) mod earlier;
mod form;
mod league;
mod lineups;
mod market;
mod meetings;
mod momentum;
mod ratings;
mod schedule;
mod season;
mod strength;
mod venue;

use crate::family::Family;
use crate::quotes::MarketView;
use crate::settings::Settings;
use crate::squads::LineupView;

/// All families with empty state, in column order.
pub fn all(settings: &Settings) -> Vec<Box<dyn Family>> {
    let mut families: Vec<Box<dyn Family>> = vec![
        Box::new(strength::Strength::new(settings.filter)),
        Box::new(ratings::Ratings::new()),
        Box::new(form::Form::default()),
        Box::new(venue::Venue::default()),
        Box::new(momentum::Momentum::default()),
        Box::new(season::Season::default()),
        Box::new(meetings::Meetings::default()),
        Box::new(schedule::Schedule::default()),
        Box::new(league::League::default()),
        Box::new(counts::Counts::new(settings.filter)),
        Box::new(averages::Averages::default()),
    ];
    match settings.market {
        MarketView::None => {}
        MarketView::Earlier => families.push(Box::new(earlier::Earlier::new(settings.earlier))),
        MarketView::PreMatch | MarketView::Closing => families.push(Box::new(market::Market::new(settings))),
    }
    if settings.lineups != LineupView::None {
        families.push(Box::new(lineups::Lineups::default()));
    }
    families
}
