//! The pictures of a site: each is looked at once, and what was found is kept between builds, by
//! the hash of its bytes.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rayon::prelude::*;

use super::kind::{self, Binding};
use super::picture::{self, Fault, Format, Found, Picture};
use crate::cache::Cache;
use crate::diagnostic::{Diagnostic, Error};
use crate::hash::Hash;
use crate::source::SourcePath;
use crate::text;

/// Bytes of unpacked pictures that are in memory at a time, on however many cores.
const ROOM: u64 = 640_000_000;
/// Bytes in memory for each dot of a picture that is unpacked, at most: a progressive JPEG's.
const BYTES_A_DOT: u64 = 9;
/// What was found of a picture that no build met for so long goes.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// Things left out of one file that are said one by one.
const SHOWN: usize = 20;

/// The pictures of a site, by path in `content/`.
#[derive(Debug, Default)]
pub struct Pictures {
    by_path: BTreeMap<String, Known>,
    cache: Option<Cache>,
}

#[derive(Debug)]
struct Known {
    format: Option<Format>,
    picture: Picture,
    fault: Option<Fault>,
    /// Of the file.
    hash: Hash,
    /// Whether it passes as it is.
    trusted: bool,
}

impl Pictures {
    /// Looks at the pictures among `assets`; what is left out of them comes beside.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn read(
        assets: &[SourcePath],
        bindings: &[Binding],
        cache: Cache,
    ) -> Result<(Self, Vec<Diagnostic>), Error> {
        let pictures = assets.par_iter();
        let pictures = pictures.filter(|asset| picture::is_picture(&asset.relative));
        let room = Room::default();
        let read = pictures.map(|asset| {
            let bytes = read(asset)?;
            let path = asset.relative.as_str();
            let trusted = kind::is_trusted(bindings, path);
            let (known, found) = look(path, &bytes, trusted, &cache, &room);
            Ok((path.to_owned(), known, found))
        });
        let read = read.collect::<Result<Vec<_>, Error>>()?;
        let (mut by_path, mut diagnostics) = (BTreeMap::new(), Vec::new());
        for (path, known, found) in read {
            by_path.insert(path, known);
            diagnostics.extend(found);
        }
        let used = by_path.values().flat_map(Known::keys);
        cache.evict(&used.collect::<HashSet<_>>(), KEPT);
        // An author's own file of that name comes first.
        let names = assets.iter().map(|asset| asset.relative.as_str());
        let names = names.collect::<HashSet<_>>();
        for (path, known) in &mut by_path {
            let is_free = |width| !names.contains(Self::variant_path(path, width).as_str());
            known
                .picture
                .variants
                .retain(|variant| is_free(variant.width));
        }
        let cache = Some(cache);
        Ok((Self { by_path, cache }, diagnostics))
    }

    /// What pages need to know of the picture at `path`.
    pub fn get(&self, path: &str) -> Option<&Picture> {
        self.by_path.get(path).map(|known| &known.picture)
    }

    /// What stands against the picture at `path`.
    pub fn fault(&self, path: &str) -> Option<&Fault> {
        self.by_path.get(path)?.fault.as_ref()
    }

    /// Where the copy of that width lies: beside the picture.
    pub fn variant_path(path: &str, width: u32) -> String {
        match path.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem}.{width}w.{extension}"),
            None => format!("{path}.{width}w"),
        }
    }

    /// The paths of [`Self::files`].
    pub fn paths<'a>(&'a self, path: &'a str) -> impl Iterator<Item = String> + 'a {
        let variants = self
            .get(path)
            .into_iter()
            .flat_map(|picture| &picture.variants);
        let copies = variants.map(|variant| Self::variant_path(path, variant.width));
        std::iter::once(path.to_owned()).chain(copies)
    }

    /// Every file that the asset becomes, with its path: itself, then, of a picture, its copies.
    ///
    /// # Errors
    /// When it cannot be read, or is no longer what the site was linked from.
    pub fn files(&self, asset: &SourcePath) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let bytes = read(asset)?;
        let path = &asset.relative;
        let Some(known) = self.by_path.get(path) else {
            return Ok(vec![(path.clone(), bytes)]);
        };
        if blake3::hash(&bytes) != known.hash {
            let path = asset.absolute.display();
            return Err(Error::new(text!(
                "`{path}` 在生成网站的时候变了；旧网站原样未动，请再生成一次",
                "`{path}` changed while the site was being built; the old site is as it was, build again"
            )));
        }
        let Some(format) = known.format else {
            return Ok(vec![(path.clone(), bytes)]);
        };
        let mut files = Vec::new();
        let variants = known.picture.variants.iter().zip(known.keys().skip(1));
        let kept = variants.map(|(variant, key)| {
            let copy = self.cache.as_ref()?.get(&key)?;
            (*blake3::hash(&copy).as_bytes() == variant.hash).then_some(copy)
        });
        let copies = match kept.collect::<Option<Vec<_>>>() {
            Some(copies) => copies,
            // Someone emptied the cache, or there can be none.
            None => {
                let mut copies = picture::find(format, &bytes).copies;
                let wanted = known.picture.variants.iter().map(|variant| variant.hash);
                let wanted = wanted.collect::<HashSet<_>>();
                copies.retain(|copy| wanted.contains(blake3::hash(copy).as_bytes()));
                copies
            }
        };
        for (variant, copy) in known.picture.variants.iter().zip(copies) {
            files.push((Self::variant_path(path, variant.width), copy));
        }
        let own = match known.trusted && format == Format::Svg {
            true => bytes,
            false => picture::cleaned(format, &bytes).into_owned(),
        };
        files.insert(0, (path.clone(), own));
        Ok(files)
    }
}

