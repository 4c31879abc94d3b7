//! Chunks of documents, what a hit shows: one text, of which only what is not to be expected
//! after what stands before is written.

use super::PackError;
use crate::number;

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

/// Ends a part of a document; no part has it.
const END: char = '\0';
/// Ends a name of a trail; no name has it.
const NAME: char = '\u{1}';
/// Before a document that begins a page, or begins its chunk; before any other.
const HEAD: char = '\u{2}';
#[cfg(feature = "write")]
const SAME: char = '\u{3}';
/// Instead of a part that is as it was expected; so many behind it: one that has only so many
/// characters in common with that.
const EXPECTED: u32 = 4;
/// No more characters are said to be in common.
#[cfg(feature = "write")]
const COMMON: usize = 60;

/// The marks between the parts of documents, and how often a document has each.
#[cfg(feature = "write")]
pub(crate) const MARKS: [(char, u32); 3] = [(END, 1), (SAME, 1), ('\u{4}', 2)];

/// What the parts of a document are expected to be.
#[derive(Default)]
struct Expected {
    /// The last page.
    page: PageHead,
    /// What follows the last title that has a number.
    title: String,
}

impl Expected {
    fn source(&self) -> String {
        number::successor(&self.page.source).unwrap_or_default()
    }

    fn page_title(&self) -> String {
        number::successor(&self.page.title).unwrap_or_default()
    }

    fn title_was(&mut self, title: &str) {
        if let Some(next) = number::successor(title) {
            self.title = next;
        }
    }
}

/// The address that a page of this source usually has.
fn address(source: &str) -> String {
    let path = source.strip_suffix(".md").unwrap_or(source);
    match path.strip_suffix("_index") {
        Some(folder) => folder.to_owned(),
        None => format!("{path}/"),
    }
}

/// The anchor that a section of this title usually has.
fn anchor(title: &str) -> String {
    if let Some(("", (number, branch))) = number::article_at_end(title) {
        return match branch {
            0 => format!("art-{number}"),
            branch => format!("art-{number}-{branch}"),
        };
    }
    let mut anchor = String::with_capacity(title.len());
    for c in title.chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '-') {
            anchor.extend(c.to_lowercase());
        } else if c.is_whitespace() {
            anchor.push('-');
        }
    }
    anchor
}

/// Names as one part.
fn trail(names: &[String]) -> String {
    let named = |name: &String| name.replace(NAME, "") + "\u{1}";
    names.iter().map(named).collect()
}

/// Writes a chunk.
#[cfg(feature = "write")]
#[derive(Default)]
pub(crate) struct Writer {
    text: String,
    expected: Expected,
}

#[cfg(feature = "write")]
impl Writer {
    /// Appends a document: its anchor, title and text; with its page's head where the chunk has
    /// not got it yet.
    pub(crate) fn document(&mut self, head: Option<&PageHead>, [of, title, text]: [&str; 3]) {
        self.text.push(if head.is_some() { HEAD } else { SAME });
        if let Some(head) = head {
            self.part(&self.expected.source(), &head.source);
            self.part(&address(&head.source), &head.url);
            self.part(&self.expected.page_title(), &head.title);
            self.part("", &head.number);
            self.part(&trail(&self.expected.page.trail), &trail(&head.trail));
            self.expected.page = head.clone();
        }
        let expected = std::mem::take(&mut self.expected.title);
        self.part(&expected, title);
        self.expected.title = expected;
        self.part(&anchor(title), of);
        self.rest(text);
        self.expected.title_was(title);
    }

    fn part(&mut self, expected: &str, part: &str) {
        if part == expected {
            self.text.extend(char::from_u32(EXPECTED));
            return;
        }
        let pairs = part.chars().zip(expected.chars());
        let common = pairs.take(COMMON).take_while(|(a, b)| a == b);
        let (count, bytes) =
            common.fold((1, 0), |(n, bytes), (c, _)| (n + 1, bytes + c.len_utf8()));
        self.text.extend(char::from_u32(EXPECTED + count));
        self.rest(&part[bytes..]);
    }

    fn rest(&mut self, rest: &str) {
        rest.split(END).for_each(|part| self.text.push_str(part));
        self.text.push(END);
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// Takes parts from the front of a chunk.
struct Parts<'a>(std::str::Chars<'a>);

impl<'a> Parts<'a> {
    fn mark(&mut self) -> Result<char, PackError> {
        const TRUNCATED: PackError = PackError::Damaged("a chunk of documents ends too early");
        self.0.next().ok_or(TRUNCATED)
    }

    fn part(&mut self, expected: String) -> Result<String, PackError> {
        let Some(common) = u32::from(self.mark()?)
            .saturating_sub(EXPECTED)
            .checked_sub(1)
        else {
            return Ok(expected);
        };
        let common = expected.chars().take(common as usize);
        let rest = self.rest()?;
        Ok(common.chain(rest.chars()).collect())
    }

    fn rest(&mut self) -> Result<&'a str, PackError> {
        const ENDLESS: PackError = PackError::Damaged("a part of a document does not end");
        let (rest, behind) = self.0.as_str().split_once(END).ok_or(ENDLESS)?;
        self.0 = behind.chars();
        Ok(rest)
    }
}

/// Reads the document at a place of a chunk.
pub(crate) fn read(chunk: &[u8], place: usize) -> Result<Document, PackError> {
    const NO_TEXT: PackError = PackError::Damaged("a chunk of documents is no text");
    const NO_PAGE: PackError = PackError::Damaged("a chunk begins without its page");
    let mut parts = Parts(std::str::from_utf8(chunk).map_err(|_| NO_TEXT)?.chars());
    let mut expected = Expected::default();
    for at in 0.. {
        if parts.mark()? == HEAD {
            let source = parts.part(expected.source())?;
            expected.page = PageHead {
                url: parts.part(address(&source))?,
                title: parts.part(expected.page_title())?,
                number: parts.part(String::new())?,
                trail: parts
                    .part(trail(&expected.page.trail))?
                    .split_terminator(NAME)
                    .map(str::to_owned)
                    .collect(),
                source,
            };
        } else if at == 0 {
            return Err(NO_PAGE);
        }
        let title = parts.part(expected.title.clone())?;
        let anchor = parts.part(anchor(&title))?;
        let text = parts.rest()?;
        if at == place {
            return Ok(Document {
                page: expected.page,
                anchor,
                title,
                text: text.to_owned(),
            });
        }
        expected.title_was(&title);
    }
    Err(NO_PAGE)
}
