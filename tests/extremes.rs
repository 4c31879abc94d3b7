//! Input that is too much, too long or in a circle, and builds that are cut short: what can be
//! built is built, what cannot is said, and the old site stays.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use support::Site;
#[cfg(unix)]
use support::program;

/// What lies in the site's folder beyond what belongs there.
fn strays(site: &Site) -> Vec<String> {
    let entries = std::fs::read_dir(site.root()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let known = ["content", "public", "site.toml", "themes", ".inkstone"];
    names
        .filter(|name| !known.contains(&name.as_str()))
        .collect()
}

#[test]
#[cfg(unix)]
fn links_in_a_circle_are_named_and_left_out() {
    use std::os::unix::fs::symlink;
    let site = Site::new(&[("content/lessons/a.md", "# 甲\n\n一二三\n")]);
    symlink("..", site.path("content/lessons/up")).unwrap();
    symlink("self.md", site.path("content/lessons/self.md")).unwrap();
    symlink("nowhere", site.path("content/lessons/dangling.md")).unwrap();
    let ended = site.run(&["build"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    for (code, path) in [
        ("link-loop", "lessons/up"),
        ("unreadable", "lessons/self.md"),
        ("unreadable", "lessons/dangling.md"),
    ] {
        let warning = format!("warning[{code}]");
        assert!(ended.stderr.contains(&warning), "{}", ended.stderr);
        assert!(ended.stderr.contains(path), "{path}: {}", ended.stderr);
    }
    assert!(site.path("public/lessons/a/index.html").exists());
    assert!(!site.path("public/lessons/up").exists());
}

#[test]
fn names_as_long_as_a_file_system_takes() {
    // 255 bytes with the extension; the page's folder and its address carry the same name.
    let name = "砚".repeat(84);
    let path = format!("content/lessons/{name}.md");
    let site = Site::new(&[(path.as_str(), "# 长名\n\n群众的小事\n")]);
    site.build();
    assert!(
        site.path(&format!("public/lessons/{name}/index.html"))
            .exists()
    );
    let hits = site.run(&["search", "群众的小事", "--json"]).json();
    assert_eq!(hits[0]["source"], format!("lessons/{name}.md"));
}

#[test]
#[cfg(unix)]
fn a_path_longer_than_the_system_takes_is_said() {
    let site = Site::new(&[("content/lessons/a.md", "# 甲\n\n一\n")]);
    site.build();
    let before = site.public();
    // 16 folders of 240 bytes still are a path here; below `public/…/index.html` none any more.
    let room = 4095 - site.path("content").as_os_str().len() - "/a.md".len();
    let mut folder = "content".to_owned();
    for _ in 0..room / 241 {
        folder += &format!("/{}", "d".repeat(240));
    }
    folder += &format!("/{}", "e".repeat(room % 241 - 1));
    site.write(&format!("{folder}/a.md"), "# 乙\n\n二\n");
    let ended = site.run(&["build"]);
    assert_eq!(ended.status, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("dddd"), "{}", ended.stderr);
    assert!(ended.stderr.contains("name too long"), "{}", ended.stderr);
    assert!(site.public() == before);
    assert!(strays(&site).is_empty(), "{:?}", strays(&site));
}

#[test]
fn ten_thousand_files_in_one_folder() {
    let site = crowd(10_000);
    let ended = site.run(&["build", "--json", "--strict"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(ended.json()[0]["pages"], 10_000);
    let hits = site.run(&["search", "第9876篇", "--json"]).json();
    assert_eq!(hits[0]["source"], "lessons/p09876.md");
    assert!(strays(&site).is_empty(), "{:?}", strays(&site));
}

fn crowd(pages: usize) -> Site {
    let site = Site::new(&[]);
    for n in 0..pages {
        let text = format!("---\n标题: 第{n}篇\n---\n\n讲的是第{n}篇。\n");
        site.write(&format!("content/lessons/p{n:05}.md"), text);
    }
    site
}

#[test]
fn one_file_of_many_megabytes() {
    let mut text = String::from("# 长篇\n\n## 第一章 总则\n\n");
    for n in 0..30_000 {
        text += &format!(
            "**第{n}段** 为了规范学习，制定本办法；[见](#第一章-总则)，`x`，第{n}次。\n\n"
        );
    }
    // And one line of as much again.
    text += &"一行到底，没有尽头。".repeat(100_000);
    assert!(text.len() > 6_000_000);
    let site = Site::new(&[("content/lessons/a.md", &text)]);
    let ended = site.run(&["build"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let hits = site.run(&["search", "第29999段", "--json"]).json();
    assert_eq!(hits[0]["source"], "lessons/a.md");
}

/// Whether a build is noted as done.
#[cfg(unix)]
fn has_manifest(site: &Site) -> bool {
    let entries = std::fs::read_dir(site.path(".inkstone"))
        .into_iter()
        .flatten();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.any(|name| name.ends_with(".manifest"))
}

/// Ctrl-C, or a request to terminate, while a site is written: the old one is as it was, nothing
/// is left behind, and shells learn what happened.
#[test]
#[cfg(unix)]
fn an_interrupted_build_leaves_everything_as_before() {
    let site = crowd(8_000);
    site.write("public/index.html", "the old site");
    site.write("public/.gitignore", "*");
    let before = site.public();
    for (signal, status, language, said) in [
        ("-INT", 130, "en", "interrupted, nothing was built"),
        ("-TERM", 143, "zh", "已中断，没有生成"),
    ] {
        let ended = (0..20).find_map(|_| {
            let ended = interrupted(&site, signal, language);
            if ended.status == 0 {
                // It was over before the signal came; then it is tried again.
                assert!(strays(&site).is_empty(), "{:?}", strays(&site));
                std::fs::remove_dir_all(site.path("public")).unwrap();
                std::fs::remove_dir_all(site.path(".inkstone")).unwrap();
                before.iter().for_each(|(path, bytes)| {
                    site.write(&format!("public/{path}"), bytes);
                });
            }
            (ended.status != 0).then_some(ended)
        });
        let ended = ended.expect("every build was over before the signal came");
        assert_eq!(ended.status, status, "{}", ended.stderr);
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
        assert!(site.public() == before);
        assert!(strays(&site).is_empty(), "{:?}", strays(&site));
        // What it has made so far serves the next one, which does not take it for a site.
        assert!(!has_manifest(&site));
    }
    site.build();
    let mut built = site.public();
    built.remove(".gitignore");
    assert!(built.len() > 8_000);
    assert!(built == site.cold());
    assert!(strays(&site).is_empty(), "{:?}", strays(&site));
}

/// A build that is sent a signal as soon as it has staged a file.
#[cfg(unix)]
fn interrupted(site: &Site, signal: &str, language: &str) -> support::Ended {
    use std::process::{Command, Stdio};
    let mut build = program();
    build.args(["build", "--lang", language, "--root"]);
    build.arg(site.root());
    build.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut build = build.spawn().unwrap();
    let staged = site.path(".public.inkstone-new/lessons");
    while !staged.exists() && build.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let id = build.id().to_string();
    // Fails if the build is over already.
    let _ = Command::new("kill").args([signal, &id]).status().unwrap();
    support::ended(build.wait_with_output().unwrap())
}

/// A disk that is full: said with the path, the old site as it was, nothing left behind.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said() {
    let disk = tempfile::tempdir().unwrap();
    let Some(_mounted) = Mounted::new(disk.path(), "size=6m") else {
        eprintln!("left out: only root can mount a small disk");
        return;
    };
    let site = Site::new(&[("content/lessons/a.md", "# 甲\n\n一二三\n")]);
    let output = disk.path().join("public");
    let output = output.to_str().unwrap();
    let ended = site.run(&["build", "--output", output]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let before = support::read_folder(disk.path());
    site.write("content/lessons/big.bin", vec![7; 6_000_000]);
    let ended = site.run(&["build", "--output", output]);
    assert_eq!(ended.status, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("No space left"), "{}", ended.stderr);
    assert!(ended.stderr.contains(output.trim_end_matches("public")));
    assert!(support::read_folder(disk.path()) == before);
}

/// A small tmpfs that goes away with the test.
#[cfg(target_os = "linux")]
struct Mounted<'a>(&'a std::path::Path);

#[cfg(target_os = "linux")]
impl<'a> Mounted<'a> {
    fn new(at: &'a std::path::Path, options: &str) -> Option<Self> {
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at);
        let done = mount.stderr(std::process::Stdio::null()).status().ok()?;
        done.success().then_some(Self(at))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(self.0).status();
    }
}
