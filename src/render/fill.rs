//! A page's HTML with the targets of its links put in, and what is known of its pictures.

use std::borrow::Cow;

use super::Job;
use crate::content::address;
use crate::content::body::Text;
use crate::content::link::Target;
use crate::content::markdown::{LinkKind, escaped};
use crate::content::picture::Picture;
use crate::content::pictures::Pictures;

/// Pixels across a column of text; a picture that is wider leads to itself in full.
const COLUMN: u32 = 720;
/// How wide a picture is drawn: browsers that know `auto` measure, the others go by the column.
const SIZES: &str = "auto, (min-width: 48rem) 45rem, 100vw";

/// The HTML of the page at `place` in the site, whose text this is, for a page from which
/// `root` leads to the top.
pub(super) fn fill<'a>(job: &Job<'_>, place: usize, text: &'a Text, root: &str) -> Cow<'a, str> {
    if text.holes.is_empty() {
        return Cow::Borrowed(&text.html);
    }
    let links = &job.site.pages[place].body.links;
    let mut html = String::with_capacity(text.html.len() + 64 * text.holes.len());
    let mut from = 0;
    let own = job.settings.edition;
    for ((&hole, target), link) in text.holes.iter().zip(&job.site.links[place]).zip(links) {
        html.push_str(&text.html[from..hole]);
        from = hole;
        let href = href(job, place, target, &link.target, root);
        match link.kind {
            LinkKind::Image | LinkKind::LinkedImage => {
                let rest = &text.html[hole..];
                // The words about it are escaped, so this ends the tag.
                let words = rest.find('>').map_or(rest, |end| &rest[..=end]);
                let leads = link.kind == LinkKind::Image;
                image(job, &mut html, target, &href, root, words, leads);
                from += words.len();
            }
            LinkKind::Link | LinkKind::Wiki | LinkKind::File => {
                html.push_str(&escaped(&href));
                // The link's attribute ends behind its target: what leads to another language is
                // marked for readers.
                if let Target::Page(to, _) = target
                    && job.site.edition(*to) != own
                {
                    let edition = &job.site.editions[job.site.edition(*to)];
                    html.push_str("\" hreflang=\"");
                    html.push_str(&escaped(&edition.language));
                }
            }
            LinkKind::Poster | LinkKind::Captions if href.is_empty() => {}
            LinkKind::Poster => {
                html.push_str(" poster=\"");
                html.push_str(&escaped(&href));
                html.push('"');
            }
            LinkKind::Captions => {
                html.push_str("<track default kind=\"captions\" src=\"");
                html.push_str(&escaped(&href));
                html.push_str("\">");
            }
        }
    }
    html.push_str(&text.html[from..]);
    Cow::Owned(html)
}

/// Writes the image at `href`, whose tag ends in `words`: with its size, so that nothing moves
/// when it arrives, and with its smaller copies; a large one within a link to itself, if it may
/// lead anywhere.
fn image(
    job: &Job<'_>,
    html: &mut String,
    target: &Target,
    href: &str,
    root: &str,
    words: &str,
    leads: bool,
) {
    let file = match target {
        Target::File(path, _) => job.site.pictures.get(path).map(|picture| (path, picture)),
        _ => None,
    };
    let href = escaped(href);
    let leads = leads && file.is_some_and(|(_, picture)| picture.width > COLUMN);
    if leads {
        html.extend(["<a class=\"zoom\" href=\"", &href, "\">"]);
    }
    html.extend(["<img src=\"", &href, "\""]);
    if let Some((path, picture)) = file {
        let (width, height) = (picture.width.to_string(), picture.height.to_string());
        if picture.width > 0 && picture.height > 0 {
            html.extend([" width=\"", &width, "\" height=\"", &height, "\""]);
        }
        if !picture.variants.is_empty() {
            html.push_str(" srcset=\"");
            for variant in &picture.variants {
                let path = Pictures::variant_path(path, variant.width);
                let path = escaped(&job.settings.href(&path));
                html.extend([root, &path, " ", &variant.width.to_string(), "w, "]);
            }
            html.extend([&href, " ", &width, "w\" sizes=\"", SIZES, "\""]);
        }
    }
    html.push_str(words);
    if leads {
        html.push_str("</a>");
    }
}

/// What [`fill`] reads of where a link leads, besides the settings.
#[derive(Hash)]
pub(super) enum Lead<'a> {
    Page {
        address: &'a str,
        fragment: &'a str,
        /// Whether it is the page itself.
        own: bool,
        /// The language of a page in another one.
        language: Option<&'a str>,
    },
    File {
        path: &'a str,
        suffix: &'a str,
        picture: Option<&'a Picture>,
    },
    External(&'a str),
    Broken,
}

/// All that [`fill`] reads besides the page's text and the settings: where its links lead.
pub(super) fn leads<'a>(job: &Job<'a>, place: usize) -> Vec<Lead<'a>> {
    let site = job.site;
    let leads = site.links[place].iter().map(|target| match target {
        Target::Page(to, fragment) => {
            let edition = site.edition(*to);
            let foreign = edition != job.settings.edition;
            Lead::Page {
                address: &site.pages[*to].address,
                fragment,
                own: *to == place,
                language: foreign.then(|| site.editions[edition].language.as_str()),
            }
        }
        Target::File(path, suffix) => Lead::File {
            path,
            suffix,
            picture: site.pictures.get(path),
        },
        Target::External(link) => Lead::External(link),
        Target::Broken(_) => Lead::Broken,
    });
    leads.collect()
}

fn href(job: &Job<'_>, from: usize, target: &Target, written: &str, root: &str) -> String {
    let settings = job.settings;
    match target {
        Target::Page(to, fragment) => {
            let fragment = match fragment.as_str() {
                "" => String::new(),
                fragment => format!("#{}", address::encode_uri(fragment)),
            };
            if *to == from && !fragment.is_empty() {
                return fragment;
            }
            let href = settings.href(&job.site.pages[*to].address);
            format!("{root}{href}{fragment}")
        }
        Target::File(path, suffix) => format!("{root}{}{suffix}", settings.href(path)),
        Target::External(link) => link.clone(),
        Target::Broken(_) => written.to_owned(),
    }
}
