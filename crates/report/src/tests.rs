use crate::render;
use chrono::{DateTime, NaiveDate, Utc};
use touchline_domain::ports::{ResultRow, StoredQuote};
use touchline_domain::{
    DecimalOdds, Forecast, KickoffPrecision, LeagueId, MarketType, MatchId, MatchStatus, OddsPhase,
    OddsQuote, Outcome, Score, TeamId,
};
use touchline_features::History;
use touchline_learning::evaluate::{Answered, EvaluationReport, Judged, Scoreboard, compare_with_market};

const GOALS: [[u8; 2]; 3] = [[2, 1], [1, 1], [0, 1]];

fn kickoff(n: usize) -> DateTime<Utc> {
    DateTime::from_timestamp(1_600_000_000 + 50_000 * n as i64, 0).unwrap()
}

/// The history of the matches of [`board`].
fn history(matches: usize) -> History {
    let row = |n: usize| {
        let [home, away] = GOALS[n % 3];
        ResultRow {
            id: MatchId(n as i64),
            league: LeagueId(n as i64 % 3),
            season: "2020-21".parse().unwrap(),
            home: TeamId(1),
            away: TeamId(2),
            kickoff: kickoff(n),
            precision: KickoffPrecision::Minute,
            status: MatchStatus::Finished,
            score: Some(Score { home, away }),
            neutral_ground: false,
        }
    };
    History::new(&(0..matches).map(row).collect::<Vec<_>>(), &[], &[])
}

/// Matches of two years and three leagues; the second forecaster knows the results.
fn board(matches: usize) -> Scoreboard {
    let judged = |n: usize| Judged {
        id: MatchId(n as i64),
        position: n as u32,
        league: LeagueId(n as i64 % 3),
        kickoff: kickoff(n),
        goals: GOALS[n % 3],
        outcome: Outcome::ALL[n % 3],
        fold: usize::from(n > matches / 2),
    };
    let said = |name: &str, knows: f64| Answered {
        name: name.to_owned(),
        forecasts: (0..matches)
            .map(|n| {
                let mut weights = [1.0, 0.7 + (n % 10) as f64 / 20.0, 1.0];
                weights[n % 3] += knows;
                Forecast::normalised(weights).unwrap()
            })
            .collect(),
        goals: (knows == 0.0).then(|| vec![[1.4, 1.1]; matches]),
    };
    Scoreboard {
        matches: (0..matches).map(judged).collect(),
        answered: vec![said("honest <b>", 0.0), said("cheat & co", 2.0)],
        folds: vec![("first".to_owned(), 10), ("second".to_owned(), 20)],
    }
}

fn report(matches: usize, simulated: bool) -> EvaluationReport {
    let board = board(matches);
    let quotes: Vec<StoredQuote> = (0..matches)
        .map(|n| StoredQuote {
            match_id: MatchId(n as i64),
            quote: OddsQuote {
                bookmaker: "PS".into(),
                market: MarketType::OneXTwo,
                line_quarters: None,
                prices: [1.9, 3.5, 4.4].map(|o| DecimalOdds::new(o).ok()),
                phase: OddsPhase::Closing,
                known_at: DateTime::UNIX_EPOCH,
                known_at_imputed: true,
            },
        })
        .collect();
    let mut report = EvaluationReport::of("a > b", &board, &[], simulated).unwrap();
    report.market = compare_with_market(&history(matches), &board, &quotes).unwrap();
    report
}

fn page(reports: &[EvaluationReport]) -> String {
    render(reports, NaiveDate::from_ymd_opt(2024, 5, 1).unwrap())
}

/// Every element that is opened is closed, in order.
fn assert_balanced(html: &str) {
    const VOID: [&str; 5] = ["meta", "line", "circle", "polyline", "!doctype"];
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "{closed} is closed");
        } else if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
}

#[test]
fn the_page_is_whole_and_needs_nothing_beside_it() {
    let html = page(&[report(1_800, false), report(40, false)]);
    assert_balanced(&html);
    for outside in ["http:", "https:", "<script", "<link", "src=", "url(", "@import"] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(!html.contains("NaN") && !html.contains("inf "));
    assert!(html.contains("prefers-color-scheme: dark"));
    assert!(html.contains("href=\"#e1\"") && html.contains("id=\"e1\""));
}

