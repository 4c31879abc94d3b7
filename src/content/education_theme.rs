//! Education themes (教育主题): the tree that `content/education-themes.toml` declares, and which
//! of them a page is about.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::{AhoCorasick, MatchKind, packed};
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::language::Text;
use crate::settings;
use crate::text;

/// One theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EducationTheme {
    /// In addresses and in the index.
    pub id: String,
    /// For readers.
    pub name: Text,
    /// Its parent's place in [`EducationThemes::all`].
    pub parent: Option<usize>,
    /// Its children's places, in the author's order.
    pub children: Vec<usize>,
    /// One or two sentences.
    pub description: Text,
}

/// A page's theme, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assigned {
    /// The theme's place in [`EducationThemes::all`].
    pub theme: usize,
    /// Declared by the author or inferred from keywords.
    pub origin: Origin,
    /// 0 to 1; 1 for a declared one.
    pub score: f64,
    /// What speaks for it, for people.
    pub evidence: Vec<String>,
}

/// Where a page's theme comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The front matter says so.
    Declared,
    /// Its keywords speak loudest.
    Inferred,
}

/// The tree.
#[derive(Debug, Clone, Default)]
pub struct EducationThemes {
    themes: Vec<EducationTheme>,
    names: HashMap<String, usize>,
    keywords: Option<Keywords>,
}

#[derive(Debug, Clone)]
struct Keywords {
    matcher: Matcher,
    /// For each pattern: its text, and the themes it speaks for with its weight.
    patterns: Vec<(String, Vec<(usize, f64)>)>,
}

/// Finds words, the longest wins: so 廉洁 is not heard once more within 廉洁自律.
#[derive(Debug, Clone)]
enum Matcher {
    /// Of a few. (The automaton would skip to bytes that are rare in English, which all of a
    /// Chinese text is.)
    Packed(packed::Searcher),
    /// Of a single one, or of very many.
    Automaton(AhoCorasick),
}

