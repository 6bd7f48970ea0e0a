//! Stakes, caps, limits, refusals and stop rules.

use super::*;

const LONG: [f64; 3] = [2.6, 3.4, 3.2];

/// Matches one after the other, a day apart, all offered at 2.6 with so many home goals each.
fn days(home_goals: &[u8]) -> Book {
    let of = |(n, home): (usize, &u8)| {
        let kickoff = KICKOFF + n as i64 * DAY;
        forecast(
            n as i64,
            kickoff,
            [*home, 0],
            poisson_grid([1.5, 1.1], 10),
            vec![open("B365", 2 * HOUR, LONG)],
        )
    };
    Book::new(home_goals.iter().enumerate().map(of).collect())
}

fn with_plan(plan: &str, further: &str) -> Strategy {
    let text = PLAIN.replace("plan = \"flat\"\namount = 10\n", &format!("{plan}\n{further}"));
    Strategy::parse(&text).unwrap()
}

fn stakes(strategy: &Strategy, book: &Book) -> Vec<f64> {
    run(book, strategy).unwrap().bets.iter().map(|b| b.stake).collect()
}

fn close(found: &[f64], expected: &[f64]) {
    let same =
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.011);
    assert!(same, "{found:?} and not {expected:?}");
}

#[test]
fn plans_stake_as_they_say_on_the_money_that_is_settled() {
    let book = days(&[1, 0, 1]);
    close(&stakes(&with_plan("plan = \"flat\"\namount = 10", ""), &book), &[10.0, 10.0, 10.0]);
    // 1000, then 1000 + 100 * 1.6 = 1160, then 1160 - 116 = 1044.
    close(&stakes(&with_plan("plan = \"proportional\"\nshare = 0.1", ""), &book), &[100.0, 116.0, 104.4]);
    close(&stakes(&with_plan("plan = \"fixed_win\"\namount = 16", ""), &book), &[10.0, 10.0, 10.0]);
    let kelly = stakes(&with_plan("plan = \"kelly\"\nfraction = 0.5", ""), &book);
    let p = poisson_grid([1.5, 1.1], 10).forecast().home();
    close(&kelly[..1], &[1000.0 * 0.5 * (p * 2.6 - 1.0) / 1.6]);
    let slip =
        stakes(&with_plan("plan = \"kelly_slip\"\nfraction = 0.5", "").at_lead(3600), &days(&[1, 0, 1]));
    close(&slip[..1], &kelly[..1]);
    let capped =
        stakes(&with_plan("plan = \"drawdown_capped\"\nfraction = 0.5\nmax_drawdown = 0.2", ""), &book);
    close(&capped[..1], &[kelly[0] * 0.2]);
}

impl Strategy {
    fn at_lead(mut self, lead: Seconds) -> Self {
        self.prices.lead = lead;
        self
    }
}

#[test]
fn matches_of_one_slip_share_the_bankroll() {
    let quotes = || vec![open("B365", 2 * HOUR, LONG)];
    let book = Book::new((0..6).map(|n| played(n, [1, 0], quotes())).collect());
    let alone = stakes(&with_plan("plan = \"kelly\"\nfraction = 1.0", ""), &book);
    let slip = stakes(&with_plan("plan = \"kelly_slip\"\nfraction = 1.0", ""), &book);
    assert_eq!((alone.len(), slip.len()), (6, 6));
    assert!(slip.iter().sum::<f64>() < 1000.0 && slip[0] < alone[0], "{slip:?} {alone:?}");
}

#[test]
fn caps_hold_by_match_league_and_day() {
    let quotes = || vec![open("B365", 2 * HOUR, LONG)];
    let matches = |codes: &[&str]| {
        let of = |(n, code): (usize, &&str)| PricedMatch {
            league: (*code).into(),
            ..played(n as i64, [0, 0], quotes())
        };
        Book::new(codes.iter().enumerate().map(of).collect())
    };
    let book = matches(&["E0", "E0", "E0", "D1"]);
    let of =
        |caps: &str| stakes(&with_plan("plan = \"flat\"\namount = 100", &format!("[caps]\n{caps}")), &book);
    close(&of("match = 0.05"), &[50.0; 4]);
    close(&of("league = 0.06"), &[20.0, 20.0, 20.0, 60.0]);
    close(&of("day = 0.2"), &[50.0; 4]);
    close(&of("match = 0.05\nleague = 0.09\nday = 0.07"), &[15.0, 15.0, 15.0, 25.0]);
    // Earlier bets of the day count.
    let later =
        forecast(9, KICKOFF + HOUR, [0, 0], poisson_grid([1.5, 1.1], 10), vec![open("B365", 2 * HOUR, LONG)]);
    let two = Book::new(vec![played(1, [0, 0], quotes()), later]);
    let strategy = with_plan("plan = \"flat\"\namount = 100", "[caps]\nday = 0.15");
    close(&stakes(&strategy, &two), &[100.0, 50.0]);
}

