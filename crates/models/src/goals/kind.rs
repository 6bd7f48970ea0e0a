//! All families by name, for callers that choose one at run time.

use super::{
    BivariatePoisson, ConwayMaxwellPoisson, Diagonal, DiagonalInflated, DixonColes, DoublePoisson, FitConfig,
    FitError, GoalForecaster, GoalMatches, NegativeBinomial, Poisson, ScoreFamily, Skellam, WeibullCopula,
    ZeroInflatedPoisson,
};

/// A goal model by name.
///
/// ```
/// use touchline_models::goals::GoalModelKind;
/// assert_eq!("dixon_coles".parse(), Ok(GoalModelKind::DixonColes));
/// assert!(GoalModelKind::ALL.iter().all(|kind| kind.name().parse() == Ok(*kind)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum GoalModelKind {
    /// [`Poisson`].
    Poisson,
    /// [`DixonColes`].
    DixonColes,
    /// [`BivariatePoisson`].
    BivariatePoisson,
    /// [`DiagonalInflated`] with a geometric diagonal.
    DiagonalInflated,
    /// [`NegativeBinomial`].
    NegativeBinomial,
    /// [`ZeroInflatedPoisson`].
    ZeroInflatedPoisson,
    /// [`ConwayMaxwellPoisson`].
    ConwayMaxwellPoisson,
    /// [`DoublePoisson`].
    DoublePoisson,
    /// [`Skellam`].
    Skellam,
    /// [`WeibullCopula`].
    WeibullCopula,
}

/// A name that no goal model has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no goal model is called {0}; there are {names}", names = GoalModelKind::ALL.map(GoalModelKind::name).join(", "))]
pub struct UnknownGoalModel(String);

impl GoalModelKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Poisson,
        Self::DixonColes,
        Self::BivariatePoisson,
        Self::DiagonalInflated,
        Self::NegativeBinomial,
        Self::ZeroInflatedPoisson,
        Self::ConwayMaxwellPoisson,
        Self::DoublePoisson,
        Self::Skellam,
        Self::WeibullCopula,
    ];

    /// The name in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Poisson => Poisson::NAME,
            Self::DixonColes => DixonColes::NAME,
            Self::BivariatePoisson => BivariatePoisson::NAME,
            Self::DiagonalInflated => DiagonalInflated::NAME,
            Self::NegativeBinomial => NegativeBinomial::NAME,
            Self::ZeroInflatedPoisson => ZeroInflatedPoisson::NAME,
            Self::ConwayMaxwellPoisson => ConwayMaxwellPoisson::NAME,
            Self::DoublePoisson => DoublePoisson::NAME,
            Self::Skellam => Skellam::NAME,
            Self::WeibullCopula => WeibullCopula::NAME,
        }
    }

    /// Fits the model.
    ///
    /// # Errors
    /// As [`ScoreFamily::fit`].
    pub fn fit(self, matches: &GoalMatches, config: &FitConfig) -> Result<Box<dyn GoalForecaster>, FitError> {
        fn boxed<F: ScoreFamily + 'static>(
            family: &F,
            matches: &GoalMatches,
            config: &FitConfig,
        ) -> Result<Box<dyn GoalForecaster>, FitError> {
            Ok(Box::new(family.fit(matches, config)?))
        }
        match self {
            Self::Poisson => boxed(&Poisson, matches, config),
            Self::DixonColes => boxed(&DixonColes, matches, config),
            Self::BivariatePoisson => boxed(&BivariatePoisson, matches, config),
            Self::DiagonalInflated => {
                boxed(&DiagonalInflated { diagonal: Diagonal::Geometric }, matches, config)
            }
            Self::NegativeBinomial => boxed(&NegativeBinomial, matches, config),
            Self::ZeroInflatedPoisson => boxed(&ZeroInflatedPoisson, matches, config),
            Self::ConwayMaxwellPoisson => boxed(&ConwayMaxwellPoisson, matches, config),
            Self::DoublePoisson => boxed(&DoublePoisson, matches, config),
            Self::Skellam => boxed(&Skellam, matches, config),
            Self::WeibullCopula => boxed(&WeibullCopula, matches, config),
        }
    }
}

impl std::str::FromStr for GoalModelKind {
    type Err = UnknownGoalModel;

    fn from_str(name: &str) -> Result<Self, UnknownGoalModel> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownGoalModel(name.to_owned()))
    }
}

impl std::fmt::Display for GoalModelKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
