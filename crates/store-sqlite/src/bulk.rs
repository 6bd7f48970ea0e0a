//! Many rows in one statement, whose values go to the database as they are.

use crate::Connection;
use crate::error::{Mapped, from_sqlx};
use sqlx::encode::Encode;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Sqlite, Type};
use touchline_domain::ports::StoreError;
use touchline_store_sql::statements::repeated;

/// Rows per statement: with at most 21 parameters a row far below SQLite's limit of 32,766; more do not pay.
const ROWS: usize = 500;

/// Parameters of the rows of one statement.
#[derive(Default)]
pub(crate) struct Parameters {
    arguments: SqliteArguments,
    failed: Option<sqlx::Error>,
}

impl Parameters {
    /// Adds the next parameter of the row.
    pub(crate) fn put<'q, T: Encode<'q, Sqlite> + Type<Sqlite>>(&mut self, value: T) -> &mut Self {
        if let Err(error) = self.arguments.add(value) {
            self.failed = Some(sqlx::Error::Encode(error));
        }
        self
    }
}

/// Runs `template` (a constant of this crate) over all rows, as few statements as possible; returns how many
/// rows were affected.
pub(crate) async fn run<T: Sync>(
    connection: &mut Connection,
    template: &'static str,
    rows: &[T],
    put: impl Fn(&mut Parameters, &T) + Send,
) -> Result<u64, StoreError> {
    let full = if rows.len() >= ROWS { repeated(template, ROWS) } else { String::new() };
    let mut affected = 0;
    for chunk in rows.chunks(ROWS) {
        let mut parameters = Parameters::default();
        for row in chunk {
            put(&mut parameters, row);
        }
        if let Some(error) = parameters.failed {
            return Err(from_sqlx(error));
        }
        let is_full = chunk.len() == ROWS;
        let sql = if is_full { full.clone() } else { repeated(template, chunk.len()) };
        // Only the statement that comes again is worth keeping.
        let query = sqlx::query_with(AssertSqlSafe(sql), parameters.arguments).persistent(is_full);
        affected += query.execute(&mut *connection).await.mapped()?.rows_affected();
    }
    Ok(affected)
}
