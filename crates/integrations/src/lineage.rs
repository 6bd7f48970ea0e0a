//! A backend of lineage that takes `OpenLineage` events over HTTP, such as Marquez.

use crate::http::{AddressError, Endpoint};
use async_trait::async_trait;
use touchline_domain::ports::{ChannelError, LineageBackend};

/// Where such a backend takes events, unless its address says otherwise.
const PATH: &str = "api/v1/lineage";

/// Posts events to a backend.
#[derive(Debug, Clone)]
pub struct OpenLineage {
    endpoint: Endpoint,
    key: Option<String>,
}

impl OpenLineage {
    /// To a backend at an address; the usual path is added to one without a path. A key goes along as a bearer token.
    ///
    /// # Errors
    /// The address cannot be used, or a key could be read on the way.
    pub fn new(url: &str, key: Option<String>) -> Result<Self, AddressError> {
        const WHAT: &str = "the lineage backend";
        let is_bare =
            url.split_once("://").is_some_and(|(_, rest)| !rest.trim_end_matches('/').contains('/'));
        let url = if is_bare { format!("{}/{PATH}", url.trim_end_matches('/')) } else { url.to_owned() };
        // Events hold no secret: on a network of one's own they may go as they are.
        let endpoint =
            if key.is_some() { Endpoint::new(WHAT, &url)? } else { Endpoint::of_any_scheme(WHAT, &url)? };
        Ok(Self { endpoint, key })
    }
}

#[async_trait]
impl LineageBackend for OpenLineage {
    async fn send(&self, event: &str) -> Result<(), ChannelError> {
        let request = self.endpoint.post().header("content-type", "application/json");
        let request = match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        };
        self.endpoint.hand_over(request.body(event.to_owned())).await
    }
}
