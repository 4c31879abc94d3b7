//! Code blocks: highlighted by short classes when the site is built; `{2,4-6}` behind the
//! language marks lines. What other blocks between fences become is told apart here, too.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use pulldown_cmark::{CodeBlockKind, Event};
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::emphasis::without_marks;
use super::html::{push_attribute, push_text};
use super::lint::VerbatimKind;
use super::writer::{Open, Writer};
use crate::text;

/// Loaded when the first page with code in a known language is read, and not before.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// The code of one page and the longest line that are highlighted, in bytes: the grammars are
/// regular expressions with looking around, PHP's at 20 KB a second on a busy core, and nobody reads
/// code of that size for its colours.
pub(super) const MOST: usize = 100_000;
const LONGEST_LINE: usize = 2_000;

/// Code within a line that is not to be broken, in characters: words that a line has room for.
const SHORT: usize = 24;

/// Grammars that embed no JavaScript, and whose comments begin as its do.
const WITHOUT_SCRIPTS: [&str; 8] = [
    "source.c",
    "source.c++",
    "source.cs",
    "source.css",
    "source.go",
    "source.rust",
    "source.ts",
    "source.tsx",
];

/// What the deepest known part of a scope means, and its class.
const CLASSES: [(&str, &str); 27] = [
    ("comment", "c"),
    ("string.regexp", "r"),
    ("string", "s"),
    ("constant.character.escape", "e"),
    ("constant.numeric", "n"),
    ("constant", "l"),
    ("entity.name.function", "f"),
    ("support.function", "f"),
    ("variable.function", "f"),
    ("entity.name.tag", "k"),
    ("entity.name", "t"),
    ("entity.other.attribute-name", "a"),
    ("entity.other.inherited-class", "t"),
    ("support.type.property-name", "a"),
    ("support", "t"),
    ("storage.type", "k"),
    ("storage", "k"),
    ("keyword.operator", ""),
    ("keyword", "k"),
    ("variable.language", "l"),
    ("variable.parameter", "v"),
    ("markup.inserted", "i"),
    ("markup.deleted", "d"),
    ("markup.heading", "t"),
    ("markup.bold", "t"),
    ("meta.mapping.key", "a"),
    ("meta.diff", "c"),
];

impl<'a> Writer<'a> {
    /// Code within a line.
    pub(super) fn inline_code(&mut self, code: &str, span: &Range<usize>) {
        self.verbatim(VerbatimKind::Inline, span);
        let code = without_marks(code);
        self.section.text.push_str(&code);
        self.last = None;
        self.html(match code.chars().count() {
            ..=SHORT => "<code class=\"short\">",
            _ => "<code>",
        });
        push_text(&mut self.body.html, &code);
        self.html("</code>");
    }

    pub(super) fn code_block(&mut self, kind: &CodeBlockKind<'a>, span: &Range<usize>) {
        self.fresh();
        self.last = None;
        let (verbatim, info) = match kind {
            CodeBlockKind::Fenced(info) => (VerbatimKind::Fenced, &**info),
            CodeBlockKind::Indented => (VerbatimKind::Indented, ""),
        };
        self.verbatim(verbatim, span);
        let info = without_marks(info);
        let (mut code, mut first) = (String::new(), None);
        while let Some((Event::Text(text), at)) = self.events.next_text() {
            first.get_or_insert(at.start);
            code.push_str(&without_marks(&text));
        }
        // Its first line, for what is wrong in it; an empty block has none.
        let start = first.unwrap_or(span.end);
        let language = info.split([' ', '{', ',']).next().unwrap_or_default();
        let drawn = match language {
            "mermaid" => self.diagram(&code, start),
            "chart" | "图表" => self.chart(&code, start),
            "math" => self.math_block(&code, start),
            _ => false,
        };
        if drawn {
            self.end_line();
            return self.open.push(Open::Block(""));
        }
        self.section.text.push_str(&code);
        if language.is_empty() {
            self.html("<pre><code>");
        } else {
            self.html("<pre><code class=\"language-");
            push_attribute(&mut self.body.html, language);
            self.html("\">");
        }
        let marked = marked_lines(&info);
        let syntax = syntax(language).filter(|_| self.is_short_enough(code.len(), span));
        if syntax.is_some() || !marked.is_empty() {
            push_lines(&mut self.body.html, &code, syntax, &marked);
        } else {
            push_text(&mut self.body.html, &code);
        }
        self.open.push(Open::Block("</code></pre>\n"));
    }

