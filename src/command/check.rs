//! `inkstone check`: everything that is wrong. Nothing is written, but with `--fix`: then what
//! can be mended mechanically is, in place.

use std::collections::BTreeMap;
use std::path::Path;

use inkstone::Reuse;
use inkstone::diagnostic::{Diagnostic, Edit, Error, Failure, apply};
use inkstone::observer::Observer;
use inkstone::source::{Encoding, decode_page};
use inkstone::{CONTENT, load, text};
use serde_json::json;

use super::Place;
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// Findings of one kind are shown a number of times a page, and one mend may bare another.
const ROUNDS: usize = 100;

/// Reads, links and checks the site; under `fix`, mends it first.
pub fn run(common: &Common, fix: bool, report: &Report) -> Result<Verdict, Failure> {
    let place = Place::find(common)?;
    let reuse = Reuse::default();
    let mut loaded = load(&place.request(common), &reuse, &Observer::default())?;
    if fix {
        let mut mended = BTreeMap::new();
        for _ in 0..ROUNDS {
            let changed = mend(&place.root.join(CONTENT), &loaded.diagnostics)?;
            if changed.is_empty() {
                break;
            }
            for (path, count) in changed {
                *mended.entry(path).or_default() += count;
            }
            loaded = load(&place.request(common), &reuse, &Observer::default())?;
        }
        say_mended(&mended, report);
    }
    report.findings(&loaded.diagnostics);
    report.sum_up(&loaded.diagnostics);
    if loaded.diagnostics.is_empty() {
        let pages = loaded.site.articles().count();
        report.say(&text!(
            "{pages} 页，没有发现问题",
            "pages: {pages}, nothing found"
        ));
    }
    Ok(match loaded.is_publishable(common.strict) {
        true => Verdict::Clean,
        false => Verdict::Findings,
    })
}

/// Mends the files under `content`; the number of mends in each file that was changed.
fn mend(content: &Path, diagnostics: &[Diagnostic]) -> Result<BTreeMap<String, usize>, Error> {
    let mut mends = BTreeMap::<&str, (usize, Vec<Edit>)>::new();
    for found in diagnostics {
        if !found.fix.is_empty() || found.code == "not-utf8" {
            let (count, edits) = mends.entry(&found.path).or_default();
            *count += 1;
            edits.extend(found.fix.iter().cloned());
        }
    }
    let mut changed = BTreeMap::new();
    for (path, (count, edits)) in mends {
        let file = content.join(path);
        let bytes = std::fs::read(&file).map_err(|error| Error::read(&file, error))?;
        let mark: &[u8] = if bytes.starts_with(b"\xef\xbb\xbf") {
            b"\xef\xbb\xbf"
        } else {
            b""
        };
        // What cannot be read cannot be mended; it was said.
        let Ok(source) = decode_page(path, &bytes) else {
            continue;
        };
        let text = apply(&source.text, edits);
        if text != source.text || source.encoding != Encoding::Utf8 {
            let bytes = [mark, text.as_bytes()].concat();
            std::fs::write(&file, bytes).map_err(|error| Error::write(&file, error))?;
            changed.insert(path.to_owned(), count);
        }
    }
    Ok(changed)
}

fn say_mended(mended: &BTreeMap<String, usize>, report: &Report) {
    for (path, count) in mended {
        if report.json {
            report.json_line(&json!({ "mended": path, "count": count }));
        } else {
            report.say(&text!(
                "改好 {path}：{count} 处",
                "mended {path}: {count} places"
            ));
        }
    }
}
