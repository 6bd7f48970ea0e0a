//! What came of sealed forecasts.

use crate::outbox;
use crate::rows::verification::{due, sealed_entry as entry_of, totals};
use crate::statements::Statements;
use crate::store::{SqlStore, Write};
use crate::values;
use chrono::{DateTime, Utc};
use serde_json::json;
use touchline_domain::ports::{
    DueVerification, ForecastVerification, SealedEntry, SealedFilter, SealedPosition, StoreError,
    VerifiedTotals, texts,
};
use touchline_domain::{ChangeKind, MatchId};

/// The first page begins here: the end of the year 9999, after everything that is sealed.
const END: i64 = 253_402_300_799;

pub async fn due_verifications<S: SqlStore>(
    store: &S,
    after: i64,
    limit: u32,
) -> Result<Vec<DueVerification>, StoreError> {
    store.read().await?.all(S::TEXTS.verification.due, &values![after, limit], due).await
}

pub async fn due_verifications_of<S: SqlStore>(
    store: &S,
    matches: &[MatchId],
) -> Result<Vec<DueVerification>, StoreError> {
    store.read().await?.all(S::TEXTS.verification.due_of, &values![matches], due).await
}

pub async fn sealed_page<S: SqlStore>(
    store: &S,
    filter: SealedFilter,
    before: Option<SealedPosition>,
    limit: u32,
) -> Result<Vec<SealedEntry>, StoreError> {
    let end = || (DateTime::from_timestamp(END, 0).unwrap_or(DateTime::<Utc>::MAX_UTC), i64::MAX);
    let (sealed_at, id) = before.unwrap_or_else(end);
    let mut connection = store.read().await?;
    let sql = S::TEXTS.verification;
    match filter.match_id {
        None => {
            let values = values![sealed_at, id, filter.verified, limit];
            connection.all(sql.page, &values, entry_of).await
        }
        Some(of) => {
            let values = values![sealed_at, id, filter.verified, limit, of];
            connection.all(sql.page_of_match, &values, entry_of).await
        }
    }
}

pub async fn sealed_entry<S: SqlStore>(store: &S, id: i64) -> Result<Option<SealedEntry>, StoreError> {
    store.read().await?.first(S::TEXTS.verification.entry, &values![id], entry_of).await
}

pub async fn verified_totals<S: SqlStore>(store: &S) -> Result<Vec<VerifiedTotals>, StoreError> {
    store.read().await?.all(S::TEXTS.verification.totals, &values![], totals).await
}

pub async fn note_verifications<S: SqlStore>(
    store: &S,
    noted: &[(&DueVerification, Option<ForecastVerification>)],
) -> Result<(), StoreError> {
    for (_, verification) in noted {
        if let Some((line, ..)) = verification.as_ref().and_then(|v| v.closing.as_ref()) {
            texts::key("a bookmaker", &line.bookmaker)?;
        }
    }
    let mut write = store.write(&[]).await?;
    for (of, verification) in noted {
        note(&mut write, of.id, verification.as_ref()).await?;
    }
    let changes = noted.iter().map(|(of, verification)| {
        let result = verification.as_ref().map(|v| v.actual().name());
        (of.match_id, json!({ "prediction": of.id, "actual_result": result }))
    });
    outbox::matches(&mut write, ChangeKind::ForecastVerified, changes.collect()).await?;
    write.commit().await
}

async fn note<S: SqlStore>(
    write: &mut Write<S>,
    id: i64,
    verification: Option<&ForecastVerification>,
) -> Result<(), StoreError> {
    let sql = S::TEXTS.verification;
    let Some(v) = verification else { return write.run(sql.take_back, &values![id]).await.map(drop) };
    let line = v.closing.as_ref().map(|(line, ..)| line);
    let probability = |n: usize| line.map(|line| line.forecast.as_array()[n]);
    let values = values![
        id,
        v.verified_at,
        v.actual().name(),
        v.score.home,
        v.score.away,
        v.is_correct,
        v.scores.rps,
        v.scores.log_loss,
        v.scores.brier,
        v.scores.ignorance,
        line.map(|line| line.bookmaker.as_str()),
        probability(0),
        probability(1),
        probability(2),
        v.closing.as_ref().map(|(_, rps, _)| *rps),
        v.closing.as_ref().map(|(.., log_loss)| *log_loss),
    ];
    write.run(sql.note, &values).await.map(drop)
}
