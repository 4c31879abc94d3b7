//! A manifest on disk, and the files that it is of.
//!
//! Beside it lies a file that records all files as some build left them. What later builds changed
//! stands in the manifest itself, so that an edit does not write of all of them again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::Manifest;
use crate::cache::{self, FOLDER};
use crate::diagnostic::Error;
use crate::output::{Changes, Left, LeftFiles, Record};

/// What a manifest begins with: one that another version wrote is as none.
const FORMAT: &[u8] = b"inkstone manifest 5\n";
/// By so many bytes of a hash, with which it begins, a manifest knows the file beside it.
const CALLED: usize = 8;
/// The bytes of a record are more than so many.
const SMALLEST: usize = 32;
/// So many records are packed by one thread.
const PIECE: usize = 4_096;
/// Once one file in so many has changed, all are recorded again.
const MANY: usize = 8;

/// The files of one build, as they were kept.
#[derive(Debug)]
pub struct Files {
    /// The manifest's place.
    place: PathBuf,
    since: Since,
}

/// What was changed since all files were recorded.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct Since {
    /// What tells the file that records them from others.
    recorded: [u8; CALLED],
    /// The files that went, some of which came again, as those did that were renewed.
    removed: BTreeSet<String>,
    renewed: BTreeMap<String, Record>,
}

impl Files {
    /// Every file, by path; none where what was kept is damaged, or gone.
    pub fn records(&self) -> LeftFiles {
        let Some(mut files) = self.recorded() else {
            return LeftFiles::default();
        };
        for path in &self.since.removed {
            files.swap_remove(path);
        }
        let renewed = self.since.renewed.iter();
        files.extend(renewed.map(|(path, record)| (path.clone(), Left::from(*record))));
        files
    }

    /// As `serde` would, but with room for all at once.
    fn recorded(&self) -> Option<LeftFiles> {
        let recorded = std::fs::read(beside(&self.place)).ok()?;
        let recorded = recorded.strip_prefix(&self.since.recorded)?;
        let (count, mut rest) = postcard::take_from_bytes::<usize>(recorded).ok()?;
        let room = count.min(rest.len() / SMALLEST) + self.since.renewed.len();
        let mut files = LeftFiles::with_capacity_and_hasher(room, FxBuildHasher);
        for _ in 0..count {
            let (file, behind) = postcard::take_from_bytes::<(String, Record)>(rest).ok()?;
            let (path, record) = file;
            files.insert(path, record.into());
            rest = behind;
        }
        Some(files)
    }
}

/// A manifest as it is kept.
#[derive(Debug)]
pub struct Packed(postcard::Result<Kept>);

#[derive(Debug)]
struct Kept {
    manifest: Vec<u8>,
    /// The file beside it, unless that stays.
    recorded: Option<Vec<u8>>,
}

impl Manifest {
    /// That of the last build of the site at `root` into `output`, if there is one.
    pub fn read(root: &Path, output: &Path) -> Option<(Self, Files)> {
        let place = place(root, output)?;
        let kept = std::fs::read(&place).ok()?;
        let (manifest, since) = postcard::from_bytes(kept.strip_prefix(FORMAT)?).ok()?;
        Some((manifest, Files { place, since }))
    }

    /// As it is kept for the next build, with the files it was made of.
    pub fn pack(&self, files: &[(&str, Record)]) -> Packed {
        Packed(record(files).and_then(|recorded| {
            let mut since = Since::default();
            since.recorded.copy_from_slice(&recorded[..CALLED]);
            self.kept(&since, Some(recorded))
        }))
    }

    /// The same where `changes` tells what differs from the `files` of the build before; `None`
    /// where so much does that all should be recorded again.
    pub fn pack_after(&self, files: &Files, changes: &Changes) -> Option<Packed> {
        let mut since = files.since.clone();
        for (path, _) in &changes.removed {
            since.renewed.remove(path);
            since.removed.insert(path.clone());
        }
        since.renewed.extend(changes.renewed.iter().cloned());
        let changed = since.renewed.len() + since.removed.len();
        (changed <= self.files / MANY).then(|| Packed(self.kept(&since, None)))
    }

    fn kept(&self, since: &Since, recorded: Option<Vec<u8>>) -> postcard::Result<Kept> {
        let manifest = postcard::to_extend(&(self, since), FORMAT.to_vec())?;
        Ok(Kept { manifest, recorded })
    }
}

impl Packed {
    /// Keeps it for the next build of the site at `root` into `output`.
    ///
    /// # Errors
    /// When a file cannot be written; the next build is then a cold one.
    pub fn write(self, root: &Path, output: &Path) -> Result<(), Error> {
        let Some(place) = place(root, output) else {
            return Ok(());
        };
        let kept = self.0.map_err(std::io::Error::other);
        let written = kept.and_then(|kept| kept.write(&place));
        written.map_err(|error| Error::write(&place, error))
    }
}

