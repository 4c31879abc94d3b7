//! Tables: cells aligned by class, in a box that scrolls sideways, with a caption above if a
//! paragraph `表：…` stands there.

use pulldown_cmark::{Alignment, Event, Tag, TagEnd};

use super::writer::{Open, Writer};

/// The table at hand.
#[derive(Default)]
pub(super) struct Table {
    columns: Vec<Alignment>,
    column: usize,
    head: bool,
    /// Whether it has begun with its caption.
    captioned: bool,
}

/// What a paragraph begins with to be a caption.
const CAPTIONS: [&str; 3] = ["表：", "表:", "Table: "];
const OPEN: &str = "<div class=\"table-scroll\" tabindex=\"0\">\n<table>";

impl Writer<'_> {
    pub(super) fn table(&mut self, columns: Vec<Alignment>) {
        let captioned = std::mem::take(&mut self.table.captioned);
        self.table.columns = columns;
        if !captioned {
            self.fresh();
        }
        let open = if captioned { "" } else { OPEN };
        self.block(open, "</tbody></table>\n</div>\n");
    }

    pub(super) fn row(&mut self, head: bool) {
        (self.table.column, self.table.head) = (0, head);
        match head {
            true => self.block("<thead><tr>", "</tr></thead><tbody>\n"),
            false => self.block("<tr>", "</tr>\n"),
        }
    }

    pub(super) fn cell(&mut self) {
        // By class: a style attribute is refused under a strict policy.
        let class = match self.table.columns.get(self.table.column) {
            Some(Alignment::Right) => " class=\"right\">",
            Some(Alignment::Center) => " class=\"center\">",
            _ => ">",
        };
        let (open, close) = match self.table.head {
            true => ("<th", "</th>"),
            false => ("<td", "</td>"),
        };
        self.table.column += 1;
        self.html(open);
        self.html(class);
        self.last = None;
        self.open.push(Open::Cell(close));
    }

    /// Whether the paragraph just begun is the caption of the table behind it; then it is opened
    /// as such.
    pub(super) fn caption(&mut self) -> bool {
        let Some((Event::Text(text), _)) = self.events.peek(0) else {
            return false;
        };
        let Some(mark) = CAPTIONS.into_iter().find(|mark| text.starts_with(mark)) else {
            return false;
        };
        let mut place = 1;
        loop {
            match self.events.peek(place) {
                None => return false,
                Some((Event::End(TagEnd::Paragraph), _)) => break,
                Some(_) => place += 1,
            }
        }
        if !matches!(
            self.events.peek(place + 1),
            Some((Event::Start(Tag::Table(_)), _))
        ) {
            return false;
        }
        if let Some((Event::Text(text), span)) = self.events.next_text() {
            let rest = text[mark.len()..].trim_start().to_owned();
            let span = span.end - rest.len()..span.end;
            self.events.put_back((Event::Text(rest.into()), span));
        }
        self.html(OPEN);
        self.html("<caption>");
        self.table.captioned = true;
        self.open.push(Open::Block("</caption>"));
        true
    }
}
