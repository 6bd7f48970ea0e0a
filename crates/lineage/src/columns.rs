//! Which columns a column comes from, where that is known: by the maps of readers and by the definitions of features, never by
//! a guess.

use crate::{Catalogue, Dataset};
use std::collections::BTreeMap;
use touchline_domain::ports::NodeName;

/// A column that another comes from, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub dataset: NodeName,
    pub column: String,
    pub how: How,
}

/// How a value becomes another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// It is taken as it is, put into the type of its column.
    Taken,
    /// It is computed.
    Computed,
}

/// Columns of a dataset with those that they come from.
pub(crate) type ColumnOrigins = BTreeMap<String, Vec<Origin>>;

/// A column or a dataset, each with columns that it comes from.
type Columns = &'static [(&'static str, &'static [&'static str])];

const RESULT: Columns = &[(
    "matches",
    &[
        "league_id",
        "home_team_id",
        "away_team_id",
        "match_time",
        "home_score",
        "away_score",
        "neutral_ground",
    ],
)];
const COUNTED: &[(&str, &[&str])] = &[
    ("matches", &["home_team_id", "away_team_id", "match_time"]),
    (
        "match_stats",
        &[
            "home_shots",
            "away_shots",
            "home_shots_on_target",
            "away_shots_on_target",
            "home_corners",
            "away_corners",
            "home_yellow_cards",
            "away_yellow_cards",
            "home_red_cards",
            "away_red_cards",
        ],
    ),
];
const PRICED: &[(&str, &[&str])] = &[(
    "odds",
    &[
        "home_thousandths",
        "draw_thousandths",
        "away_thousandths",
        "over_thousandths",
        "under_thousandths",
        "line_quarters",
        "known_at",
    ],
)];
const SQUADS: &[(&str, &[&str])] =
    &[("lineups", &["match_id", "side", "known_at"]), ("injuries", &["match_id", "side", "known_at"])];

/// What a family of features reads.
fn read_by(family: &str) -> Columns {
    match family {
        "counts" | "averages" => COUNTED,
        "earlier" | "market" | "closing" => PRICED,
        "lineups" => SQUADS,
        _ => RESULT,
    }
}

/// The columns of sources whose form is fixed, with the columns of matches that they become.
const SOURCES: [(&str, Columns); 2] = [
    (
        "football-data",
        &[
            ("league_id", &["Div"]),
            ("match_time", &["Date", "Time"]),
            ("home_team_id", &["HomeTeam"]),
            ("away_team_id", &["AwayTeam"]),
            ("home_score", &["FTHG"]),
            ("away_score", &["FTAG"]),
            ("home_ht_score", &["HTHG"]),
            ("away_ht_score", &["HTAG"]),
            ("referee", &["Referee"]),
        ],
    ),
    (
        "challenge",
        &[
            ("season", &["Sea"]),
            ("league_id", &["Lge"]),
            ("match_time", &["Date"]),
            ("home_team_id", &["HT"]),
            ("away_team_id", &["AT"]),
            ("home_score", &["HS"]),
            ("away_score", &["AS"]),
        ],
    ),
];

/// Where the columns of a dataset come from that a job writes; nothing where that is not known.
pub(crate) fn origins(
    catalogue: &Catalogue,
    job: &str,
    output: &Dataset,
    sources: &[String],
) -> ColumnOrigins {
    match (job, output.name.as_str()) {
        (_, "features") => of_features(catalogue, output),
        ("prediction", "predictions") => of_predictions(catalogue),
        ("ingest" | "fixtures_collection" | "reprocess", "matches") => of_matches(catalogue, sources),
        _ => ColumnOrigins::new(),
    }
}

fn of_features(catalogue: &Catalogue, output: &Dataset) -> ColumnOrigins {
    let of_field = |family: &str| {
        let read = read_by(family).iter();
        read.flat_map(|(dataset, columns)| {
            let dataset = catalogue.node(dataset);
            columns.iter().map(move |column| Origin {
                dataset: dataset.clone(),
                column: (*column).to_owned(),
                how: How::Computed,
            })
        })
        .collect()
    };
    let fields = output.fields.iter();
    fields.filter_map(|field| Some((field.name.clone(), of_field(field.family.as_deref()?)))).collect()
}

fn of_predictions(catalogue: &Catalogue) -> ColumnOrigins {
    let taken = |dataset: &str, column: &str| Origin {
        dataset: catalogue.node(dataset),
        column: column.to_owned(),
        how: How::Taken,
    };
    let features = catalogue.dataset("features").map_or(&[][..], |features| &features.fields);
    let all: Vec<Origin> = features
        .iter()
        .map(|field| Origin { how: How::Computed, ..taken("features", &field.name) })
        .collect();
    let mut origins = ColumnOrigins::new();
    for column in ["home_win_probability", "draw_probability", "away_win_probability"] {
        origins.insert(column.to_owned(), all.clone());
    }
    for (column, dataset, from) in [
        ("match_id", "matches", "id"),
        ("match_time", "matches", "match_time"),
        ("model_name", "model_versions", "name"),
        ("model_version", "model_versions", "version"),
        ("manifest_hash", "model_versions", "manifest_hash"),
    ] {
        origins.insert(column.to_owned(), vec![taken(dataset, from)]);
    }
    origins.retain(|_, from| !from.is_empty());
    origins
}

fn of_matches(catalogue: &Catalogue, sources: &[String]) -> ColumnOrigins {
    let mut origins = ColumnOrigins::new();
    let known = SOURCES.iter().filter(|(name, _)| sources.iter().any(|source| source == name));
    for (source, columns) in known {
        let dataset = catalogue.node(&format!("source:{source}"));
        for (column, from) in *columns {
            let from = from.iter().map(|from| Origin {
                dataset: dataset.clone(),
                column: (*from).to_owned(),
                how: if column.ends_with("_score") { How::Taken } else { How::Computed },
            });
            origins.entry((*column).to_owned()).or_default().extend(from);
        }
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;

    #[test]
    fn columns_that_others_come_from_are_there() {
        let features = vec![
            Field {
                name: "a".into(),
                kind: "number".into(),
                meaning: "x".into(),
                family: Some("counts".into()),
            },
            Field {
                name: "b".into(),
                kind: "number".into(),
                meaning: "x".into(),
                family: Some("market".into()),
            },
            Field {
                name: "c".into(),
                kind: "number".into(),
                meaning: "x".into(),
                family: Some("lineups".into()),
            },
            Field {
                name: "d".into(),
                kind: "number".into(),
                meaning: "x".into(),
                family: Some("form".into()),
            },
        ];
        let catalogue = Catalogue::new(features);
        let sources = ["football-data".to_owned(), "challenge".to_owned()];
        for (job, output) in
            [("feature_calculation", "features"), ("prediction", "predictions"), ("ingest", "matches")]
        {
            let dataset = catalogue.dataset(output).unwrap();
            let found = origins(&catalogue, job, dataset, &sources);
            assert!(found.len() > 3, "{output}");
            for (column, from) in &found {
                assert!(dataset.fields.iter().any(|field| field.name == *column), "{output}.{column}");
                for origin in from.iter().filter(|origin| origin.dataset.namespace != crate::SOURCES) {
                    let dataset = catalogue.of_node(&origin.dataset).unwrap();
                    assert!(dataset.fields.iter().any(|field| field.name == origin.column), "{origin:?}");
                }
            }
        }
        assert!(origins(&catalogue, "ingest", catalogue.dataset("odds").unwrap(), &sources).is_empty());
    }
}
