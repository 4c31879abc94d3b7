//! The video, recording or PDF that a page's front matter names, with the files beside it.

use serde::Serialize;

use super::Settings;
use crate::content::link::{CAPTIONS, POSTERS};
use crate::content::markdown::{Media, media};
use crate::content::page::Page;
use crate::content::site::Site;

/// One of them, for templates; addresses are relative to the root.
#[derive(Serialize, Hash)]
pub(super) struct MediaView {
    /// `video`, `sound` or `document`.
    kind: &'static str,
    url: String,
    /// The still of a video; empty without one.
    poster: String,
    /// Empty without any.
    captions: String,
    /// The file's own.
    name: String,
}

/// Those of a page, in the author's order.
pub(super) fn of(site: &Site, settings: &Settings, page: &Page) -> Vec<MediaView> {
    let files = page.media(&site.kinds);
    let files = files.filter_map(|(name, _)| site.file(page, name));
    let views = files.filter_map(|file| {
        let kind = match media(file) {
            Media::Video => "video",
            Media::Sound => "sound",
            Media::Document => "document",
            Media::Image => return None,
        };
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let beside = |extensions: &[&str]| {
            let mut names = extensions.iter().map(|end| format!("/{stem}.{end}"));
            let found = names.find_map(|name| site.file(page, &name));
            found.map(|file| settings.href(file)).unwrap_or_default()
        };
        Some(MediaView {
            kind,
            url: settings.href(file),
            poster: match kind {
                "video" => beside(&POSTERS),
                _ => String::new(),
            },
            captions: beside(&[CAPTIONS]),
            name: file.rsplit('/').next().unwrap_or_default().to_owned(),
        })
    });
    views.collect()
}
