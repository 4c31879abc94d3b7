//! Charts: rows of comma-separated numbers become bars, lines or a pie, drawn as SVG when the
//! site is built, with the numbers as a table for those who cannot see it.
//!
//! ```text
//! 类型: 柱状
//! 标题: 各季度调解数
//! 单位: 件
//!
//! 季度,2024,2025
//! 一季度,12,18
//! ```

mod draw;

use super::html::push_text;
use super::writer::Writer;
use crate::language::Text;
use crate::text;

/// A chart as its author wrote it.
#[derive(Debug, Clone, PartialEq, Default)]
struct Chart<'a> {
    shape: Shape,
    title: &'a str,
    unit: &'a str,
    /// What the rows are, and the name of each series.
    head: Vec<&'a str>,
    /// A label and a number for each series.
    rows: Vec<(&'a str, Vec<f64>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Shape {
    #[default]
    Bars,
    Lines,
    Pie,
}

/// A line (from 0), a piece of it, and what is wrong with it.
type Fault<'a> = (&'a str, Text);

/// Most rows that a chart shows.
const ROWS: usize = 60;

impl Writer<'_> {
    /// Draws a block of `chart`, which begins at `start` of the prepared text; `false`, and a
    /// warning, where it has a fault.
    pub(super) fn chart(&mut self, code: &str, start: usize) -> bool {
        let chart = match parse(code) {
            Ok(chart) => chart,
            Err((piece, message)) => {
                // The piece is a part of the code, so its place is the difference.
                let at = (piece.as_ptr() as usize).saturating_sub(code.as_ptr() as usize);
                let at = start + at.min(code.len());
                let span = self.original(&(at..at + piece.len()));
                self.findings.warn(
                    "chart",
                    span,
                    || message,
                    |found| {
                        found.hint(text!(
                            "先写 `类型: 柱状`（或折线、饼图），空一行，再写用逗号隔开的表头和各行",
                            "first `type: bar` (or line, pie), an empty line, then a head and rows with commas"
                        ))
                    },
                );
                return false;
            }
        };
        self.html("<figure class=\"chart\" tabindex=\"0\">\n");
        draw::chart(&mut self.body.html, &chart);
        self.html("\n<div class=\"visually-hidden\"><table><thead><tr>");
        for name in &chart.head {
            self.chart_cell("th", name);
        }
        self.html("</tr></thead><tbody>");
        for (label, values) in &chart.rows {
            self.html("<tr>");
            self.chart_cell("th", label);
            for value in values {
                self.chart_cell("td", &format!("{value}{}", chart.unit));
            }
            self.html("</tr>");
        }
        self.html("</tbody></table></div>");
        if !chart.title.is_empty() {
            self.html("\n<figcaption>");
            self.say(chart.title);
            self.html("</figcaption>");
        }
        self.html("\n</figure>\n");
        true
    }

    fn chart_cell(&mut self, element: &str, words: &str) {
        self.body.html.extend(["<", element, ">"]);
        push_text(&mut self.body.html, words);
        self.body.html.extend(["</", element, ">"]);
        self.section.text.push_str(words);
        self.section.text.push(' ');
    }
}

fn parse(code: &str) -> Result<Chart<'_>, Fault<'_>> {
    let mut chart = Chart::default();
    let mut lines = code.lines().peekable();
    while let Some(line) =
        lines.next_if(|line| !line.contains([',', '，']) || line.contains([':', '：']))
    {
        let Some((key, value)) = line.split_once([':', '：']) else {
            if line.trim().is_empty() {
                continue;
            }
            return Err((line, text!("这一行看不懂", "this line means nothing")));
        };
        let value = value.trim();
        match key.trim() {
            "类型" | "type" => {
                chart.shape = match value {
                    "柱状" | "柱状图" | "bar" => Shape::Bars,
                    "折线" | "折线图" | "line" => Shape::Lines,
                    "饼图" | "饼" | "pie" => Shape::Pie,
                    _ => {
                        return Err((
                            line,
                            text!(
                                "没有类型 `{value}`：可以写柱状、折线、饼图",
                                "no type `{value}`: one of bar, line, pie"
                            ),
                        ));
                    }
                }
            }
            "标题" | "title" => chart.title = value,
            "单位" | "unit" => chart.unit = value,
            key => return Err((line, text!("不认识 `{key}`", "`{key}` is unknown"))),
        }
    }
    let head = lines.next().unwrap_or_default();
    chart.head = cells(head).collect();
    if chart.head.len() < 2 {
        return Err((
            head,
            text!("表头至少要有两栏", "the head needs two columns at least"),
        ));
    }
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let mut row = cells(line);
        let label = row.next().unwrap_or_default();
        let mut values = Vec::new();
        for cell in row {
            let number = cell.trim_end_matches('%').parse::<f64>().ok();
            let number = number.filter(|number| number.is_finite());
            let number =
                number.ok_or_else(|| (cell, text!("`{cell}` 不是数", "`{cell}` is no number")))?;
            if number < 0.0 {
                return Err((
                    cell,
                    text!("图表不画负数", "charts show no negative numbers"),
                ));
            }
            values.push(number);
        }
        if values.len() != chart.head.len() - 1 {
            let (wanted, found) = (chart.head.len(), values.len() + 1);
            return Err((
                line,
                text!(
                    "这一行有 {found} 栏，表头有 {wanted} 栏",
                    "this row has {found} columns, the head has {wanted}"
                ),
            ));
        }
        chart.rows.push((label, values));
        if chart.rows.len() > ROWS {
            return Err((line, text!("最多 {ROWS} 行", "at most {ROWS} rows")));
        }
    }
    let sum = chart
        .rows
        .iter()
        .flat_map(|(_, values)| values)
        .sum::<f64>();
    if chart.rows.is_empty() || sum <= 0.0 {
        return Err((head, text!("没有数据", "there are no numbers")));
    }
    Ok(chart)
}

fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split([',', '，']).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::markdown::tests::{found, page};

    #[test]
    fn charts_are_read() {
        let chart = parse("类型：折线\n标题: 甲\n\n季,去年，今年\n一,1,2.5\n").unwrap();
        assert_eq!(chart.shape, Shape::Lines);
        assert_eq!(chart.head, ["季", "去年", "今年"]);
        assert_eq!(chart.rows, [("一", vec![1.0, 2.5])]);
    }

    #[test]
    fn charts_are_drawn_with_their_numbers() {
        for shape in ["柱状", "折线", "饼图"] {
            let body = page(&format!(
                "```chart\n类型: {shape}\n标题: 调解\n单位: 件\n\n季,数\n一,3\n二,4\n```\n"
            ));
            assert!(
                body.html.contains("<svg") && body.html.contains("<td>3件</td>"),
                "{}",
                body.html
            );
            assert!(
                !body.html.contains("style=") && !body.html.contains("NaN"),
                "{}",
                body.html
            );
            assert!(body.sections[0].text.contains("调解"));
        }
    }

    #[test]
    fn faults_are_said_where_they_are() {
        assert_eq!(found("```chart\n类型: 圆\n```\n"), ["2:1 chart"]);
        assert_eq!(found("```chart\n季,数\n一,三\n```\n"), ["3:3 chart"]);
        assert_eq!(found("```chart\n季,数\n一,1,2\n```\n"), ["3:1 chart"]);
        assert_eq!(found("```chart\n```\n").len(), 1);
    }
}
