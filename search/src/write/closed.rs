//! A batch that is filled, and its bytes.

use std::collections::BTreeMap;
use std::path::Path;

use tantivy::directory::{MmapDirectory, OwnedBytes};
use tantivy::{Directory, TantivyError};

use super::postings::{Run, part};
use super::runs::Parts;
use crate::pack::PackError;
use crate::pack::bytes::{Reader, Writer};
use crate::pack::chunk::Digest;
use crate::pack::facet::{Facet, Table};
use crate::pack::variants;

const WRONG: PackError = PackError::Damaged("a batch is not one");
/// Bytes of the check before all others.
const CHECK: usize = size_of::<u32>();

/// A batch that is filled with texts of pages, or with their tags, to be added to this pack, or to
/// others of whose options it depends on the same.
#[derive(Default)]
pub struct ClosedBatch {
    /// Number of documents (sections) of each page.
    pub(super) documents: Vec<u32>,
    /// Of tags: dates as numbers such as 20160206, 0 for none.
    pub(super) dates: Vec<u32>,
    /// Of tags: pages whose text is no longer in force.
    pub(super) ended: Vec<u32>,
    pub(super) facets: [Table; Facet::ALL.len()],
    pub(super) lengths: Vec<u8>,
    pub(super) total_length: u64,
    /// Characters that were folded, and to what.
    pub(super) folded: BTreeMap<char, char>,
    /// Runs of documents' chunks, and the first document in each chunk.
    pub(super) document_runs: Vec<(Parts, Vec<u32>)>,
    /// Sorted postings.
    pub(super) runs: Vec<Run>,
}

impl ClosedBatch {
    /// Its postings where its first section has this number.
    pub(super) fn postings(&self, first: u32) -> impl Iterator<Item = Run> {
        self.runs.iter().map(move |run| Run {
            base: run.base + first,
            ..run.clone()
        })
    }

    /// For [`Self::open`], of the same version of this program.
    pub fn to_bytes(&self) -> Vec<u8> {
        let chunks = self
            .document_runs
            .iter()
            .flat_map(|(parts, _)| &*parts.deflated);
        let postings = self.runs.iter().flat_map(|run| [&run.text, &run.names]);
        let most = chunks.chain(postings).map(|bytes| bytes.len() + 8);
        // In one room: what is touched for the first time is what memory costs.
        let mut writer = Writer(Vec::with_capacity(most.sum::<usize>() * 9 / 8));
        writer.0.extend([0; CHECK]);
        writer.numbers(&self.documents);
        writer.numbers(&self.dates);
        writer.rising(&self.ended);
        self.facets
            .iter()
            .for_each(|facet| facet.write(&mut writer));
        writer.bytes(&self.lengths);
        writer.number(self.total_length);
        let folded = self.folded.iter().map(|(&from, &to)| (from, to));
        writer.bytes(&variants::write(&folded.collect::<Vec<_>>()));
        writer.count(self.document_runs.len());
        for (Parts { outline, deflated }, firsts) in &self.document_runs {
            writer.number(outline.digest.number());
            writer.rising(firsts);
            deflated.iter().for_each(|chunk| writer.bytes(chunk));
        }
        writer.count(self.runs.len());
        self.runs.iter().for_each(|run| run.write(&mut writer));
        let check = crc32fast::hash(&writer.0[CHECK..]);
        writer.0[..CHECK].copy_from_slice(&check.to_le_bytes());
        writer.0
    }

    /// Opens a file of what [`Self::to_bytes`] gave. What is asked for later is read then, so the
    /// file must be replaced or deleted whole, never changed. One that is known to be whole is not
    /// read through first.
    ///
    /// # Errors
    /// When there is no such file, or it is another.
    pub fn open(path: &Path, is_whole: bool) -> Result<Self, PackError> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(WRONG);
        };
        let folder = MmapDirectory::open(folder).map_err(TantivyError::from)?;
        let file = folder.open_read(Path::new(name));
        let bytes = file.map_err(TantivyError::from)?.read_bytes();
        Self::from_bytes(bytes.map_err(TantivyError::from)?, is_whole)
    }

    pub(super) fn from_bytes(all: OwnedBytes, is_whole: bool) -> Result<Self, PackError> {
        let (expected, bytes) = all.split_first_chunk().ok_or(WRONG)?;
        if !is_whole && crc32fast::hash(bytes).to_le_bytes() != *expected {
            return Err(WRONG);
        }
        let mut reader = Reader(bytes);
        let reader = &mut reader;
        let (documents, dates, ended) = (reader.numbers()?, reader.numbers()?, reader.rising()?);
        let mut facets = <[Table; Facet::ALL.len()]>::default();
        for facet in &mut facets {
            *facet = Table::read(reader, dates.len())?;
        }
        let (lengths, total_length) = (reader.bytes()?.to_vec(), reader.number()?);
        let folded = variants::read(reader.bytes()?)?;
        let mut document_runs = Vec::new();
        for _ in 0..reader.count()? {
            let digest = Digest::of_number(reader.number()?);
            let firsts = reader.rising()?;
            let chunks = firsts.iter().map(|_| Ok(part(&all, reader.bytes()?)));
            let deflated = chunks.collect::<Result<_, PackError>>()?;
            document_runs.push((Parts::known(digest, deflated), firsts));
        }
        let runs = (0..reader.count()?).map(|_| Run::read(reader, &all));
        Ok(Self {
            documents,
            dates,
            ended,
            facets,
            lengths,
            total_length,
            folded,
            document_runs,
            runs: runs.collect::<Result<_, _>>()?,
        })
    }
}
