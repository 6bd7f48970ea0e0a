//! Rows that go in by COPY, in its binary format (<https://www.postgresql.org/docs/current/sql-copy.html>). Nothing is
//! faster, but it cannot pass over a row that is there already: that is an error.

use crate::Connection;
use crate::error::Mapped;
use chrono::{DateTime, Utc};
use touchline_domain::ports::StoreError;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
/// Bytes that are sent at once: the server works on them while the next ones are made.
const PIECE: usize = 256 << 10;
/// 1 January 2000, from which the server counts, in seconds from 1970.
const EPOCH: i64 = 946_684_800;

/// The bytes of rows under way; values follow in the order of the statement's columns.
#[derive(Debug)]
pub(crate) struct CopyBuffer(Vec<u8>);

impl CopyBuffer {
    /// Adds the next value: its length, then its bytes.
    pub(crate) fn put(&mut self, value: &[u8]) -> &mut Self {
        self.0.extend_from_slice(&(value.len() as i32).to_be_bytes());
        self.0.extend_from_slice(value);
        self
    }

    /// A `bigint`.
    pub(crate) fn number(&mut self, value: i64) -> &mut Self {
        self.put(&value.to_be_bytes())
    }

    /// A `smallint`.
    pub(crate) fn small(&mut self, value: i16) -> &mut Self {
        self.put(&value.to_be_bytes())
    }

    /// An `integer`, or null.
    pub(crate) fn integer(&mut self, value: Option<i32>) -> &mut Self {
        match value {
            Some(value) => self.put(&value.to_be_bytes()),
            None => self.null(),
        }
    }

    /// A `boolean`.
    pub(crate) fn flag(&mut self, value: bool) -> &mut Self {
        self.put(&[u8::from(value)])
    }

    /// A `timestamptz`, cut to whole seconds.
    pub(crate) fn time(&mut self, value: DateTime<Utc>) -> &mut Self {
        self.number((value.timestamp() - EPOCH) * 1_000_000)
    }

    fn null(&mut self) -> &mut Self {
        self.0.extend_from_slice(&(-1_i32).to_be_bytes());
        self
    }
}

/// Sends rows of so many columns by a statement `COPY ... FROM STDIN (FORMAT binary)`; `put` writes the values of one.
pub(crate) async fn copy<R: Sync>(
    connection: &mut Connection,
    statement: &'static str,
    columns: i16,
    rows: &[R],
    put: impl Fn(&mut CopyBuffer, &R) + Send,
) -> Result<(), StoreError> {
    let mut copy = connection.copy_in_raw(statement).await.mapped()?;
    let mut buffer = CopyBuffer(SIGNATURE.to_vec());
    for row in rows {
        buffer.0.extend_from_slice(&columns.to_be_bytes());
        put(&mut buffer, row);
        if buffer.0.len() >= PIECE {
            copy.send(buffer.0.as_slice()).await.mapped()?;
            buffer.0.clear();
        }
    }
    buffer.0.extend_from_slice(&TRAILER);
    copy.send(buffer.0.as_slice()).await.mapped()?;
    copy.finish().await.mapped()?;
    Ok(())
}
