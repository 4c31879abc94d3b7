//! Pictures of every type of page for people to look at, in the states that readers bring them
//! into. Made where `INKSTONE_PICTURES` names a folder: `INKSTONE_PICTURES=target/pictures
//! cargo test --test look_browser pictures`.

use std::path::{Path, PathBuf};

use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetEmulatedMediaParams, SetScriptExecutionDisabledParams,
};
use chromiumoxide::cdp::browser_protocol::page::PrintToPdfParams;
use chromiumoxide::page::ScreenshotParams;

use crate::support::browser::{Chromium, Server};
use crate::{PAGES, chosen, example_with, open};

const HOME: &str = PAGES[0];
const LIST: &str = PAGES[1];
const LESSON: &str = PAGES[2];
const CASE: &str = PAGES[3];
const POLICY: &str = PAGES[5];
const GUIDE: &str = PAGES[8];
const SEARCH: &str = PAGES[9];
const DESIGN: &str = PAGES[11];

const PHONE: u32 = 390;
const TABLET: u32 = 768;
const DESK: u32 = 1440;

/// What is shut until someone wants it.
const UNFOLD: &str = "Array.from(document.querySelectorAll('main details'), \
    (part) => { part.open = true; }).length >= 0";

/// A state of pages: what readers chose before, and what they do then.
struct State {
    name: &'static str,
    pages: &'static [&'static str],
    widths: &'static [u32],
    /// Colours, size of letters.
    chosen: (&'static str, &'static str),
    forced_colours: bool,
    /// What is clicked, and what is there then.
    click: Option<(&'static str, &'static str)>,
    /// What is typed then, and what is there then.
    text: Option<(&'static str, &'static str)>,
    unfolded: bool,
}

const AS_IS: State = State {
    name: "",
    pages: &PAGES,
    widths: &[PHONE, TABLET, DESK],
    chosen: ("auto", "1"),
    forced_colours: false,
    click: None,
    text: None,
    unfolded: false,
};

/// In colours that readers chose, which are called as the state is.
const fn coloured(name: &'static str) -> State {
    State {
        name,
        pages: &[HOME, LESSON, POLICY, SEARCH, DESIGN],
        widths: &[PHONE, DESK],
        chosen: (name, "1"),
        ..AS_IS
    }
}

const STATES: [State; 10] = [
    AS_IS,
    State {
        name: "narrow",
        widths: &[320],
        ..AS_IS
    },
    State {
        name: "wide",
        pages: &[HOME, LIST, LESSON, SEARCH],
        widths: &[2560],
        ..AS_IS
    },
    coloured("sepia"),
    coloured("contrast"),
    State {
        name: "large",
        pages: &[HOME, LIST, LESSON, CASE, POLICY, SEARCH],
        widths: &[PHONE, DESK],
        chosen: ("auto", "4"),
        ..AS_IS
    },
    State {
        name: "forced",
        pages: &[HOME, LESSON, SEARCH, DESIGN],
        widths: &[PHONE, DESK],
        forced_colours: true,
        ..AS_IS
    },
    State {
        name: "panel",
        pages: &[LESSON],
        widths: &[320, PHONE, DESK],
        click: Some(("[data-reader]", ".reader-panel:not([hidden])")),
        ..AS_IS
    },
    State {
        name: "suggestions",
        pages: &[HOME, LESSON],
        widths: &[PHONE, DESK],
        click: Some(("input[type=search]", "input[type=search]:focus")),
        text: Some(("调解", "[role=option]")),
        ..AS_IS
    },
    State {
        name: "unfolded",
        pages: &[LESSON, POLICY, GUIDE, SEARCH],
        widths: &[PHONE, TABLET],
        unfolded: true,
        ..AS_IS
    },
];

/// Where pictures go, if anywhere.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("INKSTONE_PICTURES").map(PathBuf::from);
    match &folder {
        Some(folder) => std::fs::create_dir_all(folder).unwrap(),
        None => eprintln!("left out: INKSTONE_PICTURES names no folder"),
    }
    folder
}

/// `03-cases`: a page's place among all, and its folder.
fn called(page: &str) -> String {
    let number = PAGES.iter().position(|one| *one == page).unwrap_or(99);
    let words = page.split('?').next().unwrap_or_default();
    let words = words.trim_end_matches('/').replace('/', "-");
    format!("{number:02}-{words}")
}

/// Waits for the pictures in the page: those too that are loaded when they come near, and painted
/// when there is time.
async fn load_pictures(chromium: &Chromium) {
    let script = "Array.from(document.images, (image) => \
                  Object.assign(image, {loading: 'eager', decoding: 'sync'}))\
                  .every((image) => image.naturalWidth > 0)";
    chromium.until(script).await;
}