    /// Takes so many bytes of what the page may have in colours; too many are said.
    fn is_short_enough(&mut self, bytes: usize, span: &Range<usize>) -> bool {
        if let Some(left) = self.colours.checked_sub(bytes) {
            self.colours = left;
            return true;
        }
        let start = self.original(span).start;
        let end = self.input.text[start..]
            .find('\n')
            .map_or(self.input.text.len(), |length| start + length);
        let most = MOST / 1000;
        self.findings.warn(
            "long-code",
            start..end,
            || {
                text!(
                    "一页的代码超过 {most} KB，这一段不着色",
                    "the page has more than {most} KB of code; this block has no colours"
                )
            },
            |found| {
                found.hint(text!(
                    "很长的代码单独存成文件，在页面上放链接",
                    "keep long code in a file of its own and link to it"
                ))
            },
        );
        false
    }
}

fn syntax(language: &str) -> Option<&'static SyntaxReference> {
    if language.is_empty() || matches!(language, "text" | "txt" | "plain") {
        return None;
    }
    // The grammar of TypeScript with JSX says the same and more, and needs no mending.
    let language = match language {
        "js" | "javascript" | "mjs" | "cjs" | "jsx" | "node" => "tsx",
        language => language,
    };
    let known = SYNTAXES.find_syntax_by_token(language);
    // Scala's goes round for ever on `:o@%`, where an annotation could stand.
    known.filter(|syntax| syntax.name != "Scala")
}

/// The lines that `{2,4-6}` names, sorted by where they begin.
fn marked_lines(info: &str) -> Vec<RangeInclusive<usize>> {
    let inner = info
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'));
    let parts = inner.map_or("", |(inner, _)| inner).split([',', '，']);
    let ranges = parts.filter_map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    });
    let mut ranges = ranges.collect::<Vec<_>>();
    ranges.sort_unstable_by_key(|range| *range.start());
    ranges
}

fn push_lines(
    html: &mut String,
    code: &str,
    syntax: Option<&SyntaxReference>,
    marked: &[RangeInclusive<usize>],
) {
    let mut parser = syntax.map(Parser::new);
    let (mut marked, mut until) = (marked.iter().peekable(), 0);
    for (number, line) in (1..).zip(code.split_inclusive('\n')) {
        while let Some(range) = marked.next_if(|range| *range.start() <= number) {
            until = until.max(*range.end());
        }
        let is_marked = number <= until;
        if is_marked {
            html.push_str("<span class=\"line\">");
        }
        match &mut parser {
            Some(parser) if line.len() <= LONGEST_LINE => push_line(html, line, parser),
            _ => push_text(html, line),
        }
        if is_marked {
            html.push_str("</span>");
        }
    }
}

/// Where a grammar is in a text.
struct Parser {
    state: ParseState,
    stack: ScopeStack,
    may_loop: bool,
}

impl Parser {
    fn new(syntax: &SyntaxReference) -> Self {
        let name = syntax.scope.to_string();
        Self {
            state: ParseState::new(syntax),
            stack: ScopeStack::new(),
            may_loop: !WITHOUT_SCRIPTS.contains(&name.as_str()),
        }
    }
}

fn push_line(html: &mut String, line: &str, parser: &mut Parser) {
    let read = mended(line, parser);
    let stack = &mut parser.stack;
    let Ok(changes) = parser.state.parse_line(&read, &SYNTAXES) else {
        // A grammar at fault: the words are there all the same.
        return push_text(html, line);
    };
    let (mut from, mut class) = (0, class_of(stack));
    let mut begun = 0;
    for (at, change) in changes {
        let at = line.floor_char_boundary(at.min(line.len()));
        if at > from {
            from = at;
        }
        if stack.apply(&change).is_err() {
            break;
        }
        let next = class_of(stack);
        if next != class {
            push_span(html, &line[begun..from], class);
            (begun, class) = (from, next);
        }
    }
    push_span(html, &line[begun..], class);
}

