//! What each stage of a build costs on the example content: `cargo bench --bench stages`.
//!
//! Markdown alone is measured by `benches/markdown.rs`, whole builds beside other generators by
//! `benches/peers/run`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a bench fails by panicking"
)]

use std::collections::HashSet;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use inkstone::Reuse;
use inkstone::content::edition::Edition;
use inkstone::content::education_theme::EducationThemes;
use inkstone::content::front_matter;
use inkstone::content::kind::{Binding, Kinds};
use inkstone::content::page::{Page, Schema};
use inkstone::content::site::Site;
use inkstone::observer::Observer;
use inkstone::output::Output;
use inkstone::render::Indexes;
use inkstone::source::{self, EDUCATION_THEMES, Source, Tree};
use inkstone::{CONTENT, Request, load, render_site};
use inkstone_search::{FolderSearcher, PackOptions, PackWriter, Query, Section, Tags};

/// The example site, which stands at the root of this repository.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn sources() -> Vec<Source<'static>> {
    let tree = Tree::walk(&Path::new(ROOT).join(CONTENT)).unwrap();
    let read = tree.pages.iter().map(|path| {
        let bytes = std::fs::read(&path.absolute).unwrap();
        source::decode(&path.relative, &bytes).unwrap().into_owned()
    });
    read.collect()
}

fn schema() -> Schema {
    let themes = Path::new(ROOT).join(CONTENT).join(EDUCATION_THEMES);
    let themes = std::fs::read_to_string(themes).unwrap();
    let bindings = [
        ("lessons", "lesson"),
        ("cases", "case"),
        ("policies", "policy"),
    ];
    let bindings = bindings.map(|(dir, kind)| Binding {
        dir: dir.to_owned(),
        kind: kind.to_owned(),
        trusted: false,
    });
    Schema {
        kinds: Kinds::built_in().unwrap(),
        bindings: bindings.to_vec(),
        education_themes: EducationThemes::parse(EDUCATION_THEMES, &themes).unwrap(),
        editions: Edition::only("zh-CN"),
    }
}

fn pack(pages: &[Arc<Page>]) -> inkstone_search::Pack {
    let mut writer = PackWriter::new(PackOptions::default());
    let mut batch = writer.batch();
    for page in pages {
        batch.page(&inkstone_search::Page {
            source: &page.source,
            url: &page.address,
            title: &page.title,
            ..inkstone_search::Page::default()
        });
        for section in &page.text.kept().unwrap().sections {
            let section = Section {
                anchor: &section.anchor,
                title: &section.title,
                text: &section.text,
                ..Section::default()
            };
            batch.section(&section).unwrap();
        }
    }
    let batch = batch.close();
    let tags = pages.iter().map(|page| Tags {
        kind: &page.kind,
        ..Tags::default()
    });
    let tags = writer.tags(&batch, tags);
    writer.add((&batch, [0; 16]), (&tags, [1; 16]));
    writer.finish().unwrap()
}

fn stages(criterion: &mut Criterion) {
    let (sources, schema) = (sources(), schema());
    let bytes = sources.iter().map(|source| source.text.len() as u64).sum();
    let parse = |source: &Source<'_>| Arc::new(Page::parse(source, &schema).0);
    let pages = sources.iter().map(parse).collect::<Vec<_>>();
    let mut group = criterion.benchmark_group("stages");
    group.throughput(Throughput::Bytes(bytes)).sample_size(20);

    group.bench_function("front matter", |bench| {
        bench.iter(|| {
            for source in &sources {
                black_box(front_matter::parse(&source.path, &source.text)).unwrap();
            }
        });
    });
    group.bench_function("page, from text", |bench| {
        bench.iter(|| sources.iter().map(parse).collect::<Vec<_>>());
    });
    group.bench_function("link", |bench| {
        bench.iter(|| Site::link(pages.clone(), &schema, Vec::new(), HashSet::new()));
    });
    group.bench_function("index and pack", |bench| bench.iter(|| pack(&pages)));

    let request = Request {
        root: ROOT.into(),
        base_url: None,
        drafts: false,
        room: inkstone::ROOM,
    };
    group.bench_function("read, parse, link, check", |bench| {
        bench.iter(|| load(&request, &Reuse::default(), &Observer::default()).unwrap());
    });
    let loaded = load(&request, &Reuse::default(), &Observer::default()).unwrap();
    let render = || {
        let output = Output::in_memory();
        render_site(
            Path::new(ROOT),
            &loaded,
            &Indexes::default(),
            &output,
            &Observer::default(),
        )
        .unwrap();
        output
    };
    group.bench_function("render, every format", |bench| bench.iter(render));
    group.finish();

    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in pack(&pages).files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    for text in ["调解", "群众利益无小事", "一次性告知 第三条"] {
        let query = Query {
            text: text.to_owned(),
            limit: 10,
            ..Query::default()
        };
        // Chunks stay in memory after the first: what is measured is the engine.
        criterion.bench_function(&format!("query/{text}"), |bench| {
            bench.iter(|| searcher.search(&query).unwrap().total);
        });
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
