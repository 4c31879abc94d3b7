//! Source → HTML, beside plain pulldown-cmark on the same texts, in bytes of source a second on
//! one core. With `../shared/corpus/laws` beside the project: its 1,584 statutes and cases;
//! without: the example site.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a bench fails by panicking"
)]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use inkstone::content::kind::SectionRule;
use inkstone::content::markdown::{Input, convert};
use pulldown_cmark::{Options, Parser, html};

fn texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let laws = root.join("../shared/corpus/laws");
    let folder = if laws.is_dir() {
        laws
    } else {
        root.join("content")
    };
    let files = walkdir::WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name();
    let files = files.into_iter().map(|entry| entry.unwrap().into_path());
    let files = files.filter(|path| path.extension().is_some_and(|ext| ext == "md"));
    files
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

fn source_to_html(criterion: &mut Criterion) {
    let texts = texts();
    let bytes = texts.iter().map(String::len).sum::<usize>();
    let mut group = criterion.benchmark_group("markdown");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.sample_size(10);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM;
    group.bench_function("pulldown-cmark", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                let mut html = String::with_capacity(text.len() * 3 / 2);
                html::push_html(&mut html, Parser::new_ext(text, options));
                black_box(html);
            }
        });
    });
    for (name, rule) in [
        ("headings", SectionRule::Headings),
        ("articles", SectionRule::Articles),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    black_box(convert(&Input {
                        rule,
                        ..Input::of(text)
                    }));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, source_to_html);
criterion_main!(benches);
