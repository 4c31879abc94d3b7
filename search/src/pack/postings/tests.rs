//! Lists as bytes, and bytes that are no lists; and how the model is learnt.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::pack::chunk;
use crate::pack::dictionary::Page;
use crate::pack::hot;

/// Lists of distances and counts → of sections and counts.
fn lists(distances: &[Vec<(u32, u32)>]) -> Vec<Vec<Posting>> {
    let list = |distances: &Vec<(u32, u32)>| {
        let mut next = 0;
        let posting = |&(distance, count): &(u32, u32)| {
            let section = next + distance;
            next = section + 1;
            (section, count)
        };
        distances.iter().map(posting).collect()
    };
    distances.iter().map(list).collect()
}

/// Each list read back, together with what is behind it.
fn check(lists: &[Vec<Posting>], sections: u32) -> usize {
    let chunk = write(lists.iter().map(Vec::as_slice), sections);
    for (at, list) in lists.iter().enumerate() {
        let lengths = lists[..=at].iter().map(|list| list.len() as u32);
        assert_eq!(&read(&chunk, lengths, sections).unwrap(), list);
    }
    chunk.len()
}

fn distance() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0u32..4, 4 => 0u32..100, 1 => 0u32..6_000_000]
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![8 => Just(1u32), 4 => 1u32..20, 1 => any::<u32>().prop_map(|count| count.max(1))]
}

proptest! {
    #[test]
    fn lists_are_read_as_they_were_written(
        distances in proptest::collection::vec(proptest::collection::vec((distance(), count()), 1..300), 0..8),
    ) {
        let lists = lists(&distances);
        let last = lists.iter().flatten().map(|&(section, _)| section).max();
        check(&lists, last.map_or(0, |last| last + 1));
    }

    #[test]
    fn arbitrary_bytes_give_sections_in_order_or_an_error(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        lengths in proptest::collection::vec(0u32..200, 1..5),
        sections in prop_oneof![0u32..300, 0u32..1 << 30],
    ) {
        if let Ok(list) = read(&bytes, lengths.into_iter(), sections) {
            prop_assert!(list.is_sorted_by(|a, b| a.0 < b.0));
            prop_assert!(list.iter().all(|&(section, count)| section < sections && count > 0));
            packed(&list);
        }
    }
}

#[test]
fn a_list_in_every_section_costs_next_to_nothing() {
    let all = (0..50_000).map(|section| (section, 1)).collect::<Vec<_>>();
    assert!(check(&[all], 50_000) < 100);
}

#[test]
fn more_postings_than_sections_are_an_error() {
    let chunk = write([&[(0, 1), (1, 1)][..]].into_iter(), 2);
    assert!(read(&chunk, [2].into_iter(), 2).is_ok());
    assert!(read(&chunk, [2].into_iter(), 1).is_err());
    assert!(read(&chunk, [3].into_iter(), 2).is_err());
    assert!(read(&chunk, [u32::MAX].into_iter(), 2).is_err());
}

#[test]
fn every_symbol_can_be_said() {
    let model = Model::get();
    for row in [&model.distances, &model.counts, &model.ones]
        .into_iter()
        .flatten()
    {
        assert!(row.is_sorted_by(|a, b| a < b));
        assert_eq!(row.last(), Some(&(1 << BITS)));
    }
    assert_eq!(model.distances.len(), (FIRST + 1) * DISTANCES);
    assert_eq!(model.counts.len(), BEFORE * SCALES);
    assert_eq!(model.ones.len(), LENGTHS);
}

/// What each symbol of each row occurs in the postings of the pack in a folder, added up.
fn tally(folder: &Path, counts: &mut [f64]) {
    let hot = hot::read(&std::fs::read(folder.join("hot.bin")).unwrap()).unwrap();
    let sections = hot.lengths.len() as u32;
    let open = |id| {
        let file = std::fs::read(folder.join(format!("chunks/{id}.js"))).unwrap();
        chunk::open(id, &file, &hot.phrases).unwrap()
    };
    for page in 0..hot.pages.len() {
        let page = Page::read(&open(hot.page_chunk(page))).unwrap();
        let mut at_hand = None;
        for entry in &page.0 {
            let (id, _) = entry.list();
            if at_hand.as_ref().is_none_or(|(known, _)| *known != id) {
                at_hand = Some((id, open(id)));
            }
            let (_, content) = at_hand.as_ref().unwrap();
            let list = read(content, entry.lists(), sections).unwrap();
            let ones = list.iter().all(|&(_, count)| count == 1);
            let row = row_of_ones(entry.frequency);
            counts[COSTS[0] + COSTS[1] + 2 * row + usize::from(ones)] += 1.0;
            let mut state = State::new(entry.frequency, sections);
            for (section, count) in list {
                let (kind, _) = kind(section - state.next + 1);
                counts[state.row() * DISTANCES + kind] += 1.0;
                state.next = section + 1;
                if !ones {
                    let kind = (count as usize - 1).min(COUNTS - 1);
                    counts[COSTS[0] + state.row_of_counts() * COUNTS + kind] += 1.0;
                    state.count_was(kind);
                }
                state.distance_was(kind);
            }
        }
    }
}

/// Writes the model anew as it is told by the packs in the folders that `INKSTONE_PACKS` names
/// (`search/` of sites; separated by `:`).
#[test]
#[ignore = "it writes a source: `INKSTONE_PACKS=… cargo test -p inkstone-search --lib learn -- --ignored`"]
fn learn() {
    let mut counts = vec![0.0; MODEL.len()];
    for folder in std::env::var("INKSTONE_PACKS").unwrap().split(':') {
        tally(Path::new(folder), &mut counts);
    }
    // A row that is seldom used is much like its neighbours.
    let like = |row: usize, symbol: usize| {
        let near = [(1, 0.02), (2, 0.005)]
            .into_iter()
            .flat_map(|(apart, part)| {
                let pairs = [
                    row.checked_sub(apart).zip(symbol.checked_sub(apart)),
                    Some((row + apart, symbol + apart)),
                ];
                let fits = |&(row, symbol): &(usize, usize)| {
                    row * DISTANCES < COSTS[0] && symbol < DISTANCES
                };
                let pairs = pairs.into_iter().flatten().filter(fits);
                pairs.map(move |(row, symbol)| (row * DISTANCES + symbol, part))
            });
        near.map(|(place, part)| part * counts[place]).sum::<f64>()
    };
    let cost = |weights: &[f64]| {
        let all = weights.iter().sum::<f64>();
        let costs = weights.iter().map(|weight| -(weight / all).log2() * 16.0);
        costs.map(|cost| cost.round() as u8).collect::<Vec<_>>()
    };
    let widths = [DISTANCES, COUNTS, 2];
    let mut model = Vec::new();
    for (width, costs) in widths.into_iter().zip(COSTS) {
        let start = model.len();
        for place in (start..start + costs).step_by(width) {
            let weight = |symbol: usize| {
                let smooth = if width == DISTANCES {
                    like(place / width, symbol)
                } else {
                    0.0
                };
                counts[place + symbol] + smooth + 0.3
            };
            model.extend(cost(&(0..width).map(weight).collect::<Vec<_>>()));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pack/postings.model");
    std::fs::write(path, model).unwrap();
}
