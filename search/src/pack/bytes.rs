//! Numbers, texts and lists as bytes: the writer and the reader of every table.

use super::PackError;

/// Appends to a table.
#[cfg(feature = "write")]
#[derive(Default)]
pub(crate) struct Writer(pub Vec<u8>);

#[cfg(feature = "write")]
impl Writer {
    /// A number, seven bits a byte, the lowest first.
    #[inline]
    pub(crate) fn number(&mut self, number: impl Into<u64>) {
        let mut number = number.into();
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(crate) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(crate) fn numbers(&mut self, numbers: &[u32]) {
        self.count(numbers.len());
        numbers.iter().for_each(|&number| self.number(number));
    }

    /// Numbers none of which is below the one before.
    pub(crate) fn rising(&mut self, numbers: &[u32]) {
        self.count(numbers.len());
        let mut last = 0;
        for &number in numbers {
            self.number(number - last);
            last = number;
        }
    }
}

const TRUNCATED: PackError = PackError::Damaged("a table ends too early");

/// Takes from the front of a table.
pub(crate) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], PackError> {
        let Some((taken, rest)) = self.0.split_at_checked(length) else {
            return Err(TRUNCATED);
        };
        self.0 = rest;
        Ok(taken)
    }

    #[inline]
    pub(crate) fn number(&mut self) -> Result<u64, PackError> {
        // Most numbers are small.
        match self.0 {
            [byte @ ..0x80, rest @ ..] => {
                self.0 = rest;
                Ok((*byte).into())
            }
            [low, high @ ..0x80, rest @ ..] => {
                self.0 = rest;
                Ok(u64::from(low & 0x7f) | u64::from(*high) << 7)
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Result<u64, PackError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let Some((&byte, rest)) = self.0.split_first() else {
                return Err(TRUNCATED);
            };
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(TRUNCATED)
    }

    pub(crate) fn small(&mut self) -> Result<u32, PackError> {
        u32::try_from(self.number()?).map_err(|_| TRUNCATED)
    }

    /// A number of things, each of which takes at least a byte.
    pub(crate) fn count(&mut self) -> Result<usize, PackError> {
        let count = self.number()?;
        if count > self.0.len() as u64 {
            return Err(TRUNCATED);
        }
        Ok(count as usize)
    }

    pub(crate) fn numbers(&mut self) -> Result<Vec<u32>, PackError> {
        (0..self.count()?).map(|_| self.small()).collect()
    }

    pub(crate) fn rising(&mut self) -> Result<Vec<u32>, PackError> {
        let mut last = 0u32;
        let mut numbers = Vec::new();
        for _ in 0..self.count()? {
            last = last.checked_add(self.small()?).ok_or(TRUNCATED)?;
            numbers.push(last);
        }
        Ok(numbers)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], PackError> {
        let length = self.count()?;
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> Result<String, PackError> {
        let bytes = self.bytes()?.to_vec();
        String::from_utf8(bytes).map_err(|_| PackError::Damaged("a text is not UTF-8"))
    }
}
