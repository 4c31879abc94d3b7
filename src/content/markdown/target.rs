//! Where a link may lead at all.

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Safety {
    /// A page or a file of the site.
    Own,
    /// Another site, a mail program, a telephone.
    Foreign,
    /// A script, data, or what only some program knows.
    Unsafe,
}

/// Schemes that readers may follow.
const SCHEMES: [&str; 6] = ["http", "https", "mailto", "tel", "sms", "ftp"];

/// What `target` is for a browser, which ignores blanks before it and controls within.
pub(super) fn safety(target: &str) -> Safety {
    let clean = || target.chars().filter(|c| *c > ' ' && *c != '\u{7f}');
    let scheme = clean().take_while(|c| !matches!(c, ':' | '/' | '?' | '#' | '\\'));
    let scheme = scheme.collect::<String>().to_ascii_lowercase();
    match clean().nth(scheme.chars().count()) {
        Some(':') if SCHEMES.contains(&scheme.as_str()) => Safety::Foreign,
        Some(':') => Safety::Unsafe,
        Some('/' | '\\') if scheme.is_empty() && matches!(clean().nth(1), Some('/' | '\\')) => {
            Safety::Foreign
        }
        _ => Safety::Own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_targets_are() {
        for (target, expected) in [
            ("a.md#b:c", Safety::Own),
            ("../图.png?x=a:b", Safety::Own),
            ("/a", Safety::Own),
            ("", Safety::Own),
            ("https://a.cn/", Safety::Foreign),
            ("//a.cn/", Safety::Foreign),
            ("/\\a.cn/", Safety::Foreign),
            ("MAILTO:a@b.cn", Safety::Foreign),
            ("javascript:alert(1)", Safety::Unsafe),
            (" java\nscript\t:alert(1)", Safety::Unsafe),
            ("\u{1}javascript:x", Safety::Unsafe),
            ("data:text/html,x", Safety::Unsafe),
            ("vbscript:x", Safety::Unsafe),
            ("file:///etc/passwd", Safety::Unsafe),
            ("c:\\x.doc", Safety::Unsafe),
        ] {
            assert_eq!(safety(target), expected, "{target:?}");
        }
    }
}
