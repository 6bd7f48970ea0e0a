//! PageRank: a team is strong if strong teams lose to it.

use super::{PlayedMatch, RatingError, check_matches, require};
use touchline_outcomes::Outcome;

/// Parameters of [`PageRank`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PageRankConfig {
    /// Probability of following an edge, 0 to 0.999.
    pub damping: f64,
    /// Extra weight per goal of the margin beyond the first, 0 to 10.
    pub margin_weight: f64,
    /// Weight that a draw puts on each of both edges, 0 to 10.
    pub draw_weight: f64,
}

impl Default for PageRankConfig {
    fn default() -> Self {
        Self { damping: 0.85, margin_weight: 0.5, draw_weight: 0.5 }
    }
}

/// Ratings of a set of matches, summing to 1.
///
/// Every match is a vote. A defeat of `i` by `j` with margin `m` puts weight `1 + margin_weight (m - 1)` on the
/// edge from `i` to `j`; a draw puts `draw_weight` on both. A walker on the graph follows an edge with
/// probability `damping`, in proportion to its weight, and otherwise jumps to any team; from a team never beaten
/// it always jumps. The rating is the share of time the walker spends at each team, so ratings sum to 1.
///
/// References: Brin & Page (1998); for sports Govan, Meyer & Albright, "Generalizing Google's PageRank to rank
/// National Football League teams" (2008); for football Lazova & Basnarkov, "PageRank approach to ranking
/// national football teams" (2015).
///
/// ```
/// use touchline_models::ratings::{PageRank, PageRankConfig, PlayedMatch};
/// use touchline_outcomes::Score;
/// let m = |home, away, h, a| Ok::<_, Box<dyn std::error::Error>>(PlayedMatch { home, away, score: Score::new(h, a)? });
/// let fitted = PageRank::fit(&[m(0, 1, 2, 0)?, m(1, 2, 1, 0)?, m(2, 0, 0, 3)?], 3, PageRankConfig::default())?;
/// assert!(fitted.ratings()[0] > fitted.ratings()[1] && fitted.ratings()[1] > fitted.ratings()[2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PageRank {
    ratings: Vec<f64>,
}

/// Steps after which even a damping of 0.999 has settled to 1e-13.
const MAX_STEPS: usize = 40_000;

impl PageRank {
    /// Fits all matches by power iteration until no rating moves by more than 1e-15.
    ///
    /// # Errors
    /// No matches, a match that names a team beyond `teams` or a team against itself, or a parameter outside
    /// the range that [`PageRankConfig`] documents.
    pub fn fit(matches: &[PlayedMatch], teams: usize, config: PageRankConfig) -> Result<Self, RatingError> {
        check_matches(matches, teams)?;
        let c = config;
        require("damping", c.damping, (0.0..=0.999).contains(&c.damping), "it lies within 0 to 0.999")?;
        require(
            "margin_weight",
            c.margin_weight,
            (0.0..=10.0).contains(&c.margin_weight),
            "it lies within 0 to 10",
        )?;
        require(
            "draw_weight",
            c.draw_weight,
            (0.0..=10.0).contains(&c.draw_weight),
            "it lies within 0 to 10",
        )?;
        let edges = edges(matches, &c);
        let mut out = vec![0.0; teams];
        for e in &edges {
            out[e.0] += e.2;
        }
        let n = teams as f64;
        let mut rank = vec![1.0 / n; teams];
        let mut next = vec![0.0; teams];
        for _ in 0..MAX_STEPS {
            let stuck: f64 = rank.iter().zip(&out).filter(|(_, o)| **o == 0.0).map(|(r, _)| r).sum();
            next.fill((1.0 - c.damping + c.damping * stuck) / n);
            for (from, to, weight) in &edges {
                next[*to] += c.damping * rank[*from] * weight / out[*from];
            }
            let total: f64 = next.iter().sum();
            for r in &mut next {
                *r /= total;
            }
            let moved = rank.iter().zip(&next).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            std::mem::swap(&mut rank, &mut next);
            if moved <= 1e-15 {
                break;
            }
        }
        Ok(Self { ratings: rank })
    }

    /// Ratings by team.
    pub fn ratings(&self) -> &[f64] {
        &self.ratings
    }
}

fn edges(matches: &[PlayedMatch], c: &PageRankConfig) -> Vec<(usize, usize, f64)> {
    let mut edges = Vec::with_capacity(matches.len());
    for m in matches {
        let margin = f64::from(m.score.difference().abs());
        let weight = 1.0 + c.margin_weight * (margin - 1.0);
        match Outcome::of(m.score) {
            Outcome::HomeWin => edges.push((m.away, m.home, weight)),
            Outcome::AwayWin => edges.push((m.home, m.away, weight)),
            Outcome::Draw if c.draw_weight > 0.0 => {
                edges.push((m.home, m.away, c.draw_weight));
                edges.push((m.away, m.home, c.draw_weight));
            }
            Outcome::Draw => {}
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use touchline_outcomes::Score;

    #[test]
    fn two_teams_have_the_closed_form() {
        // The beaten side keeps only its jumps: r_l = (1-d)/2 + d r_w/2 and r_w + r_l = 1.
        let m = PlayedMatch { home: 0, away: 1, score: Score::new(1, 0).unwrap() };
        let fitted = PageRank::fit(&[m], 2, PageRankConfig::default()).unwrap();
        let loser = 0.5 / 1.425;
        assert!((fitted.ratings()[1] - loser).abs() < 1e-12, "{fitted:?}");
    }

    #[test]
    fn hostile_input_is_an_error() {
        let m = PlayedMatch { home: 0, away: 1, score: Score::new(0, 50).unwrap() };
        assert!(PageRank::fit(&[], 2, PageRankConfig::default()).is_err());
        assert!(
            PageRank::fit(&[m], 2, PageRankConfig { damping: 1.0, ..PageRankConfig::default() }).is_err()
        );
        assert!(
            PageRank::fit(&[m], 2, PageRankConfig { damping: f64::NAN, ..PageRankConfig::default() })
                .is_err()
        );
    }

    proptest! {
        #[test]
        fn ratings_are_a_distribution(raw in prop::collection::vec((0_usize..9, 0_usize..9, 0_i64..6, 0_i64..6), 1..80)) {
            let matches: Vec<PlayedMatch> = raw
                .iter()
                .filter(|r| r.0 != r.1)
                .map(|r| PlayedMatch { home: r.0, away: r.1, score: Score::new(r.2, r.3).unwrap() })
                .collect();
            prop_assume!(!matches.is_empty());
            let fitted = PageRank::fit(&matches, 9, PageRankConfig::default()).unwrap();
            prop_assert!((fitted.ratings().iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(fitted.ratings().iter().all(|r| *r > 0.0));
        }
    }
}
