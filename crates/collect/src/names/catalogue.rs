//! Well-known leagues and the codes by which sources know them.

use std::sync::LazyLock;

/// The table: a heading line, then a league a line, fields separated by tabs.
const TABLE: &str = include_str!("leagues.tsv");

/// A well-known league.
#[derive(Debug, PartialEq, Eq)]
pub struct KnownLeague {
    /// Its country.
    pub country: &'static str,
    /// Each source that has it, with its code there.
    pub codes: Vec<(&'static str, &'static str)>,
}

impl KnownLeague {
    /// Its code at a source.
    pub fn code_of(&self, source: &str) -> Option<&'static str> {
        self.codes.iter().find(|(of, _)| *of == source).map(|(_, code)| *code)
    }

    /// Whether a source means this league by a code. Sources that the table does not list are tables that people map:
    /// they know leagues by the codes of any listed source.
    pub fn is_called(&self, source: &str, code: &str) -> bool {
        let is_listed = LISTED.contains(&source);
        self.codes.iter().any(|(of, known)| *known == code && (*of == source || !is_listed))
    }
}

/// The sources of the table.
static LISTED: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let heading = TABLE.lines().find(|line| !line.starts_with('#')).unwrap_or_default();
    heading.split('\t').skip(1).collect()
});

static LEAGUES: LazyLock<Vec<KnownLeague>> = LazyLock::new(|| {
    let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let sources: Vec<&str> = lines.next().unwrap_or_default().split('\t').skip(1).collect();
    let league = |line: &'static str| {
        let mut fields = line.split('\t');
        let country = fields.next().unwrap_or_default();
        let codes = sources.iter().copied().zip(fields).filter(|(_, code)| *code != "-").collect();
        KnownLeague { country, codes }
    };
    lines.map(league).collect()
});

/// All well-known leagues.
pub fn known_leagues() -> &'static [KnownLeague] {
    &LEAGUES
}

/// The well-known league that a source knows by a code.
pub fn known_league(source: &str, code: &str) -> Option<&'static KnownLeague> {
    LEAGUES.iter().find(|league| league.is_called(source, code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::by_name;
    use crate::{Document, Parsed};
    use chrono::DateTime;

    #[test]
    fn no_code_stands_for_two_leagues() {
        let mut codes: Vec<_> = known_leagues().iter().flat_map(|league| &league.codes).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
        assert!(known_leagues().iter().all(|league| league.codes.len() >= 2), "one code joins nothing");
        assert!(std::ptr::eq(
            known_league("football-data", "E0").unwrap(),
            known_league("openfootball", "en.1").unwrap()
        ));
        assert_eq!(known_league("football-data", "en.1"), None);
        assert!(
            known_league("my-table", "E0").is_some_and(|league| league.is_called("openfootball", "en.1"))
        );
        assert_eq!(known_league("my-table", "Z9"), None);
    }

    /// What each reader makes of one match of each league: country and season are those of the table.
    #[test]
    fn readers_agree_about_country_tier_and_season() {
        let now = DateTime::parse_from_rfc3339("2024-06-30T12:00:00Z").unwrap().to_utc();
        let read = |source: &str, name: &str, text: &str| -> Parsed {
            let document = Document { name, bytes: text.as_bytes() };
            let parsed = by_name(source).unwrap().parse(&document, now).unwrap();
            assert_eq!(parsed.matches.len(), 1, "{source} {name}: {:?}", parsed.rejections);
            parsed
        };
        for league in known_leagues() {
            let mut seen = Vec::new();
            for (source, code) in &league.codes {
                let parsed = match *source {
                    "football-data" if code.bytes().all(|b| b.is_ascii_uppercase()) && *code != "EC" => {
                        let text = format!(
                            "Country,League,Season,Date,Time,Home,Away,HG,AG,Res\n{},x,,02/09/2023,15:00,A,B,1,0,H\n",
                            league.country
                        );
                        read(source, &format!("new/{code}.csv"), &text)
                    }
                    "football-data" => {
                        let text = format!(
                            "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n{code},02/09/2023,A,B,1,0,H\n"
                        );
                        read(source, &format!("2324/{code}.csv"), &text)
                    }
                    "challenge" => {
                        let text =
                            format!("Sea,Lge,Date,HT,AT,HS,AS,GD,WDL\n23-24,{code},02/09/2023,A,B,1,0,1,W\n");
                        read(source, "x.csv", &text)
                    }
                    "api-football" => {
                        let id = code.strip_prefix("af.").unwrap();
                        let text = format!(
                            r#"{{"get":"fixtures","errors":[],"response":[{{"fixture":{{"id":1,"date":"2023-09-02T14:00:00+00:00","status":{{"short":"FT"}}}},"league":{{"id":{id},"name":"x","country":"{}","season":2023}},"teams":{{"home":{{"name":"A"}},"away":{{"name":"B"}}}},"goals":{{"home":1,"away":0}},"score":{{"fulltime":{{"home":1,"away":0}}}}}}]}}"#,
                            league.country
                        );
                        read(source, "x.json", &text)
                    }
                    _ => continue,
                };
                let found = &parsed.leagues[0];
                assert_eq!((found.code.as_str(), found.country.as_str()), (*code, league.country));
                seen.push((found.level, parsed.matches[0].season));
            }
            seen.dedup();
            assert_eq!(seen.len(), 1, "{league:?}: {seen:?}");
        }
    }
}
