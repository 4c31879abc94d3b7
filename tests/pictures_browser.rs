//! Pictures in a real Chromium: their place is kept before they arrive, the copy that fits is
//! fetched, and a large one opens above the page and closes again, by pointer and by keyboard.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support {
    pub mod browser;
}

use std::path::Path;
use std::process::Command;

use support::browser::{Chromium, Server};

#[tokio::test(flavor = "multi_thread")]
async fn pictures_keep_their_place_fit_and_open() {
    let folder = tempfile::tempdir().unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let built = Command::new(env!("CARGO_BIN_EXE_inkstone"))
        .args(["build", "--root", root, "--output"])
        .arg(folder.path().join("public"))
        .output()
        .unwrap();
    assert!(built.status.success());
    let server = Server::start(folder.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    let image = "document.querySelector('.zoom img[srcset]')";
    for (width, copy) in [(390, "480w"), (1280, "960w")] {
        chromium.screen(width, 900, false).await;
        chromium.open(&server.url("guide/Markdown写法示例/")).await;
        let shape = format!(
            "{image}.clientWidth > 300 && Math.abs({image}.clientHeight - {image}.clientWidth * 9 / 16) < 2"
        );
        chromium.until(&shape).await;
        chromium
            .run::<bool>(&format!(
                "({image}.scrollIntoView({{block: 'center'}}), true)"
            ))
            .await;
        chromium
            .until(&format!("{image}.complete && {image}.naturalWidth > 0"))
            .await;
        chromium
            .until(&format!("{image}.currentSrc.includes('{copy}')"))
            .await;
        chromium.until(&shape).await;
    }
    shot(&chromium, "page").await;
    // By pointer.
    chromium.click(".zoom:has(img[srcset])").await;
    let whole = "document.querySelector('dialog[open] img')";
    chromium
        .until(&format!("{whole} && {whole}.naturalWidth === 1600"))
        .await;
    let fits = format!(
        "{whole}.getBoundingClientRect().right <= innerWidth && {whole}.getBoundingClientRect().bottom <= innerHeight"
    );
    chromium.until(&fits).await;
    chromium
        .until(&format!("{whole}.alt.includes('书房')"))
        .await;
    shot(&chromium, "zoomed").await;
    chromium.click("dialog img").await;
    chromium.until("!document.querySelector('dialog')").await;
    // By keyboard, which comes back to where it was.
    let link = chromium.element(".zoom:has(img[srcset])").await;
    link.focus()
        .await
        .unwrap()
        .press_key("Enter")
        .await
        .unwrap();
    chromium
        .until("document.activeElement.closest('dialog[open]')")
        .await;
    chromium.screen(390, 800, true).await;
    shot(&chromium, "zoomed-phone").await;
    let close = chromium.element("dialog button").await;
    close.press_key("Escape").await.unwrap();
    chromium
        .until("!document.querySelector('dialog') && document.activeElement.matches('.zoom')")
        .await;
    shot(&chromium, "page-dark").await;
    chromium.stayed_at(&server.origin);
    chromium.close().await;
}

/// Keeps a screenshot, for people to look at, where `INKSTONE_SHOTS` names a folder.
async fn shot(chromium: &Chromium, name: &str) {
    use chromiumoxide::page::ScreenshotParams;
    if let Some(folder) = std::env::var_os("INKSTONE_SHOTS") {
        let path = Path::new(&folder).join(format!("{name}.png"));
        let params = ScreenshotParams::builder().build();
        chromium.page.save_screenshot(params, path).await.unwrap();
    }
}
