//! A range coder: symbols of known probabilities → as few bytes as they are worth.
//!
//! What a decoder reads behind the end is zeros.

/// Bits of a probability: those of a row sum to `1 << BITS`.
pub(crate) const BITS: u32 = 12;
/// The range is made wider below this, by so many bits: one step does, whatever was said.
const LEAST: u64 = 1 << WIDER;
const WIDER: u32 = 32;

/// What codes symbols: what an encoder is told, a decoder finds out.
pub(crate) trait Coder {
    /// The next symbol of a row: `starts` has where each symbol begins, and `1 << BITS`.
    fn symbol(&mut self, starts: &[u16], symbol: usize) -> usize;

    /// Whether something is so that is so in so many of `1 << BITS` cases.
    fn decision(&mut self, chance: u32, is_so: bool) -> bool;

    /// The next number of so many bits.
    fn plain(&mut self, number: u32, bits: u32) -> u32;
}

#[cfg(feature = "write")]
impl Coder for Encoder {
    fn symbol(&mut self, starts: &[u16], symbol: usize) -> usize {
        let (start, end) = (u32::from(starts[symbol]), u32::from(starts[symbol + 1]));
        self.symbol(start, end - start);
        symbol
    }

    #[inline]
    fn decision(&mut self, chance: u32, is_so: bool) -> bool {
        match is_so {
            true => self.symbol(0, chance),
            false => self.symbol(chance, (1 << BITS) - chance),
        }
        is_so
    }

    fn plain(&mut self, number: u32, bits: u32) -> u32 {
        self.plain(number, bits);
        number
    }
}

impl Coder for Decoder<'_> {
    fn symbol(&mut self, starts: &[u16], _: usize) -> usize {
        self.symbol(starts)
    }

    #[inline]
    fn decision(&mut self, chance: u32, _: bool) -> bool {
        self.range >>= BITS;
        let bound = self.range * u64::from(chance);
        let is_so = self.code < bound;
        match is_so {
            true => self.range = bound,
            false => {
                self.code -= bound;
                self.range *= u64::from((1 << BITS) - chance);
            }
        }
        self.widen();
        is_so
    }

    fn plain(&mut self, _: u32, bits: u32) -> u32 {
        self.plain(bits)
    }
}

/// Takes symbols, gives bytes.
#[cfg(feature = "write")]
#[derive(Debug)]
pub(crate) struct Encoder {
    low: u64,
    range: u64,
    out: Vec<u8>,
}

#[cfg(feature = "write")]
impl Default for Encoder {
    fn default() -> Self {
        Self {
            low: 0,
            range: u64::MAX,
            out: Vec::new(),
        }
    }
}

#[cfg(feature = "write")]
impl Encoder {
    /// A symbol that has `size` of all `1 << BITS`, behind `start` of others.
    #[inline]
    pub(crate) fn symbol(&mut self, start: u32, size: u32) {
        self.range >>= BITS;
        self.add(start);
        self.range *= u64::from(size);
        self.widen();
    }

    /// The low bits of a number, all equally likely.
    #[inline]
    pub(crate) fn plain(&mut self, number: u32, bits: u32) {
        self.range >>= bits;
        self.add(number);
        self.widen();
    }

    /// Leaves so many ranges out.
    #[inline]
    fn add(&mut self, ranges: u32) {
        let (low, carry) = self.low.overflowing_add(u64::from(ranges) * self.range);
        self.low = low;
        if carry {
            self.carry();
        }
    }

    /// Makes the number that is written already one larger.
    #[cold]
    fn carry(&mut self) {
        for byte in self.out.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }

    #[inline]
    fn widen(&mut self) {
        if self.range < LEAST {
            let high = (self.low >> WIDER) as u32;
            self.out.extend_from_slice(&high.to_be_bytes());
            self.low <<= WIDER;
            self.range <<= WIDER;
        }
    }

