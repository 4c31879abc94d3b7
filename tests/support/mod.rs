//! What the integration tests share: a site in a temporary folder and the program run on it.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use inkstone::observer::Observer;
use inkstone::{Loaded, Request, Reuse};

/// A site that goes away with the test.
pub struct Site {
    folder: tempfile::TempDir,
}

/// How a command ended.
pub struct Ended {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

pub const SETTINGS: &str = "[site]\ntitle = \"测试站\"\n\n\
    [[collections]]\ndir = \"lessons\"\nkind = \"lesson\"\n\n\
    [[collections]]\ndir = \"policies\"\nkind = \"policy\"\n";

impl Site {
    /// A site with these files, paths from its root; `site.toml` is given if none is.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = Self { folder };
        site.write("site.toml", SETTINGS);
        std::fs::create_dir_all(site.path("content")).unwrap();
        for (path, text) in files {
            site.write(path, text);
        }
        site
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        let path = self.path(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Reads the site, as [`inkstone::load`] does.
    pub fn load(&self, reuse: &Reuse, room: usize) -> Loaded {
        let request = Request {
            root: self.root().to_owned(),
            base_url: None,
            drafts: false,
            room,
        };
        inkstone::load(&request, reuse, &Observer::default()).unwrap()
    }

    /// Runs `inkstone ARGS --root SITE` in English.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let root = self.root().to_str().unwrap();
        run([arguments, &["--root", root]].concat())
    }

    /// Builds, which must succeed without a finding.
    pub fn build(&self) -> Ended {
        let ended = self.run(&["build", "--strict"]);
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        ended
    }

    /// Every file that a build into an empty folder writes which has nothing to reuse.
    pub fn cold(&self) -> BTreeMap<String, Vec<u8>> {
        let elsewhere = tempfile::tempdir().unwrap();
        let [cache, aside] = [".inkstone", ".aside"].map(|name| self.path(name));
        std::fs::rename(&cache, &aside).unwrap();
        let output = elsewhere.path().join("public");
        let ended = self.run(&["build", "--output", output.to_str().unwrap()]);
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        std::fs::remove_dir_all(&cache).unwrap();
        std::fs::rename(&aside, &cache).unwrap();
        read_folder(&output)
    }

    /// Every file of the site once it is built, by path; the same, whatever the build reused, as
    /// that of [`Site::cold`].
    pub fn warm(&self, what: &str) -> BTreeMap<String, Vec<u8>> {
        let ended = self.run(&["build"]);
        assert_eq!(ended.status, 0, "{what}: {}", ended.stderr);
        let (mut warm, cold) = (self.public(), self.cold());
        warm.remove(".gitignore");
        assert!(warm.keys().eq(cold.keys()), "{what}");
        let other = warm.iter().find(|(path, bytes)| cold[*path] != **bytes);
        assert_eq!(other.map(|(path, _)| path), None, "{what}");
        warm
    }

    /// Makes every source older than anything that is written later: what changed just now might
    /// change again unseen, so it is not known again without being read.
    pub fn settle(&self) {
        let before = SystemTime::now() - Duration::from_secs(60);
        for source in ["site.toml", "content", "themes"] {
            let entries = walkdir::WalkDir::new(self.path(source)).into_iter();
            for entry in entries
                .flatten()
                .filter(|entry| entry.file_type().is_file())
            {
                let file = std::fs::File::options().write(true).open(entry.path());
                file.unwrap().set_modified(before).unwrap();
            }
        }
    }

    /// Every file of `public/`, by path.
    pub fn public(&self) -> BTreeMap<String, Vec<u8>> {
        read_folder(&self.path("public"))
    }
}

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inkstone"));
    command
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES");
    command.env_remove("SOURCE_DATE_EPOCH");
    command
}

pub fn run<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Ended {
    ended(program().args(arguments).output().unwrap())
}

pub fn ended(output: Output) -> Ended {
    Ended {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ended {
    /// Stdout as JSON lines.
    pub fn json(&self) -> Vec<serde_json::Value> {
        let lines = self.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
            .collect()
    }
}

pub fn read_folder(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let walk = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap);
    let files = walk
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap();
            let path = path.to_str().unwrap().replace('\\', "/");
            (path, std::fs::read(entry.path()).unwrap())
        });
    files.collect()
}

/// The corpus of real laws, if this checkout has it beside.
pub fn laws() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/laws");
    if beside.is_dir() {
        return Some(beside);
    }
    eprintln!("left out: the corpus of laws is not beside this checkout");
    None
}
