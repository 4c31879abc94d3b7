//! Recognises the articles (条) of policies: paragraphs that begin with `第五十四条`.

use super::numeral;

/// The number at the start of an article's first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleNumber<'a> {
    /// As written: `第五十四条之二`.
    pub label: &'a str,
    /// `art-54-2`.
    pub anchor: String,
    /// Bytes to leave out before the article's own text begins: leading blanks, the label and
    /// the blanks behind it.
    pub skip: usize,
}

/// Reads the number of an article that begins `line`.
///
/// An article's number stands apart from its text (`第五条　为了…`, `第五条【目的】…`); a
/// sentence that starts by citing one (`第五条规定…`) is not an article.
pub fn parse(line: &str) -> Option<ArticleNumber<'_>> {
    let body = line.trim_start();
    let lead = line.len() - body.len();
    let after = body.strip_prefix('第')?;
    let (number, after) = split_number(after)?;
    let mut rest = after.strip_prefix('条')?;
    let mut anchor = ["art-", &numeral::parse(number)?.to_string()].concat();
    if let Some((sub, after)) = rest.strip_prefix('之').and_then(split_number) {
        anchor.push_str(&format!("-{}", numeral::parse(sub)?));
        rest = after;
    }
    let text = rest.trim_start();
    let apart = text.len() < rest.len() || rest.is_empty() || rest.starts_with(['【', '：', ':']);
    apart.then(|| ArticleNumber {
        label: &body[..body.len() - rest.len()],
        anchor,
        skip: lead + body.len() - text.len(),
    })
}

/// The anchor of a heading that opens an article: `第五条 目的`, or in English `Article 5. Purpose`.
pub fn heading_anchor(title: &str) -> Option<String> {
    if let Some(number) = parse(title) {
        return Some(number.anchor);
    }
    let (word, rest) = title.split_once(' ')?;
    if !word.eq_ignore_ascii_case("article") {
        return None;
    }
    let rest = rest.trim_start();
    let (number, rest) = rest.split_at(
        rest.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len()),
    );
    let apart = rest.is_empty() || rest.starts_with(['.', ':', ' ', ',', '-', '–', '—']);
    let number = number.parse::<u32>().ok().filter(|_| apart)?;
    Some(format!("art-{number}"))
}

fn split_number(text: &str) -> Option<(&str, &str)> {
    let other = text.find(|c: char| !numeral::is_numeral(c));
    let (number, rest) = text.split_at(other.unwrap_or(text.len()));
    (!number.is_empty()).then_some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<(&str, &str, &str)>) {
        let found = parse(line);
        let found = found.as_ref().map(|number| {
            let text = &line[number.skip..];
            (number.label, number.anchor.as_str(), text)
        });
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn articles() {
        check("第一条 为了", Some(("第一条", "art-1", "为了")));
        check("　第五十四条　甲", Some(("第五十四条", "art-54", "甲")));
        check("第54条 甲", Some(("第54条", "art-54", "甲")));
        check(
            "第一百二十条之二 甲",
            Some(("第一百二十条之二", "art-120-2", "甲")),
        );
        check("第三条", Some(("第三条", "art-3", "")));
        check("第三条【目的】甲", Some(("第三条", "art-3", "【目的】甲")));
    }

    #[test]
    fn headings_of_articles() {
        for (title, anchor) in [
            ("Article 5. Purpose", Some("art-5")),
            ("ARTICLE 12", Some("art-12")),
            ("Article 3: Terms", Some("art-3")),
            ("第九条之一 请托", Some("art-9-1")),
            ("第五条", Some("art-5")),
            ("Article 5th", None),
            ("Articles 5", None),
            ("Article five", None),
            ("Article 99999999999", None),
            ("Chapter 1", None),
            ("第一章 总则", None),
        ] {
            assert_eq!(heading_anchor(title).as_deref(), anchor, "{title}");
        }
    }

    #[test]
    fn citations_are_not_articles() {
        check("第三条规定的情形", None);
        check("第三条第二款 甲", None);
        check("第一章 总则", None);
        check("根据第三条 甲", None);
        check("第条 甲", None);
        check("第三条之规定 甲", None);
    }
}
