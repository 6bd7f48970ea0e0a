//! Documents and their records.

use super::{Job, Sink};
use crate::lake::LakeWorkError;
use std::sync::Arc;
use touchline_domain::RecordKind;
use touchline_domain::lake::{LakeRow, LakeTable, Month, ReadingRow, RecordRow};
use touchline_domain::ports::After;

/// Documents that are listed at once; their bytes come one by one.
const DOCUMENTS: u32 = 200;

impl Job<'_> {
    pub(super) async fn documents(&mut self) -> Result<(), LakeWorkError> {
        let mut whole = Sink::new(LakeTable::RawDocuments);
        let kinds = [LakeTable::RawMatchData, LakeTable::RawOddsData, LakeTable::RawScoresData];
        let mut records = kinds.map(Sink::new);
        let mut readings = Sink::new(LakeTable::DocumentReadings);
        let (mut after, mut done) = (None, 0);
        loop {
            let page = self.store.documents(after, DOCUMENTS).await?;
            for info in &page {
                let month = Month::of(info.collected_at);
                let Some(document) = self.store.document(info.id).await? else { continue };
                self.put(&mut whole, month, vec![LakeRow::Document(document)]).await?;
                let (source, hash): (Arc<str>, Arc<str>) =
                    (info.source.as_str().into(), info.hash.as_str().into());
                if let Some(reading) = self.store.reading(info.id).await? {
                    let (source, document_hash) = (Arc::clone(&source), Arc::clone(&hash));
                    let row = ReadingRow { source, document_hash, collected_at: info.collected_at, reading };
                    self.put(&mut readings, month, vec![LakeRow::Reading(row)]).await?;
                }
                let mut of_kind: [Vec<LakeRow>; 3] = Default::default();
                for record in self.store.records(info.id).await? {
                    let place = match record.kind {
                        RecordKind::Match => 0,
                        RecordKind::Odds => 1,
                        RecordKind::Score => 2,
                    };
                    of_kind[place].push(LakeRow::Record(RecordRow {
                        source: Arc::clone(&source),
                        document_hash: Arc::clone(&hash),
                        collected_at: info.collected_at,
                        record,
                    }));
                }
                for (sink, rows) in records.iter_mut().zip(of_kind) {
                    self.put(sink, month, rows).await?;
                }
                done += 1;
                self.progress.done(done);
            }
            let Some(last) = page.last().filter(|_| page.len() == DOCUMENTS as usize) else { break };
            after = Some(After { time: last.collected_at, id: last.id.0 });
        }
        self.close(&mut whole).await?;
        self.close(&mut readings).await?;
        for sink in &mut records {
            self.close(sink).await?;
        }
        Ok(())
    }
}
