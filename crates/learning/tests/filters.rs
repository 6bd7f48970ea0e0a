//! Fitting the parameters of the filters, and the records of the fits that the program's constants come from.

#[path = "../../features/tests/support/mod.rs"]
mod support;

use chrono::{DateTime, TimeZone, Utc};
use support::world::{DAY, World};
use touchline_domain::Silent;
use touchline_features::{EarlierConfig, FilterKind};
use touchline_learning::filters::{FilterFit, FilterFitError, FilterRecord};
use touchline_learning::matrices::Horizon;

const RECORDS: [&str; 4] = [
    include_str!("../fitted/strength-filter-fresh.json"),
    include_str!("../fitted/strength-filter-stale.json"),
    include_str!("../fitted/earlier-prices-fresh.json"),
    include_str!("../fitted/earlier-prices-stale.json"),
];

#[test]
fn the_constants_of_the_program_are_the_recorded_fits() {
    for record in RECORDS {
        let record: FilterRecord = serde_json::from_str(record).unwrap();
        let settings = record.horizon.settings();
        let constants = match record.kind {
            FilterKind::Goals => EarlierConfig::of_goals(settings.filter),
            FilterKind::EarlierPrices => settings.earlier,
        };
        assert_eq!(record.fitted.parameters, constants, "{} {:?}", record.kind.name(), record.horizon);
        assert!(record.fitted.log_loss < record.start.log_loss && record.matches > 10_000);
        // The seasons that the published figures are of come later.
        assert!(record.until <= Utc.with_ymd_and_hms(2017, 7, 1, 0, 0, 0).unwrap());
    }
}

fn fit(world: &World, until: DateTime<Utc>) -> Result<FilterRecord, FilterFitError> {
    let history = world.history();
    let from = DateTime::UNIX_EPOCH;
    let (kind, horizon) = (FilterKind::Goals, Horizon::Fresh);
    FilterFit { history: &history, kind, horizon, from, until, steps: 8, threads: 2 }.run(&Silent)
}

#[test]
fn a_fit_is_better_on_its_matches_and_sees_no_later_ones() {
    let world = World::invented(1_500);
    let middle = world.kickoffs()[700];
    let record = fit(&world, middle).unwrap();
    assert!(record.fitted.log_loss < record.start.log_loss - 1e-4, "{record:?}");
    assert_ne!(record.fitted.parameters, record.start.parameters);
    // Results of matches of the last days become known after them.
    let later = middle.timestamp() + 2 * DAY;
    let other = fit(&world.scrambled(later, 7), middle).unwrap();
    assert_eq!(FilterRecord { data_hash: record.data_hash.clone(), ..other }, record);
    assert_eq!(fit(&world, middle).unwrap(), record, "fitting again gives the same");
}

#[test]
fn a_fit_without_matches_says_what_to_do() {
    let error = fit(&World::invented(50), DateTime::UNIX_EPOCH).unwrap_err().to_string();
    assert!(error.contains("ingest matches of that time"), "{error}");
}
