//! A site in two languages: what readers of one see of the other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use inkstone::Reuse;
use inkstone::output::{Diff, Output};
use inkstone::render::Indexes;
use inkstone::{ROOM, render_site};
use support::Site;

const THEMES: &str = "[[theme]]\nid = \"integrity\"\nname = \"廉洁\"\nname_en = \"Integrity\"\n\
    [[theme]]\nid = \"study\"\nname = \"学习\"\nname_en = \"Study\"\n";

fn settings(more: &str) -> String {
    format!(
        "{}\n[[languages]]\ntag = \"en\"\ntitle = \"Test site\"\n{more}",
        support::SETTINGS
    )
}

fn site() -> Site {
    Site::new(&[
        ("site.toml", &settings("")),
        ("content/education-themes.toml", THEMES),
        ("content/_index.md", "首页"),
        (
            "content/lessons/甲.md",
            "---\n日期: 2026-01-01\n主题: [廉洁]\n---\n# 甲课\n\n砚台\n",
        ),
        (
            "content/lessons/乙.md",
            "---\n日期: 2026-01-02\n主题: [学习]\n---\n# 乙课\n\n砚台\n",
        ),
        (
            "content/policies/rule.md",
            "---\n状态: 现行有效\n---\n# 办法\n\n第一条 砚台。\n",
        ),
        ("content/en/_index.md", "---\ntitle: Home\n---\nWords"),
        (
            "content/en/lessons/_index.md",
            "---\ntitle: Lessons\n---\nWords",
        ),
        (
            "content/en/lessons/a.md",
            "---\ntranslation_of: lessons/甲.md\ndate: 2026-01-01\neducation_themes: [Integrity]\n\
             duration: 5\npolicies: [policies/rule.md]\n---\n# First lesson\n\n\
             inkstone [second](/lessons/乙.md)\n",
        ),
        (
            "content/en/policies/rule.md",
            "---\nstatus: Repealed\n---\n# A rule\n\ninkstone\n",
        ),
    ])
}

fn part<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = page
        .split_once(from)
        .unwrap_or_else(|| panic!("no {from} in {page}"));
    rest.split_once(to).unwrap().0
}

