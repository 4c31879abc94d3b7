//! The files of `content/`: which there are, and their text.
//!
//! Paths are relative to `content/`, with `/` on every system, so that addresses, diagnostics
//! and hashes are the same everywhere.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, Error};
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
pub struct Source {
    /// Relative to `content/`.
    pub path: String,
    /// UTF-8, without byte order mark.
    pub text: String,
}

/// What stands under `content/`, each list sorted by path.
#[derive(Debug, Default)]
pub struct Tree {
    /// Markdown files.
    pub pages: Vec<SourcePath>,
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
        if !content.is_dir() {
            let path = content.display();
            return Err(Error::new(text!(
                "没有内容文件夹 `{path}`；用 `inkstone init` 新建站点，或用 `--root` 指明站点所在",
                "no content folder `{path}`; make a site with `inkstone init`, or name one with `--root`"
            )));
        }
        let mut tree = Self::default();
        let entries = WalkDir::new(content)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name()));
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_type().is_file() => tree.take(content, entry.path()),
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
                    tree.diagnostics
                        .push(Diagnostic::warning(code, relative, message));
                }
            }
        }
        for list in [&mut tree.pages, &mut tree.kinds, &mut tree.assets] {
            list.sort();
        }
        Ok(tree)
    }

    fn take(&mut self, content: &Path, absolute: &Path) {
        let Some(relative) = relative(content, absolute) else {
            let path = absolute.to_string_lossy().into_owned();
            let message = text!(
                "文件名不是 UTF-8，无法成为网址",
                "the file name is not UTF-8 and cannot become an address"
            );
            self.diagnostics
                .push(Diagnostic::error("file-name", path, message));
            return;
        };
        let name = relative.rsplit('/').next().unwrap_or(&relative);
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        let markdown = extension.is_some_and(|ext| {
            ext.eq_ignore_ascii_case("md") || ext.eq_ignore_ascii_case("markdown")
        });
        let list = if markdown {
            &mut self.pages
        } else if name == KIND {
            &mut self.kinds
        } else if relative == EDUCATION_THEMES {
            return;
        } else {
            &mut self.assets
        };
        list.push(SourcePath {
            relative,
            absolute: absolute.to_owned(),
        });
    }
}

fn is_hidden(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn relative(content: &Path, path: &Path) -> Option<String> {
    let parts = path.strip_prefix(content).ok()?.components();
    let parts = parts.map(|part| part.as_os_str().to_str());
    Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
}

/// Turns the bytes of a file into text; what is not UTF-8 is an error that says where and what
/// the encoding probably is. Bytes never arrive here half-decoded: nothing is guessed silently.
///
/// # Errors
/// A diagnostic at the first byte that is not UTF-8.
pub fn decode(path: &str, bytes: Vec<u8>) -> Result<Source, Box<Diagnostic>> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            return Err(Box::new(not_utf8(path, &error.into_bytes(), valid)));
        }
    };
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    let path = path.to_owned();
    Ok(Source { path, text })
}

fn not_utf8(path: &str, bytes: &[u8], valid: usize) -> Diagnostic {
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let (gb18030, _, malformed) = encoding_rs::GB18030.decode(&bytes[valid..]);
    let encoding = match (utf16, malformed) {
        (true, _) => Some("UTF-16"),
        (false, false) => Some("GB18030 (GBK)"),
        (false, true) => None,
    };
    let message = match encoding {
        Some(name) => text!(
            "这个文件不是 UTF-8 编码，看起来是 {name}；第 {valid} 字节起无法识别",
            "this file is not UTF-8, it looks like {name}; byte {valid} cannot be read"
        ),
        None => text!(
            "这个文件不是 UTF-8 编码；第 {valid} 字节起无法识别",
            "this file is not UTF-8; byte {valid} cannot be read"
        ),
    };
    // The excerpt shows what the author sees in an editor that guessed right.
    let mut shown = String::from_utf8_lossy(&bytes[..valid]).into_owned();
    let start = shown.len();
    if encoding == Some("GB18030 (GBK)") {
        shown.push_str(&gb18030);
    }
    let end = shown[start..].chars().next().map_or(0, char::len_utf8);
    Diagnostic::error("not-utf8", path, message)
        .at(&shown, start..start + end)
        .hint(text!(
            "在编辑器里用“另存为”，编码选 UTF-8",
            "save it again with the encoding UTF-8"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn a_byte_order_mark_is_dropped() {
        let source = decode("a.md", "\u{feff}# 题".as_bytes().to_vec()).unwrap();
        assert_eq!(source.text, "# 题");
    }

    #[test]
    fn gbk_is_named_with_its_place() {
        let (bytes, _, _) = encoding_rs::GBK.encode("# 砚台\n");
        let error = decode("a.md", bytes.into_owned()).unwrap_err();
        let drawn = error.render(Language::English, false);
        assert!(drawn.contains("GB18030"), "{drawn}");
        assert!(drawn.contains("--> a.md:1:3"), "{drawn}");
        assert!(drawn.contains("# 砚台"), "{drawn}");
    }

    #[test]
    fn utf16_is_named() {
        let error = decode("a.md", vec![0xff, 0xfe, 0x60, 0x4f]).unwrap_err();
        assert!(error.message.en.contains("UTF-16"));
        let error = decode("a.md", vec![b'a', 0xff]).unwrap_err();
        assert!(error.message.en.contains("byte 1 cannot be read"));
    }
}
