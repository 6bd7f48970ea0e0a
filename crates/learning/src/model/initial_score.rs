//! What the score of a match starts from, before the trees: the probabilities of its best-informed columns.
//!
//! Where the features see bookmakers' prices, the logarithmic pool of the market's average, Pinnacle and the strength
//! filter is fitted on the matches that have all three; other matches start from the average. Where they see prices of
//! earlier matches alone, a match starts from the filter of these. All others start from the filter of goals blended with
//! chances, and from the strength filter in leagues that count none.

use super::ModelError;
use touchline_domain::{Forecast, Outcome};
use touchline_features::{FeatureMatrix, History};
use touchline_models::calibration::LogPool;

/// Columns of home win, draw and away win.
type Columns = [usize; 3];

/// Sources of probabilities whose columns share a name up to the outcome; the market's are named after the view that
/// the features have of it. The first that a match has is what it starts from.
const SOURCES: [&str; 5] = ["closing", "market", EARLIER, "blend", "strength"];
const EARLIER: &str = "earlier";
/// Beside the first source, what is pooled with it.
const SHARPEST: &str = "pinnacle";
/// Fewer matches than this say little of how far to trust whom.
const FEWEST_POOLED: usize = 1_000;
/// Smallest probability that a score starts from.
const FLOOR: f64 = 1e-4;

/// Where scores start.
#[derive(Debug, Clone)]
pub(super) struct InitialScore {
    sources: Vec<Columns>,
    /// The market's average, Pinnacle and the strength filter, where the features have all of them.
    pooled: Option<[Columns; 3]>,
    pool: Option<LogPool>,
    /// The filter of earlier prices, where the features have it.
    earlier: Option<Columns>,
    /// Whether most of the matches that it was fitted on start from prices.
    priced: bool,
}

impl InitialScore {
    /// Finds the columns; `pool` is what was fitted on them before.
    ///
    /// # Errors
    /// The columns of the strength filter are missing.
    pub fn new(names: &[String], pool: Option<LogPool>) -> Result<Self, ModelError> {
        let column = |name: String| names.iter().position(|n| *n == name);
        let columns = |source: &str| {
            let [home, draw, away] =
                ["home_win", "draw", "away_win"].map(|o| column(format!("{source}_{o}")));
            Some([home?, draw?, away?])
        };
        let strength =
            columns("strength").ok_or_else(|| ModelError::Features("strength_home_win is missing".into()))?;
        let market = SOURCES
            .iter()
            .find_map(|source| Some([columns(source)?, columns(&format!("{source}_{SHARPEST}"))?, strength]));
        let sources = SOURCES.iter().filter_map(|s| columns(s)).collect();
        Ok(Self { sources, pooled: market, pool, earlier: columns(EARLIER), priced: false })
    }

    /// The same with a pool fitted on some rows of a matrix that has one row per match of the history.
    pub fn fitted(self, history: &History, matrix: &FeatureMatrix, rows: &[usize]) -> Self {
        let Some(pooled) = self.pooled else {
            let told = |columns: Columns| {
                rows.iter().filter(|row| matrix.column(columns[0])[**row].is_finite()).count()
            };
            let priced = self.earlier.is_some_and(|columns| 2 * told(columns) > rows.len());
            return Self { priced, ..self };
        };
        let (mut members, mut outcomes) = (vec![Vec::new(); pooled.len()], Vec::<Outcome>::new());
        for row in rows {
            let forecasts = pooled.map(|columns| forecast(columns, |column| matrix.column(column)[*row]));
            let (Some(outcome), [Some(a), Some(b), Some(c)]) = (history.outcome(*row), forecasts) else {
                continue;
            };
            for (member, forecast) in members.iter_mut().zip([a, b, c]) {
                member.push(forecast);
            }
            outcomes.push(outcome);
        }
        // Too few priced matches, or a fit without an optimum, leave every match to start from its first source.
        let fit = || LogPool::fit(&members, &outcomes).ok();
        let pool = (outcomes.len() >= FEWEST_POOLED).then(fit).flatten();
        Self { priced: pool.is_some(), pool, ..self }
    }

    /// Whether most of the matches that it was fitted on start from prices, of themselves or of earlier matches.
    pub fn is_priced(&self) -> bool {
        self.priced
    }

    /// What was fitted.
    pub fn pool(&self) -> Option<&LogPool> {
        self.pool.as_ref()
    }

