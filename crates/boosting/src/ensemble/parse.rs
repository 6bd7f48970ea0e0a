//! LightGBM's text model, version 4, read without trust: any text gives a model or a [`ParseError`].
//!
//! The format is that of `GBDT::SaveModelToString` (LightGBM 4): a header of `key=value` lines, a section per tree,
//! `end of trees`, then importances and parameters, which are kept but not read.

use std::collections::HashMap;
use std::str::FromStr;

use super::forest::{Forest, Leaf, Missing, Split};
use super::{Importance, TreeEnsemble};
use crate::{MAX_CLASSES, MAX_FEATURES, MAX_LEAVES, MAX_TREES, Objective};

/// Why a text is not a model that this crate can run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The text is something else.
    #[error("not a LightGBM model: the first line must be `tree`; pass what `save_model` or `to_text` wrote")]
    NotAModel,
    /// The text stops early.
    #[error("the model text ends before `end of trees`: the file is truncated, copy it again")]
    Truncated,
    /// A line is missing.
    #[error("{place}: no line `{key}=...`; the file is damaged or not from LightGBM 4")]
    MissingKey {
        /// `header` or `tree N`.
        place: String,
        /// The key.
        key: &'static str,
    },
    /// A line that is not understood, or appears twice.
    #[error("line {line}: {problem}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// A value that is not what it should be.
    #[error("{place}: `{key}` {problem}")]
    Value {
        /// `header` or `tree N`.
        place: String,
        /// The key.
        key: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A sound model of a kind that native inference does not run.
    #[error(
        "{place}: {what} is not supported; train with numerical features, plain leaves and objective multiclass or poisson"
    )]
    Unsupported {
        /// `header` or `tree N`.
        place: String,
        /// The kind.
        what: String,
    },
    /// Splits and leaves that do not form a tree.
    #[error("tree {tree}: {problem}")]
    Tree {
        /// Number of the tree, from 0.
        tree: usize,
        /// What is wrong.
        problem: &'static str,
    },
}

/// The `key=value` lines of the header or of one tree.
struct Section<'t> {
    place: String,
    values: HashMap<&'t str, &'t str>,
}

impl<'t> Section<'t> {
    fn new(place: String) -> Self {
        Self { place, values: HashMap::new() }
    }

    fn insert(&mut self, line: usize, text: &'t str) -> Result<(), ParseError> {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        match self.values.insert(key, value) {
            None => Ok(()),
            Some(_) => Err(ParseError::Line { line, problem: "the key appears twice in its section" }),
        }
    }

    fn text(&self, key: &'static str) -> Result<&'t str, ParseError> {
        let missing = || ParseError::MissingKey { place: self.place.clone(), key };
        self.values.get(key).copied().ok_or_else(missing)
    }

    fn wrong(&self, key: &'static str, problem: impl Into<String>) -> ParseError {
        ParseError::Value { place: self.place.clone(), key, problem: problem.into() }
    }

    fn unsupported(&self, what: impl Into<String>) -> ParseError {
        ParseError::Unsupported { place: self.place.clone(), what: what.into() }
    }

    fn number<T: FromStr>(&self, key: &'static str) -> Result<T, ParseError> {
        self.text(key)?.trim().parse().map_err(|_| self.wrong(key, "is not a number in range"))
    }

    /// Exactly `len` numbers separated by blanks.
    fn list<T: FromStr>(&self, key: &'static str, len: usize) -> Result<Vec<T>, ParseError> {
        let values: Vec<T> = self
            .text(key)?
            .split_ascii_whitespace()
            .take(len + 1)
            .map(|word| {
                word.parse().map_err(|_| self.wrong(key, "holds something that is not a number in range"))
            })
            .collect::<Result<_, _>>()?;
        if values.len() == len {
            Ok(values)
        } else {
            Err(self.wrong(key, format!("must hold {len} numbers, as `num_leaves` demands")))
        }
    }
}

