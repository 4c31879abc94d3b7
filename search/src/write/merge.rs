//! Sorted runs of postings → tantivy's own files.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

use tantivy::directory::{OwnedBytes, RamDirectory};
use tantivy::index::SegmentComponent;
use tantivy::indexer::SingleSegmentIndexWriter;
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::TantivyDocument;
use tantivy::tokenizer::{RawTokenizer, TextAnalyzer, TokenizerManager};
use tantivy::{Directory, Index};

use super::postings::Run;
use crate::pack::PackError;
use crate::pack::bytes::Reader;
use crate::pack::hot::Hot;
use crate::pack::postings::Posting;
use crate::rank;
use crate::schema;

/// Bytes that tantivy may use for what has no text.
const MEMORY: usize = 4 << 20;
/// Longest term that a cursor's key holds whole.
const SHORT: usize = 8;

/// Of a character that is too common to be ranked by, and stands in so many sections, it is not
/// kept how often: that tells nothing, and is half of lists that are a seventh of the pack.
const EVERYWHERE: usize = 4_096;
/// Ideographs begin here.
const IDEOGRAPHS: char = '\u{3400}';

/// What the runs are made into.
pub(super) struct Merged {
    /// tantivy's files, named without the random name of their segment.
    pub files: Vec<(String, OwnedBytes)>,
    /// The ideographs that occur, in order.
    pub alphabet: Vec<char>,
    /// Characters that are too common to be ranked by.
    pub common: String,
}

/// Writes the index of the documents that `hot` tells of, and hands on each of its terms, in
/// order, with its postings.
pub(super) fn merge(
    runs: &[Run],
    hot: &Hot,
    mut take: impl FnMut(&str, &mut dyn Iterator<Item = Posting>) -> Result<(), PackError>,
) -> Result<Merged, PackError> {
    let (fields, field) = schema::schema();
    let directory = RamDirectory::create();
    // The segment that tantivy itself makes of as many documents without text.
    let tokenizers = TokenizerManager::new();
    tokenizers.register(schema::TERMS, TextAnalyzer::from(RawTokenizer::default()));
    let mut writer: SingleSegmentIndexWriter = Index::builder()
        .schema(fields)
        .tokenizers(tokenizers)
        .single_segment_index_writer(directory.clone(), MEMORY)?;
    for _ in &hot.lengths {
        writer.add_document(TantivyDocument::new())?;
    }
    let index = writer.finalize()?;
    let metas = index.searchable_segments()?;
    let segment = metas.first().ok_or(PackError::Damaged("no segment"))?;
    // Its postings are written anew.
    for component in [
        SegmentComponent::Terms,
        SegmentComponent::Postings,
        SegmentComponent::Positions,
    ] {
        // What is not there need not go, and what stays is an error at once.
        let _ = directory.delete(&segment.relative_path(component));
    }
    let io = |error: std::io::Error| PackError::Index(error.into());
    let mut serializer = InvertedIndexSerializer::open(segment)?;
    let occurrences = runs.iter().map(|run| run.occurrences).sum();
    let mut field = serializer.new_field(field, occurrences, None).map_err(io)?;
    let (mut alphabet, mut common) = (Vec::new(), String::new());
    terms(runs, |term, list| {
        let mut is_counted = true;
        if let Some(c) = lone(term) {
            if c >= IDEOGRAPHS {
                alphabet.push(c);
            }
            if !rank::is_rare(list.len() as u32, hot.sections()) {
                common.push(c);
                is_counted = list.len() < EVERYWHERE;
            }
        }
        field.new_term(term, list.len() as u32, true).map_err(io)?;
        let counted = |&(section, count): &Posting| (section, if is_counted { count } else { 1 });
        let mut postings = list.iter().map(counted);
        for (section, count) in postings.clone() {
            field.write_doc(section, count, &[]);
        }
        field.close_term().map_err(io)?;
        take(&String::from_utf8_lossy(term), &mut postings)
    })?;
    field.close().map_err(io)?;
    serializer.close().map_err(io)?;
    Ok(Merged {
        files: files(&directory)?,
        alphabet,
        common,
    })
}

/// The character, if a term is just one.
fn lone(term: &[u8]) -> Option<char> {
    let first = term.utf8_chunks().next()?.valid().chars().next()?;
    (first.len_utf8() == term.len()).then_some(first)
}

