use super::Ending;
use crate::cli::{Lineups, Odds, Train};
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;
use std::fs;
use touchline_domain::Progress;
use touchline_domain::ports::Store;
use touchline_features::{FilterKind, MarketView, View};
use touchline_learning::dataset::Facts;
use touchline_learning::filters::{FilterFit, FilterRecord, Valued};
use touchline_learning::matrices::Horizon;

const STEPS: u64 = 100;

/// `touchline train --model strength-filter` and its like: fits for both horizons, prints, and keeps a record of each.
pub async fn run(
    session: &Session,
    store: &dyn Store,
    arguments: &Train,
    kind: FilterKind,
) -> Result<Ending> {
    if arguments.odds != Odds::None || arguments.lineups != Lineups::None {
        bail!("--odds and --lineups are for the default model; what a filter learns from is in its name");
    }
    let market = match kind {
        FilterKind::Goals => MarketView::None,
        FilterKind::EarlierPrices => MarketView::Earlier,
    };
    session.progress.begin("reading matches", 0);
    let history = Facts::load_seen(store, View::from(market)).await?.history(&[]);
    session.progress.end();
    let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN).and_utc();
    let from = arguments.from.map_or(DateTime::UNIX_EPOCH, midnight);
    let until = arguments.until.map_or_else(|| session.clock.now(), midnight);
    let (steps, threads) = (arguments.tune.map_or(STEPS, u64::from), session.config.threads());
    let folder = session.data_dir().join("filters");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut records = Vec::new();
    for horizon in Horizon::ALL {
        let fit = FilterFit { history: &history, kind, horizon, from, until, steps, threads };
        let record = fit.run(&session.progress)?;
        let file = folder.join(format!("{}-{}.json", kind.name(), horizon.name()));
        let text = format!("{}\n", serde_json::to_string_pretty(&record)?);
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        if !session.json {
            print(&record);
            output::line(format!("kept in {}", file.display()));
        }
        records.push(record);
    }
    if session.json {
        output::json(&records)?;
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
