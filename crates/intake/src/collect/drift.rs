//! Whether an answer has the shape that answers of its source have had.

use super::{CollectReport, Collector};
use std::time::Duration;
use touchline_collect::http::{Answer, Failure, FailureKind, Origin};
use touchline_collect::providers::Call;
use touchline_collect::shape::{self, Shape};
use touchline_domain::ports::StoreError;

/// Answers that may be older are of seasons that are over: their shape is that of their time.
const CURRENT: Duration = Duration::from_hours(24);
/// Fields that a message names.
const SHOWN: usize = 8;

impl Collector<'_> {
    /// Compares an answer that was taken in with what came before, learns from it, and says what is missing. What is new is
    /// a note in the report.
    pub(super) async fn canary(
        &self,
        call: &Call,
        answer: &Answer,
        report: &mut CollectReport,
    ) -> Result<Option<Failure>, StoreError> {
        if call.max_age > CURRENT || answer.origin != Origin::Network {
            return Ok(None);
        }
        let Some(fields) = shape::fields(&answer.body) else { return Ok(None) };
        let (source, scope) = (self.provider.name(), shape::pattern(&call.document));
        let held = self.store.source_shape(source, call.kind, &scope).await?;
        // What an older program wrote is learned anew.
        let before: Shape = held.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let drift = before.drift(&fields);
        let mut shape = before.clone();
        shape.learn(&fields);
        let text = serde_json::to_string(&shape).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        self.store.put_source_shape(source, call.kind, &scope, &text, self.clock.now()).await?;
        if !drift.unknown.is_empty() {
            let names = named(&drift.unknown);
            tracing::warn!(
                source,
                document = call.document,
                fields = names,
                "the source has fields that it had not before"
            );
            report.new_fields.push(format!("{}: {names}", call.document));
        }
        if drift.missing.is_empty() {
            return Ok(None);
        }
        let message = format!(
            "fields are gone that every answer had: {}; the answer was taken in without them",
            named(&drift.missing)
        );
        Ok(Some(Failure::new(FailureKind::ChangedShape, message).of(&call.url)))
    }
}

fn named(fields: &[String]) -> String {
    let more = fields.len().saturating_sub(SHOWN);
    let shown = fields.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
