//! Strategies that come with the program.

use super::strategy::{Strategy, StrategyError};

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

/// A strategy that can be asked for by name.
#[derive(Debug, Clone)]
pub struct OfferedStrategy {
    /// The strategy.
    pub strategy: Strategy,
    /// Its file.
    pub text: String,
    /// Whether it comes with the program.
    pub ships: bool,
}

/// The strategies that can be asked for by name: those that ship, and those of an installation.
#[derive(Debug, Clone)]
pub struct Strategies(Vec<OfferedStrategy>);

impl Default for Strategies {
    /// Those that ship.
    fn default() -> Self {
        let offered = |s: &ShippedStrategy| OfferedStrategy {
            strategy: s.strategy(),
            text: s.text.to_owned(),
            ships: true,
        };
        Self(shipped().iter().map(offered).collect())
    }
}

impl Strategies {
    /// Adds the strategy of a file.
    ///
    /// # Errors
    /// It is wrong, or its name is that of another.
    pub fn add(&mut self, text: &str) -> Result<(), StrategyError> {
        let strategy = Strategy::parse(text)?;
        if self.find(&strategy.name).is_some() {
            let message =
                format!("a strategy is called {} already; give this one another name", strategy.name);
            return Err(StrategyError { line: 1, key: "name".to_owned(), message });
        }
        self.0.push(OfferedStrategy { strategy, text: text.to_owned(), ships: false });
        Ok(())
    }

    /// The strategy of this name.
    pub fn find(&self, name: &str) -> Option<&OfferedStrategy> {
        self.0.iter().find(|offered| offered.strategy.name == name)
    }

    /// All, those that ship first.
    pub fn all(&self) -> &[OfferedStrategy] {
        &self.0
    }

    /// Their names.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|offered| offered.strategy.name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_of_an_installation_stand_beside_those_that_ship() {
        let mut strategies = Strategies::default();
        assert_eq!(strategies.all().len(), shipped().len());
        let mine = shipped()[0].text.replace("\"value-flat\"", "\"mine\"");
        strategies.add(&mine).unwrap();
        assert!(strategies.find("mine").is_some_and(|s| !s.ships && s.text == mine));
        assert!(strategies.names().ends_with(&["mine"]));
        for twice in [mine.as_str(), shipped()[0].text] {
            assert!(strategies.add(twice).unwrap_err().to_string().contains("another name"));
        }
        assert!(strategies.add("name = 3").is_err());
    }

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
