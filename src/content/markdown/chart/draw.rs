//! A chart as SVG. Colours are classes, so that they follow the reader's choice of light or dark.
//! Places across are shares of the width, so that a chart fills a phone's column and a desk's
//! alike, while its letters keep their size.

use std::borrow::Cow;
use std::fmt::Write;

use super::{Chart, Shape};
use crate::content::markdown::html::{push_named, push_text};

/// The narrowest column that must do, and one with room, in pixels: a screen of 40rem has it.
const NARROW: f64 = 288.0;
const ROOMY: f64 = 600.0;
/// Where the grid begins and ends, in hundredths of the height: above it stand the unit and
/// numbers of bars, below it the rows' labels.
const TOP: f64 = 13.0;
const BOTTOM: f64 = 90.0;
/// The widest that a bar gets, in hundredths of the width.
const BAR: f64 = 10.0;
/// Colours there are.
const COLORS: usize = 6;

/// The picture and what its colours mean; the table beside says the same in words.
pub(super) fn chart(html: &mut String, chart: &Chart<'_>) {
    match chart.shape {
        Shape::Pie => pie(html, chart),
        Shape::Bars | Shape::Lines => plot(html, chart),
    }
}

/// Where things stand in bars and lines, in hundredths.
struct Plot<'a> {
    chart: &'a Chart<'a>,
    /// The axis.
    left: f64,
    /// The room of a row.
    slot: f64,
    /// The number at the top of the grid, and from one of its lines to the next.
    most: f64,
    step: f64,
}

impl Plot<'_> {
    /// The middle of a row's room.
    fn x(&self, row: usize) -> f64 {
        self.left + self.slot * (row as f64 + 0.5)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * value / self.most
    }

    fn values(&self, series: usize) -> impl Iterator<Item = f64> {
        self.chart
            .rows
            .iter()
            .map(move |(_, values)| values[series])
    }

    fn grid(&self, svg: &mut String) {
        let mut line = 0.0;
        while line <= self.most * 1.001 {
            let (left, y) = (self.left, self.y(line));
            let _ = write!(
                svg,
                "<line class=\"grid\" x1=\"{left:.2}%\" x2=\"100%\" y1=\"{y:.2}%\" y2=\"{y:.2}%\"/>\
                 <text text-anchor=\"end\" x=\"{left:.2}%\" y=\"{y:.2}%\" dx=\"-0.6em\" dy=\"0.35em\">{}</text>",
                number(line)
            );
            line += self.step;
        }
        if !self.chart.unit.is_empty() {
            let _ = write!(svg, "<text x=\"{:.2}%\" dy=\"1em\">", self.left);
            push_text(svg, &self.chart.unit);
            svg.push_str("</text>");
        }
    }

    /// Labels that would run into each other are left out evenly, more of them where it is
    /// narrow; the table has them all.
    fn labels(&self, svg: &mut String) {
        let labels = self.chart.rows.iter().map(|(label, _)| label);
        let longest = labels.clone().map(|label| wide(label)).fold(0.0, f64::max);
        let every = |room: f64| ((longest + 8.0) * 100.0 / self.slot / room).ceil().max(1.0);
        let roomy = every(ROOMY);
        // Where there is room stand all of those too that stand where there is none.
        let narrow = (every(NARROW) / roomy).ceil() * roomy;
        for (row, label) in labels.enumerate().step_by(roomy as usize) {
            let class = match row % narrow as usize {
                0 => "",
                _ => "roomy",
            };
            text(svg, class, (self.x(row), 100.0), label);
        }
    }

    fn bars(&self, svg: &mut String) {
        let series = self.chart.head.len() - 1;
        let bar = (self.slot * 0.7 / series as f64).min(BAR);
        for index in 0..series {
            let first = bar * (index as f64 - series as f64 / 2.0);
            for (row, value) in self.values(index).enumerate() {
                let (x, y, words) = (self.x(row) + first, self.y(value), number(value));
                let _ = write!(
                    svg,
                    "<rect class=\"chart-{}\" x=\"{x:.2}%\" y=\"{y:.2}%\" width=\"{:.2}%\" height=\"{:.2}%\"/>",
                    index % COLORS + 1,
                    bar * 0.95,
                    BOTTOM - y
                );
                let class = match wide(&words) * 100.0 / bar {
                    needed if needed <= NARROW => "value",
                    needed if needed <= ROOMY => "value roomy",
                    _ => continue,
                };
                text(svg, class, (x + bar * 0.475, y), &words);
            }
        }
    }

    fn lines(&self, svg: &mut String) {
        for index in 0..self.chart.head.len() - 1 {
            let color = index % COLORS + 1;
            let points = self.values(index).enumerate();
            let points = points.map(|(row, value)| (self.x(row), self.y(value)));
            let points: Vec<_> = points.collect();
            for pair in points.windows(2) {
                let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
                let _ = write!(
                    svg,
                    "<line class=\"line chart-{color}\" x1=\"{x1:.2}%\" y1=\"{y1:.2}%\" x2=\"{x2:.2}%\" y2=\"{y2:.2}%\"/>"
                );
            }
            for (x, y) in points {
                let _ = write!(
                    svg,
                    "<circle class=\"chart-{color}\" cx=\"{x:.2}%\" cy=\"{y:.2}%\" r=\"4\"/>"
                );
            }
        }
    }
}

