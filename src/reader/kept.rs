//! What was read, kept on disk for the next program that reads the same site.
//!
//! It lies in `.inkstone/` beside `site.toml`: blocks of pages that are packed and unpacked side
//! by side, each a file called by the hash of its bytes, and a list of them. A block whose pages
//! are those it was unpacked to is not packed again. All is safe to delete; a block that is
//! damaged, or a list that another program made, is as if it were not there.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{AllParsed, Hashes, Parsed, made_from};
use crate::cache::Cache;
use crate::content::body::Stored;
use crate::content::page::Page;
use crate::diagnostic::Diagnostic;
use crate::hash::{Hash, as_bytes};
use crate::output::State;

/// What the list begins with: one that another version wrote is as none.
const FORMAT: &[u8] = b"inkstone pages 3\n";
/// The folder of the blocks within that of the cache, and the list among them.
const FOLDER: &str = "read";
const LIST: &str = "list";
/// Pages in a block, more or less: enough blocks for all threads, and little in each to be packed
/// again for a page.
const BLOCK: u64 = 256;
/// Each edit leaves a block behind: what was not used for so long goes.
const UNUSED: Duration = Duration::from_secs(3600);

/// What was kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The pages, sorted by path.
    pub parsed: AllParsed,
    /// Of each block, its pages among them and its hash.
    blocks: Vec<(Range<usize>, Hash)>,
}

impl Kept {
    /// The block of these pages, and of no others.
    fn block_of(&self, pages: &[Arc<Parsed>]) -> Option<Hash> {
        let first = &pages.first()?.page.source;
        let behind = |(pages, _): &(Range<usize>, Hash)| {
            let own = self.parsed.get(pages.start);
            own.is_some_and(|own| own.page.source <= *first)
        };
        let at = self.blocks.partition_point(behind).checked_sub(1)?;
        let (place, hash) = &self.blocks[at];
        let own = &self.parsed[place.clone()];
        let mut pairs = own.iter().zip(pages);
        let is_same = own.len() == pages.len() && pairs.all(|(own, page)| Arc::ptr_eq(own, page));
        is_same.then_some(*hash)
    }
}

/// The list.
#[derive(Serialize, Deserialize)]
struct List {
    program: State,
    #[serde(with = "as_bytes")]
    parsing: Hash,
    #[serde(with = "as_bytes")]
    themes: Hash,
    blocks: Vec<[u8; 32]>,
}

/// A page as it is packed: what follows from the rest is left out.
#[derive(Serialize)]
struct Packed<'a> {
    page: &'a Page,
    found: &'a [Diagnostic],
    unknown: &'a [Diagnostic],
    parts: &'a [String],
    state: Option<State>,
    #[serde(with = "as_bytes")]
    file: Hash,
}

/// The same, unpacked.
#[derive(Deserialize)]
struct Unpacked {
    page: Page,
    found: Vec<Diagnostic>,
    unknown: Vec<Diagnostic>,
    parts: Vec<String>,
    state: Option<State>,
    #[serde(with = "as_bytes")]
    file: Hash,
}

/// Reads what `program` kept of the site at `root`.
pub(super) fn read(root: &Path, program: State) -> Option<Kept> {
    let cache = Cache::new(root, FOLDER);
    let list = cache.get(LIST)?;
    let list = postcard::from_bytes::<List>(list.strip_prefix(FORMAT)?).ok()?;
    if list.program != program {
        return None;
    }
    let hashes = Hashes {
        parsing: list.parsing,
        themes: list.themes,
    };
    let blocks = list.blocks.into_par_iter().map(Hash::from);
    let blocks = blocks.filter_map(|hash| {
        let block = cache.get(&name(&hash))?;
        Some((unpack(&block, hash, hashes)?, hash))
    });
    let (mut parsed, mut places) = (Vec::new(), Vec::new());
    for (block, hash) in blocks.collect::<Vec<_>>() {
        places.push((parsed.len()..parsed.len() + block.len(), hash));
        parsed.extend(block);
    }
    Some(Kept {
        parsed: Arc::new(parsed),
        blocks: places,
    })
}

fn unpack(block: &[u8], hash: Hash, hashes: Hashes) -> Option<Vec<Arc<Parsed>>> {
    if blake3::hash(block) != hash {
        return None;
    }
    // One by one: all at once, they would be moved through memory once more.
    let (count, mut rest) = postcard::take_from_bytes::<usize>(block).ok()?;
    let mut pages = Vec::with_capacity(count.min(block.len()));
    for _ in 0..count {
        let (unpacked, behind) = postcard::take_from_bytes::<Unpacked>(rest).ok()?;
        rest = behind;
        let Unpacked { mut page, file, .. } = unpacked;
        page.made_from = Some(made_from(&hashes, &file));
        page.text = Stored::InFile(file);
        pages.push(Arc::new(Parsed {
            page: Arc::new(page),
            found: unpacked.found,
            unknown: unpacked.unknown,
            parts: unpacked.parts,
            state: unpacked.state,
            file,
            hashes,
        }));
    }
    Some(pages)
}

