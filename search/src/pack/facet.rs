//! What pages are filtered and counted by.

use serde::{Deserialize, Serialize};

use super::PackError;
use super::bytes::Reader;
#[cfg(feature = "write")]
use super::bytes::Writer;

/// A property of pages that results are filtered and counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// The page's kind.
    Kind,
    /// Its education themes: a tree, of which a theme holds those below it.
    EducationTheme,
    /// The year of its date.
    Year,
    /// Who issued it.
    Issuer,
    /// Whether it is in force, in words.
    Status,
    /// The collection it belongs to.
    Collection,
}

impl Facet {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 6] = [
        Self::Kind,
        Self::EducationTheme,
        Self::Year,
        Self::Issuer,
        Self::Status,
        Self::Collection,
    ];
}

/// A value of a facet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Value {
    pub id: String,
    pub name: String,
    /// Address of the value's own page, relative to the site; empty: none.
    pub url: String,
    /// Number of the value above it, from 1; 0: none.
    pub parent: u32,
}

/// A facet's values, and which of them each page has.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Table {
    pub values: Vec<Value>,
    /// Sets of values that occur together.
    pub sets: Vec<Vec<u32>>,
    /// For each page, its set.
    pub of_page: Vec<u32>,
}

impl Table {
    #[cfg(feature = "write")]
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.count(self.values.len());
        for value in &self.values {
            writer.text(&value.id);
            // Where both are one, a name is not repeated.
            writer.text(if value.name == value.id {
                ""
            } else {
                &value.name
            });
            writer.text(&value.url);
            writer.number(value.parent);
        }
        writer.count(self.sets.len());
        self.sets.iter().for_each(|set| writer.numbers(set));
        writer.numbers(&self.of_page);
    }

    /// Reads a table of so many pages.
    pub(crate) fn read(reader: &mut Reader<'_>, pages: usize) -> Result<Self, PackError> {
        let mut table = Self::default();
        for _ in 0..reader.count()? {
            let (id, mut name) = (reader.text()?, reader.text()?);
            if name.is_empty() {
                name.clone_from(&id);
            }
            table.values.push(Value {
                id,
                name,
                url: reader.text()?,
                parent: reader.small()?,
            });
        }
        for _ in 0..reader.count()? {
            table.sets.push(reader.numbers()?);
        }
        table.of_page = reader.numbers()?;
        let values = table.values.len();
        let parents = (0..)
            .zip(&table.values)
            .all(|(at, value)| value.parent <= at);
        let members = table
            .sets
            .iter()
            .flatten()
            .all(|&value| (value as usize) < values);
        let sets = table
            .of_page
            .iter()
            .all(|&set| (set as usize) < table.sets.len());
        if !parents || !members || !sets || table.of_page.len() != pages {
            return Err(PackError::Damaged("a facet's tables disagree"));
        }
        Ok(table)
    }

    /// The values of a page.
    pub(crate) fn of(&self, page: usize) -> &[u32] {
        let set = self
            .of_page
            .get(page)
            .and_then(|&set| self.sets.get(set as usize));
        set.map_or(&[], Vec::as_slice)
    }

    /// A value and those above it.
    pub(crate) fn upwards(&self, value: u32) -> impl Iterator<Item = u32> {
        let above = |&value: &u32| self.values.get(value as usize)?.parent.checked_sub(1);
        std::iter::successors(Some(value), above)
    }
}
