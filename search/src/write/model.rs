//! Packs → the model that postings are coded by.

use std::path::Path;

use crate::answer::SearchError;
use crate::folder::read;
use crate::pack::chunk::{self, ChunkId};
use crate::pack::dictionary::Page;
use crate::pack::hot::{self, Hot};
use crate::pack::postings::{self, Learner};

/// Learns the model of postings from packs: the bytes of `src/pack/postings.model`. Each folder
/// is a site's `search/`, of a pack that is no single file.
///
/// # Errors
/// When a pack cannot be read.
pub fn learn_postings<'a>(
    folders: impl IntoIterator<Item = &'a Path>,
) -> Result<Vec<u8>, SearchError> {
    let mut learner = Learner::default();
    for folder in folders {
        let hot = hot::read(&read(&folder.join("hot.bin"))?)?;
        (0..hot.pages.len()).try_for_each(|page| add(&mut learner, folder, &hot, page))?;
    }
    Ok(learner.model())
}

/// Takes in the postings of a page of the dictionary.
fn add(learner: &mut Learner, folder: &Path, hot: &Hot, page: usize) -> Result<(), SearchError> {
    let open = |id: ChunkId| -> Result<_, SearchError> {
        let file = read(&folder.join(format!("chunks/{id}.js")))?;
        Ok(chunk::open(id, &file, &hot.idiom)?)
    };
    let sections = hot.lengths.len() as u32;
    let page = Page::read(&open(hot.page_chunk(page))?)?;
    for terms in page.0.chunk_by(|a, b| a.chunk == b.chunk) {
        let Some(first) = terms.first() else {
            continue;
        };
        let content = open(first.chunk)?;
        for entry in terms {
            learner.add(
                &postings::read(&content, entry.lists(), sections)?,
                sections,
            );
        }
    }
    Ok(())
}
