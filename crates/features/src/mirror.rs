//! What a match's features would be with home and away exchanged.
//!
//! A forecaster that learns from every match twice, as it was and mirrored, cannot tell the two sides apart but
//! by what they bring: what it learns of a home side's form holds for an away side's too.

use crate::registry::{Definition, Entity, Exchange};

/// How to mirror a row: for every column, the column whose value takes its place and what becomes of that value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    sources: Vec<(usize, Exchange)>,
}

impl Mirror {
    /// The mirror of a matrix with these columns.
    ///
    /// # Panics
    /// A column about one side has no counterpart about the other: its family's definitions are incomplete.
    pub fn of(definitions: &[Definition]) -> Self {
        let named = |name: &str| definitions.iter().position(|d| d.name == name);
        let source = |(column, definition): (usize, &Definition)| {
            let Definition { name, entity, exchange, .. } = definition;
            match counterpart(name) {
                Some(other) if *exchange == Exchange::Sides && *entity != Entity::League => {
                    let other =
                        named(&other).unwrap_or_else(|| panic!("{name} lacks its counterpart {other}"));
                    (other, *exchange)
                }
                _ => (column, *exchange),
            }
        };
        Self { sources: definitions.iter().enumerate().map(source).collect() }
    }

    /// The column whose values, exchanged so, are the mirrored values of a column.
    ///
    /// # Panics
    /// There is no such column.
    pub fn source(&self, column: usize) -> (usize, Exchange) {
        self.sources[column]
    }

    /// The mirror images of some rows, by column as the rows are.
    ///
    /// # Panics
    /// There are more columns than the mirror was made for.
    pub fn images(&self, values: &[f32], rows: usize) -> Vec<f32> {
        let columns = values.len() / rows.max(1);
        let mut images = Vec::with_capacity(values.len());
        for (other, exchange) in &self.sources[..columns] {
            images.extend(values[other * rows..(other + 1) * rows].iter().map(|value| exchange.of(*value)));
        }
        images
    }
}

/// The name of the same column of the other side: the words `home` and `away` exchanged. None where there is
/// neither.
fn counterpart(name: &str) -> Option<String> {
    let exchanged = |word| match word {
        "home" => "away",
        "away" => "home",
        other => other,
    };
    let other = name.split('_').map(exchanged).collect::<Vec<_>>().join("_");
    (other != name).then_some(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineupView, MarketView, Settings, definitions};

    fn all() -> Vec<Definition> {
        let of =
            |market| definitions(&Settings::FRESH.with_market(market).with_lineups(LineupView::Announced));
        let mut all = of(MarketView::PreMatch);
        all.extend(of(MarketView::Earlier).into_iter().filter(|d| d.family == "earlier"));
        all
    }

    #[test]
    fn mirroring_twice_changes_nothing() {
        let definitions = all();
        let mirror = Mirror::of(&definitions);
        for (column, definition) in definitions.iter().enumerate() {
            let (other, exchange) = mirror.source(column);
            assert_eq!(mirror.source(other), (column, exchange), "{}", definition.name);
            assert!((exchange.of(exchange.of(0.25)) - 0.25).abs() < 1e-6);
        }
    }

    #[test]
    fn columns_take_the_other_sides_place_or_change_their_sign() {
        let definitions = all();
        let mirror = Mirror::of(&definitions);
        let named = |name: &str| definitions.iter().position(|d| d.name == name).expect(name);
        for (name, source, exchange) in [
            ("home_elo", "away_elo", Exchange::Sides),
            ("elo_difference", "elo_difference", Exchange::Negated),
            ("supremacy", "supremacy", Exchange::Negated),
            ("strength_away_win", "strength_home_win", Exchange::Sides),
            ("strength_draw", "strength_draw", Exchange::Sides),
            ("league_home_wins_slow", "league_home_wins_slow", Exchange::Sides),
            ("h2h_surprise", "h2h_surprise", Exchange::Negated),
            ("elo_expected_share", "elo_expected_share", Exchange::Complement),
            ("xg_ratio", "xg_ratio", Exchange::Inverse),
            ("market_handicap", "market_handicap", Exchange::Negated),
            ("away_eleven_worth", "home_eleven_worth", Exchange::Sides),
            ("players_missing_difference", "players_missing_difference", Exchange::Negated),
        ] {
            assert_eq!(mirror.source(named(name)), (named(source), exchange), "{name}");
        }
    }

    #[test]
    fn whatever_is_a_difference_of_the_sides_changes_its_sign() {
        for definition in all() {
            let signed = ["difference", "supremacy"].iter().any(|word| definition.name.ends_with(word));
            // A team's own goal difference is about one side.
            let of_a_side = definition.name.starts_with("home_") || definition.name.starts_with("away_");
            if signed && !of_a_side {
                assert_eq!(definition.exchange, Exchange::Negated, "{}", definition.name);
            }
        }
    }
}
