//! Statements that run on either database: the same values, the same way to read rows, each with its own text.

mod postgres;
mod sqlite;

pub use sqlite::repeated;

use crate::row::Read;
use chrono::{DateTime, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::borrow::Cow;
use touchline_domain::ports::StoreError;
use touchline_domain::{DocumentId, LeagueId, MatchId, MergeId, ReviewId, Season, TeamId};

/// What a statement is given for a parameter. Fractions of seconds are cut off.
#[derive(Debug, Clone)]
pub enum Value<'v> {
    /// A whole number, or nothing.
    Whole(Option<i64>),
    /// A text, or nothing.
    Text(Option<Cow<'v, str>>),
    /// A time, or nothing.
    Time(Option<DateTime<Utc>>),
    /// A number, or nothing.
    Real(Option<f64>),
    /// Yes or no.
    Bool(bool),
    /// Bytes.
    Bytes(&'v [u8]),
    /// Many numbers: an array, or as JSON.
    Numbers(Vec<i64>),
    /// Many texts: an array, or as JSON.
    Texts(&'v [String]),
    /// Seasons of leagues: two parameters with an array each, or one as JSON pairs.
    Seasons(&'v [(LeagueId, Season)]),
}

macro_rules! value_of {
    ($($kind:ident($argument:ident: $type:ty) = $value:expr;)*) => { $(
        impl<'v> From<$type> for Value<'v> {
            fn from($argument: $type) -> Self {
                Self::$kind($value)
            }
        }
    )* };
}

value_of! {
    Whole(number: i64) = Some(number);
    Whole(number: u8) = Some(number.into());
    Whole(number: u32) = Some(number.into());
    Whole(number: Option<i64>) = number;
    Whole(id: LeagueId) = Some(id.0);
    Whole(id: Option<LeagueId>) = id.map(|id| id.0);
    Whole(id: TeamId) = Some(id.0);
    Whole(id: MatchId) = Some(id.0);
    Whole(id: Option<MatchId>) = id.map(|id| id.0);
    Whole(id: DocumentId) = Some(id.0);
    Whole(id: Option<DocumentId>) = id.map(|id| id.0);
    Whole(id: ReviewId) = Some(id.0);
    Whole(id: MergeId) = Some(id.0);
    Text(text: &'v str) = Some(text.into());
    Text(text: &'v String) = Some(text.into());
    Text(text: String) = Some(text.into());
    Text(text: Option<&'v str>) = text.map(Into::into);
    Text(text: &'v Option<String>) = text.as_ref().map(Into::into);
    Text(text: Option<String>) = text.map(Into::into);
    Time(time: DateTime<Utc>) = Some(time);
    Time(time: Option<DateTime<Utc>>) = time;
    Real(number: f64) = Some(number);
    Real(number: Option<f64>) = number;
    Bool(yes: bool) = yes;
    Bytes(bytes: &'v [u8]) = bytes;
    Numbers(ids: &[MatchId]) = ids.iter().map(|id| id.0).collect();
    Texts(texts: &'v [String]) = texts;
    Seasons(seasons: &'v [(LeagueId, Season)]) = seasons;
}

/// The values of one statement, or of one row.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::statements::Value::from($value)),*] };
}

/// A connection of either database.
pub trait Statements: Send {
    /// What a query gives.
    type Row: Read;
    /// Rows that go into one statement, where many are written.
    const ROWS: usize;

    /// All rows of a query.
    fn rows<'c>(
        &'c mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> BoxFuture<'c, Result<Vec<Self::Row>, StoreError>>;

    /// Runs a statement; gives how many rows it has changed.
    fn run<'c>(
        &'c mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> BoxFuture<'c, Result<u64, StoreError>>;

    /// Runs a statement over rows of `width` values each; see [`run_all`](Statements::run_all).
    fn run_rows<'c>(
        &'c mut self,
        sql: &'static str,
        width: usize,
        values: &[Value<'_>],
    ) -> BoxFuture<'c, Result<u64, StoreError>>;

    /// What all rows of a query say.
    fn all<'c, T: Send + 'c>(
        &'c mut self,
        sql: &'static str,
        values: &[Value<'_>],
        of_row: impl Fn(&Self::Row) -> Result<T, StoreError> + Send + 'c,
    ) -> BoxFuture<'c, Result<Vec<T>, StoreError>> {
        let rows = self.rows(sql, values);
        async move { rows.await?.iter().map(of_row).collect() }.boxed()
    }

    /// What the first row of a query says, where there is one.
    fn first<'c, T: Send + 'c>(
        &'c mut self,
        sql: &'static str,
        values: &[Value<'_>],
        of_row: impl Fn(&Self::Row) -> Result<T, StoreError> + Send + 'c,
    ) -> BoxFuture<'c, Result<Option<T>, StoreError>> {
        let rows = self.rows(sql, values);
        async move { rows.await?.first().map(of_row).transpose() }.boxed()
    }

    /// What the row of a query says that always gives one.
    fn one<'c, T: Send + 'c>(
        &'c mut self,
        sql: &'static str,
        values: &[Value<'_>],
        of_row: impl Fn(&Self::Row) -> Result<T, StoreError> + Send + 'c,
    ) -> BoxFuture<'c, Result<T, StoreError>> {
        let first = self.first(sql, values, of_row);
        async move { first.await?.ok_or_else(|| StoreError::Corrupt(format!("no row for {sql}"))) }.boxed()
    }

    /// Runs a statement over many rows, as few statements as possible; gives how many rows were changed. Its text takes
    /// a row of parameters between marks ([`repeated`]), or an array per column.
    fn run_all<'c, T: Sync, const N: usize>(
        &'c mut self,
        sql: &'static str,
        items: &'c [T],
        row: impl Fn(&'c T) -> [Value<'c>; N] + Send + Sync + 'c,
    ) -> BoxFuture<'c, Result<u64, StoreError>> {
        let run = async move {
            let mut changed = 0;
            for items in items.chunks(Self::ROWS) {
                let values: Vec<_> = items.iter().flat_map(&row).collect();
                changed += self.run_rows(sql, N, &values).await?;
            }
            Ok(changed)
        };
        run.boxed()
    }
}
