//! A chart written as TOML.
//!
//! ```toml
//! type = "bar"
//! title = "各季度调解数"
//! unit = "件"
//! head = ["季度", "2024", "2025"]
//! rows = [
//!   ["一季度", 12, 18],
//! ]
//! ```

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use toml::{Spanned, Value};

use super::{Chart, Fault, Shape};
use crate::text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    #[serde(rename = "type", alias = "类型")]
    shape: Option<Spanned<String>>,
    #[serde(default, alias = "标题")]
    title: String,
    #[serde(default, alias = "单位")]
    unit: String,
    #[serde(alias = "表头")]
    head: Spanned<Vec<String>>,
    #[serde(alias = "行")]
    rows: Vec<Spanned<Vec<Spanned<Value>>>>,
}

pub(super) fn parse(code: &str) -> Result<Chart<'_>, Fault<'_>> {
    let piece = |span: Range<usize>| code.get(span).unwrap_or(code);
    let read = toml::from_str::<Rows>(code).map_err(|error| {
        let why = error.message().to_owned();
        let span = error.span().unwrap_or(0..0);
        let message = text!("TOML 写得不对：{why}", "the TOML is wrong: {why}");
        (piece(span), message)
    })?;
    let mut chart = Chart {
        title: read.title.into(),
        unit: read.unit.into(),
        ..Chart::default()
    };
    if let Some(shape) = read.shape {
        let span = shape.span();
        chart.shape = Shape::parse(shape.get_ref()).map_err(|message| (piece(span), message))?;
    }
    let head = piece(read.head.span());
    let names = read.head.into_inner().into_iter().map(Cow::Owned);
    let rows = read.rows.into_iter().map(|row| {
        let line = piece(row.span());
        let cells = row.into_inner().into_iter().map(|cell| {
            let piece = piece(cell.span());
            let words = match cell.into_inner() {
                Value::String(words) => words,
                value => value.to_string(),
            };
            (piece, Cow::Owned(words))
        });
        (line, cells.collect())
    });
    chart.fill((head, names.collect()), rows)
}
