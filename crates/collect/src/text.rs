//! From bytes to text: unpacks gzip within limits, tells web pages and binary files from data, and decodes
//! each line by itself, so that one odd byte costs nothing but its line's accents.

use crate::DocumentError;
use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::{ErrorKind, Read};

/// How much is read of a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The most bytes, unpacked.
    pub(crate) bytes: usize,
    /// The longest line with which reading goes on.
    pub(crate) line: usize,
}

/// Tables: the largest real one has 15 MiB; a line of a mebibyte is not a row of any.
pub(crate) const TABLE: Limits = Limits { bytes: 256 << 20, line: 1 << 20 };
/// JSON, which is held in memory as a tree some twenty times its size: the largest real file has 0.5 MiB.
pub(crate) const JSON: Limits = Limits { bytes: 8 << 20, line: usize::MAX };

const GZIP: [u8; 2] = [0x1f, 0x8b];
const UTF8_BOM: [u8; 3] = [0xef, 0xbb, 0xbf];
const BLOCK: usize = 64 << 10;

/// Unpacks gzip where the bytes are gzip, checks that they can be text, and drops a byte-order mark.
/// The length of lines is checked while unpacking, so that a huge line costs no memory.
pub(crate) fn unpack(bytes: &[u8], limits: Limits) -> Result<Cow<'_, [u8]>, DocumentError> {
    let unpacked = if bytes.starts_with(&GZIP) {
        Cow::Owned(gunzip(bytes, limits)?)
    } else if bytes.len() > limits.bytes {
        return Err(too_large(limits));
    } else {
        Cow::Borrowed(bytes)
    };
    check_text(&unpacked)?;
    Ok(match unpacked {
        Cow::Borrowed(all) => Cow::Borrowed(all.strip_prefix(&UTF8_BOM).unwrap_or(all)),
        Cow::Owned(mut all) => {
            if all.starts_with(&UTF8_BOM) {
                all.drain(..UTF8_BOM.len());
            }
            Cow::Owned(all)
        }
    })
}

/// The same of web pages that are sources of their own: what starts like a page is no fault.
pub(crate) fn unpack_page(bytes: &[u8], limits: Limits) -> Result<Cow<'_, [u8]>, DocumentError> {
    let unpacked = if bytes.starts_with(&GZIP) {
        Cow::Owned(gunzip(bytes, limits)?)
    } else if bytes.len() > limits.bytes {
        return Err(too_large(limits));
    } else {
        Cow::Borrowed(bytes)
    };
    match check_text(&unpacked) {
        Ok(()) | Err(DocumentError::Html) => Ok(unpacked),
        Err(error) => Err(error),
    }
}

fn too_large(limits: Limits) -> DocumentError {
    DocumentError::TooLarge { limit: (limits.bytes >> 20) as u64 }
}

fn gunzip(bytes: &[u8], limits: Limits) -> Result<Vec<u8>, DocumentError> {
    let mut decoder = MultiGzDecoder::new(bytes);
    let mut unpacked = Vec::new();
    let mut block = vec![0; BLOCK];
    let (mut line, mut length) = (1_u64, 0_usize);
    loop {
        let read = match decoder.read(&mut block) {
            Ok(0) => return Ok(unpacked),
            Ok(read) => read,
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => return Err(DocumentError::TruncatedGzip),
            Err(e) => return Err(DocumentError::CorruptGzip(e.to_string())),
        };
        if unpacked.len() + read > limits.bytes {
            return Err(too_large(limits));
        }
        for part in block[..read].split_inclusive(|b| matches!(b, b'\n' | b'\r')) {
            length += part.len();
            if length > limits.line {
                return Err(DocumentError::LineTooLong { line, limit: limits.line });
            }
            match part.last() {
                Some(b'\n') => (line, length) = (line + 1, 0),
                Some(b'\r') => length = 0,
                _ => {}
            }
        }
        unpacked.extend_from_slice(&block[..read]);
    }
}

fn check_text(bytes: &[u8]) -> Result<(), DocumentError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(DocumentError::NotText);
    }
    let content = bytes.strip_prefix(&UTF8_BOM).unwrap_or(bytes);
    match content.iter().find(|b| !b.is_ascii_whitespace()) {
        None => Err(DocumentError::Empty),
        Some(b'<') => Err(DocumentError::Html),
        Some(0) => Err(DocumentError::NotText),
        Some(_) => Ok(()),
    }
}

/// UTF-8 where the bytes are UTF-8, else Windows-1252, in which every byte means something.
pub(crate) fn decode(line: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(line).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(chunks: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        chunks.for_each(|chunk| encoder.write_all(&chunk).unwrap());
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_recognised_and_a_truncated_or_damaged_one_is_told_apart() {
        let packed = gzip([b"\xef\xbb\xbfa,b\n1,2\n".to_vec()].into_iter());
        assert_eq!(&*unpack(&packed, TABLE).unwrap(), b"a,b\n1,2\n");
        let cut = &packed[..packed.len() - 6];
        assert_eq!(unpack(cut, TABLE), Err(DocumentError::TruncatedGzip));
        let mut damaged = packed.clone();
        let crc = damaged.len() - 5;
        damaged[crc] ^= 0xff;
        assert!(matches!(unpack(&damaged, TABLE), Err(DocumentError::CorruptGzip(_))));
    }

    #[test]
    fn a_gzip_bomb_is_refused() {
        let line = [vec![b'7'; 1023], vec![b'\n']].concat();
        let bomb = gzip((0..257).map(|_| line.repeat(1024)));
        assert!(bomb.len() < 2 << 20);
        assert_eq!(unpack(&bomb, TABLE), Err(DocumentError::TooLarge { limit: 256 }));
    }

    #[test]
    fn a_packed_huge_line_is_refused_before_it_is_unpacked() {
        let packed = gzip([b"a,b\n".to_vec()].into_iter().chain((0..200).map(|_| vec![b'7'; 1 << 20])));
        assert_eq!(unpack(&packed, TABLE), Err(DocumentError::LineTooLong { line: 2, limit: TABLE.line }));
    }

    #[test]
    fn web_pages_blanks_and_binary_files_are_no_text() {
        for page in
            [&b"<!DOCTYPE html><html>"[..], b"\n  <html lang=en>", b"\xef\xbb\xbf<?xml version='1.0'?>"]
        {
            assert_eq!(unpack(page, TABLE), Err(DocumentError::Html));
        }
        for blank in [&b""[..], b" \r\n\t\n", b"\xef\xbb\xbf"] {
            assert_eq!(unpack(blank, TABLE), Err(DocumentError::Empty));
        }
        for binary in [&b"\xff\xfeD\0i\0v\0"[..], b"\0\0\0\0"] {
            assert_eq!(unpack(binary, TABLE), Err(DocumentError::NotText));
        }
    }

    #[test]
    fn bytes_of_either_encoding_become_the_same_text() {
        assert_eq!(decode("Köln’s".as_bytes()), decode(b"K\xf6ln\x92s"));
        assert_eq!(decode(&[0x81, 0xff]).chars().count(), 2);
    }
}
