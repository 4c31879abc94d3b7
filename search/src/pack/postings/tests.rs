//! Lists as bytes, and bytes that are no lists; and how the model is learnt.

use proptest::prelude::*;

use super::*;

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
        sections in prop_oneof![0u32..300, any::<u32>()],
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
    let model = model();
    assert_eq!(model.len(), ROWS.iter().sum::<usize>());
    let widths = ROWS.into_iter().zip(WIDTHS);
    let widths = widths.flat_map(|(rows, width)| std::iter::repeat_n(width, rows));
    for (row, width) in model.iter().zip(widths) {
        assert!(row[..=width].is_sorted_by(|a, b| a < b));
        assert!(row[width..].iter().all(|&end| end == 1 << BITS));
    }
}

#[test]
fn what_was_learnt_says_so_in_fewer_bits() {
    let mut learner = Learner::default();
    let sixth = (0..5_000).map(|place| (place * 6, 2)).collect::<Vec<_>>();
    learner.add(&sixth, 30_000);
    let learnt = learner.model();
    assert_eq!(learnt.len(), MODEL.len());
    assert_eq!(learnt, learner.model());
    // Where six is the typical distance it costs next to nothing.
    let (kind, _) = kind(6);
    let steady = State::new(5_000, 30_000).sort * DISTANCES + kind;
    let row = |model: &[u8], row: usize| model[row * DISTANCES..][..DISTANCES].to_vec();
    assert!(row(&learnt, steady)[kind] <= 1);
    assert!(row(MODEL, steady)[kind] > 8);
    // Nothing was seen of the longest distances: all symbols of their rows cost the same.
    let unseen = row(&learnt, (FIRST - 1) * DISTANCES);
    assert!(unseen.iter().all(|cost| *cost == unseen[0]));
}
