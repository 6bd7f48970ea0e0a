//! Club names that resemble one another: to suggest, never to decide.

/// The known names most like `name`, best first, at most `limit`, only where they have something in common.
pub fn resembling<'a>(name: &str, known: impl Iterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let wanted = pairs(&fold(name));
    let mut scored: Vec<(f64, &str)> =
        known.map(|k| (similarity(&wanted, &pairs(&fold(k))), k)).filter(|(s, _)| *s >= LEAST).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(limit).map(|(_, k)| k).collect()
}

const LEAST: f64 = 0.3;

/// Lower case, accents dropped, everything but letters and digits as blanks.
fn fold(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { plain(c) } else { ' ' })
        .collect()
}

/// The letter without its accent, for the accents of European and South American club names.
fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' => 's',
        'ú' | 'ù' | 'û' | 'ü' | 'ů' => 'u',
        'ý' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

/// Pairs of neighbouring letters within words, sorted.
fn pairs(folded: &str) -> Vec<(char, char)> {
    let mut pairs: Vec<(char, char)> = folded
        .split_whitespace()
        .flat_map(|word| word.chars().zip(word.chars().skip(1)).collect::<Vec<_>>())
        .collect();
    pairs.sort_unstable();
    pairs
}

/// Dice coefficient of the pairs: twice the common ones over all (Dice 1945).
fn similarity(a: &[(char, char)], b: &[(char, char)]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    2.0 * f64::from(common) / (a.len() + b.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_suffixes_do_not_hide_a_resemblance() {
        let known = ["Gimnasia", "São Bento", "Hapoel Haifa", "Cumbayá"];
        assert_eq!(resembling("Cumbaya FC", known.into_iter(), 2), ["Cumbayá"]);
        assert_eq!(resembling("Sao Bento", known.into_iter(), 1), ["São Bento"]);
        assert!(resembling("Xyz", known.into_iter(), 3).is_empty());
    }
}
