//! A page's HTML with the targets of its links put in.

use super::Job;
use crate::content::address;
use crate::content::body::Text;
use crate::content::link::Target;
use crate::content::markdown::{LinkKind, escaped};

/// The HTML of the page at `place` in the site, whose text this is, for a page from which
/// `root` leads to the top.
pub(super) fn fill(job: &Job<'_>, place: usize, text: &Text, root: &str) -> String {
    let links = &job.site.pages[place].body.links;
    let mut html = String::with_capacity(text.html.len() + 64 * text.holes.len());
    let mut from = 0;
    let own = job.settings.edition;
    for ((&hole, target), link) in text.holes.iter().zip(&job.site.links[place]).zip(links) {
        html.push_str(&text.html[from..hole]);
        let href = href(job, place, target, &link.target, root);
        match link.kind {
            LinkKind::Image => {
                html.push_str("src=\"");
                html.push_str(&escaped(&href));
                html.push('"');
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
        from = hole;
    }
    html.push_str(&text.html[from..]);
    html
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
