//! What makes the site installable: the web manifest, and the service worker with the list of
//! files that it keeps, so that pages once read, and search, work without a network.

use serde::Serialize;

use super::Job;
use super::html::OFFLINE;
use crate::content::address::encode_uri;
use crate::content::edition::below_top;
use crate::content::site::SEARCH;
use crate::diagnostic::Failure;

/// Bytes of search that are fetched ahead; a larger index is kept as far as it was used.
const AHEAD: usize = 8 << 20;
/// Copies of files that only double click or other servers need.
const LEFT_OUT: [&str; 4] = [".wasm.js", "embed.js", ".br", ".gz"];

#[derive(Serialize)]
struct Manifest<'a> {
    name: &'a str,
    short_name: &'a str,
    description: &'a str,
    lang: &'a str,
    start_url: &'a str,
    scope: &'a str,
    display: &'a str,
    background_color: &'a str,
    theme_color: &'a str,
    icons: [Icon; 1],
}

#[derive(Serialize)]
struct Icon {
    src: String,
    sizes: &'static str,
}

/// What the worker knows of the site.
#[derive(Serialize)]
struct Kept {
    /// Changes with any byte of the site.
    version: String,
    /// The pages to show where none was kept, each for what is below its folder, the site's own last.
    offline: Vec<String>,
    /// What is fetched ahead.
    files: Vec<String>,
}

/// Whether a path is a file of search, in whichever language.
fn is_search(job: &Job<'_>, path: &str) -> bool {
    below_top(&job.site.editions, path).starts_with(SEARCH)
}

/// Writes both, once everything else is written.
pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    let settings = job.settings;
    if !settings.look.offline {
        return Ok(());
    }
    let icon = match &settings.look.logo {
        Some(logo) => encode_uri(logo),
        None => "assets/mark.svg".to_owned(),
    };
    let manifest = Manifest {
        name: &settings.title,
        short_name: &settings.title,
        description: &settings.description,
        lang: &settings.language,
        start_url: "./",
        scope: "./",
        display: "minimal-ui",
        background_color: "#faf8f4",
        theme_color: "#a51d1d",
        icons: [Icon {
            src: icon,
            sizes: "any",
        }],
    };
    let manifest = serde_json::json!(manifest).to_string();
    let output = job.output;
    job.put("manifest.webmanifest", manifest.into_bytes())?;
    let mut hasher = blake3::Hasher::new();
    let (mut files, mut search, mut bytes) = (Vec::new(), Vec::new(), 0);
    for (path, hash) in output.hashes() {
        hasher.update(path.as_bytes()).update(hash.as_bytes());
        if LEFT_OUT.iter().any(|end| path.ends_with(end)) {
            continue;
        }
        if path.starts_with("assets/") {
            files.push(encode_uri(&path));
        } else if is_search(job, &path) && bytes <= AHEAD {
            bytes += output.get(&path)?.map_or(0, |bytes| bytes.len());
            let page = path.strip_suffix("index.html");
            search.push(encode_uri(page.unwrap_or(&path)));
        }
    }
    if bytes <= AHEAD {
        files.append(&mut search);
    }
    let tops = job.site.editions.iter().rev();
    let tops = tops.map(|edition| encode_uri(&edition.top));
    let tops = tops.collect::<Vec<_>>();
    let offline = tops.iter().map(|top| format!("{top}{OFFLINE}"));
    let offline = offline.collect::<Vec<_>>();
    files.extend(tops);
    files.extend(offline.iter().cloned());
    let kept = Kept {
        version: hasher.finalize().to_hex()[..16].to_owned(),
        offline,
        files,
    };
    let kept = serde_json::json!(kept);
    let worker = job.theme.assets().get("offline-worker.js");
    let worker = String::from_utf8_lossy(worker.map_or(&[][..], Vec::as_slice));
    let worker = format!("self.inkstoneKept = {kept};\n{worker}");
    job.put("offline.js", worker.into_bytes())
}
