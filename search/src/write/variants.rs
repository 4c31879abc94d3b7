//! Forms of one Chinese character: traditional, old and Japanese ones, folded into the
//! simplified one, one for one.
//!
//! `variants.txt` is the table, a line a character: the simplified form, then those that
//! are folded into it. It comes from OpenCC (Apache License 2.0) and Unicode (Unicode
//! License), as its first lines tell. Where a traditional character has several simplified
//! ones (乾: 干 or 乾) it is folded into the commonest, also where it stands in simplified
//! text (乾坤): pages and queries are folded alike, so that nothing is lost, and 乾坤
//! and 干坤 become one.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

const TABLE: &str = include_str!("variants.txt");

/// Characters looked up by their place: from the first radical to the last ideograph of
/// the basic block.
const DENSE: RangeInclusive<char> = '\u{2e80}'..='\u{9fff}';

/// All forms and what they are folded into, sorted by form.
static PAIRS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let mut pairs = Vec::with_capacity(5000);
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut characters = line.chars();
        if let Some(simplified) = characters.next() {
            pairs.extend(characters.map(|form| (form, simplified)));
        }
    }
    pairs.sort_unstable();
    pairs
});

/// What every character of [`DENSE`] is folded into.
static FOLDED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut folded: Vec<char> = DENSE.collect();
    for &(form, simplified) in PAIRS.iter() {
        if let Some(place) = folded.get_mut(place(form)) {
            *place = simplified;
        }
    }
    folded
});

/// Characters before [`DENSE`] have a place after it.
fn place(c: char) -> usize {
    (c as usize).wrapping_sub(*DENSE.start() as usize)
}

/// The simplified form of a traditional, old or Japanese character, of a radical or of a
/// compatibility form; any other character itself. Folding twice changes nothing more.
pub(crate) fn simplified(c: char) -> char {
    match c {
        ..'\u{2e80}' | '\u{fb00}'..='\u{ffff}' => c,
        _ => match FOLDED.get(place(c)) {
            Some(&folded) => folded,
            None => match PAIRS.binary_search_by_key(&c, |pair| pair.0) {
                Ok(place) => PAIRS[place].1,
                Err(_) => c,
            },
        },
    }
}

/// The forms that a reader may type for characters that folded text has: (form,
/// simplified), sorted by form. Without radicals and compatibility forms, which nobody
/// types; `query.normalize("NFKC")` folds most of those that are pasted.
pub(crate) fn variants(used: impl Fn(char) -> bool) -> Vec<(char, char)> {
    let typed = |c| !matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}');
    PAIRS
        .iter()
        .copied()
        .filter(|&(form, simplified)| typed(form) && used(simplified))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let folded: String = text.chars().map(simplified).collect();
        assert_eq!(folded, expected, "{text}");
    }

    #[test]
    fn traditional_text() {
        check("中華人民共和國勞動合同法", "中华人民共和国劳动合同法");
        check("著作權法、專利法", "着作权法、专利法");
        check("僱傭關係與佔有", "雇佣关系与占有");
        check("後來於裡面徵稅", "后来于里面征税");
        check("乾淨的麵條", "干净的面条");
        check("瞭解憑藉覆核", "了解凭借复核");
        check("衞生署、衛生署", "卫生署、卫生署");
        check("銀行帳戶註冊", "银行账户注册");
        check("臺灣、台湾、颱風", "台湾、台湾、台风");
    }

    #[test]
    fn other_forms() {
        check(
            "戶户戸 說説说 綫線线 峯峰 羣群 真眞",
            "户户户 说说说 线线线 峰峰 群群 真真",
        );
        check(
            "労働契約法、会社法、国際関係",
            "劳働契约法、会社法、国际关系",
        );
        check("⼈⺠法院", "人民法院");
        check("\u{f90a}\u{f98e}", "金年");
    }

    #[test]
    fn simplified_text_stays() {
        let text = "用人单位自用工之日起即与劳动者建立劳动关系。台湾 沈阳 像象 余予 芸艺 沪 第3条 Abc かな";
        check(text, text);
    }

    /// Characters of today's simplified text that another one is folded into or that are
    /// folded: a change of the table shows here.
    #[test]
    fn merged_on_purpose() {
        check(
            "乾坤 慰藉 瞭望 覆盖 著作 帐篷 宫商角徵羽",
            "干坤 慰借 了望 复盖 着作 账篷 宫商角征羽",
        );
    }

    #[test]
    fn table_is_in_order() {
        let lines: Vec<&str> = TABLE
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        assert!(lines.is_sorted());
        assert!(lines.iter().all(|line| line.chars().count() > 1));
        assert!(PAIRS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for &(form, folded) in PAIRS.iter() {
            assert_eq!(simplified(form), folded, "{form}");
            assert_eq!(simplified(folded), folded, "{form}");
        }
    }

    #[test]
    fn forms_for_the_browser() {
        let pairs = variants(|c| "发户".contains(c));
        let forms: String = pairs.iter().map(|pair| pair.0).collect();
        assert_eq!(forms, "戶戸発發髪髮");
        assert!(variants(|_| false).is_empty());
    }

    proptest! {
        #[test]
        fn folding_is_final(c in any::<char>()) {
            let folded = simplified(c);
            prop_assert_eq!(simplified(folded), folded);
            prop_assert!(folded == c || PAIRS.contains(&(c, folded)));
        }
    }
}
