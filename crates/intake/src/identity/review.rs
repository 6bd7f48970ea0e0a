//! The review queue: what a waiting name may stand for, and what a decision about it brings.

use super::evidence::{self, Agreement, SideResult};
use super::teams::canonical;
use super::{League, SourceOrder};
use crate::ingest::{IngestReport, StoredError, ingest_stored};
use crate::reader::reader_of;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use touchline_collect::names::{KnownTeam, NameIndex};
use touchline_collect::tables::well_known_league;
use touchline_collect::{Document, Parsed};
use touchline_domain::ports::{
    BronzeReader, IntakeStore, LeagueReader, MatchReader, NameChange, NameReader, StoreError, TeamAlias,
    TeamReader,
};
use touchline_domain::{
    Clock, LeagueAlias, LeagueId, Match, NameDecision, NameKind, NameReview, NewLeague, NewTeam, ReviewId,
    Season, Team, TeamId, Verdict,
};

/// Less alike than this, and without a result that agrees, a team is not worth a suggestion.
const LEAST: f64 = 0.5;

/// A team that a name may stand for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// The team.
    pub team: Team,
    /// How alike the names are, from 0 to 1.
    pub similarity: f64,
    /// Results under the name that the team could share.
    pub compared: u32,
    /// Those that it does share.
    pub agreeing: u32,
}

/// What a name is decided to stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewTarget {
    /// A team that is held.
    Team(TeamId),
    /// A team that nobody named before.
    New,
}

/// Why a decision was not taken.
#[derive(Debug, Error)]
pub enum ReviewError {
    /// No such review.
    #[error("there is no review {0}; `touchline names list` shows them all")]
    Unknown(ReviewId),
    /// The team is there under this very name.
    #[error(
        "{country} has a team {name:?} already (team {team}): accept the name as that team, or reject it"
    )]
    Exists {
        /// The country.
        country: String,
        /// The name.
        name: String,
        /// The team that has it.
        team: TeamId,
    },
    /// The store does not hold the team, or holds it in another country.
    #[error("there is no team {team} in {country}; accept the name as a team of that country")]
    UnknownTeam {
        /// The team asked for.
        team: TeamId,
        /// The country of the name.
        country: String,
    },
    /// A team was to be a league, or a league a team.
    #[error(
        "{name:?} is the name of a {}; accept a team by its name or with --new, and a league with --league CODE",
        .kind.name()
    )]
    Kind {
        /// What the name is of.
        kind: NameKind,
        /// The name.
        name: String,
    },
    /// No such league.
    #[error("{0:?} is neither a stored league nor a code that is known, such as E0 or en.1")]
    UnknownLeague(String),
    /// The store failed or refused.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A document that waited cannot be taken up again.
    #[error(transparent)]
    Document(#[from] StoredError),
}

/// Teams by how likely a name stands for them: by the share of results that agree, then by how alike the names are.
pub(crate) fn rank<'a, M: Iterator<Item = &'a Match>>(
    name: &str,
    results: &[SideResult],
    candidates: impl Iterator<Item = &'a KnownTeam>,
    matches: impl Fn() -> M,
) -> Vec<Suggestion> {
    let mut ranked: Vec<(f64, Suggestion)> = candidates
        .map(|known| {
            let agreement = Agreement::of(results, &evidence::of_team(matches(), known.team.id));
            let suggestion = Suggestion {
                team: known.team.clone(),
                similarity: known.similarity(name),
                compared: agreement.compared,
                agreeing: agreement.agreeing,
            };
            (agreement.share().unwrap_or(0.0), suggestion)
        })
        .filter(|(share, suggestion)| *share > 0.5 || suggestion.similarity >= LEAST)
        .collect();
    ranked.sort_by(|(a_share, a), (b_share, b)| {
        b_share
            .total_cmp(a_share)
            .then(b.similarity.total_cmp(&a.similarity))
            .then_with(|| (&a.team.name, a.team.id).cmp(&(&b.team.name, b.team.id)))
    });
    ranked.into_iter().map(|(_, suggestion)| suggestion).collect()
}

