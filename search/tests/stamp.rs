//! `engine.wasm` is committed beside its source. This fails when it was built from
//! another: then run `search/build-wasm`, which also writes the stamp.

#![allow(
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What the module is built from, as lines of path or package and hash.
fn stamp() -> String {
    let search = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut stamp = String::new();
    let mut files = vec![search.join("Cargo.toml"), search.join("build-wasm")];
    sources(&search.join("src"), &mut files);
    files.sort();
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        let name = path
            .strip_prefix(search)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        writeln!(stamp, "{name} {:016x}", hash(text.as_bytes())).unwrap();
    }
    let lock = std::fs::read_to_string(search.join("../Cargo.lock")).unwrap();
    for package in closure(&lock.replace("\r\n", "\n"), "inkstone-search") {
        writeln!(stamp, "{package}").unwrap();
    }
    let module = std::fs::read(search.join("engine.wasm")).unwrap();
    writeln!(stamp, "engine.wasm {:016x}", hash(&module)).unwrap();
    stamp
}

/// Sources that are compiled into the module.
fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    /// Parts of the feature `write`, and tests.
    const NATIVE: [&str; 6] = [
        "folder.rs",
        "learn.rs",
        "reading.rs",
        "tests.rs",
        "write",
        "write.rs",
    ];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if NATIVE.contains(&name) {
            continue;
        }
        if path.is_dir() {
            sources(&path, files);
        } else if path
            .extension()
            .is_some_and(|end| end == "rs" || end == "model")
        {
            files.push(path);
        }
    }
}

/// The packages of Cargo.lock that a package needs, with their versions and checksums.
/// The rest of the lock file may change without the module.
fn closure(lock: &str, root: &str) -> BTreeSet<String> {
    let mut packages: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for block in lock.split("[[package]]\n").skip(1) {
        let field = |key: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap_or_default()
                .trim_matches([' ', '=', '"'])
                .to_owned()
        };
        let (name, version) = (field("name ="), field("version ="));
        let needs = block
            .lines()
            .filter_map(|line| line.strip_prefix(" \""))
            .map(|line| line.trim_end_matches(['"', ',']).to_owned())
            .collect();
        let line = format!("{name} {version} {}", field("checksum ="));
        // A dependency is listed with its version where the name alone is ambiguous.
        packages.insert(
            format!("{name} {version}"),
            (line.clone(), Vec::clone(&needs)),
        );
        packages.insert(name, (line, needs));
    }
    // Needed by the feature `write` and by tests only.
    let native = [
        "pinyin",
        "proptest",
        "rayon",
        "tempfile",
        "wasmparser",
        "zlib-rs",
    ];
    let mut found = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let Some((line, needs)) = packages.get(&name) else {
            continue;
        };
        if name != root {
            found.insert(line.trim_end().to_owned());
        }
        let skipped = |need: &&String| {
            name == root
                && native
                    .iter()
                    .any(|&native| need.split(' ').next() == Some(native))
        };
        open.extend(needs.iter().filter(|need| !skipped(need)).cloned());
    }
    found
}

/// FNV-1a: compares, does not protect.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[test]
fn engine_is_built_from_this_source() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine.stamp");
    if std::env::var_os("INKSTONE_STAMP").is_some_and(|value| value == "write") {
        std::fs::write(&path, stamp()).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let now = stamp();
    let changed: Vec<&str> = now
        .lines()
        .filter(|line| !written.contains(*line))
        .collect();
    assert!(
        written.replace("\r\n", "\n") == now,
        "engine.wasm is stale: run `search/build-wasm`. Changed since it was built: {changed:#?}"
    );
}