/// The line as a grammar is to read it, byte for byte in the same places.
///
/// The grammar of JavaScript goes round for ever on a comment that stands behind blanks where a
/// statement could end, and some forty others embed it (HTML, Vue, PHP, QML, even Ruby);
/// `examples/grammars.rs` found no other loop but Scala's. With a semicolon before the comment there is none.
fn mended<'a>(line: &'a str, parser: &Parser) -> Cow<'a, str> {
    if !parser.may_loop || !line.contains("/*") {
        return Cow::Borrowed(line);
    }
    let mut read = line.to_owned();
    for (at, _) in line.match_indices("/*") {
        let blanks = line[..at].trim_end().len();
        if let Some(blank) = line[blanks..at].chars().next() {
            let semicolon = format!("{:1$}", ";", blank.len_utf8());
            read.replace_range(blanks..blanks + blank.len_utf8(), &semicolon);
        }
    }
    Cow::Owned(read)
}

fn push_span(html: &mut String, text: &str, class: &str) {
    if text.is_empty() {
        return;
    }
    if class.is_empty() || text.trim().is_empty() {
        return push_text(html, text);
    }
    html.extend(["<span class=\"", class, "\">"]);
    push_text(html, text);
    html.push_str("</span>");
}

fn class_of(stack: &ScopeStack) -> &'static str {
    static SCOPES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
        let scopes = CLASSES
            .iter()
            .filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, *class)));
        scopes.collect()
    });
    let mut scopes = stack.as_slice().iter().rev();
    let known = scopes.find_map(|scope| {
        let mut known = SCOPES.iter();
        known.find(|(prefix, _)| prefix.is_prefix_of(*scope))
    });
    known.map_or("", |(_, class)| class)
}

#[cfg(test)]
mod tests {
    use crate::content::markdown::tests::check;

    #[test]
    fn a_comment_below_a_return_comes_to_an_end() {
        for (language, open, close) in [
            ("html", "<p>\n<script>\n", "\n</script>"),
            ("vue", "<script>\n", "\n</script>"),
            ("svelte", "<script>\n", "\n</script>"),
            ("php", "<script>\n", "\n</script>"),
            ("JavaScript", "", ""),
            ("qml", "Item {\nfunction f() {\n", "\n}\n}"),
        ] {
            for code in [
                "return x\n  /* 甲 */\ny()",
                "x\n/* a */ /* b */",
                "x\n\n\u{3000}/* 甲\n 乙 */\ny",
                "f(x\n\t/* a */)",
                "p /*",
            ] {
                let (body, _) = super::super::convert(&super::super::Input::of(&format!(
                    "```{language}\n{open}{code}{close}\n```\n"
                )));
                // The words are as they were.
                let text = format!("{open}{code}{close}\n");
                assert_eq!(body.sections[0].text, text.trim_end(), "{language}");
                if code.starts_with("return") && language != "JavaScript" {
                    assert!(
                        body.html.contains("<span class=\"c\">/* 甲 */</span>"),
                        "{}",
                        body.html
                    );
                }
            }
        }
        for language in ["js", "javascript", "jsx", "ts", "tsx"] {
            check(
                &format!("```{language}\nreturn x\n  /*\n  甲\n  */\n```\n"),
                &format!(
                    "<pre><code class=\"language-{language}\"><span class=\"k\">return</span> x\n  \
                     <span class=\"c\">/*\n</span><span class=\"c\">  甲\n</span><span class=\"c\">  */</span>\n</code></pre>\n"
                ),
            );
        }
    }

    #[test]
    fn code_in_short_classes() {
        check(
            "```toml\nid = \"<a>\" # 砚\n```\n",
            "<pre><code class=\"language-toml\"><span class=\"k\">id</span> = \
             <span class=\"s\">\"&lt;a&gt;\"</span> <span class=\"c\"># 砚</span>\n</code></pre>\n",
        );
        // Its grammar is left out.
        check(
            "```scala\nval x:o@%\n```\n",
            "<pre><code class=\"language-scala\">val x:o@%\n</code></pre>\n",
        );
        check(
            "```none\n<a>\n```\n",
            "<pre><code class=\"language-none\">&lt;a&gt;\n</code></pre>\n",
        );
        check(
            "``` {2-3}\n1\n2\n3\n4\n```\n",
            "<pre><code>1\n<span class=\"line\">2\n</span><span class=\"line\">3\n</span>4\n</code></pre>\n",
        );
    }
}
