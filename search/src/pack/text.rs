//! Texts, coded character by character: what follows is guessed by what followed before, and
//! only what no guess hits is spelt out.
//!
//! A guess takes a single decision, and a good one next to no bits. So this is as fast as
//! deflating, and takes a third fewer bytes where texts come in pieces as small as chunks.

use super::PackError;
use super::bytes::Reader;
#[cfg(feature = "write")]
use super::bytes::Writer;
#[cfg(feature = "write")]
use super::coder::Encoder;
use super::coder::{BITS, Coder, Decoder};
use super::idiom::Alphabet;

/// A text where these two characters stood before goes on as it did then: how many hashes of
/// two characters are told apart, in bits.
const PLACES: u32 = 13;
/// Two texts need not be compared further back than this to be alike.
const ALIKE: usize = 15;
/// Characters that are compared at once.
const COMPARED: usize = 16;
/// How many hashes of a character are told apart by what followed it, in bits.
const FOLLOWED: u32 = 12;
/// So many followers of a character are kept.
const FOLLOWERS: usize = 4;
/// How many hashes of a character are told apart by how far guesses about it are to be
/// trusted, in bits.
const TRUSTED: u32 = 10;
/// Of the number of times that a guess was right in a row, so many are told apart.
const STREAKS: usize = 4;
/// No guess is surer than this: so no byte says more than [`MOST`] characters.
const SURE: u32 = 4064;
/// Most characters that a byte says: 8 bits, over the cost of the surest guess.
const MOST: usize = 704;
/// Bytes of a character that no alphabet has, at the most.
const WIDEST: usize = 4;
/// Bits of a character that no alphabet has.
const SCALAR: u32 = 21;

/// What texts said so far, and what it lets one expect.
pub(crate) struct Guesser {
    past: Vec<char>,
    /// By the hash of two characters: the place behind where they stood last.
    places: Vec<u32>,
    /// Where the past is like the present, and for how many characters it has been: 0 if it
    /// is not.
    at: usize,
    alike: usize,
    /// By the hash of a character: what followed it, the likeliest first.
    followers: Vec<[char; FOLLOWERS]>,
    /// How many times in a row it was the first of these.
    streaks: Vec<u8>,
    /// By the sort of guess, and by the character that it is about.
    sorts: [Chance; SORTS],
    trust: Vec<Chance>,
}

/// Sorts of guesses: of a longer past by how long it is; of followers by which one it is, how
/// often the first was right, and whether the longer past was wrong.
const SORTS: usize = ALIKE + 1 + 2 * FOLLOWERS * STREAKS;

impl Clone for Guesser {
    fn clone(&self) -> Self {
        let mut other = Self::default();
        other.clone_from(self);
        other
    }

    /// In the memory that is there: for a text of a chunk, that takes half the time.
    fn clone_from(&mut self, other: &Self) {
        let Self {
            past,
            places,
            at,
            alike,
            followers,
            streaks,
            sorts,
            trust,
        } = other;
        self.past.clone_from(past);
        self.places.clone_from(places);
        (self.at, self.alike) = (*at, *alike);
        self.followers.clone_from(followers);
        self.streaks.clone_from(streaks);
        self.sorts = *sorts;
        self.trust.clone_from(trust);
    }
}

impl Default for Guesser {
    fn default() -> Self {
        Self {
            past: vec![NONE; COMPARED],
            places: vec![0; 1 << PLACES],
            at: 0,
            alike: 0,
            followers: vec![[NONE; FOLLOWERS]; 1 << FOLLOWED],
            streaks: vec![0; 1 << FOLLOWED],
            sorts: [Chance::default(); SORTS],
            trust: vec![Chance::default(); (1 + FOLLOWERS) << TRUSTED],
        }
    }
}

/// Before the first character, and where no follower is known.
const NONE: char = '\0';

/// How likely a guess is right: twelve bits of probability, and how often it was seen, up to 15.
#[derive(Clone, Copy)]
struct Chance(u16);

impl Default for Chance {
    fn default() -> Self {
        Self(1 << 15)
    }
}

/// How far a chance moves, in 65,536ths, by how often it was seen: most of the way at first, a
/// sixteenth of it in the end.
const MOVES: [i32; 16] = {
    let (mut moves, mut seen) = ([0; 16], 0);
    while seen < 16 {
        moves[seen] = (655_360 / (10 * seen + 16)) as i32;
        seen += 1;
    }
    moves
};

impl Chance {
    fn probability(self) -> u32 {
        u32::from(self.0 >> 4)
    }

