//! The matrix on disk: what is read is what was written, or nothing.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use support::proof::{Rows, rows};
use support::world::World;
use touchline_features::{FeatureMatrix, Knowledge, MatrixError, Settings, compute};

fn matrix(settings: &Settings) -> FeatureMatrix {
    let history = World::fixed().history();
    let all: Vec<u32> = (0..history.len() as u32).collect();
    compute(&history, &all, Knowledge::AT_KICKOFF, settings, 1)
}

fn saved(folder: &Path) -> (std::path::PathBuf, FeatureMatrix) {
    let path = folder.join("fresh.matrix");
    let matrix = matrix(&Settings::FRESH);
    matrix.save(&path, "facts").unwrap();
    (path, matrix)
}

#[test]
fn what_is_read_is_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let (path, written) = saved(folder.path());
    let (read, data_hash) = FeatureMatrix::open(&path).unwrap();
    assert_eq!(data_hash, "facts");
    assert_eq!(read.ids(), written.ids());
    assert_eq!(read.definitions(), written.definitions());
    assert_eq!(read.names(), written.names());
    assert!(rows(&read) == rows(&written));
    let bits = |m: &FeatureMatrix| m.gather(&[3, 0, 17]).iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&read), bits(&written));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the file");
}

#[test]
fn an_empty_matrix_is_kept_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.matrix");
    let history = World::default().history();
    compute(&history, &[], Knowledge::AT_KICKOFF, &Settings::FRESH, 2).save(&path, "none").unwrap();
    let (read, data_hash) = FeatureMatrix::open(&path).unwrap();
    assert_eq!((read.rows(), data_hash.as_str()), (0, "none"));
}

#[test]
fn a_matrix_stays_readable_while_another_replaces_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, first) = saved(folder.path());
    let (mapped, _) = FeatureMatrix::open(&path).unwrap();
    matrix(&Settings::STALE).save(&path, "other facts").unwrap();
    assert!(rows(&mapped) == rows(&first));
    assert_eq!(FeatureMatrix::open(&path).unwrap().1, "other facts");
}

/// Opens a file with other bytes; the text of the error where it is refused.
fn open(path: &Path, bytes: &[u8]) -> Result<(FeatureMatrix, String), String> {
    // A new file each time: a mapped file never changes in place.
    let damaged = path.with_extension("damaged");
    let _ = std::fs::remove_file(&damaged);
    std::fs::write(&damaged, bytes).unwrap();
    FeatureMatrix::open(&damaged).map_err(|e| e.to_string())
}

#[test]
fn a_flipped_bit_of_the_numbers_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = saved(folder.path());
    let bytes = std::fs::read(&path).unwrap();
    let start = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
    let places = (start..bytes.len()).step_by(bytes.len() / 40).chain([start, bytes.len() - 1]);
    for place in places {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 << (place % 8);
        let error = open(&path, &damaged).unwrap_err();
        assert!(error.contains("touchline features build"), "byte {place}: {error}");
    }
}

/// The description is not part of the hash: what is damaged there must still never pass for what was written.
#[test]
fn a_damaged_description_never_passes_for_another_matrix() {
    let folder = tempfile::tempdir().unwrap();
    let (path, written) = saved(folder.path());
    let bytes = std::fs::read(&path).unwrap();
    let end = bytes.iter().position(|b| *b == b'\n').unwrap();
    let written_rows = rows(&written);
    for place in (0..end).step_by(end / 300).chain([end - 1, end]) {
        for bit in [0, 5] {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << bit;
            let Ok((read, data_hash)) = open(&path, &damaged) else { continue };
            let taken_for_the_same = data_hash == "facts" && read.definitions() == written.definitions();
            assert!(!taken_for_the_same || rows(&read) == written_rows, "byte {place}");
        }
    }
}

#[test]
fn a_file_cut_short_or_grown_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = saved(folder.path());
    let bytes = std::fs::read(&path).unwrap();
    let start = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
    for length in [0, 1, start / 2, start - 1, start, start + 8, bytes.len() / 2, bytes.len() - 1] {
        assert!(open(&path, &bytes[..length]).is_err(), "{length} of {} bytes", bytes.len());
    }
    assert!(open(&path, &[&bytes[..], b"\0\0\0\0"].concat()).is_err());
    let zeros = vec![0; bytes.len()];
    assert!(open(&path, &[&bytes[..start], &zeros[start..]].concat()).is_err(), "a hole instead of numbers");
    assert!(open(&path, b"{}\n").is_err());
}

#[test]
fn a_failed_write_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = saved(folder.path());
    // A folder that holds something cannot be replaced by a file.
    let old = folder.path().join("old");
    std::fs::create_dir(&old).unwrap();
    std::fs::rename(&path, old.join("matrix")).unwrap();
    let error = matrix(&Settings::STALE).save(&old, "other").unwrap_err();
    assert!(matches!(error, MatrixError::Io { .. }), "{error}");
    assert!(FeatureMatrix::open(&old.join("matrix")).is_ok());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written stays");
}

const CHILD: &str = "TOUCHLINE_TEST_MATRIX";
/// What the child says before it begins to write.
const WRITES: &[u8] = b"writes\n";

/// The process that the next test kills: writes two matrices in turn, without end.
#[test]
#[ignore = "the child of a_process_killed_while_writing_leaves_a_whole_file"]
fn writes_without_end() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let matrices = [matrix(&Settings::FRESH), matrix(&Settings::STALE)];
    std::io::stdout().write_all(WRITES).unwrap();
    loop {
        for (n, matrix) in matrices.iter().enumerate() {
            matrix.save(Path::new(&path), &n.to_string()).unwrap();
        }
    }
}

#[test]
fn a_process_killed_while_writing_leaves_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = saved(folder.path());
    let written: [Rows; 2] = [&Settings::FRESH, &Settings::STALE].map(|s| rows(&matrix(s)));
    let mut seen = BTreeSet::new();
    for n in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "writes_without_end"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).split(b'\n').map_while(Result::ok);
        assert!(said.into_iter().any(|line| line == WRITES.trim_ascii_end()), "the child never wrote");
        std::thread::sleep(Duration::from_millis(7 * (1 + n)));
        child.kill().unwrap();
        child.wait().unwrap();
        let (read, data_hash) = FeatureMatrix::open(&path).unwrap();
        let index = usize::from(data_hash == "1");
        assert!(rows(&read) == written[index], "after {n} kills");
        seen.insert(data_hash);
    }
    assert!(seen.len() > 1, "no child wrote before it was killed: {seen:?}");
}
