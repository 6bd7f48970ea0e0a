//! Strategies that come with the program.

use super::strategy::Strategy;

/// A strategy that comes with the program.
#[derive(Debug, Clone, Copy)]
pub struct ShippedStrategy {
    /// Its name.
    pub name: &'static str,
    /// Its file.
    pub text: &'static str,
}

impl ShippedStrategy {
    /// The strategy.
    pub fn strategy(&self) -> Strategy {
        Strategy::parse(self.text).expect("a test reads every strategy that ships")
    }
}

/// All of them.
pub fn shipped() -> &'static [ShippedStrategy] {
    macro_rules! files {
        ($($name:literal),*) => {
            &[$(ShippedStrategy { name: $name, text: include_str!(concat!("strategies/", $name, ".toml")) }),*]
        };
    }
    files![
        "value-flat",
        "value-proportional",
        "value-kelly",
        "value-kelly-slip",
        "value-drawdown-capped",
        "value-one-bookmaker",
        "value-1x2",
        "value-totals",
        "value-handicaps",
        "closing-line",
        "draws",
        "favourites",
        "longshots"
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_strategy_is_valid_and_named_after_its_file() {
        for file in shipped() {
            let strategy =
                Strategy::parse(file.text).unwrap_or_else(|error| panic!("{}: {error}", file.name));
            assert_eq!(strategy.name, file.name);
            assert!(!strategy.about.is_empty(), "{}", file.name);
        }
    }
}
