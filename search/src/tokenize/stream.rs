//! The terms of folded text as tantivy tokens.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::{Terms, is_gap};

/// Tokenizes folded text into [`Terms`].
#[derive(Clone, Default)]
pub(crate) struct Pairs {
    token: Token,
}

/// Tokenizes folded text into single characters.
#[derive(Clone, Default)]
pub(crate) struct Characters {
    token: Token,
}

/// Tokens out of an iterator of terms.
pub(crate) struct Stream<'a, I> {
    terms: I,
    token: &'a mut Token,
}

impl<'a, I: Iterator<Item = &'a str>> TokenStream for Stream<'a, I> {
    fn advance(&mut self) -> bool {
        let Some(term) = self.terms.next() else {
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

impl Tokenizer for Pairs {
    type TokenStream<'a> = Stream<'a, Terms<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        self.token.reset();
        Stream {
            terms: Terms::new(text),
            token: &mut self.token,
        }
    }
}

/// The characters of folded text, without gaps.
pub(crate) struct Singles<'a>(std::str::CharIndices<'a>, &'a str);

impl<'a> Iterator for Singles<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let (at, c) = self.0.find(|&(_, c)| !is_gap(c))?;
        Some(&self.1[at..at + c.len_utf8()])
    }
}

impl Tokenizer for Characters {
    type TokenStream<'a> = Stream<'a, Singles<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        self.token.reset();
        let terms = Singles(text.char_indices(), text);
        Stream {
            terms,
            token: &mut self.token,
        }
    }
}
