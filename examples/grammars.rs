//! Looks for grammars of code that go round for ever: nothing can stop one from outside.
//!
//! usage: grammars             the names of all grammars, one a line
//!        grammars NAME COUNT  sets COUNT random texts in the colours of one of them
//!
//! Texts are made of the words and signs in the grammar's own patterns. One that is being read
//! lies in `grammar.txt` of the temporary folder, for whoever has to end the program:
//! `grammars | while read -r name; do timeout 100 grammars "$name" 300 || echo "$name"; done`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "whoever looks for faults looks at what went wrong"
)]

use std::collections::BTreeSet;
use std::hint::black_box;

use inkstone::content::markdown::{Input, convert};
use syntect::parsing::syntax_definition::Pattern;

#[path = "../tests/support/random.rs"]
mod random;
use random::Random;

const COMMON: [&str; 44] = [
    "\n", "\n", "\n", "\n  ", "\n    ", "\n\t", " ", " ", " ", "(", ")", "[", "]", "{", "}", "<",
    ">", "\"", "'", "`", "/*", "*/", "//", "#", "--", ";", ":", ",", ".", "=", "=>", "->", "|",
    "\\", "$", "@", "%", "&", "x", "Foo", "12", "0x1f", "甲", "return",
];

fn main() {
    let set = two_face::syntax::extra_newlines();
    let mut arguments = std::env::args().skip(1);
    let Some(name) = arguments.next() else {
        // What stands behind the fence in Markdown has no spaces.
        let tokens = set.syntaxes().iter().filter_map(|syntax| {
            let known = syntax.file_extensions.iter().map(String::as_str);
            let mut known = known.chain([syntax.name.as_str()]);
            known.find(|token| {
                let found = set.find_syntax_by_token(token);
                !token.contains(' ') && found.is_some_and(|found| found.name == syntax.name)
            })
        });
        tokens.for_each(|token| println!("{token}"));
        return;
    };
    let count = arguments.next().map_or(300, |count| count.parse().unwrap());
    let tokens = tokens(&name);
    assert!(set.find_syntax_by_token(&name).is_some(), "no such grammar");
    let path = std::env::temp_dir().join("grammar.txt");
    let mut random = Random::new(1);
    let mut bytes = 0;
    for _ in 0..count {
        let mut text = String::new();
        for _ in 0..200 {
            if random.below(2) == 0 {
                text.push_str(COMMON[random.below(COMMON.len())]);
            } else {
                text.push_str(&tokens[random.below(tokens.len())]);
                text.push_str([" ", "", "\n"][random.below(3)]);
            }
        }
        std::fs::write(&path, &text).unwrap();
        bytes += text.len();
        let page = format!("~~~~~~ {name}\n{text}\n~~~~~~\n");
        black_box(convert(&Input::of(&page)));
    }
    println!("{name}: {bytes} bytes");
}

/// The words and signs that a grammar's patterns look for.
fn tokens(name: &str) -> Vec<String> {
    let builder = two_face::syntax::extra_newlines().into_builder();
    let set = two_face::syntax::extra_newlines();
    let wanted = set
        .find_syntax_by_token(name)
        .map_or(name, |syntax| &syntax.name);
    let mut names = vec![wanted];
    // What is embedded in pages most.
    if wanted.contains("HTML") || ["Vue Component", "Svelte", "QML", "PHP"].contains(&wanted) {
        names.extend(["JavaScript", "CSS"]);
    }
    let tags = ["x", "<script>", "</script>", "<style>"].map(str::to_owned);
    let mut tokens = BTreeSet::from(tags);
    let syntaxes = builder.syntaxes().iter();
    let contexts = syntaxes
        .filter(|syntax| names.contains(&syntax.name.as_str()))
        .flat_map(|syntax| syntax.contexts.values());
    for pattern in contexts.flat_map(|context| &context.patterns) {
        let Pattern::Match(pattern) = pattern else {
            continue;
        };
        // `\b` and its like are no letters of words; an escaped sign is that sign.
        let regex = pattern.regex.regex_str();
        let mut token = String::new();
        let mut chars = regex.chars();
        while let Some(c) = chars.next() {
            let literal = match c {
                '\\' => chars.next().filter(|c| !c.is_alphanumeric()),
                c if c.is_alphanumeric() || "_-:=<>/!@#%&;,'\"`~".contains(c) => Some(c),
                _ => None,
            };
            match literal {
                Some(c) if token.len() < 24 => token.push(c),
                _ => {
                    tokens.insert(std::mem::take(&mut token));
                }
            }
        }
        tokens.insert(token);
    }
    tokens.into_iter().collect()
}
