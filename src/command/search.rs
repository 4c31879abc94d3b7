//! `inkstone search`: queries the pack in public/ with the browser's own engine code.

use std::path::PathBuf;

use inkstone::diagnostic::{Error, Failure};
use inkstone::text;
use inkstone_search::{FolderSearcher, Query, Results};
use serde_json::json;

use super::Place;
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// What to keep of the hits.
pub struct Filter {
    /// Most hits a query.
    pub limit: usize,
    /// Only these kinds; empty: all.
    pub kinds: Vec<String>,
    /// Only these education themes; empty: all.
    pub education_themes: Vec<String>,
    /// The folder of another language; empty: the site's own.
    pub folder: String,
}

/// Answers one query, or every line of a file; the index is opened once.
pub fn run(
    common: &Common,
    query: Option<String>,
    batch: Option<PathBuf>,
    filter: &Filter,
    report: &Report,
) -> Result<Verdict, Failure> {
    // Without a site around, `--output` may name a published folder.
    let output = match &common.output {
        Some(output) => output.clone(),
        None => Place::find(common)?.output,
    };
    let folder = output.join(&filter.folder).join("search");
    if !folder.join("hot.bin").is_file() {
        let path = folder.display();
        return Err(Error::new(text!(
            "`{path}` 里没有搜索索引；先运行 `inkstone build`",
            "no search index in `{path}`; run `inkstone build` first"
        ))
        .into());
    }
    let failed = |error| {
        let path = folder.display();
        let message = text!("无法搜索 `{path}`", "cannot search `{path}`");
        Error::because(message, error)
    };
    let mut searcher = FolderSearcher::open(&folder).map_err(failed)?;
    let mut answer = |query: &str| {
        let query = Query {
            text: query.to_owned(),
            limit: filter.limit,
            kinds: filter.kinds.clone(),
            education_themes: filter.education_themes.clone(),
            ..Query::default()
        };
        searcher.search(&query).map_err(failed)
    };
    if let Some(path) = batch {
        let queries = std::fs::read_to_string(&path).map_err(|error| Error::read(&path, error))?;
        for query in queries.lines() {
            let results = answer(query)?;
            if report.json {
                report.json_line(&json!({
                    "query": query, "total": results.total, "hits": results.hits,
                }));
            } else {
                report.line(&format!("# {query}"));
                show(&results, report);
            }
        }
        return Ok(Verdict::Clean);
    }
    let results = answer(&query.unwrap_or_default())?;
    if report.json {
        results.hits.iter().for_each(|hit| report.json_line(hit));
    } else {
        show(&results, report);
    }
    Ok(Verdict::Clean)
}

fn show(results: &Results, report: &Report) {
    let total = results.total;
    let pages = results.pages;
    report.say(&text!(
        "{pages} 页 {total} 处",
        "{total} hits on {pages} pages"
    ));
    if !results.corrected.is_empty() {
        let corrected = &results.corrected;
        report.say(&text!("是否要找：{corrected}", "did you mean: {corrected}"));
    }
    for drop in &results.drop {
        let (part, total) = (&drop.text, drop.total);
        report.say(&text!(
            "去掉 `{part}` 有 {total} 处",
            "without `{part}`: {total} hits"
        ));
    }
    for hit in &results.hits {
        let section = match hit.section.as_str() {
            "" => String::new(),
            section => format!(" › {section}"),
        };
        report.line(&format!("{:>3}. {}{section}", hit.rank, hit.page_title));
        report.line(&format!("     {}", hit.url));
        report.line(&format!("     {}", plain(&hit.snippet)));
    }
}

/// A snippet is HTML; in a terminal marks become 【】.
fn plain(snippet: &str) -> String {
    let marks = [("<mark>", "【"), ("</mark>", "】"), ("\n", " ")];
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    let replace = |text: String, (from, to): (&str, &str)| text.replace(from, to);
    marks
        .into_iter()
        .chain(entities)
        .fold(snippet.to_owned(), replace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_show_in_a_terminal() {
        assert_eq!(plain("a &lt;b&gt; <mark>砚</mark> &amp;"), "a <b> 【砚】 &");
    }
}
