//! Golden sites: `tests/sites/NAME` is a site, `expected/` beside it what it must become.
//! `INKSTONE_BLESS=1 cargo test --test golden` writes `expected/` anew; read the diff before
//! committing it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use support::{program, read_folder};

fn sites() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut sites = entries
        .map(|entry| entry.unwrap().path())
        .collect::<Vec<_>>();
    sites.sort();
    sites
}

fn build(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let output = tempfile::tempdir().unwrap();
    let public = output.path().join("public");
    let ended = program()
        .args(["build", "--strict", "--lang", "en", "--root"])
        .arg(root)
        .arg("--output")
        .arg(&public)
        .output()
        .unwrap();
    assert!(
        ended.status.success(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    read_folder(&public)
}

/// What a golden site is about: pages and feeds. The pack has tests of its own, the default
/// theme's assets are theirs.
fn is_golden(path: &str) -> bool {
    path.ends_with(".xml")
        || path.ends_with(".svg") && !path.starts_with("assets/")
        || path.ends_with(".html")
}

#[test]
fn every_golden_site_is_as_expected() {
    for root in sites() {
        let expected = root.join("expected");
        let built = build(&root).into_iter().filter(|(path, _)| is_golden(path));
        let built = built.collect::<BTreeMap<_, _>>();
        if std::env::var_os("INKSTONE_BLESS").is_some() {
            let _ = std::fs::remove_dir_all(&expected);
            for (path, bytes) in &built {
                let path = expected.join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, bytes).unwrap();
            }
        }
        let expected = read_folder(&expected);
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&built), names(&expected), "{}", root.display());
        for (path, bytes) in &built {
            let (built, expected) = (
                String::from_utf8_lossy(bytes),
                String::from_utf8_lossy(&expected[path]),
            );
            assert_eq!(built, expected, "{}: {path}", root.display());
        }
    }
}
