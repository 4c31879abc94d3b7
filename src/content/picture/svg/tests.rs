//! What stays of an SVG, and what does not.

use super::*;

const HEAD: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\">";

/// What is left of the inside of an SVG, and what was left out.
fn inner(inside: &str) -> (String, Vec<String>) {
    let clean = clean(&format!("{HEAD}{inside}</svg>"));
    assert_eq!(clean.fault, None, "{inside}");
    let svg = clean
        .svg
        .strip_prefix(HEAD)
        .and_then(|svg| svg.strip_suffix("</svg>"));
    let dropped = clean.dropped.into_iter().map(|dropped| dropped.what);
    (svg.unwrap().to_owned(), dropped.collect())
}

#[test]
fn pictures_stay_as_they_are() {
    for inside in [
        "<title>砚台</title><rect width=\"9\" height='4' fill=\"url(#a)\"/>",
        "<defs><linearGradient id=\"a\"><stop offset=\"1\"/></linearGradient></defs>",
        "<style>.a{fill:red}text{font-family:\"宋体\"}</style><text class=\"a\">甲&amp;乙&#x7532;</text>",
        "<style><![CDATA[a > b { fill: url(#x) }]]></style>",
        "<use href=\"#a\"/><image href=\"data:image/png;base64,AAAA\"/>",
        "<animate attributeName=\"x\" from=\"0\" to=\"9\"/>",
    ] {
        let inside = inside.replace('\'', "\"");
        assert_eq!(inner(&inside), (inside.clone(), vec![]));
    }
}

#[test]
fn what_is_more_than_a_picture_goes() {
    for (inside, left, dropped) in [
        ("<script>alert(1)</script><g/>", "<g/>", "<script>"),
        ("<g><script/></g>", "<g></g>", "<script>"),
        (
            "<foreignObject><body onload=\"x\"/></foreignObject>",
            "",
            "<foreignObject>",
        ),
        ("<iframe><g/></iframe>", "", "<iframe>"),
        (
            "<g onclick=\"x()\" fill=\"red\"/>",
            "<g fill=\"red\"/>",
            "onclick",
        ),
        ("<g ONLOAD=\"x()\"/>", "<g/>", "ONLOAD"),
        (
            "<a href=\"javascript:x\"><path d=\"M0 0\"/></a>",
            "<path d=\"M0 0\"/>",
            "<a>",
        ),
        (
            "<use xlink:href=\"https://a.cn/x.svg#a\"/>",
            "<use/>",
            "xlink:href",
        ),
        ("<image href=\"//a.cn/x.png\"/>", "<image/>", "href"),
        (
            "<image href=\"data:image/svg+xml;base64,AAAA\"/>",
            "<image/>",
            "href",
        ),
        (
            "<use href=\"data:image/png;base64,AAAA\"/>",
            "<use/>",
            "href",
        ),
        ("<rect fill=\"url(https://a.cn/x#a)\"/>", "<rect/>", "fill"),
        (
            "<rect style=\"background:u\\72l(//a.cn)\"/>",
            "<rect/>",
            "style",
        ),
        ("<rect fill=\"&#106;avascript:x\"/>", "<rect/>", "fill"),
        (
            "<style>@import 'https://a.cn/x';</style>",
            "<style></style>",
            "<style>",
        ),
        (
            "<style>a{fill:url(//a.cn)}</style>",
            "<style></style>",
            "<style>",
        ),
        (
            "<style>&#64;import 'x';</style>",
            "<style></style>",
            "<style>",
        ),
        (
            "<style><![CDATA[@import 'x';]]></style>",
            "<style></style>",
            "<style>",
        ),
        (
            "<style>a<style>@import 'x'</style>b</style>",
            "<style></style>",
            "<style>",
        ),
        (
            "<set attributeName=\"href\" to=\"javascript:x\"/>",
            "",
            "<set>",
        ),
        (
            "<animate attributeName=\"xlink:href\" to=\"x\"/>",
            "",
            "<animate>",
        ),
    ] {
        assert_eq!(
            inner(inside),
            (left.to_owned(), vec![dropped.to_owned()]),
            "{inside}"
        );
    }
}

