//! A write that is under way.

use crate::Connection;
use sqlx::{Sqlite, Transaction};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use tokio::sync::watch;

/// A transaction that no other writer can interfere with. Dropped, it leaves no trace; committed, it wakes whoever
/// waits for changes in this process.
pub(crate) struct Write {
    transaction: Transaction<'static, Sqlite>,
    written: Arc<watch::Sender<()>>,
}

impl Write {
    pub(crate) fn new(transaction: Transaction<'static, Sqlite>, written: Arc<watch::Sender<()>>) -> Self {
        Self { transaction, written }
    }

    /// Leaves no trace, at once.
    pub(crate) async fn rollback(self) -> Result<(), sqlx::Error> {
        self.transaction.rollback().await
    }

    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await?;
        self.written.send_replace(());
        Ok(())
    }
}

impl Deref for Write {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.transaction
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.transaction
    }
}
