//! What queries read of a pack: for each line of a file, cold and then one after another.
//!
//! usage: wire SEARCH_FOLDER QUERIES.txt [LIMIT]
//!
//! Prints JSON: medians over the queries of round trips, requests and bytes, `hot.bin` of
//! the cold ones included; the mean of postings scored, and of those that all the queries'
//! pairs have; and the median time of a query whose chunks are all here.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::time::Instant;

use inkstone_search::{FolderSearcher, Query, SearchError};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(queries)) = (arguments.next(), arguments.next()) else {
        return Err("usage: wire SEARCH_FOLDER QUERIES.txt [LIMIT]".into());
    };
    let limit = arguments.next().map_or(Ok(10), |limit| limit.parse())?;
    let folder = Path::new(&folder);
    let hot = std::fs::metadata(folder.join("hot.bin"))?.len() as usize;
    let text = std::fs::read_to_string(queries)?;
    let mut warm = FolderSearcher::open(folder)?;
    let (mut cold, mut next, mut micros) = (Vec::new(), Vec::new(), Vec::new());
    let (mut scored, mut pairs) = (0, Pairs::new(folder)?);
    for line in text.lines() {
        let query = query(line, limit);
        let mut fresh = FolderSearcher::open(folder)?;
        cold.push(read(&mut fresh, &query, hot)?);
        next.push(read(&mut warm, &query, 0)?);
        let start = Instant::now();
        scored += fresh.search(&query)?.postings;
        micros.push(start.elapsed().as_micros() as usize);
        pairs.add(line)?;
    }
    let median = |figures: &[[usize; 3]], place: usize| {
        let mut figures: Vec<usize> = figures.iter().map(|figure| figure[place]).collect();
        figures.sort_unstable();
        figures.get(figures.len() / 2).copied().unwrap_or(0)
    };
    micros.sort_unstable();
    let queries = cold.len().max(1);
    let report = serde_json::json!({
        "queries": cold.len(),
        "hot": hot,
        "cold": {"rounds": median(&cold, 0), "requests": median(&cold, 1), "bytes": median(&cold, 2)},
        "warm": {"rounds": median(&next, 0), "requests": median(&next, 1), "bytes": median(&next, 2)},
        "postings": {"scored": scored / queries, "pairs": pairs.postings / queries},
        "microseconds": micros.get(micros.len() / 2),
    });
    let mut out = std::io::stdout();
    Ok(std::io::Write::write_all(
        &mut out,
        format!("{report}\n").as_bytes(),
    )?)
}

fn query(text: &str, limit: usize) -> Query {
    Query {
        text: text.to_owned(),
        limit,
        ..Query::default()
    }
}

/// Round trips, requests and bytes of one search.
fn read(
    searcher: &mut FolderSearcher,
    query: &Query,
    hot: usize,
) -> Result<[usize; 3], SearchError> {
    let before = searcher.reads();
    searcher.search(query)?;
    let after = searcher.reads();
    Ok([
        after.rounds - before.rounds,
        after.chunks - before.chunks,
        after.bytes - before.bytes + hot,
    ])
}

/// What an index of nothing but pairs of characters would score.
struct Pairs {
    searcher: FolderSearcher,
    known: HashMap<String, usize>,
    postings: usize,
}

impl Pairs {
    fn new(folder: &Path) -> Result<Self, SearchError> {
        Ok(Self {
            searcher: FolderSearcher::open(folder)?,
            known: HashMap::new(),
            postings: 0,
        })
    }

    /// Adds the postings of a query's different pairs.
    fn add(&mut self, text: &str) -> Result<(), SearchError> {
        let characters: Vec<char> = text.to_lowercase().chars().collect();
        let pairs = characters.windows(2);
        let pairs = pairs.filter(|pair| pair.iter().all(|c| c.is_alphanumeric()));
        for pair in pairs.collect::<BTreeSet<_>>() {
            let pair: String = pair.iter().collect();
            let known = self.known.get(&pair).copied();
            let postings = match known {
                Some(postings) => postings,
                // What a query of one pair finds is the sections that hold it.
                None => self.searcher.search(&query(&pair, 0))?.total,
            };
            self.known.insert(pair, postings);
            self.postings += postings;
        }
        Ok(())
    }
}
