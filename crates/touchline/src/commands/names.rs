mod merge;

use super::Ending;
use crate::cli::Names;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::collections::HashMap;
use std::path::Path;
use touchline_collect::names::{PriceName, PriceNameKind, price_names, price_names_version};
use touchline_domain::ports::Store;
use touchline_domain::{LeagueId, NameReview, ReviewId, TeamId, Verdict};
use touchline_intake::identity::{
    ImportOptions, NameTable, ReviewTarget, Suggestion, accept_league, accept_name, export_names,
    import_names, reject_name, suggestions,
};
use touchline_intake::ingest::IngestReport;
use touchline_learning::whole_file::replace_file;

/// Suggestions of a name that are shown.
const SHOWN: usize = 5;
/// Who decides on the command line.
const BY: &str = "command line";

/// `touchline names`.
pub async fn run(session: &Session, command: &Names) -> Result<Ending> {
    if let Names::Prices = command {
        return prices(session);
    }
    let role = match command {
        Names::List { .. } | Names::Suggest { .. } | Names::Export { .. } | Names::Merges | Names::Prices => {
            Role::Reader
        }
        Names::Accept { .. } | Names::Reject { .. } | Names::Import { .. } => Role::Writer,
        Names::Merge(_) | Names::Undo { .. } => Role::Admin,
    };
    let store = session.store(role).await?;
    let store = store.as_ref();
    match command {
        Names::List { open } => list(session, store, *open).await,
        Names::Suggest { name, all: _ } => suggest(session, store, name.as_deref()).await,
        Names::Accept { review, league: Some(code), .. } => {
            let review = find(store, review).await?;
            let order = session.config.source_order();
            let report = accept_league(store, review.id, code, BY, &order, session.clock.as_ref()).await?;
            refresh(store).await;
            decided(session, &review, "accepted", &report)
        }
        Names::Accept { review, team, new, league: None } => {
            let review = find(store, review).await?;
            let target = match team {
                Some(team) if !new => ReviewTarget::Team(find_team(store, &review, team).await?),
                _ => ReviewTarget::New,
            };
            let order = session.config.source_order();
            let report = accept_name(store, review.id, target, BY, &order, session.clock.as_ref()).await?;
            refresh(store).await;
            decided(session, &review, "accepted", &report)
        }
        Names::Reject { review } => {
            let review = find(store, review).await?;
            let order = session.config.source_order();
            let report = reject_name(store, review.id, BY, &order, session.clock.as_ref()).await?;
            refresh(store).await;
            decided(session, &review, "rejected", &report)
        }
        Names::Import { file, country, source, create, skip_unknown } => {
            let options = ImportOptions {
                country: country.as_deref(),
                source: source.as_deref(),
                create: *create,
                skip_unknown: *skip_unknown,
            };
            import(session, store, file, options).await
        }
        Names::Export { league, out } => export(session, store, league.as_deref(), out.as_deref()).await,
        Names::Prices => unreachable!("answered above"),
        Names::Merge(arguments) => merge::merge(session, store, arguments).await.map(|()| Ending::Done),
        Names::Merges => merge::list(session, store).await.map(|()| Ending::Done),
        Names::Undo { id } => merge::undo(session, store, *id).await.map(|()| Ending::Done),
    }
}

/// How sources write bookmakers and markets.
fn prices(session: &Session) -> Result<Ending> {
    #[derive(Serialize)]
    struct Spelling {
        kind: &'static str,
        code: &'static str,
        name: &'static str,
        source: &'static str,
        #[serde(rename = "spelling")]
        text: &'static str,
    }
    #[derive(Serialize)]
    struct Table {
        version: u32,
        spellings: Vec<Spelling>,
    }
    let spelling = |name: &PriceName| {
        let kind = match name.kind {
            PriceNameKind::Bookmaker => "bookmaker",
            PriceNameKind::Market => "market",
        };
        let PriceName { code, name, source, spelling, .. } = *name;
        Spelling { kind, code, name, source, text: spelling }
    };
    let spellings: Vec<Spelling> = price_names().iter().map(spelling).collect();
    let table = Table { version: price_names_version(), spellings };
    if session.json {
        output::json(&table)?;
        return Ok(Ending::Done);
    }
    let row = |s: &Spelling| [s.kind, s.code, s.name, s.source, s.text].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = table.spellings.iter().map(row).collect();
    output::table(&["kind", "code", "name", "source", "spelling"], &rows);
    output::line(format!("version {} of the table", table.version));
    Ok(Ending::Done)
}