#[test]
fn bookmakers_charge_round_limit_and_refuse() {
    let book = days(&[1, 0]);
    let track = |costs: &str| {
        run(&book, &with_plan("plan = \"flat\"\namount = 12.34", &format!("[costs]\n{costs}"))).unwrap()
    };
    let plain = track("commission = 0.05");
    assert!(
        (plain.bets[0].profit - 12.34 * 1.6 * 0.95).abs() < 1e-9
            && (plain.bets[1].profit + 12.34).abs() < 1e-9
    );
    // A commission that eats the edge is seen before the bet.
    assert!(track("commission = 0.6").bets.is_empty());
    close(&track("rounding = 5").bets.iter().map(|b| b.stake).collect::<Vec<_>>(), &[10.0, 10.0]);
    let limited = track("most_stake = 7");
    close(&limited.bets.iter().map(|b| b.stake).collect::<Vec<_>>(), &[7.0, 7.0]);
    assert_eq!(limited.cut, 2);
    let small = track("least_stake = 13");
    assert_eq!((small.bets.len(), small.refusals.too_small), (0, 2));
    let refused = track("refused_share = 1.0");
    assert_eq!((refused.bets.len(), refused.refusals.by_bookmaker), (0, 2));
    let many = days(&[0; 400]);
    let half = with_plan("plan = \"flat\"\namount = 1", "[costs]\nrefused_share = 0.5");
    let placed = run(&many, &half).unwrap();
    assert!((150..250).contains(&placed.bets.len()), "{}", placed.bets.len());
    assert_eq!(run(&many, &half).unwrap(), placed, "always the same ones");
}

#[test]
fn what_is_staked_cannot_be_staked_again() {
    let quotes = || vec![open("B365", 2 * HOUR, LONG)];
    let book = Book::new((0..4).map(|n| played(n, [0, 0], quotes())).collect());
    let track = run(&book, &with_plan("plan = \"flat\"\namount = 400", "")).unwrap();
    close(&track.bets.iter().map(|b| b.stake).collect::<Vec<_>>(), &[250.0; 4]);
    assert!(track.end < 0.01 && track.max_drawdown > 0.99);
    // The money of a match that is not over yet is not there, also over midnight.
    let at = |id, after| {
        forecast(
            id,
            KICKOFF + after,
            [1, 0],
            poisson_grid([1.5, 1.1], 10),
            vec![open("B365", 2 * HOUR, LONG)],
        )
    };
    let late = || Book::new(vec![at(1, 7 * HOUR), at(2, 9 * HOUR + 1800)]);
    close(&stakes(&with_plan("plan = \"flat\"\namount = 900", ""), &late()), &[900.0, 99.99]);
    let strategy = with_plan("plan = \"flat\"\namount = 900", "[costs]\nleast_stake = 200");
    let track = run(&late(), &strategy).unwrap();
    assert_eq!((track.bets.len(), track.refusals.no_money), (1, 1));
}

#[test]
fn a_capped_drawdown_holds_for_matches_that_overlap() {
    // One match every hour, each over after three: all are lost.
    let at = |n: i64| {
        let quotes = vec![open("B365", 2 * HOUR, LONG)];
        forecast(n, KICKOFF + n * HOUR, [0, 0], poisson_grid([2.2, 0.7], 10), quotes)
    };
    let book = Book::new((0..12).map(at).collect());
    let strategy = with_plan("plan = \"drawdown_capped\"\nfraction = 1.0\nmax_drawdown = 0.2", "");
    let track = run(&book, &strategy).unwrap();
    assert!(track.bets.len() > 3 && track.max_drawdown <= 0.2 + 1e-9, "{}", track.max_drawdown);
    // The second is staked on what the first, which is open, leaves of the room.
    let share = track.bets[0].stake / 200.0;
    assert!((track.bets[1].stake - share * (200.0 - track.bets[0].stake)).abs() < 0.011, "{:?}", track.bets);
}

#[test]
fn stop_rules_stop() {
    let book = days(&[0, 0, 0, 1, 1]);
    let stopped = run(&book, &with_plan("plan = \"flat\"\namount = 100", "[stop]\ndrawdown = 0.2")).unwrap();
    assert_eq!((stopped.bets.len(), stopped.refusals.stopped), (2, 3));
    assert_eq!(stopped.stopped_at, Some(KICKOFF + DAY + 3 * HOUR));
    let quotes = || vec![open("B365", 2 * HOUR, LONG)];
    let at = |n: i64, hours: i64| {
        forecast(n, KICKOFF - 14 * HOUR + hours * HOUR, [0, 0], poisson_grid([1.5, 1.1], 10), quotes())
    };
    let day = Book::new(vec![at(1, 0), at(2, 5), at(3, 10), at(4, 26)]);
    let daily = run(&day, &with_plan("plan = \"flat\"\namount = 60", "[stop]\nday_loss = 0.1")).unwrap();
    assert_eq!((daily.bets.len(), daily.refusals.stopped), (3, 1), "two lost, the third refused, a new day");
    assert_eq!(daily.stopped_at, None);
}

