//! What pages look like on paper, where nothing can be opened, played or moved sideways.

use chromiumoxide::cdp::browser_protocol::emulation::SetEmulatedMediaParams;

use crate::support::browser::{Chromium, Server};
use crate::{example, open};

#[tokio::test]
async fn on_paper_all_is_open_and_nothing_sticks_out() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(700, 1000).await;
    open(&chromium, &server, "guide/Markdown写法示例/").await;
    chromium
        .until("document.querySelector('.prose .tab-list')")
        .await;
    let folded = "document.querySelectorAll('.prose details:not([open])').length";
    assert!(chromium.run::<u32>(folded).await > 0);
    let paper = SetEmulatedMediaParams::builder().media("print").build();
    chromium.page.execute(paper).await.unwrap();
    chromium
        .run::<bool>("dispatchEvent(new Event('beforeprint'))")
        .await;
    assert_eq!(chromium.run::<u32>(folded).await, 0);
    let seen = "Array.from(document.querySelectorAll('.prose .tab, .prose .tab-title'))\
                .every((part) => part.getClientRects().length === 1)";
    assert!(chromium.run::<bool>(seen).await);
    let gone =
        ".tab-list, .copy, .site-header, .site-nav, .site-footer, .outline, video, audio, object";
    let gone = format!(
        "Array.from(document.querySelectorAll('{gone}')).filter((part) => part.getClientRects().length > 0).map((part) => part.className)"
    );
    assert_eq!(
        chromium.run::<Vec<String>>(&gone).await,
        Vec::<String>::new()
    );
    let wide = "Array.from(document.querySelectorAll('.prose *'))\
                .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)\
                .map((part) => part.tagName)";
    assert_eq!(
        chromium.run::<Vec<String>>(wide).await,
        Vec::<String>::new()
    );
    chromium
        .run::<bool>("dispatchEvent(new Event('afterprint'))")
        .await;
    assert!(chromium.run::<u32>(folded).await > 0);
    chromium.close().await;
}
