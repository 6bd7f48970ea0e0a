//! What is counted in matches, by the names that maps use.

use touchline_domain::SideStats;

/// Sets one count of one side.
type Setter = fn(&mut SideStats, f64);

/// A count of a side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    pub(super) name: &'static str,
    /// Whether it is a whole number.
    pub(super) whole: bool,
    /// The largest value.
    pub(super) most: f64,
    set: Setter,
}

impl Count {
    pub(super) fn set(&self, side: &mut SideStats, value: f64) {
        (self.set)(side, value);
    }
}

const fn whole(name: &'static str, set: Setter) -> Count {
    Count { name, whole: true, most: 65_535.0, set }
}

const COUNTS: [Count; 10] = [
    whole("shots", |side, n| side.shots = Some(n as u16)),
    whole("shots_on_target", |side, n| side.shots_on_target = Some(n as u16)),
    whole("woodwork", |side, n| side.woodwork = Some(n as u16)),
    whole("corners", |side, n| side.corners = Some(n as u16)),
    whole("fouls", |side, n| side.fouls = Some(n as u16)),
    whole("offsides", |side, n| side.offsides = Some(n as u16)),
    whole("yellow_cards", |side, n| side.yellow_cards = Some(n as u16)),
    whole("red_cards", |side, n| side.red_cards = Some(n as u16)),
    Count { name: "expected_goals", whole: false, most: 30.0, set: |side, n| side.expected_goals = Some(n) },
    Count { name: "possession", whole: false, most: 100.0, set: |side, n| side.possession = Some(n) },
];

pub(super) fn named(name: &str) -> Option<Count> {
    COUNTS.iter().find(|count| count.name == name).copied()
}

/// All names, for messages.
pub(super) fn names() -> String {
    COUNTS.iter().map(|count| count.name).collect::<Vec<_>>().join(", ")
}