#[test]
fn prices_that_are_too_old_are_passed_over() {
    let old = changed(&[("delay_minutes = 5", "delay_minutes = 5\nmax_age_hours = 10")]);
    let track =
        |before| run(&Book::new(vec![played(1, [1, 0], vec![open("B365", before, LONG)])]), &old).unwrap();
    assert_eq!(track(11 * HOUR).bets.len(), 1);
    let late = track(11 * HOUR + 1);
    assert_eq!(late.bets.len(), 0);
    assert!(late.refusals.too_old > 0);
}

#[test]
fn baselines_take_the_shortest_longest_or_middle_price() {
    let book = Book::new(vec![played(1, [1, 1], vec![open("B365", 2 * HOUR, [1.8, 3.4, 4.5])])]);
    for (pick, odds) in [("draws", 3.4), ("favourites", 1.8), ("longshots", 4.5)] {
        let strategy = changed(&[("\"value\"", &format!("\"{pick}\"")), ("min_edge = 0.0\n", "")]);
        let track = run(&book, &strategy).unwrap();
        assert!((track.bets[0].odds - odds).abs() < 1e-12 && track.bets.len() == 1, "{pick}");
    }
    // Two equal favourites are none.
    let level = Book::new(vec![played(1, [1, 1], vec![open("B365", 2 * HOUR, [2.6, 3.2, 2.6])])]);
    let strategy = changed(&[("\"value\"", "\"favourites\""), ("min_edge = 0.0\n", "")]);
    assert!(run(&level, &strategy).unwrap().bets.is_empty());
}

#[test]
fn a_scorecard_says_what_the_bet_was() {
    let quotes = vec![open("B365", 2 * HOUR, [2.6, 3.2, 3.0]), closing("PS", [2.2, 3.5, 3.7])];
    let bet = &bets(&plain(), quotes)[0];
    let p = poisson_grid([1.5, 1.1], 10).forecast().home();
    assert!((bet.probability - p).abs() < 1e-9 && (bet.expected_value - (2.6 * p - 1.0)).abs() < 1e-9);
    let line = bet.closing_probability.unwrap();
    assert!(line < 1.0 / 2.2 && (bet.closing_line_value.unwrap() - (2.6 * line - 1.0)).abs() < 1e-9);
    assert!(bet.edge_after_margin.unwrap() > p - 1.0 / 2.6, "the bookmaker's own margin is taken out");
    assert!(bet.confidence.unwrap() > 0.5 && !bet.imputed);
}

#[test]
fn a_report_accounts_for_all_of_it() {
    let book =
        simulated::market(&simulated::Market { days: 40, edge: -0.03, ..simulated::Market::default() }, 5);
    let strategy = Strategy::parse(simulated::EVERY_BET).unwrap();
    let report = judge(&strategy, &run(&book, &strategy).unwrap(), &JudgeSettings::default(), 0);
    assert!(report.bets > 150 && report.days == 40);
    for attribution in &report.attribution {
        let (bets, profit) =
            attribution.parts.iter().fold((0, 0.0), |(n, p), part| (n + part.bets, p + part.profit));
        assert_eq!(bets, report.bets, "{}", attribution.by);
        assert!((profit - report.profit).abs() < 1e-6 && (report.end - report.start - profit).abs() < 1e-6);
    }
    let last = report.equity.last().unwrap();
    assert!((last.bankroll - report.end).abs() < 1e-6 && last.drawn[0] <= last.drawn[2]);
    assert!(report.ruin.unwrap() <= report.halving.unwrap());
}

#[test]
fn profit_at_prices_that_may_not_have_stood_is_doubted() {
    let words = |imputed: bool, age: Seconds| {
        let of = |n: i64| {
            let quotes = vec![OddsQuote { known_at_imputed: imputed, ..open("B365", HOUR + age, LONG) }];
            let score = if n % 4 == 0 { [0, 0] } else { [1, 0] };
            forecast(n, KICKOFF + n * DAY, score, poisson_grid([1.5, 1.1], 10), quotes)
        };
        let book = Book::new((0..200).map(of).collect());
        judge(&plain(), &run(&book, &plain()).unwrap(), &JudgeSettings::default(), 0).verdict
    };
    assert_eq!(words(false, 2 * HOUR).kind, VerdictKind::Profit);
    assert_eq!(words(true, HOUR / 2).kind, VerdictKind::Profit);
    let doubted = words(true, 2 * HOUR);
    assert_eq!(doubted.kind, VerdictKind::ProfitAtDoubtfulPrices);
    assert!(doubted.words.contains("nobody knows that these still stood"), "{doubted:?}");
}