/// A review as it is printed.
#[derive(Serialize)]
struct Listed {
    review: ReviewId,
    kind: &'static str,
    source: String,
    country: String,
    league: Option<String>,
    season: Option<String>,
    name: String,
    status: &'static str,
    /// The team or league that an accepted name leads to.
    resolved_id: Option<i64>,
    first_document: i64,
    documents: usize,
    opened_at: String,
    decided_at: Option<String>,
    decided_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestions: Option<Vec<Suggested>>,
}

/// A suggestion as it is printed.
#[derive(Serialize)]
struct Suggested {
    team: TeamId,
    name: String,
    similarity: f64,
    results_compared: u32,
    results_agreeing: u32,
}

impl Listed {
    fn of(review: &NameReview, leagues: &HashMap<LeagueId, String>) -> Self {
        let (status, resolved_id) = match review.decision.as_ref().map(|decision| decision.verdict) {
            None => ("open", None),
            Some(Verdict::Rejected) => ("rejected", None),
            Some(Verdict::Team(team)) => ("accepted", Some(team.0)),
            Some(Verdict::League(league)) => ("accepted", Some(league.0)),
        };
        Self {
            review: review.id,
            kind: review.kind.name(),
            source: review.source.clone(),
            country: review.country.clone(),
            league: review.league.and_then(|id| leagues.get(&id).cloned()),
            season: review.season.map(|season| season.to_string()),
            name: review.name.clone(),
            status,
            resolved_id,
            first_document: review.document.0,
            documents: review.documents.len(),
            opened_at: review.opened_at.to_rfc3339(),
            decided_at: review.decision.as_ref().map(|decision| decision.at.to_rfc3339()),
            decided_by: review.decision.as_ref().map(|decision| decision.by.clone()),
            suggestions: None,
        }
    }
}

async fn codes(store: &dyn Store) -> Result<HashMap<LeagueId, String>> {
    Ok(store.leagues().await?.into_iter().map(|league| (league.id, league.details.code)).collect())
}

async fn list(session: &Session, store: &dyn Store, only_open: bool) -> Result<Ending> {
    let codes = codes(store).await?;
    let reviews = store.reviews(only_open).await?;
    let listed: Vec<Listed> = reviews.iter().map(|review| Listed::of(review, &codes)).collect();
    if session.json {
        output::json(&listed)?;
        return Ok(Ending::Done);
    }
    let rows: Vec<Vec<String>> = listed
        .iter()
        .map(|r| {
            let place = [r.league.as_deref(), r.season.as_deref()].into_iter().flatten().collect::<Vec<_>>();
            vec![
                r.review.to_string(),
                r.name.clone(),
                r.country.clone(),
                place.join(" "),
                r.source.clone(),
                r.status.to_owned(),
                count(r.documents as u64),
            ]
        })
        .collect();
    output::table(&["review", "name", "country", "league", "source", "status", "documents"], &rows);
    Ok(Ending::Done)
}

async fn suggest(session: &Session, store: &dyn Store, name: Option<&str>) -> Result<Ending> {
    let codes = codes(store).await?;
    let mut open = store.reviews(true).await?;
    if let Some(name) = name {
        open.retain(|review| review.name == name || review.id.to_string() == name);
        if open.is_empty() {
            bail!("no name {name:?} waits for a decision; `touchline names list --open` shows those that do");
        }
    }
    let mut listed = Vec::new();
    for review in &open {
        let found = suggestions(store, review).await?;
        let suggested = |s: Suggestion| Suggested {
            team: s.team.id,
            name: s.team.name,
            similarity: s.similarity,
            results_compared: s.compared,
            results_agreeing: s.agreeing,
        };
        let found = found.into_iter().take(SHOWN).map(suggested).collect();
        listed.push(Listed { suggestions: Some(found), ..Listed::of(review, &codes) });
    }
    if session.json {
        output::json(&listed)?;
        return Ok(Ending::Done);
    }
    for review in &listed {
        output::line(format!(
            "review {}: {:?} of {} ({})",
            review.review, review.name, review.source, review.country
        ));
        let rows: Vec<Vec<String>> = review
            .suggestions
            .iter()
            .flatten()
            .map(|s| {
                vec![
                    format!("  {}", s.name),
                    s.team.to_string(),
                    format!("{:.0}%", 100.0 * s.similarity),
                    format!("{} of {}", s.results_agreeing, s.results_compared),
                ]
            })
            .collect();
        output::table(&["  team", "id", "name alike", "results agree"], &rows);
    }
    output::line(format!("{} names wait for a decision", count(listed.len() as u64)));
    Ok(Ending::Done)
}

