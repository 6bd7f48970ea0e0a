//! Sealed forecasts and entries of the ledger.

use crate::error::corrupt;
use crate::row::Read;
use touchline_domain::ports::{
    ExportedForecast, LedgerEnd, LedgerEntry, LedgerHead, LedgerLink, LedgerMatch, SealedDetails,
    SealedForecast, StoreError,
};
use touchline_domain::{Forecast, Kickoff, MatchId, ScoreGrid};

/// More than any packed grid has.
const MOST_GRID_BYTES: usize = 1 << 16;

/// A score grid as it is stored: packed, one zstd frame.
pub fn packed(grid: &ScoreGrid) -> Result<Vec<u8>, StoreError> {
    zstd::bulk::compress(&grid.packed(), zstd::DEFAULT_COMPRESSION_LEVEL).map_err(corrupt)
}

/// The first 21 columns of the queries of forecasts.
pub fn sealed(row: &impl Read) -> Result<SealedForecast, StoreError> {
    Ok(SealedForecast {
        match_id: MatchId(row.value(0)?),
        model_name: row.value(1)?,
        model_version: row.value(2)?,
        forecast: Forecast::new(row.value(3)?, row.value(4)?, row.value(5)?).map_err(corrupt)?,
        expected_goals: (row.value(6)?, row.value(7)?),
        as_of: row.time(8)?,
        sealed_at: row.time(9)?,
        details: details(row)?.map(Box::new),
    })
}

fn details(row: &impl Read) -> Result<Option<SealedDetails>, StoreError> {
    let Some(grid) = row.value::<Option<&[u8]>>(10)? else { return Ok(None) };
    let grid = zstd::bulk::decompress(grid, MOST_GRID_BYTES)
        .map_err(|error| corrupt(format!("the score grid of a forecast: {error}")))?;
    Ok(Some(SealedDetails {
        kickoff: Kickoff { at: row.time(11)?, precision: row.parsed(12)? },
        grid: ScoreGrid::unpacked(&grid).map_err(corrupt)?,
        confidence: row.value(13)?,
        score: (row.number(14)?, row.number(15)?),
        over_2_5: row.value(16)?,
        both_teams_score: row.value(17)?,
        features: row.value(18)?,
        bundle: row.value(19)?,
        data: row.value(20)?,
    }))
}

/// The place in the ledger, from the four columns after those of the forecast.
pub(crate) fn link(row: &impl Read) -> Result<Option<LedgerLink>, StoreError> {
    let Some(sequence) = row.whole(22)? else { return Ok(None) };
    Ok(Some(LedgerLink {
        // One that no store gives comes before all others.
        sequence: u64::try_from(sequence).unwrap_or_default(),
        previous_hash: row.value::<Option<String>>(23)?.unwrap_or_default(),
        entry_hash: row.value::<Option<String>>(24)?.unwrap_or_default(),
    }))
}

/// A row of the export: a forecast with its place in the ledger.
pub fn exported(row: &impl Read) -> Result<ExportedForecast, StoreError> {
    Ok(ExportedForecast { id: row.value(21)?, forecast: sealed(row)?, link: link(row)? })
}

/// A match and how it is called.
pub fn called_match(row: &impl Read) -> Result<(MatchId, LedgerMatch), StoreError> {
    Ok((MatchId(row.value(0)?), called(row, 1)?))
}

pub(crate) fn called(row: &impl Read, first: usize) -> Result<LedgerMatch, StoreError> {
    Ok(LedgerMatch {
        league: row.value(first)?,
        season: row.parsed(first + 1)?,
        home: row.value(first + 2)?,
        away: row.value(first + 3)?,
        leg: row.number(first + 4)?,
    })
}

/// An entry of the ledger: 32 columns, of which the last is the result that was stored as the most likely one.
pub fn entry(row: &impl Read) -> Result<LedgerEntry, StoreError> {
    let link = link(row)?.ok_or_else(|| corrupt("an entry of the ledger has no number"))?;
    let content = || {
        let sealed = sealed(row)?;
        let result: &str = row.value(31)?;
        if result != sealed.forecast.most_likely().name() {
            return Err(corrupt(format!(
                "predicted_result {result:?} does not follow from the probabilities"
            )));
        }
        Ok((called(row, 26)?, sealed))
    };
    Ok(LedgerEntry {
        id: row.value(21)?,
        link,
        version: row.number(25).unwrap_or_default(),
        sealed_at: row.time(9)?,
        content: content().map_err(|error: StoreError| error.to_string()),
    })
}

/// Where the ledger ends, from the row of its head: number and hash of the last entry.
pub fn end(head: Option<&impl Read>) -> Result<LedgerEnd, StoreError> {
    let head = head.ok_or_else(no_head)?;
    Ok(LedgerEnd::new(|bytes| *blake3::hash(bytes).as_bytes(), head.number(0)?, head.value(1)?))
}

/// The head of the ledger without the entries that do not belong to it, and the last row that lies outside of it.
pub fn head(head: Option<&impl Read>) -> Result<(LedgerHead, i64), StoreError> {
    let head = head.ok_or_else(no_head)?;
    let of_ledger = LedgerHead {
        sequence: head.number(0)?,
        entry_hash: head.value(1)?,
        outside: head.number(2)?,
        outside_held: head.number(3)?,
        strays: Vec::new(),
    };
    Ok((of_ledger, head.value(4)?))
}

fn no_head() -> StoreError {
    corrupt("the ledger has no head; restore the database from a backup")
}

/// The hash of a set of features and their names.
pub fn feature_set(row: &impl Read) -> Result<(String, Vec<String>), StoreError> {
    Ok((row.value(0)?, serde_json::from_str(row.value(1)?).map_err(corrupt)?))
}
