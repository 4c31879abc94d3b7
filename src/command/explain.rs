//! `inkstone explain CODE`: what a finding means, why it matters, how to mend it.

use inkstone::diagnostic::{Error, Failure, nearest};
use inkstone::language::Language;
use inkstone::text;
use serde_json::json;

use crate::report::{Report, Verdict};

/// Explains `code`; without one, lists them all.
pub fn run(code: Option<&str>, report: &Report) -> Result<Verdict, Failure> {
    let all = entries(report.language);
    let chosen = match code {
        None => all,
        Some(code) => {
            let found = all.iter().find(|(known, _)| *known == code).copied();
            vec![found.ok_or_else(|| unknown(code, &all))?]
        }
    };
    for (known, words) in &chosen {
        if report.json {
            report.json_line(&json!({ "code": known, "text": words }));
        } else if code.is_some() {
            report.line(&format!("{known}\n\n{words}"));
        } else {
            let first = words.split_inclusive(['。', '.']).next().unwrap_or(words);
            report.line(&format!("{known:<24} {first}"));
        }
    }
    Ok(Verdict::Clean)
}

fn unknown(code: &str, all: &[(&str, &str)]) -> Error {
    match nearest(code, all.iter().map(|(known, _)| *known)) {
        Some(near) => Error::new(text!(
            "没有代码 `{code}`；是不是想写 `{near}`？",
            "no code `{code}`; did you mean `{near}`?"
        )),
        None => Error::new(text!(
            "没有代码 `{code}`；`inkstone explain` 列出全部代码",
            "no code `{code}`; `inkstone explain` lists them all"
        )),
    }
}

/// Every code with its explanation, sorted by code.
fn entries(language: Language) -> Vec<(&'static str, &'static str)> {
    let text = match language {
        Language::Chinese => include_str!("explain/zh-CN.md"),
        Language::English => include_str!("explain/en.md"),
    };
    let text = text.strip_prefix("## ").unwrap_or(text);
    let parts = text.split("\n## ");
    let parts = parts.filter_map(|part| part.split_once('\n'));
    parts
        .map(|(code, words)| (code.trim(), words.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes that stand in the library's own text, where findings are made.
    fn codes() -> std::collections::BTreeSet<String> {
        let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let files = walkdir::WalkDir::new(src).into_iter();
        let files = files.map(|entry| entry.unwrap().into_path());
        let files = files.filter(|path| path.extension().is_some_and(|ext| ext == "rs"));
        let files = files.filter(|path| !path.ends_with("tests.rs"));
        let texts = files.map(|path| std::fs::read_to_string(path).unwrap());
        let makers = ["Diagnostic::error(", "Diagnostic::warning(", ".warn("];
        let mut codes = std::collections::BTreeSet::new();
        for text in texts {
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            for maker in makers {
                for (at, _) in text.match_indices(maker) {
                    let rest = text[at + maker.len()..].trim_start();
                    if let Some(rest) = rest.strip_prefix('"') {
                        codes.insert(rest.split('"').next().unwrap().to_owned());
                    }
                }
            }
        }
        codes
    }

    #[test]
    fn every_code_is_explained_in_both_languages() {
        let codes = codes();
        assert!(codes.len() > 30, "{codes:?}");
        for language in [Language::Chinese, Language::English] {
            let known = entries(language);
            let known = known.iter().map(|(code, _)| (*code).to_owned());
            let known = known.collect::<Vec<_>>();
            assert!(known.is_sorted(), "{known:?}");
            let missing = codes.iter().filter(|code| !known.contains(code));
            assert_eq!(missing.collect::<Vec<_>>(), Vec::<&String>::new());
        }
    }
}
