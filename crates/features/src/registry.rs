//! Definitions of features: what a column means, for people and for the check that a model gets the columns
//! that it was trained on.

use serde::{Deserialize, Serialize};

/// What a feature describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// The home side.
    HomeTeam,
    /// The away side.
    AwayTeam,
    /// The match as a whole, or the difference of both sides.
    Match,
    /// The league.
    League,
}

/// What becomes of a column when home and away are exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exchange {
    /// A column about one side takes the value of the other side's; one about neither stays as it is.
    #[default]
    Sides,
    /// It changes its sign: a difference.
    Negated,
    /// It becomes one minus itself: a share of the home side.
    Complement,
    /// It becomes one over itself: a ratio of the sides.
    Inverse,
}

impl Exchange {
    /// The exchanged value.
    pub fn of(self, value: f32) -> f32 {
        match self {
            Self::Sides => value,
            Self::Negated => -value,
            Self::Complement => 1.0 - value,
            Self::Inverse => 1.0 / value,
        }
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Unique name.
    pub name: String,
    /// The family that computes it.
    pub family: String,
    /// What it describes.
    pub entity: Entity,
    /// How it is computed, in a sentence.
    pub formula: String,
    /// Its unit.
    pub unit: String,
    /// Raised whenever the formula changes.
    pub version: u16,
    /// What a missing value (NaN) means.
    pub null_meaning: String,
    /// For how long a served value stays fresh, hours.
    pub ttl_hours: u32,
    /// What becomes of it when home and away are exchanged.
    #[serde(default)]
    pub exchange: Exchange,
}

/// Description of one number before it is put on a side of the match.
#[derive(Debug, Clone, Copy)]
pub struct Described {
    /// Name without the side.
    pub name: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// What a missing value means.
    pub null_meaning: &'static str,
    /// What becomes of it when home and away are exchanged.
    pub exchange: Exchange,
}

impl Described {
    /// A number that is missing for a team or league without matches so far.
    pub const fn new(name: &'static str, formula: &'static str, unit: &'static str) -> Self {
        Self { name, formula, unit, null_meaning: "no match so far", exchange: Exchange::Sides }
    }

    /// The same with another meaning of a missing value.
    #[must_use]
    pub const fn missing(self, null_meaning: &'static str) -> Self {
        Self { null_meaning, ..self }
    }

    /// The same where home and away are exchanged in another way than by taking the other side's column.
    #[must_use]
    pub const fn exchanged(self, exchange: Exchange) -> Self {
        Self { exchange, ..self }
    }
}

/// Collects the definitions of one family.
#[derive(Debug)]
pub struct Definitions<'a> {
    family: &'static str,
    version: u16,
    list: &'a mut Vec<Definition>,
    ttl_hours: u32,
}

const TTL_HOURS: u32 = 24 * 7;

impl<'a> Definitions<'a> {
    /// Starts a family, adding to `list`.
    pub fn of(family: &'static str, version: u16, list: &'a mut Vec<Definition>) -> Self {
        Self { family, version, list, ttl_hours: TTL_HOURS }
    }

    /// The same for columns whose served values stay fresh for another time, hours.
    #[must_use]
    pub fn fresh_for(self, ttl_hours: u32) -> Self {
        Self { ttl_hours, ..self }
    }

    /// One column.
    pub fn add(&mut self, entity: Entity, name: String, formula: String, described: Described) {
        self.list.push(Definition {
            name,
            family: self.family.to_owned(),
            entity,
            formula,
            unit: described.unit.to_owned(),
            version: self.version,
            null_meaning: described.null_meaning.to_owned(),
            ttl_hours: self.ttl_hours,
            exchange: described.exchange,
        });
    }

    /// One column about the match.
    pub fn of_match(&mut self, described: Described) {
        self.add(Entity::Match, described.name.to_owned(), described.formula.to_owned(), described);
    }

    /// One column about the league.
    pub fn of_league(&mut self, described: Described) {
        self.add(Entity::League, described.name.to_owned(), described.formula.to_owned(), described);
    }

    /// Per number three columns: the home side's, the away side's and their difference, numbers outermost.
    /// [`crate::columns::sides`] writes values in this order.
    pub fn of_sides(&mut self, numbers: &[Described]) {
        for d in numbers {
            self.add(Entity::HomeTeam, format!("home_{}", d.name), format!("{}, home side", d.formula), *d);
            self.add(Entity::AwayTeam, format!("away_{}", d.name), format!("{}, away side", d.formula), *d);
            self.add(
                Entity::Match,
                format!("{}_difference", d.name),
                format!("{}, home minus away", d.formula),
                d.exchanged(Exchange::Negated),
            );
        }
    }
}
