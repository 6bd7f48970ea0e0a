//! What texts a store keeps: any, byte for byte, except with NUL characters or beyond a length. Every store checks with
//! these functions before it writes, so that none keeps what another would refuse.

use super::{
    FeatureSet, KeptSimulation, MatchFacts, ModelVersion, NameChange, NewRunEvent, NodeName, SealedForecast,
    SilverChange, StoreError, TextFault,
};
use crate::{
    Condition, Correction, FeedPosition, Ground, Handling, JobEnd, JobOutcome, MatchClaim, NameDecision,
    NewAudit, NewDocument, NewHeldRow, NewJob, NewLeague, NewLineCorrection, NewMatch, NewNameReview,
    NewRowDecision, NewSilence, NewTeam, NewTicket, NewsItem, Player, QualityIssue, Schedule, SeasonRules,
    TaskError, TeamRating, Watermark,
};

/// The most bytes of a text that rows are found by: names of teams, countries, bookmakers, sources, codes, kinds of
/// findings, names and versions of models, identifiers of players. Three of them fit into a row of an index of PostgreSQL.
pub const LONGEST_KEY: usize = 512;
/// The most bytes of any other text.
pub const LONGEST: usize = 1 << 20;

/// A text that rows are found by.
///
/// # Errors
/// [`StoreError::Text`], also from all the others.
pub fn key(field: &'static str, text: &str) -> Result<(), StoreError> {
    within(field, text, LONGEST_KEY)
}

/// Any other text.
///
/// # Errors
/// It is refused.
pub fn free(field: &'static str, text: &str) -> Result<(), StoreError> {
    within(field, text, LONGEST)
}

/// Any other text, where there is one.
///
/// # Errors
/// It is refused.
pub fn optional(field: &'static str, text: Option<&str>) -> Result<(), StoreError> {
    text.map_or(Ok(()), |text| free(field, text))
}

fn within(field: &'static str, text: &str, limit: usize) -> Result<(), StoreError> {
    let fault = if text.len() > limit {
        TextFault::TooLong { bytes: text.len(), limit }
    } else if text.contains('\0') {
        TextFault::Nul
    } else {
        return Ok(());
    };
    Err(StoreError::Text { field, fault })
}

/// All texts of leagues.
///
/// # Errors
/// One of them is refused.
pub fn leagues(leagues: &[NewLeague]) -> Result<(), StoreError> {
    leagues.iter().try_for_each(|league| {
        key("the code of a league", &league.code)?;
        free("the name of a league", &league.name)?;
        free("the country of a league", &league.country)?;
        free("the source of a league", &league.source)
    })
}

/// All texts of rules of seasons, which must make sense.
///
/// # Errors
/// One of them is refused.
pub fn season_rules(rules: &[SeasonRules]) -> Result<(), StoreError> {
    rules.iter().try_for_each(|season| {
        key("the league of a season's rules", &season.league)?;
        season.check().map_err(StoreError::Constraint)?;
        season.play_offs.iter().try_for_each(|play_off| key("the name of a play-off", &play_off.name))?;
        season.deductions.iter().try_for_each(|deduction| {
            key("the team of a deduction", &deduction.team)?;
            free("the reason of a deduction", &deduction.reason)
        })
    })
}

/// All texts of a source's teams.
///
/// # Errors
/// One of them is refused.
pub fn teams(source: &str, teams: &[NewTeam]) -> Result<(), StoreError> {
    key("the source of a team", source)?;
    teams.iter().try_for_each(|team| {
        key("the name of a team", &team.name)?;
        key("the country of a team", &team.country)
    })
}

/// All texts of a watermark, whose hash must be one.
///
/// # Errors
/// One of them is refused.
pub fn watermark(watermark: &Watermark) -> Result<(), StoreError> {
    key("the source of a watermark", &watermark.source)?;
    key("the scope of a watermark", &watermark.scope)?;
    let is_hash = watermark.hash.len() == 64 && watermark.hash.bytes().all(|b| b.is_ascii_hexdigit());
    let refused =
        || StoreError::Constraint("the hash of a watermark must have 64 hexadecimal digits".to_owned());
    is_hash.then_some(()).ok_or_else(refused)
}

