//! How sources name things: aliases of leagues and teams, identifiers of matches, claims about their fields, and names
//! that wait for a decision.

use crate::{DocumentId, LeagueId, MatchId, NewMatch, ReviewId, Said, Season, TeamId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Stands for every source: an alias that a person gave, which holds whoever writes it.
pub const ANY_SOURCE: &str = "*";

/// What follows the name of a source where aliases are its identifiers of teams and not names.
const IDENTIFIERS: &str = "#id";

/// The source under which aliases are kept that are a source's identifiers of teams.
pub fn identifiers_of(source: &str) -> String {
    format!("{source}{IDENTIFIERS}")
}

/// Whether aliases of a source are identifiers of teams and not names.
pub fn are_identifiers(source: &str) -> bool {
    source.ends_with(IDENTIFIERS)
}

/// How a source names a league.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeagueAlias {
    /// The source.
    pub source: String,
    /// Its code or identifier of the league.
    pub alias: String,
    /// The league.
    pub league: LeagueId,
}

/// How a source names a match.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchIdentifier {
    /// The source.
    pub source: String,
    /// Its identifier of the match.
    pub external_id: String,
}

/// The most bytes of a source or an identifier by which a match can be found.
const LONGEST_IDENTIFIER: usize = 512;

impl MatchIdentifier {
    /// The identifier under which its source knows a match; none where it has none, or one that nothing could be found
    /// by: an empty one, or one of more than 512 bytes.
    pub fn of(details: &NewMatch) -> Option<Self> {
        Self::new(&details.source, details.external_id.as_deref()?)
    }

    /// The same from its parts.
    pub fn new(source: &str, external_id: &str) -> Option<Self> {
        let fits = |text: &str| !text.is_empty() && text.len() <= LONGEST_IDENTIFIER;
        (fits(source) && fits(external_id))
            .then(|| Self { source: source.to_owned(), external_id: external_id.to_owned() })
    }
}

/// A field of a match that sources may disagree about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimField {
    /// When it starts: a date, or a time in UTC.
    Kickoff,
    /// Full-time score.
    Score,
    /// Half-time score.
    HalfTime,
    /// Where it stands.
    Status,
    /// The referee.
    Referee,
    /// Spectators.
    Attendance,
    /// Whether it is on neutral ground.
    NeutralGround,
    /// The part of the competition.
    Stage,
    /// The round.
    Round,
    /// The group.
    Group,
    /// Which match of a tie it is.
    TieLeg,
    /// Score after extra time.
    AfterExtraTime,
    /// Penalties of a shoot-out.
    Shootout,
    /// What was counted, as JSON (see [`MatchStats`](crate::MatchStats)).
    Statistics,
}

impl ClaimField {
    const NAMES: [(Self, &'static str); 14] = [
        (Self::Kickoff, "kickoff"),
        (Self::Score, "score"),
        (Self::HalfTime, "half_time"),
        (Self::Status, "status"),
        (Self::Referee, "referee"),
        (Self::Attendance, "attendance"),
        (Self::NeutralGround, "neutral_ground"),
        (Self::Stage, "stage"),
        (Self::Round, "round"),
        (Self::Group, "group"),
        (Self::TieLeg, "tie_leg"),
        (Self::AfterExtraTime, "after_extra_time"),
        (Self::Shootout, "shootout"),
        (Self::Statistics, "statistics"),
    ];

    /// All fields.
    pub const ALL: [Self; 14] = {
        let mut all = [Self::Kickoff; 14];
        let mut n = 0;
        while n < all.len() {
            all[n] = Self::NAMES[n].0;
            n += 1;
        }
        all
    };

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }
}

impl FromStr for ClaimField {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::NAMES.iter().find(|(_, n)| *n == name).map(|(field, _)| *field);
        found.ok_or_else(|| format!("{name:?} is not a field of a match that sources may disagree about"))
    }
}

/// What a source says of a field of a match, kept only where the field's value does not simply come from the match's
/// own source: another source gave it, another source says something else, or the source itself says something else
/// than before and that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchClaim {
    /// The match.
    pub match_id: MatchId,
    /// The source.
    pub source: String,
    /// The field.
    pub field: ClaimField,
    /// What the source says, as text.
    pub value: String,
    /// When it said so.
    pub said: Said,
}

/// What a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A league.
    League,
    /// A team.
    Team,
}

impl NameKind {
    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::League => "league",
            Self::Team => "team",
        }
    }
}

impl FromStr for NameKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = [Self::League, Self::Team].into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| format!("{name:?} is neither \"league\" nor \"team\""))
    }
}

/// A name of a source that nothing certain leads from, and that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNameReview {
    /// What it is of.
    pub kind: NameKind,
    /// The source that writes it.
    pub source: String,
    /// The country within which it stands.
    pub country: String,
    /// The league in which it was first met.
    pub league: Option<LeagueId>,
    /// The season in which it was first met.
    pub season: Option<Season>,
    /// The name as the source writes it.
    pub name: String,
    /// The document that waits for the decision.
    pub document: DocumentId,
}

/// A decision about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is this team.
    Team(TeamId),
    /// It is this league.
    League(LeagueId),
    /// It is not to be used: rows that write it are left out.
    Rejected,
}

impl Verdict {
    /// The verdict about a decided name, from what a store holds of it.
    pub fn of_parts(kind: NameKind, resolved: Option<i64>) -> Self {
        match (kind, resolved) {
            (_, None) => Self::Rejected,
            (NameKind::Team, Some(id)) => Self::Team(TeamId(id)),
            (NameKind::League, Some(id)) => Self::League(LeagueId(id)),
        }
    }
}

/// A decision, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameDecision {
    /// What was decided.
    pub verdict: Verdict,
    /// Who decided: a person, or the name of the rule that did.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A name in the review queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameReview {
    /// Identifier in the store.
    pub id: ReviewId,
    /// The name, with the first document that waits for it.
    pub details: NewNameReview,
    /// All documents that wait for it, in the order in which they were stored.
    pub documents: Vec<DocumentId>,
    /// When it was first met.
    pub opened_at: DateTime<Utc>,
    /// What was decided; none while it is open.
    pub decision: Option<NameDecision>,
}

impl std::ops::Deref for NameReview {
    type Target = NewNameReview;
    fn deref(&self) -> &NewNameReview {
        &self.details
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_read_back() {
        for (field, name) in ClaimField::NAMES {
            assert_eq!((field.name(), name.parse()), (name, Ok(field)));
            assert_eq!(serde_json::to_value(field).unwrap(), name);
        }
        assert!("venue".parse::<ClaimField>().is_err());
    }
}