/// The whole of the page that is open, as long as it is.
async fn picture(chromium: &Chromium, width: u32, path: &Path) {
    load_pictures(chromium).await;
    let height: u32 = chromium.run("document.documentElement.scrollHeight").await;
    chromium.size(width, height.max(900)).await;
    let png = chromium
        .page
        .screenshot(ScreenshotParams::builder().build());
    std::fs::write(path, png.await.unwrap()).unwrap();
}

async fn appears(chromium: &Chromium, there: &str) {
    let there = format!("document.querySelector('{there}')");
    chromium.until(&there).await;
}

async fn show(chromium: &Chromium, state: &State, width: u32, dark: bool) {
    chromium.screen(width, 900, dark).await;
    if state.forced_colours {
        let value = if dark { "dark" } else { "light" };
        let media = SetEmulatedMediaParams::builder().features([
            MediaFeature::new("prefers-color-scheme", value),
            MediaFeature::new("forced-colors", "active"),
        ]);
        chromium.page.execute(media.build()).await.unwrap();
    }
}

async fn take(server: &Server, prefix: &str, state: &State, folder: &Path) {
    let chromium = Chromium::start(1280, 900).await;
    chromium.let_workers_run().await;
    let (look, size) = state.chosen;
    chromium.before_every_page(&chosen(look, size)).await;
    let name = [prefix, state.name].concat();
    for page in state.pages {
        for width in state.widths {
            for dark in [false, true] {
                // Colours that readers chose are the same by day and by night.
                if dark && look != "auto" {
                    continue;
                }
                show(&chromium, state, *width, dark).await;
                // An address with an anchor would not be opened again.
                chromium.open("about:blank").await;
                open(&chromium, server, page).await;
                if let Some((button, there)) = state.click {
                    chromium.click(button).await;
                    appears(&chromium, there).await;
                }
                if let Some((text, there)) = state.text {
                    chromium.insert(text).await;
                    appears(&chromium, there).await;
                }
                if state.unfolded {
                    chromium.until(UNFOLD).await;
                }
                let light = if dark { "dark" } else { "light" };
                let file = format!("{name}-{}-{width}-{light}.png", called(page));
                picture(
                    &chromium,
                    *width,
                    &folder.join(file.trim_start_matches('-')),
                )
                .await;
            }
        }
    }
    chromium.close().await;
}

#[tokio::test]
async fn pictures_of_every_type_of_page() {
    let Some(folder) = folder() else { return };
    let site = example_with("[site]", "[site]\noffline = true");
    let server = Server::start(site.path().join("public"));
    for state in &STATES {
        take(&server, "", state, &folder).await;
    }
    // What was kept is listed only once something was.
    let offline = State {
        name: "offline",
        pages: &[LESSON, "_offline/"],
        ..AS_IS
    };
    take(&server, "", &offline, &folder).await;
}

#[tokio::test]
async fn pictures_of_the_plain_theme() {
    let Some(folder) = folder() else { return };
    let site = example_with("theme = \"default\"", "theme = \"plain\"");
    let server = Server::start(site.path().join("public"));
    take(&server, "plain", &AS_IS, &folder).await;
}

/// On paper, and as browsers show pages that may not run scripts.
#[tokio::test]
async fn pictures_of_paper_and_without_scripts() {
    let Some(folder) = folder() else { return };
    for theme in ["default", "plain"] {
        let site = example_with("theme = \"default\"", &format!("theme = \"{theme}\""));
        let server = Server::start(site.path().join("public"));
        let chromium = Chromium::start(1280, 900).await;
        for page in [HOME, LIST, LESSON, CASE, POLICY, GUIDE, SEARCH] {
            open(&chromium, &server, page).await;
            load_pictures(&chromium).await;
            let params = PrintToPdfParams::builder()
                .prefer_css_page_size(true)
                .print_background(true);
            let pdf = chromium.page.pdf(params.build()).await.unwrap();
            let file = format!("paper-{theme}-{}.pdf", called(page));
            std::fs::write(folder.join(file), pdf).unwrap();
        }
        let off = SetScriptExecutionDisabledParams::new(true);
        chromium.page.execute(off).await.unwrap();
        for page in [HOME, LIST, LESSON, GUIDE, "search/"] {
            for width in [PHONE, DESK] {
                chromium.screen(width, 900, false).await;
                chromium.open(&server.url(page)).await;
                let file = format!("noscript-{theme}-{}-{width}.png", called(page));
                picture(&chromium, width, &folder.join(file)).await;
            }
        }
        chromium.close().await;
    }
}
