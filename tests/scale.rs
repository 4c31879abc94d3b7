//! The same bytes from the same texts, whatever the number of threads, the order of the file
//! system and what was built before.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write;

use support::{Site, read_folder};

const THEMES: &str = "[[theme]]\nid = \"integrity\"\nname = \"廉洁\"\nkeywords = [\"廉洁自律\", \"监督\"]\n\n\
    [[theme]]\nid = \"service\"\nname = \"为民\"\nparent = \"integrity\"\nkeywords = [\"群众\", \"便民\"]\n";
const WORDS: [&str; 12] = [
    "群众",
    "监督",
    "廉洁自律",
    "便民",
    "学习",
    "审判",
    "执行",
    "调解",
    "保密",
    "值守",
    "制度",
    "责任",
];

/// A few hundred lessons and policies that name each other, every text its own.
fn pages() -> Vec<(String, String)> {
    let word = |seed: usize| WORDS[seed * seed % 251 % WORDS.len()];
    let lesson = |n: usize| {
        let day = n % 28 + 1;
        let mut text = format!(
            "---\n标题: 第{n}课 {0}\n日期: 2026-03-{day:02}\n---\n",
            word(n)
        );
        for part in 0..4 {
            let article = (n + part) % 9 + 1;
            let policy = (n * 7 + part) % 120;
            write!(
                text,
                "\n## {0}与{1}\n\n第{n}课讲{0}，再讲{2}。见[办法](../../policies/p{policy:03}.md#art-{article})。\n",
                word(n + part),
                word(n * 3 + part),
                word(n * 5 + part * 11),
            )
            .unwrap();
        }
        (format!("content/lessons/g{}/l{n:03}.md", n % 7), text)
    };
    let policy = |n: usize| {
        let mut text = format!("# {0}办法之{n}\n\n## 第一章 总则\n", word(n));
        for article in ["一", "二", "三", "四", "五", "六", "七", "八", "九"] {
            let (first, second) = (word(n + article.len()), word(n * 13));
            write!(text, "\n第{article}条　{first}{n}号，应当{second}。\n").unwrap();
        }
        (format!("content/policies/p{n:03}.md"), text)
    };
    (0..240).map(lesson).chain((0..120).map(policy)).collect()
}

fn site(pages: &[(String, String)]) -> Site {
    let mut files = vec![("content/education-themes.toml", THEMES)];
    files.extend(
        pages
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    Site::new(&files)
}

fn build(site: &Site, jobs: &str) -> BTreeMap<String, Vec<u8>> {
    let ended = site.run(&["build", "--strict", "--jobs", jobs]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    site.public()
}

/// Names the files that differ: whole sites are too much to print.
fn assert_same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>, case: &str) {
    let paths = one.keys().chain(other.keys());
    let differ = paths.filter(|path| one.get(*path) != other.get(*path));
    let differ = differ.take(10).collect::<Vec<_>>();
    assert!(differ.is_empty(), "{case}: {differ:?}");
}

#[test]
fn the_same_bytes_on_any_machine() {
    let mut pages = pages();
    let straight = site(&pages);
    let one = build(&straight, "1");
    assert!(one.len() > 360, "{} files", one.len());
    pages.reverse();
    let reversed = site(&pages);
    assert_same(
        &one,
        &build(&reversed, "16"),
        "16 threads, files made in reverse",
    );
    // Each build below finds what builds before it left, here by other numbers of threads.
    assert_same(&one, &build(&straight, "16"), "warm, 16 threads");
    assert_same(&one, &build(&reversed, "1"), "warm, 1 thread");
}

#[test]
fn an_edited_site_is_the_same_as_a_new_one() {
    let mut pages = pages();
    let edited = site(&pages);
    build(&edited, "16");
    // A text, a title, a page more and a page less.
    pages[17].1.push_str("\n另加一段，讲到值守。\n");
    pages[200].1 = pages[200].1.replace("标题: 第200课", "标题: 重写的一课");
    pages.push((
        "content/lessons/g3/新课.md".into(),
        "新的一课，讲保密。\n".into(),
    ));
    let gone = pages.remove(90);
    for at in [17, 199, pages.len() - 1] {
        edited.write(&pages[at].0, &pages[at].1);
    }
    std::fs::remove_file(edited.path(&gone.0)).unwrap();
    let warm = build(&edited, "16");
    assert_same(&build(&site(&pages), "1"), &warm, "four edits");
    // A site copied elsewhere, with all that lies beside it, is built to the same bytes.
    let copied = site(&[]);
    for (path, bytes) in read_folder(edited.root()) {
        copied.write(&path, bytes);
    }
    assert_same(&warm, &build(&copied, "3"), "copied");
}

/// What damages a file that is kept for the next build.
type Damage = fn(Vec<u8>) -> Vec<u8>;

#[test]
fn what_is_kept_and_damaged_is_made_again() {
    let mut pages = pages();
    let site = site(&pages);
    build(&site, "2");
    let damages: [Damage; 3] = [
        |bytes| bytes[..bytes.len() / 2].to_vec(),
        |bytes| vec![0; bytes.len()],
        |mut bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            bytes
        },
    ];
    for (round, damage) in damages.into_iter().enumerate() {
        let kept = walkdir::WalkDir::new(site.path(".inkstone")).into_iter();
        let kept = kept.flatten().filter(|entry| entry.file_type().is_file());
        let mut count = 0;
        for entry in kept {
            // What says how the site lies, and of what it was made, is believed if it is whole.
            if round == 2 && entry.depth() == 1 {
                continue;
            }
            let bytes = damage(std::fs::read(entry.path()).unwrap());
            std::fs::remove_file(entry.path()).unwrap();
            std::fs::write(entry.path(), bytes).unwrap();
            count += 1;
        }
        assert!(count > 5, "{count} files are kept");
        site.settle();
        write!(pages[3].1, "\n又改一次。\n").unwrap();
        site.write(&pages[3].0, &pages[3].1);
        site.warm(&format!("damage {round}"));
    }
}