/// What a waiting name may stand for, the likeliest first: teams of its country that its source does not name yet. The
/// results of the document that waits for it are compared with those of the teams.
///
/// # Errors
/// The store is not available.
pub async fn suggestions<S>(store: &S, review: &NameReview) -> Result<Vec<Suggestion>, StoreError>
where
    S: BronzeReader + LeagueReader + MatchReader + NameReader + TeamReader + ?Sized,
{
    let index = index_of(store, &review.country).await?;
    let parsed = read_again(store, review).await?;
    let leagues = held_leagues(store, review, &parsed).await?;
    let results =
        evidence::by_name(&parsed.matches, &leagues, |row| leagues[row.league].country == review.country);
    let results: Vec<SideResult> = results
        .into_iter()
        .filter(|((_, name), _)| *name == review.name)
        .flat_map(|(_, results)| results)
        .collect();
    let seasons: BTreeSet<(LeagueId, Season)> = results.iter().map(|r| (r.league, r.season)).collect();
    let matches = store.matches_of(&Vec::from_iter(seasons)).await?;
    let candidates = index.teams().filter(|known| !known.is_named_by(&review.source));
    Ok(rank(&review.name, &results, candidates, || matches.iter()))
}

async fn index_of<S>(store: &S, country: &str) -> Result<NameIndex, StoreError>
where
    S: NameReader + TeamReader + ?Sized,
{
    let aliases = store.team_aliases(&[country.to_owned()], None).await?;
    let teams = store.teams().await?.into_iter().filter(|team| team.country == country).collect();
    Ok(NameIndex::new(teams, aliases))
}

/// The first document that waits for a name; empty where it cannot be read any more.
async fn read_again<S: BronzeReader + ?Sized>(store: &S, review: &NameReview) -> Result<Parsed, StoreError> {
    let Some(held) = store.document(review.document).await? else { return Ok(Parsed::default()) };
    let reader = reader_of(store, review.document, &held.source).await?;
    let document = Document { name: &held.name, bytes: &held.bytes };
    let parsed = reader.and_then(|reader| reader.source().parse(&document, held.collected_at).ok());
    Ok(parsed.unwrap_or_default())
}

/// The leagues of a document that was read before, as the store knows them.
async fn held_leagues<S>(store: &S, review: &NameReview, parsed: &Parsed) -> Result<Vec<League>, StoreError>
where
    S: LeagueReader + NameReader + ?Sized,
{
    let aliases = store.league_aliases().await?;
    let held = store.leagues().await?;
    let league = |code: &str| {
        let alias = aliases.iter().find(|a| a.source == review.source && a.alias == code);
        let record = alias.and_then(|alias| held.iter().find(|league| league.id == alias.league));
        let (id, country) = record.map_or((LeagueId(0), ""), |r| (r.id, r.country.as_str()));
        League { id, country: country.to_owned(), is_shared: false }
    };
    Ok(parsed.leagues.iter().map(|l| league(&l.code)).collect())
}

async fn find<S: NameReader + ?Sized>(store: &S, id: ReviewId) -> Result<NameReview, ReviewError> {
    let found = store.reviews(false).await?.into_iter().find(|review| review.id == id);
    found.ok_or(ReviewError::Unknown(id))
}