/// Reads a model and keeps its text.
pub(super) fn parse(text: &str) -> Result<TreeEnsemble, ParseError> {
    let mut lines = (1..).zip(text.lines());
    if lines.next().is_none_or(|(_, first)| first.trim_end() != "tree") {
        return Err(ParseError::NotAModel);
    }
    let mut section = Section::new("header".into());
    let mut header: Option<Header> = None;
    let mut trees = Trees::default();
    for (number, line) in lines {
        let line = line.trim_end();
        let ends = line == "end of trees";
        if ends || line.starts_with("Tree=") {
            match &header {
                None => header = Some(Header::read(&section)?),
                Some(header) => trees.read(&section, header)?,
            }
            if ends {
                let header = header.ok_or(ParseError::Truncated)?;
                return trees.finish(header, text);
            }
            if line["Tree=".len()..] != trees.forest.len().to_string() {
                return Err(ParseError::Line {
                    line: number,
                    problem: "trees are not numbered 0, 1, 2, ...",
                });
            }
            section = Section::new(format!("tree {}", trees.forest.len()));
        } else if !line.is_empty() {
            section.insert(number, line)?;
        }
    }
    Err(ParseError::Truncated)
}

struct Header {
    objective: Objective,
    feature_names: Vec<String>,
}

impl Header {
    fn read(section: &Section<'_>) -> Result<Self, ParseError> {
        if !matches!(section.text("version")?, "v3" | "v4") {
            return Err(section.wrong("version", "must be v3 or v4"));
        }
        if section.values.contains_key("average_output") {
            return Err(section.unsupported("a random forest (`average_output`)"));
        }
        let objective = Self::objective(section)?;
        if section.number::<usize>("num_tree_per_iteration")? != objective.outputs() {
            return Err(section.wrong("num_tree_per_iteration", "contradicts the objective"));
        }
        let columns = section.number::<usize>("max_feature_idx")?.saturating_add(1);
        if columns > MAX_FEATURES {
            return Err(section.wrong("max_feature_idx", format!("must be below {MAX_FEATURES}")));
        }
        let feature_names: Vec<String> =
            section.text("feature_names")?.split_ascii_whitespace().map(str::to_owned).collect();
        if feature_names.len() != columns {
            return Err(section
                .wrong("feature_names", format!("must hold {columns} names, as `max_feature_idx` says")));
        }
        Ok(Self { objective, feature_names })
    }

    fn objective(section: &Section<'_>) -> Result<Objective, ParseError> {
        let text = section.text("objective")?;
        let classes: usize = section.number("num_class")?;
        let mut words = text.split_ascii_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("multiclass"), Some(word), None)
                if word.strip_prefix("num_class:").is_some_and(|found| found.parse() == Ok(classes)) =>
            {
                if (2..=MAX_CLASSES).contains(&classes) {
                    Ok(Objective::Multiclass { classes })
                } else {
                    Err(section.wrong("num_class", format!("must be from 2 to {MAX_CLASSES}")))
                }
            }
            (Some("poisson"), None, None) if classes == 1 => Ok(Objective::Poisson),
            _ => Err(section.unsupported(format!("objective `{text}` with {classes} classes"))),
        }
    }
}

#[derive(Default)]
struct Trees {
    forest: Forest,
    importances: Vec<Importance>,
}

impl Trees {
    fn read(&mut self, section: &Section<'_>, header: &Header) -> Result<(), ParseError> {
        let tree = self.forest.len();
        if tree == MAX_TREES {
            return Err(ParseError::Tree { tree, problem: "more than 1,000,000 trees" });
        }
        if section.number::<usize>("num_cat")? != 0 {
            return Err(section.unsupported("a categorical split"));
        }
        if section.values.get("is_linear").is_some_and(|value| value.trim() != "0") {
            return Err(section.unsupported("a linear model in the leaves"));
        }
        let count: usize = section.number("num_leaves")?;
        if !(1..=MAX_LEAVES).contains(&count) {
            return Err(section.wrong("num_leaves", format!("must be from 1 to {MAX_LEAVES}")));
        }
        let leaves = leaves(section, count)?;
        self.importances.resize(header.feature_names.len(), Importance::default());
        let splits = if count == 1 { Vec::new() } else { self.splits(section, header, count - 1)? };
        self.forest.push(&splits, &leaves).map_err(|problem| ParseError::Tree { tree, problem })
    }

