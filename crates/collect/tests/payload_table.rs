//! Every recorded answer of a source that has a reader: what is read of it, or why it is refused. The recordings lie outside
//! this repository; without them the test says so and passes.

#![expect(clippy::print_stderr, clippy::unwrap_used, reason = "tests say why they did nothing")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use touchline_collect::Document;
use touchline_collect::sources::by_name;

/// Folder, source.
const FOLDERS: [(&str, &str); 10] = [
    ("api-football", "api-football"),
    ("football-data-org", "football-data-org"),
    ("the-odds-api", "the-odds-api"),
    ("understat", "understat"),
    ("fbref", "fbref"),
    ("fotmob", "fotmob"),
    ("clubelo", "clubelo"),
    // Files of OpenWeatherMap say so.
    ("weather", "open-meteo"),
    ("openfootball", "openfootball"),
    ("football-data-co-uk", "football-data"),
];

/// File, what a person says of it, or behind an arrow another name, and what comes: matches, facts and rows left out, or the
/// reason of the refusal.
const TABLE: &[(&str, &str, &str)] = &[
    // Answers of other endpoints are not read, and say so.
    ("api-football/countries-full.json", "", "malformed_json"),
    ("api-football/docs-fixtures-events.json", "", "0 matches, 18 facts, 0 left out"),
    ("api-football/docs-fixtures-headtohead.json", "", "1 matches, 0 facts, 0 left out"),
    ("api-football/docs-fixtures-lineups.json", "", "0 matches, 2 facts, 0 left out"),
    // Four results are announced, and one is there.
    ("api-football/docs-fixtures-live.json", "", "1 matches, 0 facts, 0 left out"),
    // An error with status 200, as are the others of this kind.
    ("api-football/docs-fixtures-plan-error.json", "", "provider_error"),
    ("api-football/docs-fixtures-players.json", "", "malformed_json"),
    ("api-football/docs-fixtures-statistics.json", "", "0 matches, 1 facts, 0 left out"),
    ("api-football/docs-leagues-seasons.json", "", "malformed_json"),
    ("api-football/docs-leagues.json", "", "malformed_json"),
    ("api-football/docs-odds-bookmakers.json", "", "malformed_json"),
    ("api-football/docs-odds-live.json", "", "0 matches, 2 facts, 0 left out"),
    ("api-football/docs-predictions.json", "", "malformed_json"),
    ("api-football/docs-standings.json", "", "malformed_json"),
    ("api-football/docs-status.json", "", "malformed_json"),
    ("api-football/docs-teams-seasons.json", "", "malformed_json"),
    ("api-football/docs-teams-statistics.json", "", "malformed_json"),
    ("api-football/docs-teams.json", "", "malformed_json"),
    // A part of the events is not their whole list.
    ("api-football/fixture-events-goal.json", "", "malformed_json"),
    ("api-football/fixture-events.json", "", "0 matches, 9 facts, 0 left out"),
    ("api-football/fixture-lineup-full.json", "", "0 matches, 2 facts, 0 left out"),
    ("api-football/fixture-lineup-startXI.json", "", "0 matches, 2 facts, 0 left out"),
    ("api-football/fixture-player-stats.json", "", "malformed_json"),
    ("api-football/fixture-predictions-bvb.json", "", "malformed_json"),
    // A row without its envelope.
    ("api-football/fixture-statistics-away-live.json", "", "malformed_json"),
    ("api-football/fixture-statistics-home-live.json", "", "malformed_json"),
    ("api-football/fixture-stats-ball-possession.json", "", "0 matches, 1 facts, 0 left out"),
    ("api-football/fixtures-bundes-ns-pst.json", "", "71 matches, 0 facts, 0 left out"),
    ("api-football/fixtures-live-all-20240228.json", "", "14 matches, 0 facts, 0 left out"),
    ("api-football/fixtures-rpl-2022-range.json", "", "8 matches, 0 facts, 0 left out"),
    ("api-football/head-to-head-mu-mc-2021.json", "", "8 matches, 0 facts, 0 left out"),
    ("api-football/injuries-error.json", "", "provider_error"),
    ("api-football/leagues-current-de.json", "", "malformed_json"),
    ("api-football/misc-sidelined-Musiala.json", "", "malformed_json"),
    ("api-football/odds-fixture-all-bookmakers.json", "", "0 matches, 121 facts, 0 left out"),
    ("api-football/odds-match-winner-bet365.json", "", "0 matches, 1 facts, 0 left out"),
    ("api-football/player-info-bundes-2022.json", "", "malformed_json"),
    ("api-football/rounds-2021-cl.json", "", "malformed_json"),
    ("api-football/seasons.json", "", "malformed_json"),
    ("api-football/standings-epl-2022.json", "", "malformed_json"),
    ("api-football/team-leipzig-error.json", "", "provider_error"),
    ("api-football/team-manchester.json", "", "malformed_json"),
    ("api-football/team-seasons-mu.json", "", "malformed_json"),
    ("api-football/team-stats-leipzig.json", "", "malformed_json"),
    ("api-football/timezones.json", "", "malformed_json"),
    ("api-football/venue-camp-nou-error.json", "", "provider_error"),
    ("api-football/venue-camp-nou.json", "", "malformed_json"),
    // Ratings.
    ("clubelo/2025-11-23.csv", "", "0 matches, 630 facts, 0 left out"),
    // What a blocked request gets.
    ("fbref/cloudflare-challenge-head.html", "", "html"),
    ("fbref/day-page-unplayed-row-2025-09-27.html", "", "no_league"),
    ("fbref/schedule-austria-2019-20-rows.html", "", "13 matches, 0 facts, 0 left out"),
    ("fbref/schedule-premier-league-2020-21-rows.html", "", "6 matches, 0 facts, 0 left out"),
    ("fbref/schedule-premier-league-2024-25-rows.html", "", "2 matches, 0 facts, 0 left out"),
    ("football-data-co-uk/Latest_Results-2025-09.csv", "", "37 matches, 0 facts, 0 left out"),
    ("football-data-co-uk/fixtures-2020-11-13.csv", "", "39 matches, 0 facts, 0 left out"),
    ("football-data-co-uk/new-ARG-2020-old-headings.csv", "", "102 matches, 0 facts, 0 left out"),
    // Pinnacle is blank.
    ("football-data-co-uk/new-ARG-2026-closing-headings.csv", "", "22 matches, 0 facts, 0 left out"),
    ("football-data-co-uk/new-SWZ-2020-old-headings.csv", "", "97 matches, 0 facts, 0 left out"),
    ("football-data-co-uk/new-USA-2020-old-headings.csv", "", "98 matches, 0 facts, 0 left out"),
    ("football-data-co-uk/new_league_fixtures-2020-11-13.csv", "", "26 matches, 0 facts, 0 left out"),
    ("football-data-org/error-403.json", "", "provider_error"),
    ("football-data-org/error-429.json", "", "provider_error"),
    // Cups are not read from this source.
    ("football-data-org/matches-CL-2025.json", "", "cup"),
    ("football-data-org/matches-PL-2025-status-SCHEDULED.json", "", "12 matches, 0 facts, 0 left out"),
    ("football-data-org/matches-WC-2026-scheduled.json", "", "cup"),
    ("football-data-org/matches-date-range.json", "", "18 matches, 0 facts, 0 left out"),
    ("football-data-org/standings-PL-2023.json", "", "malformed_json"),
    ("football-data-org/standings-PL-2025.json", "", "malformed_json"),
    // Rows of a cup are left out.
    ("football-data-org/team-65-matches.json", "", "38 matches, 0 facts, 8 left out"),
    // Names of leagues, statistics of a league in an older shape, a team.
    ("fotmob/all-leagues.json", "", "malformed_json"),
    ("fotmob/league.json", "", "malformed_json"),
    ("fotmob/match-details-2024.json", "", "1 matches, 16 facts, 0 left out"),
    ("fotmob/match-details-2025.json", "", "1 matches, 2 facts, 0 left out"),
    // Leagues that are not read are passed over.
    ("fotmob/matches-by-date.json", "", "58 matches, 0 facts, 0 left out"),
    ("fotmob/team.json", "", "malformed_json"),
    ("openfootball/2010-11-en.1.json", "", "380 matches, 0 facts, 0 left out"),
    ("openfootball/2014-15-en.1-old-rounds-shape.json", "", "20 matches, 0 facts, 0 left out"),
    ("openfootball/2018-19-ch.1-awarded-rows.json", "", "13 matches, 0 facts, 0 left out"),
    // Cancelled rows have an empty score.
    ("openfootball/2019-20-be.1-cancelled-rows.json", "", "12 matches, 0 facts, 0 left out"),
    ("openfootball/2019-20-cl.txt", "", "119 matches, 0 facts, 0 left out"),
    ("openfootball/2019-20-uefa.cl.json", "", "119 matches, 0 facts, 0 left out"),
    ("openfootball/2020-21-mx.1-penalties-without-et-rows.json", "", "13 matches, 0 facts, 0 left out"),
    ("openfootball/2021-22-en.2-playoff-rows.json", "", "60 matches, 0 facts, 0 left out"),
    ("openfootball/2022-23-de.1.json", "", "306 matches, 0 facts, 0 left out"),
    ("openfootball/2023-24-en.1.json", "", "380 matches, 0 facts, 0 left out"),
    ("openfootball/2025-26-cl.txt", "", "189 matches, 0 facts, 0 left out"),
    ("the-odds-api/error-401-invalid-key.json", "", "provider_error"),
    // The status of a bad key.
    ("the-odds-api/error-401-out-of-usage-credits.json", "", "provider_error"),
    ("the-odds-api/error-422-invalid-market.json", "", "provider_error"),
    ("the-odds-api/error-422-missing-region.json", "", "provider_error"),
    ("the-odds-api/error-invalid-market-combo.json", "", "provider_error"),
    ("the-odds-api/error-unknown-sport.json", "", "provider_error"),
    ("the-odds-api/odds-h2h-epl-eu.json", "", "4 matches, 0 facts, 0 left out"),
    ("the-odds-api/odds-h2h-epl-one-event.json", "", "1 matches, 0 facts, 0 left out"),
    ("the-odds-api/odds-h2h-france_ligue_one-eu.json", "", "3 matches, 0 facts, 0 left out"),
    // Lay prices come unasked and are not read.
    ("the-odds-api/odds-h2h-germany_bundesliga-eu.json", "", "4 matches, 0 facts, 0 left out"),
    ("the-odds-api/sports.json", "", "malformed_json"),
    ("understat/league_ajax.json", " [league=EPL]", "380 matches, 0 facts, 0 left out"),
    ("understat/league_datesdata.json", " [league=EPL]", "380 matches, 0 facts, 0 left out"),
    // No matches with both sides.
    ("understat/league_teamsdata.json", "", "malformed_json"),
    ("understat/match.html", "", "1 matches, 0 facts, 0 left out"),
    ("understat/match_matchinfo.json", "", "1 matches, 0 facts, 0 left out"),
    ("understat/match_rostersdata.json", "", "malformed_json"),
    ("understat/match_shotsdata.json", "", "malformed_json"),
    ("understat/team.html", "", "no_league"),
    ("understat/team_ajax.json", "", "no_league"),
    ("understat/team_datesdata.json", "", "no_league"),
    // No hours, or no wind by the hour.
    ("weather/open-meteo-current-legacy-current_weather.json", "=> m/20260917T1900Z.json", "malformed_json"),
    ("weather/open-meteo-forecast-current-hourly-daily.json", "=> m/20260917T1900Z.json", "malformed_json"),
    ("weather/open-meteo-forecast-daily-local-timezone.json", "=> m/20260917T1900Z.json", "malformed_json"),
    ("weather/owm-error-404.json", "", "provider_error"),
    ("weather/owm-forecast-3h.json", "=> m/20141012T0700Z.json", "0 matches, 1 facts, 0 left out"),
    // Days instead of steps of three hours.
    ("weather/owm-forecast-daily.json", "", "malformed_json"),
    ("weather/owm-forecast-empty.json", "", "empty"),
    ("weather/owm-history-404.json", "", "provider_error"),
    ("weather/owm-history-city.json", "", "no_match"),
    ("weather/owm-onecall-timemachine.json", "", "malformed_json"),
    ("weather/owm-onecall.json", "", "malformed_json"),
    ("weather/owm-weather-2.5.json", "", "malformed_json"),
];

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("TOUCHLINE_SHARED_DATA").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = named.unwrap_or(beside).join("payloads");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no recorded answers under {}", folder.display());
    None
}

