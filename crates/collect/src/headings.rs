//! Names of columns as one knows them, whatever letters a program saved them with.

/// Names with small letters, as football-data.co.uk and the challenge write them. All other names are capitals.
const MIXED: [&str; 19] = [
    "Div",
    "Date",
    "Time",
    "HomeTeam",
    "AwayTeam",
    "Home",
    "Away",
    "Referee",
    "Attendance",
    "Season",
    "Country",
    "League",
    "Res",
    "AHh",
    "AHCh",
    "BbAHh",
    "BbAH",
    "Sea",
    "Lge",
];

/// Bookmakers with small letters, before what is priced.
const MIXED_STARTS: [&str; 6] = ["BbMx", "BbAv", "Bb1X2", "BbOU", "Max", "Avg"];

/// A column's name with the letters that its source gives it: `hometeam`, `HOME_TEAM` and `Home Team` are `HomeTeam`,
/// `bbmxh` is `BbMxH`, `fthg` is `FTHG`.
pub(crate) fn canonical(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !matches!(c, ' ' | '_')).collect();
    if let Some(known) = MIXED.iter().find(|known| known.eq_ignore_ascii_case(&plain)) {
        return (*known).to_owned();
    }
    for start in MIXED_STARTS {
        if let Some((head, rest)) = plain.split_at_checked(start.len())
            && head.eq_ignore_ascii_case(start)
        {
            return format!("{start}{}", rest.to_ascii_uppercase());
        }
    }
    plain.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_the_letters_of_their_source() {
        for name in [
            "Div", "HomeTeam", "FTHG", "B365H", "B365>2.5", "BbMxAHH", "BbAHh", "BbAH", "AHh", "AvgC<2.5",
            "MaxCA",
        ] {
            assert_eq!(canonical(name), name);
            assert_eq!(canonical(&name.to_lowercase()), name);
            assert_eq!(canonical(&name.to_uppercase()), name);
        }
        assert_eq!(canonical("Home Team"), "HomeTeam");
        assert_eq!(canonical("away_team"), "AwayTeam");
    }
}
