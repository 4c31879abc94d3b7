//! An index made again, with the batches of the one before at hand, is the index made anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "support/random.rs"]
mod random;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write;

use inkstone::content::body::Texts;
use inkstone::diagnostic::Failure;
use inkstone::hash::Hash;
use inkstone::observer::Observer;
use inkstone::output::Output;
use inkstone::render::{self, Indexes};
use inkstone::{CONTENT, Loaded, ROOM, Reuse, prepare};
use random::Random;
use support::Site;

const LETTERS: &str = "法院应当依照规定审理案件人民学习监督廉洁群众执行调解保密值守制度责任";

/// Words of a page, the same for the same seed.
fn prose(seed: usize, characters: usize) -> String {
    let letters = LETTERS.chars().collect::<Vec<_>>();
    let mut random = Random::new(seed as u64);
    let any = (0..characters).map(|_| letters[random.below(letters.len())]);
    any.collect()
}

fn lesson(number: usize, seed: usize) -> String {
    let (theme, to) = (["integrity", "service"][seed % 2], seed * 7 % 40);
    let mut text = format!(
        "---\n标题: 第{number}课 {}\n主题: {theme}\n---\n\n见[办法](../policies/p{to}.md#art-2)。\n",
        prose(seed, 5),
    );
    for part in 0..8 {
        write!(text, "\n## 节{part}\n\n{}\n", prose(seed + part, 500)).unwrap();
    }
    text
}

fn policy(number: usize, seed: usize) -> String {
    let (name, year) = (number % 20, 2000 + seed % 20);
    let (first, second) = (prose(seed, 2_000), prose(seed + 1, 2_000));
    format!("---\n标题: 办法{name}\n日期: {year}-01-02\n---\n\n第一条 {first}\n\n第二条 {second}\n")
}

fn themes(name: &str) -> String {
    format!(
        "[[theme]]\nid = \"integrity\"\nname = \"{name}\"\n\n[[theme]]\nid = \"service\"\nname = \"为民\"\n"
    )
}

/// A site of several batches, in two languages.
fn site(lessons: usize, policies: usize) -> Site {
    let site = Site::new(&[]);
    let languages = "\n[[languages]]\ntag = \"en\"\n";
    site.write("site.toml", format!("{}{languages}", support::SETTINGS));
    site.write("content/education-themes.toml", themes("廉洁"));
    for number in 0..lessons {
        site.write(&path("lessons/l", number), lesson(number, number));
    }
    for number in 0..policies {
        site.write(&path("policies/p", number), policy(number, number));
    }
    site.write("content/en/lessons/one.md", "# One\n\nA lesson.\n");
    site
}

fn path(folder: &str, number: usize) -> String {
    format!("content/{folder}{number}.md")
}

/// Indexes of one site, one after another.
#[derive(Default)]
struct Series {
    indexes: Indexes,
    last: Option<Output>,
}

impl Series {
    fn next(&mut self, site: &Site, loaded: &Loaded) -> Result<BTreeMap<String, Hash>, Failure> {
        let output = match &self.last {
            Some(last) => Output::in_memory_after(last),
            None => Output::in_memory(),
        };
        let content = site.path(CONTENT);
        let draft = render::Draft {
            site: &loaded.site,
            texts: Texts::new(&loaded.site, &content),
            editions: &prepare(site.root(), loaded, &Observer::default()).unwrap(),
            indexes: &self.indexes,
        };
        render::index(draft, &output)?;
        let hashes = output.hashes();
        self.last = Some(output);
        Ok(hashes)
    }
}

/// The index made anew.
fn index(site: &Site, loaded: &Loaded) -> Result<BTreeMap<String, Hash>, Failure> {
    Series::default().next(site, loaded)
}

#[test]
fn an_index_made_again_is_that_made_anew() {
    let site = site(120, 80);
    let (reuse, mut series) = (Reuse::default(), Series::default());
    let mut random = Random::new(7);
    let mut before = BTreeMap::new();
    for round in 0..14 {
        let number = random.below(120);
        let lesson_path = path("lessons/l", number);
        match round % 12 {
            // As it is; also after all the edits.
            0 => {}
            1 => {
                let text = lesson(number, number);
                site.write(&lesson_path, format!("{text}\n改了{round}。\n"));
            }
            // Another title, theme and section that it leads to.
            2 => site.write(&lesson_path, lesson(number, 1_000 + round)),
            3 => site.write(
                &format!("content/lessons/k{round}.md"),
                lesson(round, round),
            ),
            4 => std::fs::remove_file(site.path("content/lessons/k3.md")).unwrap(),
            5 => site.write("content/education-themes.toml", themes(&prose(round, 3))),
            // Of two texts with one title, the other may be the newest now.
            6 => site.write(
                &path("policies/p", number % 80),
                policy(number, 1_000 + round),
            ),
            7 => site.write("content/lessons/_index.md", format!("# 课程{round}\n")),
            8 => site.write(
                "content/en/lessons/one.md",
                format!("# One and {round}\n\nA lesson.\n"),
            ),
            9 => site.write(
                "content/policies/_kind.toml",
                format!("id = \"policy\"\nname = \"规章{round}\"\n"),
            ),
            10 => site.write(
                "site.toml",
                format!(
                    "{}\n[[languages]]\ntag = \"en\"\n",
                    support::SETTINGS.replace("测试", "新")
                ),
            ),
            _ => {
                // Below the first place of all, so that every other page moves.
                let text = format!("见[第二条](policies/p{}.md#art-2)。\n", number % 80);
                site.write("content/a.md", format!("# 别处{round}\n\n{text}"));
            }
        }
        let loaded = site.load(&reuse, [ROOM, 500_000][round % 2]);
        let again = series.next(&site, &loaded).unwrap();
        let anew = index(&site, &loaded).unwrap();
        assert!(again == anew, "after edit {round}");
        assert_eq!(again == before, matches!(round, 10 | 12), "{round}");
        before = again;
    }
}

#[test]
fn pages_of_batches_that_stay_are_not_read() {
    let site = site(0, 120);
    let (reuse, mut series) = (Reuse::default(), Series::default());
    series.next(&site, &site.load(&reuse, 0)).unwrap();
    // The first and the last page are in two batches.
    site.write(&path("policies/p", 99), policy(99, 1_000));
    let loaded = site.load(&reuse, 0);
    let expected = index(&site, &loaded).unwrap();
    std::fs::remove_file(site.path(&path("policies/p", 0))).unwrap();
    assert!(index(&site, &loaded).is_err());
    assert!(series.next(&site, &loaded).unwrap() == expected);
    // What that index needs no more is forgotten, and what it made is kept.
    std::fs::remove_file(site.path(&path("policies/p", 99))).unwrap();
    assert!(series.next(&site, &loaded).unwrap() == expected);
}
