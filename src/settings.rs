//! Reads the TOML files that steer a site (`site.toml`, `_kind.toml`, `education-themes.toml`,
//! `theme.toml`) into typed structs, with serde's complaints turned into our diagnostics.

use serde::de::DeserializeOwned;

use crate::diagnostic::{Diagnostic, nearest};
use crate::language::Text;
use crate::text;

/// Reads `source` as a `T`; `path` is what diagnostics call the file.
///
/// # Errors
/// A diagnostic at the first place that is wrong.
pub fn parse<T: DeserializeOwned>(path: &str, source: &str) -> Result<T, Box<Diagnostic>> {
    toml::from_str(source).map_err(|error| {
        let (message, hint) = explain(error.message());
        let mut diagnostic = Diagnostic::error("settings", path, message);
        diagnostic.hint = hint;
        Box::new(match error.span() {
            Some(span) => diagnostic.at(source, span),
            None => diagnostic,
        })
    })
}

/// Puts serde's standard sentences into our words, in both languages; what is not one of them
/// (a TOML syntax error) is quoted.
fn explain(message: &str) -> (Text, Option<Text>) {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let first = quoted.next().unwrap_or_default();
    if message.starts_with("unknown field") {
        let hint = nearest(first, quoted)
            .map(|near| text!("是不是想写 `{near}`？", "did you mean `{near}`?"));
        return (text!("未知的键 `{first}`", "unknown key `{first}`"), hint);
    }
    if message.starts_with("unknown variant") {
        let known = quoted.collect::<Vec<_>>();
        let (zh, en) = (known.join("、"), known.join(", "));
        let hint = text!("可以写：{zh}", "one of: {en}");
        let message = text!("不认识的值 `{first}`", "unknown value `{first}`");
        return (message, Some(hint));
    }
    if message.starts_with("missing field") {
        let message = text!("缺少键 `{first}`", "the key `{first}` is missing");
        return (message, None);
    }
    if let Some(rest) = message.strip_prefix("invalid type: ") {
        let message = text!("值的类型不对：{rest}", "wrong type of value: {rest}");
        return (message, None);
    }
    let message = message.trim_end();
    (
        text!("TOML 语法不对：{message}", "not TOML: {message}"),
        None,
    )
}
