//! What pages look like, held against a stored set of coarse pictures.

use chromiumoxide::cdp::browser_protocol::page::CaptureScreenshotParams;

use crate::support::browser::{Chromium, Server};
use crate::{inkstone, open};

/// Squares of a picture, across and down; what they are called is their mean colour.
const SQUARES: (u32, u32) = (40, 30);
/// How far a square may be off (of 255), and how many of a hundred may be further.
const NEAR: i32 = 24;
const FAR: usize = 2;

/// What the site made by `inkstone init` has not: another language, and a lesson with a video.
const MORE: [(&str, &str); 5] = [
    (
        "content/en/_index.md",
        "---\ntitle: Learning\nsummary: An example.\n---\nWelcome to the English pages.\n",
    ),
    (
        "content/en/lessons/_index.md",
        "---\ntitle: Lessons\n---\nShort ones.\n",
    ),
    (
        "content/en/lessons/first.md",
        "---\ntitle: The first lesson\ndate: 2026-03-01\nupdated: 2026-04-01\nduration: 5\n\
         media: first.mp4\n---\n## One\n\nA text.\n\n## Two\n\nAnother, with \
         [the rules](/policies/学习制度.md).\n",
    ),
    ("content/en/lessons/first.mp4", ""),
    (
        "content/en/policies/rule.md",
        "---\ntitle: A rule\nstatus: Repealed\nissuer: The court\n---\n## One\n\nNo more.\n",
    ),
];

/// Screenshots of a site made by `inkstone init`, and a little more, as coarse pictures: a broken
/// layout or colour shows, another version of a font does not. `INKSTONE_BLESS=1` stores them anew.
#[tokio::test]
async fn pages_look_as_they_did() {
    let site = tempfile::tempdir().unwrap();
    let root = site.path().join("site");
    inkstone(&["init"], &root);
    for (path, text) in MORE {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let settings = std::fs::read_to_string(root.join("site.toml")).unwrap();
    let settings = settings + "\n[[languages]]\ntag = \"en\"\ntitle = \"Knowledge base\"\n";
    std::fs::write(root.join("site.toml"), settings).unwrap();
    inkstone(&["build", "--root"], &root);
    let server = Server::start(root.join("public"));
    let chromium = Chromium::start(1280, 900).await;
    let mut faults = Vec::new();
    for (name, page, width, dark) in [
        ("home", "", 1280, false),
        ("home-dark", "", 1280, true),
        ("home-phone", "", 390, false),
        ("lesson", "lessons/第一课/", 1280, false),
        ("policy", "policies/学习制度/", 1280, false),
        ("list-phone-dark", "lessons/", 390, true),
        ("lesson-phone-dark", "lessons/第一课/", 390, true),
        ("policy-tablet-dark", "policies/学习制度/", 768, true),
        ("case", "cases/第一个案例/", 1440, false),
        ("search-tablet", "search/?q=学习", 768, false),
        ("search-dark", "search/?q=学习", 1440, true),
        ("themes-phone", "education-themes/", 390, false),
        ("missing", "404.html", 1440, false),
        ("english-home-tablet", "en/", 768, false),
        ("english-video", "en/lessons/first/", 1440, false),
        ("english-video-phone-dark", "en/lessons/first/", 390, true),
        ("english-list-dark", "en/lessons/#untranslated", 1440, true),
        ("english-policy-phone", "en/policies/rule/", 390, false),
    ] {
        chromium.screen(width, 900, dark).await;
        open(&chromium, &server, page).await;
        let picture = coarse(&chromium).await;
        let path = crate::root().join(format!("tests/look/{name}.txt"));
        if std::env::var_os("INKSTONE_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let rows = picture.chunks(SQUARES.0 as usize * 3);
            let rows =
                rows.map(|row| row.iter().map(|c| format!("{c:02x}")).collect::<String>() + "\n");
            std::fs::write(&path, rows.collect::<String>()).unwrap();
            continue;
        }
        let stored = std::fs::read_to_string(&path).unwrap();
        let digits = stored.split_whitespace().collect::<String>();
        let byte = |at: usize| i32::from_str_radix(&digits[at..at + 2], 16).unwrap();
        let stored = (0..digits.len()).step_by(2).map(byte).collect::<Vec<_>>();
        assert_eq!(stored.len(), picture.len(), "{name}");
        let squares = picture.chunks(3).zip(stored.chunks(3));
        let far = squares.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| (a - b).abs() > NEAR));
        let far = far.count();
        if far * 100 > FAR * (SQUARES.0 * SQUARES.1) as usize {
            faults.push(format!("{name}: {far} squares look different"));
        }
    }
    chromium.close().await;
    assert_eq!(faults, Vec::<String>::new());
}

/// A screenshot's squares, red, green and blue of each; drawn by a page without a policy.
async fn coarse(chromium: &Chromium) -> Vec<i32> {
    let params = CaptureScreenshotParams::default();
    let picture = chromium.page.execute(params).await.unwrap();
    let png: &str = picture.data.as_ref();
    chromium.open("about:blank").await;
    let (across, down) = SQUARES;
    let script = format!(
        "(async () => {{ const image = new Image(); image.src = 'data:image/png;base64,{png}'; \
         await image.decode(); const canvas = document.createElement('canvas'); \
         canvas.width = {across}; canvas.height = {down}; const context = canvas.getContext('2d'); \
         context.imageSmoothingQuality = 'high'; \
         context.drawImage(image, 0, 0, {across}, {down}); \
         const data = context.getImageData(0, 0, {across}, {down}).data; \
         return Array.from(data).filter((_, at) => at % 4 < 3); }})()"
    );
    chromium.run(&script).await
}