    /// Moves towards what happened.
    fn was(&mut self, hit: bool) {
        let seen = self.0 & 15;
        let probability = i32::from(self.0 >> 4);
        let goal = if hit { (1 << BITS) - 1 } else { 0 };
        let moved = probability + (((goal - probability) * MOVES[usize::from(seen)]) >> 16);
        self.0 = (moved as u16) << 4 | (seen + 1).min(15);
    }
}

fn hash(character: char, more: u32, bits: u32) -> usize {
    let mixed = (u32::from(character) ^ more.wrapping_mul(0x85eb_ca6b)).wrapping_mul(0x9e37_79b1);
    ((mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca6b) >> (u32::BITS - bits)) as usize
}

impl Guesser {
    /// Codes the next character; a decoder needs not be told which.
    #[inline]
    fn code(&mut self, coder: &mut impl Coder, alphabet: &Alphabet, character: char) -> char {
        let last = self.past[self.past.len() - 1];
        let about = hash(last, 0, FOLLOWED);
        let coded = self.guess(coder, last, about, character);
        let coded = coded.unwrap_or_else(|| spell(coder, alphabet, character));
        self.follow(about, coded);
        self.remember(coded);
        coded
    }

    /// The character, if a guess hits it.
    #[inline]
    fn guess(
        &mut self,
        coder: &mut impl Coder,
        last: char,
        about: usize,
        character: char,
    ) -> Option<char> {
        let mut wrong = None;
        if self.alike > 0 {
            let guess = self.past[self.at];
            let trust = hash(guess, 0, TRUSTED);
            if self.decide(coder, self.alike.min(ALIKE), trust, guess == character) {
                return Some(guess);
            }
            wrong = Some(guess);
        }
        let streak = usize::from(self.streaks[about]).min(STREAKS - 1);
        let trust = hash(last, 0, TRUSTED);
        for (which, guess) in self.followers[about].into_iter().enumerate() {
            if guess == NONE || wrong == Some(guess) {
                continue;
            }
            let sort = (usize::from(wrong.is_some()) * FOLLOWERS + which) * STREAKS + streak;
            let trust = (1 + which) << TRUSTED | trust;
            if self.decide(coder, ALIKE + 1 + sort, trust, guess == character) {
                return Some(guess);
            }
        }
        None
    }

    /// Codes whether a guess hits.
    #[inline]
    fn decide(&mut self, coder: &mut impl Coder, sort: usize, trust: usize, hit: bool) -> bool {
        let (sort, trust) = (&mut self.sorts[sort], &mut self.trust[trust]);
        let chance = (sort.probability() + trust.probability()) / 2;
        let chance = chance.clamp((1 << BITS) - SURE, SURE);
        let hit = coder.decision(chance, hit);
        sort.was(hit);
        trust.was(hit);
        hit
    }

    /// Takes in what followed a character: a new follower becomes the second, an old one the first.
    #[inline]
    fn follow(&mut self, about: usize, character: char) {
        let (followers, streak) = (&mut self.followers[about], &mut self.streaks[about]);
        let [first, second, third, fourth] = *followers;
        if first == character {
            *streak = streak.saturating_add(1);
            return;
        }
        *streak = 0;
        // Those before where it was move back. Without a branch, as no processor foresees which
        // they are.
        let is_second = second == character;
        let is_third = third == character;
        let is_old = is_second | is_third | (fourth == character);
        let leads = is_old | (first == NONE);
        *followers = [
            if leads { character } else { first },
            if leads { first } else { character },
            if is_second { third } else { second },
            if is_second | is_third { fourth } else { third },
        ];
    }

    /// Adds a character to the past.
    #[inline]
    fn remember(&mut self, character: char) {
        let before = self.past[self.past.len() - 1];
        let goes_on = self.alike > 0 && self.past[self.at] == character;
        self.past.push(character);
        let end = self.past.len();
        let place = &mut self.places[hash(character, before.into(), PLACES)];
        if goes_on {
            self.at += 1;
            self.alike += 1;
        } else {
            self.at = *place as usize;
            let alike = alike(&self.past[..self.at], &self.past);
            self.alike = if alike < 2 { 0 } else { alike };
        }
        *place = end as u32;
    }
}

/// Characters that two pasts end in alike, [`ALIKE`] at the most. Where comparing would stop is
/// what a processor guesses wrong, so it does not stop.
fn alike(then: &[char], now: &[char]) -> usize {
    let (Some(then), Some(now)) = (then.last_chunk::<COMPARED>(), now.last_chunk::<COMPARED>())
    else {
        return 0;
    };
    let differs: [u8; COMPARED] = std::array::from_fn(|at| u8::from(then[at] != now[at]));
    let same = u128::from_le_bytes(differs).leading_zeros() / u8::BITS;
    (same as usize).min(ALIKE)
}

