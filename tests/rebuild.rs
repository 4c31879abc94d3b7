//! A rebuild with memos warm gives the bytes of a cold build, after any edits.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use inkstone::Reuse;
use inkstone::content::body::Texts;
use inkstone::observer::Observer;
use inkstone::output::{Diff, Output};
use inkstone::render::Indexes;
use inkstone::{Loaded, ROOM, Request, load, render, render_site};
use support::Site;

fn draw(site: &Site, loaded: &Loaded) -> Output {
    let output = Output::in_memory();
    render_site(
        site.root(),
        loaded,
        &Indexes::default(),
        &output,
        &Observer::default(),
    )
    .unwrap();
    output
}

fn render(site: &Site, reuse: &Reuse) -> Output {
    draw(site, &site.load(reuse, ROOM))
}

#[test]
fn warm_equals_cold_after_every_edit() {
    let theme = "[[theme]]\nid = \"a\"\nname = \"学习\"\n";
    let site = Site::new(&[
        ("content/education-themes.toml", theme),
        (
            "content/lessons/a.md",
            "---\n日期: 2026-01-01\n---\n学习学习学习学习",
        ),
        ("content/lessons/b.md", "见[甲](a.md)"),
        (
            "content/policies/c.md",
            "第一条 丙\n\n![[../lessons/_p]]\n\n![[_q]]",
        ),
        ("content/lessons/_p.md", "见[乙](b.md)"),
    ]);
    let reuse = Reuse::default();
    let mut before = render(&site, &reuse).hashes();
    let edits: [(&str, Option<&str>); 12] = [
        (
            "content/lessons/a.md",
            Some("---\n日期: 2026-01-02\n---\n# 新题\n\n学习学习学习学习"),
        ),
        ("content/lessons/d.md", Some("新的一课")),
        (
            "content/education-themes.toml",
            Some("[[theme]]\nid = \"a\"\nname = \"读书\"\naliases = [\"学习\"]\n"),
        ),
        (
            "content/lessons/_kind.toml",
            Some("id = \"lesson\"\nname = \"讲义\"\n"),
        ),
        ("content/lessons/d.md", None),
        (
            "site.toml",
            Some(
                "[site]\ntitle = \"改名\"\n\n[[collections]]\ndir = \"lessons\"\nkind = \"policy\"\n",
            ),
        ),
        ("themes/default/404.html", Some("不见了")),
        ("content/policies/图.txt", Some("附件")),
        (
            "content/lessons/_p.md",
            Some("见[乙](b.md)和![[_r]]\n\n![[_r]]"),
        ),
        (
            "content/lessons/_r.md",
            Some("## 片段里的节\n\n[^1]\n\n[^1]: 注"),
        ),
        ("content/policies/_q.md", Some("先前没有的片段")),
        ("content/lessons/_r.md", None),
    ];
    for (path, text) in edits {
        match text {
            Some(text) => site.write(path, text),
            None => std::fs::remove_file(site.path(path)).unwrap(),
        }
        let warm = render(&site, &reuse).hashes();
        let cold = render(&site, &Reuse::default()).hashes();
        let diff = Diff::between(&cold, &warm);
        assert!(diff.is_empty(), "after {path}: {diff:?}");
        assert!(
            !Diff::between(&before, &warm).is_empty(),
            "{path} changed nothing"
        );
        before = warm;
    }
}

