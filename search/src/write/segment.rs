//! tantivy's segment: what tantivy itself makes of as many documents, none of which has a word
//! but the first.
//!
//! A reader makes lists of postings in tantivy's form as they are asked for, and places them in
//! room that is left free where that one word's are. So the segment does not change with the
//! postings, and the pack has them once.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::directory::{OwnedBytes, RamDirectory};
use tantivy::indexer::SingleSegmentIndexWriter;
use tantivy::schema::{IndexRecordOption, TantivyDocument};
use tantivy::tokenizer::{RawTokenizer, TextAnalyzer, TokenizerManager};
use tantivy::{Directory, Index};

use crate::pack::PackError;
use crate::pack::hot::{Hot, POSTINGS};
use crate::read::{self, PackDirectory};
use crate::schema;

/// Bytes that tantivy may use for what has no text.
const MEMORY: usize = 4 << 20;
/// The word.
const WORD: &str = "砚";

/// A file of tantivy's: its name, and its bytes.
type File = (String, OwnedBytes);

/// What `hot.bin` tells of the segment.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Segment {
    documents: usize,
    /// As in [`Hot`].
    files: Vec<(String, u64)>,
    opening: Vec<(u64, Vec<u8>)>,
    base: u64,
}

impl Segment {
    /// Of so many documents; that of the pack `before` may be the same.
    pub(super) fn of(documents: usize, before: Option<Self>) -> Result<Self, PackError> {
        match before {
            Some(before) if before.documents == documents => Ok(before),
            _ => Self::made(documents),
        }
    }

    fn made(documents: usize) -> Result<Self, PackError> {
        let files = files(documents)?;
        let mut starts = Vec::with_capacity(files.len());
        let mut end = 0;
        for (_, file) in &files {
            starts.push(end);
            end += file.len();
        }
        let lengths = files.iter();
        let lengths = lengths.map(|(name, file)| (name.clone(), file.len() as u64));
        let mut lengths = lengths.collect::<Vec<_>>();
        let directory = PackDirectory::new(Arc::new(Hot {
            files: lengths.clone(),
            ..Hot::default()
        }));
        // What is read while the index is opened is learnt by opening it.
        let recorded =
            || directory.with(|chunks| chunks.recorded.replace(Vec::new()).unwrap_or_default());
        directory.with(|chunks| {
            for ((_, file), &start) in files.iter().zip(&starts) {
                chunks.place(start, file.clone());
            }
        });
        recorded();
        let (_segment, index) = read::open(&directory)?;
        let opening = recorded();
        let io = |error: std::io::Error| PackError::Index(error.into());
        let mut base = end;
        let mut words = index.terms().stream().map_err(io)?;
        if words.advance() {
            recorded();
            let option = IndexRecordOption::Basic;
            index
                .read_postings_from_terminfo(words.value(), option)
                .map_err(io)?;
            base = recorded().first().map_or(end, |range| range.start);
            let file = starts.partition_point(|&start| start <= base) - 1;
            lengths[file].1 += POSTINGS;
        }
        // What is read at once may begin in one file and end in the next.
        let read = |range: Range<usize>| {
            let of_files = files.iter().zip(&starts).flat_map(|((_, file), &start)| {
                let within = |address: usize| address.clamp(start, start + file.len()) - start;
                &file[within(range.start)..within(range.end)]
            });
            of_files.copied().collect::<Vec<u8>>()
        };
        let (before, behind) = opening.into_iter().partition(|range| range.end <= base);
        let before = together(before).into_iter().map(|range| (range, 0));
        let behind = together(behind).into_iter().map(|range| (range, POSTINGS));
        let opening = before.chain(behind);
        let opening = opening.map(|(range, room)| (range.start as u64 + room, read(range)));
        Ok(Self {
            documents,
            files: lengths,
            opening: opening.collect(),
            base: base as u64,
        })
    }

    /// Notes it in `hot`.
    pub(super) fn tell(&self, hot: &mut Hot) {
        hot.files.clone_from(&self.files);
        hot.opening.clone_from(&self.opening);
        hot.base = self.base;
    }
}

/// tantivy's files, the random name of their segment replaced by zeros.
fn files(documents: usize) -> Result<Vec<File>, PackError> {
    let (fields, field) = schema::schema();
    let directory = RamDirectory::create();
    let tokenizers = TokenizerManager::new();
    tokenizers.register(schema::TERMS, TextAnalyzer::from(RawTokenizer::default()));
    let mut writer: SingleSegmentIndexWriter = Index::builder()
        .schema(fields)
        .tokenizers(tokenizers)
        .single_segment_index_writer(directory.clone(), MEMORY)?;
    for number in 0..documents {
        let mut document = TantivyDocument::new();
        if number == 0 {
            document.add_text(field, WORD);
        }
        writer.add_document(document)?;
    }
    writer.finalize()?;
    let read = |name: &str| {
        let file = directory.open_read(Path::new(name));
        let file = file.map_err(|error| PackError::Index(error.into()))?;
        file.read_bytes()
            .map_err(|error| PackError::Index(error.into()))
    };
    let meta = String::from_utf8(read("meta.json")?.to_vec())
        .map_err(|_| PackError::Damaged("meta.json is not UTF-8"))?;
    let value: serde_json::Value =
        serde_json::from_str(&meta).map_err(|_| PackError::Damaged("meta.json is not JSON"))?;
    let id = value["segments"][0]["segment_id"]
        .as_str()
        .ok_or(PackError::Damaged("meta.json names no segment"))?;
    let zeros = id.replace(|c: char| c != '-', "0");
    let named = meta.replace(id, &zeros).into_bytes();
    let mut files = vec![("meta.json".to_owned(), OwnedBytes::new(named))];
    for extension in ["term", "idx", "pos", "store", "fast", "fieldnorm"] {
        let name = format!("{}.{extension}", id.replace('-', ""));
        if directory.exists(Path::new(&name)).unwrap_or(false) {
            let zeros = format!("{}.{extension}", zeros.replace('-', ""));
            files.push((zeros, read(&name)?));
        }
    }
    Ok(files)
}

/// Ranges in order, those that touch or nearly do made one.
fn together(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end + 16 => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_merged() {
        assert_eq!(
            together(vec![50..60, 0..10, 8..20, 30..31]),
            [0..31, 50..60]
        );
    }
}
