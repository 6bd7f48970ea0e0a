//! What the server tells of changes: one connection that listens, made when somebody first waits.

use crate::PATIENCE;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout};

/// What the schema's trigger announces on.
const CHANNEL: &str = "touchline_outbox";
/// How long the connection may take to come; whoever waits for changes looks for them by polling meanwhile.
const CONNECTING: Duration = Duration::from_secs(1);
/// After a failure it is tried again after this time.
const RETRY: Duration = Duration::from_secs(5);

/// The connection that listens. It belongs to whoever waits; of several, to the first.
pub(crate) struct Announcements {
    pool: PgPool,
    ear: Mutex<Ear>,
}

#[derive(Default)]
struct Ear {
    listener: Option<PgListener>,
    failed_at: Option<Instant>,
}

/// A turn at listening, with a connection that was made.
pub(crate) struct Listening<'a>(MutexGuard<'a, Ear>);

impl Announcements {
    /// Connects to nothing yet.
    pub fn new(options: PgConnectOptions) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with(options);
        Self { pool, ear: Mutex::default() }
    }

    /// A turn at listening; none where somebody else listens, or no connection can be made.
    pub async fn listen(&self) -> Option<Listening<'_>> {
        let mut ear = self.ear.try_lock().ok()?;
        if ear.listener.is_none() {
            if ear.failed_at.is_some_and(|failed_at| failed_at.elapsed() < RETRY) {
                return None;
            }
            match timeout(CONNECTING, self.connect()).await {
                Ok(Ok(listener)) => *ear = Ear { listener: Some(listener), failed_at: None },
                Ok(Err(error)) => {
                    tracing::warn!(%error, "changes are not announced; they are looked for instead");
                    ear.failed_at = Some(Instant::now());
                    return None;
                }
                Err(_) => {
                    tracing::warn!(
                        "the connection for announcements takes too long; changes are looked for instead"
                    );
                    ear.failed_at = Some(Instant::now());
                    return None;
                }
            }
        }
        Some(Listening(ear))
    }

    async fn connect(&self) -> Result<PgListener, sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }

    /// Closes the connection; whoever listens is sent away.
    pub async fn close(&self) {
        let closed = self.pool.close();
        *self.ear.lock().await = Ear::default();
        closed.await;
    }
}

impl Listening<'_> {
    /// Returns when something was announced, or when the connection is lost, after which announcements may have been
    /// missed. May be given up at any time.
    pub async fn hear(&mut self) {
        let Some(listener) = &mut self.0.listener else { return };
        if !matches!(listener.try_recv().await, Ok(Some(_))) {
            self.0.listener = None;
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        // A listener gives its connection back on a runtime; after its end there is none to give it back on.
        if tokio::runtime::Handle::try_current().is_err() {
            std::mem::forget(self.listener.take());
        }
    }
}
