//! Readers without a mouse: each key leads on, to what can be seen and shows that it is meant.

use crate::support::browser::{Chromium, Server};
use crate::{PAGES, example, open};

/// Where the last key led: its place among the page's elements, then what is wrong with it; nothing
/// behind the last one. Videos have controls of their own.
const REACHED: &str = "(() => { \
    const one = document.activeElement; \
    if (!one || one === document.body) return []; \
    const box = one.getBoundingClientRect(); \
    const within = (value, most) => Math.min(Math.max(value, 1), most - 2); \
    const seen = document.elementFromPoint(within((box.left + box.right) / 2, innerWidth), \
        within(box.top + Math.min(box.height, innerHeight) / 2, innerHeight)); \
    const lined = (element, part) => { \
        const {outlineStyle, outlineWidth} = getComputedStyle(element, part); \
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2; }; \
    const shown = [one, one.nextElementSibling, one.parentElement].filter(Boolean); \
    const faults = []; \
    if (!seen || !(one.contains(seen) || seen.contains(one))) faults.push('is hidden'); \
    if (one.localName !== 'video' && !shown.some((element) => lined(element)) \
        && !lined(one, '::after')) faults.push('has no outline'); \
    const place = Array.from(document.querySelectorAll('*')).indexOf(one); \
    return [`${place}`, ...faults.map((fault) => \
        `${one.className || one.localName} ${one.textContent.trim().slice(0, 20)} ${fault}`)]; })()";

#[tokio::test]
async fn keys_lead_on_to_what_is_seen() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let mut faults = Vec::new();
    // The second is 400 % of the first.
    for (width, height) in [(1280, 800), (320, 640)] {
        let chromium = Chromium::start(1280, 900).await;
        chromium.screen(width, height, false).await;
        for page in PAGES {
            open(&chromium, &server, page).await;
            let body = chromium.element("body").await;
            let mut last = 0;
            for key in 0.. {
                body.press_key("Tab").await.unwrap();
                let reached: Vec<String> = chromium.run(REACHED).await;
                let Some((place, found)) = reached.split_first() else {
                    assert!(key > 10, "{width} /{page}: {key} stops");
                    break;
                };
                faults.extend(found.iter().map(|one| format!("{width} /{page}: {one}")));
                let place = place.parse::<usize>().unwrap();
                if place < last {
                    faults.push(format!("{width} /{page}: stop {key} leads back"));
                }
                last = place;
                assert!(key < 200, "{width} /{page}: no end");
            }
        }
        chromium.close().await;
    }
    assert_eq!(faults, Vec::<String>::new());
}
