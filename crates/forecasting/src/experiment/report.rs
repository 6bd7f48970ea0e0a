//! What an experiment has shown.

use serde::Serialize;
use touchline_domain::ports::{Experiment, ExperimentArm, ExperimentReader, RecordedPair, StoreError};
use touchline_domain::{Forecast, Outcome};
use touchline_models::metrics::{Comparison, MeanScore, ScoringRule, SequentialInterval};

/// Matches before which nothing is said: intervals are asymptotic.
const FEWEST: usize = 30;
/// Probability that the interval ever misses the true difference.
const ALPHA: f64 = 0.05;
/// Matches at which the interval is narrowest: about what a few leagues play in two months.
const NARROWEST: usize = 500;

/// Scores of one version on the matches of an experiment that are over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ArmScores {
    /// Ranked probability score.
    pub rps: MeanScore,
    /// Log loss.
    pub log_loss: MeanScore,
    /// Matches that this version answered.
    pub answered: usize,
}

/// The score of the treatment minus that of the control, on the same matches: below 0 where the treatment is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScoreDifference {
    /// The mean with its standard error.
    pub paired: Comparison,
    /// Covers the true mean in 95 of 100 experiments, however often it is looked at; none for fewer than two matches.
    pub interval: Option<SequentialInterval>,
}

/// What the ranked probability scores say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Too few matches are over.
    TooEarly,
    /// The interval holds 0.
    NoDifference,
    /// The treatment is better.
    TreatmentBetter,
    /// The control is better.
    ControlBetter,
}

/// What an experiment has shown until now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExperimentReport {
    /// The experiment.
    pub experiment: Experiment,
    /// Matches of which both forecast and that are over.
    pub matches: usize,
    /// Matches of which both forecast and that are to come, or run.
    pub waiting: usize,
    /// The champion of its beginning; none before a match is over.
    pub control: Option<ArmScores>,
    /// The version that is tried.
    pub treatment: Option<ArmScores>,
    /// Ranked probability scores compared.
    pub rps: Option<ScoreDifference>,
    /// Log losses compared.
    pub log_loss: Option<ScoreDifference>,
    /// What follows.
    pub verdict: Verdict,
    /// The same in words.
    pub words: String,
}

/// Compares what both versions of an experiment said before matches that are over.
///
/// # Errors
/// The store is not available, or holds scores that cannot be.
pub async fn report<S: ExperimentReader + ?Sized>(
    store: &S,
    experiment: Experiment,
) -> Result<ExperimentReport, StoreError> {
    let pairs = store.experiment_pairs(&experiment.id).await?;
    Ok(compare(experiment, &pairs))
}

/// One of the two forecasts.
type OfPair = fn(&RecordedPair) -> &Forecast;

fn compare(experiment: Experiment, pairs: &[RecordedPair]) -> ExperimentReport {
    let over: Vec<(&RecordedPair, Outcome)> =
        pairs.iter().filter_map(|pair| Some((pair, Outcome::of(pair.score?)))).collect();
    let scores = |rule: ScoringRule, of: OfPair| -> Vec<f64> {
        over.iter().map(|(pair, outcome)| rule.score(of(pair), *outcome)).collect()
    };
    let control: OfPair = |pair| &pair.pair.control;
    let treatment: OfPair = |pair| &pair.pair.treatment;
    let arm = |of, arm: ExperimentArm| {
        Some(ArmScores {
            rps: MeanScore::of(&scores(ScoringRule::Rps, of)).ok()?,
            log_loss: MeanScore::of(&scores(ScoringRule::LogLoss, of)).ok()?,
            answered: over.iter().filter(|(pair, _)| pair.pair.arm == arm).count(),
        })
    };
    let difference = |rule: ScoringRule| {
        let paired = Comparison::of(&scores(rule, treatment), &scores(rule, control)).ok()?;
        Some(ScoreDifference { paired, interval: SequentialInterval::of(&paired, ALPHA, NARROWEST).ok() })
    };
    let rps = difference(ScoringRule::Rps);
    let (verdict, words) = judged(over.len(), rps.as_ref());
    ExperimentReport {
        matches: over.len(),
        waiting: pairs.len() - over.len(),
        control: arm(control, ExperimentArm::Control),
        treatment: arm(treatment, ExperimentArm::Treatment),
        log_loss: difference(ScoringRule::LogLoss),
        rps,
        verdict,
        words,
        experiment,
    }
}

