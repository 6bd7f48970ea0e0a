//! robots.txt (RFC 9309): which paths a host wants left alone, and how slowly it wants to be asked.

use std::time::Duration;

/// More of a file is not read, as the standard allows.
pub(super) const LARGEST: usize = 500 << 10;
/// Pauses beyond this are a mistake, or a way of saying no.
const LONGEST_DELAY: f64 = 300.0;

/// The rules of a host for one caller.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Robots {
    /// Paths with whether they are allowed.
    rules: Vec<(String, bool)>,
    delay: Option<Duration>,
}

impl Robots {
    /// Reads the rules for a product token such as `touchline`: those of its own group, else those of `*`.
    pub fn parse(text: &str, product: &str) -> Self {
        let (mut own, mut any) = (None::<Self>, Self::default());
        // Lines of names in a row open one group.
        let (mut names, mut in_names): ((bool, bool), bool) = ((false, false), false);
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if key == "user-agent" {
                if !in_names {
                    names = (false, false);
                }
                in_names = true;
                names.0 |= value.eq_ignore_ascii_case(product);
                names.1 |= value == "*";
                if names.0 {
                    own.get_or_insert_default();
                }
                continue;
            }
            in_names = false;
            let groups = [own.as_mut().filter(|_| names.0), Some(&mut any).filter(|_| names.1)];
            for group in groups.into_iter().flatten() {
                group.take(&key, value);
            }
        }
        own.unwrap_or(any)
    }

    fn take(&mut self, key: &str, value: &str) {
        match key {
            "allow" | "disallow" if !value.is_empty() => self.rules.push((value.to_owned(), key == "allow")),
            "crawl-delay" => {
                let seconds = value.parse::<f64>().ok().filter(|s| s.is_finite() && *s > 0.0);
                self.delay = seconds.map(|s| Duration::from_secs_f64(s.min(LONGEST_DELAY))).or(self.delay);
            }
            _ => {}
        }
    }

    /// Whether a path, with its query, may be asked for: the longest rule decides, and of two as long the one that allows.
    pub fn allows(&self, path: &str) -> bool {
        let matching = self.rules.iter().filter(|(rule, _)| covers(rule.as_bytes(), path.as_bytes()));
        matching.max_by_key(|(rule, allow)| (rule.len(), *allow)).is_none_or(|(_, allow)| *allow)
    }

    /// How far apart requests should be.
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }
}

/// Whether a rule covers a path: `*` stands for anything, `$` at the end for the end. Takes time in proportion to both.
fn covers(rule: &[u8], path: &[u8]) -> bool {
    let (rule, to_end) = match rule.strip_suffix(b"$") {
        Some(rule) => (rule, true),
        None => (rule, false),
    };
    let (mut r, mut p) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        if r == rule.len() && (!to_end || p == path.len()) {
            return true;
        }
        if r < rule.len() && rule[r] == b'*' {
            star = Some((r, p));
            r += 1;
        } else if r < rule.len() && p < path.len() && rule[r] == path[p] {
            (r, p) = (r + 1, p + 1);
        } else if let Some((at, from)) = star.filter(|(_, from)| *from < path.len()) {
            star = Some((at, from + 1));
            (r, p) = (at + 1, from + 1);
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_group_counts_else_that_of_everybody() {
        let text = "User-agent: other\nUser-agent: Touchline # us\nDisallow: /private\nCrawl-delay: 2\n\n\
                    User-agent: *\nDisallow: /\n";
        let own = Robots::parse(text, "touchline");
        assert!(own.allows("/open") && !own.allows("/private/x"));
        assert_eq!(own.delay(), Some(Duration::from_secs(2)));
        assert!(!Robots::parse(text, "stranger").allows("/open"));
        assert!(Robots::parse("", "touchline").allows("/anything"));
        assert!(Robots::parse("User-agent: *\nDisallow:\n", "touchline").allows("/anything"));
    }

    #[test]
    fn the_longest_rule_decides() {
        let text =
            "user-agent: *\ndisallow: /a\nallow: /a/b\ndisallow: /*.csv$\nallow: /same\ndisallow: /same";
        let robots = Robots::parse(text, "touchline");
        for (path, allowed) in [
            ("/", true),
            ("/a", false),
            ("/a/b/c", true),
            ("/x/y.csv", false),
            ("/x/y.csv?q=1", true),
            ("/same", true),
        ] {
            assert_eq!(robots.allows(path), allowed, "{path}");
        }
    }

    #[test]
    fn many_stars_take_no_longer_than_few() {
        let rule = "/".to_owned() + &"*a".repeat(2_000) + "$";
        let path = "/".to_owned() + &"a".repeat(10_000) + "b";
        let robots = Robots::parse(&format!("user-agent: *\ndisallow: {rule}\n"), "touchline");
        assert!(robots.allows(&path));
        let odd = Robots::parse("user-agent: *\ncrawl-delay: NaN\ncrawl-delay: -3\nnonsense\n:\n", "x");
        assert_eq!(odd, Robots::default());
    }
}
