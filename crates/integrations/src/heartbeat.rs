//! A sign of life for a watcher outside: when it stops, the watcher raises the alarm that a dead system cannot raise.

use crate::http::{AddressError, Endpoint};
use touchline_domain::ports::ChannelError;

/// Asks an address for as long as all is alive.
#[derive(Debug, Clone)]
pub struct Heartbeat(Endpoint);

impl Heartbeat {
    /// A sign of life to an address, as services that watch for silence give one.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn new(url: &str) -> Result<Self, AddressError> {
        Endpoint::new("the watcher of signs of life", url).map(Self)
    }

    /// Gives one.
    ///
    /// # Errors
    /// It was not taken.
    pub async fn beat(&self) -> Result<(), ChannelError> {
        self.0.hand_over(self.0.get()).await
    }
}
