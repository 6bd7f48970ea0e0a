//! From rows to values of the domain, a file per theme. A function says which columns it reads; the statements of both
//! stores give them in this order. Every function fails with [`StoreError::Corrupt`] where a column does not hold what the
//! domain accepts.

#![expect(clippy::missing_errors_doc, reason = "said once, above")]

pub mod alerts;
pub mod collection;
pub mod documents;
pub mod events;
pub mod feed;
pub mod forecasts;
pub mod jobs;
pub mod matches;
pub mod models;
pub mod names;
pub mod roster;
pub mod squads;
pub mod verification;

use crate::error::Mapped;
use crate::row::Read;
use futures::{Stream, TryStreamExt};
use std::collections::HashSet;
use std::sync::Arc;
use touchline_domain::MatchId;
use touchline_domain::ports::StoreError;

/// Rows as they come from a database.
pub trait Rows<R>: Stream<Item = Result<R, sqlx::Error>> + Unpin + Send {}

impl<R, S: Stream<Item = Result<R, sqlx::Error>> + Unpin + Send> Rows<R> for S {}

/// A value of each row.
///
/// # Errors
/// The database stops to answer, or `value` fails.
pub async fn each<R: Read, T: Send>(
    mut rows: impl Rows<R>,
    mut value: impl FnMut(&R) -> Result<T, StoreError> + Send,
) -> Result<Vec<T>, StoreError> {
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        all.push(value(&row)?);
    }
    Ok(all)
}

/// A match and a number: how many rows of some kind it has.
pub fn count_of_match(row: &impl Read) -> Result<(MatchId, u64), StoreError> {
    Ok((MatchId(row.value(0)?), row.number(1)?))
}

/// Texts that stand in many rows, each held once.
#[derive(Debug, Default)]
pub struct Texts(HashSet<Arc<str>>);

impl Texts {
    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = text.into();
        self.0.insert(Arc::clone(&shared));
        shared
    }
}
