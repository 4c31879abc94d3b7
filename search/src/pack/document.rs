//! Chunks of documents: what a hit shows.

use super::PackError;
use super::bytes::Reader;
#[cfg(feature = "write")]
use super::bytes::Writer;

/// What a hit shows of its page.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct PageHead {
    pub source: String,
    pub url: String,
    pub title: String,
    pub number: String,
    pub trail: Vec<String>,
}

/// What a hit shows.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Document {
    pub page: PageHead,
    /// The anchor, percent-encoded, without `#`; empty: the page itself.
    pub anchor: String,
    pub title: String,
    pub text: String,
}

/// Before a document that begins a page, or begins its chunk.
const HEAD: u64 = 1;
#[cfg(feature = "write")]
const SAME: u64 = 0;

/// Appends a document; with its page's head where the chunk has not got it yet.
#[cfg(feature = "write")]
pub(crate) fn write(chunk: &mut Vec<u8>, head: Option<&PageHead>, parts: [&str; 3]) {
    let mut writer = Writer(std::mem::take(chunk));
    match head {
        Some(head) => {
            writer.number(HEAD);
            [&head.source, &head.url, &head.title, &head.number]
                .into_iter()
                .for_each(|part| writer.text(part));
            writer.count(head.trail.len());
            head.trail.iter().for_each(|name| writer.text(name));
        }
        None => writer.number(SAME),
    }
    parts.iter().for_each(|part| writer.text(part));
    *chunk = writer.0;
}

/// Reads the document at a place of a chunk.
pub(crate) fn read(chunk: &[u8], place: usize) -> Result<Document, PackError> {
    let mut reader = Reader(chunk);
    let mut head = chunk;
    for at in 0..=place {
        let here = reader.0;
        if reader.number()? == HEAD {
            head = here;
            skip_head(&mut reader)?;
        }
        if at < place {
            for _ in 0..3 {
                reader.bytes()?;
            }
        }
    }
    let mut page = Reader(head);
    let page = match page.number()? {
        HEAD => PageHead {
            source: page.text()?,
            url: page.text()?,
            title: page.text()?,
            number: page.text()?,
            trail: (0..page.count()?)
                .map(|_| page.text())
                .collect::<Result<_, _>>()?,
        },
        _ => return Err(PackError::Damaged("a chunk begins without its page")),
    };
    Ok(Document {
        page,
        anchor: reader.text()?,
        title: reader.text()?,
        text: reader.text()?,
    })
}

fn skip_head(reader: &mut Reader<'_>) -> Result<(), PackError> {
    for _ in 0..4 {
        reader.bytes()?;
    }
    for _ in 0..reader.count()? {
        reader.bytes()?;
    }
    Ok(())
}
