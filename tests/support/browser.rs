//! A real Chromium, and a file server with as little as an intranet's has: no compression, no
//! ranges, wrong media types, the site under a sub-path.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chromiumoxide::browser::{Browser, BrowserConfig};
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams,
};
use chromiumoxide::cdp::browser_protocol::input::{ImeSetCompositionParams, InsertTextParams};
use chromiumoxide::cdp::browser_protocol::network::EventRequestWillBeSent;
use chromiumoxide::cdp::browser_protocol::page::AddScriptToEvaluateOnNewDocumentParams;
use chromiumoxide::cdp::browser_protocol::target::SetAutoAttachParams;
use chromiumoxide::{Element, Page};
use futures_util::StreamExt;

/// How long a page may take to show what a test waits for; generous, for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file server on 127.0.0.1 that ends with the test's process.
pub struct Server {
    pub origin: String,
    /// Path and bytes sent of every answer.
    pub log: Arc<Mutex<Vec<(String, usize)>>>,
    /// While set, every caller is hung up on.
    pub down: Arc<AtomicBool>,
    /// While set, scripts are declared to be UTF-8, as some servers do with all of them.
    pub utf8: Arc<AtomicBool>,
}

impl Server {
    /// Serves `folder` under `/kb/`, with a policy that forbids inline scripts and other origins.
    pub fn start(folder: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&log);
        let down = Arc::new(AtomicBool::new(false));
        let utf8 = Arc::new(AtomicBool::new(false));
        let (is_down, is_utf8) = (Arc::clone(&down), Arc::clone(&utf8));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if is_down.load(Ordering::Relaxed) {
                    continue;
                }
                let (folder, log) = (folder.clone(), Arc::clone(&shared));
                let script = match is_utf8.load(Ordering::Relaxed) {
                    true => "text/javascript; charset=utf-8",
                    false => "text/javascript",
                };
                // A browser that hangs up is no failure of the server's.
                std::thread::spawn(move || drop(answer(&stream, &folder, &log, script)));
            }
        });
        Self {
            origin,
            log,
            down,
            utf8,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}/kb/{path}", self.origin)
    }

    /// Requests and bytes of files below `search/` but for the engine and the page itself.
    pub fn search_traffic(&self) -> (usize, usize) {
        let log = self.log.lock().unwrap();
        let packs = log.iter().filter(|(path, _)| {
            path.starts_with("search/") && !path.contains("engine.") && !path.ends_with(".html")
        });
        packs.fold((0, 0), |(requests, bytes), (_, size)| {
            (requests + 1, bytes + size)
        })
    }
}

fn answer(
    mut stream: &TcpStream,
    folder: &Path,
    log: &Mutex<Vec<(String, usize)>>,
    script: &str,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let target = request.split(' ').nth(1).unwrap_or_default();
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = inkstone::content::address::decode(path).unwrap_or_default();
    let path = path
        .strip_prefix("/kb/")
        .unwrap_or("no such path")
        .to_owned();
    let path = if path.is_empty() || path.ends_with('/') {
        path + "index.html"
    } else {
        path
    };
    let (status, body) = match std::fs::read(folder.join(&path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", b"not found".to_vec()),
    };
    let kind = match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html",
        Some("css") => "text/css",
        Some("js") => script,
        Some("svg") => "image/svg+xml",
        // Old servers know no WebAssembly.
        _ => "application/octet-stream",
    };
    log.lock().unwrap().push((path, body.len()));
    let policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Content-Security-Policy: {policy}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}

/// A browser with one page, and every address it asked for.
pub struct Chromium {
    browser: Browser,
    pub page: Page,
    pub requests: Arc<Mutex<Vec<String>>>,
    _profile: tempfile::TempDir,
}

fn executable() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("INKSTONE_CHROMIUM") {
        return Some(path.into());
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&folders).collect::<Vec<_>>();
    let mut paths = names
        .iter()
        .flat_map(|name| folders.iter().map(move |dir| dir.join(name)));
    let mac = PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    paths
        .find(|path| path.is_file())
        .or_else(|| mac.is_file().then_some(mac))
}

