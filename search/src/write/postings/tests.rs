//! Postings against a count, one by one.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tantivy::directory::OwnedBytes;

use super::{Letter, Postings, RUN, Run, SECTIONS};
use crate::pack::bytes::{Reader, Writer};
use crate::tokenize::{self, BREAK, Terms, is_gap};
use crate::write::merge::Merge;

/// Terms → section → how often.
type Index = BTreeMap<String, BTreeMap<u32, u32>>;

/// The terms of sections as queries are cut, counted one by one.
fn counted(sections: &[String]) -> Index {
    let mut index = Index::new();
    for (section, text) in (0..).zip(sections) {
        let mut add = |term: &str| {
            let sections = index.entry(term.to_owned()).or_default();
            *sections.entry(section).or_default() += 1;
        };
        for line in text.split(BREAK) {
            if line.starts_with(|c| crate::schema::MARKS.contains(&c)) {
                add(line);
                continue;
            }
            Terms::new(line).for_each(&mut add);
            let characters = line.chars().filter(|&c| !is_gap(c));
            characters.for_each(|c| add(c.encode_utf8(&mut [0; 4])));
        }
    }
    index
}

/// What the pack is made of.
fn runs(sections: &[String]) -> Vec<Run> {
    let mut postings = Postings::default();
    for section in sections {
        postings.add(section);
        postings.close_section();
    }
    let runs = postings.take().into_iter().map(|run| {
        let mut bytes = Writer::default();
        run.write(&mut bytes);
        let bytes = OwnedBytes::new(bytes.0);
        Run::read(&mut Reader(&bytes), &bytes).unwrap()
    });
    runs.collect()
}

/// The same as [`counted`], read back.
fn merged(sections: &[String]) -> Index {
    let runs = runs(sections);
    let index = read(&runs, "");
    // Wherever reading begins, the rest is the same.
    for from in index.keys().step_by(7) {
        let from = format!("{from}\u{1}");
        let rest = index.range(from.clone()..);
        let rest = rest.map(|(term, list)| (term.clone(), list.clone()));
        assert_eq!(read(&runs, &from), rest.collect(), "{from:?}");
    }
    index
}

fn read(runs: &[Run], from: &str) -> Index {
    let mut index = Index::new();
    let mut merge = Merge::new(runs, from.as_bytes()).unwrap();
    let mut term = Vec::new();
    while merge.next(&mut term) {
        // What is there before stays.
        let mut list = vec![(u32::MAX, 7)];
        merge.postings(&mut list).unwrap();
        assert_eq!(list.remove(0), (u32::MAX, 7));
        let term = String::from_utf8(term.clone()).unwrap();
        let last = index.insert(term.clone(), list.into_iter().collect());
        assert_eq!(last, None, "{term} twice");
    }
    index
}

fn fold(text: &str) -> String {
    let mut folded = String::new();
    tokenize::fold_into(text, &mut folded, |c| c);
    folded
}

#[test]
fn a_long_section_is_one() {
    let sections = [
        "砚台".repeat(RUN),
        fold("Public 砚\u{3}"),
        String::new(),
        "台".into(),
    ];
    assert_eq!(merged(&sections), counted(&sections));
}

#[test]
fn more_characters_and_sections_than_a_run_counts() {
    let characters = ('一'..).filter(|&c| !is_gap(tokenize::fold(c)));
    let many = characters.take(Letter::MOST + 2_000).collect::<String>();
    let mut sections = vec![fold(&format!("砚{many}词")); 2];
    sections.resize(SECTIONS + 20, String::new());
    sections.push("砚词".to_owned());
    let runs = runs(&sections);
    assert!(runs.len() >= 3, "{}", runs.len());
    assert_eq!(read(&runs, ""), counted(&sections));
}

proptest! {
    #[test]
    fn terms_are_those_of_queries(
        texts in prop::collection::vec("[一-十𠀀-𠀂a-cA1é ，\n]{0,20}", 0..8),
        name in "[\u{2}-\u{8}][一-三a]{1,12}",
    ) {
        let mut sections: Vec<String> = texts.iter().map(|text| fold(text)).collect();
        if let Some(first) = sections.first_mut() {
            *first = format!("{name}\n{name}\n{first}");
        }
        prop_assert_eq!(merged(&sections), counted(&sections));
    }
}
