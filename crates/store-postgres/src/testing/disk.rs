//! A disk that is soon full.

use super::cluster::run;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A file system of a few mebibytes in memory, gone when dropped.
#[derive(Debug)]
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// Mounts one; none, with a message, where that is not permitted.
    pub fn mount(mebibytes: u32) -> Option<Self> {
        let folder = TempDir::new().expect("a temporary folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m,mode=711"), "tmpfs"]).arg(folder.path());
        let mounted = mount.stdin(Stdio::null()).stderr(Stdio::null()).status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(folder));
        }
        eprintln!("skipped: mounting a small disk is not permitted here");
        None
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Gives it another size.
    pub fn resize(&self, mebibytes: u32) {
        let size = format!("remount,size={mebibytes}m");
        run(Command::new("mount").args(["-o", &size]).arg(self.path()));
    }

    /// Takes all space but so many kibibytes, until the answer is dropped.
    pub fn fill_up_to(&self, kibibytes: u64) -> Filler {
        let df =
            Command::new("df").args(["--output=avail", "-k"]).arg(self.path()).output().expect("df runs");
        let text = String::from_utf8_lossy(&df.stdout).into_owned();
        let free: u64 = text.split_whitespace().last().and_then(|n| n.parse().ok()).expect("a number");
        let path = self.path().join("filler");
        std::fs::write(&path, vec![0; (free.saturating_sub(kibibytes) << 10) as usize])
            .expect("room for the filler");
        Filler(path)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// What takes the space of a [`SmallDisk`].
#[derive(Debug)]
pub struct Filler(std::path::PathBuf);

impl Drop for Filler {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
