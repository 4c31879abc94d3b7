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
//!
//! The same as TOML: `type`, `title`, `unit`, `head = […]`, `rows = [[…], …]`.

mod draw;
mod toml_rows;

use std::borrow::Cow;

use super::html::push_text;
use super::writer::Writer;
use crate::language::Text;
use crate::text;

/// A chart as its author wrote it.
#[derive(Debug, Clone, PartialEq, Default)]
struct Chart<'a> {
    shape: Shape,
    title: Cow<'a, str>,
    unit: Cow<'a, str>,
    /// What the rows are, and the name of each series.
    head: Vec<Cow<'a, str>>,
    /// A label and a number for each series.
    rows: Vec<(Cow<'a, str>, Vec<f64>)>,
}

/// Words with the piece of the code that they stand in, for what is wrong with them.
type Cell<'a> = (&'a str, Cow<'a, str>);

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
                            "先写 `类型: 柱状`（或折线、饼图），空一行，再写用逗号隔开的表头和各行；也可以写 TOML",
                            "first `type: bar` (or line, pie), an empty line, then a head and rows with commas; or TOML"
                        ))
                    },
                );
                return false;
            }
        };
        self.html("<figure class=\"chart\">\n");
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
            self.say(&chart.title);
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
        self.end_line();
    }
}

impl Shape {
    /// What an author calls it.
    ///
    /// # Errors
    /// With what can be said.
    fn parse(name: &str) -> Result<Self, Text> {
        match name {
            "柱状" | "柱状图" | "bar" => Ok(Self::Bars),
            "折线" | "折线图" | "line" => Ok(Self::Lines),
            "饼图" | "饼" | "pie" => Ok(Self::Pie),
            _ => Err(text!(
                "没有类型 `{name}`：可以写柱状、折线、饼图",
                "no type `{name}`: one of bar, line, pie"
            )),
        }
    }
}

fn parse(code: &str) -> Result<Chart<'_>, Fault<'_>> {
    let first = code.lines().find(|line| !line.trim().is_empty());
    let sign = first.and_then(|line| line.find(['=', ':', '：', ',', '，']).map(|at| &line[at..]));
    match sign.is_some_and(|sign| sign.starts_with('=')) {
        true => toml_rows::parse(code),
        false => parse_commas(code),
    }
}

fn parse_commas(code: &str) -> Result<Chart<'_>, Fault<'_>> {
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
                chart.shape = Shape::parse(value).map_err(|message| (line, message))?;
            }
            "标题" | "title" => chart.title = value.into(),
            "单位" | "unit" => chart.unit = value.into(),
            key => return Err((line, text!("不认识 `{key}`", "`{key}` is unknown"))),
        }
    }
    let head = lines.next().unwrap_or_default();
    let rows = lines.filter(|line| !line.trim().is_empty());
    let rows = rows.map(|line| (line, cells(line).map(|cell| (cell, cell.into())).collect()));
    chart.fill((head, cells(head).map(Cow::Borrowed).collect()), rows)
}

impl<'a> Chart<'a> {
    /// Takes the head and the rows, each with the piece of the code that it stands in.
    fn fill(
        mut self,
        (head, names): (&'a str, Vec<Cow<'a, str>>),
        rows: impl Iterator<Item = (&'a str, Vec<Cell<'a>>)>,
    ) -> Result<Self, Fault<'a>> {
        if names.len() < 2 {
            return Err((
                head,
                text!("表头至少要有两栏", "the head needs two columns at least"),
            ));
        }
        self.head = names;
        for (line, row) in rows {
            let mut row = row.into_iter();
            let (_, label) = row.next().unwrap_or((line, Cow::Borrowed("")));
            let values = row.map(|cell| number(&cell));
            let values = values.collect::<Result<Vec<_>, _>>()?;
            if values.len() != self.head.len() - 1 {
                let (wanted, found) = (self.head.len(), values.len() + 1);
                return Err((
                    line,
                    text!(
                        "这一行有 {found} 栏，表头有 {wanted} 栏",
                        "this row has {found} columns, the head has {wanted}"
                    ),
                ));
            }
            self.rows.push((label, values));
            if self.rows.len() > ROWS {
                return Err((line, text!("最多 {ROWS} 行", "at most {ROWS} rows")));
            }
        }
        let values = self.rows.iter().flat_map(|(_, values)| values);
        if values.sum::<f64>() <= 0.0 {
            return Err((head, text!("没有数据", "there are no numbers")));
        }
        Ok(self)
    }
}

fn number<'a>((piece, cell): &Cell<'a>) -> Result<f64, Fault<'a>> {
    let number = cell.trim_end_matches('%').parse::<f64>().ok();
    match number.filter(|number| number.is_finite()) {
        Some(number) if number < 0.0 => Err((
            piece,
            text!("图表不画负数", "charts show no negative numbers"),
        )),
        Some(number) => Ok(number),
        None => Err((piece, text!("`{cell}` 不是数", "`{cell}` is no number"))),
    }
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
        assert_eq!(chart.rows, [("一".into(), vec![1.0, 2.5])]);
    }

    #[test]
    fn toml_says_the_same_as_commas() {
        let commas = "类型: 饼图\n标题: 调解\n单位: 件\n\n季,数\n一季度,3\n二,4.5\n三,20%\n";
        let toml = "# 表\ntype = \"饼图\"\n\"标题\" = \"调解\"\nunit = \"件\"\n\
                    head = [\"季\", \"数\"]\n\
                    rows = [\n  [\"一季度\", 3],\n  [\"二\", 4.5],\n  ['三', \"20%\"],\n]\n";
        assert_eq!(parse(&toml[toml.find("type").unwrap()..]), parse(commas));
        let block = |code: &str| format!("```chart\n{code}```\n");
        let html = |code: &str| page(&block(code)).html;
        assert_eq!(html(&toml[toml.find("type").unwrap()..]), html(commas));
        for (code, expected) in [
            (
                "type = \"圆\"\nhead = [\"a\", \"b\"]\nrows = []\n",
                "2:8 chart",
            ),
            ("type = \"bar\"\nhead = [\"a\"]\nrows = []\n", "3:8 chart"),
            (
                "head = [\"a\", \"b\"]\nrows = [[\"x\", \"三\"]]\n",
                "3:15 chart",
            ),
            (
                "head = [\"a\", \"b\"]\nrows = [[\"x\", 1], [\"y\"]]\n",
                "3:19 chart",
            ),
            (
                "head = [\"a\", \"b\"]\nrows = [[\"x\", [1]]]\n",
                "3:15 chart",
            ),
            ("head = [\"a\", \"b\"]\nrow = [[\"x\", 1]]\n", "3:1 chart"),
            ("head = [\"a\", \"b\"\n", "2:17 chart"),
        ] {
            assert_eq!(found(&block(code)), [expected], "{code}");
        }
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
