//! Parameters of the feature families.

use crate::families::earlier::EarlierConfig;
use crate::quotes::MarketView;
use crate::squads::LineupView;
use crate::view::View;
use serde::{Deserialize, Serialize};
use touchline_models::dynamic::FilterConfig;

/// Parameters of the families.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Parameters of the strength filters.
    pub filter: FilterConfig,
    /// Parameters of the filter of earlier prices.
    pub earlier: EarlierConfig,
    /// Which of the bookmakers' prices features see: those of the market family, or none.
    pub market: MarketView,
    /// Whether features see who plays and who is missing.
    #[serde(default)]
    pub lineups: LineupView,
}

impl Settings {
    /// For forecasts of the coming matchdays.
    pub const FRESH: Self = Self::of(FilterConfig::FRESH, EarlierConfig::FRESH);
    /// For forecasts some ten weeks ahead of the last known result.
    pub const STALE: Self = Self::of(FilterConfig::STALE, EarlierConfig::STALE);

    /// Parameters of the filters, and nothing seen of the match itself but the fixture.
    const fn of(filter: FilterConfig, earlier: EarlierConfig) -> Self {
        Self { filter, earlier, market: MarketView::None, lineups: LineupView::None }
    }

    /// The same with some of the bookmakers' prices.
    #[must_use]
    pub const fn with_market(self, market: MarketView) -> Self {
        Self { market, ..self }
    }

    /// The same with line-ups and absences, or without.
    #[must_use]
    pub const fn with_lineups(self, lineups: LineupView) -> Self {
        Self { lineups, ..self }
    }

    /// The same with everything that is seen of the match itself.
    #[must_use]
    pub const fn with_view(self, View { market, lineups }: View) -> Self {
        self.with_market(market).with_lineups(lineups)
    }
}