#[test]
fn new_education_themes_are_those_of_a_cold_build() {
    let site = Site::new(&[
        ("content/a.md", "# 甲\n\n学习学习，审判审判审判。"),
        ("content/b.md", "---\n主题: 读书、审判\n---\n乙"),
        ("content/c.md", "---\n主题: [学习]\ndraft: true\n---\n丙"),
        (
            "content/d.md",
            "---\n主题: 读书\n---\n学习学习学习\n\n![[_p]]",
        ),
        ("content/_p.md", "审判审判审判审判"),
    ]);
    let theme = |id: &str, name: &str, words: &str| {
        format!("[[theme]]\nid = \"{id}\"\nname = \"{name}\"\nkeywords = [{words}]\n")
    };
    let learn = |name: &str| theme("learn", name, "\"学习\"");
    let judge = theme("judge", "审判", "");
    let trees = [
        learn("学习"),
        learn("读书"),
        format!("{judge}{}", learn("读书")),
        judge.clone(),
        String::new(),
        format!("{}{judge}", learn("学")),
        format!("{}{}", learn("读书"), theme("judge", "断案", "\"审判审\"")),
        theme("learn", "读书", "\"学\", \"学习学\", \"没有的词\""),
        theme("judge", "没有的词", "\"学习\""),
    ];
    // Each after each: what is kept of one is good for the other.
    let pairs = trees
        .iter()
        .flat_map(|one| trees.iter().flat_map(move |other| [one, other]));
    for room in [0, ROOM] {
        let reuse = Reuse::default();
        for tree in pairs.clone() {
            site.write("content/education-themes.toml", tree);
            let (warm, cold) = (site.load(&reuse, room), site.load(&Reuse::default(), room));
            assert_eq!(warm.diagnostics, cold.diagnostics);
            assert_eq!(warm.site.pages, cold.site.pages, "{tree}");
        }
    }
}

/// A site whose pages differ in all that tells how a text is made.
fn mixed() -> Site {
    let mut files = vec![
        (
            "site.toml".to_owned(),
            "[site]\ntitle = \"砚\"\n\n[[collections]]\ndir = \"policies\"\nkind = \"policy\"\n\n\
             [[collections]]\ndir = \"trusted\"\nkind = \"lesson\"\ntrusted = true\n"
                .to_owned(),
        ),
        ("content/_index.md".to_owned(), "首页的话[甲](trusted/a.md#乙)".to_owned()),
        ("content/policies/_index.md".to_owned(), "# 政策\n\n都在这里。".to_owned()),
        (
            "content/trusted/a.md".to_owned(),
            "---\n标题: 甲\n日期: 2026-01-01\n---\n# 甲\n\n## 乙\n\n<b style=\"color:red\">红</b>\n\n![[_p]]\n".to_owned(),
        ),
        ("content/trusted/_p.md".to_owned(), "见[乙](b.md)和[无](无.md)。\n".to_owned()),
        ("content/trusted/b.md".to_owned(), "# 题\n\n## 题\n\n注[^1]\n\n[^1]: 见[甲](a.md)\n".to_owned()),
    ];
    for number in 0..40 {
        files.push((
            format!("content/policies/{number}(2026-01-02).md"),
            format!(
                "# 办法{number}\n\n第一条 见[上](0(2026-01-02).md#art-2)。\n\n第二条 {}\n",
                "办法".repeat(number)
            ),
        ));
    }
    let files = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()));
    Site::new(&files.collect::<Vec<_>>())
}

#[test]
fn a_site_beyond_the_room_in_memory_is_the_same() {
    let site = mixed();
    let whole = site.load(&Reuse::default(), usize::MAX);
    let kept = |loaded: &Loaded| {
        let mut pages = loaded.site.pages.iter();
        (
            pages.clone().any(|page| page.text.kept().is_some()),
            pages.all(|page| page.text.kept().is_some()),
        )
    };
    assert_eq!(kept(&whole), (true, true));
    let expected = draw(&site, &whole).hashes();
    for (room, kept_then) in [(0, (false, false)), (2_000, (true, false))] {
        let loaded = site.load(&Reuse::default(), room);
        assert_eq!(kept(&loaded), kept_then);
        assert_eq!(loaded.diagnostics, whole.diagnostics);
        let diff = Diff::between(&expected, &draw(&site, &loaded).hashes());
        assert!(diff.is_empty(), "{room}: {diff:?}");
    }
}

