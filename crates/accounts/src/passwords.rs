//! Passwords: argon2id with the parameters of OWASP's cheat sheet (19 MiB, two passes, one lane), which are the crate's
//! defaults. Hashing takes tens of milliseconds: callers run it on a thread for blocking work.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use thiserror::Error;

/// Fewest characters of a password (NIST SP 800-63B-4 asks for 15 where it is the only factor, and for 8 at the very least).
pub const SHORTEST_PASSWORD: usize = 12;
/// Most bytes of a password: hashing must not be made to read megabytes.
pub const LONGEST_PASSWORD: usize = 1024;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordFault {
    /// It is too short.
    #[error("a password has at least 12 characters")]
    Short,
    /// It is too long.
    #[error("a password has at most 1024 bytes")]
    Long,
    /// It is the name, or one character over and over.
    #[error("this password is too easy to guess; take several words")]
    Guessable,
}

/// Whether a password may be set for an account of this name.
///
/// # Errors
/// It is too short, too long, or guessed at once.
pub(crate) fn check(name: &str, password: &str) -> Result<(), PasswordFault> {
    let mut characters = password.chars();
    let first = characters.next();
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(PasswordFault::Short);
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(PasswordFault::Long);
    }
    if password.eq_ignore_ascii_case(name) || characters.all(|c| Some(c) == first) {
        return Err(PasswordFault::Guessable);
    }
    Ok(())
}

/// The hash of a password with a salt, as a PHC string; none where the library refuses the salt.
pub(crate) fn hash(password: &str, salt: &[u8; 16]) -> Option<String> {
    let hashed = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hashed.ok().map(|hash| hash.to_string())
}

/// Whether a password has this hash; parameters and salt come from the hash.
pub(crate) fn is_of(password: &str, hash: &str) -> bool {
    password.len() <= LONGEST_PASSWORD && Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_argon2id_salted_and_of_its_password_alone() {
        let [one, other] = [1, 2].map(|n| hash("correct horse battery", &[n; 16]).unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other, "salted");
        assert!(is_of("correct horse battery", &one) && is_of("correct horse battery", &other));
        assert!(!is_of("correct horse batterz", &one) && !is_of("", &one));
        assert!(!is_of("correct horse battery", "not a hash"));
    }

    #[test]
    fn easy_passwords_are_refused() {
        assert_eq!(check("ann", "eleven char"), Err(PasswordFault::Short));
        assert_eq!(check("ann", &"a".repeat(40)), Err(PasswordFault::Guessable));
        assert_eq!(check("ann.somebody", "Ann.Somebody"), Err(PasswordFault::Guessable));
        assert_eq!(check("ann", &"ab".repeat(600)), Err(PasswordFault::Long));
        assert_eq!(check("ann", "twelve chars"), Ok(()));
        assert_eq!(check("ann", "пароль из слов"), Ok(()), "characters, not bytes");
    }
}
