//! Packs made of what the pack before had, against packs made anew.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use tantivy::directory::OwnedBytes;

use super::{Before, Id, Layout};
use crate::pack::PackError;
use crate::write::{
    Batch, ClosedBatch, Files, Label, PackOptions, PackWriter, Page, Section, Tags,
};

/// Sections of pages, each as a number that its text is made of.
type Sections = Vec<Vec<u32>>;

/// A site: its pages, and what its first education theme is called, of [`NAMES`].
#[derive(Clone)]
struct Site {
    pages: Sections,
    called: usize,
}

/// A site of thirty pages, no section of which is like another.
fn thirty() -> Site {
    let pages = (0..30).map(|page| (0..6).map(|n| page * 6 + n).collect());
    Site {
        pages: pages.collect(),
        called: 0,
    }
}

/// What education themes may be called. One of them is what a page is called.
const NAMES: [&str; 4] = ["司法为民", "第1页", "队伍建设", "司法公正"];
const THEMES: [&str; 3] = ["a", "b", "c"];

/// The education theme of a page, by its first section.
fn theme_of(sections: &[u32]) -> usize {
    sections[0] as usize % THEMES.len()
}

type Written = BTreeMap<String, (u64, Vec<u8>)>;

const BATCH: usize = 3;

/// Of two seeds that differ in the last bit, texts differ in the last character.
fn text(seed: u32) -> String {
    let mut state = seed >> 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let c = |n: u32| char::from_u32(0x4e00 + n % 700).unwrap();
    let begin = (0..250).map(|_| c(next())).collect::<String>();
    format!("{begin}{}", c(seed))
}

fn fill(batch: &mut Batch, number: usize, sections: &[u32]) {
    let title = format!("第{number}页");
    batch.page(&Page {
        source: &format!("{number}.md"),
        title: &title,
        ..Page::default()
    });
    for &seed in sections {
        let section = Section {
            text: &text(seed),
            ..Section::default()
        };
        batch.section(&section).unwrap();
    }
}

/// All batches by their ids, each read back from its bytes.
type Batches = BTreeMap<Id, Arc<ClosedBatch>>;

