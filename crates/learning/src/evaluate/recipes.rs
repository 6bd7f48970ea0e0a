//! Recipes as files: only what differs from the default is written down.

use crate::model::Recipe;
use serde_json::Value;

/// What a file describes: one recipe, as [`changed_recipe`] reads it, or `{"pool": [...]}` of several to be pooled.
///
/// # Errors
/// As [`changed_recipe`], or a pool that is no list of recipes.
pub fn described_recipes(recipe: &Recipe, description: &Value) -> Result<Vec<Recipe>, String> {
    let Some(pool) = description.get("pool") else { return Ok(vec![changed_recipe(recipe, description)?]) };
    match pool.as_array() {
        Some(members) if !members.is_empty() => members.iter().map(|m| changed_recipe(recipe, m)).collect(),
        _ => Err("a pool is a list of recipes, each an object of the settings that differ".to_owned()),
    }
}

/// The recipe with some of its settings changed: `changes` holds only what differs, by the names that a bundle's
/// manifest shows, such as `{"trees": {"rounds": 300}}`.
///
/// # Errors
/// A setting that does not exist, or a value that it cannot have.
pub fn changed_recipe(recipe: &Recipe, changes: &Value) -> Result<Recipe, String> {
    let mut settings = serde_json::to_value(recipe).map_err(|e| e.to_string())?;
    overlay(&mut settings, changes, "")?;
    serde_json::from_value(settings).map_err(|e| e.to_string())
}

fn overlay(settings: &mut Value, changes: &Value, above: &str) -> Result<(), String> {
    let (Value::Object(known), Value::Object(changes)) = (&mut *settings, changes) else {
        *settings = changes.clone();
        return Ok(());
    };
    for (name, change) in changes {
        let path = format!("{above}{name}");
        let Some(setting) = known.get_mut(name) else {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            return Err(format!("no setting is called {path}; known are {}", names.join(", ")));
        };
        overlay(setting, change, &format!("{path}."))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_changed_recipe_keeps_what_is_not_named() {
        let base = Recipe { seeds: 2, ..Recipe::default() };
        let changed = changed_recipe(&base, &json!({"trees": {"rounds": 300}, "warm_up_days": 1})).unwrap();
        let mut expected = base.clone();
        expected.trees.rounds = 300;
        expected.warm_up_days = 1;
        assert_eq!(changed, expected);
        assert_eq!(changed_recipe(&base, &json!({})).unwrap(), base);
    }

    #[test]
    fn a_pool_is_several_recipes_and_a_setting_that_is_off_can_be_given_whole() {
        let base = Recipe::default();
        let pool = json!({"pool": [{}, {"hidden": ["form"]}, {"xgboost": {"depth": 3}}]});
        let recipes = described_recipes(&base, &pool).unwrap();
        assert_eq!((recipes.len(), &recipes[0], recipes[1].hidden.len()), (3, &base, 1));
        assert_eq!(recipes[2].xgboost.as_ref().unwrap().depth, 3);
        assert_eq!(described_recipes(&base, &json!({"seeds": 9})).unwrap()[0].seeds, 9);
        for wrong in [json!({"pool": []}), json!({"pool": 3}), json!({"pool": [{"no": 1}]})] {
            assert!(described_recipes(&base, &wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn settings_that_do_not_exist_are_refused_with_those_that_do() {
        let of = |changes| changed_recipe(&Recipe::default(), &changes).unwrap_err();
        let unknown = of(json!({"trees": {"round": 3}}));
        assert!(unknown.contains("trees.round;") && unknown.contains("learning_rate"), "{unknown}");
        assert!(of(json!({"trees": {"rounds": "many"}})).contains("many"));
        assert!(!of(json!([1])).is_empty() && !of(json!({"trees": 3})).is_empty());
    }
}
