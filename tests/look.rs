//! What readers see of a site's settings, and what every theme must keep to: no words of its own,
//! no more bytes than an intranet's slow line bears.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use inkstone::compress::Compression;
use support::{Site, program, read_folder};

const THEMES: &str =
    "[[theme]]\nid = \"service\"\nname = \"司法为民\"\ndescription = \"把小事办好\"\n";

fn site(settings: &str) -> Site {
    let settings = format!("{}\n{settings}", support::SETTINGS);
    Site::new(&[
        ("site.toml", &settings),
        ("content/education-themes.toml", THEMES),
        (
            "content/lessons/甲.md",
            "---\n标题: 甲课\n日期: 2026-02-01\n主题: [司法为民]\n---\n正文\n",
        ),
        (
            "content/lessons/乙.md",
            "---\n标题: 乙课\n日期: 2026-03-01\n---\n正文\n",
        ),
        (
            "content/policies/办法.md",
            "---\n标题: 办法\n日期: 2026-01-01\n---\n第一条 应当。\n",
        ),
        (
            "content/images/标志.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        ),
    ])
}

#[test]
fn the_settings_of_the_look_show() {
    let site = site(
        "[home]\nblocks = [\"newest\", \"theme\", \"featured\"]\ntheme = \"司法为民\"\n\
         featured = [\"policies/办法.md\"]\n\
         [[navigation]]\nto = \"policies/\"\n\
         [[navigation]]\ntitle = \"要闻\"\nto = \"lessons/乙.md\"\n\
         [[navigation]]\ntitle = \"内网\"\nto = \"http://intranet/\"\n",
    );
    let settings = site.read("site.toml").replacen(
        "title = \"测试站\"\n",
        "title = \"测试站\"\naccent = \"#1d4f91\"\nlogo = \"images/标志.svg\"\n\
         report = \"mailto:a@b.example?subject={title}\"\ndesign_page = true\n\
         footer = [{ text = \"示备 1 号\", url = \"https://beian.example/\" }, { text = \"二行\" }]\n",
        1,
    );
    site.write("site.toml", settings);
    site.build();
    let home = site.read("public/index.html");
    for part in [
        "class=\"logo\" src=\"./images/%E6%A0%87%E5%BF%97.svg\"",
        "<a href=\"https://beian.example/\">示备 1 号</a>",
        "<p>二行</p>",
        ">政策</a></li>",
        "href=\"./lessons/%E4%B9%99/index.html\">要闻</a>",
        "<a href=\"http://intranet/\">内网</a>",
        "assets/accent.css?v=",
        "把小事办好",
        "<h1 class=\"visually-hidden\">",
    ] {
        assert!(home.contains(part), "{part}");
    }
    assert!(!home.contains("hero"), "a block that was not asked for");
    let at = |id: &str| home.find(id).unwrap_or_else(|| panic!("{id}"));
    assert!(at("home-newest") < at("home-month") && at("home-month") < at("home-featured"));
    let lesson = site.read("public/lessons/甲/index.html");
    assert!(lesson.contains("mailto:a@b.example?subject=%E7%94%B2%E8%AF%BE"));
    let accent = site.read("public/assets/accent.css");
    assert!(accent.contains("--accent: var(--light, #"));
    assert!(site.path("public/_design/index.html").is_file());
}

#[test]
fn a_lesson_shows_its_video_first() {
    let site = site("");
    let lesson =
        |media: &str| format!("---\n标题: 丙课\n更新: 2026-04-01\n音视频: {media}\n---\n正文\n");
    site.write("content/lessons/丙.md", lesson("[课.mp4, ../录音/b.mp3]"));
    for file in [
        "lessons/课.mp4",
        "lessons/课.png",
        "lessons/课.vtt",
        "录音/b.mp3",
    ] {
        site.write(&format!("content/{file}"), "x");
    }
    site.build();
    let page = site.read("public/lessons/丙/index.html");
    let at = |part: &str| {
        page.find(part)
            .unwrap_or_else(|| panic!("{part} in {page}"))
    };
    let file = "../../lessons/%E8%AF%BE";
    let video = at(&format!(
        "<video controls preload=\"metadata\" src=\"{file}.mp4\""
    ));
    assert!(video < at("<div class=\"prose\">"));
    at(&format!(
        "poster=\"{file}.png\"><track default kind=\"captions\" src=\"{file}.vtt\">"
    ));
    at("<audio controls preload=\"metadata\" src=\"../../%E5%BD%95%E9%9F%B3/b.mp3\"");
    at(&format!(
        "<a class=\"download\" href=\"{file}.mp4\" download>课.mp4</a>"
    ));
    at("<time datetime=\"2026-04-01\">");
    assert!(!page.contains("<dd>课.mp4"), "not among the facts as well");
    for (media, code, message) in [
        (
            "课程.mp4",
            "broken-reference",
            "there is no page or file `课程.mp4`",
        ),
        (
            "课.png",
            "field-value",
            "`音视频` must be a video, a recording or a PDF",
        ),
    ] {
        site.write("content/lessons/丙.md", lesson(media));
        let found = site.run(&["check", "--json"]).json();
        let found = found.iter().find(|found| found["code"] == code);
        let found = found.unwrap_or_else(|| panic!("{media}"));
        assert_eq!(
            (found["line"].as_u64(), found["column"].as_u64()),
            (Some(4), Some(6))
        );
        assert!(
            found["message"].as_str().unwrap().contains(message),
            "{found}"
        );
    }
}

#[test]
fn what_the_settings_name_must_exist() {
    let site = site(
        "[home]\ntheme = \"司法为人\"\nfeatured = [\"lessons/丙.md\"]\n\
         [[navigation]]\nto = \"lesson/\"\n",
    );
    let ended = site.run(&["check", "--json"]);
    assert_eq!(ended.status, 1);
    let findings = ended.stdout.lines();
    let findings = findings.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let said = findings.map(|finding| {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let place = format!("{}:{}", finding["line"], finding["column"]);
        (place, text("message"), text("hint"))
    });
    let expected = [
        (
            "13:9",
            "there is no education theme `司法为人`",
            "did you mean `司法为民`?",
        ),
        (
            "14:13",
            "there is no page `lessons/丙.md` in `content/`, or it is a draft",
            "did you mean `lessons/甲.md`?",
        ),
        (
            "16:6",
            "there is no folder or page `lesson/` in `content/`",
            "did you mean `lessons/`?",
        ),
    ];
    let expected = expected
        .map(|(place, message, hint)| (place.to_owned(), message.to_owned(), hint.to_owned()));
    assert_eq!(said.collect::<Vec<_>>(), expected);
}

#[test]
fn lists_lead_to_a_search_that_is_narrowed() {
    let site = site("");
    for number in 0..6 {
        site.write(
            &format!("content/lessons/{number}.md"),
            format!("---\n日期: 202{number}-01-01\n主题: [司法为民]\n---\n# 课 {number}\n\n正文\n"),
        );
    }
    site.build();
    let list = site.read("public/lessons/index.html");
    assert!(list.contains(
        "search/index.html?collection=lessons&amp;year=2026\">2026 <span class=\"count\">2<"
    ));
    // One theme alone narrows nothing.
    assert!(!list.contains("&amp;theme="));
    assert!(!site.read("public/policies/index.html").contains("facets"));
}

#[test]
fn the_page_of_a_large_theme_leads_to_search_for_the_rest() {
    let site = site("");
    for number in 0..70 {
        let text = format!("---\n主题: [司法为民]\n---\n# 课 {number}\n\n正文\n");
        site.write(&format!("content/lessons/{number}.md"), text);
    }
    site.build();
    let theme = site.read("public/education-themes/service/index.html");
    assert_eq!(theme.matches("<article class=\"card\"").count(), 60);
    assert!(theme.contains("search/index.html?theme=service&amp;kind=lesson"));
    assert!(theme.contains("71 "), "all pages are counted");
}

#[test]
fn a_new_theme_stands_on_the_default_one() {
    let site = site("");
    let ended = site.run(&["theme", "new", "fayuan", "404.html"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let settings = site.read("site.toml");
    let settings = settings.replacen("[site]", "[site]\ntheme = \"fayuan\"", 1);
    site.write("site.toml", settings);
    site.write(
        "themes/fayuan/strings/zh-CN.toml",
        "back_home = \"回头页\"\n",
    );
    let template = site.read("themes/fayuan/404.html");
    let template = template.replace("404</p>", "四〇四</p>");
    site.write("themes/fayuan/404.html", template);
    site.build();
    let lost = site.read("public/404.html");
    for part in ["四〇四", "回头页", "没有找到这个页面", "assets/own.css?v="] {
        assert!(lost.contains(part), "{part}");
    }
    for (name, files) in [("fayuan", ""), ("../x", ""), ("y", "hom.html")] {
        let files = Some(files).filter(|file| !file.is_empty());
        let arguments = ["theme", "new", name].into_iter().chain(files);
        let ended = site.run(&arguments.collect::<Vec<_>>());
        assert_eq!(ended.status, 2, "{name}");
    }
    assert!(!site.path("themes/y").exists());
}

#[test]
fn the_plain_theme_has_no_scripts_but_on_the_search_page() {
    let site = site("");
    let settings = site.read("site.toml");
    site.write(
        "site.toml",
        settings.replacen("[site]", "[site]\ntheme = \"plain\"", 1),
    );
    site.build();
    let pages = site.public().into_iter();
    for (path, bytes) in pages.filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8(bytes).unwrap();
        assert_eq!(
            html.contains("<script"),
            path == "search/index.html",
            "{path}"
        );
    }
}

/// Brotli bytes that a page may ask for: style sheets, and scripts without the engine.
const CSS: usize = 25_000;
const JS: usize = 20_000;

#[test]
fn pages_stay_within_their_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let public = folder.path().join("public");
    let built = program()
        .args(["build", "--root", env!("CARGO_MANIFEST_DIR"), "--output"])
        .arg(&public)
        .status()
        .unwrap();
    assert!(built.success());
    let files = read_folder(&public);
    let (mut seen, mut most) = (0, (0, 0));
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8_lossy(bytes);
        let folders = path.matches('/').count();
        let root = if folders == 0 {
            "./".to_owned()
        } else {
            "../".repeat(folders)
        };
        let (mut css, mut js) = (BTreeSet::new(), BTreeSet::new());
        // Also what is fetched only when wished for.
        for part in html.split(&format!("\"{root}assets/")).skip(1) {
            let name = part.split(['?', '"']).next().unwrap();
            if name.ends_with(".css") {
                css.insert(name);
            } else if name.ends_with(".js") {
                js.insert(name);
            }
        }
        let weight = |names: &BTreeSet<&str>| {
            let sizes = names.iter().map(|name| {
                let bytes = &files[&format!("assets/{name}")];
                let copy = Compression::Brotli.compress(bytes);
                copy.map_or(bytes.len(), |copy| copy.len())
            });
            sizes.sum::<usize>()
        };
        let (css, js) = (weight(&css), weight(&js));
        assert!(css > 0 && css <= CSS, "{path}: {css} bytes of CSS");
        assert!(js <= JS, "{path}: {js} bytes of scripts");
        most = (most.0.max(css), most.1.max(js));
        seen += 1;
    }
    println!("at most {most:?} bytes of CSS and scripts on a page");
    assert!(seen > 30, "{seen}");
}

