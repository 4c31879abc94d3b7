//! Chinese numerals as laws number their articles: `一百零三`, `五十四`, `一〇三`.

/// The value of a Chinese or Arabic (half or full width) number below ten thousand;
/// `None` if it is not one.
pub fn parse(text: &str) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    let mut digits = None;
    for c in text.chars() {
        let digit = match c {
            '0'..='9' => c as u32 - '0' as u32,
            '０'..='９' => c as u32 - '０' as u32,
            _ => {
                digits = None;
                break;
            }
        };
        digits = Some(digits.unwrap_or(0u32).checked_mul(10)?.checked_add(digit)?);
    }
    if let Some(value) = digits {
        return (value < 10_000).then_some(value);
    }
    if text.chars().any(|c| unit(c).is_some()) {
        with_units(text)
    } else {
        positional(text)
    }
}

/// Whether `c` can stand in a number.
pub fn is_numeral(c: char) -> bool {
    digit(c).is_some() || unit(c).is_some() || matches!(c, '0'..='9' | '０'..='９')
}

fn digit(c: char) -> Option<u32> {
    match c {
        '〇' | '零' => Some(0),
        '一' => Some(1),
        '二' | '两' => Some(2),
        '三' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        _ => None,
    }
}

fn unit(c: char) -> Option<u32> {
    match c {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    }
}

fn with_units(text: &str) -> Option<u32> {
    let (mut total, mut pending, mut last_unit) = (0, None, u32::MAX);
    for c in text.chars() {
        match unit(c) {
            Some(unit) if unit < last_unit => {
                // `十` alone counts as `一十`.
                total += pending.take().unwrap_or(1) * unit;
                last_unit = unit;
            }
            Some(_) => return None,
            None => match (digit(c)?, pending) {
                (0, None) => {}
                (digit, None) => pending = Some(digit),
                (_, Some(_)) => return None,
            },
        }
    }
    Some(total + pending.unwrap_or(0))
}

fn positional(text: &str) -> Option<u32> {
    let value = text.chars().try_fold(0u32, |value, c| {
        value.checked_mul(10)?.checked_add(digit(c)?)
    })?;
    (value < 10_000).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_articles() {
        for (text, value) in [
            ("一", 1),
            ("十", 10),
            ("十二", 12),
            ("五十四", 54),
            ("一百零三", 103),
            ("一百一十", 110),
            ("百二十", 120),
            ("一千二百六十", 1260),
            ("一千零一", 1001),
            ("一〇三", 103),
            ("两百", 200),
            ("54", 54),
            ("５４", 54),
        ] {
            assert_eq!(parse(text), Some(value), "{text}");
        }
    }

    #[test]
    fn not_numbers() {
        for text in ["", "一二十", "十百", "甲", "99999", "一a", "九九九九九"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
