//! What a heading speaks of, by its words: each phrase of the table speaks for a kind with a weight, and the kind with the most
//! weight is the item's. Phrases are found as whole words by one pass (Aho and Corasick 1975); words of the summary count half.
//!
//! Importance is 1 - exp(-w), with w the weight of the kind: one strong phrase ("ruled out", 1.3) gives 0.73, which is above
//! 0.7, one weak one ("training", 0.3) gives 0.26. Sentiment is the balance of words that are good and bad news for a team.

use crate::names::fold;
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;
use touchline_domain::NewsKind;

use NewsKind::{CoachingChanges, LineupChanges, PlayerInjuries, Transfers};

/// Phrases in lower case without accents and punctuation, the kind that each speaks for with its weight, and what it means for
/// the team.
const PHRASES: &[(&str, NewsKind, f64, i8)] = &[
    ("ruled out", PlayerInjuries, 1.3, -1),
    ("out for the season", PlayerInjuries, 1.6, -1),
    ("out injured", PlayerInjuries, 1.4, -1),
    ("injured", PlayerInjuries, 1.0, -1),
    ("injury", PlayerInjuries, 0.9, -1),
    ("injuries", PlayerInjuries, 0.9, -1),
    ("injury blow", PlayerInjuries, 0.7, -1),
    ("injury boost", PlayerInjuries, 0.7, 2),
    ("hamstring", PlayerInjuries, 1.1, -1),
    ("knee", PlayerInjuries, 0.6, -1),
    ("ankle", PlayerInjuries, 0.6, -1),
    ("calf", PlayerInjuries, 0.6, -1),
    ("groin", PlayerInjuries, 0.8, -1),
    ("acl", PlayerInjuries, 1.4, -1),
    ("concussion", PlayerInjuries, 1.0, -1),
    ("surgery", PlayerInjuries, 1.2, -1),
    ("sidelined", PlayerInjuries, 1.3, -1),
    ("suspended", PlayerInjuries, 1.2, -1),
    ("suspension", PlayerInjuries, 1.1, -1),
    ("banned for", PlayerInjuries, 1.2, -1),
    ("illness", PlayerInjuries, 0.8, -1),
    ("doubtful", PlayerInjuries, 1.0, -1),
    ("fitness test", PlayerInjuries, 0.9, 0),
    ("fit again", PlayerInjuries, 1.0, 1),
    ("returns from injury", PlayerInjuries, 1.0, 3),
    ("back in training", PlayerInjuries, 0.9, 1),
    ("returns to training", PlayerInjuries, 0.9, 1),
    ("line up", LineupChanges, 0.9, 0),
    ("lineup", LineupChanges, 0.9, 0),
    ("line ups", LineupChanges, 0.9, 0),
    ("lineups", LineupChanges, 0.9, 0),
    ("starting xi", LineupChanges, 1.4, 0),
    ("starting eleven", LineupChanges, 1.4, 0),
    ("confirmed team", LineupChanges, 1.4, 0),
    ("team news", LineupChanges, 1.0, 0),
    ("dropped from", LineupChanges, 1.0, -1),
    ("dropped to the bench", LineupChanges, 1.2, -1),
    ("benched", LineupChanges, 1.1, -1),
    ("rotation", LineupChanges, 0.6, 0),
    ("rested", LineupChanges, 1.0, -1),
    ("recalled", LineupChanges, 0.7, 1),
    ("sacked", CoachingChanges, 1.6, -1),
    ("sack", CoachingChanges, 1.2, -1),
    ("part ways with", CoachingChanges, 1.3, -1),
    ("parts ways with", CoachingChanges, 1.3, -1),
    ("parted company", CoachingChanges, 1.4, -1),
    ("resigns", CoachingChanges, 1.1, -1),
    ("steps down", CoachingChanges, 1.0, -1),
    ("new manager", CoachingChanges, 1.4, 1),
    ("new head coach", CoachingChanges, 1.5, 1),
    ("caretaker", CoachingChanges, 1.2, 0),
    ("interim manager", CoachingChanges, 1.3, 0),
    ("interim coach", CoachingChanges, 1.3, 0),
    ("appointed", CoachingChanges, 0.8, 1),
    ("appoint", CoachingChanges, 0.9, 1),
    ("head coach", CoachingChanges, 0.5, 0),
    ("manager", CoachingChanges, 0.3, 0),
    ("transfer", Transfers, 0.7, 0),
    ("transfers", Transfers, 0.7, 0),
    ("signs for", Transfers, 1.3, 1),
    ("signs", Transfers, 0.7, 1),
    ("signing", Transfers, 0.8, 1),
    ("signed", Transfers, 0.7, 1),
    ("joins", Transfers, 0.8, 1),
    ("on loan", Transfers, 1.0, 1),
    ("loan move", Transfers, 1.0, 0),
    ("loan deal", Transfers, 1.0, 0),
    ("fee agreed", Transfers, 1.1, 1),
    ("agree fee", Transfers, 1.1, 1),
    ("medical", Transfers, 0.6, 0),
    ("leaves", Transfers, 0.6, -1),
    ("departs", Transfers, 0.7, -1),
    ("bid", Transfers, 0.4, 0),
];