/// All texts of a job.
///
/// # Errors
/// One of them is refused.
pub fn job(job: &NewJob) -> Result<(), StoreError> {
    key("the name of a job", &job.name)?;
    key("the key of a job", &job.key)?;
    free("the parameters of a job", &job.parameters.to_string())?;
    optional("the exclusion of a job", job.exclusion.as_deref())?;
    if job.name.is_empty() || job.key.is_empty() || job.attempts == 0 {
        return Err(StoreError::Constraint("a job has a name, a key and at least one try".to_owned()));
    }
    let Some(step) = &job.flow else { return Ok(()) };
    key("the flow of a job", &step.flow)?;
    key("the step of a job", &step.step)?;
    step.needs.iter().chain(&step.follows).try_for_each(|step| key("the step of a job", step))
}

/// All texts of how a job ended.
///
/// # Errors
/// One of them is refused.
pub fn job_end(end: &JobEnd) -> Result<(), StoreError> {
    match &end.outcome {
        JobOutcome::Succeeded(result) => free("the result of a job", &result.to_string()),
        JobOutcome::Retried { fault, .. } | JobOutcome::Failed(fault) => {
            key("the kind of a fault", &fault.kind)?;
            free("the message of a fault", &fault.message)
        }
        JobOutcome::Cancelled | JobOutcome::Returned => Ok(()),
    }
}

/// All texts of a ticket.
///
/// # Errors
/// One of them is refused.
pub fn ticket(ticket: &NewTicket) -> Result<(), StoreError> {
    key("the name of a ticket", &ticket.id)?;
    free("the details of a ticket", &ticket.details.to_string())?;
    optional("the callback of a ticket", ticket.callback.as_deref())
}

/// All texts of a record of the audit log.
///
/// # Errors
/// One of them is refused.
pub fn audit(record: &NewAudit) -> Result<(), StoreError> {
    key("who did something", &record.actor)?;
    key("what was done", &record.action)?;
    free("to what it was done", &record.subject)?;
    free("what is said of it", record.details.as_deref().unwrap_or_default())
}

/// All texts of a schedule.
///
/// # Errors
/// One of them is refused.
pub fn schedule(schedule: &Schedule) -> Result<(), StoreError> {
    key("the name of a schedule", &schedule.id)?;
    key("the job of a schedule", &schedule.job)?;
    key("the times of a schedule", &schedule.cron)?;
    free("the parameters of a schedule", &schedule.parameters.to_string())
}

/// All texts of an error of a task.
///
/// # Errors
/// One of them is refused.
pub fn task_error(error: &TaskError) -> Result<(), StoreError> {
    key("the name of a task", &error.task)?;
    optional("the number of a task", error.task_id.as_deref())?;
    key("the kind of an error", &error.error_type)?;
    free("the text of an error", &error.message)?;
    optional("what is known of an error", error.context.as_deref())
}

/// All texts of a document and of its records.
///
/// # Errors
/// One of them is refused.
pub fn document(document: &NewDocument<'_>) -> Result<(), StoreError> {
    key("the source of a document", document.source)?;
    free("the name of a document", document.name)?;
    document.records.iter().try_for_each(|record| {
        optional("the identifier of a record's match", record.external_match_id.as_deref())?;
        optional("the league of a record", record.external_league_id.as_deref())?;
        optional("the content of a record", record.payload.as_deref())
    })
}

/// All texts of a change.
///
/// # Errors
/// One of them is refused.
pub fn change(change: &SilverChange) -> Result<(), StoreError> {
    for (details, facts) in &change.new {
        a_match(details)?;
        quotes(facts)?;
        squads(facts)?;
        events(facts)?;
        weather(facts)?;
    }
    change.changed.iter().try_for_each(|m| a_match(&m.details))?;
    for (_, facts) in &change.facts {
        quotes(facts)?;
        squads(facts)?;
        events(facts)?;
        weather(facts)?;
    }
    for (_, identifier) in &change.identifiers {
        key("the source of an identifier", &identifier.source)?;
        key("the identifier of a match", &identifier.external_id)?;
    }
    claims(&change.claims)?;
    corrections(&change.corrections)?;
    change.held.iter().try_for_each(|(_, row)| held_row(row))?;
    issues(&change.issues)
}

