//! What the OpenAPI document says beside the routes, which [`openapi()`](crate::openapi()) adds.

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "touchline",
        description = "Football match forecasts: calibrated probabilities, expected goals and the score grid behind them.\n\nEvery answer comes in an envelope: `success`, `data`, `message`, `timestamp`, and on failure `error` with a stable `code`. Lists are paged by `cursor`. Answers with data carry an `ETag`; send it as `If-None-Match`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "forecasts", description = "Forecasts and the model behind them"),
        (name = "matches", description = "Leagues, teams, matches and odds"),
        (name = "bets", description = "What a strategy would bet, on paper. Most strategies lose"),
        (name = "operations", description = "Health"),
    )
)]
pub(crate) struct Document;

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_changes_only_on_purpose() {
        let mut document = serde_json::to_value(crate::openapi()).unwrap();
        document["info"]["version"] = "of the package".into();
        insta::assert_json_snapshot!("openapi", document);
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let document = serde_json::to_value(crate::openapi()).unwrap();
        let paths = document["paths"].as_object().unwrap().values();
        let mut names: Vec<&str> = paths
            .flat_map(|path| path.as_object().unwrap().values())
            .map(|operation| operation["operationId"].as_str().unwrap())
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(count >= 11);
    }
}