/// Decides that a waiting name stands for a team, and takes up again the documents that wait for it.
///
/// # Errors
/// No such review or team, another decision was taken before, or the store is not available.
pub async fn accept_name(
    store: &dyn IntakeStore,
    id: ReviewId,
    target: ReviewTarget,
    by: &str,
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<IngestReport, ReviewError> {
    let review = of_kind(store, id, NameKind::Team).await?;
    let team = match target {
        ReviewTarget::Team(team) => {
            let held = store.team(team).await?;
            if held.is_none_or(|held| held.country != review.country) {
                return Err(ReviewError::UnknownTeam { team, country: review.details.country });
            }
            team
        }
        ReviewTarget::New => new_team(store, &review).await?,
    };
    let decision = NameDecision { verdict: Verdict::Team(team), by: by.to_owned(), at: clock.now() };
    store.decide_review(id, &decision).await?;
    let alias = TeamAlias {
        source: review.source.clone(),
        country: review.country.clone(),
        alias: review.name.clone(),
        team,
    };
    let index = index_of(store, &review.country).await?;
    if let Some(team) = canonical(&index, order, &alias, &[]) {
        store.change_names(&NameChange { teams: vec![team], ..NameChange::default() }).await?;
    }
    take_up(store, &[review], order, clock).await
}

async fn of_kind<S: NameReader + ?Sized>(
    store: &S,
    id: ReviewId,
    kind: NameKind,
) -> Result<NameReview, ReviewError> {
    let review = find(store, id).await?;
    if review.kind == kind {
        return Ok(review);
    }
    Err(ReviewError::Kind { kind: review.kind, name: review.details.name })
}

/// Decides which league a waiting name stands for, by the code of one that is stored or well known, and takes up again the
/// documents that wait for it.
///
/// # Errors
/// No such review or league, another decision was taken before, or the store is not available.
pub async fn accept_league(
    store: &dyn IntakeStore,
    id: ReviewId,
    code: &str,
    by: &str,
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<IngestReport, ReviewError> {
    let review = of_kind(store, id, NameKind::League).await?;
    let league = if let Some(held) = store.league(code).await? {
        held.id
    } else {
        let known = well_known_league(code).ok_or_else(|| ReviewError::UnknownLeague(code.to_owned()))?;
        let known = NewLeague { source: review.source.clone(), ..known };
        match store.league(&known.code).await? {
            Some(held) => held.id,
            None => store.ensure_leagues(&[known]).await?[0],
        }
    };
    let held = store.leagues_by_id(&[league]).await?;
    let held = held.first().ok_or_else(|| ReviewError::UnknownLeague(code.to_owned()))?;
    // The reader calls the league by its code from now on.
    let alias = LeagueAlias { source: review.source.clone(), alias: held.code.clone(), league };
    store.change_names(&NameChange { league_aliases: vec![alias], ..NameChange::default() }).await?;
    let decision = NameDecision { verdict: Verdict::League(league), by: by.to_owned(), at: clock.now() };
    store.decide_review(id, &decision).await?;
    take_up(store, &[review], order, clock).await
}

async fn new_team(store: &dyn IntakeStore, review: &NameReview) -> Result<TeamId, ReviewError> {
    let index = index_of(store, &review.country).await?;
    if let Some(team) = index.named(&review.country, &review.name) {
        let is_own = index.alias(&review.source, &review.country, &review.name) == Some(team);
        if !is_own {
            let (country, name) = (review.country.clone(), review.name.clone());
            return Err(ReviewError::Exists { country, name, team });
        }
    }
    let team = NewTeam { name: review.name.clone(), country: review.country.clone() };
    Ok(store.ensure_teams(&review.source, &[team]).await?[0])
}

/// Decides that a name is not to be used: rows that write it are left out. The documents that wait for it are taken up
/// again without them.
///
/// # Errors
/// No such review, another decision was taken before, or the store is not available.
pub async fn reject_name(
    store: &dyn IntakeStore,
    id: ReviewId,
    by: &str,
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<IngestReport, ReviewError> {
    let review = find(store, id).await?;
    let decision = NameDecision { verdict: Verdict::Rejected, by: by.to_owned(), at: clock.now() };
    store.decide_review(id, &decision).await?;
    take_up(store, &[review], order, clock).await
}

/// Ingests again the documents that wait for some names, in the order in which they were stored.
pub(super) async fn take_up(
    store: &dyn IntakeStore,
    reviews: &[NameReview],
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<IngestReport, ReviewError> {
    let mut report = IngestReport::default();
    let documents: BTreeSet<_> = reviews.iter().flat_map(|review| review.documents.iter().copied()).collect();
    for document in documents {
        ingest_stored(store, document, order, clock, &mut report).await?;
    }
    Ok(report)
}

/// Closes the open reviews of names that lead somewhere by now, and takes up again the documents that wait for them.
pub(super) async fn close_answered(
    store: &dyn IntakeStore,
    by: &str,
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<(u64, IngestReport), ReviewError> {
    let open = store.reviews(true).await?.into_iter().filter(|review| review.kind == NameKind::Team);
    let mut indices: BTreeMap<String, NameIndex> = BTreeMap::new();
    let mut answered = Vec::new();
    for review in open {
        if !indices.contains_key(&review.country) {
            indices.insert(review.country.clone(), index_of(store, &review.country).await?);
        }
        let index = &indices[&review.country];
        if let Some(team) = index.alias(&review.source, &review.country, &review.name) {
            let decision = NameDecision { verdict: Verdict::Team(team), by: by.to_owned(), at: clock.now() };
            store.decide_review(review.id, &decision).await?;
            let alias = TeamAlias {
                source: review.source.clone(),
                country: review.country.clone(),
                alias: review.name.clone(),
                team,
            };
            if let Some(team) = canonical(index, order, &alias, &[]) {
                store.change_names(&NameChange { teams: vec![team], ..NameChange::default() }).await?;
            }
            answered.push(review);
        }
    }
    Ok((answered.len() as u64, take_up(store, &answered, order, clock).await?))
}
