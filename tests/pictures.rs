//! Pictures on their way from `content/` to the site: cleaned, sized, in several widths, the same
//! whatever is kept of them from build to build.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;

use jpeg_encoder::{ColorType, Encoder};
use support::Site;

/// A photo with a place in it.
fn photo(width: u16, height: u16) -> Vec<u8> {
    let mut dots = Vec::new();
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            dots.extend([x, y, x * y / 64].map(|sum| (sum % 251) as u8));
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder
        .add_exif_metadata(b"II*\0\x08\0\0\0\0\0GPS 39.9N")
        .unwrap();
    encoder
        .encode(&dots, width, height, ColorType::Rgb)
        .unwrap();
    bytes
}

const PAGE: &str = "# 题\n\n![大厅](图/大厅.jpg \"一楼\")\n\n见![小图](图/小.jpg)和\
                    [![大厅](图/大厅.jpg)](b.md)，<img alt=\"章\" src=\"图/章.svg\">。\n";

fn site() -> Site {
    let site = Site::new(&[
        ("content/lessons/a.md", PAGE),
        ("content/lessons/b.md", "# 乙\n\n正文。\n"),
        (
            "content/lessons/图/章.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 60 40\"><path d=\"M0 0h60\"/></svg>",
        ),
    ]);
    site.write("content/lessons/图/大厅.jpg", photo(1280, 720));
    site.write("content/lessons/图/小.jpg", photo(300, 200));
    site
}

#[test]
fn pictures_have_sizes_copies_and_a_way_to_the_whole() {
    let site = site();
    site.build();
    let html = site.read("public/lessons/a/index.html");
    let hall = "../../lessons/%E5%9B%BE/%E5%A4%A7%E5%8E%85";
    let image = format!(
        "<img src=\"{hall}.jpg\" width=\"1280\" height=\"720\" \
         srcset=\"{hall}.480w.jpg 480w, {hall}.960w.jpg 960w, {hall}.jpg 1280w\" \
         sizes=\"auto, (min-width: 48rem) 45rem, 100vw\" alt=\"大厅\" loading=\"lazy\" decoding=\"async\">"
    );
    let figure = format!(
        "<figure>\n<a class=\"zoom\" href=\"{hall}.jpg\">{image}</a>\n<figcaption>一楼</figcaption>\n</figure>"
    );
    assert!(html.contains(&figure), "{html}");
    // Within a link it leads where the link does.
    let linked = format!("<a href=\"../../lessons/b/index.html\">{image}</a>");
    assert!(html.contains(&linked), "{html}");
    let small = "见<img src=\"../../lessons/%E5%9B%BE/%E5%B0%8F.jpg\" width=\"300\" height=\"200\" alt=\"小图\" ";
    assert!(html.contains(small), "{html}");
    let seal = "<img src=\"../../lessons/%E5%9B%BE/%E7%AB%A0.svg\" width=\"60\" height=\"40\" alt=\"章\" loading";
    assert!(html.contains(seal), "{html}");
    let public = site.public();
    for path in ["大厅.jpg", "大厅.480w.jpg", "大厅.960w.jpg", "小.jpg"] {
        let bytes = &public[&format!("lessons/图/{path}")];
        assert!(bytes.starts_with(&[0xff, 0xd8]));
        assert!(!bytes.windows(3).any(|bytes| bytes == b"GPS"), "{path}");
    }
    assert!(!public.contains_key("lessons/图/小.480w.jpg"));
}

/// What lies in the cache.
fn kept(site: &Site) -> BTreeMap<String, Vec<u8>> {
    support::read_folder(&site.path(".inkstone/pictures"))
}

#[test]
fn the_cache_changes_nothing() {
    let site = site();
    site.run(&["build", "--jobs", "1"]);
    let cold = site.public();
    let entries = kept(&site);
    // Two photos that are known, and two copies.
    assert_eq!(entries.len(), 4, "{:?}", entries.keys());
    let again = |what: &str| {
        std::fs::remove_dir_all(site.path("public")).unwrap();
        let ended = site.run(&["build", "--jobs", "4"]);
        assert_eq!(ended.status, 0, "{what}: {}", ended.stderr);
        assert!(site.public() == cold, "{what}");
        let is_fresh = |name: &String| name.ends_with(".new");
        assert!(
            what == "no cache" || !kept(&site).keys().any(is_fresh),
            "{what}"
        );
    };
    again("warm");
    // Whatever happens to what is kept, the site is the same.
    for (name, bytes) in &entries {
        let path = format!(".inkstone/pictures/{name}");
        std::fs::remove_file(site.path(&path)).unwrap();
        again("one entry gone");
        site.write(&path, &bytes[..bytes.len() / 2]);
        again("one entry cut off");
        site.write(&path, bytes);
    }
    std::fs::remove_dir_all(site.path(".inkstone")).unwrap();
    site.write(".inkstone", "a file where the folder should be");
    again("no cache");
}