/// Writes a pack, of one before if there is one; returns its files, how it was laid out, and how
/// many files were taken over.
fn write(
    site: &Site,
    known: &mut Batches,
    before: Option<(&Written, &Layout)>,
) -> (Written, Layout, usize) {
    let options = PackOptions {
        bundle: 0,
        education_themes: (site.called..)
            .zip(THEMES)
            .map(|(called, id)| Label {
                id: id.to_owned(),
                name: NAMES[called % NAMES.len()].to_owned(),
                ..Label::default()
            })
            .collect(),
        ..PackOptions::default()
    };
    let mut writer = PackWriter::new(options);
    let numbered = site.pages.iter().enumerate().collect::<Vec<_>>();
    for pages in numbered.chunks(BATCH) {
        let mut batch = writer.batch();
        for (number, sections) in pages {
            fill(&mut batch, *number, sections);
        }
        let mut hasher = DefaultHasher::new();
        pages.hash(&mut hasher);
        let mut id = Id::default();
        id[..8].copy_from_slice(&hasher.finish().to_le_bytes());
        let bytes = batch.close().to_bytes();
        let batch = Arc::new(ClosedBatch::from_bytes(OwnedBytes::new(bytes), false).unwrap());
        let tags = pages.iter().map(|(_, sections)| Tags {
            education_themes: &THEMES[theme_of(sections)..][..1],
            ..Tags::default()
        });
        let tags = writer.tags(&batch, tags).to_bytes();
        let tags = Arc::new(ClosedBatch::from_bytes(OwnedBytes::new(tags), false).unwrap());
        let mut id_of_tags = id;
        id_of_tags[15] = 1 + site.called as u8;
        writer.add((&batch, id), (&tags, id_of_tags));
        known.extend([(id, batch), (id_of_tags, tags)]);
    }
    let (written, kept) = (Mutex::new(Written::new()), Mutex::new(0));
    let old = before.map(|(files, _)| files.clone()).unwrap_or_default();
    let has = |path: &str, from| old.get(path).is_some_and(|(old, _)| *old == from);
    let put = |path: String, from, make: &dyn Fn() -> Result<Vec<u8>, PackError>| {
        let bytes = match old.get(&path) {
            Some((old, bytes)) if *old == from => {
                *kept.lock().unwrap() += 1;
                bytes.clone()
            }
            _ => make()?,
        };
        assert_eq!(written.lock().unwrap().insert(path, (from, bytes)), None);
        Ok::<_, PackError>(())
    };
    let files = Files {
        put: &put,
        has: &has,
    };
    let batch = |id: &Id| known.get(id).cloned();
    let before = before.map(|(_, layout)| Before {
        layout: layout.clone(),
        batch: &batch,
    });
    let mut shares = Vec::new();
    let written_pack = writer.write(&files, before, |done, all| {
        shares.push(done as f64 / all as f64);
    });
    let layout = written_pack.unwrap().layout.unwrap();
    assert!(shares.len() > 1 && shares.is_sorted(), "{shares:?}");
    assert_eq!((shares[0], shares[shares.len() - 1]), (0.0, 1.0));
    let (written, kept) = (written.into_inner().unwrap(), kept.into_inner().unwrap());
    (written, layout, kept)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_pack_is_the_same_with_a_pack_before_it(
        pages in proptest::collection::vec(proptest::collection::vec(0u32..200, 1..7), 8..20),
        called in (0..NAMES.len(), 0..NAMES.len()),
        edits in proptest::collection::vec(
            (0usize..20, 0usize..7, 0u32..250, 0u8..3),
            0..3,
        ),
    ) {
        let mut known = Batches::new();
        let mut site = Site { pages, called: called.0 };
        let (before, layout, _) = write(&site, &mut known, None);
        site.called = called.1;
        for (page, section, seed, what) in edits {
            let page = page % site.pages.len();
            let sections = &mut site.pages[page];
            let section = section % sections.len();
            match what {
                0 => sections[section] = seed,
                1 if sections.len() < 7 => sections.insert(section, seed),
                _ if sections.len() > 1 => drop(sections.remove(section)),
                _ => {}
            }
        }
        let (anew, _, _) = write(&site, &mut known, None);
        let (again, _, _) = write(&site, &mut known, Some((&before, &layout)));
        prop_assert_eq!(anew.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
        for (path, file) in &anew {
            prop_assert_eq!(&again[path], file, "{}", path);
        }
    }
}

#[test]
fn what_did_not_change_is_taken_over() {
    let (mut site, mut known) = (thirty(), Batches::new());
    let (before, layout, _) = write(&site, &mut known, None);
    site.pages[4][2] ^= 1;
    let (after, _, kept) = write(&site, &mut known, Some((&before, &layout)));
    let same = after
        .iter()
        .filter(|(path, file)| before.get(*path) == Some(file));
    assert_eq!(same.count(), kept);
    assert!(layout.shelves.len() > 12, "{}", layout.shelves.len());
    assert!(kept * 2 > after.len(), "{kept} of {}", after.len());
    // Without its batches, nothing can be told of it.
    known.clear();
    let (anew, _, kept) = write(&site, &mut known, Some((&before, &layout)));
    assert_eq!(anew, after);
    assert!(kept > 0);
}

#[test]
fn an_education_theme_by_another_name_leaves_texts_as_they_are() {
    let (mut site, mut known) = (thirty(), Batches::new());
    let (before, layout, _) = write(&site, &mut known, None);
    let texts = |known: &Batches| known.keys().filter(|id| id[15] == 0).count();
    let (batches, made) = (texts(&known), known.len());
    site.called = 1;
    let (after, _, kept) = write(&site, &mut known, Some((&before, &layout)));
    assert_eq!((texts(&known), known.len()), (batches, made + batches));
    assert!(kept * 10 > after.len() * 9, "{kept} of {}", after.len());
    assert!(after["hot.bin"] != before["hot.bin"]);
}

#[test]
fn a_damaged_batch_is_none() {
    let mut known = Batches::new();
    let site = Site {
        pages: vec![vec![1, 2, 3], vec![4]],
        called: 0,
    };
    write(&site, &mut known, None);
    // Of texts, and of tags.
    assert_eq!(known.len(), 2);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("batch");
    let open = |bytes: &[u8]| {
        // What is open must not change: it is replaced.
        let _ = std::fs::remove_file(&file);
        std::fs::write(&file, bytes).unwrap();
        ClosedBatch::open(&file, false)
    };
    assert!(ClosedBatch::open(&file, false).is_err());
    for bytes in known.values().map(|batch| batch.to_bytes()) {
        assert_eq!(open(&bytes).unwrap().to_bytes(), bytes);
        for at in (0..bytes.len()).step_by(97) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(open(&damaged).is_err(), "{at}");
        }
        assert!(open(&bytes[..bytes.len() / 2]).is_err());
    }
    assert!(open(&[]).is_err());
}
