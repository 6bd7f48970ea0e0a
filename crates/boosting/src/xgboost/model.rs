//! XGBoost's JSON model, rewritten as LightGBM's text: one format on disk, one inference, one set of SHAP values.
//!
//! XGBoost sends a value left where `x < c` and compares in f32; LightGBM where `x <= t`. With `t` the largest f32
//! below `c` both say the same of every f32. Leaf values are kept as they are; XGBoost adds them up in f32 and this
//! crate in f64, so raw scores agree to f32 rounding and not to the bit. XGBoost keeps no row counts: the sums of
//! second derivatives stand in for them, which is what its own SHAP values weigh by.
//!
//! Format: `doc/model.schema` of XGBoost 3.

use crate::{MAX_CLASSES, MAX_FEATURES, MAX_LEAVES, MAX_TREES, Objective, ParseError, TreeEnsemble};
use serde::Deserialize;
use std::fmt::Write;

/// Why a JSON is not an XGBoost model that this crate can run.
#[derive(Debug, thiserror::Error)]
pub enum XgBoostModelError {
    /// No JSON, or not of a model.
    #[error("not an XGBoost model: {0}; pass the JSON that `save_model` writes")]
    Json(#[from] serde_json::Error),
    /// A model of another kind.
    #[error("{0} is not supported; train gbtree with numerical features and multi:softprob or count:poisson")]
    Unsupported(String),
    /// Nodes that do not form a tree.
    #[error("tree {tree}: {problem}")]
    Tree {
        /// Number of the tree, from 0.
        tree: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// The rewritten model could not be read back.
    #[error("the rewritten model: {0}")]
    Model(#[from] ParseError),
}

#[derive(Deserialize)]
struct Document {
    learner: Learner,
}

#[derive(Deserialize)]
struct Learner {
    #[serde(default)]
    feature_names: Vec<String>,
    gradient_booster: Booster,
    #[serde(rename = "learner_model_param")]
    parameters: Parameters,
    objective: Named,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Parameters {
    num_class: String,
    num_feature: String,
}

#[derive(Deserialize)]
struct Booster {
    name: String,
    model: Trees,
}

#[derive(Deserialize)]
struct Trees {
    trees: Vec<Nodes>,
    tree_info: Vec<usize>,
}

/// One tree, a value per node; a leaf has no left child, and its value in `split_conditions`.
#[derive(Deserialize)]
struct Nodes {
    left_children: Vec<i32>,
    right_children: Vec<i32>,
    split_indices: Vec<usize>,
    split_conditions: Vec<f32>,
    default_left: Vec<u8>,
    sum_hessian: Vec<f32>,
    loss_changes: Vec<f32>,
    #[serde(default)]
    split_type: Vec<u8>,
}

/// Reads the JSON that XGBoost writes. The trees alone are kept: XGBoost's global starting score is not, as if the
/// model had been trained on initial scores.
///
/// # Errors
/// [`XgBoostModelError`]; any text gives a model or an error.
pub fn from_xgboost_json(json: &str) -> Result<TreeEnsemble, XgBoostModelError> {
    let Learner { feature_names, gradient_booster: booster, parameters, objective } =
        serde_json::from_str::<Document>(json)?.learner;
    let unsupported = |what: String| Err(XgBoostModelError::Unsupported(what));
    if booster.name != "gbtree" {
        return unsupported(format!("booster `{:.40}`", booster.name));
    }
    let number = |text: &str| text.parse::<usize>().unwrap_or(usize::MAX);
    let objective = match (objective.name.as_str(), number(&parameters.num_class)) {
        ("multi:softprob" | "multi:softmax", classes @ 2..=MAX_CLASSES) => Objective::Multiclass { classes },
        ("count:poisson", 0 | 1) => Objective::Poisson,
        (name, classes) => return unsupported(format!("objective `{name:.40}` with {classes} classes")),
    };
    let columns = number(&parameters.num_feature);
    if !(1..=MAX_FEATURES).contains(&columns) {
        return unsupported(format!("a model of {columns} columns"));
    }
    let names = if feature_names.len() == columns {
        feature_names
    } else {
        (0..columns).map(|n| format!("Column_{n}")).collect()
    };
    if names.iter().any(|name| name.is_empty() || !name.chars().all(|c| c.is_ascii_graphic() && c != '=')) {
        return unsupported("a column whose name is not plain".to_owned());
    }
    let Trees { trees, tree_info } = booster.model;
    let outputs = objective.outputs();
    if trees.len() > MAX_TREES || tree_info != (0..trees.len()).map(|n| n % outputs).collect::<Vec<_>>() {
        return unsupported("an order of trees other than one per class and round".to_owned());
    }
    let sections = trees
        .iter()
        .enumerate()
        .map(|(tree, nodes)| {
            let problem = |problem| XgBoostModelError::Tree { tree, problem };
            Ok(format!("Tree={tree}\n{}\n\n", nodes.rewrite().map_err(problem)?))
        })
        .collect::<Result<Vec<String>, XgBoostModelError>>()?;
    Ok(TreeEnsemble::from_text(&text(objective, &names, &sections))?)
}

fn text(objective: Objective, names: &[String], sections: &[String]) -> String {
    let objective_text = match objective {
        Objective::Multiclass { classes } => format!("multiclass num_class:{classes}"),
        Objective::Poisson => "poisson".to_owned(),
    };
    let outputs = objective.outputs();
    let sizes = join(sections.iter().map(String::len));
    // Ranges of the columns are not known; the widest is what LightGBM's readers accept.
    let ranges = join(names.iter().map(|_| "[-1e+308:1e+308]"));
    format!(
        "tree\nversion=v4\nnum_class={outputs}\nnum_tree_per_iteration={outputs}\nlabel_index=0\nmax_feature_idx={}\n\
         objective={objective_text}\nfeature_names={}\nfeature_infos={ranges}\ntree_sizes={sizes}\n\n{}end of trees\n\n\
         feature_importances:\n\nparameters:\n[boosting: gbdt]\nend of parameters\n\npandas_categorical:null\n",
        names.len() - 1,
        names.join(" "),
        sections.concat()
    )
}

fn join<T: ToString>(values: impl Iterator<Item = T>) -> String {
    values.map(|v| v.to_string()).collect::<Vec<_>>().join(" ")
}

/// LightGBM's numbering of one tree: splits and leaves apart, in the order in which a walk from the root finds them.
#[derive(Default)]
struct Walk {
    splits: Vec<usize>,
    leaves: Vec<usize>,
    /// Per node, its place: splits from 0 up, leaves from -1 down, as LightGBM writes children.
    place: Vec<i32>,
}

impl Nodes {
    fn rewrite(&self) -> Result<String, &'static str> {
        let walk = self.walk()?;
        let weights = self.weights(&walk);
        let leaf_values = join(walk.leaves.iter().map(|n| f64::from(self.split_conditions[*n])));
        let leaf_weights = join(walk.leaves.iter().map(|n| self.sum_hessian[*n]));
        let leaf_counts = join(walk.leaves.iter().map(|n| weights[*n]));
        let of_splits = |value: &dyn Fn(usize) -> String| join(walk.splits.iter().map(|n| value(*n)));
        let mut out = format!("num_leaves={}\nnum_cat=0\n", walk.leaves.len());
        let child = |children: &[i32], n: usize| walk.place[children[n] as usize].to_string();
        for (key, values) in [
            ("split_feature", of_splits(&|n| self.split_indices[n].to_string())),
            ("split_gain", of_splits(&|n| self.loss_changes[n].max(0.0).to_string())),
            ("threshold", of_splits(&|n| f64::from(self.split_conditions[n].next_down()).to_string())),
            // Missing values are NaN (8) and go left (2) where XGBoost sends them left.
            ("decision_type", of_splits(&|n| (8 + 2 * u8::from(self.default_left[n] != 0)).to_string())),
            ("left_child", of_splits(&|n| child(&self.left_children, n))),
            ("right_child", of_splits(&|n| child(&self.right_children, n))),
            ("leaf_value", leaf_values),
            ("leaf_weight", leaf_weights),
            ("leaf_count", leaf_counts),
            ("internal_value", of_splits(&|_| "0".to_owned())),
            ("internal_weight", of_splits(&|n| self.sum_hessian[n].to_string())),
            ("internal_count", of_splits(&|n| weights[n].to_string())),
            ("is_linear", "0".to_owned()),
            ("shrinkage", "1".to_owned()),
        ] {
            let _ = writeln!(out, "{key}={values}");
        }
        Ok(out)
    }

    fn walk(&self) -> Result<Walk, &'static str> {
        let count = self.left_children.len();
        let lengths = [
            self.right_children.len(),
            self.split_indices.len(),
            self.split_conditions.len(),
            self.default_left.len(),
            self.sum_hessian.len(),
            self.loss_changes.len(),
        ];
        if count == 0 || count > 2 * MAX_LEAVES || lengths.iter().any(|length| *length != count) {
            return Err("its lists are empty, too long, or of different lengths");
        }
        if self.split_type.iter().any(|kind| *kind != 0) {
            return Err("it splits on categories");
        }
        if self.split_conditions.iter().chain(&self.sum_hessian).any(|value| !value.is_finite()) {
            return Err("a threshold, leaf or weight is not finite");
        }
        let mut walk = Walk { place: vec![i32::MAX; count], ..Walk::default() };
        let mut open = vec![0];
        while let Some(node) = open.pop() {
            if walk.place[node] != i32::MAX {
                return Err("a node has two parents");
            }
            if self.left_children[node] == -1 {
                walk.leaves.push(node);
                walk.place[node] = -(walk.leaves.len() as i32);
                continue;
            }
            walk.place[node] = walk.splits.len() as i32;
            walk.splits.push(node);
            for child in [self.right_children[node], self.left_children[node]] {
                open.push(
                    usize::try_from(child).ok().filter(|c| *c < count).ok_or("a child does not exist")?,
                );
            }
        }
        Ok(walk)
    }

    /// Whole weights of at least 1, a split's the sum of its leaves'. Children follow their parents in the walk.
    fn weights(&self, walk: &Walk) -> Vec<u32> {
        let mut weights = vec![0_u32; self.left_children.len()];
        for leaf in &walk.leaves {
            weights[*leaf] = (self.sum_hessian[*leaf].round() as u32).max(1);
        }
        for split in walk.splits.iter().rev() {
            let [left, right] = [self.left_children[*split], self.right_children[*split]];
            weights[*split] = weights[left as usize].saturating_add(weights[right as usize]);
        }
        weights
    }
}

#[cfg(test)]
mod tests;
