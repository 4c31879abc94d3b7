//! Postings against a count, one by one.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Postings, RUN};
use crate::tokenize::{self, BREAK, Terms, is_gap};
use crate::write::merge;

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

/// The same, read back from what tantivy would be given.
fn merged(sections: &[String]) -> Index {
    let mut postings = Postings::default();
    for section in sections {
        postings.add(section);
        postings.close_section();
    }
    let mut index = Index::new();
    merge::terms(&postings.take(), |term, list| {
        let term = String::from_utf8(term.to_vec()).unwrap();
        let last = index.insert(term.clone(), list.iter().copied().collect());
        assert_eq!(last, None, "{term} twice");
        Ok(())
    })
    .unwrap();
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
