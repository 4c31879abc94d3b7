//! What the first bytes of other formats say: GIF, WebP, BMP are passed on.

/// Width and height; `None` where the bytes begin like none of them.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes {
        [b'G', b'I', b'F', b'8', ..] => Some((short(bytes, 6)?, short(bytes, 8)?)),
        [b'B', b'M', ..] => {
            let side =
                |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
            // A picture that is stored from the top has a height below zero.
            let height = side(22)?.cast_signed().unsigned_abs();
            Some((side(18)?, height)).filter(|(width, height)| (*width).max(*height) < 1 << 16)
        }
        [b'R', b'I', b'F', b'F', ..] if bytes.get(8..12) == Some(b"WEBP") => webp(bytes),
        _ => None,
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u32> {
    let pair = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u32::from(u16::from_le_bytes(pair)))
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8X" => {
            let side =
                |at: usize| Some(short(bytes, at)? + (u32::from(*bytes.get(at + 2)?) << 16) + 1);
            Some((side(24)?, side(27)?))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(bytes.get(21..25)?.try_into().ok()?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => Some((short(bytes, 26)? & 0x3fff, short(bytes, 28)? & 0x3fff)),
        _ => None,
    }
}

/// A WebP without EXIF and XMP; `None` for what is no whole WebP.
pub(super) fn clean_webp(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12) != Some(b"WEBP") {
        return None;
    }
    let (mut clean, mut at) = (bytes[..12].to_vec(), 12);
    while at < bytes.len() {
        let head = bytes.get(at..at + 8)?;
        let length = usize::try_from(u32::from_le_bytes(head[4..].try_into().ok()?)).ok()?;
        let end = at
            .checked_add(8)?
            .checked_add(length)?
            .checked_add(length % 2)?;
        let chunk = bytes.get(at..end)?;
        if !matches!(&head[..4], b"EXIF" | b"XMP ") {
            let start = clean.len();
            clean.extend_from_slice(chunk);
            if head.starts_with(b"VP8X") {
                // The flags say which chunks there are.
                *clean.get_mut(start + 8)? &= !0b1100;
            }
        }
        at = end;
    }
    let length = u32::try_from(clean.len() - 8).ok()?;
    clean[4..8].copy_from_slice(&length.to_le_bytes());
    Some(clean)
}
