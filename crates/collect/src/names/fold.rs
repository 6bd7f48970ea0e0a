//! Names without what does not tell teams apart.

/// Words that say what a club is, not which: dropped at the start and the end of a name.
const AFFIXES: [&str; 24] = [
    "ac", "afc", "as", "bk", "cd", "cf", "cfc", "fc", "fk", "if", "rc", "sc", "sd", "sk", "ss", "ssc", "sv",
    "tsv", "ud", "us", "vfb", "vfl", "football", "club",
];

/// Short forms of one meaning.
const SHORT: [(&str, &str); 2] = [("utd", "united"), ("&", "and")];

/// Lower case, Latin letters without accents, `&` as `and`; apostrophes and dots within abbreviations are dropped, and
/// everything else but letters and digits separates words. Letters of other scripts stay as they are: spelling them out
/// would make different names alike.
pub fn fold(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut plain = String::with_capacity(name.len());
    for (i, c) in letters.iter().enumerate() {
        match c {
            // Apostrophes; and combining accents, of names that are written with composed letters elsewhere.
            '\'' | '’' | '`' | '´' | 'ʼ' | '\u{300}'..='\u{36f}' => {}
            '.' => {
                let between = i > 0 && letters[i - 1].is_alphabetic();
                if !(between && letters.get(i + 1).is_some_and(|next| next.is_alphabetic())) {
                    plain.push(' ');
                }
            }
            '&' => plain.push_str(" and "),
            c if !c.is_alphanumeric() => plain.push(' '),
            c if *c < '\u{250}' => plain.push_str(deunicode::deunicode_char(*c).unwrap_or_default()),
            c => plain.push(*c),
        }
    }
    let words: Vec<String> = plain.split_whitespace().map(str::to_lowercase).collect();
    let whole = |word: &String| {
        let found = SHORT.iter().find(|(short, _)| short == word);
        found.map_or_else(|| word.clone(), |(_, long)| (*long).to_owned())
    };
    words.iter().map(whole).collect::<Vec<_>>().join(" ")
}

/// [`fold`] without the words that say what a club is; a name of nothing else stays whole.
pub fn key(name: &str) -> String {
    let folded = fold(name);
    let mut words: Vec<&str> = folded.split(' ').collect();
    let is_affix = |word: Option<&&str>| word.is_some_and(|word| AFFIXES.contains(word));
    while is_affix(words.last()) {
        words.pop();
    }
    let first = words.iter().take_while(|word| AFFIXES.contains(word)).count();
    let kept = words.split_off(first).join(" ");
    if kept.is_empty() { folded } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_have_one_key() {
        for (a, b) in [
            ("Arsenal FC", "Arsenal"),
            ("A.F.C. Bournemouth", "Bournemouth"),
            ("1. FC Köln", "1.FC Koln"),
            ("Brighton & Hove Albion", "Brighton and Hove Albion FC"),
            ("Sheffield Utd", "SHEFFIELD UNITED"),
            ("Nott'm Forest", "Nottm Forest"),
            ("Malmö FF", "Malmo\u{308} FF"),
            ("Atlético-Madrid", "atletico madrid"),
            ("Real Sociedad", "  Real   Sociedad "),
        ] {
            assert_eq!(key(a), key(b), "{a} and {b}");
        }
    }

    #[test]
    fn different_teams_have_different_keys() {
        for (a, b) in [
            ("Dundee", "Dundee United"),
            ("Real Madrid", "Atlético Madrid"),
            ("Sheffield United", "Sheffield Wednesday"),
            ("CA Bastia", "SC Bastia"),
            ("AC Ajaccio", "GFC Ajaccio"),
            ("1. FC Köln", "SC Fortuna Köln"),
            ("上海海港", "上海申花"),
            ("FC", "SC"),
        ] {
            assert_ne!(key(a), key(b), "{a} and {b}");
        }
        assert_eq!(key(""), "");
    }
}
