//! Long computation beside the async executor, which answers others meanwhile.

use std::panic::resume_unwind;

/// Runs long computation on a thread of its own. A panic there goes on here.
///
/// Dropping the future does not end the computation: its progress must be asked to stop.
pub(crate) async fn off_executor<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(error) => panic!("blocking work that has begun is never cancelled: {error}"),
        },
    }
}
