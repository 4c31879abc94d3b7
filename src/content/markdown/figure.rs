//! Images, and what is written like one: video, sound and PDF from the site's own files. Alone in
//! a paragraph it is a figure with a caption.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::LinkKind;
use super::emphasis::without_marks;
use super::html::{push_attribute, push_named, push_text};
use super::target::{Safety, safety};
use super::writer::{Open, Writer};

/// What a target's extension says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// Anything that is nothing else.
    Image,
    /// Moving pictures.
    Video,
    /// A recording.
    Sound,
    /// A PDF.
    Document,
}

/// Tells a video, a recording and a PDF by their extension.
pub fn media(target: &str) -> Media {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "mp4" | "m4v" | "webm" | "ogv" | "mov" => Media::Video,
        "mp3" | "m4a" | "ogg" | "oga" | "wav" | "flac" => Media::Sound,
        "pdf" => Media::Document,
        _ => Media::Image,
    }
}

impl<'a> Writer<'a> {
    /// Whether the paragraph just begun holds an image and nothing else.
    pub(super) fn is_figure(&mut self) -> bool {
        if !matches!(
            self.events.peek(0),
            Some((Event::Start(Tag::Image { .. }), _))
        ) {
            return false;
        }
        let (mut place, mut open) = (1, 1);
        while open > 0 {
            match self.events.peek(place) {
                Some((Event::Start(_), _)) => open += 1,
                Some((Event::End(_), _)) => open -= 1,
                Some(_) => {}
                None => return false,
            }
            place += 1;
        }
        matches!(
            self.events.peek(place),
            Some((Event::End(TagEnd::Paragraph), _))
        )
    }

    /// `![alt](target "title")`.
    pub(super) fn image(&mut self, target: &str, title: &str, span: Range<usize>) {
        let alt = self.alternative();
        let (target, title) = (without_marks(target), without_marks(title));
        let whole = self.original(&span);
        let place = self.within(&span, &target);
        let figure = matches!(self.open.last(), Some(Open::Figure));
        let media = media(&target);
        self.section.text.push_str(&alt);
        self.last = None;
        if media == Media::Image {
            match self.is_safe(&target, &place) {
                true => self.hole(self.image_kind(), target.to_string(), place.clone()),
                false => self.html("<img src=\"\""),
            }
            self.html(" alt=\"");
            push_attribute(&mut self.body.html, &alt);
            self.html("\"");
            if !figure {
                push_named(&mut self.body.html, "title", &title);
            }
            self.html(" loading=\"lazy\" decoding=\"async\">");
            self.check_image(&alt, &target, whole);
        } else if figure && safety(&target) == Safety::Own {
            self.player(media, &target, &alt, &place);
        } else {
            self.download(&target, &alt, &place);
        }
        if figure {
            let caption = if title.is_empty() { &*alt } else { &*title };
            let own = media != Media::Image && safety(&target) == Safety::Own;
            if !title.is_empty() {
                self.end_line();
                self.section.text.push_str(&title);
            }
            if !caption.is_empty() || own {
                // Said once: the words of the image are its caption, where it has no other.
                self.html("\n<figcaption>");
                push_text(&mut self.body.html, caption);
                if own {
                    let name = target.rsplit('/').next().unwrap_or_default().to_owned();
                    self.html(" ");
                    self.download(&target, &name, &place);
                }
                self.html("</figcaption>");
            }
        }
    }

    /// An image within a link leads where that leads.
    pub(super) fn image_kind(&self) -> LinkKind {
        match self.links > 0 || self.has_raw("a") || self.has_raw("picture") {
            true => LinkKind::LinkedImage,
            false => LinkKind::Image,
        }
    }

    /// What stands between the brackets, as plain text.
    pub(super) fn alternative(&mut self) -> String {
        let (mut alt, mut inner) = (String::new(), 0);
        while let Some((event, _)) = self.events.next() {
            match event {
                Event::Start(_) => inner += 1,
                Event::End(_) if inner == 0 => break,
                Event::End(_) => inner -= 1,
                Event::Text(text) | Event::Code(text) => alt.push_str(&without_marks(&text)),
                Event::SoftBreak | Event::HardBreak => alt.push(' '),
                _ => {}
            }
        }
        alt.trim().to_owned()
    }

    fn player(&mut self, media: Media, target: &str, alt: &str, place: &Range<usize>) {
        let stem = target.rsplit_once('.').map_or(target, |(stem, _)| stem);
        let (open, close) = match media {
            Media::Video => ("<video controls preload=\"metadata\" src=\"", "</video>"),
            Media::Sound => ("<audio controls preload=\"metadata\" src=\"", "</audio>"),
            _ => ("<object type=\"application/pdf\" data=\"", "</object>"),
        };
        self.html(open);
        self.hole(LinkKind::File, target.to_owned(), place.clone());
        self.html("\"");
        push_named(&mut self.body.html, "aria-label", alt);
        if media == Media::Video {
            self.hole(LinkKind::Poster, stem.to_owned(), place.clone());
        }
        self.html(">");
        match media {
            Media::Document => self.download(target, alt, place),
            _ => self.hole(LinkKind::Captions, stem.to_owned(), place.clone()),
        }
        self.html(close);
    }

    fn download(&mut self, target: &str, words: &str, place: &Range<usize>) {
        self.html("<a class=\"download\"");
        if self.is_safe(target, place) {
            self.html(" href=\"");
            self.hole(LinkKind::Link, target.to_owned(), place.clone());
            self.html("\"");
        }
        if safety(target) == Safety::Own {
            self.html(" download");
        }
        self.html(">");
        let words = if words.is_empty() { target } else { words };
        push_text(&mut self.body.html, words);
        self.html("</a>");
    }
}
