//! Maps of shapes that many people hold. A file whose headings fit exactly one needs no map to be named.

use super::map::{Field, Map};
use super::read;
use super::sheets;
use crate::DocumentError;
use std::sync::LazyLock;

const TEXTS: [&str; 12] = [
    include_str!("presets/date-home-away.toml"),
    include_str!("presets/division-matchdate.toml"),
    include_str!("presets/engsoccerdata.toml"),
    include_str!("presets/fbref.toml"),
    include_str!("presets/fixturedownload.toml"),
    include_str!("presets/football-data.toml"),
    include_str!("presets/footballcsv.toml"),
    include_str!("presets/footystats.toml"),
    include_str!("presets/international-results.toml"),
    include_str!("presets/odds-books.toml"),
    include_str!("presets/odds-rows.toml"),
    include_str!("presets/season-datetime.toml"),
];

static PRESETS: LazyLock<Vec<Map>> = LazyLock::new(|| {
    TEXTS.iter().map(|text| Map::parse(text).expect("presets are checked by a test")).collect()
});

/// All presets, by name.
pub fn all() -> &'static [Map] {
    &PRESETS
}

/// The preset of a name.
pub fn by_name(name: &str) -> Option<&'static Map> {
    PRESETS.iter().find(|map| map.name() == name)
}

/// The presets that a document's headings fit. Where a file has all columns of one and only some of another, the first
/// alone fits.
///
/// # Errors
/// The document cannot be opened at all.
pub fn fitting(bytes: &[u8]) -> Result<Vec<&'static Map>, DocumentError> {
    // Presets say nothing of sheets and encodings, so that all read the same texts: see the test of their validity.
    let sheets = match all().first() {
        Some(map) => sheets::of(bytes, map)?,
        None => return Ok(Vec::new()),
    };
    let fits = |map: &&'static Map| {
        sheets.iter().any(|sheet| {
            read::open(&sheet.text, map).is_ok_and(|(_, headings, columns)| {
                !super::columns::Columns::is_excluded(map, &headings) && has_goals_or_prices(map, &columns)
            })
        })
    };
    Ok(all().iter().filter(fits).collect())
}

fn has_goals_or_prices(map: &Map, columns: &super::columns::Columns) -> bool {
    columns.has(Field::HomeGoals) || columns.has(Field::Score) || map.prices.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_valid_and_says_what_it_reads() {
        let mut names: Vec<&str> = all().iter().map(Map::name).collect();
        assert!(all().iter().all(|map| map.about().len() > 20));
        // Files are opened once for all of them.
        let opens_as_it_is =
            |map: &Map| map.sheets.is_empty() && map.encoding.is_none() && map.separator.is_none();
        assert!(all().iter().all(opens_as_it_is));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TEXTS.len());
    }

    #[test]
    fn headings_fit_one_preset() {
        for (headings, told) in [
            ("Date,Home,Away,HG,AG,Res", &["date-home-away"][..]),
            ("Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,B365H,B365D,B365A", &["football-data-table"]),
            ("Season,DateTime,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR", &["season-datetime"]),
            (
                "Division,MatchDate,MatchTime,HomeTeam,AwayTeam,HomeElo,FTHome,FTAway,FTResult",
                &["division-matchdate"],
            ),
            ("Match Number,Round Number,Date,Location,Home Team,Away Team,Result", &["fixturedownload"]),
            ("Round,Date,Team 1,FT,HT,Team 2", &["footballcsv"]),
            ("Date;Team 1;FT;HT;Team 2", &["footballcsv"]),
            (
                "\"Date\",\"Season\",\"home\",\"visitor\",\"FT\",\"hgoal\",\"vgoal\",\"division\",\"tier\"",
                &["engsoccerdata"],
            ),
            (
                "Wk,Day,Date,Time,Home,xG,Score,xG,Away,Attendance,Venue,Referee,Match Report,Notes",
                &["fbref"],
            ),
            (
                "game_id;commence_time;in_play;bookmaker;last_update;home_team;away_team;market;label;price",
                &["odds-rows"],
            ),
            (
                "game_id;commence_time;in_play;bookmaker;last_update;home_team;home_team_odds;away_team;away_team_odds;draw_odds",
                &["odds-books"],
            ),
            (
                "timestamp,date_GMT,status,attendance,home_team_name,away_team_name,home_team_goal_count,away_team_goal_count",
                &["footystats"],
            ),
            (
                "date,home_team,away_team,home_score,away_score,tournament,city,country,neutral",
                &["international-results"],
            ),
            ("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR", &[]),
            ("a,b,c", &[]),
        ] {
            let names: Vec<&str> = fitting(headings.as_bytes()).unwrap().into_iter().map(Map::name).collect();
            assert_eq!(names, told, "{headings}");
        }
        assert_eq!(fitting(b"").unwrap_err(), DocumentError::Empty);
    }
}
