//! News of teams, and ratings of clubs: what is known of them beside their matches.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::sync::Arc;

/// What a news item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewsKind {
    /// Players who are hurt, ill or suspended, or who are back.
    PlayerInjuries,
    /// Who plays.
    LineupChanges,
    /// Coaches who come or go.
    CoachingChanges,
    /// Players who come or go.
    Transfers,
}

impl NewsKind {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::PlayerInjuries, Self::LineupChanges, Self::CoachingChanges, Self::Transfers];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::PlayerInjuries => "player_injuries",
            Self::LineupChanges => "lineup_changes",
            Self::CoachingChanges => "coaching_changes",
            Self::Transfers => "transfers",
        }
    }
}

impl FromStr for NewsKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| {
            format!("{name:?} is not a kind of news: {}", Self::ALL.map(Self::name).join(", "))
        })
    }
}

/// An item of a feed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewsItem {
    /// The source.
    pub source: Arc<str>,
    /// What identifies the item at its source, feed and all.
    pub id: String,
    /// What it is about.
    pub kind: NewsKind,
    /// Its heading.
    pub title: String,
    /// Where it can be read.
    pub link: Option<String>,
    /// The country of the team that the heading names, where it names one team that is held.
    pub country: Option<String>,
    /// That team, by its name when the item came.
    pub team: Option<String>,
    /// How much it may matter to the next match, from 0 to 1.
    pub importance: f64,
    /// How good it is for the team, from -1 to 1.
    pub sentiment: f64,
    /// When the feed says that it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Since when it is known: when it came.
    pub known_at: DateTime<Utc>,
}

impl NewsItem {
    /// Items above this importance matter to forecasts.
    pub const IMPORTANT: f64 = 0.7;

    /// What is wrong with its numbers, where something is.
    ///
    /// # Errors
    /// A number out of its range, in words.
    pub fn check(&self) -> Result<(), String> {
        if !(0.0..=1.0).contains(&self.importance) {
            return Err(format!("the importance {} is not within 0 to 1", self.importance));
        }
        if !(-1.0..=1.0).contains(&self.sentiment) {
            return Err(format!("the sentiment {} is not within -1 to 1", self.sentiment));
        }
        if self.country.is_some() != self.team.is_some() {
            return Err("a team is named with its country, or not at all".to_owned());
        }
        Ok(())
    }
}

/// Which news to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewsFilter {
    /// Only of this kind.
    pub kind: Option<NewsKind>,
    /// Only of at least this importance.
    pub importance: Option<f64>,
    /// Only what was known by this time.
    pub as_of: Option<DateTime<Utc>>,
}

/// A club's rating by a source, on some days.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamRating {
    /// The source.
    pub source: Arc<str>,
    /// The country of the club, or the source's code of it.
    pub country: String,
    /// The club, as the source writes it.
    pub team: String,
    /// The level of its league; 0 where that is not rated.
    pub level: u8,
    /// The rating, on the source's scale: Elo points.
    pub rating: f64,
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// The last day: of the next match, as far as that was known.
    pub to: NaiveDate,
    /// Since when it is known.
    pub known_at: DateTime<Utc>,
}

impl TeamRating {
    /// What is wrong with it, where something is.
    ///
    /// # Errors
    /// A rating or days that cannot be, in words.
    pub fn check(&self) -> Result<(), String> {
        if !(1.0..=4_000.0).contains(&self.rating) {
            return Err(format!("the rating {} is not within 1 to 4000", self.rating));
        }
        if self.from > self.to || self.from.to_string().len() != 10 || self.to.to_string().len() != 10 {
            return Err(format!("{} to {} are no days of a rating", self.from, self.to));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back() {
        for kind in NewsKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert!("gossip".parse::<NewsKind>().unwrap_err().contains("transfers"));
    }
}