/// Hands on every term of the runs in order, with the sections that hold it and how often each
/// does.
pub(super) fn terms(
    runs: &[Run],
    mut take: impl FnMut(&[u8], &[Posting]) -> Result<(), PackError>,
) -> Result<(), PackError> {
    let mut cursors: Vec<Cursor<'_>> = runs.iter().flat_map(Cursor::of).collect();
    let mut heap = BinaryHeap::new();
    for (place, cursor) in cursors.iter_mut().enumerate() {
        if cursor.advance()? {
            heap.push(Reverse((cursor.key, cursor.long_name(), place)));
        }
    }
    let (mut same, mut list) = (Vec::new(), Vec::new());
    while let Some(Reverse((key, name, place))) = heap.pop() {
        same.clear();
        same.push(place);
        while let Some(Reverse((next, other, _))) = heap.peek()
            && (*next, other) == (key, &name)
            && let Some(Reverse((_, _, place))) = heap.pop()
        {
            same.push(place);
        }
        list.clear();
        for &place in &same {
            cursors[place].postings(&mut list)?;
        }
        let term = key.to_be_bytes();
        let short = term.iter().position(|&byte| byte == 0);
        let term = name.as_deref().unwrap_or(&term[..short.unwrap_or(SHORT)]);
        take(term, &list)?;
        for &place in &same {
            if cursors[place].advance()? {
                heap.push(Reverse((
                    cursors[place].key,
                    cursors[place].long_name(),
                    place,
                )));
            }
        }
    }
    Ok(())
}

/// Reads the terms of a run in order: those of one or two characters, or the others.
struct Cursor<'a> {
    base: u32,
    terms: Terms<'a>,
    rest: Reader<'a>,
    /// The first eight bytes of the term at hand, padded with zeros, which no term has.
    key: u64,
    /// Number of sections that hold it.
    frequency: u32,
}

enum Terms<'a> {
    /// The characters that occur, and the last key.
    Text(&'a [char], u64),
    /// The last name.
    Names(Vec<u8>),
}

impl<'a> Cursor<'a> {
    fn of(run: &'a Run) -> [Self; 2] {
        let cursor = |terms, bytes| Self {
            base: run.base,
            terms,
            rest: Reader(bytes),
            key: 0,
            frequency: 0,
        };
        [
            cursor(Terms::Text(&run.alphabet, 0), &run.text),
            cursor(Terms::Names(Vec::new()), &run.names),
        ]
    }

    /// Moves on to the next term; the postings of the one before must have been read.
    fn advance(&mut self) -> Result<bool, PackError> {
        const WRONG: PackError = PackError::Damaged("a run of postings is not one");
        if self.rest.0.is_empty() {
            return Ok(false);
        }
        let mut term = [0; SHORT];
        match &mut self.terms {
            Terms::Text(alphabet, last) => {
                *last += self.rest.number()?;
                let width = alphabet.len() as u64 + 1;
                let of_rank = |rank: u64| alphabet.get(rank.checked_sub(1)? as usize).copied();
                let first = of_rank(*last / width).ok_or(WRONG)?;
                let length = first.encode_utf8(&mut term).len();
                if let Some(second) = of_rank(*last % width) {
                    second.encode_utf8(&mut term[length..]);
                }
            }
            Terms::Names(name) => {
                name.truncate(self.rest.number()? as usize);
                name.extend_from_slice(self.rest.bytes()?);
                let length = name.len().min(SHORT);
                term[..length].copy_from_slice(&name[..length]);
            }
        }
        self.key = u64::from_be_bytes(term);
        self.frequency = self.rest.small()?;
        Ok(true)
    }

    /// The term, if the key does not hold it whole.
    fn long_name(&self) -> Option<Box<[u8]>> {
        match &self.terms {
            Terms::Names(name) if name.len() > SHORT => Some(name.as_slice().into()),
            _ => None,
        }
    }

    /// Appends the postings of the term at hand: section and number of occurrences.
    fn postings(&mut self, list: &mut Vec<(u32, u32)>) -> Result<(), PackError> {
        let mut section = self.base;
        for _ in 0..self.frequency {
            let distance = self.rest.number()?;
            section += (distance >> 1) as u32;
            let count = match distance & 1 {
                0 => 1,
                _ => self.rest.small()?,
            };
            match list.last_mut() {
                // A section that went on from one run to the next is still one.
                Some((last, sum)) if *last == section => *sum += count,
                _ => list.push((section, count)),
            }
        }
        Ok(())
    }
}

/// tantivy's files, the random name of their segment replaced by zeros.
fn files(directory: &RamDirectory) -> Result<Vec<(String, OwnedBytes)>, PackError> {
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
