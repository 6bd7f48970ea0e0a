//! Outside services that the product hands things to: ways to people for alerts, and a watcher from outside. Each is one
//! file; none knows another. Secrets are given as values, and stand in no error.

mod callbacks;
mod heartbeat;
mod http;
mod lineage;
mod mail;
mod oidc;
mod public;
mod slack;
mod sms;
mod webhook;

pub use callbacks::SignedCallbacks;
pub use heartbeat::Heartbeat;
pub use http::AddressError;
pub use lineage::OpenLineage;
pub use mail::{Mail, MailError, MailSettings};
pub use oidc::{OidcSettings, OpenIdConnect};
pub use slack::Slack;
pub use sms::Sms;
pub use webhook::Webhook;