fn themes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("themes")
}

/// Templates of the built-in themes, by path.
fn templates() -> BTreeMap<String, String> {
    let files = read_folder(&themes()).into_iter();
    let templates = files.filter(|(path, _)| path.ends_with(".html"));
    templates
        .map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap()))
        .collect()
}

/// `text` with everything from `open` to `close` taken out.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut parts = text.split(open);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push(' ');
        kept.push_str(part.split_once(close).map_or("", |(_, rest)| rest));
    }
    kept
}

#[test]
fn templates_have_no_words_of_their_own() {
    for (path, text) in templates() {
        // Blocks that stand within a tag.
        let text = without(&text, "{% block strings %}", "{% endblock strings %}");
        let text = without(
            &text,
            "{% block prose_class %}",
            "{% endblock prose_class %}",
        );
        let code = [("{#", "#}"), ("{%", "%}"), ("{{", "}}")];
        let text = code
            .iter()
            .fold(text, |text, (open, close)| without(&text, open, close));
        // Names of files and of tokens on the page that shows them.
        let text = without(&text, "<code", "</code>");
        let shown = without(&text, "<", ">");
        let words = shown.split_whitespace().filter(|word| {
            let letter = |c: char| c.is_alphabetic();
            word.contains(letter) && !word.ends_with(".css") && *word != "_design"
        });
        assert_eq!(words.collect::<Vec<_>>(), Vec::<&str>::new(), "{path}");
        for name in ["aria-label", "title", "placeholder", "alt"] {
            for part in text.split(&format!(" {name}=\"")).skip(1) {
                let value = part.split('"').next().unwrap();
                assert!(
                    !value.contains(char::is_alphabetic),
                    "{path}: {name}={value}"
                );
            }
        }
    }
}

