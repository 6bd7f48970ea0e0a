//! Keys that never reach a log, an error or a trace.

use std::fmt::{self, Write};

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

    /// A text of somebody else without the key: providers repeat it in their messages, as it is or as it stands in addresses.
    pub fn redact(&self, text: &str) -> String {
        self.spellings().iter().fold(text.to_owned(), |text, key| text.replace(key, HIDDEN))
    }

    /// The same of bytes of any kind.
    pub(super) fn redact_bytes(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        for key in self.spellings() {
            let key = key.as_bytes();
            let mut from = 0;
            while let Some(at) = bytes[from..].windows(key.len()).position(|window| window == key) {
                bytes.splice(from + at..from + at + key.len(), HIDDEN.bytes());
                from += at + HIDDEN.len();
            }
        }
        bytes
    }

    /// How the key may be written, the longest first: as it is, and percent-encoded in the usual ways. None of a key that is
    /// too short to be searched for.
    fn spellings(&self) -> Vec<String> {
        if self.0.len() < SHORTEST {
            return Vec::new();
        }
        let encoded = |plain: &[u8], lower: bool| {
            self.0.bytes().fold(String::new(), |mut text, byte| {
                if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
                    text.push(byte.into());
                } else if lower {
                    let _ = write!(text, "%{byte:02x}");
                } else {
                    let _ = write!(text, "%{byte:02X}");
                }
                text
            })
        };
        // RFC 3986 leaves other characters as they are than forms do.
        let mut spellings = vec![self.0.clone()];
        for plain in [&b"-._~"[..], b"*-._", b""] {
            spellings.extend([encoded(plain, false), encoded(plain, true)]);
        }
        spellings.sort_by_key(|text| std::cmp::Reverse(text.len()));
        spellings.dedup();
        spellings
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

    #[test]
    fn a_key_is_found_as_it_stands_in_addresses_too() {
        let key = Secret::new("a/b+c=d~e");
        for written in ["a/b+c=d~e", "a%2Fb%2Bc%3Dd~e", "a%2fb%2bc%3dd%7ee", "a%2Fb%2Bc%3Dd%7Ee"] {
            let text = format!("GET /v4?apiKey={written}&x=1, twice: {written}");
            let hidden = "GET /v4?apiKey=***&x=1, twice: ***";
            assert_eq!(key.redact(&text), hidden, "{written}");
            assert_eq!(key.redact_bytes(text.into_bytes()), hidden.as_bytes(), "{written}");
        }
        assert_eq!(Secret::new("ab").redact_bytes(b"about".to_vec()), b"about");
    }
}
