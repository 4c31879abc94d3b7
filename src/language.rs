//! The two languages that Inkstone speaks to its authors, and texts that exist in both.
//!
//! Nothing in the library knows which one the reader wants: a message carries both, and the
//! edge (the command line) picks.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language of messages, help and interface strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// Reads a BCP 47 tag (`zh-CN`) or a POSIX locale (`zh_CN.UTF-8`); anything that is not
    /// Chinese is English.
    pub fn from_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("zh") {
            Self::Chinese
        } else {
            Self::English
        }
    }
}

/// What a language calls itself, for those that Chinese courts hear cases in and English; others
/// are called by their tag (BCP 47).
pub fn own_name(tag: &str) -> &str {
    const NAMES: [(&str, &str); 11] = [
        ("zh-hant", "繁體中文"),
        ("zh-tw", "繁體中文"),
        ("zh-hk", "繁體中文"),
        ("zh", "中文"),
        ("en", "English"),
        ("bo", "བོད་ཡིག"),
        ("ug", "ئۇيغۇرچە"),
        ("mn", "ᠮᠣᠩᠭᠣᠯ"),
        ("kk", "قازاقشا"),
        ("ko", "조선어"),
        ("za", "Vahcuengh"),
    ];
    let lower = tag.to_ascii_lowercase();
    let speaks = |known: &str| {
        let rest = lower.strip_prefix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let mut names = NAMES.into_iter();
    let name = names.find(|(known, _)| speaks(known));
    name.map_or(tag, |(_, name)| name)
}

/// One message in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The message in `language`.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// In contexts that cannot choose (`Debug`, panics, other people's error chains) a text is English.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// Builds a [`Text`] from two format strings that capture the same locals.
#[macro_export]
macro_rules! text {
    ($zh:literal, $en:literal $(, $($arg:tt)*)?) => {
        $crate::language::Text { zh: format!($zh $(, $($arg)*)?), en: format!($en $(, $($arg)*)?) }
    };
}
