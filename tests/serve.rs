//! The preview: serves the site, rebuilds on save, tells the browser, survives mistakes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use support::{Site, program};

/// A running preview that ends with the test.
struct Preview {
    child: Child,
    host: String,
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Preview {
    fn start(site: &Site, flags: &[&str]) -> Self {
        let mut child = program()
            .args(["serve", "--port", "0", "--root"])
            .arg(site.root())
            .args(flags)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let host = first
            .split("http://")
            .nth(1)
            .unwrap()
            .split('/')
            .next()
            .unwrap()
            .to_owned();
        // Whoever stops reading would block the preview sooner or later.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, host }
    }

    fn request(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let host = &self.host;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        stream
    }

    fn get(&self, path: &str) -> String {
        let mut answer = Vec::new();
        self.request(path).read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn until(&self, path: &str, text: &str) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if self.get(path).contains(text) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{path} never showed {text}: {}", self.get(path));
    }
}

fn site() -> Site {
    Site::new(&[("content/lessons/甲.md", "# 旧题\n\n正文\n")])
}

const PAGE: &str = "/lessons/%E7%94%B2/";

#[test]
fn a_save_is_served_and_announced() {
    let site = site();
    let preview = Preview::start(&site, &[]);
    preview.until(PAGE, "旧题");
    assert!(preview.get(PAGE).contains("/.inkstone/reload.js"));
    let moved = preview.get("/lessons/%E7%94%B2");
    assert!(
        moved.starts_with("HTTP/1.1 301") && moved.contains(PAGE),
        "{moved}"
    );
    assert!(preview.get("/no/such").starts_with("HTTP/1.1 404"));
    assert!(
        preview
            .get("/search/engine.wasm")
            .contains("application/wasm")
    );
    let mut news = BufReader::new(preview.request("/.inkstone/events")).lines();
    site.write("content/lessons/甲.md", "# 新题\n\n正文\n");
    let event = news.find(|line| line.as_ref().unwrap().starts_with("event:"));
    assert_eq!(event.unwrap().unwrap().trim(), "event: reload");
    preview.until(PAGE, "新题");
    site.write("content/lessons/乙.md", "# 新页\n\n正文\n");
    preview.until("/lessons/%E4%B9%99/", "新页");
    assert!(!site.path("public").exists(), "a preview writes nothing");
}

#[test]
fn mistakes_are_shown_and_the_last_good_site_stays() {
    let site = site();
    let preview = Preview::start(&site, &[]);
    preview.until(PAGE, "旧题");
    let mut news = BufReader::new(preview.request("/.inkstone/events")).lines();
    // In one step, as editors save: a file seen between its emptying and its filling has no mistake.
    site.write("content/lessons/.甲", "---\n标题：甲\n---\n");
    std::fs::rename(
        site.path("content/lessons/.甲"),
        site.path("content/lessons/甲.md"),
    )
    .unwrap();
    let mut heard = news
        .by_ref()
        .map(Result::unwrap)
        .skip_while(|line| !line.starts_with("event:"));
    assert_eq!(heard.next().unwrap().trim(), "event: complaint");
    assert!(heard.next().unwrap().contains("full-width colon"));
    assert!(preview.get(PAGE).contains("旧题"));
    site.write("content/lessons/甲.md", "# 改好了\n\n正文\n");
    preview.until(PAGE, "改好了");
}

#[test]
fn polling_sees_changes_too() {
    let site = site();
    let preview = Preview::start(&site, &["--poll"]);
    preview.until(PAGE, "旧题");
    // A poll tells versions apart by whole seconds.
    std::thread::sleep(Duration::from_millis(1_100));
    site.write("content/lessons/甲.md", "# 新题目\n\n正文，更长一些。\n");
    preview.until(PAGE, "新题目");
}

#[test]
#[cfg(unix)]
fn ending_a_preview_is_no_failure() {
    let site = site();
    for signal in ["-INT", "-TERM"] {
        let mut preview = Preview::start(&site, &[]);
        preview.until(PAGE, "旧题");
        let id = preview.child.id().to_string();
        let mut kill = std::process::Command::new("kill");
        assert!(kill.args([signal, &id]).status().unwrap().success());
        assert_eq!(preview.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_taken_port_is_said() {
    let site = site();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = site.run(&["serve", "--port", &port]);
    assert_eq!(ended.status, 2);
    assert!(ended.stderr.contains("cannot be used"), "{}", ended.stderr);
}