#[test]
fn a_page_that_changes_between_two_readings_is_an_error() {
    let site = mixed();
    let page = "content/trusted/a.md";
    for (page, text) in [
        (page, Some("别的")),
        (page, None),
        ("content/trusted/_p.md", Some("别的")),
    ] {
        let loaded = site.load(&Reuse::default(), 0);
        match text {
            Some(text) => site.write(page, text),
            None => std::fs::remove_file(site.path(page)).unwrap(),
        }
        let drawn = render_site(
            site.root(),
            &loaded,
            &Indexes::default(),
            &Output::in_memory(),
            &Observer::default(),
        );
        let Err(inkstone::diagnostic::Failure::Environment(error)) = drawn else {
            panic!("{drawn:?}");
        };
        let message = error.message.get(inkstone::language::Language::English);
        assert!(message.contains("trusted/a.md"), "{message}");
        assert_eq!(message.contains("build again"), text.is_some(), "{message}");
        site.write("content/trusted/a.md", "甲\n\n## 乙\n\n![[_p]]\n");
    }
}

#[test]
fn a_file_made_alone_is_that_of_a_build() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let request = Request {
        root: root.to_owned(),
        base_url: None,
        drafts: false,
        room: 0,
    };
    let observer = Observer::default();
    let loaded = load(&request, &Reuse::default(), &observer).unwrap();
    let (whole, index) = (Output::in_memory(), Output::in_memory());
    render_site(root, &loaded, &Indexes::default(), &whole, &observer).unwrap();
    let content = root.join(inkstone::CONTENT);
    let editions = inkstone::prepare(root, &loaded, &observer).unwrap();
    let draft = render::Draft {
        site: &loaded.site,
        texts: Texts::new(&loaded.site, &content),
        editions: &editions,
        indexes: &Indexes::default(),
    };
    render::index(draft, &index).unwrap();
    let indexed = index.hashes();
    assert!(indexed.keys().any(|path| path.ends_with("search/hot.bin")));
    // Both of these tell of all files.
    let of_all = ["offline.js", "manifest.webmanifest"];
    for (path, hash) in whole.hashes() {
        let alone = match indexed.get(&path) {
            Some(hash) => Some(*hash),
            None => render::one(draft, &path)
                .unwrap()
                .map(|file| blake3::hash(&file)),
        };
        let is_left_out = of_all.contains(&path.as_str());
        assert_eq!(alone, (!is_left_out).then_some(hash), "{path}");
    }
    assert_eq!(render::one(draft, "no/index.html").unwrap(), None);
}

/// Writes a file as if it had been saved a minute ago, or later.
fn write_earlier(path: &std::path::Path, text: &str, seconds: u64) {
    std::fs::write(path, text).unwrap();
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let minute = std::time::Duration::from_secs(60 - seconds);
    file.set_modified(std::time::SystemTime::now() - minute)
        .unwrap();
}

#[test]
fn a_file_that_lies_as_it_did_is_not_read_again() {
    let site = Site::new(&[
        ("content/a.md", ""),
        ("content/b.md", ""),
        ("content/_part.md", ""),
    ]);
    let content = site.root().join("content");
    let [a, b, part] = ["a.md", "b.md", "_part.md"].map(|name| content.join(name));
    write_earlier(&a, "# 甲\n", 0);
    write_earlier(&b, "# 乙\n\n![[_part]]\n", 0);
    write_earlier(&part, "一", 0);
    let reuse = Reuse::default();
    let html = |place: usize| {
        let loaded = site.load(&reuse, ROOM);
        let page = &loaded.site.pages[place];
        (page.title.clone(), page.text.kept().unwrap().html.clone())
    };
    assert_eq!(html(0).0, "甲");
    assert!(html(1).1.contains('一'));
    // As large and as old as before: nothing tells that it changed.
    let time = std::fs::metadata(&a).unwrap().modified().unwrap();
    std::fs::write(&a, "# 丙\n").unwrap();
    let file = std::fs::File::options().write(true).open(&a).unwrap();
    file.set_modified(time).unwrap();
    assert_eq!(html(0).0, "甲");
    write_earlier(&a, "# 丁\n", 1);
    assert_eq!(html(0).0, "丁");
    // What a page includes is looked at each time.
    write_earlier(&part, "二", 1);
    assert!(html(1).1.contains('二'));
}
