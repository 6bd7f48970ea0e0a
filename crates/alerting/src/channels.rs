//! The channel that is always there.

use async_trait::async_trait;
use touchline_domain::ports::{AlertChannel, AlertMessage, ChannelError};
use touchline_domain::{NoticeKind, Severity};

/// Writes alerts to the log.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogChannel;

#[async_trait]
impl AlertChannel for LogChannel {
    fn name(&self) -> &'static str {
        "log"
    }

    async fn send(&self, message: &AlertMessage) -> Result<(), ChannelError> {
        let AlertMessage { kind, severity, subject, short, .. } = message;
        let severity_name = severity.name();
        if *kind == NoticeKind::Information {
            tracing::info!(notice = subject, "{short}");
        } else if *kind != NoticeKind::Resolved && *severity >= Severity::High {
            tracing::error!(severity = severity_name, alert = subject, "{short}");
        } else {
            tracing::warn!(severity = severity_name, alert = subject, "{short}");
        }
        Ok(())
    }
}
