//! Bytes as zstd frames, packed and unpacked beside the executor.

use crate::error::{corrupt, unavailable};
use touchline_domain::ports::StoreError;

/// The bytes as one zstd frame, and their BLAKE3 hash in lower-case hex.
///
/// # Errors
/// No memory ([`StoreError::Unavailable`]).
pub async fn compress(bytes: Vec<u8>) -> Result<(Vec<u8>, String), StoreError> {
    blocking(move || {
        let frame = zstd::bulk::compress(&bytes, zstd::DEFAULT_COMPRESSION_LEVEL)
            .map_err(|error| unavailable(&error.to_string(), None))?;
        Ok((frame, hash(&bytes)))
    })
    .await
}

/// The bytes of a frame: at most `size`.
///
/// # Errors
/// The frame is damaged, or holds more ([`StoreError::Corrupt`]).
pub async fn decompress(frame: Vec<u8>, size: usize) -> Result<Vec<u8>, StoreError> {
    blocking(move || zstd::bulk::decompress(&frame, size).map_err(corrupt)).await
}

/// The BLAKE3 hash in lower-case hex.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| unavailable(&error.to_string(), None))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_frame_gives_its_bytes_back_and_not_more_than_is_expected() {
        let bytes = b"Alpha 2-1 Beta".repeat(1000);
        let (frame, hashed) = compress(bytes.clone()).await.unwrap();
        assert_eq!(hashed, hash(&bytes));
        assert!(frame.len() < bytes.len());
        assert_eq!(decompress(frame.clone(), bytes.len()).await.unwrap(), bytes);
        assert!(matches!(decompress(frame, bytes.len() - 1).await, Err(StoreError::Corrupt(_))));
        assert!(matches!(decompress(b"no frame".to_vec(), 100).await, Err(StoreError::Corrupt(_))));
    }
}
