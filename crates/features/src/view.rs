use crate::quotes::MarketView;
use crate::squads::LineupView;

/// What features see of a match itself, beside the fixture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct View {
    /// Bookmakers' prices.
    pub market: MarketView,
    /// Who plays and who is missing.
    pub lineups: LineupView,
}

impl From<MarketView> for View {
    fn from(market: MarketView) -> Self {
        Self { market, ..Self::default() }
    }
}
