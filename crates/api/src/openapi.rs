//! What the OpenAPI document says beside the routes, which [`openapi()`](crate::openapi()) adds.

mod forms;

use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{self, Content, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};

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
        (name = "data", description = "Data in and out: imports, and exports of any size"),
        (name = "live", description = "Running matches"),
        (name = "bets", description = "What a strategy would bet, on paper. Most strategies lose"),
        (name = "automation", description = "What runs by itself: jobs, flows, the timetable, and alerts"),
        (name = "quality", description = "Whether the data can be trusted: scores, findings, decisions"),
        (name = "lineage", description = "Which jobs read and write which datasets, as Marquez answers: without the envelope"),
        (name = "accounts", description = "Logging in and out"),
        (name = "administration", description = "Accounts, keys and the audit log"),
        (name = "operations", description = "Health"),
    ),
    modifiers(&Proofs),
)]
pub(crate) struct Document;

/// The document of all routes, with what they do not say themselves.
pub(crate) fn completed(document: openapi::OpenApi) -> openapi::OpenApi {
    forms::with_forms(with_layers(document))
}

/// Adds what the layers around the handlers may answer to every operation that they guard, and that a key proves as much as a token.
fn with_layers(mut document: openapi::OpenApi) -> openapi::OpenApi {
    const OF_ALL: [(&str, &str); 4] = [
        ("401", "The token or key does not count"),
        ("414", "Path and query are too long"),
        ("429", "Too many requests; `Retry-After` says when to come again"),
        ("503", "As much is being done as this server does at a time, or the store is away; `Retry-After`"),
    ];
    const OF_BODIES: [(&str, &str); 3] = [
        ("400", "A header or the body cannot be used"),
        ("408", "The body came too slowly"),
        ("413", "The body is too large"),
    ];
    let guarded = document.paths.paths.iter_mut().filter(|(path, _)| path.starts_with("/api/"));
    for (_, item) in guarded {
        let reading = item.get.iter_mut().map(|operation| (operation, &OF_BODIES[..0]));
        let writing = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        let writing = writing.into_iter().flatten().map(|operation| (operation, &OF_BODIES[..]));
        for (operation, of_bodies) in reading.chain(writing) {
            for (status, description) in OF_ALL.iter().chain(of_bodies) {
                let failure = Content::new(Some(Ref::from_schema_name("Failure")));
                let response =
                    ResponseBuilder::new().description(*description).content("application/json", failure);
                operation.responses.responses.entry((*status).to_owned()).or_insert_with(|| response.into());
            }
            if let Some(proofs) = &mut operation.security {
                proofs.push(SecurityRequirement::new("api_key", [""; 0]));
            }
        }
    }
    document
}

/// Says how whoever asks proves who it is.
struct Proofs;

impl Modify for Proofs {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        let key = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-API-Key")));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", token);
        components.add_security_scheme("api_key", key);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_changes_only_on_purpose() {
        let mut document = serde_json::to_value(crate::openapi()).unwrap();
        document["info"]["version"] = "of the package".into();
        insta::assert_json_snapshot!("openapi", document);
    }

    #[test]
    fn the_scopes_of_a_key_are_the_permissions_that_there_are() {
        let document = serde_json::to_value(crate::openapi()).unwrap();
        let names = touchline_domain::Permission::ALL.map(|(_, name)| name);
        assert_eq!(document["components"]["schemas"]["Scope"]["enum"], serde_json::json!(names));
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
