//! Forecasts and models.

use super::{shared, silver};
use crate::cells::{Cell, Cells, Column, Kind, column, optional};
use std::sync::Arc;
use touchline_domain::lake::{LakeRow, MatchRef};
use touchline_domain::ports::{LedgerLink, ModelVersion, SealedDetails, SealedForecast};
use touchline_domain::{Forecast, Kickoff, ScoreGrid};

/// Columns of version 1, before forecasts were sealed as a whole.
pub(super) const FORMER_PREDICTIONS: usize = 19;
const ALL_PREDICTIONS: [Column; 33] = silver::beside_match([
    column("model_name", Kind::Text),
    column("model_version", Kind::Text),
    column("home_win_probability", Kind::Float),
    column("draw_probability", Kind::Float),
    column("away_win_probability", Kind::Float),
    column("expected_home_goals", Kind::Float),
    column("expected_away_goals", Kind::Float),
    column("as_of", Kind::Time),
    column("sealed_at", Kind::Time),
    // None of these where the forecast was sealed before the ledger began. Cells as `ScoreGrid::packed` gives them.
    optional("score_grid", Kind::Bytes),
    optional("kickoff_sealed", Kind::Time),
    optional("kickoff_sealed_precision", Kind::Text),
    optional("confidence_score", Kind::Float),
    optional("predicted_home_score", Kind::Int),
    optional("predicted_away_score", Kind::Int),
    optional("over_2_5_probability", Kind::Float),
    optional("both_teams_score_probability", Kind::Float),
    optional("features_used", Kind::Text),
    optional("manifest_hash", Kind::Text),
    optional("data_hash", Kind::Text),
    optional("ledger_sequence", Kind::Int),
    optional("previous_hash", Kind::Text),
    optional("entry_hash", Kind::Text),
]);
pub(super) const PREDICTIONS: &[Column] = &ALL_PREDICTIONS;

pub(super) fn forecast<'a>(
    of: &'a MatchRef,
    f: &'a SealedForecast,
    link: Option<&'a LedgerLink>,
    cells: &mut Vec<Cell<'a>>,
) {
    silver::match_ref(of, cells);
    cells.extend([
        f.model_name.as_str().into(),
        f.model_version.as_str().into(),
        f.forecast.home().into(),
        f.forecast.draw().into(),
        f.forecast.away().into(),
        f.expected_goals.0.into(),
        f.expected_goals.1.into(),
        f.as_of.into(),
        f.sealed_at.into(),
    ]);
    let d = f.details.as_deref();
    cells.extend([
        d.map_or(Cell::None, |d| Cell::MadeBytes(d.grid.packed())),
        d.map(|d| d.kickoff.at).into(),
        d.map(|d| d.kickoff.precision.name()).into(),
        d.map(|d| d.confidence).into(),
        d.map(|d| d.score.0).into(),
        d.map(|d| d.score.1).into(),
        d.map(|d| d.over_2_5).into(),
        d.map(|d| d.both_teams_score).into(),
        d.map(|d| d.features.as_str()).into(),
        d.map(|d| d.bundle.as_str()).into(),
        d.map(|d| d.data.as_str()).into(),
        link.and_then(|l| i64::try_from(l.sequence).ok()).into(),
        link.map(|l| l.previous_hash.as_str()).into(),
        link.map(|l| l.entry_hash.as_str()).into(),
    ]);
}

pub(super) fn read_forecast(
    cells: &mut Cells<'_>,
    last: &mut Option<Arc<MatchRef>>,
) -> Result<LakeRow, String> {
    let of = shared(silver::read_match_ref(cells)?, last);
    let (model_name, model_version) = (cells.text()?.to_owned(), cells.text()?.to_owned());
    let forecast =
        Forecast::new(cells.float()?, cells.float()?, cells.float()?).map_err(|e| e.to_string())?;
    let sealed = SealedForecast {
        match_id: of.id,
        model_name,
        model_version,
        forecast,
        expected_goals: (cells.float()?, cells.float()?),
        as_of: cells.time()?,
        sealed_at: cells.time()?,
        details: read_details(cells)?.map(Box::new),
    };
    let link = match cells.optional_number()? {
        None => None,
        Some(sequence) => Some(LedgerLink {
            sequence,
            previous_hash: cells.text()?.to_owned(),
            entry_hash: cells.text()?.to_owned(),
        }),
    };
    Ok(LakeRow::Forecast(of, sealed, link))
}

fn read_details(cells: &mut Cells<'_>) -> Result<Option<SealedDetails>, String> {
    let Some(grid) = cells.optional_bytes()? else {
        // What follows of the details is none either.
        cells.skip(10);
        return Ok(None);
    };
    Ok(Some(SealedDetails {
        grid: ScoreGrid::unpacked(grid).map_err(|error| error.to_string())?,
        kickoff: Kickoff { at: cells.time()?, precision: cells.parsed()? },
        confidence: cells.float()?,
        score: (cells.number()?, cells.number()?),
        over_2_5: cells.float()?,
        both_teams_score: cells.float()?,
        features: cells.text()?.to_owned(),
        bundle: cells.text()?.to_owned(),
        data: cells.text()?.to_owned(),
    }))
}

pub(super) const MODELS: &[Column] = &[
    column("name", Kind::Text),
    column("version", Kind::Text),
    column("path", Kind::Text),
    column("manifest_hash", Kind::Text),
    column("trained_at", Kind::Time),
    // JSON.
    column("metrics", Kind::Text),
];

/// Nothing where the metrics cannot be written as JSON.
pub(super) fn model<'a>(m: &'a ModelVersion, cells: &mut Vec<Cell<'a>>) -> Option<()> {
    let metrics = serde_json::to_string(&m.metrics).ok()?;
    cells.extend([
        m.name.as_str().into(),
        m.version.as_str().into(),
        m.path.as_str().into(),
        m.manifest_hash.as_str().into(),
        m.trained_at.into(),
        Cell::made(metrics),
    ]);
    Some(())
}

pub(super) fn read_model(cells: &mut Cells<'_>) -> Result<LakeRow, String> {
    Ok(LakeRow::Model(ModelVersion {
        name: cells.text()?.to_owned(),
        version: cells.text()?.to_owned(),
        path: cells.text()?.to_owned(),
        manifest_hash: cells.text()?.to_owned(),
        trained_at: cells.time()?,
        metrics: serde_json::from_str(cells.text()?).map_err(|error| error.to_string())?,
    }))
}
