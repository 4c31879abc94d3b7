//! A range coder: symbols of known probabilities → as few bytes as they are worth.
//!
//! Carries run backwards as in LZMA's coder, and what a decoder reads behind the end is zeros.

#[cfg(feature = "write")]
use std::iter;

/// Bits of a probability: those of a row sum to `1 << BITS`.
pub(crate) const BITS: u32 = 12;
/// The range is made wider below this.
const LEAST: u32 = 1 << 24;
/// Most bits that are coded at once without a probability.
const PLAIN: u32 = 16;

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
        let bound = self.range * chance;
        let is_so = self.code < bound;
        match is_so {
            true => self.range = bound,
            false => {
                self.code -= bound;
                self.range *= (1 << BITS) - chance;
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
    range: u32,
    /// The byte that a carry may still change, and how many `0xff` behind it.
    held: Option<u8>,
    full: usize,
    out: Vec<u8>,
}

#[cfg(feature = "write")]
impl Default for Encoder {
    fn default() -> Self {
        Self {
            low: 0,
            range: u32::MAX,
            held: None,
            full: 0,
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
        self.low += u64::from(start) * u64::from(self.range);
        self.range *= size;
        self.widen();
    }

    /// The low bits of a number, all equally likely.
    #[inline]
    pub(crate) fn plain(&mut self, number: u32, bits: u32) {
        if bits > PLAIN {
            self.plain_bits(number >> PLAIN, bits - PLAIN);
            self.plain_bits(number & ((1 << PLAIN) - 1), PLAIN);
        } else {
            self.plain_bits(number, bits);
        }
    }

    fn plain_bits(&mut self, number: u32, bits: u32) {
        self.range >>= bits;
        self.low += u64::from(number) * u64::from(self.range);
        self.widen();
    }

    #[inline]
    fn widen(&mut self) {
        while self.range < LEAST {
            self.range <<= 8;
            self.shift();
        }
    }

    /// Moves the highest byte out.
    fn shift(&mut self) {
        let byte = (self.low >> 24) as u8;
        let carry = self.low >> 32 > 0;
        if carry || byte != 0xff {
            self.settle(carry);
            self.held = Some(byte);
        } else {
            self.full += 1;
        }
        self.low = (self.low & 0x00ff_ffff) << 8;
    }

    fn settle(&mut self, carry: bool) {
        let held = self.held.take();
        self.out
            .extend(held.map(|byte| byte.wrapping_add(u8::from(carry))));
        if self.full > 0 {
            let full = if carry { 0 } else { 0xff };
            self.out.extend(iter::repeat_n(full, self.full));
            self.full = 0;
        }
    }

    /// Everything so far in the fewest bytes that tell it.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        // Any number of the range does: the one that ends in the most zeros.
        let last = self.low + u64::from(self.range) - 1;
        let zeros = (0..=32).rev().map(|bits| !0u64 << bits);
        let mut numbers = zeros.map(|mask| last & mask);
        self.low = numbers.find(|&number| number >= self.low).unwrap_or(last);
        (0..4).for_each(|_| self.shift());
        self.settle(false);
        let end = self.out.iter().rposition(|&byte| byte != 0);
        self.out.truncate(end.map_or(0, |end| end + 1));
        self.out
    }
}

/// Takes bytes, gives symbols. Of bytes that are none of [`Encoder`]'s it gives some, too.
#[derive(Debug)]
pub(crate) struct Decoder<'a> {
    rest: &'a [u8],
    code: u32,
    range: u32,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self {
            rest: bytes,
            code: 0,
            range: u32::MAX,
        };
        (0..4).for_each(|_| decoder.shift());
        decoder
    }

    /// The next symbol of a row: `starts` has where each symbol begins, and `1 << BITS`.
    pub(crate) fn symbol(&mut self, starts: &[u16]) -> usize {
        self.range >>= BITS;
        let place = (self.code / self.range).min((1 << BITS) - 1) as u16;
        let symbol = starts.partition_point(|&start| start <= place) - 1;
        let (start, end) = (u32::from(starts[symbol]), u32::from(starts[symbol + 1]));
        self.code = self.code.wrapping_sub(start * self.range);
        self.range *= end - start;
        self.widen();
        symbol
    }

    /// The next number of so many bits.
    pub(crate) fn plain(&mut self, bits: u32) -> u32 {
        if bits > PLAIN {
            let high = self.plain(bits - PLAIN);
            return high << PLAIN | self.plain(PLAIN);
        }
        self.range >>= bits;
        let number = (self.code / self.range).min((1 << bits) - 1);
        self.code = self.code.wrapping_sub(number * self.range);
        self.widen();
        number
    }

    fn widen(&mut self) {
        while self.range < LEAST {
            self.range <<= 8;
            self.shift();
        }
    }

    fn shift(&mut self) {
        let (byte, rest) = self.rest.split_first().unwrap_or((&0, &[]));
        self.rest = rest;
        self.code = self.code << 8 | u32::from(*byte);
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