#[test]
fn new_makes_a_page_in_another_language_too() {
    let site = site();
    for (kind, title) in [
        ("policy", "A rule: part 2"),
        ("Lessons", "Two"),
        ("课程", "Three"),
    ] {
        let ended = site.run(&["new", kind, title, "--in", "en", "--today", "2026-05-04"]);
        assert_eq!(ended.status, 0, "{}", ended.stderr);
    }
    let text = site.read("content/en/policies/A-rule-part-2.md");
    assert!(text.starts_with(
        "---\ntitle: \"A rule: part 2\"\ndate: 2026-05-04\nsummary:\nauthors:\n\
         education_themes: []\ndraft: true\n"
    ));
    assert!(text.contains("\nstatus: # In force, "), "{text}");
    assert!(
        text.is_ascii() && text.ends_with("### Article 2\n"),
        "{text}"
    );
    assert!(site.path("content/en/lessons/Two.md").exists());
    let checked = site.run(&["check", "--strict"]);
    assert_eq!(checked.status, 0, "{}", checked.stderr);
    let unknown = site.run(&["new", "lesson", "x", "--in", "fr"]);
    assert_eq!(unknown.status, 2);
    assert!(
        unknown.stderr.contains("[[languages]]"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn a_page_leads_to_its_translation_and_says_so() {
    let site = site();
    site.build();
    let english = site.read("public/en/lessons/a/index.html");
    assert!(english.contains("<html lang=\"en\""));
    assert!(english.contains("Skip to content") && english.contains(">5 min<"));
    assert!(english.contains("</span> Lesson</span>"), "{english}");
    let theme = site.read("public/en/education-themes/integrity/index.html");
    assert!(theme.contains(">Lessons <span"), "{theme}");
    let address = "lessons/%E7%94%B2/index.html";
    for link in [
        format!("href=\"../../../{address}\" lang=\"zh-CN\" hreflang=\"zh-CN\">中文</a>"),
        "<a class=\"tag\" href=\"../../../en/education-themes/integrity/index.html\">Integrity</a>"
            .to_owned(),
        // Named by the path that the Chinese page has, too; the English one is meant.
        "href=\"../../../en/policies/rule/index.html\">A rule</a>".to_owned(),
        // A link to what is not there in English.
        "lessons/%E4%B9%99/index.html\" hreflang=\"zh-CN\">second</a>".to_owned(),
        "data-search-address=\"../../../en/search/index.html\"".to_owned(),
        "href=\"../../../en/feed.xml\"".to_owned(),
    ] {
        assert!(english.contains(&link), "{link}\n{english}");
    }
    let chinese = site.read("public/lessons/甲/index.html");
    assert!(chinese.contains("hreflang=\"en\">English</a>"));
    // Other languages stay out of the site's own lists and navigation.
    let navigation = part(&chinese, "<nav class=\"site-nav\"", "</nav>");
    assert!(!navigation.contains("en/index.html"), "{navigation}");
    assert!(!site.read("public/feed.xml").contains("First lesson"));
    assert!(site.read("public/en/feed.xml").contains("First lesson"));
    let policy = site.read("public/en/policies/rule/index.html");
    assert!(
        policy.contains("data-status=\"已废止\">Repealed</span>"),
        "{policy}"
    );
}

#[test]
fn a_page_without_a_translation_leads_to_what_is_nearest() {
    let site = site();
    site.build();
    let page = site.read("public/lessons/乙/index.html");
    let choice = part(&page, "<li class=\"languages\">", "</li>");
    assert!(
        choice.contains("href=\"../../en/lessons/index.html#untranslated\""),
        "{choice}"
    );
    assert!(
        choice.contains("<small>this page: not translated</small>"),
        "{choice}"
    );
    assert!(!page.contains("<link rel=\"alternate\" hreflang"));
    let list = site.read("public/en/lessons/index.html");
    assert!(list.contains("id=\"untranslated\""));
    let rest = part(&list, "id=\"untranslated-pages\"", "</section>");
    assert!(
        rest.contains("lang=\"zh-CN\" hreflang=\"zh-CN\">乙课</a>"),
        "{rest}"
    );
    assert!(!rest.contains("甲课"), "{rest}");
    // A theme without a page in English is not offered, but still there for who comes from Chinese.
    let themes = site.read("public/en/education-themes/index.html");
    assert!(themes.contains("Integrity") && !themes.contains("Study"));
    let theme = site.read("public/en/education-themes/study/index.html");
    assert!(theme.contains("乙课"));
}

#[test]
fn each_language_has_its_own_search() {
    let site = site();
    site.build();
    let found = |arguments: &[&str]| {
        let ended = site.run(&[&["search", "--json"], arguments].concat());
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        let hits = ended.json().into_iter();
        hits.map(|hit| hit["source"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let mut chinese = found(&["砚台"]);
    chinese.sort();
    assert_eq!(
        chinese,
        ["lessons/乙.md", "lessons/甲.md", "policies/rule.md"]
    );
    let mut english = found(&["inkstone", "--in", "en"]);
    english.sort();
    assert_eq!(english, ["en/lessons/a.md", "en/policies/rule.md"]);
    assert!(found(&["inkstone"]).is_empty());
    let ended = site.run(&["search", "x", "--in", "fr"]);
    assert_eq!(ended.status, 2);
}

#[test]
fn site_maps_name_all_languages() {
    let site = site();
    site.write(
        "site.toml",
        settings("").replacen("title", "base_url = \"https://x.example/kb/\"\ntitle", 1),
    );
    site.build();
    let map = site.read("public/sitemap.xml");
    let entry = part(
        &map,
        "<loc>https://x.example/kb/en/lessons/a/</loc>",
        "</url>",
    );
    for link in [
        "hreflang=\"zh-CN\" href=\"https://x.example/kb/lessons/%E7%94%B2/\"",
        "hreflang=\"en\" href=\"https://x.example/kb/en/lessons/a/\"",
        "hreflang=\"x-default\" href=\"https://x.example/kb/lessons/%E7%94%B2/\"",
    ] {
        assert!(entry.contains(link), "{link} in {entry}");
    }
    let page = site.read("public/en/lessons/a/index.html");
    for (language, address) in [
        ("en", "en/lessons/a/"),
        ("zh-CN", "lessons/%E7%94%B2/"),
        ("x-default", "lessons/%E7%94%B2/"),
    ] {
        let link = format!(
            "<link rel=\"alternate\" hreflang=\"{language}\" href=\"https://x.example/kb/{address}\">"
        );
        assert!(page.contains(&link), "{link}");
    }
    // A page that is there in one language has none, and 404 says nothing to translate.
    for page in ["lessons/乙/index.html", "404.html"] {
        let page = site.read(&format!("public/{page}"));
        assert!(!page.contains("<link rel=\"alternate\" hreflang"));
    }
    let lost = site.read("public/404.html");
    let choice = part(&lost, "<li class=\"languages\">", "</li>");
    assert!(
        !choice.contains("<small>") && !choice.contains("#"),
        "{choice}"
    );
}

#[test]
fn what_stands_for_no_page_is_there_in_each_language() {
    let site = site();
    let settings = settings("");
    let looks = "[site]\noffline = true\ndesign_page = true";
    site.write("site.toml", settings.replacen("[site]", looks, 1));
    site.build();
    for (page, words) in [
        ("en/404.html", "Page not found"),
        ("en/_offline/index.html", "No network"),
        ("en/_design/index.html", "Test site"),
    ] {
        let page = site.read(&format!("public/{page}"));
        assert!(page.contains("<html lang=\"en\"") && page.contains(words));
        assert!(!page.contains("lost-other"));
    }
    // One page is all that most servers have for what is missing.
    let lost = site.read("public/404.html");
    let other = part(
        &lost,
        "<section class=\"lost-other\" lang=\"en\">",
        "</section>",
    );
    assert!(other.contains("Page not found") && other.contains("href=\"./en/index.html\""));
    let worker = site.read("public/offline.js");
    assert!(worker.contains("\"offline\":[\"en/_offline/\",\"_offline/\"]"));
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    let site = site();
    site.write(
        "content/en/lessons/b.md",
        "---\ntitle: B\ntranslation_of: lessons/丙.md\n---\nx",
    );
    site.write(
        "content/en/lessons/c.md",
        "---\ntitle: C\ntranslation_of: lessons/甲.md\n---\nx",
    );
    let ended = site.run(&["check", "--json"]);
    let said = ended.json().into_iter().map(|found| {
        let place = format!("{}:{}:{}", found["path"], found["line"], found["column"]);
        (
            place.replace('"', ""),
            found["message"].as_str().unwrap().to_owned(),
        )
    });
    let said = said.collect::<Vec<_>>();
    let expected = [
        (
            "en/lessons/b.md:3:17",
            "there is no page or file `lessons/丙.md`",
        ),
        (
            "en/lessons/c.md:3:17",
            "`lessons/甲.md` has a translation into this language: `en/lessons/a.md`",
        ),
    ];
    assert_eq!(
        said,
        expected.map(|(place, text)| (place.to_owned(), text.to_owned()))
    );
    for (settings, place, message) in [
        (settings("titel = \"\"\n"), "15:1", "unknown key `titel`"),
        (
            settings("dir = \"english\"\n"),
            "15:7",
            "there is no page in `content/english/`",
        ),
        (
            settings("dir = \"search\"\n"),
            "15:7",
            "the folder `search` has another use",
        ),
        (
            settings("[[languages]]\ntag = \"zh-cn\"\n"),
            "16:7",
            "is there already",
        ),
        (
            settings("[[languages.navigation]]\nto = \"lesson/\"\n"),
            "16:6",
            "no folder or page `lesson/`",
        ),
    ] {
        site.write("site.toml", &settings);
        let ended = site.run(&["check", "--json"]);
        let found = ended
            .json()
            .into_iter()
            .find(|found| found["code"] == "settings");
        let found = found.unwrap_or_else(|| panic!("{settings}: {}", ended.stderr));
        assert_eq!(
            format!("{}:{}", found["line"], found["column"]),
            place,
            "{settings}"
        );
        assert!(
            found["message"].as_str().unwrap().contains(message),
            "{found}"
        );
    }
}

#[test]
fn the_navigation_and_what_is_recommended_follow_the_language() {
    let site = site();
    site.write(
        "site.toml",
        settings("[[languages.navigation]]\nto = \"policies/\"\n[[languages.navigation]]\nto = \"search/\"\n\n[home]\nfeatured = [\"lessons/甲.md\", \"lessons/乙.md\"]\n"),
    );
    site.build();
    let home = site.read("public/en/index.html");
    let navigation = part(&home, "<nav class=\"site-nav\"", "</nav>");
    assert!(
        navigation.contains("../en/policies/index.html\">Policies</a>"),
        "{navigation}"
    );
    assert!(
        navigation.contains("../en/search/index.html\">Search</a>"),
        "{navigation}"
    );
    assert!(!navigation.contains("Lessons"));
    let featured = part(&home, "id=\"home-featured\"", "</section>");
    assert!(
        featured.contains("First lesson") && !featured.contains("乙课"),
        "{featured}"
    );
    let home = site.read("public/index.html");
    assert!(part(&home, "<nav class=\"site-nav\"", "</nav>").contains("lessons/index.html"));
}

#[test]
fn a_warm_build_is_a_cold_one_in_every_language() {
    let site = site();
    let render = |reuse: &Reuse| {
        let loaded = site.load(reuse, ROOM);
        let output = Output::in_memory();
        render_site(
            site.root(),
            &loaded,
            &Indexes::default(),
            &output,
            &inkstone::observer::Observer::default(),
        )
        .unwrap();
        output.hashes()
    };
    let reuse = Reuse::default();
    render(&reuse);
    let edits = [
        (
            "content/en/lessons/b.md",
            "---\ntranslation_of: lessons/乙.md\n---\n# Second\n\nx",
        ),
        ("content/en/lessons/b.md", "---\ntitle: Second\n---\nx"),
        ("content/lessons/b.md", "# 又一课\n\n字"),
        ("site.toml", support::SETTINGS),
    ];
    for (path, text) in edits {
        site.write(path, text);
        let (warm, cold) = (render(&reuse), render(&Reuse::default()));
        let diff = Diff::between(&cold, &warm);
        assert!(diff.is_empty(), "after {path}: {diff:?}");
    }
}
