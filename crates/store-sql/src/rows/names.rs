//! Aliases, claims, reviews of names and merges.

use crate::error::corrupt;
use crate::row::Read;
use std::collections::HashMap;
use touchline_domain::ports::{IdentityMerge, MergeSide, MovedRows, StoreError, TeamAlias};
use touchline_domain::{
    Correction, DocumentId, LeagueAlias, LeagueId, MatchClaim, MatchId, MergeId, NameDecision, NameKind,
    NameReview, NewNameReview, ReviewId, Said, Season, TeamId, Verdict,
};

/// Source, alias and league.
pub fn league_alias(row: &impl Read) -> Result<LeagueAlias, StoreError> {
    Ok(LeagueAlias { source: row.value(0)?, alias: row.value(1)?, league: LeagueId(row.value(2)?) })
}

/// Source, country, alias and team.
pub fn team_alias(row: &impl Read) -> Result<TeamAlias, StoreError> {
    Ok(TeamAlias {
        source: row.value(0)?,
        country: row.value(1)?,
        alias: row.value(2)?,
        team: TeamId(row.value(3)?),
    })
}

/// The identifier that a source gives a match, and the match.
pub fn identified(row: &impl Read) -> Result<(String, MatchId), StoreError> {
    Ok((row.value(0)?, MatchId(row.value(1)?)))
}

/// Match, field, source, value, when it was said and the document.
pub fn claim(row: &impl Read) -> Result<MatchClaim, StoreError> {
    Ok(MatchClaim {
        match_id: MatchId(row.value(0)?),
        field: row.parsed(1)?,
        source: row.value(2)?,
        value: row.value(3)?,
        said: said(row, 4)?,
    })
}

/// A time and a document.
fn said(row: &impl Read, column: usize) -> Result<Said, StoreError> {
    let document: Option<i64> = row.value(column + 1)?;
    Ok(Said { at: row.time(column)?, document: document.map(DocumentId) })
}

/// Match, field, source, older and newer value, when it was said and the document, since when it is known, verdict and who
/// decided.
pub fn correction(row: &impl Read) -> Result<Correction, StoreError> {
    Ok(Correction {
        match_id: MatchId(row.value(0)?),
        field: row.parsed(1)?,
        source: row.value(2)?,
        old: row.value(3)?,
        new: row.value(4)?,
        said: said(row, 5)?,
        known_at: row.time(7)?,
        verdict: row.parsed(8)?,
        by: row.value(9)?,
    })
}

/// League and season.
pub fn season(row: &impl Read) -> Result<(LeagueId, Season), StoreError> {
    Ok((LeagueId(row.value(0)?), row.parsed(1)?))
}

/// Reviews from all columns of `name_reviews`, with the documents that wait for each, from rows of review and document.
pub fn reviews<R: Read>(rows: &[R], waiting: &[R]) -> Result<Vec<NameReview>, StoreError> {
    let mut documents: HashMap<i64, Vec<DocumentId>> = HashMap::new();
    for row in waiting {
        documents.entry(row.value(0)?).or_default().push(DocumentId(row.value(1)?));
    }
    let of_row = |row| review(row, &mut documents);
    rows.iter().map(of_row).collect()
}

fn review(row: &impl Read, documents: &mut HashMap<i64, Vec<DocumentId>>) -> Result<NameReview, StoreError> {
    let id: i64 = row.value(0)?;
    let kind: NameKind = row.parsed(1)?;
    let documents = documents.remove(&id).unwrap_or_default();
    let document = *documents.first().ok_or_else(|| corrupt(format!("no document waits for review {id}")))?;
    let decision = match row.optional_time(10)? {
        None => None,
        Some(at) => {
            Some(NameDecision { verdict: Verdict::of_parts(kind, row.value(8)?), by: row.value(11)?, at })
        }
    };
    Ok(NameReview {
        id: ReviewId(id),
        details: NewNameReview {
            kind,
            source: row.value(2)?,
            country: row.value(3)?,
            league: row.value::<Option<i64>>(4)?.map(LeagueId),
            season: row.optional_parsed(5)?,
            name: row.value(6)?,
            document,
        },
        documents,
        opened_at: row.time(9)?,
        decision,
    })
}

/// Identifier, kind, identifier and name of both sides, by whom and when, and when it was undone.
pub fn merge(row: &impl Read) -> Result<IdentityMerge, StoreError> {
    Ok(IdentityMerge {
        id: MergeId(row.value(0)?),
        kind: row.parsed(1)?,
        kept: MergeSide { id: row.value(2)?, name: row.value(3)? },
        merged: MergeSide { id: row.value(4)?, name: row.value(5)? },
        done_by: row.value(6)?,
        done_at: row.time(7)?,
        undone_at: row.optional_time(8)?,
    })
}

/// A table, and how many of its rows a merge moved and held back.
pub fn moved_rows(row: &impl Read) -> Result<MovedRows, StoreError> {
    Ok(MovedRows { table: row.value(0)?, moved: row.number(1)?, held: row.number(2)? })
}