#[test]
fn every_word_of_the_interface_is_there_in_both_languages() {
    let strings = |language: &str| -> BTreeMap<String, String> {
        let path = themes().join(format!("default/strings/{language}.toml"));
        inkstone::settings::parse(language, &std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let (zh, en) = (strings("zh-CN"), strings("en"));
    let placeholders = |text: &str| {
        let names = text.split('{').skip(1);
        // `{count|page|pages}` asks for a word that fits `count`.
        let names = names.filter_map(|part| part.split_once('}')?.0.split('|').next());
        names.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    for (key, text) in &zh {
        assert_eq!(placeholders(text), placeholders(&en[key]), "{key}");
        assert!(
            !en[key].contains(|c: char| ('\u{4e00}'..='\u{9fff}').contains(&c))
                || key.contains("example"),
            "{key}"
        );
    }
    let by_program = ["related_kind", "untranslated_mark"];
    let mut used = BTreeSet::from(by_program.map(str::to_owned));
    for text in templates().values() {
        for part in text.split("t.").skip(1) {
            let key = part.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            used.extend(key.take(1).map(str::to_owned));
        }
    }
    let script = std::fs::read_to_string(themes().join("default/assets/reader.js")).unwrap();
    let known = |key: &&String| {
        let word = key.strip_prefix("reader_");
        used.contains(*key)
            || word.is_some_and(|word| {
                script.contains(&format!("\"{word}\""))
                    || word.contains('_')
                    || ["look", "size", "face"].contains(&word)
            })
    };
    let unused = zh.keys().filter(|key| !known(key));
    assert_eq!(unused.collect::<Vec<_>>(), Vec::<&String>::new());
    for choice in ["look", "size", "face"] {
        let row = script.split(&format!("      {choice}: [")).nth(1).unwrap();
        let row = row.split(']').next().unwrap();
        for value in row.split('"').skip(1).step_by(2) {
            assert!(zh.contains_key(&format!("reader_{choice}_{value}")));
        }
    }
}