/// A kind that speaks with less than this is not spoken of.
const LEAST: f64 = 0.6;
/// What words of the summary count against those of the heading.
const SUMMARY: f64 = 0.5;

static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    // Phrases are whole words: a blank on each side, which neighbours share.
    let patterns: Vec<String> = PHRASES.iter().map(|(phrase, ..)| format!(" {phrase} ")).collect();
    let finder = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns);
    finder.expect("the table of phrases makes a finder")
});

/// What an item is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Judged {
    pub(super) kind: NewsKind,
    pub(super) importance: f64,
    pub(super) sentiment: f64,
}

/// What a heading and its summary are about; none where they speak of none of the kinds.
pub(super) fn judge(title: &str, summary: &str) -> Option<Judged> {
    let mut weights = [0.0; NewsKind::ALL.len()];
    let (mut good, mut bad) = (0.0, 0.0);
    for (text, share) in [(title, 1.0), (summary, SUMMARY)] {
        let text = format!(" {} ", fold(text));
        let mut seen = [false; PHRASES.len()];
        for found in FINDER.find_overlapping_iter(&text) {
            let place = found.pattern().as_usize();
            // Said twice is said once.
            if std::mem::replace(&mut seen[place], true) {
                continue;
            }
            let (_, kind, weight, meaning) = PHRASES[place];
            weights[kind as usize] += weight * share;
            let meaning = f64::from(meaning) * share;
            if meaning > 0.0 { good += meaning } else { bad -= meaning }
        }
    }
    let best =
        NewsKind::ALL.into_iter().max_by(|a, b| weights[*a as usize].total_cmp(&weights[*b as usize]))?;
    let weight = weights[best as usize];
    if weight < LEAST {
        return None;
    }
    let sentiment = if good + bad > 0.0 { (good - bad) / (good + bad) } else { 0.0 };
    Some(Judged { kind: best, importance: 1.0 - (-weight).exp(), sentiment })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_from_words() {
        for (title, kind, is_important, sign) in [
            ("Aau's striker ruled out for two weeks", PlayerInjuries, true, -1.0),
            ("Bau captain returns from injury ahead of derby", PlayerInjuries, true, 1.0),
            ("Confirmed team: Cau's starting XI to face Dau", LineupChanges, true, 0.0),
            ("Dau sacked their head coach after a run of defeats", CoachingChanges, true, -1.0),
            ("Eau: midfielder signs for three years", Transfers, true, 1.0),
            ("Fau defender back in training", PlayerInjuries, false, 1.0),
        ] {
            let judged = judge(title, "").unwrap_or_else(|| panic!("{title}"));
            assert_eq!(judged.kind, kind, "{title}");
            assert_eq!(judged.importance > 0.7, is_important, "{title}: {judged:?}");
            assert!(
                judged.sentiment * sign >= 0.0 && (sign == 0.0 || judged.sentiment != 0.0),
                "{title}: {judged:?}"
            );
        }
    }

    #[test]
    fn whole_words_alone_count_and_most_items_are_about_none() {
        for title in [
            "Ticket prices for the derby",
            "A bidding war of words",
            "Calfskin boots are back",
            "Match report: 2-1",
        ] {
            assert_eq!(judge(title, ""), None, "{title}");
        }
        let weak = judge("What we learned", "The manager said the knee injury was nothing").unwrap();
        assert!(weak.kind == PlayerInjuries && weak.importance < 0.7, "{weak:?}");
        assert!(PHRASES.iter().all(|(phrase, _, weight, _)| fold(phrase) == *phrase && *weight > 0.0));
    }
}
