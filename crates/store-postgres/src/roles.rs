//! Roles of the database.

use crate::PostgresStore;
use crate::error::Mapped;
use touchline_domain::ports::StoreError;

/// The roles, from the least to the most rights.
pub const ROLES: [&str; 3] = ["football_reader", "football_writer", "football_admin"];

impl PostgresStore {
    /// Makes the [`ROLES`] and gives each its rights; doing it again brings them up to date. Readers read everything but
    /// the audit; writers add rows and remove none; administrators own the tables. Users are made by the operator:
    /// `CREATE ROLE ann LOGIN PASSWORD '...' IN ROLE football_reader`.
    ///
    /// # Errors
    /// The store is not available, or the user may neither make roles nor change owners.
    pub async fn install_roles(&self) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::raw_sql(include_str!("../queries/roles/install.sql"))
            .execute(&mut *transaction)
            .await
            .mapped()?;
        transaction.commit().await
    }
}