    fn splits(
        &mut self,
        section: &Section<'_>,
        header: &Header,
        count: usize,
    ) -> Result<Vec<Split>, ParseError> {
        let features: Vec<usize> = section.list("split_feature", count)?;
        let gains: Vec<f64> = section.list("split_gain", count)?;
        let thresholds: Vec<f64> = section.list("threshold", count)?;
        let decisions: Vec<u8> = section.list("decision_type", count)?;
        let left: Vec<i32> = section.list("left_child", count)?;
        let right: Vec<i32> = section.list("right_child", count)?;
        let covers: Vec<u32> = section.list("internal_count", count)?;
        let mut splits = Vec::with_capacity(count);
        for index in 0..count {
            let (feature, threshold, cover) = (features[index], thresholds[index], covers[index]);
            if feature >= header.feature_names.len() {
                return Err(section.wrong("split_feature", format!("{feature} is not a column")));
            }
            if threshold.is_nan() {
                return Err(section.wrong("threshold", "is not a number"));
            }
            if cover == 0 {
                return Err(section.wrong("internal_count", "has a split without rows"));
            }
            let (missing, default_left) =
                decision(section, decisions[index], &header.feature_names[feature])?;
            let children = [left[index], right[index]];
            splits.push(Split { feature, threshold, missing, default_left, children, cover });
            let importance = &mut self.importances[feature];
            importance.splits += 1;
            importance.gain += gains[index];
        }
        Ok(splits)
    }

    fn finish(self, header: Header, text: &str) -> Result<TreeEnsemble, ParseError> {
        let (trees, outputs) = (self.forest.len(), header.objective.outputs());
        if trees == 0 || !trees.is_multiple_of(outputs) {
            let problem = "the number of trees is not a positive multiple of the outputs";
            return Err(ParseError::Tree { tree: trees, problem });
        }
        Ok(TreeEnsemble {
            objective: header.objective,
            feature_names: header.feature_names,
            forest: self.forest,
            importances: self.importances,
            text: text.to_owned(),
        })
    }
}

fn leaves(section: &Section<'_>, count: usize) -> Result<Vec<Leaf>, ParseError> {
    let values: Vec<f64> = section.list("leaf_value", count)?;
    if values.iter().any(|value| !value.is_finite()) {
        return Err(section.wrong("leaf_value", "is not finite"));
    }
    // A single leaf stands for a constant and may lack its count.
    let covers: Vec<u32> = if count == 1 { vec![0] } else { section.list("leaf_count", count)? };
    if count > 1 && covers.contains(&0) {
        return Err(section.wrong("leaf_count", "has a leaf without rows"));
    }
    Ok(values.into_iter().zip(covers).map(|(value, cover)| Leaf { value, cover }).collect())
}

/// LightGBM's `decision_type`: bit 0 categorical, bit 1 default left, bits 2 and 3 the kind of missing value.
fn decision(section: &Section<'_>, bits: u8, feature: &str) -> Result<(Missing, bool), ParseError> {
    if bits & 1 != 0 {
        return Err(section.unsupported(format!("a categorical split on `{feature}`")));
    }
    let missing = match bits >> 2 {
        0 => Missing::None,
        1 => Missing::Zero,
        2 => Missing::Nan,
        _ => return Err(section.wrong("decision_type", format!("{bits} is unknown"))),
    };
    Ok((missing, bits & 2 != 0))
}