impl Known {
    /// The names of its entries in the cache: what is known of it, then its copies.
    fn keys(&self) -> impl Iterator<Item = String> {
        let hash = key(&self.hash);
        let variants = self.picture.variants.iter();
        let copies = variants.map(|variant| variant.width).collect::<Vec<_>>();
        let copies = copies.into_iter().map({
            let hash = hash.clone();
            move |width| format!("{hash}-{width}")
        });
        std::iter::once(hash).chain(copies)
    }
}

fn read(asset: &SourcePath) -> Result<Vec<u8>, Error> {
    std::fs::read(&asset.absolute).map_err(|error| Error::read(&asset.absolute, error))
}

/// The name of what is known of bytes with this hash.
fn key(hash: &Hash) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(picture::VERSION.as_bytes());
    hasher.update(hash.as_bytes());
    hasher.finalize().to_hex()[..32].to_owned()
}

fn look(
    path: &str,
    bytes: &[u8],
    trusted: bool,
    cache: &Cache,
    room: &Room,
) -> (Known, Vec<Diagnostic>) {
    let mut known = Known {
        format: Format::of(path, bytes),
        picture: Picture::default(),
        fault: None,
        hash: blake3::hash(bytes),
        trusted,
    };
    let Some(format) = known.format else {
        let why = "it begins like no picture".to_owned();
        known.fault = Some(Fault::Damaged(why));
        return (known, Vec::new());
    };
    let pixels = picture::pixels(format, bytes);
    if pixels == 0 {
        let found = picture::find(format, bytes);
        (known.picture, known.fault) = (found.picture, found.fault);
        let said = match format == Format::Svg && !trusted {
            true => left_out(path, bytes),
            false => Vec::new(),
        };
        return (known, said);
    }
    let key = key(&known.hash);
    let kept = cache.get(&key);
    if let Some(picture) = kept.and_then(|kept| postcard::from_bytes(&kept).ok()) {
        known.picture = picture;
        return (known, Vec::new());
    }
    let taken = room.take(pixels * BYTES_A_DOT);
    let Found {
        picture,
        fault,
        copies,
    } = picture::find(format, bytes);
    drop(taken);
    (known.picture, known.fault) = (picture, fault);
    if known.fault.is_none() {
        for (key, copy) in known.keys().skip(1).zip(&copies) {
            cache.put(&key, copy);
        }
        // Last, so that whoever finds this finds the copies.
        if let Ok(bytes) = postcard::to_allocvec(&known.picture) {
            cache.put(&key, &bytes);
        }
    }
    (known, Vec::new())
}

/// What is said of an SVG from which something was left out, or that ends before its time.
fn left_out(path: &str, bytes: &[u8]) -> Vec<Diagnostic> {
    let svg = String::from_utf8_lossy(bytes);
    let svg = svg.strip_prefix('\u{feff}').unwrap_or(&svg);
    let clean = picture::clean_svg(svg);
    let mut said = Vec::new();
    let mut say = |at: usize, message, hint| {
        let line = svg[at.min(svg.len())..].lines().next().unwrap_or_default();
        let tag = line.find('>').map_or(line.len(), |end| end + 1);
        let found = Diagnostic::warning("unsafe-svg", path, message);
        said.push(found.at(svg, at..at + tag).hint(hint));
    };
    for dropped in clean.dropped.iter().take(SHOWN) {
        let what = &dropped.what;
        say(
            dropped.at,
            text!(
                "图里的 `{what}` 已去掉",
                "`{what}` in the picture is left out"
            ),
            text!(
                "图里只能有形状、文字、颜色和动画；确实需要，可以在 site.toml 里信任这个文件夹",
                "a picture holds shapes, words, colours and motion; site.toml can trust a folder"
            ),
        );
    }
    if let Some((at, why)) = clean.fault {
        say(
            svg.floor_char_boundary(at),
            text!(
                "这个 SVG 到这里就坏了（{why}），后面的已去掉",
                "this SVG is damaged here ({why}); what follows is left out"
            ),
            text!(
                "用画图的程序重新导出",
                "export it anew from the program that drew it"
            ),
        );
    }
    said
}

/// Memory for unpacked pictures, in bytes.
#[derive(Debug)]
struct Room {
    left: Mutex<u64>,
    freed: Condvar,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            left: Mutex::new(ROOM),
            freed: Condvar::new(),
        }
    }
}

/// A part of the room, given back when it is dropped.
struct Taken<'a>(&'a Room, u64);

impl Room {
    /// Waits until there is room for so many bytes; whoever has some goes on and gives it back.
    fn take(&self, bytes: u64) -> Taken<'_> {
        let bytes = bytes.min(ROOM);
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let enough = self.freed.wait_while(left, |left| *left < bytes);
        *enough.unwrap_or_else(PoisonError::into_inner) -= bytes;
        Taken(self, bytes)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut left = self.0.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left += self.1;
        self.0.freed.notify_all();
    }
}
