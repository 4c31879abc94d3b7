//! The files of `content/`: which there are, and their text.
//!
//! Paths are relative to `content/`, with `/` on every system, so that addresses, diagnostics
//! and hashes are the same everywhere.

use std::borrow::Cow;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, Error};
use crate::folder::{self, Found, Kind};
use crate::language::Text;
use crate::output::State;
use crate::text;

/// A file found under `content/`, not read yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourcePath {
    /// Relative to `content/`, `policies/x.md`.
    pub relative: String,
    /// Where it lies.
    pub absolute: PathBuf,
}

/// A text file that was read.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// Relative to `content/`.
    pub path: String,
    /// UTF-8, without byte order mark; mostly the file's own bytes.
    pub text: Cow<'a, str>,
    /// How it was written in the file.
    pub encoding: Encoding,
}

impl<'a> Source<'a> {
    /// The text of a file in UTF-8.
    pub fn new(path: impl Into<String>, text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            encoding: Encoding::Utf8,
        }
    }

    /// The same without the file's bytes.
    pub fn into_owned(self) -> Source<'static> {
        Source {
            path: self.path,
            text: Cow::Owned(self.text.into_owned()),
            encoding: self.encoding,
        }
    }
}

/// How a text was written in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8, with a byte order mark or without.
    #[default]
    Utf8,
    /// UTF-16 with a byte order mark, as Notepad's "Unicode" saves it.
    Utf16,
    /// GB18030, of which GBK and GB 2312 are parts.
    Gb18030,
}

impl Encoding {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Gb18030 => "GB18030 (GBK)",
        }
    }
}

/// What stands under `content/`, each list sorted by path.
#[derive(Debug, Default, PartialEq)]
pub struct Tree {
    /// Markdown files that are pages.
    pub pages: Vec<SourcePath>,
    /// Markdown files that pages only include.
    pub parts: Vec<SourcePath>,
    /// `_kind.toml` files.
    pub kinds: Vec<SourcePath>,
    /// Everything else, copied through.
    pub assets: Vec<SourcePath>,
    /// Files that could not be taken, each with the reason.
    pub diagnostics: Vec<Diagnostic>,
}

/// The file at the top of `content/` that declares the education themes.
pub const EDUCATION_THEMES: &str = "education-themes.toml";
/// The file that declares a kind.
pub const KIND: &str = "_kind.toml";

impl Tree {
    /// Walks `content`. Dot-files are left alone; links are followed, loops reported.
    ///
    /// # Errors
    /// When `content` itself is missing or cannot be read.
    pub fn walk(content: &Path) -> Result<Self, Error> {
        Self::look(content).map(|(tree, _)| tree)
    }

    /// Walks it, and looks how each of the pages lies.
    ///
    /// # Errors
    /// As there.
    pub fn look(content: &Path) -> Result<(Self, Vec<Option<State>>), Error> {
        if !content.is_dir() {
            let path = content.display();
            return Err(Error::new(text!(
                "没有内容文件夹 `{path}`；用 `inkstone init` 新建站点，或用 `--root` 指明站点所在",
                "no content folder `{path}`; make a site with `inkstone init`, or name one with `--root`"
            )));
        }
        let mut tree = Self::default();
        let mut files = match plain_files(content) {
            Some(files) => files,
            None => tree.all_files(content),
        };
        files.par_sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut states = Vec::new();
        for (file, state) in files {
            if tree.take(file) {
                states.push(state);
            }
        }
        Ok((tree, states))
    }

