//! Where most of a site stays, a build moves what differs over it: at once or with the next build,
//! and nothing else is touched.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::path::Path;
use std::time::SystemTime;

use inkstone::publish::folder::finish;
use support::{Site, read_folder};

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// A site, and a change set beside it that was not carried out: a file that becomes a folder and
/// the other way round, files that come, go, and change.
fn half_published() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    write(
        &root.path().join("public"),
        &[
            (".gitignore", "*"),
            ("file", "old"),
            ("folder/below/x", "old"),
            ("gone/below/x", "old"),
            ("kept/x", "old"),
            ("kept/gone", "old"),
            ("same", "old"),
        ],
    );
    let set = root.path().join(".public.inkstone-changes");
    write(
        &set,
        &[
            (
                ".removed",
                "file\0folder/below/x\0gone/below/x\0kept/gone\0never",
            ),
            ("file/x", "new"),
            ("folder", "new"),
            ("kept/x", "new"),
            ("fresh/below/x", "new"),
        ],
    );
    root
}

fn is_published(root: &Path) {
    let files = read_folder(&root.join("public"));
    let files = files.iter().map(|(path, bytes)| {
        let text = std::str::from_utf8(bytes).unwrap();
        (path.as_str(), text)
    });
    let expected = [
        (".gitignore", "*"),
        ("file/x", "new"),
        ("folder", "new"),
        ("fresh/below/x", "new"),
        ("kept/x", "new"),
        ("same", "old"),
    ];
    assert_eq!(files.collect::<Vec<_>>(), expected);
    assert!(!root.join("public/gone").exists());
    assert!(!root.join(".public.inkstone-changes").exists());
}

#[test]
fn a_change_set_is_carried_out_by_whoever_comes_next() {
    let root = half_published();
    finish(&root.path().join("public")).unwrap();
    is_published(root.path());
    finish(&root.path().join("public")).unwrap();
    is_published(root.path());
}

#[test]
fn what_was_done_of_a_change_set_is_not_done_again() {
    // Killed while it removed.
    let root = half_published();
    std::fs::remove_file(root.path().join("public/file")).unwrap();
    std::fs::remove_dir_all(root.path().join("public/gone")).unwrap();
    finish(&root.path().join("public")).unwrap();
    is_published(root.path());
    // Killed while it moved: the list is gone, or it would name what has come since.
    let root = half_published();
    let (public, set) = (
        root.path().join("public"),
        root.path().join(".public.inkstone-changes"),
    );
    for gone in ["folder", "gone"] {
        std::fs::remove_dir_all(public.join(gone)).unwrap();
    }
    for gone in ["file", "kept/gone"] {
        std::fs::remove_file(public.join(gone)).unwrap();
    }
    std::fs::remove_file(set.join(".removed")).unwrap();
    std::fs::create_dir(public.join("file")).unwrap();
    std::fs::rename(set.join("file/x"), public.join("file/x")).unwrap();
    finish(&public).unwrap();
    is_published(root.path());
}

#[test]
fn a_change_set_without_its_site_goes() {
    let root = half_published();
    std::fs::remove_dir_all(root.path().join("public")).unwrap();
    finish(&root.path().join("public")).unwrap();
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
}

fn site() -> Site {
    let mut files = vec![
        (
            "content/_index.md".to_owned(),
            "# 首页\n\n见[二](lessons/2.md)。\n".to_owned(),
        ),
        (
            "content/lessons/_index.md".to_owned(),
            "# 课\n\n都在[这里](1.md)。\n".to_owned(),
        ),
    ];
    for number in 0..30 {
        let text = format!("# 第{number}课\n\n## 节\n\n学习学习学习{number}。\n");
        files.push((format!("content/lessons/{number}.md"), text));
    }
    let files = files.iter();
    let files = files.map(|(path, text)| (path.as_str(), text.as_str()));
    let site = Site::new(&files.collect::<Vec<_>>());
    site.settle();
    site
}

/// What tells one file from another of the same name.
#[cfg(unix)]
fn identity(path: &Path) -> (u64, SystemTime) {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path).unwrap();
    (metadata.ino(), metadata.modified().unwrap())
}

#[cfg(not(unix))]
fn identity(path: &Path) -> SystemTime {
    std::fs::metadata(path).unwrap().modified().unwrap()
}

/// Builds, and leaves nothing beside the site.
fn build(site: &Site, what: &str) {
    site.warm(what);
    let left = std::fs::read_dir(site.root()).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left = left.filter(|name| name.starts_with(".public"));
    assert_eq!(left.collect::<Vec<_>>(), Vec::<String>::new(), "{what}");
}

#[test]
fn files_that_stay_are_not_touched() {
    let site = site();
    build(&site, "cold");
    site.write("public/.gitignore", "*");
    let public = site.path("public");
    let stays = |path: &str| identity(&public.join(path));
    let (page, other) = ("lessons/3/index.html", "lessons/20/index.html");
    let before = (stays(page), stays(other), stays("assets/base.css"));
    site.write("content/lessons/3.md", "# 第3课\n\n改了。\n");
    build(&site, "body");
    assert_ne!(stays(page), before.0);
    assert_eq!(stays(other), before.1);
    assert_eq!(stays("assets/base.css"), before.2);
    assert_eq!(site.read("public/.gitignore"), "*");
    std::fs::remove_file(site.path("content/lessons/3.md")).unwrap();
    build(&site, "removal");
    assert!(!site.path("public/lessons/3").exists());
    assert_eq!(stays(other), before.1);
    // Another page comes to the address of one that goes.
    std::fs::remove_file(site.path("content/lessons/4.md")).unwrap();
    site.write(
        "content/lessons/四.md",
        "---\nslug: \"4\"\n---\n# 新的第4课\n\n学。\n",
    );
    build(&site, "address");
    assert!(
        site.read("public/lessons/4/index.html")
            .contains("新的第4课")
    );
    assert_eq!(stays(other), before.1);
    // A page becomes a folder of pages, and a file beside a page one.
    std::fs::remove_file(site.path("content/lessons/5.md")).unwrap();
    site.write("content/lessons/5/a.md", "# 甲\n\n学。\n");
    site.write("content/lessons/附件", "一");
    build(&site, "folder");
    std::fs::remove_file(site.path("content/lessons/附件")).unwrap();
    site.write("content/lessons/附件/x", "二");
    build(&site, "file to folder");
    std::fs::remove_dir_all(site.path("content/lessons/附件")).unwrap();
    site.write("content/lessons/附件", "三");
    build(&site, "folder to file");
    assert_eq!(stays(other), before.1);
}

#[test]
fn a_build_that_fails_leaves_the_old_site() {
    let site = site();
    build(&site, "cold");
    let before = site.public();
    site.write("content/lessons/3.md", "# 第3课\n\n改了。\n");
    site.write("themes/default/404.html", "{{ nothing.at.all }}");
    assert_ne!(site.run(&["build"]).status, 0);
    assert!(site.public() == before);
    assert!(!site.path(".public.inkstone-new").exists());
    assert!(!site.path(".public.inkstone-changes").exists());
    std::fs::remove_file(site.path("themes/default/404.html")).unwrap();
    build(&site, "mended");
}

#[test]
fn a_change_set_comes_before_the_next_build() {
    let site = site();
    build(&site, "cold");
    // As if a build was killed that had just begun to move these.
    let set = site.path(".public.inkstone-changes");
    write(
        &set,
        &[("lessons/3/index.html", "new"), ("index.html", "new")],
    );
    build(&site, "the same again");
    let ended = site.run(&["build"]);
    assert!(ended.stderr.contains("nothing changed"), "{}", ended.stderr);
}