impl Chromium {
    /// Starts one at this window size. Without a browser the tests fail: `tests/run` installs it.
    pub async fn start(width: u32, height: u32) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let executable = executable().expect("no Chromium; run tests/run, which installs it");
        let config = BrowserConfig::builder()
            .chrome_executable(executable)
            .user_data_dir(profile.path())
            .no_sandbox()
            .window_size(width, height)
            .viewport(None)
            .args([
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
            ])
            .build()
            .unwrap();
        let (browser, mut handler) = Browser::launch(config).await.unwrap();
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        let page = browser.new_page("about:blank").await.unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let mut events = page
            .event_listener::<EventRequestWillBeSent>()
            .await
            .unwrap();
        let heard = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                heard.lock().unwrap().push(event.request.url.clone());
            }
        });
        Self {
            browser,
            page,
            requests,
            _profile: profile,
        }
    }

    pub async fn open(&self, url: &str) {
        self.page.goto(url).await.unwrap();
    }

    /// Runs an expression (which may be a promise) in the page.
    pub async fn run<T: serde::de::DeserializeOwned>(&self, expression: &str) -> T {
        let result = self.page.evaluate(expression).await;
        let result = result.unwrap_or_else(|error| panic!("{expression}: {error}"));
        result
            .into_value()
            .unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression is true; a page that is being left counts as not yet.
    pub async fn until(&self, expression: &str) {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let found = self.page.evaluate(format!("!!({expression})")).await;
            if found.is_ok_and(|found| found.into_value().unwrap_or(false)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let url = self.page.url().await;
        panic!("never came true at {url:?}: {expression}");
    }

    /// A screen of that size.
    pub async fn size(&self, width: u32, height: u32) {
        let metrics = SetDeviceMetricsOverrideParams::new(width, height, 1.0, false);
        self.page.execute(metrics).await.unwrap();
    }

    /// A screen of that size, light or dark.
    pub async fn screen(&self, width: u32, height: u32, dark: bool) {
        self.size(width, height).await;
        let value = if dark { "dark" } else { "light" };
        let scheme = MediaFeature::new("prefers-color-scheme", value);
        let media = SetEmulatedMediaParams::builder().features([scheme]).build();
        self.page.execute(media).await.unwrap();
    }

    /// Workers wait for a debugger, which this driver forgets to tell them of.
    pub async fn let_workers_run(&self) {
        let free = SetAutoAttachParams::new(false, false);
        self.page.execute(free).await.unwrap();
    }

    /// Runs a script in every page before its own.
    pub async fn before_every_page(&self, script: &str) {
        let script = AddScriptToEvaluateOnNewDocumentParams::new(script);
        self.page.execute(script).await.unwrap();
    }

    pub async fn element(&self, selector: &str) -> Element {
        let found = self.page.find_element(selector).await;
        found.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// Clicks as a pointer does.
    pub async fn click(&self, selector: &str) {
        self.element(selector).await.click().await.unwrap();
    }

    /// Puts text where the focus is, as an input method does when it commits.
    pub async fn insert(&self, text: &str) {
        self.page
            .execute(InsertTextParams::new(text))
            .await
            .unwrap();
    }

    /// Shows text as an input method does while it is still being composed.
    pub async fn compose(&self, text: &str) {
        let length = text.chars().count() as i64;
        let composition = ImeSetCompositionParams::new(text, length, length);
        self.page.execute(composition).await.unwrap();
    }

    /// Asserts that nothing was asked for outside `origin`.
    pub fn stayed_at(&self, origin: &str) {
        let requests = self.requests.lock().unwrap();
        assert!(!requests.is_empty());
        for url in requests.iter() {
            let local = url.starts_with(origin) || url.starts_with("data:") || url == "about:blank";
            assert!(local, "asked for {url}");
        }
    }

    pub async fn close(mut self) {
        self.browser.close().await.unwrap();
        self.browser.wait().await.unwrap();
    }
}
