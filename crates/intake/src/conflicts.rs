//! Values that sources contradict: listing them, and deciding about them.
//!
//! A conflict is a claim of a source about a field whose held value is another one. It is named by its match and field,
//! such as `17:score`, and by its source where several sources contradict: `17:score:openfootball`. To accept it makes the
//! claim the held value; to keep what is held notes that it was decided. Both leave a correction, which is the audit, and
//! both may be repeated without effect.

mod settle;

use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use thiserror::Error;
use touchline_domain::ports::{
    CorrectionReader, LeagueReader, MatchReader, NameReader, SilverWriter, StoreError, TeamReader,
};
use touchline_domain::{
    ANY_SOURCE, ClaimField, Correction, CorrectionVerdict, Kickoff, LeagueId, Match, MatchClaim, MatchId,
    MatchStats, Season, TeamId, statistics_text,
};

use crate::identity::SourceOrder;
use crate::ingest::covers;
pub use settle::{Decision, Settled, settle};

/// What conflicts are read from.
pub trait ConflictReader: CorrectionReader + LeagueReader + MatchReader + NameReader + TeamReader {}

impl<T: CorrectionReader + LeagueReader + MatchReader + NameReader + TeamReader + ?Sized> ConflictReader
    for T
{
}

/// What conflicts are decided in.
pub trait ConflictStore: ConflictReader + SilverWriter {}

impl<T: ConflictReader + SilverWriter + ?Sized> ConflictStore for T {}

/// Which conflicts; all by default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConflictFilter {
    /// Of this league, by code.
    pub league: Option<String>,
    /// Of this season.
    pub season: Option<Season>,
    /// About this field.
    pub field: Option<ClaimField>,
    /// Of this source.
    pub source: Option<String>,
    /// Those too that the order of sources or a person decided.
    pub decided: bool,
}

/// How a conflict stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictState {
    /// The source of the held value changed its word, and nobody decided yet.
    Open,
    /// Two sources disagree, and the order of sources decides.
    Ordered,
    /// A person decided that what is held stays.
    Kept,
}

/// A claim that is not what is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Its name: match, field and source.
    pub id: String,
    /// The match.
    pub match_id: MatchId,
    /// Code of the league.
    pub league: String,
    /// The season.
    pub season: String,
    /// Kick-off, as it is held.
    pub kickoff: DateTime<Utc>,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// The field.
    pub field: ClaimField,
    /// What is held; none where there is nothing.
    pub held: Option<String>,
    /// Who contradicts.
    pub source: String,
    /// What it says.
    pub claimed: String,
    /// When it said so.
    pub said_at: DateTime<Utc>,
    /// How it stands.
    pub state: ConflictState,
}

/// The name of a conflict as a person writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConflictName {
    /// The match.
    pub match_id: MatchId,
    /// The field.
    pub field: ClaimField,
    /// The source; none where only one contradicts.
    pub source: Option<String>,
}

impl std::str::FromStr for ConflictName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not the name of a conflict; write it as touchline conflicts list shows it, such as 17:score"
            )
        };
        let mut parts = text.splitn(3, ':');
        let id = parts.next().and_then(|id| id.parse().ok()).ok_or_else(wrong)?;
        let field = parts.next().and_then(|field| field.parse().ok()).ok_or_else(wrong)?;
        Ok(Self { match_id: MatchId(id), field, source: parts.next().map(str::to_owned) })
    }
}

/// Why nothing was listed or decided.
#[derive(Debug, Error)]
pub enum ConflictError {
    /// No league has this code.
    #[error(
        "the store holds no league {0}; GET /api/v1/leagues or `touchline doctor` names those that it holds"
    )]
    UnknownLeague(String),
    /// No source contradicts there.
    #[error("no source contradicts {0}; touchline conflicts list --all shows what sources contradict")]
    Unknown(String),
    /// Several sources contradict.
    #[error("several sources contradict {name}: write {choices}")]
    Ambiguous {
        /// The name.
        name: String,
        /// Names with sources.
        choices: String,
    },
    /// A claim cannot become the held value.
    #[error("{id}: {reason}")]
    NotUsable {
        /// The conflict.
        id: String,
        /// Why.
        reason: String,
    },
    /// The store failed or refused.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What sources contradict, by kick-off, match and field.
