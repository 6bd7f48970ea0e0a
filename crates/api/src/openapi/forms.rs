//! What texts in queries may be, where their routes say no more: times are dates or RFC 3339, and every other text is something that
//! can be read.

use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::schema::{AnyOfBuilder, KnownFormat, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{self, Object, ObjectBuilder, RefOr, Schema};

/// Parameters that are times.
const TIMES: [&str; 3] = ["as_of", "from", "to"];
/// At least one character that is seen, and no control characters: what `extract::text` takes.
const TEXT: &str = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";

/// Says of every text of a query what it may be.
pub(crate) fn with_forms(mut document: openapi::OpenApi) -> openapi::OpenApi {
    let operations = document.paths.paths.values_mut().flat_map(|item| {
        [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
            .into_iter()
            .flatten()
    });
    let parameters = operations.flat_map(|operation| operation.parameters.iter_mut().flatten());
    for parameter in parameters {
        let RefOr::T(parameter) = parameter else { continue };
        let Some(RefOr::T(schema)) = &mut parameter.schema else { continue };
        if parameter.parameter_in != ParameterIn::Query {
            continue;
        }
        if TIMES.contains(&parameter.name.as_str()) {
            *schema = time(schema);
        } else if let Schema::Object(object) = schema
            && is_text(object)
        {
            object.min_length.get_or_insert(1);
            object.pattern = Some(TEXT.to_owned());
        }
    }
    document
}

/// A text of which nothing is said.
fn is_text(object: &Object) -> bool {
    let is_text = match &object.schema_type {
        SchemaType::Type(kind) => *kind == Type::String,
        SchemaType::Array(kinds) => kinds.contains(&Type::String),
        SchemaType::AnyValue => false,
    };
    is_text && object.pattern.is_none() && object.enum_values.is_none() && object.format.is_none()
}

/// A date, which means its start, or a time.
fn time(written: &Schema) -> Schema {
    let form = |format| {
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format))).build()
    };
    let example = if let Schema::Object(object) = written { object.example.clone() } else { None };
    let forms = AnyOfBuilder::new().item(form(KnownFormat::Date)).item(form(KnownFormat::DateTime));
    Schema::AnyOf(forms.examples(example).build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{text, time};
    use regex::Regex;
    use serde_json::Value;

    #[test]
    fn no_text_of_a_query_goes_without_a_form() {
        let document = serde_json::to_value(crate::openapi()).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for operation in item.as_object().unwrap().values() {
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let schema = &parameter["schema"];
                    let is_text = schema["type"] == "string" && parameter["in"] == "query";
                    let has_form = ["pattern", "enum", "format"].iter().any(|key| schema.get(*key).is_some());
                    assert!(has_form || !is_text, "{path} {}", parameter["name"]);
                }
            }
        }
        let as_of = document["paths"]["/api/v1/news"]["get"]["parameters"].as_array().unwrap();
        let as_of = as_of.iter().find(|parameter| parameter["name"] == "as_of").unwrap();
        let formats: Vec<&Value> =
            as_of["schema"]["anyOf"].as_array().unwrap().iter().map(|s| &s["format"]).collect();
        assert_eq!(formats, ["date", "date-time"]);
    }

    #[test]
    fn what_the_form_of_a_text_takes_is_taken_and_nothing_else() {
        let form = Regex::new(TEXT).unwrap();
        for given in ["a", " a ", "ä b", "\u{a0}x", "", " ", "a\nb", "\u{85}", "a\u{7f}", "\u{3000}"] {
            let taken = text("it", Some(given.to_owned()), 100).is_ok();
            assert_eq!(form.is_match(given), taken, "{given:?}");
        }
        for given in ["2024-02-29", "2024-05-04T14:00:00Z", "2024-05-04T14:00:00.5+05:30"] {
            assert!(time("it", Some(given)).is_ok(), "{given}");
        }
    }
}
