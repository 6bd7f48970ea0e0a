//! What an answer says before it is wrapped: data or an error, on its way from a handler or a layer to
//! [`wrap`](crate::envelope::wrap) as an extension of the response.

use crate::finished::Finished;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::ToSchema;

/// What went wrong, for programs and for people.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// Stable name of the error.
    #[schema(example = "invalid_query")]
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
    /// Further facts; `request_id` names the request in the server's log.
    #[schema(value_type = Object)]
    pub details: Map<String, Value>,
}

/// Data or an error, and whether a client may keep it.
#[derive(Debug, Clone)]
pub(crate) enum Payload {
    /// Data that a client may keep, with the entity tag of its content.
    Kept(Arc<Tagged>),
    /// The whole answer.
    Finished(Arc<Finished>),
    /// Data of the moment.
    Moment(Box<RawValue>),
    /// An error, with a report where there is one.
    Error(ErrorBody, Option<Box<RawValue>>),
}

/// Data as JSON, with its entity tag.
#[derive(Debug)]
pub(crate) struct Tagged {
    /// The JSON.
    pub data: Box<RawValue>,
    /// A weak tag: equal data is equivalent, whatever the envelope around it says of the time.
    pub tag: headers::ETag,
}

impl Tagged {
    /// Data with the tag of its content; none where it cannot be written as JSON.
    pub fn of<T: Serialize>(value: &T) -> Option<Self> {
        let data = serde_json::value::to_raw_value(value)
            .inspect_err(|error| tracing::error!(%error, "an answer cannot be written as JSON"))
            .ok()?;
        let hash = blake3::hash(data.get().as_bytes()).to_hex();
        let tag = format!("W/\"{}\"", &hash[..32]).parse();
        Some(Self { data, tag: tag.expect("hexadecimal digits between quotes are an entity tag") })
    }
}
