//! Where answers to calls come from: the network, or a folder of recorded ones.

use super::Call;
use crate::http::{Answer, Failure, FailureKind, Fetcher, Origin};
use async_trait::async_trait;
use chrono::SubsecRound;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use touchline_domain::Clock;

/// Answers calls.
#[async_trait]
pub trait Answers: Send + Sync {
    /// What came of a call.
    ///
    /// # Errors
    /// Nothing usable came.
    async fn answer(&self, call: &Call) -> Result<Answer, Failure>;
}

#[async_trait]
impl Answers for Fetcher {
    async fn answer(&self, call: &Call) -> Result<Answer, Failure> {
        self.fetch(&call.request()).await
    }
}

/// Recorded answers: the file below the folder that has the name of the call's document, or the last part of it.
pub struct Recordings {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
}

impl Recordings {
    /// Those of a folder; answers come when they are read.
    pub fn new(folder: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self { folder: folder.into(), clock }
    }
}

#[async_trait]
impl Answers for Recordings {
    async fn answer(&self, call: &Call) -> Result<Answer, Failure> {
        let name = call.document.as_str();
        let last = name.rsplit('/').next().unwrap_or(name);
        for path in [self.folder.join(name), self.folder.join(last)] {
            match tokio::fs::read(&path).await {
                Ok(body) => {
                    let collected_at = self.clock.now().trunc_subsecs(0);
                    return Ok(Answer { body, collected_at, origin: Origin::Network });
                }
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(error) => {
                    let message = format!("{} cannot be read: {error}", path.display());
                    return Err(Failure::new(FailureKind::Unavailable, message).of(name));
                }
            }
        }
        let message = format!("there is no recorded answer {name} below {}", self.folder.display());
        Err(Failure::new(FailureKind::Empty, message).of(name))
    }
}
