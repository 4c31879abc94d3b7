//! Learns the model that postings are coded by from packs, and writes it to a file: that of the
//! engine is `search/src/pack/postings.model`, after which `search/build-wasm` is due.
//!
//! usage: learn FILE SEARCH_FOLDER…

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let file = arguments.next().ok_or("usage: learn FILE SEARCH_FOLDER…")?;
    let folders = arguments.collect::<Vec<_>>();
    let model = inkstone_search::learn_postings(folders.iter().map(PathBuf::as_path))?;
    Ok(std::fs::write(file, model)?)
}
