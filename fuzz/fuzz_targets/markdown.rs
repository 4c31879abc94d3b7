//! The whole path from the bytes of a page to its HTML: no panic, a hole for every link, no
//! script, and tags that end in turn.
#![no_main]

use inkstone::content::kind::SectionRule;
use inkstone::content::markdown::{Input, convert};
use inkstone::source::decode_page;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = decode_page("a.md", bytes) else {
        return;
    };
    for rule in [SectionRule::Headings, SectionRule::Articles] {
        let (body, _) = convert(&Input {
            rule,
            ..Input::of(&source.text)
        });
        assert_eq!(body.holes.len(), body.links.len());
        let mut open = Vec::new();
        for part in body.html.split('<').skip(1) {
            let (tag, _) = part.split_once('>').expect("a tag ends");
            let name = tag.trim_start_matches('/');
            let name = &name[..name.find([' ', '/', '\n']).unwrap_or(name.len())];
            assert!(!name.eq_ignore_ascii_case("script"));
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') && !matches!(name, "br" | "img" | "hr" | "col" | "source" | "track" | "wbr") {
                open.push(name);
            }
        }
        assert!(open.is_empty());
    }
});
