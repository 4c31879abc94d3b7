//! A list of postings in tantivy's form, byte for byte as tantivy's own serializer writes it.
//! That one would do, but of the code it brings to pack bits there is more than a quarter of
//! all that a browser loads, and here it need not be fast.

use super::Posting;

/// Postings of a block; those behind the last full one are written as bytes.
const BLOCK: usize = 128;
/// A block's numbers are dealt to so many lanes.
const LANES: usize = 4;
/// Marks that a distance is written less one.
const LESS_ONE: u8 = 1 << 6;
/// On the last byte of a number.
const LAST: u8 = 1 << 7;

/// A list in tantivy's form: what leads over blocks, the blocks, the rest.
pub(crate) fn packed(list: &[Posting]) -> Vec<u8> {
    let (mut skips, mut postings) = (Vec::new(), Vec::new());
    let (blocks, rest) = list.as_chunks::<BLOCK>();
    let mut last = None;
    for block in blocks {
        let mut before = last;
        let distances = block.map(|(section, _)| {
            let distance = section - before.map_or(0, |before: u32| before + 1);
            before = Some(section);
            distance
        });
        last = before;
        skips.extend(last.unwrap_or_default().to_le_bytes());
        skips.push(pack(&mut postings, distances) | LESS_ONE);
        skips.push(pack(&mut postings, block.map(|(_, count)| count - 1)));
        // What a block's best score is made of: nobody asks for it.
        skips.extend([0, 0]);
    }
    let mut before = last.unwrap_or_default();
    for &(section, _) in rest {
        number(&mut postings, section - before);
        before = section;
    }
    rest.iter()
        .for_each(|&(_, count)| number(&mut postings, count));
    if blocks.is_empty() {
        return postings;
    }
    let mut bytes = Vec::with_capacity(skips.len() + postings.len() + 4);
    number(&mut bytes, skips.len() as u32);
    bytes.extend(skips);
    bytes.extend(postings);
    bytes
}

/// Writes a block's numbers in as many bits each as the largest needs, and returns how many
/// that is.
fn pack(bytes: &mut Vec<u8>, numbers: [u32; BLOCK]) -> u8 {
    let bits = u32::BITS
        - numbers
            .iter()
            .fold(0, |all, number| all | number)
            .leading_zeros();
    let mut words = vec![0u32; LANES * bits as usize];
    for (row, lanes) in (0..).zip(numbers.as_chunks::<LANES>().0) {
        let (word, shift) = ((row * bits / 32) as usize, row * bits % 32);
        for (lane, &number) in lanes.iter().enumerate() {
            let number = u64::from(number) << shift;
            for (word, part) in [(word, number as u32), (word + 1, (number >> 32) as u32)] {
                if let Some(word) = words.get_mut(LANES * word + lane) {
                    *word |= part;
                }
            }
        }
    }
    bytes.extend(words.into_iter().flat_map(u32::to_le_bytes));
    bits as u8
}

/// Writes a number, seven bits a byte.
fn number(bytes: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8);
        number >>= 7;
    }
    bytes.push(number as u8 | LAST);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::postings::serializer::PostingsSerializer;
    use tantivy::schema::IndexRecordOption;

    use super::*;

    fn serialized(list: &[Posting]) -> Vec<u8> {
        let postings = list.len() as u32;
        let mut serializer = PostingsSerializer::new(0.0, IndexRecordOption::WithFreqs, None);
        serializer.new_term(postings, true);
        for &(section, count) in list {
            serializer.write_doc(section, count);
        }
        let mut bytes = Vec::new();
        serializer.close_term(postings, &mut bytes).unwrap();
        bytes
    }

    proptest! {
        #[test]
        fn a_list_is_as_tantivy_writes_it(
            distances in proptest::collection::vec((0u32..300_000, 1u32..9), 0..900),
            shift in 0u32..18,
            more in 0u32..24,
        ) {
            let mut next = 0;
            let list = distances.into_iter().map(|(distance, count)| {
                let section = next + (distance >> shift);
                next = section + 1;
                (section, count << more)
            });
            let list = list.collect::<Vec<_>>();
            prop_assert_eq!(packed(&list), serialized(&list));
        }
    }
}
