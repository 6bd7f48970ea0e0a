//! What a track is worth, in words.

use crate::backtest::track::Track;
use serde::{Deserialize, Serialize};
use touchline_models::metrics::{DeflatedSharpe, Interval, RealityCheck};

/// Fewer bets than this, or on fewer match days, say nothing.
const FEWEST_BETS: usize = 100;
const FEWEST_DAYS: usize = 30;
/// Luck as good as this or better happens so seldom that it is not believed.
const SIGNIFICANT: f64 = 0.05;

/// An imputed price that is older than this at the decision may no longer have stood.
const DOUBTFUL_AGE: i64 = 3600;

/// What a track is evidence of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// It made no bet.
    NoBets,
    /// It made too few to tell.
    TooFew,
    /// The interval of the yield lies above 0, and nothing speaks against it.
    Profit,
    /// The interval of the yield lies above 0, but prices were no better than closing ones: more likely luck.
    ProfitWithoutClosingValue,
    /// The interval of the yield lies above 0, but most bets rest on prices that nobody knows to have stood.
    ProfitAtDoubtfulPrices,
    /// The interval of the yield lies above 0, but the best of as many without merit would look as good.
    BestOfMany,
    /// The yield may be luck, but prices were better than closing ones.
    ClosingValueOnly,
    /// The yield may well be 0.
    NoEvidence,
    /// The interval of the yield lies below 0.
    Loss,
}

/// A verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it is.
    pub kind: VerdictKind,
    /// The same in a sentence.
    pub words: String,
}

/// A number with thousands apart.
fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn percent(x: f64) -> String {
    format!("{:+.1}%", 100.0 * x)
}

/// The verdict on one track alone.
pub(super) fn of(track: &Track, on_stakes: Option<&Interval>, closing: Option<&Interval>) -> Verdict {
    let (bets, days) = (track.bets.len(), track.days.len());
    let verdict = |kind, words| Verdict { kind, words };
    let Some(on_stakes) = on_stakes.filter(|_| bets > 0) else {
        return verdict(VerdictKind::NoBets, "it made no bet".to_owned());
    };
    let after = format!("after {} bets on {} match days", count(bets), count(days));
    let level = format!("{:.0}%", 100.0 * on_stakes.level);
    let range = format!(
        "yield {}, {level} interval {} to {}",
        percent(on_stakes.estimate),
        percent(on_stakes.low),
        percent(on_stakes.high)
    );
    if bets < FEWEST_BETS || days < FEWEST_DAYS {
        let words = format!("too few bets to tell: {} on {} match days ({range})", count(bets), count(days));
        return verdict(VerdictKind::TooFew, words);
    }
    if on_stakes.high < 0.0 {
        return verdict(VerdictKind::Loss, format!("evidence of loss {after} ({range})"));
    }
    let value = closing.map(|c| {
        let range = format!("{}, {} to {}", percent(c.estimate), percent(c.low), percent(c.high));
        (c, format!("closing-line value {range}"))
    });
    match value {
        Some((value, said)) if on_stakes.low > 0.0 && value.low <= 0.0 => verdict(
            VerdictKind::ProfitWithoutClosingValue,
            format!(
                "profit {after} ({range}), but its prices did not beat the closing line ({said}): luck is the likelier cause"
            ),
        ),
        Some((value, said)) if on_stakes.low <= 0.0 && value.low > 0.0 => verdict(
            VerdictKind::ClosingValueOnly,
            format!("no evidence of profit {after} ({range}); its prices beat the closing line ({said})"),
        ),
        _ if on_stakes.low > 0.0 && 2 * doubtful(track) > bets => verdict(
            VerdictKind::ProfitAtDoubtfulPrices,
            format!(
                "profit {after} ({range}), but {} of the bets are at prices of imputed times, more than an hour old when they \
                 were decided: nobody knows that these still stood",
                count(doubtful(track))
            ),
        ),
        _ if on_stakes.low > 0.0 => {
            verdict(VerdictKind::Profit, format!("evidence of profit {after} ({range})"))
        }
        _ => verdict(VerdictKind::NoEvidence, format!("no evidence of profit {after} ({range})")),
    }
}

/// Bets at prices that may no longer have stood.
fn doubtful(track: &Track) -> usize {
    track.bets.iter().filter(|b| b.imputed && b.price_age > DOUBTFUL_AGE).count()
}

impl Verdict {
    /// The verdict in view of how many were tried: profit that the best of so many without merit would show is none. The reality
    /// check speaks of the best alone: its probability stands with that one, and the others are no better than it.
    #[must_use]
    pub(in crate::backtest) fn among_many(
        self,
        check: Option<&RealityCheck>,
        deflated: Option<&DeflatedSharpe>,
        best: Best<'_>,
    ) -> Self {
        if self.kind != VerdictKind::Profit {
            return self;
        }
        let by_luck = check.filter(|check| check.spa_p_value >= SIGNIFICANT);
        let deflated = deflated.filter(|d| d.tried > 1 && d.probability < 1.0 - SIGNIFICANT);
        let reason = match (by_luck, deflated, best) {
            (Some(check), _, Best::This) => format!(
                "the best of {} variants without merit looks as good with probability {:.2} (SPA; reality check {:.2})",
                count(check.tried),
                check.spa_p_value,
                check.p_value
            ),
            (Some(check), _, Best::Other(name)) => format!(
                "{name}, the best of the {} variants that were tried, looks no better than luck makes the best of so many",
                count(check.tried)
            ),
            (None, Some(d), _) => format!(
                "deflated for {} variants tried, its Sharpe ratio is above luck with probability {:.2} only",
                count(d.tried),
                d.probability
            ),
            (None, None, _) => return self,
        };
        let words = self.words.replacen("evidence of profit", "no evidence of profit", 1);
        Self { kind: VerdictKind::BestOfMany, words: format!("{words}: {reason}") }
    }
}

/// Which of many strategies is the best by yield.
#[derive(Debug, Clone, Copy)]
pub(in crate::backtest) enum Best<'a> {
    /// The one that is judged.
    This,
    /// Another one, by name.
    Other(&'a str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_probability_of_the_check_stands_with_the_best_alone() {
        let profit =
            || Verdict { kind: VerdictKind::Profit, words: "evidence of profit after 200 bets".into() };
        let check = RealityCheck {
            tried: 50,
            best: 3,
            best_mean: 0.05,
            p_value: 0.31,
            spa_p_value: 0.42,
            resamples: 1000,
        };
        let best = profit().among_many(Some(&check), None, Best::This);
        assert!(best.kind == VerdictKind::BestOfMany && best.words.contains("0.42"), "{}", best.words);
        let other = profit().among_many(Some(&check), None, Best::Other("mine"));
        assert_eq!(other.kind, VerdictKind::BestOfMany);
        assert!(
            other.words.contains("mine, the best of the 50") && !other.words.contains("0.42"),
            "{}",
            other.words
        );
        let rare = RealityCheck { spa_p_value: 0.01, ..check };
        assert_eq!(profit().among_many(Some(&rare), None, Best::Other("mine")), profit());
        let own = DeflatedSharpe { ratio: 0.1, expected_best: 0.2, probability: 0.3, tried: 50 };
        let deflated = profit().among_many(Some(&rare), Some(&own), Best::Other("mine"));
        assert!(deflated.words.contains("deflated for 50 variants"), "{}", deflated.words);
    }
}
