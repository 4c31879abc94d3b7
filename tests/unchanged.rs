//! A build after a build: the same again writes nothing, an edit only what shows it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use support::Site;

const POLICY: &str =
    "# 学习办法\n\n第一条 为了规范学习，制定本办法。\n\n第二条 每周五下午为学习时间。\n";

/// The time of every file below `folder`, by path.
fn times(folder: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let mut times = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            times.extend(self::times(&path));
        } else {
            let time = std::fs::metadata(&path).unwrap().modified().unwrap();
            times.insert(path, time);
        }
    }
    times
}

#[test]
fn what_was_found_is_said_again() {
    let site = Site::new(&[("content/lessons/甲.md", "---\n标提: 甲\n---\n\n##标题\n")]);
    site.settle();
    let found = |arguments: &[&str]| {
        let ended = site.run(arguments);
        let (found, summary) = ended.stderr.split_once("errors: ").unwrap();
        (ended.status, found.to_owned(), summary.to_owned())
    };
    let (first, again) = (found(&["build"]), found(&["build"]));
    assert!(first.1.contains("unknown-key"), "{}", first.1);
    assert_eq!(first.1, again.1);
    assert!(again.2.contains("nothing changed"), "{}", again.2);
    let strict = found(&["build", "--strict"]);
    assert_eq!((strict.0, strict.1), (1, first.1));
    let lines = |site: &Site| site.run(&["build", "--json"]).json();
    let (again, anew) = (lines(&site), {
        std::fs::remove_dir_all(site.path(".inkstone")).unwrap();
        lines(&site)
    });
    assert_eq!(again[..again.len() - 1], anew[..anew.len() - 1]);
}

#[test]
fn a_second_build_writes_only_what_changed() {
    let site = Site::new(&[
        (
            "content/lessons/小事.md",
            "# 小事\n\n见[第二条](../policies/办法.md#art-2)。\n",
        ),
        ("content/policies/办法.md", POLICY),
    ]);
    site.settle();
    site.build();
    let public = site.path("public");
    let first = times(&public);
    let again = site.run(&["build"]);
    assert!(again.stderr.contains("nothing changed"), "{}", again.stderr);
    assert_eq!(times(&public), first);
    let json = site.run(&["build", "--json"]).json();
    assert!(json.last().unwrap()["pages"].as_u64().unwrap() > 0);

    // A file that was meddled with is made again.
    site.write("public/index.html", "?");
    let ended = site.run(&["build"]);
    assert!(
        !ended.stderr.contains("nothing changed"),
        "{}",
        ended.stderr
    );
    assert_ne!(site.read("public/index.html"), "?");

    // One page changes: what does not show it stays the same file.
    let first = times(&public);
    site.write(
        "content/policies/办法.md",
        POLICY.replace("每周五", "每周四"),
    );
    site.build();
    let second = times(&public);
    let page = public.join("policies/办法/index.html");
    let other = public.join("assets/base.css");
    assert_ne!(first[&page], second[&page]);
    assert_eq!(first[&other], second[&other]);
}

/// Numbers that look drawn by lot, the same in every run.
struct Lot(u64);

impl Lot {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % end
    }
}

#[test]
fn any_edits_end_in_the_site_of_a_cold_build() {
    let names = [
        "lessons/甲",
        "lessons/乙",
        "policies/丙",
        "policies/丁",
        "policies/下/戊",
    ];
    let text = |lot: &mut Lot| {
        let to = names[lot.below(names.len())];
        let (number, times) = (lot.below(4), lot.below(3));
        let theme = ["学习", "审判", "没有"][lot.below(3)];
        format!(
            "---\ntitle: 第{number}篇\ndate: 2026-01-0{}\n---\n\n第一条 见[那里](/{to}.md)。\n\n{}\n",
            number + 1,
            theme.repeat(times * 4)
        )
    };
    let mut lot = Lot(7);
    let site = Site::new(&[("content/_index.md", "# 首页\n")]);
    for name in names {
        site.write(&format!("content/{name}.md"), text(&mut lot));
    }
    let tree = |id: &str, word: &str| {
        format!(
            "[[theme]]\nid = \"{id}\"\nname = \"{word}\"\n\n[[theme]]\nid = \"c\"\nname = \"审判\"\n"
        )
    };
    site.write("content/education-themes.toml", tree("a", "学习"));
    let extra = "content/lessons/己.md";
    for round in 0..24 {
        let name = format!("content/{}.md", names[lot.below(names.len())]);
        match lot.below(8) {
            // A page that none leads to comes or goes.
            0 if site.path(extra).exists() => std::fs::remove_file(site.path(extra)).unwrap(),
            0 => site.write(extra, text(&mut lot)),
            1 => site.write("content/education-themes.toml", tree("b", "学习")),
            2 => site.write("content/education-themes.toml", tree("a", "没有")),
            3 => site.write("themes/default/404.html", format!("{round}{{{{ root }}}}")),
            4 => site.write("public/index.html", "?"),
            5 => drop(std::fs::remove_dir_all(site.path("public/policies"))),
            _ => site.write(&name, text(&mut lot)),
        }
        let warm = site.run(&["build"]);
        assert_eq!(warm.status, 0, "{}", warm.stderr);
        let (warm, cold) = (site.public(), site.cold());
        assert!(warm.keys().eq(cold.keys()), "round {round}");
        let other = warm.iter().find(|(path, bytes)| cold[*path] != **bytes);
        assert!(
            other.is_none(),
            "round {round}: {:?}",
            other.map(|(path, _)| path)
        );
    }
}