///
/// # Errors
/// The store is not available, or the league is not known.
pub async fn list_conflicts<S: ConflictReader + ?Sized>(
    store: &S,
    filter: &ConflictFilter,
    order: &SourceOrder,
) -> Result<Vec<Conflict>, ConflictError> {
    let disputed = Disputed::load(store, filter).await?;
    let mut found = disputed.conflicts(filter, order);
    let mut names: HashMap<TeamId, String> = HashMap::new();
    let teams: BTreeSet<TeamId> = found.iter().flat_map(|(_, m)| [m.home, m.away]).collect();
    for id in teams {
        names.extend(store.team(id).await?.map(|team| (id, team.name)));
    }
    let name = |id: TeamId| names.get(&id).cloned().unwrap_or_default();
    for (conflict, m) in &mut found {
        (conflict.home, conflict.away) = (name(m.home), name(m.away));
    }
    Ok(found.into_iter().map(|(conflict, _)| conflict).collect())
}

/// Matches about which something is claimed, with all that is known about it.
struct Disputed {
    leagues: HashMap<LeagueId, String>,
    matches: HashMap<MatchId, Match>,
    stats: HashMap<MatchId, MatchStats>,
    claims: HashMap<(MatchId, ClaimField), Vec<MatchClaim>>,
    corrections: Vec<Correction>,
}

impl Disputed {
    async fn load<S: ConflictReader + ?Sized>(
        store: &S,
        filter: &ConflictFilter,
    ) -> Result<Self, ConflictError> {
        let leagues: HashMap<LeagueId, String> =
            store.leagues().await?.into_iter().map(|league| (league.id, league.details.code)).collect();
        if let Some(code) = filter.league.as_ref().filter(|code| !leagues.values().any(|held| held == *code))
        {
            return Err(ConflictError::UnknownLeague(code.clone()));
        }
        let mut seasons = store.seasons_with_claims().await?;
        seasons.retain(|(league, season)| {
            filter.season.is_none_or(|wanted| wanted == *season)
                && filter.league.as_ref().is_none_or(|code| leagues.get(league) == Some(code))
        });
        let mut claims: HashMap<_, Vec<MatchClaim>> = HashMap::new();
        for claim in store.claims_of(&seasons).await? {
            claims.entry((claim.match_id, claim.field)).or_default().push(claim);
        }
        Ok(Self {
            leagues,
            matches: store.matches_of(&seasons).await?.into_iter().map(|m| (m.id, m)).collect(),
            stats: store.stats_of(&seasons).await?.into_iter().collect(),
            claims,
            corrections: store.corrections_of(&seasons).await?,
        })
    }

    /// The held value of a field.
    fn held(&self, m: &Match, field: ClaimField) -> Option<String> {
        match field {
            ClaimField::Statistics => self.stats.get(&m.id).map(statistics_text),
            _ => field.text_of(m),
        }
    }

    /// The conflicts that pass a filter, without the names of teams.
    fn conflicts(&self, filter: &ConflictFilter, order: &SourceOrder) -> Vec<(Conflict, &Match)> {
        let mut found = Vec::new();
        for ((id, field), claims) in &self.claims {
            let Some(m) = self.matches.get(id).filter(|_| filter.field.is_none_or(|wanted| wanted == *field))
            else {
                continue;
            };
            let held = self.held(m, *field);
            for claim in claims.iter().filter(|claim| claim.source != ANY_SOURCE) {
                let of_source = filter.source.as_ref().is_none_or(|source| *source == claim.source);
                if !of_source || !contradicts(m, claim, held.as_deref()) {
                    continue;
                }
                let state = self.state(m, claim, held.as_deref(), order);
                if state == ConflictState::Open || filter.decided {
                    found.push((self.conflict(m, claim, held.clone(), state), m));
                }
            }
        }
        found.sort_by(|(a, _), (b, _)| {
            let key = |c: &Conflict| (c.kickoff, c.match_id, c.field, c.source.clone());
            key(a).cmp(&key(b))
        });
        found
    }

