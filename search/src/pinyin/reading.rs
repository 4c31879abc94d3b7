//! How the characters of a title are read: by the words of `readings.txt` around them,
//! else as the `pinyin` crate (its data: pinyin-data, MIT) has it.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyin;

use crate::write::simplified;

const READINGS: &str = include_str!("readings.txt");

/// One of the readings of a character.
struct Reading {
    syllable: &'static str,
    /// Whether it may hold outside its words.
    open: bool,
    /// Words in which it holds, folded, and the place of the character in them; once for
    /// every place.
    words: Vec<(Vec<char>, usize)>,
}

static POLYPHONES: LazyLock<HashMap<char, Vec<Reading>>> = LazyLock::new(|| {
    let mut polyphones: HashMap<char, Vec<Reading>> = HashMap::new();
    for line in READINGS.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split(' ');
        let (Some(c), Some(syllable)) = (
            columns.next().and_then(|column| column.chars().next()),
            columns.next(),
        ) else {
            continue;
        };
        let readings = polyphones.entry(c).or_default();
        let mut words = Vec::new();
        for word in columns {
            let places = word.chars().enumerate().filter(|&(_, other)| other == c);
            let folded: Vec<char> = word.chars().map(simplified).collect();
            words.extend(places.map(|(place, _)| (folded.clone(), place)));
        }
        readings.push(Reading {
            syllable: syllable.trim_end_matches('?'),
            open: readings.is_empty() || syllable.ends_with('?'),
            words,
        });
    }
    polyphones
});

/// The readings of each character of a title, the usual one first: a-z, ü as v; none for
/// what is not an ideograph.
pub(super) fn readings(title: &[char]) -> Vec<Vec<&'static str>> {
    let folded: Vec<char> = title.iter().copied().map(simplified).collect();
    let read = |(place, &c): (usize, &char)| {
        // 著 is read otherwise than 着, into which it is folded: its own row comes first.
        let row = POLYPHONES.get(&c);
        let readings = match row.or_else(|| POLYPHONES.get(&folded[place])) {
            Some(row) => among(row, &folded, place),
            None => {
                let reading = c.to_pinyin().or_else(|| folded[place].to_pinyin());
                reading.map(|reading| reading.plain()).into_iter().collect()
            }
        };
        readings.into_iter().flat_map(spellings).collect()
    };
    title.iter().enumerate().map(read).collect()
}

/// Those of a character's readings that the longest words around it agree on, else the
/// open ones.
fn among(readings: &[Reading], text: &[char], place: usize) -> Vec<&'static str> {
    let mut longest = 1;
    let mut found = Vec::new();
    for reading in readings {
        for (word, before) in &reading.words {
            let start = place.checked_sub(*before);
            let holds = start.is_some_and(|start| text[start..].starts_with(word));
            if holds && word.len() > longest {
                longest = word.len();
                found.clear();
            }
            if holds && word.len() == longest && !found.contains(&reading.syllable) {
                found.push(reading.syllable);
            }
        }
    }
    if found.is_empty() {
        found.extend(readings.iter().filter(|r| r.open).map(|r| r.syllable));
    }
    found
}

/// The ways to type a syllable of the `pinyin` crate or of `readings.txt`. 略 is typed
/// with v or u, but 律 with v only, for `lu` is another syllable.
fn spellings(syllable: &'static str) -> Vec<&'static str> {
    match syllable {
        "ê" => vec!["e"],
        "lü" => vec!["lv"],
        "nü" => vec!["nv"],
        "lüe" => vec!["lue", "lve"],
        "nüe" => vec!["nue", "nve"],
        _ => vec![syllable],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, expected: &str) {
        let title: Vec<char> = title.chars().collect();
        let read: Vec<String> = readings(&title).iter().map(|way| way.join("/")).collect();
        assert_eq!(read.join(" "), expected);
    }

    #[test]
    fn words_decide() {
        check("银行行长", "yin hang hang zhang");
        check("行政执行", "xing zheng zhi xing");
        check("重庆重大重组", "chong qing zhong da chong zu");
        check("会计法", "kuai ji fa");
        check("委员会计划", "wei yuan hui ji hua");
        check("音乐著作权", "yin yue zhu zuo quan");
        check("长江", "chang jiang");
        check("人民调解与调查", "ren min tiao jie yu diao cha");
        check("给付与交给", "ji fu yu jiao gei");
        check("弹劾、没收、标的", "tan he  mo shou  biao di");
        check(
            "律师 女 战略 侵略 似",
            "lv shi  nv  zhan lue/lve  qin lue/lve  si",
        );
    }

    #[test]
    fn traditional_titles() {
        check("銀行會計", "yin hang kuai ji");
        check(
            "著作權 執著 乾坤 乾淨 瞭解",
            "zhu zuo quan  zhi zhuo  qian kun  gan jing  liao jie",
        );
        check("⼈⺠", "ren min");
    }

    #[test]
    fn without_words_or_with_several() {
        check("行", "xing/hang");
        check("社会计划", "she hui/kuai ji hua");
        check("かな ab 한", &" ".repeat(6));
    }

    /// A word without its character, or a row without a reading, would never be found.
    #[test]
    fn rows_are_whole() {
        for line in READINGS.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split(' ').collect();
            assert!(columns.len() > 1, "{line}");
            assert_eq!(columns[0].chars().count(), 1, "{line}");
            let letters = columns[1].trim_end_matches('?');
            assert!(
                letters.bytes().all(|byte| byte.is_ascii_lowercase()),
                "{line}"
            );
            for word in &columns[2..] {
                assert!(
                    word.contains(columns[0]) && word.chars().count() > 1,
                    "{line}: {word}"
                );
            }
        }
    }
}
