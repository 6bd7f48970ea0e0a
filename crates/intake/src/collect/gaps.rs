//! What is missing, against the fixture list: matches that should be over and have no result, and matches without prices or
//! line-ups where the others of their league have some.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use touchline_domain::ports::{LeagueReader, MatchFilter, MatchReader, SquadReader, StoreError};
use touchline_domain::{CollectionKind, LeagueId, Match, MatchId, MatchStatus, Season};

/// A result that came not so long after kick-off is missing.
const RESULT: Duration = Duration::hours(24);
/// Days that are looked at for results, and for facts of matches.
const RESULT_DAYS: i64 = 400;
const FACT_DAYS: i64 = 30;
/// In a league where at least this share of the matches has a fact, the others lack it.
const USUAL: f64 = 0.5;
const PAGE: u32 = 500;
/// Matches that are named of each gap.
const EXAMPLES: usize = 3;

/// Something that matches of a league's season lack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// What is missing.
    pub kind: CollectionKind,
    /// The league's code.
    pub league: String,
    /// The season.
    pub season: String,
    /// Matches that lack it.
    pub missing: u64,
    /// Matches that were looked at.
    pub of: u64,
    /// The first few, by number and day.
    pub examples: Vec<String>,
}

/// All gaps as of now, by kind, league and season.
///
/// # Errors
/// The store is not available.
pub async fn gaps<S>(store: &S, now: DateTime<Utc>) -> Result<Vec<Gap>, StoreError>
where
    S: MatchReader + SquadReader + LeagueReader + ?Sized,
{
    let codes: BTreeMap<LeagueId, String> =
        store.leagues().await?.into_iter().map(|league| (league.id, league.details.code)).collect();
    let mut found = Vec::new();
    let matches = between(store, now - Duration::days(RESULT_DAYS), now - RESULT).await?;
    let lacks_result = |m: &Match| matches!(m.status, MatchStatus::Scheduled | MatchStatus::Live);
    found.extend(of_seasons(CollectionKind::Results, &codes, &matches, lacks_result, 0.0));
    let recent: Vec<Match> = matches
        .into_iter()
        .filter(|m| m.kickoff.at >= now - Duration::days(FACT_DAYS) && m.status == MatchStatus::Finished)
        .collect();
    let ids: Vec<MatchId> = recent.iter().map(|m| m.id).collect();
    let with_lineup: HashSet<MatchId> = store.lineups_of(&ids).await?.into_iter().map(|(id, _)| id).collect();
    let lacks = |m: &Match| !with_lineup.contains(&m.id);
    found.extend(of_seasons(CollectionKind::Lineups, &codes, &recent, lacks, USUAL));
    let seasons: BTreeSet<(LeagueId, Season)> = recent.iter().map(|m| (m.league, m.season)).collect();
    let quotes = store.odds_of(&Vec::from_iter(seasons)).await?;
    let priced: HashSet<MatchId> = quotes.into_iter().map(|quote| quote.match_id).collect();
    let lacks = |m: &Match| !priced.contains(&m.id);
    found.extend(of_seasons(CollectionKind::Odds, &codes, &recent, lacks, USUAL));
    Ok(found)
}

async fn between<S: MatchReader + ?Sized>(
    store: &S,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Match>, StoreError> {
    let filter = MatchFilter { from: Some(from), to: Some(to), ..MatchFilter::default() };
    let (mut matches, mut after) = (Vec::new(), None);
    loop {
        let page = store.page(&filter, after, PAGE).await?;
        matches.extend(page.matches);
        after = page.next;
        if after.is_none() {
            return Ok(matches);
        }
    }
}

/// Gaps of each season of which at least the share `usual` of the matches lacks nothing.
fn of_seasons(
    kind: CollectionKind,
    codes: &BTreeMap<LeagueId, String>,
    matches: &[Match],
    lacks: impl Fn(&Match) -> bool,
    usual: f64,
) -> Vec<Gap> {
    let mut seasons: BTreeMap<(String, String), (u64, Vec<&Match>)> = BTreeMap::new();
    for m in matches {
        let code = codes.get(&m.league).cloned().unwrap_or_default();
        let season = seasons.entry((code, m.season.to_string())).or_default();
        season.0 += 1;
        if lacks(m) {
            season.1.push(m);
        }
    }
    let gap = |((league, season), (of, lacking)): ((String, String), (u64, Vec<&Match>))| {
        let missing = lacking.len() as u64;
        let has = (of - missing) as f64 / of as f64;
        let example = |m: &&Match| format!("{} on {}", m.id, m.kickoff.at.date_naive());
        let examples = lacking.iter().take(EXAMPLES).map(example).collect();
        (missing > 0 && (usual == 0.0 || has >= usual)).then_some(Gap {
            kind,
            league,
            season,
            missing,
            of,
            examples,
        })
    };
    seasons.into_iter().filter_map(gap).collect()
}
