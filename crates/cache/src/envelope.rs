//! The form of an entry outside of this process: what it is, what it says, and a seal over both and the key that it stands
//! under, made with a secret. What was cut off, changed, moved to another key, or written by somebody else does not open.

use std::fmt;

/// The first bytes of every entry; another form gets another number.
const MAGIC: [u8; 4] = *b"tlc1";
/// What is known not to be there.
const ABSENT: u8 = 0;
/// What is there.
const FOUND: u8 = 1;
const HEAD: usize = MAGIC.len() + 1;
const SEAL: usize = blake3::OUT_LEN;

/// Seals entries, and opens those that the same secret has sealed. It is never printed.
#[derive(Clone)]
pub struct Seal([u8; blake3::KEY_LEN]);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

/// What an entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened<'a> {
    /// This is there.
    Found(&'a [u8]),
    /// Nothing is there.
    Absent,
}

impl Seal {
    /// With a secret that all servers have which share entries.
    pub fn new(secret: [u8; blake3::KEY_LEN]) -> Self {
        Self(secret)
    }

    /// The entry of a key.
    pub fn close(&self, key: &str, content: Option<&[u8]>) -> Vec<u8> {
        let body = content.unwrap_or_default();
        let mut entry = Vec::with_capacity(HEAD + body.len() + SEAL);
        entry.extend(MAGIC);
        entry.push(if content.is_some() { FOUND } else { ABSENT });
        entry.extend_from_slice(body);
        let seal = self.over(key, &entry);
        entry.extend(seal.as_bytes());
        entry
    }

    /// What the entry of a key says; none where it is not one that [`close`](Self::close) made of this key.
    pub fn open<'a>(&self, key: &str, entry: &'a [u8]) -> Option<Opened<'a>> {
        let (sealed, seal) = entry.split_last_chunk::<SEAL>()?;
        let (head, body) = sealed.split_first_chunk::<HEAD>()?;
        // The comparison takes as long wherever they differ.
        if self.over(key, sealed) != blake3::Hash::from_bytes(*seal) {
            return None;
        }
        match (head.strip_prefix(&MAGIC)?, body) {
            ([FOUND], body) => Some(Opened::Found(body)),
            ([ABSENT], []) => Some(Opened::Absent),
            _ => None,
        }
    }

    fn over(&self, key: &str, sealed: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&(key.len() as u64).to_le_bytes());
        hasher.update(key.as_bytes());
        hasher.update(sealed);
        hasher.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seal() -> Seal {
        Seal::new([7; 32])
    }

    #[test]
    fn what_is_there_and_what_is_not_are_told_apart() {
        let (some, empty, none) =
            (seal().close("k", Some(b"x")), seal().close("k", Some(b"")), seal().close("k", None));
        assert_eq!(seal().open("k", &some), Some(Opened::Found(b"x")));
        assert_eq!(seal().open("k", &empty), Some(Opened::Found(b"")));
        assert_eq!(seal().open("k", &none), Some(Opened::Absent));
    }

    #[test]
    fn an_entry_of_another_key_secret_or_form_does_not_open() {
        let entry = seal().close("k", Some(b"x"));
        assert_eq!(seal().open("l", &entry), None);
        assert_eq!(Seal::new([8; 32]).open("k", &entry), None);
        let mut body = entry[..entry.len() - SEAL].to_vec();
        body[3] = b'2';
        body.extend(seal().over("k", &body.clone()).as_bytes());
        assert_eq!(seal().open("k", &body), None, "a later form, sealed rightly");
        assert_eq!(seal().open("k", b""), None);
        assert_eq!(seal().open("k", &[0; SEAL]), None);
    }

    proptest! {
        #[test]
        fn an_entry_that_was_changed_or_cut_does_not_open(
            content in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), bit in 0..8_u32
        ) {
            let entry = seal().close("key", Some(&content));
            prop_assert_eq!(seal().open("key", &entry), Some(Opened::Found(&content[..])));
            let mut changed = entry.clone();
            changed[at.index(entry.len())] ^= 1 << bit;
            prop_assert_eq!(seal().open("key", &changed), None);
            prop_assert_eq!(seal().open("key", &entry[..at.index(entry.len())]), None);
        }
    }
}