    fn conflict(
        &self,
        m: &Match,
        claim: &MatchClaim,
        held: Option<String>,
        state: ConflictState,
    ) -> Conflict {
        Conflict {
            id: format!("{}:{}:{}", m.id, claim.field.name(), claim.source),
            match_id: m.id,
            league: self.leagues.get(&m.league).cloned().unwrap_or_default(),
            season: m.season.to_string(),
            kickoff: m.kickoff.at,
            home: String::new(),
            away: String::new(),
            field: claim.field,
            held,
            source: claim.source.clone(),
            claimed: claim.value.clone(),
            said_at: claim.said.at,
            state,
        }
    }

    fn state(&self, m: &Match, claim: &MatchClaim, held: Option<&str>, order: &SourceOrder) -> ConflictState {
        let of_field = || self.claims.get(&(m.id, claim.field)).into_iter().flatten();
        let decided = self.corrections.iter().any(|c| {
            c.verdict == CorrectionVerdict::Kept
                && (c.match_id, c.field, &c.source) == (m.id, claim.field, &claim.source)
                && c.new.as_deref() == Some(&claim.value)
        });
        if decided {
            return ConflictState::Kept;
        }
        // A word that is newer than a person's decision is asked about again.
        let person = of_field().find(|c| c.source == ANY_SOURCE);
        if let Some(person) = person {
            return if claim.said > person.said { ConflictState::Open } else { ConflictState::Ordered };
        }
        let same = of_field().filter(|c| Some(c.value.as_str()) == held).map(|c| c.source.as_str());
        let winner = same.min_by(|a, b| order.rank(a).cmp(&order.rank(b))).unwrap_or(&m.source);
        if winner == claim.source { ConflictState::Open } else { ConflictState::Ordered }
    }

    /// The claims that a name means.
    fn named(&self, name: &ConflictName) -> Result<Vec<&MatchClaim>, ConflictError> {
        let text = format!("{}:{}", name.match_id, name.field.name());
        let claims = self.claims.get(&(name.match_id, name.field)).into_iter().flatten();
        let claims: Vec<&MatchClaim> = claims
            .filter(|c| {
                c.source != ANY_SOURCE && name.source.as_ref().is_none_or(|source| *source == c.source)
            })
            .collect();
        let Some(m) = self.matches.get(&name.match_id).filter(|_| !claims.is_empty()) else {
            return Err(ConflictError::Unknown(text));
        };
        let held = self.held(m, name.field);
        let contradicting: Vec<&MatchClaim> =
            claims.iter().copied().filter(|claim| contradicts(m, claim, held.as_deref())).collect();
        match contradicting.as_slice() {
            // All were accepted before.
            [] => Ok(Vec::new()),
            [_] => Ok(contradicting),
            several => {
                let choices = several.iter().map(|c| format!("{text}:{}", c.source));
                Err(ConflictError::Ambiguous {
                    name: text.clone(),
                    choices: choices.into_iter().collect::<Vec<_>>().join(" or "),
                })
            }
        }
    }
}

/// Whether a claim is not what is held. A date beside a time of that day says nothing else.
fn contradicts(m: &Match, claim: &MatchClaim, held: Option<&str>) -> bool {
    if Some(claim.value.as_str()) == held {
        return false;
    }
    let day = claim.value.parse().map(Kickoff::on);
    !(claim.field == ClaimField::Kickoff && day.is_ok_and(|day| covers(day, m.kickoff)))
}
