//! The READMEs' pictures, from the example site in a real Chromium; `docs/pictures` runs this.
//!
//! usage: pictures SITE OUTPUT
//!
//! SITE is the example site as `inkstone build` wrote it; OUTPUT the folder for the pictures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "whoever makes pictures looks at what went wrong"
)]

#[path = "../tests/support/browser.rs"]
mod browser;

use std::path::PathBuf;

use browser::{Chromium, Server};

/// Name, page, width and height, and whether it is dark.
const PICTURES: [(&str, &str, u32, u32, bool); 4] = [
    ("home", "", 1280, 860, false),
    ("search", "search/?q=一次告知", 1280, 860, false),
    ("policy-dark", "policies/一次性告知办法/", 1280, 860, true),
    (READING, "lessons/一张告知单里的为民情怀/", 1100, 760, false),
];
/// The picture of the panel of readers' settings, open on a page in sepia.
const READING: &str = "reading";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let (Some(site), Some(output)) = (arguments.next(), arguments.next()) else {
        panic!("usage: pictures SITE OUTPUT");
    };
    let server = Server::start(site);
    for (name, page, width, height, dark) in PICTURES {
        let chromium = Chromium::start(1280, 900).await;
        chromium.screen(width, height, dark).await;
        if name == READING {
            let sepia = r#"localStorage.setItem("inkstone-reader", '{"look":"sepia","size":"1"}')"#;
            chromium.before_every_page(sepia).await;
        }
        chromium.open(&server.url(page)).await;
        chromium.until("document.readyState === 'complete'").await;
        if page.starts_with("search") {
            chromium.until("document.querySelector('main mark')").await;
        }
        if name == READING {
            chromium.click("[data-reader]").await;
            chromium
                .until("document.querySelector('.reader-panel:not([hidden])')")
                .await;
        }
        let params = chromiumoxide::page::ScreenshotParams::default();
        let png = chromium.page.screenshot(params).await.unwrap();
        std::fs::write(output.join(format!("{name}.png")), png).unwrap();
        chromium.close().await;
    }
}
