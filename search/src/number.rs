//! Article numbers in Chinese and Arabic numerals: 第一千零七十九条 = 第1079条.

/// What numbers are written in.
const NUMERALS: &str = "0123456789零〇一二两三四五六七八九十百千万";

/// Reads `第…条` or `第…条之…` at the end of squeezed text: what stands before it,
/// and the article. 第五十四条之二 is `(54, 2)`, 第五十四条 is `(54, 0)`. Behind a name, 第 may
/// be left out.
pub(crate) fn article_at_end(squeezed: &str) -> Option<(&str, (u32, u32))> {
    let (head, branch) = match squeezed.rfind("条之") {
        Some(at) => (&squeezed[..at], parse(&squeezed[at + "条之".len()..])?),
        None => (squeezed.strip_suffix('条')?, 0),
    };
    if let Some(start) = head.rfind('第') {
        let number = parse(&head[start + '第'.len_utf8()..])?;
        return Some((&head[..start], (number, branch)));
    }
    let name = head.trim_end_matches(|c: char| NUMERALS.contains(c));
    let number = parse(&head[name.len()..])?;
    (name.chars().count() > 1).then_some((name, (number, branch)))
}

/// Reads a bare Arabic number at the end, as in 民法典1079.
pub(crate) fn digits_at_end(squeezed: &str) -> Option<(&str, (u32, u32))> {
    let start = squeezed
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .len();
    let number = parse(&squeezed[start..])?;
    (start > 0).then_some((&squeezed[..start], (number, 0)))
}

/// A number up to 99,999, in either numerals.
fn parse(text: &str) -> Option<u32> {
    if text.is_empty() || text.chars().count() > 12 {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().filter(|&number| number < 100_000);
    }
    let (mut total, mut digit, mut positional) = (0u32, None, true);
    for c in text.chars() {
        let value = match c {
            '零' | '〇' => 0,
            '一' => 1,
            '二' | '两' => 2,
            '三' => 3,
            '四' => 4,
            '五' => 5,
            '六' => 6,
            '七' => 7,
            '八' => 8,
            '九' => 9,
            '十' | '百' | '千' | '万' => {
                positional = false;
                let unit = match c {
                    '十' => 10,
                    '百' => 100,
                    '千' => 1_000,
                    _ => 10_000,
                };
                total += digit.take().unwrap_or(1) * unit;
                continue;
            }
            _ => return None,
        };
        // 一〇七九 is read digit by digit, 一千零七十九 by its units.
        digit = match digit {
            Some(before) if positional => Some((before * 10 + value) % 100_000),
            _ => Some(value),
        };
    }
    Some(total + digit.unwrap_or(0)).filter(|&number| number < 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles() {
        let check = |text, expected| assert_eq!(article_at_end(text), expected, "{text}");
        check("第五十四条", Some(("", (54, 0))));
        check("民法典第一千零七十九条", Some(("民法典", (1079, 0))));
        check("民法典第1079条", Some(("民法典", (1079, 0))));
        check("刑法第一百二十条之一", Some(("刑法", (120, 1))));
        check("第十条", Some(("", (10, 0))));
        check("第一百零三条", Some(("", (103, 0))));
        check("第一〇三条", Some(("", (103, 0))));
        check("民法典1079条", Some(("民法典", (1079, 0))));
        check("刑法一百二十条之一", Some(("刑法", (120, 1))));
        check("八条", None);
        check("条", None);
        check("第条", None);
        check("第三方条", None);
        assert_eq!(digits_at_end("民法典1079"), Some(("民法典", (1079, 0))));
        assert_eq!(digits_at_end("1079"), None);
    }
}
