//! Removing what nothing refers to any more.

use crate::objects::{Listed, blocking, unavailable};
use crate::{ParquetLake, manifest, paths};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::time::Duration;
use touchline_domain::ports::{Cleanup, LakeError, LakePartition};

/// The manifests and files of one partition.
#[derive(Default)]
struct Folder {
    /// By generation.
    manifests: BTreeMap<u64, Listed>,
    data: Vec<(String, Listed)>,
}

/// A file that this program wrote, by its path.
enum Own<'a> {
    Manifest(u64),
    Data(&'a str),
}

/// None where the path is none that this program gives.
fn own(path: &str) -> Option<(LakePartition, Own<'_>)> {
    if let Some((partition, name)) = paths::manifest(path) {
        return Some((partition, Own::Manifest(manifest::generation(name)?)));
    }
    let (partition, name) = paths::data(path)?;
    manifest::is_data(name).then_some((partition, Own::Data(name)))
}

impl ParquetLake {
    /// A manifest that was replaced goes when the one after it is older than `grace`: until then somebody may be reading
    /// what it names. A file goes when no manifest that stays names it, and it is older than `grace` itself: until then
    /// somebody may be about to name it.
    pub(crate) async fn sweep(&self, grace: Duration, dry_run: bool) -> Result<Cleanup, LakeError> {
        let grace = TimeDelta::from_std(grace).map_err(|error| unavailable(error.to_string()))?;
        let before = self.clock.now().checked_sub_signed(grace).unwrap_or(DateTime::<Utc>::MIN_UTC);
        let mut folders: BTreeMap<LakePartition, Folder> = BTreeMap::new();
        let mut found = Cleanup::default();
        for listed in self.objects.list("").await? {
            match own(&listed.path) {
                Some((partition, Own::Manifest(generation))) => {
                    folders.entry(partition).or_default().manifests.insert(generation, listed);
                }
                Some((partition, Own::Data(name))) => {
                    let name = name.to_owned();
                    folders.entry(partition).or_default().data.push((name, listed));
                }
                // Models stay: the registry says which are in use.
                None if listed.path.starts_with("models/") => {}
                None => found.foreign += 1,
            }
        }
        for (partition, folder) in folders {
            if folder.manifests.is_empty() {
                // Before the first manifest, or after all were lost with the tree they lie in: data are no leftovers then.
                found.waiting += folder.data.len() as u64;
                continue;
            }
            for listed in self.leftovers(partition, folder, before, &mut found).await? {
                found.removed += 1;
                found.bytes += listed.bytes;
                if !dry_run {
                    self.objects.delete(&listed.path).await?;
                }
            }
        }
        self.unfinished(before, dry_run, &mut found).await?;
        Ok(found)
    }

    /// What goes, manifests first: a cleanup that dies leaves files without a manifest, and no manifest without files.
    async fn leftovers(
        &self,
        partition: LakePartition,
        folder: Folder,
        before: DateTime<Utc>,
        found: &mut Cleanup,
    ) -> Result<Vec<Listed>, LakeError> {
        let replaced_at: BTreeMap<u64, DateTime<Utc>> = folder
            .manifests
            .keys()
            .zip(folder.manifests.values().skip(1))
            .map(|(generation, next)| (*generation, next.modified))
            .collect();
        let mut gone = Vec::new();
        let mut named: HashSet<String> = HashSet::new();
        for (generation, listed) in folder.manifests {
            match replaced_at.get(&generation) {
                Some(time) if *time < before => gone.push(listed),
                replaced => {
                    found.waiting += u64::from(replaced.is_some());
                    let state = self.manifest(partition, generation).await?;
                    named.extend(state.files.into_iter().map(|file| file.name));
                }
            }
        }
        for (name, listed) in folder.data {
            if named.contains(&name) {
                continue;
            }
            if listed.modified < before {
                gone.push(listed);
            } else {
                found.waiting += 1;
            }
        }
        Ok(gone)
    }

    /// In a folder, what a writer was writing when it died: `NAME#NUMBER`, which no list shows.
    async fn unfinished(
        &self,
        before: DateTime<Utc>,
        dry_run: bool,
        found: &mut Cleanup,
    ) -> Result<(), LakeError> {
        let Some(folder) = self.objects.folder.clone() else { return Ok(()) };
        let staged = blocking(move || {
            let mut staged = Vec::new();
            walk(&folder, &folder, &mut staged)
                .map_err(|error| unavailable(format!("{}: {error}", folder.display())))?;
            Ok(staged)
        })
        .await?;
        for (path, bytes, modified) in staged {
            if modified >= before {
                found.waiting += 1;
                continue;
            }
            found.removed += 1;
            found.bytes += bytes;
            if !dry_run {
                std::fs::remove_file(&path)
                    .map_err(|error| unavailable(format!("{}: {error}", path.display())))?;
            }
        }
        Ok(())
    }
}

type Staged = (std::path::PathBuf, u64, DateTime<Utc>);

fn walk(root: &Path, folder: &Path, staged: &mut Vec<Staged>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            walk(root, &path, staged)?;
            continue;
        }
        let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let Some((of, number)) = below.rsplit_once('#') else { continue };
        if kind.is_file()
            && own(of).is_some()
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            let meta = entry.metadata()?;
            staged.push((path, meta.len(), meta.modified()?.into()));
        }
    }
    Ok(())
}
