//! Diagrams: Mermaid becomes SVG when the site is built, in the theme's own colours, which follow
//! light and dark.

mod layout;

use mermaid_rs_renderer::{ParseError, Theme, parse_mermaid_strict, render_svg};

use super::writer::Writer;
use crate::content::picture::clean_svg;
use crate::text;

/// The size of its letters in the picture's units.
const LETTER: f32 = 16.0;

impl Writer<'_> {
    /// Draws a block of `mermaid`, which begins at `start` of the prepared text; `false`, and a
    /// warning, where it has a fault.
    pub(super) fn diagram(&mut self, code: &str, start: usize) -> bool {
        match draw(code) {
            Ok(svg) => {
                self.diagrams += 1;
                let svg = as_part(&svg, self.diagrams);
                self.html("<figure class=\"diagram\" tabindex=\"0\">\n");
                self.html(&svg);
                self.html("\n</figure>\n");
                for words in texts(&svg) {
                    self.section.text.push_str(words);
                    self.end_line();
                }
                true
            }
            Err((line, problem)) => {
                let lines = code.split_inclusive('\n').take(line.saturating_sub(1));
                let at = start + lines.map(str::len).sum::<usize>();
                let length = code.lines().nth(line.saturating_sub(1)).map_or(0, str::len);
                let span = self.original(&(at..at + length));
                self.findings.warn(
                    "diagram",
                    span,
                    || text!("图画不出来：{problem}", "the diagram cannot be drawn: {problem}"),
                    |found| {
                        found.hint(text!(
                            "第一行写图的种类，例如 `flowchart TD` 或 `sequenceDiagram`",
                            "the first line says what it is, such as `flowchart TD` or `sequenceDiagram`"
                        ))
                    },
                );
                false
            }
        }
    }
}

/// The SVG, or the line (from 1) and what is wrong with it.
fn draw(code: &str) -> Result<String, (usize, String)> {
    let parsed = parse_mermaid_strict(code).map_err(|error| {
        let line = match &error {
            ParseError::UnknownParticipant { line, .. }
            | ParseError::UnexpectedToken { line, .. }
            | ParseError::InvalidDirective { line, .. } => *line,
            ParseError::UnclosedSubgraph { opened_at } => *opened_at,
            _ => 1,
        };
        (line as usize, error.to_string())
    })?;
    let (theme, config) = (theme(), layout::config());
    let layout = layout::of(&parsed.graph, &theme, &config);
    let svg = render_svg(&layout, &theme, &config);
    // Pictures only: nothing that runs, leads away, or styles the page around it.
    let dropped = clean_svg(&svg)
        .dropped
        .into_iter()
        .map(|dropped| dropped.what);
    let style = svg.contains("<style").then(|| "<style>".to_owned());
    if let Some(never) = dropped.chain(style).next() {
        let first = |line: &str| line.trim_start().starts_with("click");
        let line = code.lines().position(first).map_or(1, |line| line + 1);
        return Err((line, format!("`{never}` is not allowed in it")));
    }
    // The renderer takes what it does not know for an empty picture.
    if svg.contains("<text") {
        Ok(svg)
    } else {
        Err((1, "nothing in it was understood".to_owned()))
    }
}

/// Custom properties of the theme for colours, so that the picture follows the reader's choice.
fn theme() -> Theme {
    let mut theme = Theme::neutral();
    let color = |name: &str| format!("var(--{name})");
    theme.font_family = "sans-serif".to_owned();
    theme.font_size = LETTER;
    theme.background = "none".to_owned();
    for (slot, name) in [
        (&mut theme.primary_color, "surface"),
        (&mut theme.primary_text_color, "ink"),
        (&mut theme.primary_border_color, "line-strong"),
        (&mut theme.line_color, "ink-soft"),
        (&mut theme.secondary_color, "sunken"),
        (&mut theme.tertiary_color, "sunken"),
        (&mut theme.edge_label_background, "paper"),
        (&mut theme.cluster_background, "sunken"),
        (&mut theme.cluster_border, "line-strong"),
        (&mut theme.sequence_actor_fill, "surface"),
        (&mut theme.sequence_actor_border, "line-strong"),
        (&mut theme.sequence_actor_line, "line-strong"),
        (&mut theme.sequence_note_fill, "notice-soft"),
        (&mut theme.sequence_note_border, "notice"),
        (&mut theme.sequence_activation_fill, "sunken"),
        (&mut theme.sequence_activation_border, "line-strong"),
        (&mut theme.text_color, "ink"),
        (&mut theme.pie_title_text_color, "ink"),
        (&mut theme.pie_section_text_color, "on-accent"),
        (&mut theme.pie_legend_text_color, "ink"),
        (&mut theme.pie_stroke_color, "paper"),
        (&mut theme.pie_outer_stroke_color, "paper"),
    ] {
        *slot = color(name);
    }
    for (number, slot) in theme.pie_colors.iter_mut().enumerate() {
        *slot = color(&format!("chart-{}", number % 6 + 1));
    }
    theme
}