fn plot(html: &mut String, chart: &Chart<'_>) {
    let values = chart.rows.iter().flat_map(|(_, values)| values);
    let (most, step) = scale(values.copied().fold(0.0, f64::max));
    let widest = wide(&number(most)).max(wide(&number(most - step)));
    let left = (widest + 10.0) * 100.0 / NARROW;
    let plot = Plot {
        chart,
        left,
        slot: (100.0 - left) / chart.rows.len() as f64,
        most,
        step,
    };
    html.push_str("<svg width=\"100%\" height=\"256\" aria-hidden=\"true\" focusable=\"false\">");
    plot.grid(html);
    plot.labels(html);
    match chart.shape {
        Shape::Lines => plot.lines(html),
        _ => plot.bars(html),
    }
    html.push_str("</svg>");
    let names = &chart.head[1..];
    if names.len() > 1 {
        legend(html, names.iter().map(|name| (name, Vec::new())));
    }
}

/// A round number not below `most`, and the step of the grid.
fn scale(most: f64) -> (f64, f64) {
    let raw = most / 4.0;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|unit| unit * power);
    let step = step
        .into_iter()
        .find(|step| *step >= raw * 0.999)
        .unwrap_or(power);
    ((most / step).ceil() * step, step)
}

/// Slices from the top, clockwise, each named beside the circle, or below it.
fn pie(html: &mut String, chart: &Chart<'_>) {
    let all = chart.rows.iter().map(|(_, values)| values[0]).sum::<f64>();
    if all <= 0.0 {
        return;
    }
    let at = |turn: f64| {
        let angle = turn * std::f64::consts::TAU - std::f64::consts::FRAC_PI_2;
        (100.0 * angle.cos(), 100.0 * angle.sin())
    };
    html.push_str(
        "<div class=\"pie\"><svg viewBox=\"-101 -101 202 202\" width=\"208\" height=\"208\" aria-hidden=\"true\" focusable=\"false\">",
    );
    let mut turn = 0.0;
    for (place, (_, values)) in chart.rows.iter().enumerate() {
        let (share, color) = (values[0] / all, place % COLORS + 1);
        if share > 0.999_999 {
            let _ = write!(html, "<circle class=\"chart-{color}\" r=\"100\"/>");
        } else if share > 0.0 {
            let ((x1, y1), (x2, y2)) = (at(turn), at(turn + share));
            let large = u8::from(share > 0.5);
            let _ = write!(
                html,
                "<path class=\"slice chart-{color}\" d=\"M0 0L{x1:.1} {y1:.1}A100 100 0 {large} 1 {x2:.1} {y2:.1}Z\"/>"
            );
        }
        turn += share;
    }
    html.push_str("</svg>");
    let share = |values: &[f64]| values[0] / all * 100.0;
    let is_whole = |share: f64| (share - share.round()).abs() < 0.05;
    let all_whole = chart.rows.iter().all(|(_, values)| is_whole(share(values)));
    let rows = chart.rows.iter().map(|(label, values)| {
        let share = format!("{:.*}%", usize::from(!all_whole), share(values));
        let value = format!("{}{}", number(values[0]), chart.unit);
        (label, vec![value, share])
    });
    legend(html, rows);
    html.push_str("</div>");
}

/// What each colour means, and what there is to say of it. Not within the picture, so that it
/// breaks where there is no room.
fn legend<'a>(html: &mut String, names: impl Iterator<Item = (&'a Cow<'a, str>, Vec<String>)>) {
    html.push_str("<div class=\"legend\" aria-hidden=\"true\">");
    for (index, (name, facts)) in names.enumerate() {
        let _ = write!(html, "<span class=\"chart-{}\">", index % COLORS + 1);
        push_text(html, name);
        for fact in facts {
            html.push_str(" <span>");
            push_text(html, &fact);
            html.push_str("</span>");
        }
        html.push_str("</span> ");
    }
    html.push_str("</div>");
}

/// Words whose middle stands a little above a place in hundredths.
fn text(svg: &mut String, class: &str, (x, y): (f64, f64), words: &str) {
    svg.push_str("<text");
    push_named(svg, "class", class);
    let _ = write!(
        svg,
        " text-anchor=\"middle\" x=\"{x:.2}%\" y=\"{y:.2}%\" dy=\"-0.4em\">"
    );
    push_text(svg, words);
    svg.push_str("</text>");
}

/// How wide small letters run, in pixels.
fn wide(words: &str) -> f64 {
    let letters = words.chars().map(|c| if c.is_ascii() { 8.0 } else { 14.0 });
    letters.sum()
}

/// A number without digits that are only the machine's.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn axes_end_on_round_numbers() {
        assert_eq!(scale(25.0), (30.0, 10.0));
        assert_eq!(scale(8.0), (8.0, 2.0));
        assert_eq!(scale(0.7), (0.8, 0.2));
    }
}
