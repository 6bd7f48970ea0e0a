//! Parameters of a filter as coordinates without bounds, each of a scale on which a step of one is a large one.

use touchline_features::{EarlierConfig, FilterKind};

/// What is smaller counts as zero: a logarithm needs something to start from.
const SMALLEST: f64 = 1e-12;
/// Digits after the first that a fit leaves: its standard errors are far wider.
const DIGITS: usize = 2;

/// How a parameter becomes a coordinate.
#[derive(Debug, Clone, Copy)]
enum Scale {
    /// Positive: its logarithm.
    Log,
    /// Between 0 and 1: its log-odds.
    Share,
    /// Any number: in tenths.
    Tenths,
}

impl Scale {
    fn coordinate(self, value: f64) -> f64 {
        match self {
            Self::Log => value.max(SMALLEST).ln(),
            Self::Share => {
                let share = value.clamp(1e-4, 1.0 - 1e-4);
                (share / (1.0 - share)).ln()
            }
            Self::Tenths => value * 10.0,
        }
    }

    fn value(self, coordinate: f64) -> f64 {
        match self {
            Self::Log => coordinate.exp(),
            Self::Share => 1.0 / (1.0 + (-coordinate).exp()),
            Self::Tenths => coordinate / 10.0,
        }
    }
}

type Place = fn(&mut EarlierConfig) -> &mut f64;

/// What is fitted for every filter.
const OF_FILTER: [(Scale, Place); 15] = [
    (Scale::Log, |c| &mut c.filter.drift),
    (Scale::Log, |c| &mut c.filter.season_drift),
    (Scale::Log, |c| &mut c.filter.league_drift),
    (Scale::Log, |c| &mut c.filter.newcomer_variance),
    (Scale::Tenths, |c| &mut c.filter.newcomer_offset),
    (Scale::Log, |c| &mut c.filter.home_variance),
    (Scale::Log, |c| &mut c.filter.home_drift),
    (Scale::Log, |c| &mut c.filter.level_drift),
    (Scale::Log, |c| &mut c.filter.advantage_drift),
    (Scale::Share, |c| &mut c.filter.season_pull_club),
    (Scale::Log, |c| &mut c.filter.daily_pull),
    (Scale::Share, |c| &mut c.filter.memory),
    (Scale::Log, |c| &mut c.filter.dispersion),
    (Scale::Share, |c| &mut c.filter.correlation),
    (Scale::Tenths, |c| &mut c.filter.rho),
];
/// What is fitted beside it where prices are learned from. How goals scatter where nobody priced a match is known from the
/// strength filter; the few such matches would tell little.
const OF_PRICES: [(Scale, Place); 1] = [(Scale::Share, |c| &mut c.prices)];

/// The parameters that are fitted; the others stay as they were at the start.
pub(super) struct Coordinates {
    kind: FilterKind,
    fixed: EarlierConfig,
}

impl Coordinates {
    pub fn new(kind: FilterKind, start: EarlierConfig) -> Self {
        Self { kind, fixed: start }
    }

    fn places(&self) -> impl Iterator<Item = &'static (Scale, Place)> {
        let of_prices = match self.kind {
            FilterKind::Goals => &OF_PRICES[..0],
            FilterKind::EarlierPrices => &OF_PRICES,
        };
        OF_FILTER.iter().chain(of_prices)
    }

    /// Coordinates of some parameters. The last one is the pull to the league's mean, as a share of what the pull to the
    /// team's own leaves.
    pub fn of(&self, parameters: &EarlierConfig) -> Vec<f64> {
        let mut parameters = *parameters;
        let mut point: Vec<f64> =
            self.places().map(|(scale, place)| scale.coordinate(*place(&mut parameters))).collect();
        let left = (1.0 - parameters.filter.season_pull_club).max(SMALLEST);
        point.push(Scale::Share.coordinate(parameters.filter.season_pull_league / left));
        point
    }

    /// Parameters at some coordinates.
    pub fn parameters(&self, point: &[f64]) -> EarlierConfig {
        let mut parameters = self.fixed;
        for ((scale, place), coordinate) in self.places().zip(point) {
            *place(&mut parameters) = scale.value(*coordinate);
        }
        let left = 1.0 - parameters.filter.season_pull_club;
        let share = point.last().map_or(0.0, |coordinate| Scale::Share.value(*coordinate));
        parameters.filter.season_pull_league = share * left;
        if self.kind == FilterKind::Goals {
            parameters = EarlierConfig::of_goals(parameters.filter);
        }
        parameters
    }

    /// The same with as many digits as are worth writing down.
    pub fn rounded(&self, point: &[f64]) -> EarlierConfig {
        let mut parameters = self.parameters(point);
        for (_, place) in self.places() {
            round(place(&mut parameters));
        }
        // Both pulls together do not go beyond where they lead.
        let filter = &mut parameters.filter;
        filter.season_pull_league = filter.season_pull_league.min(1.0 - filter.season_pull_club);
        round(&mut filter.season_pull_league);
        if self.kind == FilterKind::Goals {
            parameters = EarlierConfig::of_goals(parameters.filter);
        }
        parameters
    }
}

fn round(value: &mut f64) {
    // Through text, so that the number is the one that would be written.
    let rounded = format!("{value:.DIGITS$e}").parse().expect("a printed number can be read");
    *value = if value.abs() < 10.0 * SMALLEST { 0.0 } else { rounded };
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use touchline_features::Settings;

    const STARTS: [(FilterKind, EarlierConfig); 4] = [
        (FilterKind::Goals, EarlierConfig::of_goals(Settings::FRESH.filter)),
        (FilterKind::Goals, EarlierConfig::of_goals(Settings::STALE.filter)),
        (FilterKind::EarlierPrices, Settings::FRESH.earlier),
        (FilterKind::EarlierPrices, Settings::STALE.earlier),
    ];

    #[test]
    fn a_point_stands_for_the_parameters_that_it_was_made_of() {
        for (kind, start) in STARTS {
            let coordinates = Coordinates::new(kind, start);
            assert_eq!(coordinates.rounded(&coordinates.of(&start)), start, "{kind:?}");
        }
    }

    proptest! {
        #[test]
        fn any_point_is_a_filter(point in prop::collection::vec(-8.0_f64..8.0, 17)) {
            for (kind, start) in STARTS {
                let coordinates = Coordinates::new(kind, start);
                let point = &point[..coordinates.of(&start).len()];
                let EarlierConfig { filter, prices, unpriced } = coordinates.parameters(point);
                prop_assert!(filter.season_pull_league >= 0.0 && filter.season_pull_club >= 0.0);
                prop_assert!(filter.season_pull_league + filter.season_pull_club <= 1.0 + 1e-12);
                prop_assert!(filter.drift > 0.0 && filter.newcomer_variance > 0.0 && filter.dispersion > 0.0);
                prop_assert!((0.0..=1.0).contains(&filter.correlation) && (0.0..=1.0).contains(&prices));
                let held = if kind == FilterKind::Goals { filter.dispersion } else { start.unpriced };
                prop_assert!((unpriced - held).abs() < 1e-12);
            }
        }
    }
}