#[test]
fn a_picture_that_changes_is_made_anew() {
    let site = site();
    site.build();
    site.write("content/lessons/图/大厅.jpg", photo(1000, 1000));
    site.build();
    let warm = site.public();
    let html = site.read("public/lessons/a/index.html");
    assert!(html.contains("width=\"1000\" height=\"1000\""), "{html}");
    std::fs::remove_dir_all(site.path("public")).unwrap();
    std::fs::remove_dir_all(site.path(".inkstone")).unwrap();
    site.build();
    assert!(site.public() == warm);
    // A file of the author's own has the name first.
    site.write("content/lessons/图/大厅.480w.jpg", photo(20, 20));
    site.build();
    let html = site.read("public/lessons/a/index.html");
    assert!(!html.contains(" 480w"), "{html}");
}

#[test]
fn damage_is_said_where_the_picture_is_shown() {
    let whole = photo(1280, 720);
    let mut bomb = whole.clone();
    let frame = bomb
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    bomb[frame + 5..frame + 9].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    for (bytes, code, words) in [
        (&whole[..9_000], "damaged-picture", "it ends too early"),
        (
            b"<!DOCTYPE html>",
            "damaged-picture",
            "it begins like no picture",
        ),
        (b"", "damaged-picture", "it begins like no picture"),
        (&bomb, "huge-picture", "900 megapixels"),
        (b"\0\0\0\x18ftypheic", "picture-format", "HEIC"),
    ] {
        let site = site();
        site.write("content/lessons/图/大厅.jpg", bytes);
        let found = site.run(&["check", "--json"]).json();
        let places = found.iter().map(|found| {
            assert!(
                found["message"].as_str().unwrap().contains(words),
                "{found}"
            );
            assert_eq!(found["severity"], "warning");
            format!(
                "{}:{}:{} {}",
                found["path"].as_str().unwrap(),
                found["line"],
                found["column"],
                found["code"].as_str().unwrap()
            )
        });
        let expected = [3, 5].map(|line| {
            let column = if line == 3 { 7 } else { 24 };
            format!("lessons/a.md:{line}:{column} {code}")
        });
        assert_eq!(places.collect::<Vec<_>>(), expected);
        // The site is built all the same, with the file as it is where it cannot be taken apart.
        assert_eq!(site.run(&["build"]).status, 0);
        let published = &site.public()["lessons/图/大厅.jpg"];
        assert!(published == bytes || code == "huge-picture");
    }
}

#[test]
fn an_svg_is_held_to_a_picture_unless_its_folder_is_trusted() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\">\n  <script>alert(1)</script>\n  <g onclick=\"x()\"/>\n</svg>\n";
    let site = Site::new(&[
        ("content/lessons/a.md", "# 题\n\n![章](章.svg)\n"),
        ("content/lessons/章.svg", svg),
    ]);
    let found = site.run(&["check", "--json"]).json();
    let places = found.iter().map(|found| {
        format!(
            "{}:{}:{} {} {}",
            found["path"].as_str().unwrap(),
            found["line"],
            found["column"],
            found["code"].as_str().unwrap(),
            found["message"].as_str().unwrap()
        )
    });
    assert_eq!(
        places.collect::<Vec<_>>(),
        [
            "lessons/章.svg:2:3 unsafe-svg `<script>` in the picture is left out",
            "lessons/章.svg:3:3 unsafe-svg `onclick` in the picture is left out",
        ]
    );
    site.run(&["build"]);
    assert_eq!(
        site.read("public/lessons/章.svg"),
        "<svg xmlns=\"http://www.w3.org/2000/svg\">\n  \n  <g/>\n</svg>\n"
    );
    let trusted =
        support::SETTINGS.replace("kind = \"lesson\"", "kind = \"lesson\"\ntrusted = true");
    site.write("site.toml", trusted);
    site.build();
    assert_eq!(site.read("public/lessons/章.svg"), svg);
}