fn outcome(source: &str, name: &str, bytes: &[u8]) -> String {
    let now = "2026-07-01T12:00:00Z".parse().unwrap();
    match by_name(source).unwrap().parse(&Document { name, bytes }, now) {
        Err(error) => error.name().to_owned(),
        Ok(parsed) => {
            let lost = parsed.rejections.iter().filter(|r| !r.kind.keeps_match() && r.line > 0).count();
            let facts = parsed.facts.len() + parsed.ratings.len() + parsed.news.len();
            format!("{} matches, {facts} facts, {lost} left out", parsed.matches.len())
        }
    }
}

#[test]
fn every_recorded_answer_is_read_or_refused_for_its_reason() {
    let Some(folder) = folder() else { return };
    let mut others = Vec::new();
    let mut seen = BTreeSet::new();
    for (sub, source) in FOLDERS {
        let mut files: Vec<_> =
            std::fs::read_dir(folder.join(sub)).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        for path in files {
            let file = format!("{sub}/{}", path.file_name().unwrap().to_str().unwrap());
            let row = TABLE.iter().find(|(known, ..)| *known == file);
            let (hint, told) = row.map_or(("", "not in the table"), |(_, hint, told)| (*hint, *told));
            let name = hint.strip_prefix("=> ").map_or_else(|| format!("{file}{hint}"), str::to_owned);
            let source = if file.contains("/owm-") { "openweathermap" } else { source };
            let came = outcome(source, &name, &std::fs::read(&path).unwrap());
            if came != told {
                others.push(format!("(\"{file}\", \"{hint}\", \"{came}\"), // {told}"));
            }
            seen.insert(file);
        }
    }
    assert!(others.is_empty(), "{} differ:\n{}", others.len(), others.join("\n"));
    let gone: Vec<_> = TABLE.iter().filter(|(file, ..)| !seen.contains(*file)).collect();
    assert!(gone.is_empty(), "recordings that are not there: {gone:?}");
}
