//! Keys that never reach a log, an error or a trace.

use std::fmt;

/// What stands in the place of a key.
const HIDDEN: &str = "***";
/// Texts shorter than this are too common to be searched for.
const SHORTEST: usize = 6;

/// A key. It is shown as stars; only the request that needs it reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a key over, without blanks around it.
    pub fn new(key: &str) -> Self {
        Self(key.trim().to_owned())
    }

    /// The key itself.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text of somebody else without the key: providers repeat it in their messages.
    pub fn redact(&self, text: &str) -> String {
        if self.0.len() < SHORTEST {
            return text.to_owned();
        }
        text.replace(&self.0, HIDDEN)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_as_stars_and_is_taken_out_of_texts() {
        let key = Secret::new(" 0a1b2c3d4e \n");
        assert_eq!(format!("{key} {key:?} {:?}", Some(&key)), "*** *** Some(***)");
        assert_eq!(key.redact("bad key 0a1b2c3d4e!"), "bad key ***!");
        assert_eq!(key.reveal(), "0a1b2c3d4e");
        assert_eq!(Secret::new("ab").redact("about"), "about");
        assert!(Secret::new(" ").is_empty());
    }
}
