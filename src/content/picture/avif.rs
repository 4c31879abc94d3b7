//! AVIF and its kin: boxes within boxes (ISO/IEC 14496-12), with pictures and notes as items
//! (23008-12). Places in the file are named by number everywhere, so nothing is moved: notes are
//! overwritten where they lie.

use std::collections::BTreeMap;
use std::ops::Range;

/// What an item of EXIF becomes: a TIFF without an entry, as far as there is room, then zeros.
const NO_EXIF: [u8; 18] = *b"\0\0\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0";

/// Boxes in which the boxes lie that are looked into, at most.
const DEEPEST: usize = 8;

/// A box: its four letters, where it begins, and its body.
struct Part {
    name: [u8; 4],
    start: usize,
    body: Range<usize>,
}

/// The boxes that lie in a range, which they fill; `None` where one is cut off.
fn parts(bytes: &[u8], range: Range<usize>) -> Option<Vec<Part>> {
    let (mut parts, mut at) = (Vec::new(), range.start);
    while at < range.end {
        let mut head = Reader { bytes, at };
        let short = head.number(4)?;
        let name = head.bytes.get(head.at..head.at + 4)?.try_into().ok()?;
        head.at += 4;
        let end = match short {
            0 => range.end,
            1 => at.checked_add(head.number(8)?)?,
            length => at.checked_add(length)?,
        };
        if end < head.at || end > range.end {
            return None;
        }
        let body = head.at..end;
        parts.push(Part {
            name,
            start: at,
            body,
        });
        at = end;
    }
    Some(parts)
}

/// Reads numbers one after another.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// A number of so many bytes, 8 at most; none is 0.
    fn number(&mut self, length: usize) -> Option<usize> {
        let end = self.at.checked_add(length)?;
        let digits = self.bytes.get(self.at..end)?;
        self.at = end;
        let number = digits
            .iter()
            .fold(0, |number: u64, digit| number << 8 | u64::from(*digit));
        usize::try_from(number).ok()
    }
}

/// Width and height as they are shown: the largest that is named, since tiles and thumbnails
/// have one, too, on its side where the file says so.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let meta = inner(bytes, 0..bytes.len(), *b"meta")?;
    let properties = inner(bytes, meta.start + 4..meta.end, *b"iprp")?;
    let properties = inner(bytes, properties, *b"ipco")?;
    let (mut size, mut turned) = (None, false);
    for part in parts(bytes, properties)? {
        let at = part.body.start;
        let mut body = Reader { bytes, at };
        match &part.name {
            b"ispe" => {
                let (_, width, height) = (body.number(4)?, body.number(4)?, body.number(4)?);
                let found = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
                let dots = |size: (u32, u32)| u64::from(size.0) * u64::from(size.1);
                let is_larger = size.is_none_or(|size| dots(found) > dots(size));
                if found.0.max(found.1) < 1 << 16 && is_larger {
                    size = Some(found);
                }
            }
            b"irot" => turned = body.number(1)? % 2 == 1,
            _ => {}
        }
    }
    let (width, height) = size?;
    Some(if turned {
        (height, width)
    } else {
        (width, height)
    })
}

/// The body of the first box of that name in a range.
fn inner(bytes: &[u8], range: Range<usize>, name: [u8; 4]) -> Option<Range<usize>> {
    let mut parts = parts(bytes, range)?.into_iter();
    parts.find(|part| part.name == name).map(|part| part.body)
}

/// The file with its notes overwritten: items of EXIF and XMP, and the boxes in which programs
/// keep what they like. `None` for what cannot be taken apart.
pub(super) fn clean(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut clean = bytes.to_vec();
    blank(bytes, 0..bytes.len(), DEEPEST, &mut clean)?;
    Some(clean)
}

fn blank(bytes: &[u8], range: Range<usize>, depth: usize, clean: &mut [u8]) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    for part in parts(bytes, range)? {
        match &part.name {
            b"moov" | b"trak" | b"mdia" | b"minf" => blank(bytes, part.body, depth, clean)?,
            b"udta" | b"uuid" => {
                let name = part.body.start.min(part.start + 8) - 4;
                clean[name..name + 4].copy_from_slice(b"free");
                clean[part.body].fill(0);
            }
            b"meta" => blank_items(bytes, part.body, depth, clean)?,
            _ => {}
        }
    }
    Some(())
}