fn judged(matches: usize, rps: Option<&ScoreDifference>) -> (Verdict, String) {
    let after = match matches {
        1 => "1 match".to_owned(),
        n => format!("{n} matches"),
    };
    let found =
        rps.filter(|_| matches >= FEWEST).and_then(|rps| Some((rps.paired.difference, rps.interval?)));
    let Some((difference, interval)) = found else {
        return (Verdict::TooEarly, format!("nothing can be said after {after}: wait for {FEWEST}"));
    };
    if interval.holds_zero() {
        return (Verdict::NoDifference, format!("no difference shown after {after}"));
    }
    let (verdict, better) = if difference < 0.0 {
        (Verdict::TreatmentBetter, "the treatment is better")
    } else {
        (Verdict::ControlBetter, "the control is better")
    };
    let [near, far] =
        if difference < 0.0 { [-interval.high, -interval.low] } else { [interval.low, interval.high] };
    let by = difference.abs();
    (verdict, format!("{better}: RPS lower by {by:.5} ({near:.5} to {far:.5}) after {after}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::experiment;
    use super::*;
    use chrono::DateTime;
    use touchline_domain::ports::{ExperimentMode, ForecastPair};
    use touchline_domain::{MatchId, Score};

    /// Home wins half of the matches; the control always says so, and the treatment moves by `nearer` towards what happens, or
    /// away from it.
    fn played(n: i64, nearer: f64) -> Vec<RecordedPair> {
        let of = |n: i64| {
            let home_wins = n % 2 == 0;
            let towards = if home_wins { nearer } else { -nearer } * (1.0 + (n % 7) as f64 / 7.0);
            let forecast = |home: f64| Forecast::normalised([home, 0.2, 0.8 - home]).unwrap();
            RecordedPair {
                pair: ForecastPair {
                    match_id: MatchId(n),
                    arm: if n % 5 == 0 { ExperimentArm::Treatment } else { ExperimentArm::Control },
                    control: forecast(0.45),
                    treatment: forecast(0.45 + towards),
                },
                kickoff: DateTime::UNIX_EPOCH,
                score: Some(if home_wins { Score { home: 1, away: 0 } } else { Score { home: 0, away: 1 } }),
            }
        };
        (0..n).map(of).collect()
    }

    fn compared(pairs: &[RecordedPair]) -> ExperimentReport {
        compare(experiment("x", ExperimentMode::Split, 0.2), pairs)
    }

    #[test]
    fn both_arms_are_scored_on_the_same_matches() {
        let mut pairs = played(200, 0.02);
        pairs.push(RecordedPair { score: None, ..pairs[0] });
        let report = compared(&pairs);
        assert_eq!((report.matches, report.waiting), (200, 1));
        let (control, treatment) = (report.control.unwrap(), report.treatment.unwrap());
        assert_eq!((control.rps.matches, treatment.rps.matches), (200, 200));
        assert_eq!((control.answered, treatment.answered), (160, 40));
        let rps = report.rps.unwrap();
        assert!((rps.paired.difference - (treatment.rps.value - control.rps.value)).abs() < 1e-12);
        // Pairing takes out the luck of the results.
        assert!(rps.paired.standard_error < 0.5 * control.rps.standard_error);
        assert_eq!(report.verdict, Verdict::TreatmentBetter);
        assert!(report.words.starts_with("the treatment is better: RPS lower by 0.0"), "{}", report.words);
        assert!(report.words.ends_with("after 200 matches"), "{}", report.words);
        assert_eq!(compared(&played(200, -0.02)).verdict, Verdict::ControlBetter);
    }

    #[test]
    fn words_say_when_nothing_is_shown_and_when_it_is_too_early() {
        let none = compared(&[]);
        assert_eq!((none.verdict, none.control, none.rps), (Verdict::TooEarly, None, None));
        assert_eq!(none.words, "nothing can be said after 0 matches: wait for 30");
        assert_eq!(compared(&played(29, 0.1)).verdict, Verdict::TooEarly);
        // Right and wrong in turn.
        let mut pairs = played(214, 0.02);
        for pair in pairs.iter_mut().filter(|pair| pair.pair.match_id.0 % 4 < 2) {
            let [home, draw, away] = pair.pair.treatment.as_array();
            pair.pair.treatment = Forecast::new(0.9 - home, draw, away + 2.0 * home - 0.9).unwrap();
        }
        let report = compared(&pairs);
        assert_eq!(report.verdict, Verdict::NoDifference, "{:?}", report.rps);
        assert_eq!(report.words, "no difference shown after 214 matches");
    }
}
