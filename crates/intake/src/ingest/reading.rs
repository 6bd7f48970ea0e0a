//! Reading a document, as people have corrected its lines and told its leagues; and its records for bronze.

use super::Incoming;
use crate::identity;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use touchline_collect::names::bookmaker;
use touchline_collect::patch::with_lines;
use touchline_collect::{Document, DocumentError, Parsed, Source, SourceFact};
use touchline_domain::ports::{IntakeStore, StoreError, texts};
use touchline_domain::{DocumentId, RawRecord, RecordKind};

/// Reads a document, with the lines that were corrected in the place of its own.
fn parse(
    source: &dyn Source,
    document: &Incoming,
    lines: &BTreeMap<u32, Option<String>>,
    collected_at: DateTime<Utc>,
) -> Result<Parsed, DocumentError> {
    let corrected;
    let bytes = if lines.is_empty() {
        &document.bytes
    } else {
        corrected = with_lines(&document.bytes, lines)?;
        &corrected
    };
    source.parse(&Document { name: &document.name, bytes }, collected_at)
}

/// The same, with the leagues that people have told since the reader was written.
pub(super) async fn read(
    store: &dyn IntakeStore,
    source: &dyn Source,
    document: &Incoming,
    lines: &BTreeMap<u32, Option<String>>,
    collected_at: DateTime<Utc>,
) -> Result<Result<Parsed, DocumentError>, StoreError> {
    let parsed = parse(source, document, lines, collected_at);
    let unknown = parsed.as_ref().map_or(&[][..], |parsed| &parsed.unknown_leagues);
    let told = identity::paused(store, source.name(), unknown).await?.told;
    let knowing = if told.is_empty() { None } else { source.with_leagues(&told) };
    let parsed = knowing.map_or(parsed, |source| parse(source.as_ref(), document, lines, collected_at));
    Ok(parsed.map(|parsed| with_codes(source.name(), parsed)))
}

/// The same with bookmakers by their codes, where the table of names has them.
fn with_codes(source: &str, mut parsed: Parsed) -> Parsed {
    // Quotes of a document share few names.
    let mut codes: HashMap<Arc<str>, Arc<str>> = HashMap::new();
    let mut code = |written: &mut Arc<str>| {
        if let Some(code) = codes.get(written) {
            *written = Arc::clone(code);
            return;
        }
        let code = bookmaker(source, written).map_or_else(|| Arc::clone(written), Into::into);
        codes.insert(Arc::clone(written), Arc::clone(&code));
        *written = code;
    };
    parsed.matches.iter_mut().flat_map(|m| &mut m.odds).for_each(|quote| code(&mut quote.bookmaker));
    for fact in &mut parsed.facts {
        match &mut fact.fact {
            SourceFact::Odds(quote) => code(&mut quote.bookmaker),
            SourceFact::InPlay(quote) => code(&mut quote.bookmaker),
            _ => {}
        }
    }
    parsed
}

/// The lines of a document that were corrected, as decided last.
pub(super) async fn lines_of(
    store: &dyn IntakeStore,
    id: DocumentId,
) -> Result<BTreeMap<u32, Option<String>>, StoreError> {
    let decided = store.line_corrections(id).await?.into_iter().filter(|decided| decided.undone.is_none());
    Ok(decided.map(|decided| (decided.line, decided.text)).collect())
}

/// A document's matches and facts with their places, for bronze. Several facts of one place are one record.
pub(super) fn records(parsed: &Parsed) -> Vec<RawRecord> {
    let payload = |line| parsed.payloads.get(&line).filter(|json| json.len() <= texts::LONGEST).cloned();
    let matches = parsed.matches.iter().map(|m| RawRecord {
        kind: RecordKind::Match,
        locator: m.line,
        external_match_id: m.external_id.clone(),
        external_league_id: Some(parsed.leagues[m.league].code.clone()),
        match_time: Some(m.kickoff.at),
        payload: payload(m.line),
    });
    let mut places = HashSet::new();
    let kind_of = |fact: &SourceFact| match fact {
        SourceFact::Odds(_) | SourceFact::InPlay(_) => RecordKind::Odds,
        SourceFact::Result { .. } => RecordKind::Score,
        _ => RecordKind::Match,
    };
    let facts = parsed.facts.iter().map(|fact| (kind_of(&fact.fact), fact));
    let facts = facts.filter(|(kind, fact)| places.insert((*kind, fact.line)));
    let facts = facts.map(|(kind, fact)| RawRecord {
        kind,
        locator: fact.line,
        external_match_id: Some(fact.external_id.clone()),
        external_league_id: None,
        match_time: None,
        payload: payload(fact.line),
    });
    matches.chain(facts).collect()
}