    /// Logarithms of the probabilities that the score of a row starts from; `value` gives the row's columns.
    pub fn scores(&self, value: impl Fn(usize) -> f32) -> [f64; 3] {
        if let (Some(pool), Some(pooled)) = (&self.pool, self.pooled)
            && let [Some(a), Some(b), Some(c)] = pooled.map(|columns| forecast(columns, &value))
        {
            return pool.forecast(&[a, b, c]).as_array().map(|p| p.max(FLOOR).ln());
        }
        let known = |source: &&Columns| source.iter().all(|column| value(*column).is_finite());
        let log = |column: usize| f64::from(value(column)).max(FLOOR).ln();
        self.sources.iter().find(known).map_or([FLOOR.ln(); 3], |source| source.map(log))
    }
}

/// Three columns of a row as probabilities; none where one is missing.
fn forecast(columns: Columns, value: impl Fn(usize) -> f32) -> Option<Forecast> {
    Forecast::normalised(columns.map(|column| f64::from(value(column)))).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use chrono::{DateTime, Duration, Utc};
    use touchline_domain::ports::{ResultRow, StoredQuote};
    use touchline_domain::{
        DecimalOdds, KickoffPrecision, LeagueId, MarketType, MatchId, MatchStatus, OddsPhase, OddsQuote,
        Score, Season, TeamId,
    };
    use touchline_features::{Knowledge, MarketView, Settings, compute};

    fn names(sources: &[&str]) -> Vec<String> {
        let outcomes = ["home_win", "draw", "away_win"];
        sources.iter().flat_map(|s| outcomes.iter().map(move |o| format!("{s}_{o}"))).collect()
    }

    fn probabilities(scores: [f64; 3]) -> [f64; 3] {
        scores.map(f64::exp)
    }

    fn near(a: [f64; 3], b: [f64; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6)
    }

    const NAN: [f32; 3] = [f32::NAN; 3];
    const HOME: [f32; 3] = [0.5, 0.25, 0.25];
    const AWAY: [f32; 3] = [0.25, 0.25, 0.5];

    #[test]
    fn a_match_starts_from_the_best_that_is_known_of_it() {
        let initial = InitialScore::new(&names(&["strength", "market", "market_pinnacle"]), None).unwrap();
        let from = |market: [f32; 3], pinnacle: [f32; 3]| {
            let row = [HOME, market, pinnacle].concat();
            probabilities(initial.scores(|column| row[column]))
        };
        assert!(near(from(AWAY, HOME), AWAY.map(f64::from)), "no pool: the average");
        assert!(near(from(NAN, AWAY), HOME.map(f64::from)), "no average: the strength filter");
        let initial = InitialScore::new(&names(&["strength", "blend", "earlier"]), None).unwrap();
        let from = |blend: [f32; 3], earlier: [f32; 3]| {
            let row = [[0.3, 0.4, 0.3], blend, earlier].concat();
            probabilities(initial.scores(|column| row[column]))
        };
        assert!(near(from(AWAY, HOME), HOME.map(f64::from)), "earlier prices go before chances");
        assert!(near(from(AWAY, NAN), AWAY.map(f64::from)), "chances go before goals");
        assert!(near(from(NAN, NAN), [0.3, 0.4, 0.3]), "goals alone");
        assert!(InitialScore::new(&names(&["market"]), None).is_err());
        assert!(InitialScore::new(&names(&["strength"]), None).is_ok(), "a model without prices");
    }

    #[test]
    fn a_pool_is_used_where_all_its_members_are_known() {
        let pool = LogPool::new(vec![0.0, 1.0, 0.0]).unwrap();
        let initial =
            InitialScore::new(&names(&["strength", "closing", "closing_pinnacle"]), Some(pool)).unwrap();
        let from = |market: [f32; 3], pinnacle: [f32; 3]| {
            let row = [HOME, market, pinnacle].concat();
            probabilities(initial.scores(|column| row[column]))
        };
        assert!(near(from(HOME, AWAY), AWAY.map(f64::from)));
        assert!(near(from(AWAY, NAN), AWAY.map(f64::from)), "Pinnacle is missing: the average");
    }

    /// A pseudo-random number within 0 to 1 that depends on its arguments alone.
    fn noise(n: i64, what: u64) -> f64 {
        let mut x = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ what.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        for _ in 0..3 {
            x = (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        }
        (x >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn quote(id: MatchId, bookmaker: &str, probabilities: [f64; 3], kickoff: DateTime<Utc>) -> StoredQuote {
        let quote = OddsQuote {
            bookmaker: bookmaker.into(),
            market: MarketType::OneXTwo,
            line_quarters: None,
            prices: probabilities.map(|p| DecimalOdds::new(1.0 / (1.05 * p)).ok()),
            phase: OddsPhase::PreMatch,
            known_at: kickoff - Duration::days(1),
            known_at_imputed: false,
        };
        StoredQuote { match_id: id, quote }
    }

    /// Matches whose outcomes only the prices know beforehand; the average is blurred, Pinnacle is not. Of every tenth
    /// there are no prices.
    pub(crate) fn history() -> History {
        let (mut rows, mut quotes) = (Vec::new(), Vec::new());
        for n in 0..2_400_i64 {
            let home = 0.15 + 0.6 * noise(n, 1);
            let truth = [home, 0.25, 0.75 - home];
            let u = noise(n, 2);
            let (home_goals, away_goals) = if u < truth[0] {
                (1, 0)
            } else if u < truth[0] + truth[1] {
                (0, 0)
            } else {
                (0, 1)
            };
            let id = MatchId(n);
            let kickoff = DateTime::from_timestamp(1_420_070_400 + n * 43_200, 0).unwrap();
            rows.push(ResultRow {
                id,
                league: LeagueId(1),
                season: Season::cross_year(2015 + (n / 700) as u16).unwrap(),
                home: TeamId(n % 20),
                away: TeamId((n % 20 + 1 + n / 20 % 19) % 20),
                kickoff,
                precision: KickoffPrecision::Minute,
                status: MatchStatus::Finished,
                score: Some(Score { home: home_goals, away: away_goals }),
                neutral_ground: false,
            });
            if n % 10 != 0 {
                let blurred = 0.15 + 0.6 * noise(n, 3);
                quotes.push(quote(id, "PS", truth, kickoff));
                quotes.push(quote(id, "Avg", [blurred, 0.25, 0.75 - blurred], kickoff));
            }
        }
        History::new(&rows, &[], &[]).with_quotes(&quotes)
    }

    pub(crate) fn features(history: &History, market: MarketView) -> FeatureMatrix {
        let all: Vec<u32> = (0..history.len() as u32).collect();
        compute(history, &all, Knowledge::AT_KICKOFF, &Settings::FRESH.with_market(market), 2)
    }

    #[test]
    fn the_pool_trusts_who_knows() {
        let history = history();
        let matrix = features(&history, MarketView::PreMatch);
        let rows: Vec<usize> = (0..history.len()).collect();
        let fitted = |rows| InitialScore::new(matrix.names(), None).unwrap().fitted(&history, &matrix, rows);
        let initial = fitted(&rows);
        let weights = initial.pool().unwrap().weights();
        assert!((weights[1] - 1.0).abs() < 0.2, "Pinnacle knows: {weights:?}");
        assert!(weights[0].abs() < 0.2 && weights[2].abs() < 0.6, "the others do not: {weights:?}");
        assert!(fitted(&rows[..1_000]).pool().is_none(), "too few priced matches");

        let from = |initial: &InitialScore, row: usize| {
            initial.scores(|column| matrix.column(column)[row]).map(f64::to_bits)
        };
        let unpooled = InitialScore::new(matrix.names(), None).unwrap();
        assert_eq!(from(&initial, 500), from(&unpooled, 500), "a match without prices");
        assert_ne!(from(&initial, 501), from(&unpooled, 501));
    }

    #[test]
    fn earlier_prices_are_a_start_where_most_matches_have_them() {
        let history = history();
        let matrix = features(&history, MarketView::Earlier);
        let rows: Vec<usize> = (0..history.len()).collect();
        let initial = InitialScore::new(matrix.names(), None).unwrap().fitted(&history, &matrix, &rows);
        assert!(initial.is_priced() && initial.pool().is_none());
        let first = InitialScore::new(matrix.names(), None).unwrap().fitted(&history, &matrix, &rows[..2]);
        assert!(!first.is_priced(), "nothing was priced before");
    }

    #[test]
    fn a_model_without_prices_has_nothing_to_pool() {
        let history = history();
        let matrix = features(&history, MarketView::None);
        let rows: Vec<usize> = (0..history.len()).collect();
        let initial = InitialScore::new(matrix.names(), None).unwrap().fitted(&history, &matrix, &rows);
        assert!(initial.pool().is_none() && !initial.is_priced());
        let scores = initial.scores(|column| matrix.column(column)[900]);
        assert!((scores.iter().map(|s| s.exp()).sum::<f64>() - 1.0).abs() < 1e-5);
    }
}
