//! The program as users meet it: what it prints, what it writes, how it exits.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use support::{SETTINGS, Site, run};

const LESSON: &str = "---\n标题: 小事\n日期: 2026-03-01\n主题: [廉洁]\n---\n\n## 道理\n\n群众利益无小事。见[第二条](../policies/办法.md#art-2)。\n";
const POLICY: &str = "# 学习办法\n\n## 第一章 总则\n\n第一条 为了规范学习，制定本办法。\n\n第二条 每周五下午为学习时间。\n";
const THEMES: &str = "[[theme]]\nid = \"integrity\"\nname = \"廉洁\"\n\n[[theme]]\nid = \"study\"\nname = \"理论学习\"\nkeywords = [\"学习\"]\n";

fn site() -> Site {
    Site::new(&[
        ("content/education-themes.toml", THEMES),
        ("content/lessons/小事.md", LESSON),
        ("content/policies/办法.md", POLICY),
        (
            "content/policies/图.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        ),
    ])
}

#[test]
fn a_build_writes_every_kind_of_file() {
    let site = site();
    let ended = site.run(&["build", "--json"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let summary = ended.json().pop().unwrap();
    assert_eq!(
        (&summary["pages"], &summary["sections"]),
        (&2.into(), &4.into())
    );
    assert_eq!(summary["diagnostics"]["error"], 0);
    let public = site.public();
    assert_eq!(summary["files"], public.len());
    for path in [
        "index.html",
        "404.html",
        "feed.xml",
        "sitemap.xml",
        "search/index.html",
        "search/engine.wasm",
        "search/hot.bin",
        "education-themes/index.html",
        "education-themes/study/index.html",
        "lessons/index.html",
        "lessons/小事/index.html",
        "policies/图.svg",
        "policies/办法/index.html",
    ] {
        assert!(public.contains_key(path), "{path} is missing");
    }
    let lesson = site.read("public/lessons/小事/index.html");
    let policy = "../../policies/%E5%8A%9E%E6%B3%95/index.html";
    assert!(
        lesson.contains(&format!("href=\"{policy}#art-2\"")),
        "{lesson}"
    );
    assert!(
        site.read("public/policies/办法/index.html")
            .contains("id=\"art-2\"")
    );
}

#[test]
fn with_a_base_address_links_are_folders_and_feeds_are_absolute() {
    let site = site();
    let ended = site.run(&["build", "--base-url", "https://kb.example/x"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let lesson = site.read("public/lessons/小事/index.html");
    assert!(lesson.contains("href=\"../../policies/%E5%8A%9E%E6%B3%95/#art-2\""));
    let map = site.read("public/sitemap.xml");
    assert!(
        map.contains("<loc>https://kb.example/x/lessons/%E5%B0%8F%E4%BA%8B/</loc>"),
        "{map}"
    );
    let feed = site.read("public/feed.xml");
    assert!(
        feed.contains("<updated>2026-03-01T00:00:00Z</updated>"),
        "{feed}"
    );
    assert!(feed.contains("https://kb.example/x/lessons/"), "{feed}");
}

#[test]
fn search_answers_with_the_browser_engine() {
    let site = site();
    site.build();
    let hits = site.run(&["search", "群众利益", "--json"]).json();
    assert_eq!(hits[0]["source"], "lessons/小事.md");
    assert_eq!(hits[0]["url"], "lessons/小事/#道理");
    assert_eq!(hits[0]["section"], "道理");
    assert_eq!(hits[0]["kind"], "lesson");
    assert_eq!(hits[0]["rank"], 1);
    assert_eq!(hits[0]["education_themes"][0], "integrity");
    assert!(hits[0]["snippet"].as_str().unwrap().contains("<mark>"));
    let hits = site.run(&["search", "学习时间", "--json"]).json();
    assert_eq!(hits[0]["url"], "policies/办法/#art-2");
    assert_eq!(hits[0]["section"], "第二条");
    site.write("queries.txt", "群众\n没有这样的话\n");
    let batch = site.path("queries.txt");
    let answers = site
        .run(&["search", "--batch", batch.to_str().unwrap(), "--json"])
        .json();
    assert_eq!(answers.len(), 2);
    assert_eq!(
        (&answers[0]["query"], &answers[0]["total"]),
        (&"群众".into(), &1.into())
    );
    assert_eq!(answers[1]["hits"], serde_json::json!([]));
    let people = site.run(&["search", "学习"]);
    assert!(people.stdout.contains("【学习】"), "{}", people.stdout);
}

#[test]
fn filters_restrict_the_hits() {
    let site = site();
    site.build();
    let kinds = |arguments: &[&str]| {
        let hits = site.run(arguments).json();
        hits.iter()
            .map(|hit| hit["kind"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // The lesson's words find the article that it leads to, too.
    assert_eq!(kinds(&["search", "小事", "--json"]), ["lesson", "policy"]);
    for kind in ["lesson", "policy"] {
        let found = kinds(&["search", "小事", "--json", "--kind", kind]);
        assert_eq!(found, [kind]);
    }
    let neither = kinds(&["search", "每周五下午", "--json", "--kind", "lesson"]);
    assert!(neither.is_empty(), "{neither:?}");
    let themed = kinds(&["search", "学习", "--json", "--education-theme", "study"]);
    assert!(!themed.is_empty() && themed.iter().all(|kind| kind == "policy"));
}

#[test]
fn themes_tell_which_and_why() {
    let lines = site().run(&["themes", "--json"]).json();
    assert_eq!(lines[0]["themes"][0]["origin"], "declared");
    assert_eq!(lines[1]["source"], "policies/办法.md");
    assert_eq!(lines[1]["themes"][0]["id"], "study");
    assert_eq!(lines[1]["themes"][0]["origin"], "inferred");
    assert_eq!(lines[1]["themes"][0]["evidence"][0], "学习×3");
}

#[test]
fn init_then_build_then_check_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("新站");
    let root = root.to_str().unwrap();
    assert_eq!(run(["init", root]).status, 0);
    for command in ["check", "build"] {
        let ended = run([command, "--strict", "--root", root]);
        assert_eq!(ended.status, 0, "{}", ended.stderr);
    }
    let again = run(["init", root]);
    assert_eq!(again.status, 2);
    assert!(
        again.stderr.contains("not an empty folder"),
        "{}",
        again.stderr
    );
}

#[test]
fn new_makes_a_draft_that_checks_clean() {
    let site = site();
    let ended = site.run(&["new", "课程", "为民服务", "--today", "2026-05-04"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(
        ended.stdout.trim().ends_with("为民服务.md"),
        "{}",
        ended.stdout
    );
    let text = site.read("content/lessons/为民服务.md");
    assert!(text.contains("日期: 2026-05-04\n"), "{text}");
    assert_eq!(site.run(&["check", "--strict"]).status, 0);
    site.build();
    assert!(!site.path("public/lessons/为民服务").exists());
    assert_eq!(site.run(&["build", "--drafts"]).status, 0);
    assert!(site.path("public/lessons/为民服务/index.html").exists());
    assert_eq!(site.run(&["new", "课程", "为民服务"]).status, 2);
    let unknown = site.run(&["new", "lessn", "x"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("lesson"), "{}", unknown.stderr);
}

/// Each kind of broken input: the message with its place, the exit status, the old site as it
/// was.
#[test]
fn broken_input_is_said_and_the_old_site_stays() {
    let damaged = b"# \xe7\xa0\x9a\xe5\x8f\xb0\xff\n";
    let cases: [(&str, &[u8], i32, &str, &str); 7] = [
        (
            "content/lessons/x.md",
            "---\n标题：砚\n---\n".as_bytes(),
            1,
            "lessons/x.md:2:3",
            "full-width colon",
        ),
        (
            "content/lessons/x.md",
            b"---\ntitle: [a\n---\n",
            1,
            "lessons/x.md:",
            "not YAML",
        ),
        (
            "content/lessons/x.md",
            damaged,
            1,
            "lessons/x.md:1:5",
            "byte 8 (0xFF)",
        ),
        (
            "content/lessons/x.md",
            "[甲](没有.md)".as_bytes(),
            1,
            "lessons/x.md:1:5",
            "no page or file",
        ),
        (
            "content/lessons/x.md",
            "---\nslug: 小事\n---\n甲".as_bytes(),
            1,
            "lessons/",
            "is taken by",
        ),
        (
            "site.toml",
            b"[site]\ntitle = \"x\"\n[[collections]]\ndir = \".\"\nkind = \"polcy\"\n",
            1,
            "site.toml:5:8",
            "did you mean `policy`?",
        ),
        (
            "content/education-themes.toml",
            b"[[theme]]\nid = \"a\"\nname = \"a\"\nparents = \"b\"\n",
            1,
            "education-themes.toml:4:1",
            "did you mean `parent`?",
        ),
    ];
    for (path, bytes, status, place, message) in cases {
        let site = site();
        site.build();
        let before = site.public();
        site.write(path, bytes);
        let ended = site.run(&["build"]);
        assert_eq!(ended.status, status, "{path}: {}", ended.stderr);
        assert!(ended.stderr.contains(place), "{place}: {}", ended.stderr);
        assert!(
            ended.stderr.contains(message),
            "{message}: {}",
            ended.stderr
        );
        assert!(site.public() == before, "{path} changed the old site");
    }
}

#[test]
fn pages_in_gbk_and_utf16_are_read_with_a_warning() {
    let site = site();
    let (gbk, _, _) = encoding_rs::GBK.encode("# 砚台\n\n见[乙](没有.md)\n");
    site.write("content/lessons/x.md", gbk);
    let found = site.run(&["check", "--json"]).json();
    assert_eq!(found[0]["code"], "not-utf8");
    assert_eq!(found[0]["severity"], "warning");
    assert_eq!(
        (&found[1]["line"], &found[1]["column"]),
        (&3.into(), &6.into())
    );
    let utf16 = "\u{feff}# 砚台\r\n\r\n磨墨\r\n".encode_utf16();
    let utf16 = utf16.flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    site.write("content/lessons/x.md", utf16);
    assert_eq!(site.run(&["build"]).status, 0);
    assert!(site.read("public/lessons/x/index.html").contains("磨墨"));
}

#[test]
fn check_fix_mends_what_it_can_and_touches_nothing_else() {
    let site = site();
    let untouched = site.read("content/lessons/小事.md");
    site.write(
        "content/lessons/x.md",
        "\u{feff}---\r\n标题: 甲\r\n---\r\n\r\n##节\r\n\r\n有：\r\n1、一\r\n2、二  \r\n\r\n```\r\n##码\r\n```\r\n",
    );
    let (gbk, _, _) = encoding_rs::GBK.encode("为群众办实事\n");
    site.write("content/lessons/y.md", gbk);
    let ended = site.run(&["check", "--fix", "--strict"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("mended lessons/x.md: 3 places"),
        "{}",
        ended.stderr
    );
    assert_eq!(
        site.read("content/lessons/x.md"),
        "\u{feff}---\r\n标题: 甲\r\n---\r\n\r\n## 节\r\n\r\n有：\r\n1. 一\r\n2. 二  \r\n\r\n```\r\n##码\r\n```\r\n",
    );
    assert_eq!(site.read("content/lessons/y.md"), "为群众办实事\n");
    assert_eq!(site.read("content/lessons/小事.md"), untouched);
    assert!(!site.path("public").exists());
}

#[test]
fn explain_says_what_a_code_means() {
    let ended = run(["explain", "heading-space"]);
    assert_eq!(ended.status, 0);
    assert!(ended.stdout.contains("`## Heading`"), "{}", ended.stdout);
    let all = run(["explain", "--lang", "zh"]);
    assert!(all.stdout.contains("unclosed-fence"), "{}", all.stdout);
    let unknown = run(["explain", "heading-spaces"]);
    assert_eq!(unknown.status, 2);
    assert!(
        unknown.stderr.contains("did you mean `heading-space`?"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn what_cannot_run_exits_with_two() {
    let site = site();
    site.build();
    let before = site.public();
    std::fs::rename(site.path("content"), site.path("elsewhere")).unwrap();
    let ended = site.run(&["build"]);
    assert_eq!(ended.status, 2);
    assert!(
        ended.stderr.contains("no content folder"),
        "{}",
        ended.stderr
    );
    assert!(site.public() == before);
    assert_eq!(run(["build", "--root", "/no/such/folder"]).status, 2);
    assert_eq!(run(["build", "--no-such-flag"]).status, 2);
    let empty = tempfile::tempdir().unwrap();
    let ended = run(["search", "x", "--root", empty.path().to_str().unwrap()]);
    assert_eq!(ended.status, 2);
    assert!(ended.stderr.contains("no search index"), "{}", ended.stderr);
}

#[test]
fn check_speaks_json_and_writes_nothing() {
    let site = site();
    site.write(
        "content/lessons/x.md",
        "---\ntitel: 甲\n---\n见[乙](y.md)\n",
    );
    let ended = site.run(&["check", "--json"]);
    assert_eq!(ended.status, 1);
    let found = ended.json();
    assert_eq!(
        found[0],
        serde_json::json!({
            "severity": "warning", "code": "unknown-key", "path": "lessons/x.md", "line": 2,
            "column": 1, "message": "`titel` is not a key of the kind `lesson` and has no effect",
            "hint": "did you mean `title`?",
        })
    );
    assert_eq!(
        (&found[1]["code"], &found[1]["column"]),
        (&"broken-link".into(), &6.into())
    );
    assert!(!site.path("public").exists());
}

#[test]
fn strict_makes_warnings_fail_and_lang_chooses_the_language() {
    let site = site();
    site.write("content/lessons/x.md", "---\ntitel: 甲\n---\n乙\n");
    assert_eq!(site.run(&["build"]).status, 0);
    let ended = site.run(&["build", "--strict", "--lang", "zh"]);
    assert_eq!(ended.status, 1);
    assert!(
        ended.stderr.contains("警告[unknown-key]"),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.contains("建议: 是不是想写 `title`？"),
        "{}",
        ended.stderr
    );
    let help = run(["--help", "--lang", "zh"]);
    assert!(help.stdout.contains("生成网站"), "{}", help.stdout);
}

#[test]
fn dot_files_of_public_survive_and_old_pages_go() {
    let site = site();
    site.build();
    site.write("public/.gitignore", "*\n");
    std::fs::remove_file(site.path("content/lessons/小事.md")).unwrap();
    site.build();
    assert_eq!(site.read("public/.gitignore"), "*\n");
    assert!(!site.path("public/lessons").exists());
}

#[test]
fn the_same_bytes_with_any_number_of_threads() {
    let site = site();
    site.run(&["build", "--jobs", "1"]);
    let one = site.public();
    site.run(&["build", "--jobs", "16"]);
    assert!(one == site.public());
}

#[test]
fn own_kinds_need_no_rust() {
    let site = site();
    let settings = format!("{SETTINGS}\n[[collections]]\ndir = \"talks\"\nkind = \"talk\"\n");
    site.write("site.toml", settings);
    let kind = "id = \"talk\"\nname = \"讲座\"\n[[field]]\nkey = \"room\"\nname = \"教室\"\n";
    site.write("content/talks/_kind.toml", kind);
    site.write("content/talks/a.md", "---\n标题: 甲\n教室: 三楼\n---\n乙\n");
    site.build();
    let page = site.read("public/talks/a/index.html");
    assert!(page.contains("教室") && page.contains("三楼"), "{page}");
}

#[test]
fn search_finds_the_article_that_a_lesson_explains_in_plain_words() {
    let site = Site::new(&[
        (
            "content/lessons/漏水.md",
            "---\ntitle: 楼上漏水谁来赔\n---\n\n答案在[第三条](../policies/相邻.md#art-3)里。\n",
        ),
        (
            "content/policies/相邻.md",
            "# 相邻关系规定\n\n第一条　为了处理相邻关系，制定本规定。\n\n\
             第三条　不动产权利人给相邻方造成损害的，应当承担责任。\n",
        ),
    ]);
    assert_eq!(site.run(&["build"]).status, 0);
    let hits = site.run(&["search", "楼上漏水谁来赔", "--json"]).json();
    let sections = hits.iter().map(|hit| hit["section"].as_str().unwrap());
    assert_eq!(sections.collect::<Vec<_>>(), ["", "第三条"]);
}

#[test]
fn compressed_copies_stand_beside_the_files_of_search() {
    let site = site();
    let settings = "\n[search]\nprecompress = [\"brotli\", \"gzip\"]\n";
    site.write("site.toml", format!("{SETTINGS}{settings}"));
    site.build();
    let public = site.public();
    let engine = &public["search/engine.wasm"];
    let mut gzip = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(&public["search/engine.wasm.gz"][..]);
    std::io::Read::read_to_end(&mut reader, &mut gzip).unwrap();
    let mut brotli = Vec::new();
    brotli::BrotliDecompress(&mut &public["search/engine.wasm.br"][..], &mut brotli).unwrap();
    assert!(gzip == *engine && brotli == *engine);
    // A copy that is no smaller than its file is none.
    for (path, bytes) in &public {
        for copy in [".br", ".gz"].map(|end| public.get(&format!("{path}{end}"))) {
            assert!(copy.is_none_or(|copy| copy.len() < bytes.len()), "{path}");
        }
    }
}