    /// Every file, where links lead or something cannot be read, too.
    fn all_files(&mut self, content: &Path) -> Vec<(SourcePath, Option<State>)> {
        let mut files = Vec::new();
        let entries = WalkDir::new(content)
            .follow_links(true)
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name()));
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    let absolute = entry.into_path();
                    let Some(relative) = relative(content, &absolute) else {
                        self.diagnostics.push(unspeakable(&absolute));
                        continue;
                    };
                    files.push(SourcePath { relative, absolute });
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(content);
                    let code = if error.loop_ancestor().is_some() {
                        "link-loop"
                    } else {
                        "unreadable"
                    };
                    let message = text!("无法读取：{error}", "cannot read: {error}");
                    let relative = relative(content, path).unwrap_or_default();
                    self.diagnostics
                        .push(Diagnostic::warning(code, relative, message));
                }
            }
        }
        let files = files.into_par_iter().map(|file| {
            let state = State::at(&file.absolute);
            (file, state)
        });
        files.collect()
    }

    /// Whether a file is among those that are no pages.
    pub fn has_beside_pages(&self, relative: &str) -> bool {
        let lists = [&self.parts, &self.kinds, &self.assets];
        relative == EDUCATION_THEMES || lists.iter().any(|list| place(list, relative).is_some())
    }

    /// Takes the next file; returns whether it is a page.
    fn take(&mut self, file: SourcePath) -> bool {
        let relative = file.relative.as_str();
        let name = relative.rsplit('/').next().unwrap_or(relative);
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        let markdown = extension.is_some_and(|ext| {
            ext.eq_ignore_ascii_case("md") || ext.eq_ignore_ascii_case("markdown")
        });
        let is_page = markdown && !is_part(relative);
        let list = if is_page {
            &mut self.pages
        } else if markdown {
            &mut self.parts
        } else if name == KIND {
            &mut self.kinds
        } else if relative == EDUCATION_THEMES {
            return false;
        } else {
            &mut self.assets
        };
        list.push(file);
        is_page
    }
}

/// Every file where all are plain: `None` where a link, or what cannot be read, asks for more.
fn plain_files(content: &Path) -> Option<Vec<(SourcePath, Option<State>)>> {
    let left_out = |path: &[u8]| {
        let name = path.rsplit(|byte| *byte == b'/').next();
        name.is_some_and(|name| name.starts_with(b"."))
    };
    let add = |mut files: Vec<_>, found: Found<'_>| {
        let relative = std::str::from_utf8(found.path).ok()?.to_owned();
        let absolute = content.join(&relative);
        files.push((SourcePath { relative, absolute }, Some(found.state)));
        (found.kind == Kind::File).then_some(files)
    };
    let and = |mut files: Vec<_>, mut more: Vec<_>| {
        // In any order, so the fewer move.
        if files.len() < more.len() {
            std::mem::swap(&mut files, &mut more);
        }
        files.append(&mut more);
        files
    };
    folder::gather(content, left_out, folder::unknown, add, and)
}

fn unspeakable(absolute: &Path) -> Diagnostic {
    let message = text!(
        "文件名不是 UTF-8，无法成为网址",
        "the file name is not UTF-8 and cannot become an address"
    );
    Diagnostic::error("file-name", absolute.to_string_lossy(), message)
}

/// The place of a file in a sorted list of them.
pub fn place(files: &[SourcePath], relative: &str) -> Option<usize> {
    let find = |file: &SourcePath| file.relative.as_str().cmp(relative);
    files.binary_search_by(find).ok()
}

/// Whether a Markdown file is a part of pages, and none itself: its name or that of a folder
/// around it begins with `_`. The page that speaks for a folder is another matter.
fn is_part(relative: &str) -> bool {
    let (folders, name) = relative.rsplit_once('/').unwrap_or(("", relative));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    folders.split('/').any(|folder| folder.starts_with('_'))
        || name.starts_with('_') && stem != "_index"
}

