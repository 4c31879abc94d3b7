//! Facets' tables, page by page.

use std::collections::HashMap;

use super::Label;
use crate::pack::facet::{Table, Value};

/// A facet's table while pages are added.
#[derive(Default, Clone)]
pub(super) struct FacetBuilder {
    table: Table,
    numbers: HashMap<String, u32>,
    sets: HashMap<Vec<u32>, u32>,
}

impl FacetBuilder {
    /// With values that are known beforehand, each after the one above it.
    pub(super) fn of(labels: Vec<Label>) -> Self {
        let mut builder = Self::default();
        let mut waiting = labels;
        while !waiting.is_empty() {
            let before = waiting.len();
            let ids: Vec<String> = waiting.iter().map(|label| label.id.clone()).collect();
            waiting.retain(|label| {
                let ready = !ids.contains(&label.parent) || label.parent == label.id;
                if ready {
                    builder.add(label);
                }
                !ready
            });
            if waiting.len() == before {
                // A circle: no one of it is above the others.
                waiting.iter_mut().for_each(|label| label.parent.clear());
            }
        }
        builder
    }

    fn add(&mut self, label: &Label) {
        let parent = self
            .numbers
            .get(&label.parent)
            .map_or(0, |&number| number + 1);
        self.numbers.entry(label.id.clone()).or_insert_with(|| {
            self.table.values.push(Value {
                id: label.id.clone(),
                name: label.name.clone(),
                url: label.url.clone(),
                parent,
            });
            self.table.values.len() as u32 - 1
        });
    }

    /// A value's name.
    pub(super) fn name(&self, id: &str) -> &str {
        let number = self.numbers.get(id);
        let value = number.and_then(|&number| self.table.values.get(number as usize));
        value.map_or("", |value| value.name.as_str())
    }

    /// The values of the next page; empty ones are none.
    pub(super) fn add_page(&mut self, values: &[&str]) {
        let mut set = Vec::new();
        for &value in values.iter().filter(|value| !value.is_empty()) {
            if !self.numbers.contains_key(value) {
                self.add(&Label {
                    id: value.to_owned(),
                    name: value.to_owned(),
                    ..Label::default()
                });
            }
            set.extend(self.numbers.get(value).copied());
        }
        let number = self.set(set);
        self.table.of_page.push(number);
    }

    /// Adds the pages of another table behind those that are there.
    pub(super) fn append(&mut self, other: &Table) {
        for value in &other.values {
            if !self.numbers.contains_key(&value.id) {
                // What is not known beforehand stands under nothing.
                self.add(&Label {
                    id: value.id.clone(),
                    name: value.name.clone(),
                    ..Label::default()
                });
            }
        }
        let sets = other.sets.iter().map(|set| {
            let ids = set.iter().map(|&number| &other.values[number as usize].id);
            let numbers = ids.filter_map(|id| self.numbers.get(id).copied()).collect();
            self.set(numbers)
        });
        let sets = sets.collect::<Vec<_>>();
        let pages = other.of_page.iter();
        self.table
            .of_page
            .extend(pages.map(|&set| sets[set as usize]));
    }

    /// The number of a set of values.
    fn set(&mut self, mut set: Vec<u32>) -> u32 {
        set.sort_unstable();
        set.dedup();
        let sets = &mut self.table.sets;
        *self.sets.entry(set).or_insert_with_key(|set| {
            sets.push(set.clone());
            sets.len() as u32 - 1
        })
    }

    pub(super) fn finish(self) -> Table {
        self.table
    }
}
