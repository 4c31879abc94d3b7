//! What a template is filled with, and a key of that: two sheets of one key make one page.

use std::fmt;
use std::hash::Hash;

use serde::Serialize;
use tera::{Context, Value};

use crate::hash::{Key, Told};

/// Makes a value where a template is filled with it.
type Make<'a> = Box<dyn Fn() -> Value + 'a>;

/// The values that a template sees besides those that all pages share. They are hashed as they
/// come, and made into what templates take only when one is filled.
#[derive(Default)]
pub struct Sheet<'a> {
    values: Vec<(&'static str, Make<'a>)>,
    told: Told,
}

impl fmt::Debug for Sheet<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.values.iter().map(|(name, _)| name);
        formatter.debug_list().entries(names).finish()
    }
}

impl<'a> Sheet<'a> {
    /// Makes `value` visible as `name`. Its [`Hash`] covers all that it serializes.
    pub fn insert(&mut self, name: &'static str, value: impl Serialize + Hash + 'a) {
        self.tell(name, &value);
        let make = move || Value::from_serializable(&value);
        self.values.push((name, Box::new(make)));
    }

    /// Makes what `make` makes visible as `name`; `from` is all that it depends on.
    pub fn insert_made(
        &mut self,
        name: &'static str,
        from: &impl Hash,
        make: impl Fn() -> Value + 'a,
    ) {
        self.tell(name, from);
        self.values.push((name, Box::new(make)));
    }

    fn tell(&mut self, name: &str, value: &impl Hash) {
        name.hash(&mut self.told);
        value.hash(&mut self.told);
    }

    /// All values.
    pub fn context(&self) -> Context {
        let mut context = Context::new();
        for (name, make) in &self.values {
            context.insert_value(*name, make());
        }
        context
    }

    /// Of all values, by their names.
    pub fn key(&self) -> Key {
        self.told.key()
    }
}

/// Adds a named value to a hash.
pub(super) fn note(hasher: &mut blake3::Hasher, name: &str, value: &Value) {
    note_text(hasher, b'n', name.as_bytes());
    note_value(hasher, value);
}

/// Texts are told apart by their lengths, values by a letter for each type.
fn note_text(hasher: &mut blake3::Hasher, letter: u8, text: &[u8]) {
    let mut head = [letter; 9];
    head[1..].copy_from_slice(&(text.len() as u64).to_le_bytes());
    hasher.update(&head);
    hasher.update(text);
}

fn note_value(hasher: &mut blake3::Hasher, value: &Value) {
    if let Some(text) = value.as_str() {
        note_text(hasher, b's', text.as_bytes());
    } else if let Some(map) = value.as_map() {
        note_text(hasher, b'm', &(map.len() as u64).to_le_bytes());
        // A map tells its entries in any order.
        let keys = map.iter().map(|(key, value)| match key.as_str() {
            Some(key) => (std::borrow::Cow::Borrowed(key), value),
            None => (key.to_string().into(), value),
        });
        let mut entries = keys.collect::<Vec<_>>();
        entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (key, value) in entries {
            note(hasher, &key, value);
        }
    } else if let Some(list) = value.as_array() {
        note_text(hasher, b'a', &(list.len() as u64).to_le_bytes());
        list.iter().for_each(|value| note_value(hasher, value));
    } else {
        // Numbers, truths and nothing: their type and what they look like.
        let shown = format!("{}{value:?}", value.name());
        note_text(hasher, b'v', shown.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hash(value: &serde_json::Value) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        note(&mut hasher, "a", &Value::from_serializable(value));
        hasher.finalize()
    }

    #[test]
    fn a_sheet_is_told_by_names_and_values() {
        let sheet = |name, value: &str| {
            let mut sheet = Sheet::default();
            sheet.insert(name, value.to_owned());
            sheet.key()
        };
        assert_eq!(sheet("a", "1"), sheet("a", "1"));
        assert_ne!(sheet("a", "1"), sheet("a", "2"));
        assert_ne!(sheet("a", "1"), sheet("b", "1"));
    }

    #[test]
    fn the_later_of_two_values_is_seen() {
        let mut sheet = Sheet::default();
        sheet.insert("a", 1);
        sheet.insert_made("a", &2, || Value::from(2));
        let value = sheet.context().get("a").cloned();
        assert_eq!(value, Some(Value::from(2)));
    }

    #[test]
    fn values_that_differ_have_other_hashes() {
        let values = [
            json!(null),
            json!(true),
            json!(1),
            json!(-1),
            json!(1.5),
            json!("1"),
            json!(""),
            json!([]),
            json!([1, "1"]),
            json!([[1], "1"]),
            json!(["ab", "c"]),
            json!(["a", "bc"]),
            json!({}),
            json!({"a": 1}),
            json!({"a": 1, "b": 2}),
            json!({"a": {"b": 2}}),
        ];
        for (at, value) in values.iter().enumerate() {
            for (other_at, other) in values.iter().enumerate() {
                let same = hash(value) == hash(other);
                assert_eq!(same, at == other_at, "{value} {other}");
            }
        }
    }

    #[test]
    fn a_map_has_one_hash() {
        let map = || {
            let map = (0..50).map(|n| (format!("key{n}"), n));
            let map = map.collect::<std::collections::HashMap<_, _>>();
            hash(&json!(map))
        };
        assert_eq!(map(), map());
    }
}
