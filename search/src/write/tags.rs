//! What pages are narrowed by, and what they are found by because of it. It is told beside their
//! texts, so that what changes on many pages at once, such as what an education theme is called,
//! makes no text anew.

use super::closed::ClosedBatch;
use super::postings::Postings;
use super::tables::FacetBuilder;
use super::{Facets, PackWriter, add_letters};
use crate::pack::facet::Facet;

/// What a page is narrowed by.
#[derive(Debug, Clone, Copy, Default, Hash)]
pub struct Tags<'a> {
    /// Its kind's id.
    pub kind: &'a str,
    /// Ids of its education themes.
    pub education_themes: &'a [&'a str],
    /// Its date, `2016-02-06`.
    pub date: Option<&'a str>,
    /// Its status in words; empty: none.
    pub status: &'a str,
    /// Whether it has ceased to be in force: then it ranks after what has not.
    pub ended: bool,
    /// Who issued it; empty: nobody.
    pub issuer: &'a str,
    /// Id of its collection; empty: none.
    pub collection: &'a str,
}

impl PackWriter {
    /// The tags of a batch's pages, one for each, as a batch of their own. Of the options, it depends
    /// on what the pages' education themes are called.
    pub fn tags<'a>(
        &self,
        batch: &ClosedBatch,
        tags: impl IntoIterator<Item = Tags<'a>>,
    ) -> ClosedBatch {
        let mut closed = ClosedBatch::default();
        let mut facets = Facets::default();
        let mut postings = Postings::default();
        let mut has_letters = false;
        for ((page, &sections), tags) in (0..).zip(&batch.documents).zip(tags) {
            let year = tags.date.and_then(|date| date.get(..4)).unwrap_or_default();
            let date = tags.date.unwrap_or_default().replace('-', "");
            closed.dates.push(date.parse().unwrap_or(0));
            if tags.ended {
                closed.ended.push(page);
            }
            for (facet, values) in [
                (Facet::Kind, &[tags.kind][..]),
                (Facet::EducationTheme, tags.education_themes),
                (Facet::Year, &[year]),
                (Facet::Issuer, &[tags.issuer]),
                (Facet::Status, &[tags.status]),
                (Facet::Collection, &[tags.collection]),
            ] {
                facets[facet as usize].add_page(values);
            }
            // A page is found in its first section.
            let mut letters = String::new();
            for theme in tags.education_themes {
                add_letters(&mut letters, self.known.name(theme));
            }
            has_letters |= !letters.is_empty();
            postings.add(&letters);
            (0..sections).for_each(|_| postings.close_section());
        }
        closed.facets = facets.map(FacetBuilder::finish);
        if has_letters {
            closed.runs = postings.take();
        }
        closed
    }
}
