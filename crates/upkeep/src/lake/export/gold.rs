//! Forecasts and models.

use super::{Job, PAGE, Sink};
use crate::lake::{LakeWorkError, Roster};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use touchline_domain::MatchId;
use touchline_domain::lake::{LakeRow, LakeTable, MatchRef, Month};
use touchline_domain::ports::{After, ExportedForecast, StoreError};

impl Job<'_> {
    pub(super) async fn gold(&mut self, roster: &Roster) -> Result<(), LakeWorkError> {
        let mut forecasts = Sink::new(LakeTable::Predictions);
        let mut after = None;
        loop {
            let page = self.store.forecasts(after, PAGE).await?;
            let mut named: HashMap<MatchId, Arc<MatchRef>> = HashMap::new();
            for months in
                page.chunk_by(|a, b| Month::of(a.forecast.sealed_at) == Month::of(b.forecast.sealed_at))
            {
                let mut rows = Vec::with_capacity(months.len());
                for ExportedForecast { forecast, link, .. } in months {
                    let of = if let Some(of) = named.get(&forecast.match_id) {
                        Arc::clone(of)
                    } else {
                        let of = Arc::new(self.named(roster, forecast.match_id).await?);
                        named.insert(forecast.match_id, Arc::clone(&of));
                        of
                    };
                    rows.push(LakeRow::Forecast(of, forecast.clone(), link.clone()));
                }
                if let Some(first) = months.first() {
                    self.put(&mut forecasts, Month::of(first.forecast.sealed_at), rows).await?;
                }
            }
            let Some(last) = page.last().filter(|_| page.len() == PAGE as usize) else { break };
            after = Some(After { time: last.forecast.sealed_at, id: last.id });
        }
        self.close(&mut forecasts).await?;
        let mut models = Sink::new(LakeTable::ModelVersions);
        let mut of_month: BTreeMap<Month, Vec<_>> = BTreeMap::new();
        for model in self.store.versions().await? {
            of_month.entry(Month::of(model.trained_at)).or_default().push(model);
        }
        for (month, mut versions) in of_month {
            versions.sort_by(|a, b| {
                (a.trained_at, &a.name, &a.version).cmp(&(b.trained_at, &b.name, &b.version))
            });
            self.put(&mut models, month, versions.into_iter().map(LakeRow::Model).collect()).await?;
        }
        self.close(&mut models).await
    }

    async fn named(&self, roster: &Roster, id: MatchId) -> Result<MatchRef, StoreError> {
        let held = self.store.get_match(id).await?;
        roster
            .name(&held.ok_or_else(|| StoreError::Corrupt(format!("match {id} of a forecast is not held")))?)
    }
}
