//! The contracts that ship with the program.

/// A contract as it ships.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// The dataset.
    pub name: &'static str,
    /// The contract, in YAML.
    pub yaml: &'static str,
}

macro_rules! shipped {
    ($($name:literal)*) => {
        &[$(Shipped { name: $name, yaml: include_str!(concat!("../../../../contracts/", $name, ".yaml")) }),*]
    };
}

/// All of them, by name.
pub fn shipped() -> &'static [Shipped] {
    shipped!["data_quality_logs" "features" "injuries" "leagues" "lineups" "match_stats" "matches" "model_versions" "odds"
        "predictions" "teams" "weather"]
}
