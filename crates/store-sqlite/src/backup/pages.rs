//! The pages of a database file: a hash of each, those that differ from an earlier state, and putting them back.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

const HEADING: &[u8] = b"touchline pages 1\n";
/// Where SQLite writes the size of a page: <https://www.sqlite.org/fileformat.html#the_database_header>.
const SIZE_AT: usize = 16;
const LEVEL: i32 = 3;

/// Hashes of all pages of one state of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pages {
    size: usize,
    hashes: Vec<[u8; 32]>,
}

impl Pages {
    /// Of a database file that nobody writes.
    pub fn of(file: &Path) -> io::Result<Self> {
        let mut file = BufReader::with_capacity(1 << 20, File::open(file)?);
        let mut header = [0; 100];
        file.read_exact(&mut header)?;
        file.rewind()?;
        let size = match u16::from_be_bytes([header[SIZE_AT], header[SIZE_AT + 1]]) {
            1 => 65_536,
            size => usize::from(size),
        };
        check_size(size)?;
        let mut page = vec![0; size];
        let mut hashes = Vec::new();
        while fill(&mut file, &mut page)? {
            hashes.push(*blake3::hash(&page).as_bytes());
        }
        Ok(Self { size, hashes })
    }

    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut out = BufWriter::new(File::create(path)?);
        out.write_all(HEADING)?;
        out.write_all(&(self.size as u32).to_le_bytes())?;
        for hash in &self.hashes {
            out.write_all(hash)?;
        }
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }

    pub fn read(path: &Path) -> io::Result<Self> {
        let mut input = BufReader::new(File::open(path)?);
        let mut heading = [0; HEADING.len()];
        input.read_exact(&mut heading)?;
        if heading != HEADING {
            return Err(senseless("it does not list pages"));
        }
        let size = number(&mut input)? as usize;
        check_size(size)?;
        let mut hashes = Vec::new();
        let mut hash = [0; 32];
        while fill(&mut input, &mut hash)? {
            hashes.push(hash);
        }
        Ok(Self { size, hashes })
    }

    /// Writes the pages of `file`, whose state this is, that were not so before.
    pub fn write_changes(&self, before: &Self, file: &Path, out: &Path) -> io::Result<()> {
        let mut file = File::open(file)?;
        let mut out = zstd::Encoder::new(File::create(out)?, LEVEL)?;
        let mut page = vec![0; self.size];
        for (number, hash) in self.hashes.iter().enumerate() {
            if self.size == before.size && before.hashes.get(number) == Some(hash) {
                continue;
            }
            file.seek(SeekFrom::Start((number * self.size) as u64))?;
            file.read_exact(&mut page)?;
            out.write_all(&(number as u32).to_le_bytes())?;
            out.write_all(&page)?;
        }
        out.finish()?.sync_all()
    }

    /// Puts changes into a file of the state before, which gets as many pages as this state has.
    pub fn apply_changes(&self, changes: &Path, file: &mut File) -> io::Result<()> {
        let mut changes = BufReader::new(zstd::Decoder::new(File::open(changes)?)?);
        let mut page = vec![0; self.size];
        let mut number = [0; 4];
        while fill(&mut changes, &mut number)? {
            let place = u32::from_le_bytes(number) as usize;
            if place >= self.hashes.len() {
                return Err(senseless("it holds a page beyond the end"));
            }
            changes.read_exact(&mut page)?;
            file.seek(SeekFrom::Start((place * self.size) as u64))?;
            file.write_all(&page)?;
        }
        file.set_len((self.hashes.len() * self.size) as u64)
    }
}

/// Sizes that SQLite knows.
fn check_size(size: usize) -> io::Result<()> {
    if size.is_power_of_two() && (512..=65_536).contains(&size) {
        return Ok(());
    }
    Err(senseless("pages of no possible size"))
}

fn number(input: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// Fills the buffer; false at the end. An end in the middle is an error.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) if filled == 0 => return Ok(false),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(n) => filled += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

fn senseless(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that has the header's page size and nothing else of a database.
    fn write(path: &Path, pages: &[[u8; 512]]) {
        let mut bytes = pages.concat();
        bytes[SIZE_AT..SIZE_AT + 2].copy_from_slice(&512_u16.to_be_bytes());
        std::fs::write(path, bytes).unwrap();
    }

    #[test]
    fn changes_turn_one_state_into_the_other_longer_or_shorter() {
        let folder = tempfile::TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        let states: [&[[u8; 512]]; 4] = [
            &[[1; 512], [2; 512], [3; 512]],
            &[[1; 512], [9; 512], [3; 512], [4; 512]],
            &[[1; 512]],
            &[[1; 512], [5; 512]],
        ];
        write(&at("restored"), states[0]);
        for (before, after) in states.iter().zip(&states[1..]) {
            write(&at("before"), before);
            write(&at("after"), after);
            let (before, after) = (Pages::of(&at("before")).unwrap(), Pages::of(&at("after")).unwrap());
            after.write(&at("hashes")).unwrap();
            assert_eq!(Pages::read(&at("hashes")).unwrap(), after);
            after.write_changes(&before, &at("after"), &at("changes")).unwrap();
            let mut file = File::options().read(true).write(true).open(at("restored")).unwrap();
            after.apply_changes(&at("changes"), &mut file).unwrap();
            assert_eq!(std::fs::read(at("restored")).unwrap(), std::fs::read(at("after")).unwrap());
        }
    }

    #[test]
    fn only_changed_pages_are_written_and_none_beyond_the_end_is_taken() {
        let folder = tempfile::TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        write(&at("before"), &[[1; 512]; 3]);
        let before = Pages::of(&at("before")).unwrap();
        before.write_changes(&before, &at("before"), &at("none")).unwrap();
        assert_eq!(zstd::decode_all(File::open(at("none")).unwrap()).unwrap(), b"");
        let beyond = [3_u32.to_le_bytes().as_slice(), &[7; 512]].concat();
        std::fs::write(at("beyond"), zstd::encode_all(beyond.as_slice(), 1).unwrap()).unwrap();
        let mut file = File::options().read(true).write(true).open(at("before")).unwrap();
        let error = before.apply_changes(&at("beyond"), &mut file).unwrap_err();
        assert!(error.to_string().contains("beyond the end"), "{error}");
        std::fs::write(at("hashes"), "touchline pages 1\n\x01\x00\x00\x00").unwrap();
        assert!(Pages::read(&at("hashes")).is_err(), "no page has one byte");
    }
}