#[test]
fn names_are_text_wherever_they_stand() {
    let html = page(&[report(90, false)]);
    assert!(
        html.contains("honest &#60;b&#62;") && html.contains("cheat &#38; co") && html.contains("a &#62; b")
    );
    assert!(!html.contains("<b>honest") && !html.contains("honest <b>"));
}

#[test]
fn simulated_matches_and_leaks_cannot_be_overlooked() {
    let html = page(&[report(1_800, true)]);
    assert!(html.contains("<strong>simulated</strong>") && html.contains("Leakage alarm"));
    assert!(html.contains("cheat &#38; co is right more often than Pinnacle closing"));
    let html = page(&[report(90, false)]);
    assert!(!html.contains("simulated</strong>") && !html.contains("Leakage alarm"));
    assert!(html.contains("Leakage check"));
}

#[test]
fn every_part_of_an_evaluation_is_on_the_page() {
    let html = page(&[report(120, false)]);
    for text in [
        "Who forecasts best?",
        "Do the probabilities mean what they say?",
        "Where is it better, and where not?",
        "Score forecasts",
        "Against the market",
        "All figures by league",
        "All figures by period",
        "120 matches",
    ] {
        assert!(html.contains(text), "{text}");
    }
    assert_eq!(html.matches("<svg").count(), 3 + 1 + 2 + 1, "calibration, ranking, parts, market");
}

#[test]
fn a_single_match_makes_a_page() {
    let html = page(&[report(1, false)]);
    assert_balanced(&html);
    assert!(!html.contains("NaN") && !html.contains("inf"), "{html}");
}

#[test]
fn a_week_of_data_is_shown_with_the_samples_of_its_rates() {
    use touchline_quality::weekly::{
        CauseOfWeek, DayScore, FindingsOfKind, Repaired, ScoreOfWeek, Share, Week, WeekReport,
    };
    let week: Week = "2026-W48".parse().unwrap();
    let text = |text: &str| text.to_owned();
    let day = |n: u32| DayScore {
        day: NaiveDate::from_ymd_opt(2026, 11, 23 + n).unwrap(),
        score: 99.0 - f64::from(n),
        checks: 24,
    };
    let mut report = WeekReport {
        week: week.to_string(),
        from: week.from(),
        until: week.until(),
        made_at: week.until(),
        checks: 168,
        scores: vec![ScoreOfWeek {
            table: text("overall"),
            last: 97.0,
            lowest: 95.0,
            mean: 98.0,
            mean_before: Some(96.5),
        }],
        trend: vec![day(0), day(1), day(2)],
        freshness: Vec::new(),
        missing_matches: Some(2),
        most_missing_matches: Some(5),
        findings: vec![FindingsOfKind {
            table: text("odds"),
            kind: text("price_against_consensus"),
            severity: text("high"),
            count: 1234,
            open: 1,
        }],
        causes: vec![CauseOfWeek {
            id: 7,
            kind: text("price_against_consensus"),
            severity: text("high"),
            message: text("<script>alert(1)</script> is far off"),
            status: text("open"),
            document: Some(text("E0.csv:12")),
        }],
        repaired: Repaired { findings: 3, lines: 1, recollected: 2 },
        false_alarms: Share::new(1, 10),
        false_alarms_of_90_days: Share::new(0, 0),
        waiting: 1,
    };
    let page = crate::render_quality(&report);
    assert!(!page.contains("<script>") && page.contains("E0.csv:12"), "texts of sources are escaped");
    assert!(page.contains("1 of 10 (10%; the true share lies between 2% and 40%"), "{page}");
    assert!(page.contains("nobody decided about any") && page.contains("1,234") && page.contains("+1.5"));
    assert_eq!(page.matches("<circle").count(), 3);
    report.checks = 0;
    (report.scores, report.trend, report.missing_matches) = (Vec::new(), Vec::new(), None);
    let empty = crate::render_quality(&report);
    assert!(empty.contains("No check was made in this week") && !empty.contains("<svg"), "{empty}");
}
