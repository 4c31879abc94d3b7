//! The terms of folded text as tantivy tokens.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::schema;
use crate::tokenize::{BREAK, Terms, is_gap};

/// Tokenizes folded text: a line that begins with a mark of [`schema`] is one term; of
/// any other the pairs and words, then the single characters.
#[derive(Clone, Default)]
pub(crate) struct AllTerms {
    token: Token,
}

/// The tokens of a text.
pub(crate) struct Stream<'a> {
    /// The lines still to come.
    rest: &'a str,
    terms: Terms<'a>,
    singles: std::str::CharIndices<'a>,
    line: &'a str,
    token: &'a mut Token,
}

impl<'a> Stream<'a> {
    fn next(&mut self) -> Option<&'a str> {
        loop {
            if let Some(term) = self.terms.next() {
                return Some(term);
            }
            if let Some((at, c)) = self.singles.find(|&(_, c)| !is_gap(c)) {
                return Some(&self.line[at..at + c.len_utf8()]);
            }
            if self.rest.is_empty() {
                return None;
            }
            let (line, rest) = self.rest.split_once(BREAK).unwrap_or((self.rest, ""));
            (self.line, self.rest) = (line, rest);
            if line.starts_with(|c| schema::MARKS.contains(&c)) {
                return Some(line);
            }
            self.terms = Terms::new(line);
            self.singles = line.char_indices();
        }
    }
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some(term) = self.next() else {
            return false;
        };
        // Positions are not indexed; they only have to grow.
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.push_str(term);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

impl Tokenizer for AllTerms {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.token.reset();
        Stream {
            rest: text,
            terms: Terms::new(""),
            singles: "".char_indices(),
            line: "",
            token: &mut self.token,
        }
    }
}
