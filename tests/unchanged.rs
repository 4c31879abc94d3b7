//! A build after a build: the same again writes nothing, an edit only what shows it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

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
fn a_second_build_writes_only_what_changed() {
    let site = Site::new(&[
        (
            "content/lessons/小事.md",
            "# 小事\n\n见[第二条](../policies/办法.md#art-2)。\n",
        ),
        ("content/policies/办法.md", POLICY),
    ]);
    // Sources that changed just now might change again unseen.
    let before = SystemTime::now() - Duration::from_secs(60);
    for path in times(site.root()).keys() {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(before).unwrap();
    }
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