/// The SVG as part of a page: as large as its letters are to be there, with ids of its own and
/// no styles that a strict policy refuses.
fn as_part(svg: &str, number: usize) -> String {
    let svg = in_letters(in_letters(svg.to_owned(), "width"), "height");
    let svg = svg
        .replace(" id=\"", &format!(" id=\"d{number}-"))
        .replace("url(#", &format!("url(#d{number}-"));
    let mut part = String::with_capacity(svg.len());
    let mut rest = svg.as_str();
    while let Some(at) = rest.find(" style=\"") {
        part.push_str(&rest[..at]);
        let behind = &rest[at + " style=\"".len()..];
        rest = behind.split_once('"').map_or("", |(_, rest)| rest);
    }
    part.push_str(rest);
    part
}

/// The first number that `name` is given, in sizes of a letter.
fn in_letters(mut svg: String, name: &str) -> String {
    let sign = format!(" {name}=\"");
    let Some(start) = svg.find(&sign).map(|at| at + sign.len()) else {
        return svg;
    };
    let end = svg[start..].find('"').map_or(svg.len(), |at| start + at);
    if let Ok(number) = svg[start..end].parse::<f32>() {
        svg.replace_range(start..end, &format!("{:.2}em", number / LETTER));
    }
    svg
}

/// What stands in the picture's `<text>` elements.
fn texts(svg: &str) -> impl Iterator<Item = &str> {
    let parts = svg.split('>').filter_map(|part| part.split_once('<'));
    let texts = parts.filter(|(_, tag)| tag.starts_with("/text") || tag.starts_with("/tspan"));
    texts
        .map(|(words, _)| words.trim())
        .filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::content::markdown::tests::{found, page};

    #[test]
    fn diagrams_are_drawn_with_chinese_words() {
        let body = page("```mermaid\nflowchart TD\n  甲[受理] --> 乙{调解}\n```\n");
        assert!(
            body.html.starts_with("<figure class=\"diagram\""),
            "{}",
            body.html
        );
        assert!(body.html.contains("受理") && body.html.contains("var(--ink)"));
        assert!(!body.html.contains("style="), "{}", body.html);
        assert!(body.sections[0].text.contains("调解"));
    }

    #[test]
    fn nothing_in_a_diagram_runs() {
        for code in [
            "flowchart TD\n  甲[<script>alert(1)</script>] --> 乙[\"<img src=x onerror=y>\"]",
            "flowchart TD\n  甲 --> 乙\n  click 甲 \"javascript:alert(1)\"",
            "flowchart TD\n  甲 --> 乙\n  style 甲 fill:red\"><script>x</script>",
        ] {
            let html = page(&format!("```mermaid\n{code}\n```\n")).html;
            for never in ["<script", "<img", "=\"javascript:", "<a "] {
                assert!(!html.contains(never), "{html}");
            }
        }
    }

    #[test]
    fn faults_are_said_with_their_line_and_shown_as_code() {
        let text = "甲\n\n```mermaid\nflowchart TD\n  subgraph 乙\n  a --> b\n```\n";
        assert_eq!(found(text), ["5:1 diagram"]);
        assert!(
            page(text)
                .html
                .contains("<pre><code class=\"language-mermaid\">")
        );
        assert_eq!(found("```mermaid\n流程图\n```\n"), ["2:1 diagram"]);
        assert_eq!(found("```mermaid\n```\n").len(), 1);
    }
}
