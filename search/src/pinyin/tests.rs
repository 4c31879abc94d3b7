//! Tests of the keys of titles.

use proptest::prelude::*;

use super::*;

/// Whether what is typed finds a title, in full or in initials.
fn finds(query: &str, title: &str) -> bool {
    let keys = keys(title);
    let Some(key) = typed(query) else {
        return false;
    };
    let begins = |keys: &[String], length| {
        let key = &key[..key.len().min(length)];
        keys.iter().any(|other| other.starts_with(key))
    };
    begins(&keys.full, FULL) || begins(&keys.initials, INITIALS)
}

#[test]
fn titles_are_found() {
    let check = |query, title| assert!(finds(query, title), "{query} {title}: {:?}", keys(title));
    check("laodonghetong", "劳动合同法");
    check("ldht", "劳动合同法");
    check("laodonghetong", "中华人民共和国劳动合同法");
    check("ldhtf", "中华人民共和国劳动合同法");
    check("zhrmghgldhtf", "中华人民共和国劳动合同法");
    check(
        "zhonghuarenmingongheguolaodonghetongfa",
        "中华人民共和国劳动合同法",
    );
    check("Lao Dong", "勞動合同法");
    check("xi'an", "西安事变");
    check("lüshi", "律师法");
    check("lvshi", "律师法");
    check("zhanlve", "国家战略");
    check("zhanlue", "国家战略");
    check("yinhang", "商业银行法");
    check("syyhf", "商业银行法");
    check("chongqing", "重庆市条例");
    check("cqs", "重庆市条例");
    check("xzcf", "行政处罚法");
    check("kuaiji", "会计法");
    check("kj", "会计法");
    check("gbt16180laodong", "GB/T 16180 劳动能力鉴定");
    check("ldnl", "GB/T 16180 劳动能力鉴定");
    check("agu", "Ａ股上市");
    check("3dday", "3D打印");
    check("jieshi2", "关于适用民法典的解释（2）");
}

#[test]
fn titles_are_not_found() {
    let check = |query, title| assert!(!finds(query, title), "{query} {title}");
    check("zhongqing", "金融机构");
    check("dong", "第一条");
    check("劳动", "劳动合同法");
    check("2014", "2014年修正");
}

#[test]
fn keys_of_a_title() {
    let check = |title, full: &[&str], initials: &[&str]| {
        let keys = keys(title);
        assert_eq!(keys.full, full, "{title}");
        assert_eq!(keys.initials, initials, "{title}");
    };
    check("民法典", &["fadian", "minfadian"], &["fd", "mfd"]);
    check(
        "第1章 总则",
        &["1zhangzongze", "di1zhangzongze", "zhangzongze", "zongze"],
        &["1zzz", "d1zzz", "zzz"],
    );
    check("法", &["fa"], &["f"]);
    check("行", &["hang", "xing"], &["h", "x"]);
    check("GB 18030", &[], &[]);
    check("《》", &[], &[]);
    check("", &[], &[]);
}

#[test]
fn readings_are_few() {
    let keys = keys("行行行行行行行行行行行行行行行行行行行行行行行行行行行行行行");
    assert!(keys.full.len() <= 29 * WAYS, "{}", keys.full.len());
    assert!(keys.initials.len() <= 29 * WAYS, "{}", keys.initials.len());
}

#[test]
fn what_is_typed() {
    let check = |query, expected: Option<&str>| assert_eq!(typed(query).as_deref(), expected);
    check("LaoDong he-tong", Some("laodonghetong"));
    check("lüshi", Some("lvshi"));
    check("xi’an", Some("xian"));
    check("gb18030", Some("gb18030"));
    check("18030", None);
    check("laodong合同", None);
    check("café", None);
    check(" ", None);
    check("", None);
}

proptest! {
    #[test]
    fn any_title_and_query(title: String, query: String) {
        let keys = keys(&title);
        for (keys, length) in [(&keys.full, FULL), (&keys.initials, INITIALS)] {
            prop_assert!(keys.iter().all(|key| (1..=length).contains(&key.len())));
            let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            prop_assert!(keys.iter().all(|key| key.chars().all(letters)));
            prop_assert!(keys.windows(2).all(|pair| !pair[1].starts_with(pair[0].as_str())));
            prop_assert!(keys.is_sorted());
        }
        typed(&query);
    }

    /// A title is found from every one of its characters but the last.
    #[test]
    fn from_anywhere(title in "[一-龥行长重A-z0-9（、 ]{2,40}", from in 0usize..40) {
        let parts = parts(&title);
        let from = from % parts.len().max(1);
        if from + 1 < parts.len() && parts[from..].iter().any(|part| matches!(part, Part::Syllable(_))) {
            let keys = keys(&title);
            let usual = |spell: fn(&Part) -> Vec<&str>, length: usize| {
                let mut key: String = parts[from..].iter().map(|part| spell(part)[0]).collect();
                key.truncate(length);
                key
            };
            let (full, initials) = (usual(Part::full, FULL), usual(Part::initials, INITIALS));
            prop_assert!(keys.full.iter().any(|key| key.starts_with(&full)));
            prop_assert!(keys.initials.iter().any(|key| key.starts_with(&initials)));
        }
    }
}