fn is_hidden(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// A path below `content` as its files are called; `None` if it is not UTF-8 or elsewhere.
pub fn relative(content: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(content).ok()?.to_str()?;
    Some(match MAIN_SEPARATOR {
        '/' => below.to_owned(),
        separator => below.replace(separator, "/"),
    })
}

/// Turns the bytes of a settings file or a template into text: UTF-8 alone, for these are
/// read by other programs, too.
///
/// # Errors
/// A diagnostic at the first byte that is not UTF-8.
pub fn decode<'a>(path: &str, bytes: &'a [u8]) -> Result<Source<'a>, Box<Diagnostic>> {
    let source = decode_page(path, bytes)?;
    match source.encoding {
        Encoding::Utf8 => Ok(source),
        encoding => {
            let start = source.text.find(|c: char| !c.is_ascii()).unwrap_or(0);
            let end = source.text.ceil_char_boundary(start + 1);
            let name = encoding.name();
            let message = text!(
                "这个文件要用 UTF-8 编码，现在是 {name}",
                "this file must be UTF-8, it is {name}"
            );
            let diagnostic = Diagnostic::error("not-utf8", path, message);
            let diagnostic = diagnostic.at(&source.text, start..end);
            Err(Box::new(diagnostic.hint(save_again())))
        }
    }
}

/// Turns the bytes of a page into text. UTF-8 is taken first; then UTF-16 where a byte order
/// mark says so; then GB18030, if the bytes are well formed in it and look like the Chinese that
/// people write. Nothing else is guessed.
///
/// # Errors
/// A diagnostic at the first byte that cannot be read.
pub fn decode_page<'a>(path: &str, bytes: &'a [u8]) -> Result<Source<'a>, Box<Diagnostic>> {
    // The standard library goes through Chinese byte by byte.
    let (text, encoding) = match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            (Cow::Borrowed(text), Encoding::Utf8)
        }
        Err(_) => {
            let valid = std::str::from_utf8(bytes);
            let valid = valid.map_or_else(|error| error.valid_up_to(), str::len);
            let decoded = match bytes {
                [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
                [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
                _ if looks_like_gb18030(bytes, valid) => decode_gb18030(bytes),
                _ => Err(valid),
            };
            let decoded = decoded.map_err(|at| Box::new(unreadable(path, bytes, at)))?;
            (Cow::Owned(decoded.0), decoded.1)
        }
    };
    let path = path.to_owned();
    Ok(Source {
        path,
        text,
        encoding,
    })
}

/// Text, or the offset of the first byte that cannot be read.
type Decoded = Result<(String, Encoding), usize>;

fn decode_utf16(rest: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded {
    let mark = 2;
    let pairs = rest.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err(mark + rest.len() - 1);
    }
    let units = pairs.map(|pair| unit([pair[0], pair[1]]));
    let (mut text, mut at) = (String::with_capacity(rest.len()), mark);
    for c in char::decode_utf16(units) {
        let c = c.map_err(|_| at)?;
        at += 2 * c.len_utf16();
        text.push(c);
    }
    Ok((text, Encoding::Utf16))
}

fn decode_gb18030(bytes: &[u8]) -> Decoded {
    let decoder = &mut encoding_rs::GB18030.new_decoder_without_bom_handling();
    let most = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(most.unwrap_or_default());
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (encoding_rs::DecoderResult::InputEmpty, _) => Ok((text, Encoding::Gb18030)),
        (encoding_rs::DecoderResult::Malformed(bad, behind), read) => {
            Err(read.saturating_sub(usize::from(bad) + usize::from(behind)))
        }
        (encoding_rs::DecoderResult::OutputFull, read) => Err(read),
    }
}