fn held_row(row: &NewHeldRow) -> Result<(), StoreError> {
    key("the rule of a held row", &row.rule)?;
    key("the fingerprint of a held row", &row.fingerprint)?;
    key("what a held row says", &row.says)?;
    free("the reason of a held row", &row.reason)
}

/// A decision about held rows.
///
/// # Errors
/// One of its texts is refused.
pub fn row_decision(decision: &NewRowDecision) -> Result<(), StoreError> {
    key("the fingerprint of a held row", &decision.fingerprint)?;
    key("who decides about a row", &decision.by)?;
    free("why a row is decided about", &decision.reason)
}

fn claims(claims: &[MatchClaim]) -> Result<(), StoreError> {
    claims.iter().try_for_each(|claim| {
        key("the source of a claim", &claim.source)?;
        free("the value of a claim", &claim.value)
    })
}

fn corrections(corrections: &[Correction]) -> Result<(), StoreError> {
    corrections.iter().try_for_each(|correction| {
        key("the source of a correction", &correction.source)?;
        key("the name of who decided", &correction.by)?;
        optional("the value of a correction", correction.old.as_deref())?;
        optional("the value of a correction", correction.new.as_deref())
    })
}

/// All texts of a change of names.
///
/// # Errors
/// One of them is refused.
pub fn names(change: &NameChange) -> Result<(), StoreError> {
    for league in &change.leagues {
        leagues(std::slice::from_ref(&league.details))?;
    }
    for team in &change.teams {
        key("the name of a team", &team.name)?;
    }
    for alias in &change.league_aliases {
        key("the source of a league", &alias.source)?;
        key("the alias of a league", &alias.alias)?;
    }
    change.team_aliases.iter().try_for_each(|alias| {
        key("the source of a team", &alias.source)?;
        key("the country of a team", &alias.country)?;
        key("the alias of a team", &alias.alias)
    })
}

/// Sources and countries by which names are looked for.
///
/// # Errors
/// One of them is refused.
pub fn places_of_names(countries: &[String], source: Option<&str>) -> Result<(), StoreError> {
    key("the source of a team", source.unwrap_or_default())?;
    countries.iter().try_for_each(|country| key("the country of a team", country))
}

/// All texts of names that wait for a decision.
///
/// # Errors
/// One of them is refused.
pub fn reviews(reviews: &[NewNameReview]) -> Result<(), StoreError> {
    reviews.iter().try_for_each(|review| {
        key("the source of a name", &review.source)?;
        key("the country of a name", &review.country)?;
        key("a name", &review.name)
    })
}

/// Who decided about a name.
///
/// # Errors
/// It is refused.
pub fn decision(decision: &NameDecision) -> Result<(), StoreError> {
    key("the name of who decided", &decision.by)
}

fn a_match(details: &NewMatch) -> Result<(), StoreError> {
    optional("the referee of a match", details.referee.as_deref())?;
    free("the source of a match", &details.source)?;
    optional("the identifier of a match", details.external_id.as_deref())?;
    let setting = &details.setting;
    for (field, text) in [
        ("the stage of a match", &setting.stage),
        ("the round of a match", &setting.round),
        ("the group of a match", &setting.group),
    ] {
        text.as_deref().map_or(Ok(()), |text| key(field, text))?;
    }
    setting.check(details.score).map_err(|what| StoreError::Constraint(format!("ck_matches_setting: {what}")))
}

fn quotes(facts: &MatchFacts) -> Result<(), StoreError> {
    facts.odds.iter().try_for_each(|quote| key("the bookmaker of a quote", &quote.bookmaker))
}

fn squads(facts: &MatchFacts) -> Result<(), StoreError> {
    for lineup in &facts.lineups {
        key("the source of a line-up", &lineup.source)?;
        for listed in lineup.squad.starters().iter().chain(lineup.squad.substitutes()) {
            player(&listed.player)?;
        }
    }
    facts.injuries.iter().try_for_each(|injury| {
        key("the source of an absence", &injury.source)?;
        player(&injury.player)?;
        optional("the reason of an absence", injury.reason.as_deref())
    })
}