/// Keeps what `program` read of the site at `root` under these hashes; what of it is `kept`
/// stays.
pub(super) fn write(
    root: &Path,
    program: State,
    hashes: Hashes,
    parsed: &[Arc<Parsed>],
    kept: &Kept,
) {
    let cache = Cache::new(root, FOLDER);
    let blocks = parsed.chunk_by(|page, _| !ends_block(page));
    let blocks = blocks.collect::<Vec<_>>().into_par_iter().map(|pages| {
        if let Some(hash) = kept.block_of(pages) {
            return Ok(hash);
        }
        let block = pack(pages)?;
        let hash = blake3::hash(&block);
        cache.put(&name(&hash), &block);
        Ok(hash)
    });
    let Ok(blocks) = blocks.collect::<Result<Vec<_>, postcard::Error>>() else {
        return;
    };
    let mut used = blocks.iter().map(name).collect::<HashSet<_>>();
    let list = List {
        program,
        parsing: hashes.parsing,
        themes: hashes.themes,
        blocks: blocks.iter().map(|hash| *hash.as_bytes()).collect(),
    };
    // It comes last: what it names is there.
    if let Ok(list) = postcard::to_extend(&list, FORMAT.to_vec()) {
        cache.put(LIST, &list);
    }
    used.insert(LIST.to_owned());
    cache.evict(&used, UNUSED);
}

fn pack(pages: &[Arc<Parsed>]) -> Result<Vec<u8>, postcard::Error> {
    let packed = pages.iter().map(|parsed| Packed {
        page: &parsed.page,
        found: &parsed.found,
        unknown: &parsed.unknown,
        parts: &parsed.parts,
        state: parsed.state,
        file: parsed.file,
    });
    postcard::to_allocvec(&packed.collect::<Vec<_>>())
}

/// Whether a block ends with a page: its path tells, so that a page more or less changes only the
/// block that it is in.
fn ends_block(parsed: &Parsed) -> bool {
    let mut hasher = DefaultHasher::new();
    parsed.page.source.hash(&mut hasher);
    hasher.finish().is_multiple_of(BLOCK)
}

fn name(hash: &Hash) -> String {
    hash.to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(number: usize) -> Arc<Parsed> {
        let hashes = Hashes {
            parsing: blake3::hash(b"1"),
            themes: blake3::hash(b"2"),
        };
        let text = format!(
            "---\n标题: 题{number}\n日期: 2026-01-02\n主题: [没有]\n作者: 甲\n---\n\
             见[甲](a.md#x)、[[乙]]。\n\n## 节\n\n注[^1]\n\n[^1]: 丙\n\n##错\n"
        );
        let source = crate::source::Source::new(format!("{number:04}.md"), text.as_str());
        let schema = crate::content::page::Schema {
            kinds: crate::content::kind::Kinds::built_in().unwrap(),
            bindings: Vec::new(),
            education_themes: Default::default(),
            editions: crate::content::edition::Edition::only("zh-CN"),
        };
        let (mut page, found) = Page::parse(&source, &schema);
        let file = blake3::hash(text.as_bytes());
        page.made_from = Some(made_from(&hashes, &file));
        page.text = Stored::InFile(file);
        Arc::new(Parsed {
            page: Arc::new(page),
            found,
            unknown: Vec::new(),
            parts: vec!["_p.md".to_owned()],
            state: Some(State {
                size: 1,
                modified: number as u64,
            }),
            file,
            hashes,
        })
    }

    fn kept(root: &Path) -> Vec<Arc<Parsed>> {
        let program = State {
            size: 9,
            modified: 1,
        };
        read(root, program).map_or(Vec::new(), |kept| kept.parsed.to_vec())
    }

    /// Every file that is kept, with its bytes.
    fn files(root: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
        let entries = std::fs::read_dir(root.join(".inkstone").join(FOLDER)).unwrap();
        let files = entries.map(|entry| {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            (path, bytes)
        });
        let mut files = files.collect::<Vec<_>>();
        files.sort();
        files
    }

    #[test]
    fn what_is_kept_is_read_by_the_same_program() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let program = |modified| State { size: 9, modified };
        let pages = (0..3 * BLOCK as usize).map(parsed).collect::<Vec<_>>();
        assert!(read(root, program(1)).is_none());
        write(root, program(1), pages[0].hashes, &pages, &Kept::default());
        let before = read(root, program(1)).unwrap();
        assert!(*before.parsed == pages);
        assert!(before.blocks.len() > 1);
        assert!(!pages[0].found.is_empty());
        assert!(read(root, program(2)).is_none());
        // Damaged anywhere, what is read is right, and what is not is read from its source.
        for (path, whole) in files(root) {
            for at in (0..whole.len()).step_by(997) {
                let mut damaged = whole.clone();
                damaged[at] ^= 0x55;
                std::fs::write(&path, &damaged).unwrap();
                let known = |page: &Arc<Parsed>| {
                    let same = pages
                        .iter()
                        .find(|same| same.page.source == page.page.source);
                    same.is_some_and(|same| page.hashes != same.hashes || same == page)
                };
                assert!(kept(root).iter().all(known), "{at}");
                std::fs::write(&path, &whole[..at]).unwrap();
                assert!(kept(root).len() < pages.len(), "{at}");
            }
            std::fs::write(&path, &whole).unwrap();
        }
        assert!(kept(root) == pages);
    }

    #[test]
    fn blocks_that_did_not_change_are_not_written_again() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let program = State {
            size: 9,
            modified: 1,
        };
        let pages = (0..6 * BLOCK as usize).map(parsed).collect::<Vec<_>>();
        write(root, program, pages[0].hashes, &pages, &Kept::default());
        let before = read(root, program).unwrap();
        // Whatever is written again comes back.
        for (path, _) in files(root) {
            std::fs::remove_file(path).unwrap();
        }
        let mut after = before.parsed.to_vec();
        after.remove(400);
        after[700] = Arc::new(Parsed {
            state: None,
            ..Parsed::clone(&after[700])
        });
        write(root, program, pages[0].hashes, &after, &before);
        assert!((2..=3).contains(&files(root).len()));
        let all = read(root, program).unwrap();
        assert!(all.parsed.iter().all(|page| after.contains(page)));
        write(root, program, pages[0].hashes, &after, &Kept::default());
        assert!(kept(root) == after);
    }
}
