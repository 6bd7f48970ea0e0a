//! Mail, by an SMTP server.

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;
use thiserror::Error;
use touchline_domain::ports::{AlertChannel, AlertMessage, ChannelError, Retry};

/// Longest wait for the server, for each step.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Where mail is handed over, and to whom.
#[derive(Debug, Clone, Default)]
pub struct MailSettings {
    /// `smtps://HOST`, `smtp://HOST:587?tls=required`, or `smtp://127.0.0.1:25` for a server of this machine.
    pub server: String,
    /// The account there, if it wants one.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<String>,
    /// Who sends, such as `Touchline <alerts@example.org>`.
    pub from: String,
    /// Who is told.
    pub to: Vec<String>,
}

/// Why mail cannot be sent at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MailError {
    /// The server cannot be read.
    #[error("the mail server cannot be read: write smtps://HOST or smtp://HOST:587?tls=required ({0})")]
    Server(String),
    /// A password would go over an open line, or what is said of the system would.
    #[error(
        "the mail server must be asked with ?tls=required, or as smtps:// (smtp:// alone is for this machine)"
    )]
    Open,
    /// An address is none.
    #[error("{0:?} is not a mail address")]
    Address(String),
    /// Nobody is told.
    #[error("mail wants at least one address under `to`")]
    Nobody,
}

/// Sends alerts by mail.
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl Mail {
    /// By a server.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub fn new(settings: &MailSettings) -> Result<Self, MailError> {
        let server = settings.server.as_str();
        let host = server.split_once("://").map_or("", |(_, rest)| rest);
        let is_here = ["127.0.0.1", "localhost", "[::1]"].iter().any(|here| {
            host.strip_prefix(here).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
        });
        if !server.starts_with("smtps://") && !server.contains("tls=required") && !is_here {
            return Err(MailError::Open);
        }
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(server)
            .map_err(|error| MailError::Server(error.to_string()))?
            .timeout(Some(TIMEOUT));
        if let (Some(username), Some(password)) = (&settings.username, &settings.password) {
            transport = transport.credentials(Credentials::new(username.clone(), password.clone()));
        }
        let mailbox = |text: &String| text.parse().map_err(|_| MailError::Address(text.clone()));
        let to: Vec<Mailbox> = settings.to.iter().map(mailbox).collect::<Result<_, _>>()?;
        if to.is_empty() {
            return Err(MailError::Nobody);
        }
        Ok(Self { transport: transport.build(), from: mailbox(&settings.from)?, to })
    }
}

#[async_trait]
impl AlertChannel for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }

    async fn send(&self, message: &AlertMessage) -> Result<(), ChannelError> {
        let mut mail = Message::builder().from(self.from.clone()).subject(format!(
            "{} [{}]",
            message.subject,
            message.severity.name()
        ));
        for to in &self.to {
            mail = mail.to(to.clone());
        }
        let mail = mail.body(message.text.clone()).map_err(|error| ChannelError {
            message: format!("the mail cannot be written: {error}"),
            retry: Retry::Never,
        })?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            Err(error) => Err(ChannelError {
                message: format!("the mail server: {error}"),
                retry: if error.is_permanent() { Retry::Never } else { Retry::After(Duration::ZERO) },
            }),
        }
    }
}
