//! The command line as a contract: help that teaches, usage errors, configuration.

mod support;

use support::Place;

/// Every command, with words that its help must have.
const COMMANDS: &[(&[&str], &[&str])] = &[
    (&[], &["touchline demo", "Exit codes"]),
    (&["demo"], &["--port", "simulated", "--live"]),
    (&["ingest"], &["football-data", "challenge", "openfootball"]),
    (&["ingest", "football-data"], &["PATH", "season"]),
    (&["ingest", "challenge"], &["PATH", "Sea,Lge,Date,HT,AT,HS,AS,GD,WDL"]),
    (&["ingest", "openfootball"], &["PATH", "football.json"]),
    (&["ingest", "api-football"], &["PATH", "API-Football"]),
    (&["ingest", "odds-import"], &["PATH", "bookmaker", "commence_time"]),
    (&["reprocess"], &["--source", "--since", "readers"]),
    (&["features"], &["build", "show"]),
    (&["features", "build"], &["features"]),
    (&["features", "show"], &["MATCH"]),
    (&["train"], &["--until", "--odds", "earlier", "--lineups", "strength-filter", "--activate"]),
    (&["models"], &["list", "show", "promote", "rollback", "compare"]),
    (&["evaluate"], &["--from", "--to", "--gap-days"]),
    (&["backtest"], &["--strategy", "--from", "--league", "--vary", "--tried", "--html", "no promise"]),
    (&["strategies"], &["list", "show"]),
    (&["predict"], &["--fixtures", "--as-of", "--out", "--strict", "--explain", "ID,Sea,Lge,Date,HT,AT"]),
    (&["competitions"], &["import", "show"]),
    (&["competitions", "import"], &["TOML"]),
    (&["competitions", "show"], &["--league", "--season"]),
    (&["grounds"], &["import", "list"]),
    (&["grounds", "import"], &["latitude", "since", "nothing is guessed"]),
    (
        &["quality"],
        &[
            "check",
            "anomalies",
            "logs",
            "review",
            "quarantine",
            "correct",
            "undo",
            "baseline",
            "report",
            "suite",
            "held",
            "release",
            "refuse",
            "take-back",
            "rules",
        ],
    ),
    (&["data"], &["version", "list", "rebuild"]),
    (&["models", "experiment"], &["start", "stop", "show", "list"]),
    (&["quality", "check"], &["--full", "--profile", "exit code 1"]),
    (&["quality", "quarantine"], &["--limit", "as they came"]),
    (&["quality", "correct"], &["--line", "--leave-out", "--reason", "FINDING"]),
    (&["quality", "undo"], &["DOCUMENT", "DECISION"]),
    (&["lineage", "forecast"], &["--results", "FORECAST"]),
    (&["lineage", "document"], &["--limit", "DOCUMENT"]),
    (&["contracts", "list"], &[]),
    (&["contracts", "show"], &["NAME"]),
    (&["contracts", "diff"], &["--against"]),
    (&["lineage", "runs"], &["--limit", "JOB"]),
    (&["lineage", "events"], &["--run", "--limit"]),
    (&["lineage", "graph"], &["--depth", "NODE"]),
    (&["lineage", "send"], &[]),
    (&["quality", "review"], &["accept", "ignore", "resolve", "reopen", "--notes"]),
    (&["conflicts"], &["list", "accept", "keep"]),
    (&["conflicts", "accept"], &["CONFLICT", "--all", "--league"]),
    (&["ingest", "table"], &["--map", "--guess", "--list"]),
    (&["simulate"], &["--league", "--as-of", "--suppose", "--impact", "--place"]),
    (&["inplay"], &["MATCH", "--minute", "--score", "--red"]),
    (&["odds"], &["fair", "convert", "arbitrage", "hedge", "match"]),
    (&["odds", "hedge"], &["--on", "--stake", "--at"]),
    (
        &["collect"],
        &["SOURCE", "--plan", "--dry-run", "--replay", "--runs", "--gaps", "football-data", "key"],
    ),
    (&["ledger"], &["verify", "score", "root"]),
    (&["value-bets"], &["--strategy", "--days", "--league", "--bankroll", "Most strategies lose"]),
    (&["paper"], &["place", "settle", "list", "verify", "limits"]),
    (&["paper", "place"], &["--strategy", "--dry-run", "limits"]),
    (&["paper", "list"], &["--open", "--strategy"]),
    (&["paper", "limits"], &["--stake-per-day", "--loss-per-day", "--pause-until", "a day later"]),
    (&["ledger", "verify"], &["--against", "exit code 1"]),
    (&["ledger", "score"], &["closing prices", "corrected"]),
    (&["ledger", "root"], &["--day", "--out", "rewrite"]),
    (&["serve"], &["--port"]),
    (&["worker"], &["workers", "beside"]),
    (&["scheduler"], &["timetable", "leads"]),
    (&["jobs"], &["list", "show", "run", "cancel", "retry", "purge", "kinds", "health"]),
    (&["jobs", "list"], &["--status", "--kind", "--queue", "--match"]),
    (&["jobs", "run"], &["KIND", "--parameters", "backup_full"]),
    (&["flows"], &["list", "show", "run"]),
    (&["flows", "run"], &["manual_data_collection"]),
    (&["alerts"], &["list", "show", "ack", "silence", "unsilence", "test"]),
    (&["alerts", "silence"], &["--name", "--component", "--for", "--reason"]),
    (&["schedule"], &["list", "show", "set", "pause", "resume", "run"]),
    (&["schedule", "set"], &["--cron", "UTC", "--job"]),
    (&["users"], &["add", "list", "role", "disable", "enable", "link", "password"]),
    (&["users", "link"], &["NAME", "--subject", "--issuer"]),
    (&["users", "add"], &["NAME", "--role", "standard input", "operator"]),
    (&["keys"], &["create", "list", "revoke"]),
    (&["keys", "create"], &["--user", "--scope", "--days", "shown once"]),
    (&["doctor"], &["Check"]),
    (&["config", "show"], &["--default"]),
    (&["db"], &["migrate", "doctor", "maintain", "roles", "backup", "restore"]),
    (&["db", "migrate"], &["schema"]),
    (&["db", "doctor"], &["Check"]),
    (&["db", "maintain"], &["--months-ahead", "--keep-odds-months"]),
    (&["db", "roles"], &["football_reader"]),
    (&["db", "backup"], &["--to", "--keep-all", "--base", "--incremental", "seven days"]),
    (&["db", "backups"], &["--from"]),
    (&["db", "restore"], &["BACKUP", "--validate", "--test-only", "--force", "--to-time", "--into"]),
    (&["names"], &["merge", "merges", "undo"]),
    (&["names", "merge"], &["--league", "--team", "--dry-run", "--prefer-kept", "football_admin"]),
    (&["lake"], &["export", "list", "compact", "archive", "restore", "cleanup", "sql", "s3://"]),
    (&["lake", "export"], &["partitions"]),
    (&["lake", "archive"], &["--older-than-years"]),
    (&["lake", "restore"], &["odds"]),
];

