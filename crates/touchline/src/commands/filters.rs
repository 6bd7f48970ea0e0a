use super::Ending;
use crate::cli::{Lineups, Train};
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;
use touchline_domain::ports::Store;
use touchline_features::FilterKind;
use touchline_learning::filters::{FilterRecord, FilterRequest, KeptFit, Valued, fit_stored};

const STEPS: u64 = 100;

/// `touchline train --model strength-filter` and its like: fits for both horizons, prints, and keeps a record of each.
pub async fn run(
    session: &Session,
    store: &dyn Store,
    arguments: &Train,
    kind: FilterKind,
) -> Result<Ending> {
    if arguments.odds.is_some() || arguments.lineups != Lineups::None {
        bail!("--odds and --lineups are for the default model; what a filter learns from is in its name");
    }
    let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN).and_utc();
    let request = FilterRequest {
        data_dir: session.data_dir().to_owned(),
        kind,
        from: arguments.from.map(midnight),
        until: arguments.until.map(midnight),
        steps: arguments.tune.map_or(STEPS, u64::from),
        threads: session.config.threads(),
    };
    let fits = fit_stored(store, request, session.clock.as_ref(), session.progress.clone()).await?;
    if session.json {
        output::json(&fits.iter().map(|fit| &fit.record).collect::<Vec<_>>())?;
    } else {
        for KeptFit { record, file } in &fits {
            print(record);
            output::line(format!("kept in {}", file.display()));
        }
    }
    Ok(Ending::Done)
}

fn print(record: &FilterRecord) {
    let day = |time: DateTime<Utc>| time.date_naive();
    output::line(format!(
        "{}, {}: log loss {:.6} with the program's parameters, {:.6} fitted, on {} matches from {} to {}; {} steps, {} walks",
        record.kind.name(),
        record.horizon.name(),
        record.start.log_loss,
        record.fitted.log_loss,
        count(record.matches as u64),
        day(record.from),
        day(record.until),
        record.steps,
        count(record.walks)
    ));
    let after = named(&record.fitted);
    let changed =
        named(&record.start).into_iter().zip(&after).filter(|(before, (_, after))| before.1 != *after);
    let rows: Vec<Vec<String>> =
        changed.map(|((name, before), (_, after))| vec![name, before, after.clone()]).collect();
    output::table(&["parameter", "program", "fitted"], &rows);
}

/// Parameters by their names in the record.
fn named(Valued { parameters, .. }: &Valued) -> Vec<(String, String)> {
    let Ok(Value::Object(mut all)) = serde_json::to_value(parameters) else { return Vec::new() };
    let Some(Value::Object(of_filter)) = all.remove("filter") else { return Vec::new() };
    of_filter.into_iter().chain(all).map(|(name, value)| (name, value.to_string())).collect()
}