impl Matcher {
    fn new<'a>(words: impl ExactSizeIterator<Item = &'a String> + Clone) -> Option<Self> {
        let packed = packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostLongest)
            .builder()
            .extend(words.clone())
            .build();
        match packed {
            Some(packed) if words.len() > 1 => Some(Self::Packed(packed)),
            _ => AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(words)
                .ok()
                .map(Self::Automaton),
        }
    }

    /// Tells the number of each word in a text, once for each time that it stands there.
    fn listen(&self, text: &str, tell: &mut impl FnMut(usize)) {
        let number = |found: aho_corasick::Match| found.pattern().as_usize();
        match self {
            Self::Packed(packed) => packed.find_iter(text).map(number).for_each(tell),
            Self::Automaton(words) => words.find_iter(text).for_each(|found| tell(number(found))),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemesFile {
    #[serde(default)]
    theme: Vec<ThemeFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    id: toml::Spanned<String>,
    name: String,
    name_en: Option<String>,
    parent: Option<toml::Spanned<String>>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    description: String,
    description_en: Option<String>,
}

/// How loud a keyword is where it stands. A word in the title says more than ten in the body.
const IN_TITLE: f64 = 6.0;
const IN_HEADING: f64 = 2.0;
const IN_BODY: f64 = 1.0;
/// A theme's own name says more than a keyword.
const NAME: f64 = 1.5;
/// Below this a theme is a coincidence.
const QUIETEST: f64 = 2.0;
/// Themes quieter than this part of the loudest are left out, and at most this many are kept.
const BESIDE_LOUDEST: f64 = 0.6;
const AT_MOST: usize = 2;
/// Body counts are damped in texts longer than this many characters: a long statute mentions
/// everything once.
const LONG: f64 = 2_000.0;

impl EducationThemes {
    /// Reads `education-themes.toml`.
    ///
    /// # Errors
    /// A diagnostic at the place that is wrong: unknown keys, an id twice, an unknown parent, a
    /// circle of parents.
    pub fn parse(path: &str, source: &str) -> Result<Self, Box<Diagnostic>> {
        let file: ThemesFile = settings::parse(path, source)?;
        let error = |span, message| {
            Box::new(Diagnostic::error("education-themes", path, message).at(source, span))
        };
        let mut tree = Self::default();
        let mut loud = BTreeMap::<String, Vec<(usize, f64)>>::new();
        for (place, theme) in file.theme.iter().enumerate() {
            let id = theme.id.get_ref();
            if id.is_empty() || id.contains(['/', '\\', '?', '#', '%']) || id.starts_with('.') {
                let message = text!(
                    "主题 id `{id}` 不能作网址；请用字母、数字和 `-`",
                    "the theme id `{id}` cannot be an address; use letters, digits and `-`"
                );
                return Err(error(theme.id.span(), message));
            }
            let own = [id, &theme.name].into_iter().chain(&theme.name_en);
            for name in own.chain(&theme.aliases) {
                let taken = tree.names.insert(normalised(name), place);
                if taken.is_some_and(|earlier| earlier != place) {
                    let message = text!(
                        "主题名 `{name}` 已有别的主题在用",
                        "the theme name `{name}` is taken by another theme"
                    );
                    return Err(error(theme.id.span(), message));
                }
            }
            let names = std::iter::once(&theme.name).chain(&theme.name_en);
            let names = names.chain(&theme.aliases);
            let names = names.map(|name| (name, NAME));
            let words = theme.keywords.iter().map(|keyword| (keyword, 1.0));
            for (word, weight) in names.chain(words).filter(|(word, _)| !word.is_empty()) {
                loud.entry(word.clone()).or_default().push((place, weight));
            }
            tree.themes.push(EducationTheme {
                id: id.clone(),
                name: in_both(&theme.name, theme.name_en.as_ref()),
                parent: None,
                children: Vec::new(),
                description: in_both(&theme.description, theme.description_en.as_ref()),
            });
        }
        for (place, theme) in file.theme.iter().enumerate() {
            let Some(parent) = &theme.parent else {
                continue;
            };
            let name = parent.get_ref();
            let Some(found) = tree.resolve(name) else {
                let message = text!("没有上级主题 `{name}`", "no parent theme `{name}`");
                let ids = tree.themes.iter().map(|theme| theme.id.as_str());
                return Err(Box::new(
                    error(parent.span(), message).did_you_mean(name, ids),
                ));
            };
            tree.themes[place].parent = Some(found);
            tree.themes[found].children.push(place);
            if tree.ancestors(place).count() > tree.themes.len() {
                let message = text!(
                    "主题 `{name}` 绕了一圈成了自己的上级",
                    "the theme `{name}` is its own ancestor"
                );
                return Err(error(parent.span(), message));
            }
        }
        tree.keywords = Keywords::new(loud);
        Ok(tree)
    }

    /// All themes, in the author's order.
    pub fn all(&self) -> &[EducationTheme] {
        &self.themes
    }

    /// The theme that an id, a name or an alias means.
    pub fn resolve(&self, name: &str) -> Option<usize> {
        self.names.get(&normalised(name)).copied()
    }

    /// Every name that [`Self::resolve`] knows by its author's spelling, for hints.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let themes = self.themes.iter();
        themes.flat_map(|theme| {
            let english = (theme.name.en != theme.name.zh).then_some(theme.name.en.as_str());
            let names = [theme.id.as_str(), theme.name.zh.as_str()];
            names.into_iter().chain(english)
        })
    }

    /// A theme's parent, its parent and so on. One more than there are themes means a circle.
    pub fn ancestors(&self, place: usize) -> impl Iterator<Item = usize> {
        let up = |place: &usize| self.themes[*place].parent;
        std::iter::successors(self.themes[place].parent, up).take(self.themes.len() + 1)
    }

    /// Whether any text can speak for a theme.
    pub fn can_infer(&self) -> bool {
        self.keywords.is_some()
    }

    /// The themes whose keywords speak loudest in a text of so many `characters`, loudest first.
    pub fn infer<'a>(
        &self,
        title: &str,
        headings: impl Iterator<Item = &'a str>,
        body: impl Iterator<Item = &'a str>,
        characters: usize,
    ) -> Vec<Assigned> {
        let Some(keywords) = &self.keywords else {
            return Vec::new();
        };
        let mut heard = BTreeMap::<usize, [usize; 3]>::new();
        let mut listen = |text: &str, place: usize| {
            let mut hear = |word| heard.entry(word).or_default()[place] += 1;
            keywords.matcher.listen(text, &mut hear);
        };
        listen(title, 0);
        headings.for_each(|heading| listen(heading, 1));
        body.for_each(|text| listen(text, 2));
        let damp = (LONG / characters.max(1) as f64).clamp(0.1, 1.0);
        let mut volume = BTreeMap::<usize, (f64, Vec<(f64, String)>)>::new();
        for (pattern, [in_title, in_headings, in_body]) in heard {
            let loudness = IN_TITLE * in_title.min(1) as f64
                + IN_HEADING * in_headings.min(2) as f64
                + IN_BODY * (1.0 + in_body as f64).ln() * damp;
            let (word, themes) = &keywords.patterns[pattern];
            let count = in_title + in_headings + in_body;
            for &(theme, weight) in themes {
                let entry = volume.entry(theme).or_default();
                entry.0 += loudness * weight;
                entry.1.push((loudness * weight, format!("{word}×{count}")));
            }
        }
        let loudest = volume.values().map(|(volume, _)| *volume);
        let loudest = loudest.fold(0.0, f64::max);
        let mut themes = volume
            .into_iter()
            .filter(|(_, (volume, _))| *volume >= QUIETEST.max(loudest * BESIDE_LOUDEST))
            .map(|(theme, (volume, mut evidence))| {
                evidence.sort_by(|a, b| b.0.total_cmp(&a.0));
                Assigned {
                    theme,
                    origin: Origin::Inferred,
                    // Rounded, so that no platform's last bit shows.
                    score: ((1.0 - (-volume / 4.0).exp()) * 1e4).round() / 1e4,
                    evidence: evidence.into_iter().map(|(_, word)| word).collect(),
                }
            })
            .collect::<Vec<_>>();
        themes.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.theme.cmp(&b.theme)));
        themes.truncate(AT_MOST);
        themes
    }
}

