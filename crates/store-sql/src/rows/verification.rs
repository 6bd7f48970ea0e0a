//! What came of sealed forecasts.

use crate::error::corrupt;
use crate::row::Read;
use crate::rows::forecasts::{called, link, sealed};
use touchline_domain::ports::{
    ClosingLine, DueVerification, ForecastScores, ForecastVerification, SealedEntry, StoreError,
    VerifiedTotals,
};
use touchline_domain::{Forecast, MatchId, Score};

/// Identifier, match, probabilities, the score of the match, the score that was noted, and the closing line.
pub fn due(row: &impl Read) -> Result<DueVerification, StoreError> {
    Ok(DueVerification {
        id: row.value(0)?,
        match_id: MatchId(row.value(1)?),
        forecast: Forecast::new(row.value(2)?, row.value(3)?, row.value(4)?).map_err(corrupt)?,
        score: score(row, 5)?,
        noted: score(row, 7)?,
        closing: line(row, 9)?,
    })
}

/// A forecast with its place in the ledger, its match, and what came of it.
pub fn sealed_entry(row: &impl Read) -> Result<SealedEntry, StoreError> {
    let link = link(row)?;
    Ok(SealedEntry {
        id: row.value(21)?,
        of: link.is_some().then(|| called(row, 26)).transpose()?,
        forecast: sealed(row)?,
        link,
        verification: verification(row, 31)?,
    })
}

fn verification(row: &impl Read, at: usize) -> Result<Option<ForecastVerification>, StoreError> {
    let Some(verified_at) = row.optional_time(at)? else { return Ok(None) };
    let closing = match line(row, at + 8)? {
        Some(line) => Some((line, row.value(at + 12)?, row.value(at + 13)?)),
        None => None,
    };
    Ok(Some(ForecastVerification {
        score: score(row, at + 1)?.ok_or_else(|| corrupt("a verified forecast has no score"))?,
        is_correct: row.value(at + 3)?,
        scores: ForecastScores {
            rps: row.value(at + 4)?,
            log_loss: row.value(at + 5)?,
            brier: row.value(at + 6)?,
            ignorance: row.value(at + 7)?,
        },
        closing,
        verified_at,
    }))
}

fn score(row: &impl Read, at: usize) -> Result<Option<Score>, StoreError> {
    let (home, away) = (row.optional_number(at)?, row.optional_number(at + 1)?);
    Ok(home.zip(away).map(|(home, away)| Score { home, away }))
}

fn line(row: &impl Read, at: usize) -> Result<Option<ClosingLine>, StoreError> {
    let Some(bookmaker) = row.value(at)? else { return Ok(None) };
    let forecast = Forecast::new(row.value(at + 1)?, row.value(at + 2)?, row.value(at + 3)?);
    Ok(Some(ClosingLine { bookmaker, forecast: forecast.map_err(corrupt)? }))
}

/// Name and version of a model, and the sums over its verified forecasts.
pub fn totals(row: &impl Read) -> Result<VerifiedTotals, StoreError> {
    Ok(VerifiedTotals {
        model_name: row.value(0)?,
        model_version: row.value(1)?,
        matches: row.number(2)?,
        correct: row.number(3)?,
        rps: (row.value(4)?, row.value(5)?),
        log_loss: (row.value(6)?, row.value(7)?),
        priced: row.number(8)?,
        minus_closing: (row.value(9)?, row.value(10)?),
    })
}
