//! A chart as SVG. Colours are classes, so that they follow the reader's choice of light or dark.

use std::borrow::Cow;
use std::fmt::Write;

use super::{Chart, Shape};
use crate::content::markdown::html::push_text;

/// The picture's units; it scales with the page.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
/// Left of the axis, above the bars, below the axis.
const LEFT: f64 = 52.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 34.0;
/// Colours there are.
const COLORS: usize = 6;

pub(super) fn chart(svg: &mut String, chart: &Chart<'_>) {
    // The table beside says the same in words.
    let _ = write!(
        svg,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-hidden=\"true\" focusable=\"false\">"
    );
    match chart.shape {
        Shape::Pie => pie(svg, chart),
        Shape::Bars | Shape::Lines => plot(svg, chart),
    }
    svg.push_str("</svg>");
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

fn plot(svg: &mut String, chart: &Chart<'_>) {
    let most = chart
        .rows
        .iter()
        .flat_map(|(_, values)| values.iter().copied());
    let (top, step) = scale(most.fold(0.0, f64::max));
    let (width, height) = (WIDTH - LEFT - 8.0, HEIGHT - TOP - BOTTOM);
    let y = |value: f64| TOP + height * (1.0 - value / top);
    let mut line = 0.0;
    while line <= top * 1.001 {
        let at = y(line);
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{}\"/><text class=\"end\" x=\"{}\" y=\"{:.1}\">{}</text>",
            WIDTH - 8.0,
            LEFT - 8.0,
            at + 4.0,
            number(line)
        );
        line += step;
    }
    let unit = &*chart.unit;
    if !unit.is_empty() {
        text(svg, "end", LEFT - 8.0, 16.0, unit);
    }
    legend(svg, &chart.head[1..]);
    let count = chart.rows.len() as f64;
    let slot = width / count;
    // Labels that would run into each other are left out evenly; the table has them all.
    let longest = chart
        .rows
        .iter()
        .map(|(label, _)| label.chars().count())
        .max();
    let needed = longest.unwrap_or(1) as f64 * 13.0 + 8.0;
    let every = (needed / slot).ceil().max(1.0) as usize;
    for (place, (label, _)) in chart
        .rows
        .iter()
        .enumerate()
        .filter(|(place, _)| place % every == 0)
    {
        let x = LEFT + slot * (place as f64 + 0.5);
        text(svg, "middle", x, HEIGHT - 12.0, label);
    }
    let series = chart.head.len() - 1;
    for index in 0..series {
        let color = index % COLORS + 1;
        let points = chart
            .rows
            .iter()
            .enumerate()
            .map(|(place, (_, values))| (place as f64, values[index]));
        if chart.shape == Shape::Lines {
            let mut path = String::new();
            for (place, value) in points.clone() {
                let sign = if path.is_empty() { 'M' } else { 'L' };
                let _ = write!(
                    path,
                    "{sign}{:.1} {:.1}",
                    LEFT + slot * (place + 0.5),
                    y(value)
                );
            }
            let _ = write!(svg, "<path class=\"line chart-{color}\" d=\"{path}\"/>");
            for (place, value) in points {
                let _ = write!(
                    svg,
                    "<circle class=\"chart-{color}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\"/>",
                    LEFT + slot * (place + 0.5),
                    y(value)
                );
            }
        } else {
            let bar = (slot * 0.7 / series as f64).min(56.0);
            let first = slot / 2.0 - bar * series as f64 / 2.0 + bar * index as f64;
            for (place, value) in points {
                let (x, at) = (LEFT + slot * place + first, y(value));
                let _ = write!(
                    svg,
                    "<rect class=\"chart-{color}\" x=\"{x:.1}\" y=\"{at:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                    (bar - 2.0).max(1.0),
                    TOP + height - at
                );
                if bar >= 24.0 {
                    text(svg, "middle value", x + bar / 2.0, at - 5.0, &number(value));
                }
            }
        }
    }
}

fn legend(svg: &mut String, names: &[Cow<'_, str>]) {
    if names.len() < 2 {
        return;
    }
    let mut x = LEFT;
    for (index, name) in names.iter().enumerate() {
        let color = index % COLORS + 1;
        let _ = write!(
            svg,
            "<rect class=\"chart-{color}\" x=\"{x:.1}\" y=\"6\" width=\"12\" height=\"12\" rx=\"2\"/>"
        );
        text(svg, "", x + 18.0, 16.5, name);
        let wide = name.chars().map(|c| if c.is_ascii() { 8.0 } else { 14.0 });
        x += 34.0 + wide.sum::<f64>();
    }
}

/// Slices from the top, clockwise, each named beside the circle.
fn pie(svg: &mut String, chart: &Chart<'_>) {
    let all = chart.rows.iter().map(|(_, values)| values[0]).sum::<f64>();
    if all <= 0.0 {
        return;
    }
    let (cx, cy, r) = (HEIGHT / 2.0, HEIGHT / 2.0, HEIGHT / 2.0 - 16.0);
    let at = |turn: f64| {
        let angle = turn * std::f64::consts::TAU - std::f64::consts::FRAC_PI_2;
        (cx + r * angle.cos(), cy + r * angle.sin())
    };
    let mut turn = 0.0;
    let line = ((HEIGHT - 24.0) / chart.rows.len() as f64).min(26.0);
    let first = cy - line * chart.rows.len() as f64 / 2.0;
    for (place, (label, values)) in chart.rows.iter().enumerate() {
        let (share, color) = (values[0] / all, place % COLORS + 1);
        if share > 0.999_999 {
            let _ = write!(
                svg,
                "<circle class=\"chart-{color}\" cx=\"{cx}\" cy=\"{cy}\" r=\"{r}\"/>"
            );
        } else if share > 0.0 {
            let ((x1, y1), (x2, y2)) = (at(turn), at(turn + share));
            let large = u8::from(share > 0.5);
            let _ = write!(
                svg,
                "<path class=\"slice chart-{color}\" d=\"M{cx} {cy}L{x1:.1} {y1:.1}A{r} {r} 0 {large} 1 {x2:.1} {y2:.1}Z\"/>"
            );
        }
        turn += share;
        let y = first + line * (place as f64 + 0.7);
        let _ = write!(
            svg,
            "<rect class=\"chart-{color}\" x=\"{:.1}\" y=\"{:.1}\" width=\"12\" height=\"12\" rx=\"2\"/>",
            HEIGHT + 16.0,
            y - 11.0
        );
        let words = format!(
            "{label}　{}{}（{:.1}%）",
            number(values[0]),
            chart.unit,
            share * 100.0
        );
        text(svg, "", HEIGHT + 36.0, y, &words);
    }
}

fn text(svg: &mut String, class: &str, x: f64, y: f64, words: &str) {
    let _ = write!(svg, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">");
    push_text(svg, words);
    svg.push_str("</text>");
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
