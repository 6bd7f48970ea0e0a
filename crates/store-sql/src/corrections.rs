//! Values of matches that were corrected.

use crate::rows::names::{correction, season};
use crate::statements::Statements;
use crate::store::{SqlStore, Write};
use crate::values;
use std::collections::HashSet;
use touchline_domain::ports::StoreError;
use touchline_domain::{ClaimField, Correction, LeagueId, Season};

pub async fn corrections_of<S: SqlStore>(
    store: &S,
    seasons: &[(LeagueId, Season)],
) -> Result<Vec<Correction>, StoreError> {
    store.read().await?.all(S::TEXTS.corrections.of_seasons, &values![seasons], correction).await
}

pub async fn all_corrections<S: SqlStore>(
    store: &S,
    taken: Option<&[ClaimField]>,
) -> Result<Vec<Correction>, StoreError> {
    let fields: Vec<String> = taken.into_iter().flatten().map(|field| field.name().to_owned()).collect();
    let values = values![taken.is_none(), fields.as_slice()];
    store.read().await?.all(S::TEXTS.corrections.all, &values, correction).await
}

pub async fn seasons_with_claims<S: SqlStore>(store: &S) -> Result<Vec<(LeagueId, Season)>, StoreError> {
    store.read().await?.all(S::TEXTS.corrections.seasons_with_claims, &values![], season).await
}

/// Adds corrections; one that is kept already stays as it is.
pub async fn insert<S: SqlStore>(write: &mut Write<S>, corrections: &[Correction]) -> Result<(), StoreError> {
    // A statement sees what was there before it, and not its own rows.
    let mut seen = HashSet::new();
    let new: Vec<_> = corrections.iter().filter(|c| seen.insert(identity(c))).collect();
    let now = write.now();
    let inserted = write.run_all(S::TEXTS.corrections.insert, &new, |correction| {
        let Correction { match_id, field, source, old, new, said, known_at, verdict, by } = *correction;
        let (field, verdict, document) = (field.name(), verdict.name(), said.document);
        values![*match_id, field, source, old, new, said.at, document, *known_at, verdict, by, now]
    });
    inserted.await.map(drop)
}

/// What makes two corrections one.
fn identity(c: &Correction) -> impl Eq + std::hash::Hash + '_ {
    let said = (c.said.at.timestamp(), c.said.document);
    (c.match_id, c.field.name(), &c.source, &c.old, &c.new, said, c.verdict.name())
}