impl Keywords {
    fn new(loud: BTreeMap<String, Vec<(usize, f64)>>) -> Option<Self> {
        let patterns = loud.into_iter().collect::<Vec<_>>();
        if patterns.is_empty() {
            return None;
        }
        let matcher = Matcher::new(patterns.iter().map(|(word, _)| word))?;
        Some(Self { matcher, patterns })
    }
}

/// Names are compared without blanks, letter case and the width of a plus sign.
/// A text with its English; without one it is the same in both languages.
fn in_both(text: &str, english: Option<&String>) -> Text {
    Text {
        zh: text.to_owned(),
        en: english.map_or(text, String::as_str).to_owned(),
    }
}

fn normalised(name: &str) -> String {
    let chars = name.chars().filter(|c| !c.is_whitespace());
    let chars = chars.map(|c| if c == '＋' { '+' } else { c });
    chars.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
[[theme]]
id = \"party\"
name = \"党的建设\"

[[theme]]
id = \"integrity\"
name = \"党风廉政\"
parent = \"party\"
aliases = [\"廉政建设\"]
keywords = [\"廉洁\", \"廉洁自律\"]

[[theme]]
id = \"trial\"
name = \"党建+审判\"
keywords = [\"审判\"]
";

    fn infer(title: &str, body: &str) -> Vec<(usize, Vec<String>)> {
        let tree = EducationThemes::parse("x", FILE).unwrap();
        let found = tree.infer(title, std::iter::empty(), std::iter::once(body), 100);
        found.into_iter().map(|a| (a.theme, a.evidence)).collect()
    }

    #[test]
    fn a_tree_with_names_and_aliases() {
        let tree = EducationThemes::parse("x", FILE).unwrap();
        assert_eq!(tree.all()[0].children, [1]);
        assert_eq!(tree.resolve("廉政建设"), Some(1));
        assert_eq!(tree.resolve("党建 ＋ 审判"), Some(2));
        assert_eq!(tree.resolve("没有"), None);
        assert_eq!(tree.ancestors(1).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn the_loudest_keywords_win() {
        assert_eq!(
            infer(
                "清风",
                "廉洁自律，廉洁自律，廉洁自律，审判，廉洁自律。廉洁，廉洁"
            ),
            [(1, vec!["廉洁自律×4".to_owned(), "廉洁×2".to_owned()])]
        );
        assert_eq!(infer("审判的温度", "廉洁")[0].0, 2);
        assert_eq!(infer("清风", "廉洁"), []);
    }

    #[test]
    fn wrong_trees_say_where() {
        let line = |source: &str| {
            let error = EducationThemes::parse("x", source).unwrap_err();
            (error.place.unwrap().line, error.message.en)
        };
        let (at, message) = line("[[theme]]\nid = \"a\"\nname = \"甲\"\nparent = \"b\"\n");
        assert_eq!((at, message.as_str()), (4, "no parent theme `b`"));
        let (_, message) = line("[[theme]]\nid = \"a\"\nname = \"甲\"\nparent = \"a\"\n");
        assert!(message.contains("its own ancestor"), "{message}");
        let (at, _) =
            line("[[theme]]\nid = \"a\"\nname = \"甲\"\n[[theme]]\nid = \"b\"\nname = \"甲\"\n");
        assert_eq!(at, 5);
    }
}
