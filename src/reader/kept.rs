//! What was read, kept on disk for the next program that reads the same site.
//!
//! It lies in `.inkstone/` beside `site.toml`: blocks of pages that are packed and unpacked side
//! by side, each with its hash. It is safe to delete; what is damaged, or was kept by another
//! program, is as if there were nothing.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Hashes, Parsed, made_from};
use crate::cache::{self, FOLDER};
use crate::content::body::Stored;
use crate::content::page::Page;
use crate::diagnostic::Diagnostic;
use crate::output::{Hash, State};

/// What the file begins with: one that another version wrote is as none.
const FORMAT: &[u8] = b"inkstone pages 1\n";
/// Its name.
const FILE: &str = "pages";
/// Pages in a block: enough blocks for all threads, however few pages.
const BLOCK: usize = 512;

/// What stands before the blocks.
#[derive(Serialize, Deserialize)]
struct Head {
    program: State,
    parsing: [u8; 32],
    themes: [u8; 32],
    /// Of each block, its bytes and their hash.
    blocks: Vec<(usize, [u8; 32])>,
}

/// A page as it is packed: what follows from the rest is left out.
#[derive(Serialize)]
struct Packed<'a> {
    page: &'a Page,
    found: &'a [Diagnostic],
    unknown: &'a [Diagnostic],
    parts: &'a [String],
    state: Option<State>,
    file: [u8; 32],
}

/// The same, unpacked.
#[derive(Deserialize)]
struct Unpacked {
    page: Page,
    found: Vec<Diagnostic>,
    unknown: Vec<Diagnostic>,
    parts: Vec<String>,
    state: Option<State>,
    file: [u8; 32],
}

/// Reads what `program` kept of the site at `root`, sorted by path.
pub(super) fn read(root: &Path, program: State) -> Option<Vec<Arc<Parsed>>> {
    let kept = std::fs::read(root.join(FOLDER).join(FILE)).ok()?;
    let (head, mut rest) = postcard::take_from_bytes::<Head>(kept.strip_prefix(FORMAT)?).ok()?;
    if head.program != program {
        return None;
    }
    let mut blocks = Vec::with_capacity(head.blocks.len());
    for (length, hash) in head.blocks {
        let (block, behind) = rest.split_at_checked(length)?;
        blocks.push((block, hash));
        rest = behind;
    }
    let hashes = Hashes {
        parsing: Hash::from(head.parsing),
        themes: Hash::from(head.themes),
    };
    let blocks = blocks.into_par_iter();
    let blocks = blocks.map(|(block, hash)| unpack(block, hash, hashes));
    let blocks = blocks.collect::<Option<Vec<_>>>()?;
    Some(blocks.into_iter().flatten().collect())
}

fn unpack(block: &[u8], hash: [u8; 32], hashes: Hashes) -> Option<Vec<Arc<Parsed>>> {
    if *blake3::hash(block).as_bytes() != hash {
        return None;
    }
    let pages = postcard::from_bytes::<Vec<Unpacked>>(block).ok()?;
    let pages = pages.into_iter().map(|unpacked| {
        let mut page = unpacked.page;
        let file = Hash::from(unpacked.file);
        page.made_from = Some(made_from(&hashes, &file));
        page.text = Stored::InFile(file);
        Arc::new(Parsed {
            page: Arc::new(page),
            found: unpacked.found,
            unknown: unpacked.unknown,
            parts: unpacked.parts,
            state: unpacked.state,
            file,
            hashes,
        })
    });
    Some(pages.collect())
}

/// Keeps what `program` read of the site at `root` under these hashes.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn write(
    root: &Path,
    program: State,
    hashes: Hashes,
    parsed: &[Arc<Parsed>],
) -> std::io::Result<()> {
    let blocks = parsed.par_chunks(BLOCK).map(|pages| {
        let packed = pages.iter().map(|parsed| Packed {
            page: &parsed.page,
            found: &parsed.found,
            unknown: &parsed.unknown,
            parts: &parsed.parts,
            state: parsed.state,
            file: *parsed.file.as_bytes(),
        });
        let block = postcard::to_allocvec(&packed.collect::<Vec<_>>())?;
        let hash = *blake3::hash(&block).as_bytes();
        Ok((block, hash))
    });
    let blocks = blocks.collect::<Result<Vec<_>, postcard::Error>>();
    let blocks = blocks.map_err(std::io::Error::other)?;
    let head = Head {
        program,
        parsing: *hashes.parsing.as_bytes(),
        themes: *hashes.themes.as_bytes(),
        blocks: blocks
            .iter()
            .map(|(block, hash)| (block.len(), *hash))
            .collect(),
    };
    let head = postcard::to_extend(&head, FORMAT.to_vec()).map_err(std::io::Error::other)?;
    let parts = std::iter::once(&head).chain(blocks.iter().map(|(block, _)| block));
    let bytes = parts.map(Vec::as_slice).collect::<Vec<_>>().concat();
    cache::write_whole(&root.join(FOLDER).join(FILE), &bytes)
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
        let source = crate::source::Source::new(format!("{number:03}.md"), text.as_str());
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

    #[test]
    fn what_is_kept_is_read_by_the_same_program() {
        let root = tempfile::tempdir().unwrap();
        let program = |modified| State { size: 9, modified };
        let pages = (0..BLOCK + 3).map(parsed).collect::<Vec<_>>();
        assert_eq!(read(root.path(), program(1)).map(|pages| pages.len()), None);
        write(root.path(), program(1), pages[0].hashes, &pages).unwrap();
        let again = read(root.path(), program(1)).unwrap();
        assert!(again == pages);
        assert!(!pages[0].found.is_empty());
        assert!(read(root.path(), program(2)).is_none());
        // Damaged anywhere, it is as none.
        let path = root.path().join(FOLDER).join(FILE);
        let whole = std::fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(997) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            std::fs::write(&path, &damaged).unwrap();
            let read = read(root.path(), program(1));
            assert!(read.is_none_or(|read| read.len() == pages.len()), "{at}");
            std::fs::write(&path, &whole[..at]).unwrap();
            assert!(super::read(root.path(), program(1)).is_none(), "{at}");
        }
    }
}