#[test]
fn help_of_every_command_teaches() {
    let place = Place::new();
    for (command, words) in COMMANDS.iter().copied() {
        let said = place.run(&[command, &["--help"]].concat()).ending(0);
        for words in words.iter().chain(&["Usage:", "--data-dir", "--json", "--threads", "--seed"]) {
            assert!(said.out.contains(words), "{command:?}: {words:?} is missing:\n{}", said.out);
        }
        assert_eq!(said.err, "");
    }
    assert!(!place.data().exists(), "asking for help made a data folder");
    let version = place.command(&["--version"]).output().unwrap();
    assert!(String::from_utf8_lossy(&version.stdout).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn no_command_is_left_out_here() {
    let help = Place::new().run(&["--help"]).ending(0).out;
    let commands = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap().lines();
    let names: Vec<&str> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        let known = COMMANDS.iter().any(|(command, _)| command.first() == Some(&name));
        assert!(known || name == "help", "{name} is not in COMMANDS");
    }
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_is_wrong() {
    let place = Place::new();
    let cases: [(&[&str], &str); 12] = [
        (&[], "Usage"),
        (&["frobnicate"], "frobnicate"),
        (&["ingest"], "Usage"),
        (&["ingest", "challenge"], "PATH"),
        (&["ingest", "betting-slips", "x"], "betting-slips"),
        (&["train", "--until", "yesterday"], "yesterday"),
        (&["train", "--model", "oracle"], "oracle"),
        (&["evaluate"], "--from"),
        (
            &["evaluate", "--preset", "challenge-windows", "--from", "2020-01-01", "--to", "2020-02-01"],
            "--preset",
        ),
        (&["predict", "--strict"], "--fixtures"),
        (&["features", "show"], "MATCH"),
        (&["doctor", "--threads", "many"], "many"),
    ];
    for (arguments, words) in cases {
        let said = place.run(arguments).ending(2);
        assert!(said.err.contains(words), "{arguments:?}: {said:?}");
        assert_eq!(said.out, "", "{arguments:?}");
    }
    assert!(!place.data().exists(), "wrong usage made a data folder");
}

#[test]
fn the_settings_in_force_are_shown_wherever_they_come_from() {
    let mut place = Place::new();
    let file = place.write("mine.toml", "[server]\nport = 9000\n[compute]\nseed = 7\n");
    place.set("TOUCHLINE__SERVER__PORT", "9100");
    let file = file.to_str().unwrap();
    let said = place.run(&["config", "show", "--config", file, "--threads", "3"]).ending(0);
    let shown: toml::Table = said.out.parse().unwrap();
    let of = |section: &str, key: &str| shown[section][key].as_integer();
    assert_eq!(
        [of("server", "port"), of("compute", "seed"), of("compute", "threads")],
        [Some(9100), Some(7), Some(3)]
    );
    let json = place.run(&["config", "show", "--json", "--config", file]).ending(0).json();
    assert_eq!((&json["server"]["port"], &json["server"]["host"]), (&9100.into(), &"127.0.0.1".into()));
    // The default teaches: every setting has a comment, and it can be used as it is.
    let default = place.run(&["config", "show", "--default"]).ending(0).out;
    assert!(default.lines().filter(|line| line.starts_with('#')).count() > 10, "{default}");
    let copy = place.write("copy.toml", &default);
    place.run(&["config", "show", "--config", copy.to_str().unwrap()]).ending(0);
}

#[test]
fn a_wrong_configuration_is_an_error_that_names_it() {
    let place = Place::new();
    let cases =
        [("[server]\nport = \"many\"\n", "port"), ("[sever]\nport = 1\n", "sever"), ("[server\n", "TOML")];
    for (text, words) in cases {
        let file = place.write("wrong.toml", text);
        let said = place.run(&["config", "show", "--config", file.to_str().unwrap()]).ending(1);
        assert!(said.err.contains(words), "{text:?}: {said:?}");
    }
    let said = place.run(&["config", "show", "--config", "nowhere.toml"]).ending(1);
    assert!(said.err.contains("nowhere.toml"), "{said:?}");
    let said = place.run(&["doctor", "--database-url", "mysql://localhost/x"]).ending(0);
    assert!(said.out.contains("sqlite:PATH"), "{said:?}");
    let mut place = Place::new();
    place.set("TOUCHLINE__SERVER__PROT", "1");
    assert!(place.run(&["config", "show"]).ending(1).err.contains("TOUCHLINE__SERVER__PROT"));
}
