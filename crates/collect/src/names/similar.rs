//! How alike two names are: for suggestions, never for decisions.

use super::fold::key;
use strsim::jaro_winkler;

/// How alike two names are, from 0 (nothing in common) to 1 (the same but for what does not tell teams apart): the
/// greater of the Jaro-Winkler similarity of the whole names (Winkler 1990) and of how well the words of the shorter one
/// are found in the longer one, where a word may be cut short ("Man United") or be the initials of the others ("QPR").
pub fn similarity(a: &str, b: &str) -> f64 {
    let (a, b) = (key(a), key(b));
    if a == b {
        return 1.0;
    }
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let words = |name: &str| name.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (mut short, mut long) = (words(&a), words(&b));
    if short.len() > long.len() {
        std::mem::swap(&mut short, &mut long);
    }
    let whole = 0.9 * jaro_winkler(&a, &b);
    whole.max(by_words(&short, &long)).max(initials(&short, &long)).min(0.99)
}

fn by_words(short: &[String], long: &[String]) -> f64 {
    let best = |word: &String| long.iter().map(|other| alike(word, other)).fold(0.0, f64::max);
    let found: f64 = short.iter().map(best).sum();
    // What the longer name has beyond the shorter one counts a little against it.
    let coverage = 0.85 + 0.15 * short.len() as f64 / long.len() as f64;
    found / short.len() as f64 * coverage
}

fn alike(a: &str, b: &str) -> f64 {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if short == long {
        1.0
    } else if short.len() >= 3 && long.starts_with(short) {
        0.9
    } else {
        let alike = jaro_winkler(a, b);
        if alike >= 0.85 { 0.9 * alike } else { 0.0 }
    }
}

fn initials(short: &[String], long: &[String]) -> f64 {
    let [word] = short else { return 0.0 };
    let initials: String = long.iter().filter_map(|other| other.chars().next()).collect();
    if long.len() >= 2 && *word == initials { 0.9 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_team_is_the_most_alike() {
        let league = [
            "Man United",
            "Man City",
            "Newcastle",
            "Wolves",
            "Nott'm Forest",
            "QPR",
            "Sheffield United",
            "Sheffield Weds",
            "West Ham",
            "West Brom",
            "Tottenham",
            "Brighton",
        ];
        for (name, right) in [
            ("Manchester United FC", "Man United"),
            ("Manchester City FC", "Man City"),
            ("Newcastle United FC", "Newcastle"),
            ("Wolverhampton Wanderers FC", "Wolves"),
            ("Nottingham Forest", "Nott'm Forest"),
            ("Queens Park Rangers", "QPR"),
            ("Sheffield Wed", "Sheffield Weds"),
            ("West Bromwich Albion FC", "West Brom"),
            ("Tottenham Hotspur FC", "Tottenham"),
            ("Brighton & Hove Albion FC", "Brighton"),
        ] {
            let best = league.iter().max_by(|a, b| similarity(name, a).total_cmp(&similarity(name, b)));
            assert_eq!(best, Some(&right), "{name}");
        }
    }

    #[test]
    fn it_is_symmetric_and_within_bounds() {
        for (a, b) in [("QPR", "Queens Park Rangers"), ("", "x"), ("FC", "Arsenal"), ("Ashford", "Brindle")] {
            let alike = similarity(a, b);
            assert!((0.0..=1.0).contains(&alike));
            assert!((alike - similarity(b, a)).abs() < 1e-12, "{a} and {b}");
        }
    }
}
