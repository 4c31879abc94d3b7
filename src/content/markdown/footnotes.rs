//! Footnotes: numbered as they are pointed at, gathered below the text, with the way back.

use std::collections::HashMap;

use super::emphasis::without_marks;
use super::writer::Writer;
use super::{Body, Link};
use crate::content::address::Anchors;

/// The footnotes of a page.
#[derive(Default)]
pub(super) struct Footnotes {
    notes: Vec<Note>,
    places: HashMap<String, usize>,
}

/// One of them.
#[derive(Default)]
struct Note {
    /// Its own id, and those of the places that point at it.
    id: String,
    pointers: Vec<String>,
    html: String,
    /// Its links, with their places in its own HTML.
    links: Vec<(usize, Link)>,
}

/// What was there when a definition began.
pub(super) struct Start {
    name: String,
    html: usize,
    links: usize,
}

impl Footnotes {
    fn place(&mut self, name: &str, anchors: &mut Anchors) -> usize {
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        let place = self.notes.len();
        self.notes.push(Note {
            id: anchors.take(format!("fn-{}", place + 1)),
            ..Note::default()
        });
        self.places.insert(name.to_owned(), place);
        place
    }

    /// Writes them below the text.
    pub(super) fn write(self, body: &mut Body) {
        if self.notes.is_empty() {
            return;
        }
        body.html
            .push_str("<section class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n");
        for (number, note) in (1..).zip(self.notes) {
            body.html.extend(["<li id=\"", &note.id, "\">"]);
            let start = body.html.len();
            // The way back stands at the end of the last paragraph.
            let (text, tail) = match note.html.strip_suffix("</p>\n") {
                Some(text) => (text, "</p>\n"),
                None => (note.html.as_str(), ""),
            };
            body.html.push_str(text);
            for (hole, link) in note.links {
                body.holes.push(start + hole);
                body.links.push(link);
            }
            for id in note.pointers {
                body.html.push_str(&format!(
                    " <a class=\"footnote-back\" href=\"#{id}\" aria-label=\"↩ {number}\">↩</a>"
                ));
            }
            body.html.push_str(tail);
            body.html.push_str("</li>\n");
        }
        body.html.push_str("</ol>\n</section>\n");
    }
}

impl Writer<'_> {
    /// A footnote's name, told apart from the same in another part of the page.
    pub(super) fn scoped(&self, name: &str) -> String {
        match self.scope {
            0 => without_marks(name).into_owned(),
            scope => format!("{scope}\n{}", without_marks(name)),
        }
    }

    pub(super) fn footnote_pointer(&mut self, name: &str) {
        self.last = None;
        let place = self.footnotes.place(name, &mut self.anchors);
        let note = &mut self.footnotes.notes[place];
        let number = place + 1;
        let id = self.anchors.take(match note.pointers.len() {
            0 => format!("fnref-{number}"),
            before => format!("fnref-{number}-{}", before + 1),
        });
        note.pointers.push(id.clone());
        let target = &note.id;
        // No link may stand within another.
        if self.links > 0 {
            self.body.html.push_str(&format!(
                "<sup class=\"footnote-reference\" id=\"{id}\">{number}</sup>"
            ));
            return;
        }
        self.body.html.push_str(&format!(
            "<sup class=\"footnote-reference\" id=\"{id}\"><a href=\"#{target}\" \
             role=\"doc-noteref\">{number}</a></sup>"
        ));
    }

    pub(super) fn footnote(&mut self, name: &str) -> Start {
        self.last = None;
        self.fresh();
        Start {
            name: name.to_owned(),
            html: self.body.html.len(),
            links: self.body.links.len(),
        }
    }

    pub(super) fn end_footnote(&mut self, start: Start) {
        let html = self.body.html.split_off(start.html);
        let holes = self.body.holes.split_off(start.links);
        let holes = holes.into_iter().map(|hole| hole - start.html);
        let links = holes.zip(self.body.links.split_off(start.links));
        let place = self.footnotes.place(&start.name, &mut self.anchors);
        let note = &mut self.footnotes.notes[place];
        note.links = links.collect();
        note.html = html;
        self.end_line();
    }
}
