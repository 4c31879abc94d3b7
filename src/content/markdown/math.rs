//! Formulas: TeX between `$` becomes MathML, which browsers set without help.

use std::ops::Range;
use std::sync::LazyLock;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use super::emphasis::without_marks;
use super::events::is_cjk;
use super::html::push_text;
use super::lint::VerbatimKind;
use super::writer::Writer;
use crate::text;

static CONVERTER: LazyLock<Option<LatexToMathML>> =
    LazyLock::new(|| LatexToMathML::new(MathCoreConfig::default()).ok());

impl Writer<'_> {
    /// `$…$` within a line, or `$$…$$`.
    pub(super) fn math(&mut self, tex: &str, span: &Range<usize>, display: bool) {
        let tex = without_marks(tex);
        // `价格$100和$200`: money, not a formula.
        if !display && tex.chars().any(is_cjk) && !tex.contains("\\text") {
            let signs = format!("${tex}$");
            return self.say(&signs);
        }
        self.verbatim(VerbatimKind::Inline, span);
        self.last = None;
        let (signs, mode) = match display {
            true => (2, MathDisplay::Block),
            false => (1, MathDisplay::Inline),
        };
        if !self.formula(&tex, span.start + signs, mode) {
            self.html("<code>");
            push_text(&mut self.body.html, &tex);
            self.html("</code>");
        }
        self.section.text.push_str(&tex);
    }

    /// A fenced block of `math`; `false` where it has a fault.
    pub(super) fn math_block(&mut self, tex: &str, start: usize) -> bool {
        let drawn = self.formula(tex, start, MathDisplay::Block);
        if drawn {
            self.section.text.push_str(tex);
            self.html("\n");
        }
        drawn
    }

    /// Writes a formula whose TeX begins at `start` of the prepared text; `false`, and a
    /// warning, where it has a fault.
    fn formula(&mut self, tex: &str, start: usize, mode: MathDisplay) -> bool {
        let Some(converter) = &*CONVERTER else {
            return false;
        };
        match converter.convert_with_local_state(tex, mode) {
            Ok(result) => {
                self.html(&result.mathml);
                true
            }
            Err(error) => {
                let range = &error.0;
                let span = start + range.start..start + range.end.max(range.start);
                let span = self.original(&span);
                let message = error.error_message();
                self.findings.warn(
                    "math",
                    span,
                    || text!("公式有误：{message}", "formula: {message}"),
                    |found| {
                        found.hint(text!(
                            "公式用 TeX 写；要写美元符号，用 `\\$`",
                            "formulas are TeX; write `\\$` for a dollar sign"
                        ))
                    },
                );
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::content::markdown::tests::{check, found};

    #[test]
    fn formulas_become_mathml() {
        check(
            "设 $x^2$ 为\n",
            "<p>设 <math><msup><mi>x</mi><mn>2</mn></msup></math> 为</p>\n",
        );
        check("价格$100和$200\n", "<p>价格$100和$200</p>\n");
    }

    #[test]
    fn faults_are_said_where_they_are() {
        assert_eq!(found("甲 $\\frca{1}{2}$\n"), ["1:4 math"]);
        assert_eq!(found("```math\na\n\\frca\n```\n"), ["3:1 math"]);
    }
}