fn events(facts: &MatchFacts) -> Result<(), StoreError> {
    facts.in_play.iter().try_for_each(|quote| key("the bookmaker of a quote", &quote.bookmaker))?;
    facts.events.iter().try_for_each(|list| {
        key("the source of events", &list.source)?;
        list.events.iter().flat_map(|event| event.player.iter().chain(&event.related)).try_for_each(player)
    })
}

fn weather(facts: &MatchFacts) -> Result<(), StoreError> {
    facts.weather.iter().try_for_each(|weather| {
        key("the source of weather", &weather.source)?;
        weather.check().map_err(|what| StoreError::Constraint(format!("ck_weather: {what}")))
    })
}

/// All texts of grounds, and that they can be.
///
/// # Errors
/// One of them is refused.
pub fn grounds(grounds: &[Ground]) -> Result<(), StoreError> {
    grounds.iter().try_for_each(|ground| {
        key("the country of a ground", &ground.country)?;
        key("the team of a ground", &ground.team)?;
        key("the name of a ground", &ground.name)?;
        let what = |what| StoreError::Constraint(format!("ck_grounds: {}: {what}", ground.team));
        ground.check().map_err(what)
    })
}

/// All texts of ratings, and that they can be.
///
/// # Errors
/// One of them is refused.
pub fn ratings(ratings: &[TeamRating]) -> Result<(), StoreError> {
    ratings.iter().try_for_each(|rating| {
        key("the source of a rating", &rating.source)?;
        key("the country of a rating", &rating.country)?;
        key("the club of a rating", &rating.team)?;
        rating.check().map_err(|what| StoreError::Constraint(format!("ck_team_ratings: {what}")))
    })
}

/// All texts of news, and that they can be.
///
/// # Errors
/// One of them is refused.
pub fn news(news: &[NewsItem]) -> Result<(), StoreError> {
    news.iter().try_for_each(|item| {
        key("the source of news", &item.source)?;
        key("the identifier of news", &item.id)?;
        free("the heading of news", &item.title)?;
        optional("the link of news", item.link.as_deref())?;
        item.country.as_deref().map_or(Ok(()), |text| key("the country of news", text))?;
        item.team.as_deref().map_or(Ok(()), |text| key("the team of news", text))?;
        item.check().map_err(|what| StoreError::Constraint(format!("ck_news_items: {what}")))
    })
}

fn player(player: &Player) -> Result<(), StoreError> {
    key("the identifier of a player", player.id())?;
    free("the name of a player", player.name())
}

/// Source and identifiers by which matches are looked for.
///
/// # Errors
/// One of them is refused.
pub fn names_of_matches(source: &str, external_ids: &[String]) -> Result<(), StoreError> {
    free("the source of a match", source)?;
    external_ids.iter().try_for_each(|id| free("the identifier of a match", id))
}

/// All texts of findings.
///
/// # Errors
/// One of them is refused.
pub fn issues(issues: &[QualityIssue]) -> Result<(), StoreError> {
    issues.iter().try_for_each(|issue| {
        key("the kind of a finding", &issue.error_type)?;
        free("the message of a finding", &issue.message)?;
        free("the record of a finding", &issue.data)
    })
}

/// Who decided about a finding, and the notes.
///
/// # Errors
/// One of them is refused.
pub fn handling(handling: &Handling) -> Result<(), StoreError> {
    key("who decides about a finding", &handling.by)?;
    handling.notes.as_ref().map_or(Ok(()), |notes| free("notes about a finding", notes))
}

/// All texts of what is wrong.
///
/// # Errors
/// One of them is refused.
pub fn condition(condition: &Condition) -> Result<(), StoreError> {
    key("the name of an alert", &condition.name)?;
    key("the component of an alert", &condition.component)?;
    key("the subject of an alert", &condition.subject)?;
    free("the summary of an alert", &condition.summary)?;
    free("the details of an alert", &condition.details)?;
    condition.advice.iter().try_for_each(|step| free("the advice of an alert", step))
}

/// All texts of a silence, which must say what it is about.
///
/// # Errors
/// One of them is refused.
pub fn silence(silence: &NewSilence) -> Result<(), StoreError> {
    let NewSilence { name, component, subject, reason, created_by, .. } = silence;
    if [name, component, subject].into_iter().all(Option::is_none) {
        return Err(StoreError::Constraint(
            "a silence of everything is refused: name an alert, a component or a subject".to_owned(),
        ));
    }
    for text in [name, component, subject].into_iter().flatten() {
        key("what a silence is about", text)?;
    }
    free("the reason of a silence", reason)?;
    key("who silences", created_by)
}

