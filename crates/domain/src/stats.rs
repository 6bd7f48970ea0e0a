//! What was counted in a match. Facts of the match itself: they enter forecasts of later matches only.

use serde::{Deserialize, Serialize};

/// Counts of one side; `None` where the source has none.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SideStats {
    /// Shots.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shots: Option<u16>,
    /// Shots on target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shots_on_target: Option<u16>,
    /// Shots against the woodwork.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub woodwork: Option<u16>,
    /// Corners.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corners: Option<u16>,
    /// Fouls committed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fouls: Option<u16>,
    /// Offsides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offsides: Option<u16>,
    /// Yellow cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yellow_cards: Option<u16>,
    /// Red cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub red_cards: Option<u16>,
    /// Expected goals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_goals: Option<f64>,
    /// Possession, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possession: Option<f64>,
}

/// Counts of both sides.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
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