    /// Everything so far in the fewest bytes that tell it.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        // Any number of the range does: the one that ends in the most zeros.
        let low = u128::from(self.low);
        let last = low + u128::from(self.range) - 1;
        let zeros = (0..=u64::BITS).rev().map(|bits| !0u128 << bits);
        let mut numbers = zeros.map(|mask| last & mask);
        let number = numbers.find(|&number| number >= low).unwrap_or(last);
        if number > u128::from(u64::MAX) {
            self.carry();
        }
        self.out.extend_from_slice(&(number as u64).to_be_bytes());
        let end = self.out.iter().rposition(|&byte| byte != 0);
        self.out.truncate(end.map_or(0, |end| end + 1));
        self.out
    }
}

/// Takes bytes, gives symbols. Of bytes that are none of [`Encoder`]'s it gives some, too.
#[derive(Debug)]
pub(crate) struct Decoder<'a> {
    rest: &'a [u8],
    code: u64,
    range: u64,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self {
            rest: bytes,
            code: 0,
            range: u64::MAX,
        };
        let high = u64::from(decoder.next());
        decoder.code = high << WIDER | u64::from(decoder.next());
        decoder
    }

    /// The next symbol of a row: `starts` has where each symbol begins, and `1 << BITS`.
    pub(crate) fn symbol(&mut self, starts: &[u16]) -> usize {
        self.range >>= BITS;
        let place = (self.code / self.range).min((1 << BITS) - 1) as u16;
        let symbol = starts.partition_point(|&start| start <= place) - 1;
        let (start, end) = (u64::from(starts[symbol]), u64::from(starts[symbol + 1]));
        self.code = self.code.wrapping_sub(start * self.range);
        self.range *= end - start;
        self.widen();
        symbol
    }

    /// The next number of so many bits.
    pub(crate) fn plain(&mut self, bits: u32) -> u32 {
        self.range >>= bits;
        let number = (self.code / self.range).min((1 << bits) - 1);
        self.code = self.code.wrapping_sub(number * self.range);
        self.widen();
        number as u32
    }

    #[inline]
    fn widen(&mut self) {
        if self.range < LEAST {
            self.code = self.code << WIDER | u64::from(self.next());
            self.range <<= WIDER;
        }
    }

    /// The next bytes as a number.
    fn next(&mut self) -> u32 {
        if let Some((bytes, rest)) = self.rest.split_first_chunk() {
            self.rest = rest;
            return u32::from_be_bytes(*bytes);
        }
        let mut bytes = [0; 4];
        bytes[..self.rest.len()].copy_from_slice(self.rest);
        self.rest = &[];
        u32::from_be_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Three symbols, the middle one rare.
    const STARTS: [u16; 4] = [0, 4_000, 4_001, 4_096];

    proptest! {
        #[test]
        fn what_went_in_comes_out(items in proptest::collection::vec((0usize..3, any::<u32>(), 0u32..33), 0..300)) {
            let low = |number: u32, bits: u32| number & u32::try_from((1u64 << bits) - 1).unwrap();
            let mut encoder = Encoder::default();
            for &(symbol, number, bits) in &items {
                let (start, end) = (STARTS[symbol].into(), u32::from(STARTS[symbol + 1]));
                encoder.symbol(start, end - start);
                encoder.plain(low(number, bits), bits);
            }
            let bytes = encoder.finish();
            let mut decoder = Decoder::new(&bytes);
            for &(symbol, number, bits) in &items {
                prop_assert_eq!(decoder.symbol(&STARTS), symbol);
                prop_assert_eq!(decoder.plain(bits), low(number, bits));
            }
        }

        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..50)) {
            let mut decoder = Decoder::new(&bytes);
            for bits in 0..100 {
                decoder.symbol(&STARTS);
                decoder.plain(bits % 33);
            }
        }
    }

    #[test]
    fn what_is_likely_costs_next_to_nothing() {
        let mut encoder = Encoder::default();
        (0..1_000).for_each(|_| encoder.symbol(0, 4_000));
        assert!(encoder.finish().len() <= 6);
        assert!(Encoder::default().finish().is_empty());
    }
}