/// Whether bytes that are UTF-8 up to `valid` only may be GB18030. Nearly any bytes can be read
/// as GB18030, so that is not enough: a file that begins as UTF-8 Chinese is damaged UTF-8, and
/// Chinese as it is written keeps to the characters of GB 2312's first level and punctuation.
fn looks_like_gb18030(bytes: &[u8], valid: usize) -> bool {
    let begin = std::str::from_utf8(&bytes[..valid]).unwrap_or_default();
    let is_chinese = |c: &char| matches!(c, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    if begin.chars().filter(is_chinese).nth(1).is_some() {
        return false;
    }
    let (mut pairs, mut common, mut at) = (0usize, 0usize, 0);
    while at < bytes.len() {
        if bytes[at].is_ascii() {
            at += 1;
            continue;
        }
        let trail = bytes.get(at + 1).copied().unwrap_or_default();
        pairs += 1;
        common += usize::from(matches!(bytes[at], 0xa1..=0xa9 | 0xb0..=0xd7) && trail >= 0xa1);
        at += 2;
    }
    common * 10 >= pairs * 7
}

fn unreadable(path: &str, bytes: &[u8], at: usize) -> Diagnostic {
    let byte = bytes.get(at).copied().unwrap_or_default();
    let message = text!(
        "这个文件的编码无法识别：第 {at} 字节（0x{byte:02X}）不是 UTF-8，也不像 GB18030 或 UTF-16",
        "this file's encoding is unknown: byte {at} (0x{byte:02X}) is not UTF-8, nor does the file look like GB18030 or UTF-16"
    );
    let mut shown = String::from_utf8_lossy(&bytes[..at]).into_owned();
    let start = shown.len();
    shown.push('\u{fffd}');
    Diagnostic::error("not-utf8", path, message)
        .at(&shown, start..shown.len())
        .hint(save_again())
}

fn save_again() -> Text {
    text!(
        "在编辑器里用“另存为”，编码选 UTF-8",
        "save it again with the encoding UTF-8"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn decoded(bytes: &[u8]) -> Result<(String, Encoding), String> {
        let source = decode_page("a.md", bytes);
        let source = source.map_err(|found| found.render(Language::English, false))?;
        Ok((source.text.into_owned(), source.encoding))
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        let expected = Ok(("# 题".to_owned(), Encoding::Utf8));
        assert_eq!(decoded("\u{feff}# 题".as_bytes()), expected);
        assert_eq!(decoded("# 题".as_bytes()), expected);
    }

    #[test]
    fn gbk_and_gb18030_are_read() {
        let text = "# 砚台\n\n为群众办实事，㐀𠀀。\n";
        let (bytes, _, _) = encoding_rs::GB18030.encode(text);
        assert_eq!(decoded(&bytes), Ok((text.to_owned(), Encoding::Gb18030)));
        let error = decode("site.toml", &bytes).unwrap_err();
        assert!(
            error
                .render(Language::English, false)
                .contains("--> site.toml:1:3")
        );
    }

    #[test]
    fn utf16_is_read_in_either_order() {
        let text = "# 砚台\r\n𠀀";
        for (mark, unit) in [
            (0xfeff, u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (0xfeff, u16::to_be_bytes),
        ] {
            let units = std::iter::once(mark).chain(text.encode_utf16());
            let bytes = units.flat_map(unit).collect::<Vec<_>>();
            assert_eq!(decoded(&bytes), Ok((text.to_owned(), Encoding::Utf16)));
            assert!(
                decoded(&bytes[..bytes.len() - 1])
                    .unwrap_err()
                    .contains("byte 16")
            );
            assert!(
                decoded(&bytes[..bytes.len() - 2])
                    .unwrap_err()
                    .contains("byte 14")
            );
        }
    }

    #[test]
    fn anything_else_is_an_error_with_its_byte() {
        // UTF-8 with a damaged byte, Big5, Latin-1.
        let (big5, _, _) = encoding_rs::BIG5.encode("法院為民服務，審判工作的標準");
        let damaged = b"\xe7\xa0\x9a\xe5\x8f\xb0 \xff\xfe\xe5\x8f\xb0".as_slice();
        for (bytes, at) in [
            (damaged, 7),
            (&big5, 0),
            (b"caf\xe9 r\xe9sum\xe9", 3),
            (b"a\x80", 1),
        ] {
            let error = decoded(bytes).unwrap_err();
            assert!(error.contains(&format!("byte {at} (0x")), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, mark in 0usize..3) {
            let mark = [&b""[..], b"\xff\xfe", b"\xfe\xff"][mark];
            let _ = decoded(&[mark, &bytes].concat());
        }
    }
}