#[test]
fn notes_to_oneself_go_without_a_word() {
    for (inside, left) in [
        ("<metadata><x>甲</x></metadata><g/>", "<g/>"),
        ("<sodipodi:namedview a=\"1\"><b/></sodipodi:namedview>", ""),
        (
            "<g inkscape:label=\"层\" xmlns:inkscape=\"http://x\"/>",
            "<g/>",
        ),
        ("<!-- 张三画的 --><g/>", "<g/>"),
        (
            "<text><![CDATA[<script>]]></text>",
            "<text>&lt;script&gt;</text>",
        ),
        ("<?xml-stylesheet href=\"https://a.cn/x.css\"?><g/>", "<g/>"),
        ("<g xmlns=\"http://www.w3.org/1999/xhtml\"/>", "<g/>"),
    ] {
        assert_eq!(inner(inside), (left.to_owned(), vec![]), "{inside}");
    }
    let clean =
        clean("<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY a \"<script/>\">]><svg>&a;</svg>");
    assert_eq!(clean.svg, format!("{HEAD}</svg>"));
}

#[test]
fn damage_is_said_and_the_rest_is_closed() {
    let svg = |text: &str| {
        let clean = clean(text);
        (clean.svg, clean.fault.map(|(at, _)| at))
    };
    assert_eq!(
        svg("<svg><g><path d=\"\"/>"),
        (format!("{HEAD}<g><path d=\"\"/></g></svg>"), Some(20))
    );
    assert_eq!(
        svg("<svg><g></svg>"),
        (format!("{HEAD}<g></g></svg>"), Some(8))
    );
    assert_eq!(svg("甲"), (String::new(), Some(0)));
    assert_eq!(svg("<html><svg/></html>"), (String::new(), Some(0)));
    assert_eq!(svg(""), (String::new(), Some(0)));
}

#[test]
fn sizes_are_read_as_browsers_do() {
    for (root, size) in [
        (
            "width=\"900\" height=\"480\" viewBox=\"0 0 9 4\"",
            (900, 480),
        ),
        ("width=\"210mm\" height=\"1in\"", (794, 96)),
        ("viewBox=\"0 0 24 12.4\"", (24, 12)),
        ("viewBox=\"0,0,24,12\" width=\"48px\"", (48, 24)),
        (
            "height=\"50%\" width=\"100%\" viewBox=\"0 0 30 20\"",
            (30, 20),
        ),
        ("width=\"100%\"", (0, 0)),
        ("width=\"-3\" height=\"1e400\"", (0, 0)),
        ("viewBox=\"0 0 0 0\"", (0, 0)),
    ] {
        assert_eq!(clean(&format!("<svg {root}/>")).size, size, "{root}");
    }
}

proptest::proptest! {
    #[test]
    fn what_is_left_is_clean_and_whole(text in "(<[a-z]{1,6}( (on|href|style|x:y)=\"[a-z#:(]{0,9}\")?/?>|</[a-z]{1,6}>|<svg>|<script>|<style>|</style>|<!--|-->|<!\\[CDATA\\[|\\]\\]>|&[a-z#]{0,3};?|[a-z]){0,30}") {
        let once = clean(&format!("<svg>{text}"));
        let again = clean(&once.svg);
        proptest::prop_assert!(!once.svg.contains("<script") && !again.svg.contains("<a"), "{}", once.svg);
        proptest::prop_assert_eq!(again.fault, None, "{}", once.svg);
        proptest::prop_assert_eq!(again.dropped, vec![], "{}", once.svg);
        proptest::prop_assert_eq!(again.svg, once.svg);
    }
}
