//! Queries taken apart.

use super::*;
use proptest::prelude::*;

fn parsed(text: &str) -> Parsed {
    parse(text, |c| c)
}

fn terms(text: &str) -> Vec<String> {
    let terms = parsed(text).terms.into_iter();
    terms.map(|term| term.text).collect()
}

#[test]
fn bare_words() {
    assert_eq!(terms("个体户 债务"), ["个体", "体户", "债务"]);
    assert_eq!(terms("的，实"), ["的", "实"]);
    assert_eq!(terms("的，实行"), ["实行"]);
    assert_eq!(terms("砚"), ["砚"]);
    assert_eq!(terms("，。《"), [""; 0]);
}

#[test]
fn questions() {
    let asked = terms("劳动合同到期是否可以不再续签");
    assert!(asked.contains(&"续签".to_owned()) && !asked.contains(&"是否".to_owned()));
    assert_eq!(terms("是否可以"), ["是否", "否可", "可以"]);
}

#[test]
fn quotes_and_exclusion() {
    let parsed = parsed("“正当防卫” -刑法 过当");
    assert_eq!(parsed.exact, ["正当防卫"]);
    assert_eq!(parsed.excluded, [["刑法"]]);
    assert_eq!(parsed.parts, ["正当防卫", "过当"]);
    assert!(super::parse("\"正当", |c| c).exact.is_empty());
}

#[test]
fn operators() {
    let found = parsed("标题：劳动合同 类型:政策 Year:2019 解除");
    assert_eq!(found.titles.len(), 1);
    assert_eq!(found.titles[0].len(), 3);
    let facets = [(Facet::Kind, "政策"), (Facet::Year, "2019")];
    assert_eq!(
        found.facets,
        facets.map(|(facet, text)| (facet, text.to_owned()))
    );
    assert_eq!(found.parts, ["解除"]);
    // Neither a name without a value nor a value without a known name restricts.
    assert!(parsed("标题: 劳动").titles.is_empty());
    assert!(parsed("比例:三成").facets.is_empty());
    assert_eq!(parsed("标题:“劳动 合同”").titles[0].len(), 3);
    assert_eq!(parsed("文号:〔2024〕3号").numbers[0].len(), 5);
}

#[test]
fn articles() {
    let article = parsed("民法典第1079条").article.unwrap();
    assert_eq!(article.name, schema::article((1079, 0)));
    assert_eq!(article.terms.len(), 2);
    assert_eq!(
        parsed("第五十四条").article.unwrap().name,
        schema::article((54, 0))
    );
}

#[test]
fn letters() {
    assert_eq!(parsed("lao dong").letters.as_deref(), Some("laodong"));
    assert_eq!(parsed("劳动 ht").letters, None);
    assert_eq!(parsed("\"ldht\"").letters, None);
}

#[test]
fn variants_are_folded() {
    let parsed = parse("勞動", |c| match c {
        '勞' => '劳',
        '動' => '动',
        c => c,
    });
    assert_eq!(parsed.terms[0].text, "劳动");
}

proptest! {
    #[test]
    fn anything_is_a_query(text in any::<String>()) {
        parsed(&text);
    }

    #[test]
    fn odd_signs_are_a_query(text in "[\"“”＂ \\-－，甲a:：标题]{0,20}") {
        parsed(&text);
        for piece in pieces(&text) {
            prop_assert!(!piece.range.is_empty() && text.get(piece.range).is_some());
        }
    }
}
