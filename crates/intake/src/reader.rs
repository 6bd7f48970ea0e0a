//! Which reader a stored document is read with: its source's, or for tables the one that is kept beside it.

use touchline_collect::sources::{Reader, reader};
use touchline_domain::DocumentId;
use touchline_domain::ports::{BronzeReader, StoreError};

/// The reader of a stored document; none where this program does not know its source, or cannot understand what is kept
/// beside it.
pub(crate) async fn reader_of<S: BronzeReader + ?Sized>(
    store: &S,
    id: DocumentId,
    source: &str,
) -> Result<Option<Reader>, StoreError> {
    let reading = store.reading(id).await?;
    Ok(reader(source, reading.as_deref()))
}