impl Kept {
    fn write(self, place: &Path) -> std::io::Result<()> {
        // If the program is ended between the two, they do not fit each other.
        if let Some(recorded) = self.recorded {
            cache::write_whole(&beside(place), &recorded)?;
        }
        cache::write_whole(place, &self.manifest)
    }
}

/// Records all files, for [`Files::records`].
fn record(files: &[(&str, Record)]) -> postcard::Result<Vec<u8>> {
    let pieces = files.par_chunks(PIECE).map(|files| {
        let room = Vec::with_capacity(2 * SMALLEST * files.len());
        let mut files = files.iter();
        files.try_fold(room, |bytes, file| postcard::to_extend(file, bytes))
    });
    let pieces = pieces.collect::<postcard::Result<Vec<_>>>()?;
    let mut bytes = postcard::to_extend(&files.len(), vec![0; CALLED])?;
    pieces.iter().for_each(|piece| bytes.extend(piece));
    let hash = blake3::hash(&bytes);
    bytes[..CALLED].copy_from_slice(&hash.as_bytes()[..CALLED]);
    Ok(bytes)
}

/// Where the manifest of an output folder lies.
fn place(root: &Path, output: &Path) -> Option<PathBuf> {
    let output = std::path::absolute(output).ok()?;
    let name = blake3::hash(output.as_os_str().as_encoded_bytes()).to_hex();
    Some(root.join(FOLDER).join(format!("{}.manifest", &name[..16])))
}

/// The file beside it.
fn beside(place: &Path) -> PathBuf {
    place.with_extension("files")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::State;

    fn file(path: &str, modified: u64) -> (String, Record) {
        let record = Record {
            hash: blake3::hash(path.as_bytes()),
            from: None,
            state: State { size: 3, modified },
        };
        (path.to_owned(), record)
    }

    fn borrowed(files: &[(String, Record)]) -> Vec<(&str, Record)> {
        let files = files.iter();
        files.map(|(path, record)| (&**path, *record)).collect()
    }

    #[test]
    fn what_changed_is_told_beside_what_was_recorded() {
        let root = tempfile::tempdir().unwrap();
        let (root, output) = (root.path(), root.path().join("public"));
        let mut files = (0..64)
            .map(|n| file(&format!("{n}"), 1))
            .collect::<Vec<_>>();
        let manifest = Manifest::default().of(&borrowed(&files));
        manifest
            .pack(&borrowed(&files))
            .write(root, &output)
            .unwrap();
        let recorded = std::fs::read(beside(&place(root, &output).unwrap())).unwrap();
        let check = |files: &[(String, Record)], is_recorded_again: bool| {
            let (manifest, kept) = Manifest::read(root, &output).unwrap();
            let mut expected = Manifest::default().of(&borrowed(files));
            // What folders hold is known as of the build that recorded all.
            expected.folders = manifest.folders.clone();
            assert_eq!(manifest, expected);
            let mut records = kept
                .records()
                .into_iter()
                .map(|(path, left)| (path, left.record))
                .collect::<Vec<_>>();
            let mut files = files.to_vec();
            records.sort_by(|a, b| a.0.cmp(&b.0));
            files.sort_by(|a, b| a.0.cmp(&b.0));
            assert_eq!(records, files);
            let now = std::fs::read(beside(&place(root, &output).unwrap())).unwrap();
            assert_eq!(now != recorded, is_recorded_again);
        };
        check(&files, false);
        // What each build renews, and what it removes.
        let builds: [(&[&str], &[&str]); 5] = [
            (&["1", "new"], &["2"]),
            (&["2", "1"], &["new"]),
            (&[], &["1"]),
            (&["1", "3", "4"], &["2"]),
            (&["5", "6", "7", "8", "9"], &[]),
        ];
        for (build, (renewed, removed)) in (2..).zip(builds) {
            let (manifest, kept) = Manifest::read(root, &output).unwrap();
            let mut changes = Changes::default();
            for path in removed {
                let at = files.iter().position(|(known, _)| known == path).unwrap();
                changes.removed.push(files.remove(at));
            }
            for path in renewed {
                let file = file(path, build);
                match files.iter_mut().find(|(known, _)| known == path) {
                    Some(known) => {
                        changes
                            .replaced
                            .push(std::mem::replace(known, file.clone()));
                    }
                    None => files.push(file.clone()),
                }
                changes.renewed.push(file);
            }
            let built = Manifest::default().after(&manifest, &changes);
            let packed = built.pack_after(&kept, &changes);
            // One in eight has changed by then.
            let is_recorded_again = build == 6;
            assert_eq!(packed.is_none(), is_recorded_again);
            let packed = packed.unwrap_or_else(|| built.pack(&borrowed(&files)));
            packed.write(root, &output).unwrap();
            check(&files, is_recorded_again);
        }
        // One that is of another build tells nothing.
        std::fs::write(beside(&place(root, &output).unwrap()), &recorded).unwrap();
        let (_, kept) = Manifest::read(root, &output).unwrap();
        assert!(kept.records().is_empty());
    }
}