/// A review by its identifier, or an open one by its name.
async fn find(store: &dyn Store, wanted: &str) -> Result<NameReview> {
    let reviews = store.reviews(false).await?;
    let by_id = reviews.iter().find(|review| review.id.to_string() == wanted);
    let by_name: Vec<&NameReview> =
        reviews.iter().filter(|review| review.decision.is_none() && review.name == wanted).collect();
    match (by_id, by_name.as_slice()) {
        (Some(review), _) => Ok(review.clone()),
        (None, [review]) => Ok((*review).clone()),
        (None, []) => bail!("there is no review {wanted:?}; `touchline names list` shows them all"),
        (None, several) => bail!(
            "{} names {wanted:?} wait; give the number of one, as `touchline names list --open` shows it",
            several.len()
        ),
    }
}

/// A team by its name within the country of the review, or by its identifier.
async fn find_team(store: &dyn Store, review: &NameReview, wanted: &str) -> Result<TeamId> {
    let teams = store.teams().await?;
    let named = teams.iter().find(|team| team.country == review.country && team.name == wanted);
    let by_id = || teams.iter().find(|team| team.id.to_string() == wanted);
    let team = named.or_else(by_id).with_context(|| {
        format!(
            "{} has no team {wanted:?}; `touchline names suggest {}` shows which it may be, and --new makes a team",
            review.country, review.id
        )
    })?;
    Ok(team.id)
}

/// What came of a decision, as it is printed.
#[derive(Serialize)]
struct Decided<'a> {
    review: ReviewId,
    name: &'a str,
    status: &'static str,
    documents: &'a IngestReport,
}

fn decided(
    session: &Session,
    review: &NameReview,
    status: &'static str,
    report: &IngestReport,
) -> Result<Ending> {
    if session.json {
        output::json(&Decided { review: review.id, name: &review.name, status, documents: report })?;
    } else {
        output::line(format!("{:?} of {} is {status}", review.name, review.source));
        documents(report);
    }
    Ok(Ending::Done)
}

fn documents(report: &IngestReport) {
    let m = &report.matches;
    output::line(format!(
        "{} documents taken up again: {} matches new, {} changed, {} unchanged, {} in conflict; {} names still wait",
        count(report.documents),
        count(m.new),
        count(m.changed),
        count(m.unchanged),
        count(m.conflicting),
        count(report.waiting_names),
    ));
}

async fn refresh(store: &dyn Store) {
    use touchline_domain::ports::SummaryView;
    if let Err(error) = store.refresh(&[SummaryView::RecentPerformance]).await {
        tracing::warn!(%error, "recent performance was not computed anew: touchline db maintain");
    }
}

async fn import(
    session: &Session,
    store: &dyn Store,
    file: &Path,
    options: ImportOptions<'_>,
) -> Result<Ending> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let table: NameTable = serde_json::from_str(&text).with_context(|| {
        format!(
            "{} is not a table of names; write {{\"name of a team\": [\"another name of it\", ...], ...}}",
            file.display()
        )
    })?;
    let report =
        import_names(store, &table, options, &session.config.source_order(), session.clock.as_ref()).await?;
    refresh(store).await;
    if session.json {
        output::json(&report)?;
        return Ok(Ending::Done);
    }
    output::line(format!(
        "{} teams: {} made, {} aliases new, {} known; {} names of the review queue answered",
        count(report.teams),
        count(report.created),
        count(report.new_aliases),
        count(report.known_aliases),
        count(report.answered),
    ));
    if !report.unknown.is_empty() {
        output::line(format!("left out, for no team is called so: {}", report.unknown.join(", ")));
    }
    if report.documents.documents > 0 {
        documents(&report.documents);
    }
    Ok(Ending::Done)
}

async fn export(
    session: &Session,
    store: &dyn Store,
    league: Option<&str>,
    out: Option<&Path>,
) -> Result<Ending> {
    let league = match league {
        None => None,
        Some(code) => {
            let leagues = store.leagues().await?;
            let known = leagues.iter().find(|league| league.code == code);
            let aliases = store.league_aliases().await?;
            let alias = aliases.iter().find(|alias| alias.alias == code).map(|alias| alias.league);
            let id = known.map(|league| league.id).or(alias);
            Some(id.with_context(|| {
                let codes: Vec<&str> = leagues.iter().map(|league| league.code.as_str()).collect();
                format!("league {code:?} is not known; known are {}", codes.join(", "))
            })?)
        }
    };
    let table = export_names(store, league).await?;
    let Some(path) = out else {
        output::json(&table)?;
        return Ok(Ending::Done);
    };
    let text = serde_json::to_string_pretty(&table)? + "\n";
    replace_file(path, text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    if session.json {
        output::json(&serde_json::json!({ "teams": table.0.len() }))?;
    } else {
        output::line(format!("{} teams written", count(table.0.len() as u64)));
    }
    Ok(Ending::Done)
}
