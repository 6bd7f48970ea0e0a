//! Lines that a person put right before a document is read: the bytes that came stay as they are, and readers see others.

use crate::DocumentError;
use crate::text::{TABLE, unpack};
use std::collections::BTreeMap;

/// The document with some lines, counted from 1, in the place of its own; none is an empty line, which readers pass over.
/// Lines end as the document's do. Only documents of lines can be corrected like that: tables and texts.
///
/// # Errors
/// The bytes are no text.
pub fn with_lines(bytes: &[u8], lines: &BTreeMap<u32, Option<String>>) -> Result<Vec<u8>, DocumentError> {
    let text = unpack(bytes, TABLE)?;
    let mut patched = Vec::with_capacity(text.len());
    for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        match lines.get(&number) {
            None => patched.extend_from_slice(line),
            Some(other) => {
                patched.extend(other.iter().flat_map(|other| other.bytes()));
                let end = if line.ends_with(b"\r\n") { &b"\r\n"[..] } else { b"\n" };
                patched.extend_from_slice(end);
            }
        }
    }
    Ok(patched)
}

/// A line of a document, decoded; none where it has no such line, or is no text.
pub fn line_of(bytes: &[u8], number: u32) -> Option<String> {
    let text = unpack(bytes, TABLE).ok()?;
    let line = text.split(|byte| *byte == b'\n').nth(number.checked_sub(1)? as usize)?;
    Some(crate::text::decode(line.strip_suffix(b"\r").unwrap_or(line)).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_exchanged_and_all_others_stay_as_they_were() {
        let bytes = b"a,b\r\n1,2\r\n3,\xe9\r\n5,6";
        let lines = BTreeMap::from([(2, Some("7,\u{fc}".to_owned())), (4, None)]);
        assert_eq!(
            with_lines(bytes, &lines).unwrap(),
            "a,b\r\n7,\u{fc}\r\n3,".bytes().chain(*b"\xe9\r\n\n").collect::<Vec<_>>()
        );
        assert_eq!(with_lines(bytes, &BTreeMap::new()).unwrap(), bytes);
        assert_eq!(line_of(bytes, 3).as_deref(), Some("3,\u{e9}"));
        assert_eq!((line_of(bytes, 0), line_of(bytes, 5)), (None, None));
    }
}
