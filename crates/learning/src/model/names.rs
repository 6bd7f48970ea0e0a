//! Names of the models that answer: one for each view of prices, each with versions and aliases of its own.
//!
//! A model that has seen the prices of a match forecasts it better than one that has not, and cannot be asked of a match that
//! nobody priced. So every match is answered by the model of the view that knows most of it.

use touchline_features::MarketView;

/// Name of the default model: it sees no prices, so that it can be asked of any match.
pub const MODEL_NAME: &str = "touchline";

/// Name of the model with a view of prices.
pub const fn name_of(view: MarketView) -> &'static str {
    match view {
        MarketView::None => MODEL_NAME,
        MarketView::Earlier => "touchline-earlier",
        MarketView::PreMatch => "touchline-pre-match",
        MarketView::Closing => "touchline-closing",
    }
}

/// The view of prices of the model with a name; none of what stands in for one.
pub fn view_of(name: &str) -> Option<MarketView> {
    MarketView::ALL.into_iter().find(|view| name_of(*view) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_view() {
        for view in MarketView::ALL {
            assert_eq!(view_of(name_of(view)), Some(view));
            assert_eq!(view.name().parse(), Ok(view));
        }
        assert_eq!(view_of("strength-filter"), None);
    }
}
