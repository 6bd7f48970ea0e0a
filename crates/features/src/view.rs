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

impl View {
    /// Whether features with this view have all that those with another have.
    pub fn covers(self, other: Self) -> bool {
        (other.market == MarketView::None || other.market == self.market)
            && (other.lineups == LineupView::None || other.lineups == self.lineups)
    }
}

impl From<MarketView> for View {
    fn from(market: MarketView) -> Self {
        Self { market, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::definitions;
    use crate::settings::Settings;

    #[test]
    fn a_view_covers_another_whose_columns_it_has() {
        let markets = [MarketView::None, MarketView::Earlier, MarketView::PreMatch, MarketView::Closing];
        let views: Vec<View> = markets
            .into_iter()
            .flat_map(|market| {
                [LineupView::None, LineupView::Announced].map(|lineups| View { market, lineups })
            })
            .collect();
        let columns = |view: View| definitions(&Settings::FRESH.with_view(view));
        for one in &views {
            for other in &views {
                let (has, wants) = (columns(*one), columns(*other));
                assert_eq!(one.covers(*other), wants.iter().all(|d| has.contains(d)), "{one:?} {other:?}");
            }
        }
    }
}