/// Codes a character that no guess hit.
fn spell(coder: &mut impl Coder, alphabet: &Alphabet, character: char) -> char {
    let (class, low) = alphabet.place(character);
    let class = coder.symbol(&alphabet.starts, class);
    match alphabet.classes.get(class) {
        Some(characters) => {
            let low = coder.plain(low, characters.len().ilog2());
            characters[low as usize]
        }
        None => {
            let scalar = coder.plain(character.into(), SCALAR);
            char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    }
}

/// A text in as few bytes as it is worth to who knows the alphabet and what the guesser knows.
#[cfg(feature = "write")]
pub(crate) fn write(alphabet: &Alphabet, guesser: &mut Guesser, text: &str) -> Vec<u8> {
    let mut encoder = Encoder::default();
    let mut characters = 0;
    for character in text.chars() {
        guesser.code(&mut encoder, alphabet, character);
        characters += 1;
    }
    let mut bytes = encoder.finish();
    // A reader believes no byte to say more, and behind the end there are zeros.
    bytes.resize(bytes.len().max(characters / MOST), 0);
    let mut writer = Writer::default();
    writer.count(characters);
    writer.0.extend(bytes);
    writer.0
}

/// Reads a text of no more than `limit` bytes.
pub(crate) fn read(
    alphabet: &Alphabet,
    guesser: &mut Guesser,
    bytes: &[u8],
    limit: usize,
) -> Result<String, PackError> {
    const WRONG: PackError = PackError::Damaged("a text is longer than its bytes");
    let mut reader = Reader(bytes);
    let characters = reader.number()?;
    let most = (reader.0.len() + 1)
        .saturating_mul(MOST)
        .min(limit / WIDEST);
    if characters > most as u64 {
        return Err(WRONG);
    }
    let mut decoder = Decoder::new(reader.0);
    Ok((0..characters)
        .map(|_| guesser.code(&mut decoder, alphabet, NONE))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn alphabet(characters: &str) -> Alphabet {
        Alphabet::learn(
            (3..)
                .zip(characters.chars())
                .map(|(count, c)| (c, count))
                .collect(),
        )
    }

    fn check(alphabet: &Alphabet, before: &str, text: &str) -> usize {
        let (mut writer, mut reader) = (Guesser::default(), Guesser::default());
        for text in [before, text] {
            let bytes = write(alphabet, &mut writer, text);
            let read = read(alphabet, &mut reader, &bytes, text.len().max(1) * WIDEST).unwrap();
            assert_eq!(read, text);
        }
        write(alphabet, &mut Guesser::default(), text).len()
    }

    #[test]
    fn what_was_said_before_costs_next_to_nothing() {
        let alphabet = alphabet("的法一国人。，");
        check(&alphabet, "", "");
        check(&alphabet, "", "𠮷🀄️\0\u{1}é\u{10ffff}");
        let once = check(&alphabet, "", "人民法院应当依照法定程序公正审理。");
        let often = "人民法院应当依照法定程序公正审理。".repeat(100);
        assert!(check(&alphabet, "", &often) < once + 40);
        // Of what repeats, a byte says no more than a reader believes.
        check(&alphabet, "", &"法".repeat(1_000_000));
    }

    #[test]
    fn a_text_is_no_longer_than_its_bytes() {
        let alphabet = Alphabet::default();
        let long = [0xff, 0xff, 0xff, 0x7f, 1, 2, 3];
        assert!(read(&alphabet, &mut Guesser::default(), &long, 1 << 30).is_err());
        let bytes = write(&alphabet, &mut Guesser::default(), "法法法");
        assert!(read(&alphabet, &mut Guesser::default(), &bytes, 8).is_err());
        assert!(read(&alphabet, &mut Guesser::default(), &[], 8).is_err());
    }

    proptest! {
        #[test]
        fn what_went_in_comes_out(before in any::<String>(), text in "[人民法院a-z\0\u{1}\n]{0,300}", any in any::<String>()) {
            let alphabet = alphabet("人民法ab\0");
            for alphabet in [&alphabet, &Alphabet::default()] {
                check(alphabet, &before, &text);
                check(alphabet, &text, &any);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let alphabet = alphabet("人民法");
            let mut guesser = Guesser::default();
            let _ = read(&alphabet, &mut guesser, &bytes, 1 << 20);
        }
    }
}
