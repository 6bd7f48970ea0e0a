//! What was counted in a match. Facts of the match itself: they enter forecasts of later matches only.

/// Counts of one side; `None` where the source has none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SideStats {
    /// Shots.
    pub shots: Option<u16>,
    /// Shots on target.
    pub shots_on_target: Option<u16>,
    /// Shots against the woodwork.
    pub woodwork: Option<u16>,
    /// Corners.
    pub corners: Option<u16>,
    /// Fouls committed.
    pub fouls: Option<u16>,
    /// Offsides.
    pub offsides: Option<u16>,
    /// Yellow cards.
    pub yellow_cards: Option<u16>,
    /// Red cards.
    pub red_cards: Option<u16>,
    /// Expected goals.
    pub expected_goals: Option<f64>,
    /// Possession, percent.
    pub possession: Option<f64>,
}

/// Counts of both sides.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MatchStats {
    /// The home side's.
    pub home: SideStats,
    /// The away side's.
    pub away: SideStats,
}

impl MatchStats {
    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
