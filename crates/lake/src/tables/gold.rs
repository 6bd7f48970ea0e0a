//! Forecasts and models.

use super::{shared, silver};
use crate::cells::{Cell, Cells, Column, Kind, column};
use std::sync::Arc;
use touchline_domain::Forecast;
use touchline_domain::lake::{LakeRow, MatchRef};
use touchline_domain::ports::{ModelVersion, SealedForecast};

const ALL_PREDICTIONS: [Column; 19] = silver::beside_match([
    column("model_name", Kind::Text),
    column("model_version", Kind::Text),
    column("home_win_probability", Kind::Float),
    column("draw_probability", Kind::Float),
    column("away_win_probability", Kind::Float),
    column("expected_home_goals", Kind::Float),
    column("expected_away_goals", Kind::Float),
    column("as_of", Kind::Time),
    column("sealed_at", Kind::Time),
]);
pub(super) const PREDICTIONS: &[Column] = &ALL_PREDICTIONS;

pub(super) fn forecast<'a>(of: &'a MatchRef, f: &'a SealedForecast, cells: &mut Vec<Cell<'a>>) {
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
    };
    Ok(LakeRow::Forecast(of, sealed))
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
