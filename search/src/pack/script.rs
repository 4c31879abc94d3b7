//! Bytes as a classic script: what a page opened from a folder (`file://`) may load where it
//! may not fetch, and so may one of another origin.
//!
//! The script hands a string to the engine's loader, a character a byte, in windows-1252, whose
//! every byte is a character. Only what ends the string or would not survive in it is escaped,
//! a byte in eighty, so that one file serves both: read as bytes, and run as a script.

use std::borrow::Cow;

/// Before and behind the bytes.
const HEAD: &[u8] = b"ink(`";
const TAIL: &[u8] = b"`)";

/// The script of some bytes.
#[cfg(feature = "write")]
pub(crate) fn wrap(bytes: &[u8]) -> Vec<u8> {
    let mut script = Vec::with_capacity(bytes.len() + bytes.len() / 32 + 64);
    script.extend_from_slice(HEAD);
    // A template's lines end in line feeds, whatever they ended in.
    let ends = memchr::memchr3_iter(b'\\', b'`', b'\r', bytes);
    let values = memchr::memmem::find_iter(bytes, b"${");
    let mut escaped = ends.chain(values).collect::<Vec<_>>();
    escaped.sort_unstable();
    let mut rest = 0;
    for at in escaped {
        script.extend_from_slice(&bytes[rest..at]);
        let byte = if bytes[at] == b'\r' { b'r' } else { bytes[at] };
        script.extend_from_slice(&[b'\\', byte]);
        rest = at + 1;
    }
    script.extend_from_slice(&bytes[rest..]);
    script.extend_from_slice(TAIL);
    script
}

/// The bytes of a script; bytes that are none are themselves.
pub(crate) fn unwrap(file: &[u8]) -> Cow<'_, [u8]> {
    let inner = file.strip_prefix(HEAD);
    let Some(inner) = inner.and_then(|inner| inner.strip_suffix(TAIL)) else {
        return Cow::Borrowed(file);
    };
    if !inner.contains(&b'\\') {
        return Cow::Borrowed(inner);
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.iter();
    while let Some(&byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next() {
                Some(b'r') => b'\r',
                Some(&escaped) => escaped,
                None => byte,
            },
            byte => byte,
        });
    }
    Cow::Owned(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_end_the_string_is_escaped() {
        let script = wrap(b"a`\\\r\n${$");
        assert_eq!(script, b"ink(`a\\`\\\\\\r\n\\${$`)");
        assert_eq!(unwrap(&script).as_ref(), b"a`\\\r\n${$");
        assert_eq!(unwrap(b"abc").as_ref(), b"abc");
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let script = wrap(&bytes);
            prop_assert_eq!(unwrap(&script), bytes);
        }
    }
}