/// A decision about a line of a document.
///
/// # Errors
/// One of its texts is refused.
pub fn line_correction(correction: &NewLineCorrection) -> Result<(), StoreError> {
    key("who decides about a line", &correction.by)?;
    free("why a line is corrected", &correction.reason)?;
    correction.text.as_ref().map_or(Ok(()), |text| free("a line", text))
}

/// What a check said, or a baseline of its name.
///
/// # Errors
/// One of them is refused.
pub fn check(name: &str, text: &str) -> Result<(), StoreError> {
    key("the name of a baseline", name)?;
    free("what a check says", text)
}

/// The name of a job or a dataset.
///
/// # Errors
/// One of its parts is refused.
pub fn node(name: &NodeName) -> Result<(), StoreError> {
    key("the namespace of a job or a dataset", &name.namespace)?;
    key("the name of a job or a dataset", &name.name)
}

/// All texts of an event of a run, but for its bodies.
///
/// # Errors
/// One of them is refused.
pub fn run_event(event: &NewRunEvent) -> Result<(), StoreError> {
    key("the number of a run", &event.run)?;
    node(&event.job)?;
    event.nodes.iter().try_for_each(|told| node(&told.name))
}

/// All texts of forecasts, which must have their details.
///
/// # Errors
/// One of them is refused, or a forecast has no details.
pub fn forecasts(forecasts: &[SealedForecast], features: &[FeatureSet]) -> Result<(), StoreError> {
    for set in features {
        key("the hash of features", set.hash())?;
        set.names().iter().try_for_each(|name| key("the name of a feature", name))?;
    }
    forecasts.iter().try_for_each(|forecast| {
        model(&forecast.model_name, &forecast.model_version)?;
        let Some(details) = &forecast.details else {
            return Err(StoreError::Constraint(format!(
                "the forecast of match {} has no score grid; seal what the model gave as a whole",
                forecast.match_id
            )));
        };
        key("the hash of features", &details.features)?;
        key("the hash of a bundle", &details.bundle)?;
        key("the hash of facts", &details.data)
    })
}

/// Name and version of a model.
///
/// # Errors
/// One of them is refused.
pub fn model(name: &str, version: &str) -> Result<(), StoreError> {
    key("the name of a model", name)?;
    key("the version of a model", version)
}

/// The name of a reader of changes.
///
/// # Errors
/// It is refused.
pub fn reader(name: &str) -> Result<(), StoreError> {
    if name.is_empty() {
        return Err(StoreError::Constraint(
            "ck_feed_readers_name: a reader of changes needs a name".to_owned(),
        ));
    }
    key("the name of a reader of changes", name)
}

/// A move of a reader of changes.
///
/// # Errors
/// The name is refused, or the reader would go back.
pub fn reader_moves(name: &str, from: Option<FeedPosition>, to: FeedPosition) -> Result<(), StoreError> {
    reader(name)?;
    if to < from.unwrap_or(FeedPosition::START) {
        return Err(StoreError::Constraint(format!(
            "ck_feed_readers_position: the reader {name} cannot go back to change {to}; forget it, and add it anew"
        )));
    }
    Ok(())
}

/// All texts of a trained model.
///
/// # Errors
/// One of them is refused.
pub fn model_version(version: &ModelVersion) -> Result<(), StoreError> {
    model(&version.name, &version.version)?;
    free("the folder of a model", &version.path)?;
    free("the hash of a model's manifest", &version.manifest_hash)
}

/// All texts of a simulation.
///
/// # Errors
/// One of them is refused.
pub fn simulation(simulation: &KeptSimulation) -> Result<(), StoreError> {
    key("the league of a simulation", &simulation.league)?;
    model(&simulation.model_name, &simulation.model_version)
}

/// Who carries out a merge.
///
/// # Errors
/// It is refused.
pub fn merger(by: &str) -> Result<(), StoreError> {
    key("the name of who merges", by)
}