/// In the body of a `meta` box.
fn blank_items(bytes: &[u8], meta: Range<usize>, depth: usize, clean: &mut [u8]) -> Option<()> {
    let inside = meta.start.checked_add(4)?..meta.end;
    let info = inner(bytes, inside.clone(), *b"iinf");
    let notes = info.map_or(Some(BTreeMap::new()), |info| notes(bytes, info))?;
    if !notes.is_empty() {
        let places = inner(bytes, inside.clone(), *b"iloc")?;
        let data = inner(bytes, inside.clone(), *b"idat");
        // Honest places do not overlap.
        let mut room = bytes.len();
        for (item, place) in places_of(bytes, places, data)? {
            let Some(is_exif) = notes.get(&item) else {
                continue;
            };
            room = room.checked_sub(place.len())?;
            let place = clean.get_mut(place)?;
            place.fill(if *is_exif { 0 } else { b' ' });
            if *is_exif && place.len() >= NO_EXIF.len() {
                place[..NO_EXIF.len()].copy_from_slice(&NO_EXIF);
            }
        }
    }
    blank(bytes, inside, depth, clean)
}

/// The numbers of the items that are notes, and whether they are EXIF, from the body of `iinf`.
fn notes(bytes: &[u8], info: Range<usize>) -> Option<BTreeMap<usize, bool>> {
    let at = info.start;
    let mut head = Reader { bytes, at };
    let version = head.number(4)? >> 24;
    head.number(if version == 0 { 2 } else { 4 })?;
    let mut notes = BTreeMap::new();
    for part in parts(bytes, head.at..info.end)? {
        let at = part.body.start;
        let mut entry = Reader { bytes, at };
        let version = entry.number(4)? >> 24;
        let item = entry.number(if version < 3 { 2 } else { 4 })?;
        entry.number(2)?;
        // Before version 2 items had no kind but MIME's.
        let kind = bytes.get(entry.at..entry.at + 4).filter(|_| version >= 2);
        match kind.unwrap_or(b"mime") {
            b"Exif" => notes.insert(item, true),
            b"mime" | b"uri " => notes.insert(item, false),
            _ => None,
        };
    }
    Some(notes)
}

/// Where items lie, by number, from the body of `iloc`; `data` is that of `idat`.
fn places_of(
    bytes: &[u8],
    places: Range<usize>,
    data: Option<Range<usize>>,
) -> Option<Vec<(usize, Range<usize>)>> {
    let at = places.start;
    let mut list = Reader { bytes, at };
    let version = list.number(4)? >> 24;
    let sizes = list.number(2)?;
    let [offset, length, base, index] = [12, 8, 4, 0].map(|shift| sizes >> shift & 15);
    let index = if version == 0 { 0 } else { index };
    if [offset, length, base, index].iter().any(|size| *size > 8) {
        return None;
    }
    let mut found = Vec::new();
    for _ in 0..list.number(if version < 2 { 2 } else { 4 })? {
        let item = list.number(if version < 2 { 2 } else { 4 })?;
        let way = if version == 0 {
            0
        } else {
            list.number(2)? & 15
        };
        list.number(2)?;
        let start = list.number(base)?;
        let extents = list.number(2)?;
        if extents > 1 && offset + length == 0 {
            return None;
        }
        for _ in 0..extents {
            list.number(index)?;
            let from = start.checked_add(list.number(offset)?)?;
            let long = list.number(length)?;
            let (first, last) = match way {
                0 => (0, bytes.len()),
                1 => data.clone().map(|data| (data.start, data.end))?,
                // A part of another item.
                _ => return None,
            };
            let from = first.checked_add(from)?;
            // Without a length it is all there is.
            let to = if long == 0 {
                last
            } else {
                from.checked_add(long)?
            };
            if from > to || to > last {
                return None;
            }
            found.push((item, from..to));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests;
