//! Article numbers in Chinese and Arabic numerals: 第一千零七十九条 = 第1079条.

/// What numbers are written in.
fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || is_chinese(c)
}

fn is_chinese(c: char) -> bool {
    matches!(
        c,
        '零' | '〇'
            | '一'
            | '二'
            | '两'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '百'
            | '千'
            | '万'
    )
}

/// Numbers from here on are not read.
const PARSED: u32 = 100_000;

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
    let name = head.trim_end_matches(is_numeral);
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

/// The text with the last number in it one higher: what often comes behind it. `None` if it has
/// none.
pub(crate) fn successor(text: &str) -> Option<String> {
    let (at, last) = text.char_indices().rfind(|&(_, c)| is_numeral(c))?;
    let end = at + last.len_utf8();
    let arabic = last.is_ascii_digit();
    let before = match arabic {
        true => text[..end].trim_end_matches(|c: char| c.is_ascii_digit()),
        false => text[..end].trim_end_matches(is_chinese),
    };
    let start = before.len();
    let next = parse(&text[start..end])? + 1;
    if next >= PARSED {
        return None;
    }
    let (before, after, width) = (&text[..start], &text[end..], end - start);
    Some(match arabic {
        true => format!("{before}{next:0width$}{after}"),
        false => format!("{before}{}{after}", chinese(next)),
    })
}

/// A number below [`PARSED`] in Chinese numerals, as articles are numbered: 一千零七十九, 十一.
fn chinese(number: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (mut text, mut gap) = (String::new(), false);
    for (unit, name) in [
        (10_000, "万"),
        (1_000, "千"),
        (100, "百"),
        (10, "十"),
        (1, ""),
    ] {
        let digit = (number / unit % 10) as usize;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            text.push('零');
        }
        if (digit, unit) != (1, 10) || !text.is_empty() {
            text.push_str(DIGITS[digit]);
        }
        text.push_str(name);
    }
    text
}

/// A number below [`PARSED`], in either numerals.
fn parse(text: &str) -> Option<u32> {
    if text.is_empty() || text.chars().count() > 12 {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().filter(|&number| number < PARSED);
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
            Some(before) if positional => Some((before * 10 + value) % PARSED),
            _ => Some(value),
        };
    }
    Some(total + digit.unwrap_or(0)).filter(|&number| number < PARSED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successors() {
        let check = |text, expected| assert_eq!(successor(text).as_deref(), expected, "{text}");
        check("第九条", Some("第十条"));
        check("第十条", Some("第十一条"));
        check("第一百零九条", Some("第一百一十条"));
        check("第一百一十条", Some("第一百一十一条"));
        check("第九百九十九条", Some("第一千条"));
        check("第一千条", Some("第一千零一条"));
        check("第二十条之一", Some("第二十条之二"));
        check("刑法 第3条", Some("刑法 第4条"));
        check("c01/p0099.md", Some("c01/p0100.md"));
        check("九万九千九百九十八", Some("九万九千九百九十九"));
        check("九万九千九百九十九", None);
        check("总则", None);
        check("12345678", None);
        check("", None);
    }

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
