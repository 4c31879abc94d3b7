//! Compressed copies of files, for servers that send them instead.

use std::io::Write;

use serde::Deserialize;

/// How a copy is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// `.br`
    Brotli,
    /// `.gz`
    Gzip,
}

impl Compression {
    /// What servers look for behind a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
        }
    }

    /// The copy, as small as it gets; nothing where it would not be smaller. The same bytes
    /// give the same copy.
    pub fn compress(self, bytes: &[u8]) -> Option<Vec<u8>> {
        // Neither fails to write into memory; without a copy the file itself is sent.
        let copy = match self {
            Self::Brotli => {
                let mut encoder = brotli::CompressorWriter::new(Vec::new(), 64 << 10, 11, 22);
                encoder.write_all(bytes).ok()?;
                encoder.into_inner()
            }
            Self::Gzip => {
                let level = flate2::Compression::best();
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).ok()?;
                encoder.finish().ok()?
            }
        };
        (copy.len() < bytes.len()).then_some(copy)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn copies_hold_the_file() {
        let text = "砚池".repeat(500).into_bytes();
        let (mut brotli, mut gzip) = (Vec::new(), Vec::new());
        let copy = Compression::Brotli.compress(&text).unwrap_or_default();
        brotli::BrotliDecompress(&mut copy.as_slice(), &mut brotli).ok();
        let copy = Compression::Gzip.compress(&text).unwrap_or_default();
        let read = flate2::read::GzDecoder::new(copy.as_slice()).read_to_end(&mut gzip);
        assert_eq!(read.ok(), Some(text.len()));
        assert!(brotli == text && gzip == text);
        assert_eq!(Compression::Gzip.compress(b"a"), None);
    }
}
