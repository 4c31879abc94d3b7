//! The model of postings is learnt from those of real packs.

use super::{DISTANCES, Posting, ROWS, WIDTHS, say};

/// Added to what each symbol occurs: none is impossible.
const SELDOM: f64 = 0.3;
/// A row of distances is much like its neighbours, moved by as much: so much of one that is so
/// far away is added, which tells only in rows that are seldom used.
const ALIKE: [(usize, f64); 2] = [(1, 0.02), (2, 0.005)];

/// How often each symbol of each row of the model occurs.
pub(crate) struct Learner {
    rows: Vec<Vec<f64>>,
}

impl Default for Learner {
    fn default() -> Self {
        let rows = ROWS.into_iter().zip(WIDTHS);
        let rows = rows.flat_map(|(rows, width)| vec![vec![0.0; width]; rows]);
        Self {
            rows: rows.collect(),
        }
    }
}

impl Learner {
    /// Takes in a list, of as many sections in all.
    pub(crate) fn add(&mut self, list: &[Posting], sections: u32) {
        say(list, sections, |said| {
            self.rows[said.row][said.symbol] += 1.0
        });
    }

    /// The bytes of `postings.model`.
    pub(crate) fn model(&self) -> Vec<u8> {
        let rows = 0..self.rows.len();
        rows.flat_map(|row| self.costs(row)).collect()
    }

    /// In sixteenths of a bit.
    fn costs(&self, row: usize) -> impl Iterator<Item = u8> {
        let symbols = 0..self.rows[row].len();
        let weight = |symbol: usize| self.rows[row][symbol] + self.alike(row, symbol) + SELDOM;
        let weights = symbols.map(weight).collect::<Vec<_>>();
        let all = weights.iter().sum::<f64>();
        let costs = weights
            .into_iter()
            .map(move |weight| -(weight / all).log2() * 16.0);
        costs.map(|cost| cost.round() as u8)
    }

    fn alike(&self, row: usize, symbol: usize) -> f64 {
        if row >= ROWS[0] {
            return 0.0;
        }
        let near = ALIKE.into_iter().flat_map(|(apart, part)| {
            let below = row.checked_sub(apart).zip(symbol.checked_sub(apart));
            let above = Some((row + apart, symbol + apart));
            let pairs = [below, above].into_iter().flatten();
            pairs.map(move |place| (place, part))
        });
        let near = near.filter(|((row, symbol), _)| *row < ROWS[0] && *symbol < DISTANCES);
        near.map(|((row, symbol), part)| part * self.rows[row][symbol])
            .sum()
    }
}
