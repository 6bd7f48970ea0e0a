//! Statements on PostgreSQL. A statement that writes many rows takes an array per column, and `unnest` makes rows of them
//! again.

use super::{Statements, Value};
use crate::error::{Mapped, from_sqlx};
use chrono::{DateTime, SubsecRound, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use sqlx::encode::Encode;
use sqlx::postgres::{PgArguments, PgConnection, PgRow, Postgres};
use sqlx::{Arguments, Type};
use touchline_domain::ports::StoreError;

impl Statements for PgConnection {
    type Row = PgRow;
    // Enough that the round trip does not count, and few enough that memory does not.
    const ROWS: usize = 20_000;

    fn rows<'c>(
        &'c mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> BoxFuture<'c, Result<Vec<PgRow>, StoreError>> {
        let arguments = arguments(values);
        async move { sqlx::query_with(sql, arguments?).fetch_all(self).await.mapped() }.boxed()
    }

    fn run<'c>(
        &'c mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> BoxFuture<'c, Result<u64, StoreError>> {
        run(self, sql, arguments(values))
    }

    fn run_rows<'c>(
        &'c mut self,
        sql: &'static str,
        width: usize,
        values: &[Value<'_>],
    ) -> BoxFuture<'c, Result<u64, StoreError>> {
        run(self, sql, columns(width, values))
    }
}

fn run<'c>(
    connection: &'c mut PgConnection,
    sql: &'static str,
    arguments: Result<PgArguments, StoreError>,
) -> BoxFuture<'c, Result<u64, StoreError>> {
    async move { Ok(sqlx::query_with(sql, arguments?).execute(connection).await.mapped()?.rows_affected()) }
        .boxed()
}

fn arguments(values: &[Value<'_>]) -> Result<PgArguments, StoreError> {
    let mut to = PgArguments::default();
    for value in values {
        match value {
            Value::Whole(number) => put(&mut to, *number),
            Value::Text(text) => put(&mut to, text.as_deref()),
            Value::Time(time) => put(&mut to, time.map(whole)),
            Value::Real(number) => put(&mut to, *number),
            Value::Bool(yes) => put(&mut to, *yes),
            Value::Bytes(bytes) => put(&mut to, *bytes),
            Value::Numbers(numbers) => put(&mut to, numbers.as_slice()),
            Value::Texts(texts) => put(&mut to, *texts),
            Value::Seasons(seasons) => {
                let (leagues, seasons): (Vec<_>, Vec<_>) =
                    seasons.iter().map(|(league, season)| (league.0, season.to_string())).unzip();
                put(&mut to, leagues).and_then(|()| put(&mut to, seasons))
            }
        }?;
    }
    Ok(to)
}

/// An array per column of the rows.
fn columns(width: usize, values: &[Value<'_>]) -> Result<PgArguments, StoreError> {
    let mut to = PgArguments::default();
    for (column, first) in values.iter().take(width).enumerate() {
        let mut column = values.iter().skip(column).step_by(width);
        match first {
            Value::Whole(_) => put(
                &mut to,
                collected(&mut column, |value| match value {
                    Value::Whole(number) => Some(*number),
                    _ => None,
                }),
            ),
            Value::Text(_) => put(
                &mut to,
                collected(&mut column, |value| match value {
                    Value::Text(text) => Some(text.as_deref()),
                    _ => None,
                }),
            ),
            Value::Time(_) => put(
                &mut to,
                collected(&mut column, |value| match value {
                    Value::Time(time) => Some(time.map(whole)),
                    _ => None,
                }),
            ),
            Value::Bool(_) => put(
                &mut to,
                collected(&mut column, |value| match value {
                    Value::Bool(yes) => Some(*yes),
                    _ => None,
                }),
            ),
            Value::Real(_) => put(
                &mut to,
                collected(&mut column, |value| match value {
                    Value::Real(number) => Some(*number),
                    _ => None,
                }),
            ),
            other => unreachable!("a column of rows cannot hold {other:?}"),
        }?;
    }
    Ok(to)
}

fn collected<'r, T>(
    column: &mut dyn Iterator<Item = &'r Value<'r>>,
    value: impl Fn(&'r Value<'r>) -> Option<T>,
) -> Vec<T> {
    column.map(|held| value(held).expect("a column holds values of one kind")).collect()
}

fn put<'q, T: Encode<'q, Postgres> + Type<Postgres>>(
    to: &mut PgArguments,
    value: T,
) -> Result<(), StoreError> {
    to.add(value).map_err(|error| from_sqlx(sqlx::Error::Encode(error)))
}

/// The time without its fraction of a second.
fn whole(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(0)
}
