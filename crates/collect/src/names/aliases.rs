//! How sources write the clubs of the top two divisions of England, Spain, Germany, Italy and France, and of the first
//! divisions of football-data.co.uk's extra files, where no rule joins the names: a table of what is certain, so that nobody
//! has to decide it again.

use super::fold::key;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A country and the names of one club a line.
const TABLE: &str = include_str!("aliases.tsv");

struct Table {
    clubs: Vec<Vec<&'static str>>,
    /// Place of the club by country and key.
    by_key: HashMap<(&'static str, String), usize>,
}

static ALIASES: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { clubs: Vec::new(), by_key: HashMap::new() };
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let Some((country, names)) = line.split_once('\t') else { continue };
        let names: Vec<&str> = names.split('|').collect();
        for name in &names {
            table.by_key.insert((country, key(name)), table.clubs.len());
        }
        table.clubs.push(names);
    }
    table
});

/// All names of the club that a name is of for certain; none where the table does not have it.
pub fn known_spellings(country: &str, name: &str) -> &'static [&'static str] {
    let (table, key) = (&*ALIASES, key(name));
    let country = table.by_key.keys().map(|(of, _)| *of).find(|of| *of == country);
    let place = country.and_then(|country| table.by_key.get(&(country, key)));
    place.map_or(&[], |place| table.clubs[*place].as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn no_name_is_of_two_clubs() {
        let mut seen: BTreeMap<(&str, String), &str> = BTreeMap::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (country, names) = line.split_once('\t').unwrap_or_else(|| panic!("{line}"));
            let all: Vec<&str> = names.split('|').collect();
            assert!(
                all.len() > 1 && all.iter().all(|name| *name == name.trim() && !name.is_empty()),
                "{line}"
            );
            for name in all {
                let other = seen.insert((country, key(name)), names);
                assert!(other.is_none_or(|other| other == names), "{name} of {country} stands in two lines");
            }
        }
        assert!(seen.len() > 900, "{}", seen.len());
    }

    #[test]
    fn names_lead_to_each_other_within_their_country() {
        let of = |country: &str, name: &str| known_spellings(country, name).first().copied();
        assert_eq!(of("England", "Manchester United FC"), Some("Man United"));
        assert_eq!(of("Germany", "Borussia Monchengladbach"), Some("M'gladbach"));
        assert_eq!(of("France", "paris saint germain"), Some("Paris SG"));
        assert_eq!(of("Japan", "Yokohama F. Marinos"), Some("Yokohama M."));
        assert_eq!(of("Sweden", "Djurgårdens"), Some("Djurgarden"));
        assert_eq!(of("Spain", "Manchester United"), None);
        assert_eq!(of("England", "United"), None);
        // VfB Leipzig was in the Bundesliga of 1993-94, Arminia Hannover in the second one, Bilbao Athletic in Spain's.
        for (country, name) in [
            ("Germany", "Leipzig"),
            ("Germany", "Arminia"),
            ("Spain", "Bilbao"),
            ("Spain", "Atlético"),
            ("Argentina", "Estudiantes"),
            ("Austria", "Tirol"),
            ("Poland", "Zaglebie"),
            ("Romania", "Steaua Bucuresti"),
        ] {
            assert_eq!(of(country, name), None, "{name} may be another club");
        }
    }
}
