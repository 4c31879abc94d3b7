//! Inkstone (砚): Markdown lessons, cases and policy texts become a themed static site that the
//! reader's own browser can search.
//!
//! # The map of the house
//! | module | what it is for |
//! |---|---|
//! | [`config`] | `site.toml` |
//! | [`source`], [`scan`] | the files of `content/`, and how they lie |
//! | [`content`] | one file → a page; all pages → a linked site |
//! | [`check`] | what is wrong with a linked site |
//! | [`theme`] | templates, assets and strings of `themes/` |
//! | [`render`] | site + theme → output, one format a file |
//! | [`output`] | the finished site as a value |
//! | [`publish`] | output → a folder |
//! | [`preview`] | watch, rebuild, serve |
//! | [`observer`] | how far a build is, and where its time goes |
//! | `reader` | a page's file → a page |
//! | [`cache`] | what a rebuild may reuse from the disk |
//! | [`folder`] | what lies in a folder |
//! | [`hash`] | what tells contents and values apart |
//! | [`manifest`] | what the last build wrote, and from what |
//! | [`compress`] | smaller copies of files |
//! | [`accent`] | the shades of the site's colour |
//! | [`diagnostic`], [`language`], [`settings`] | what is said to authors, and how |
//!
//! # The flow
//! `content/` → [`source::Source`] → [`content::page::Page`] → [`content::site::Site`] →
//! [`check`] → [`render`] → [`output::Output`] → [`publish::folder`] → `public/`. The functions
//! below are its two halves: [`load`] reads and checks, [`render_site`] draws.

pub mod accent;
pub mod cache;
pub mod check;
pub mod compress;
pub mod config;
pub mod content;
pub mod diagnostic;
pub mod folder;
pub mod hash;
pub mod language;
pub mod manifest;
pub mod observer;
pub mod output;
pub mod preview;
pub mod publish;
mod reader;
pub mod render;
pub mod scan;
pub mod settings;
pub mod source;
pub mod theme;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use cache::Cache;
use config::{Config, OtherLanguage};
use content::body::{Room, Texts};
use content::edition::Edition;
use content::education_theme::EducationThemes;
use content::kind::{self, Binding, Kinds};
use content::page::{Page, Schema};
use content::pictures::Pictures;
use content::site::Site;
use diagnostic::{Counts, Diagnostic, Error, Failure};
use language::Language;
use observer::{Observer, Stage};
use output::Output;
pub use reader::Reuse;
use reader::{Hashes, Reader};
use render::Indexes;
use scan::Scan;
use source::Tree;
use theme::Theme;

/// What to read.
#[derive(Debug, Clone)]
pub struct Request {
    /// The folder with `site.toml`.
    pub root: PathBuf,
    /// Instead of `site.base_url`.
    pub base_url: Option<String>,
    /// Whether drafts are part of the site.
    pub drafts: bool,
    /// Bytes of pages' texts that stay in memory; beyond that a page is read again when it is
    /// rendered. The same site comes out.
    pub room: usize,
}

/// Room enough that small sites read each file once.
pub const ROOM: usize = 8 << 20;

/// A site that was read, linked and checked.
#[derive(Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// The pages.
    pub site: Site,
    /// Everything found, sorted; with an error among them the site must not be published.
    pub diagnostics: Vec<Diagnostic>,
}

/// The folder of content within a site.
pub const CONTENT: &str = "content";

/// Reads, links and checks the site at `request.root`; pages that did not change come from
/// `reuse`, and `observer` is told how it goes.
///
/// # Errors
/// When the settings are wrong or something cannot be read. What is wrong with pages is not an
/// error here but part of the result.
pub fn load(request: &Request, reuse: &Reuse, observer: &Observer) -> Result<Loaded, Failure> {
    let walking = observer.span(Stage::Walk, "");
    let scan = Scan::of(&request.root.join(CONTENT))?;
    drop(walking);
    load_scanned(request, &scan, reuse, observer)
}

/// Does so with the files of content that are found already.
///
/// # Errors
/// As [`load`].
pub fn load_scanned(
    request: &Request,
    scan: &Scan,
    reuse: &Reuse,
    observer: &Observer,
) -> Result<Loaded, Failure> {
    let walking = observer.span(Stage::Walk, "");
    let Scan {
        tree,
        pages: states,
    } = scan;
    let (mut config, config_text) = Config::read(&request.root)?;
    if let Some(base_url) = &request.base_url {
        config.set_base_url(base_url)?;
    }
    let content = request.root.join(CONTENT);
    let (schema, hashes) = read_schema(&content, tree, &config, &config_text)?;
    let room = Room::new(request.room);
    drop(walking);
    observer.expect(tree.pages.len());
    observer.at(Stage::Parse);
    let reader = Reader {
        content: &content,
        schema: &schema,
        hashes,
        room: &room,
        known: &reuse.parsed(),
        observer,
    };
    let parsed = tree.pages.par_iter().zip(states).enumerate();
    let parsed = parsed.map(|(place, (path, state))| reader.page(place, path, *state));
    let parsed = Arc::new(parsed.collect::<Result<Vec<_>, Error>>()?);
    reuse.keep(&parsed);
    observer.at(Stage::Link);
    let linking = observer.span(Stage::Link, "");
    let mut diagnostics = tree.diagnostics.clone();
    let (mut pages, mut drafts, mut included) = (Vec::new(), HashSet::new(), HashSet::new());
    for read in parsed.iter() {
        let page = &read.page;
        included.extend(&read.parts);
        diagnostics.extend(read.found.iter().chain(&read.unknown).cloned());
        if page.draft && !request.drafts {
            drafts.insert(page.source.clone());
        } else {
            pages.push(page.clone());
        }
    }
    observer.leave_out(tree.pages.len() - pages.len());
    let unused = tree
        .parts
        .iter()
        .filter(|part| !included.contains(&part.relative));
    diagnostics.extend(unused.map(|part| unused_part(&part.relative)));
    let cache = Cache::new(&request.root, "pictures");
    let (pictures, found) = Pictures::read(&tree.assets, &schema.bindings, cache)?;
    diagnostics.extend(found);
    let mut site = Site::link(pages, &schema, tree.assets.clone(), drafts);
    site.pictures = pictures;
    drop(linking);
    observer.at(Stage::Check);
    let checking = observer.span(Stage::Check, "");
    let text_of = |path: &str| {
        let bytes = std::fs::read(content.join(path)).ok()?;
        Some(source::decode_page(path, &bytes).ok()?.text.into_owned())
    };
    diagnostics.extend(check::run(&check::Subject {
        site: &site,
        text_of: &text_of,
    }));
    let references = references(&config);
    diagnostics.extend(check::settings::check(
        &site,
        &references,
        config::FILE,
        &config_text,
    ));
    diagnostic::sort(&mut diagnostics);
    // What is wrong with a part is found by each page that includes it.
    diagnostics.dedup();
    drop(checking);
    Ok(Loaded {
        config,
        site,
        diagnostics,
    })
}

fn unused_part(path: &str) -> Diagnostic {
    let message = text!(
        "这是一个片段（文件或文件夹的名字以 `_` 开头），没有哪一页引用它，读者看不到",
        "this is a part (its name or its folder's begins with `_`) that no page includes, so readers do not see it"
    );
    let name = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    Diagnostic::warning("unused-part", path, message).hint(text!(
        "在要用它的页面里单独写一行 `![[/{name}]]`；要让它自成一页，就去掉开头的 `_`",
        "write `![[/{name}]]` on a line of its own where it is wanted, or drop the `_` to make it a page"
    ))
}

/// What the settings name that must be there.
fn references(config: &Config) -> Vec<check::settings::Reference<'_>> {
    use check::settings::{Reference, Wanted};
    let home = &config.home;
    let reference = |wanted| move |name| Reference { wanted, name };
    let featured = home.featured.iter().map(reference(Wanted::Page));
    let theme = home.theme.iter().map(reference(Wanted::EducationTheme));
    let logo = config.site.logo.iter().map(reference(Wanted::File));
    let navigation = config.navigation.iter().map(|link| &link.to);
    let navigation = navigation.map(reference(Wanted::Place(0)));
    let languages = config.languages.iter().zip(1..);
    let languages = languages.flat_map(|(language, edition)| {
        let featured = language.featured.iter().map(reference(Wanted::Page));
        let links = language.navigation.iter().map(|link| &link.to);
        let links = links.map(reference(Wanted::Place(edition)));
        let folder = language.dir.as_ref().unwrap_or(&language.tag);
        let folder = std::iter::once(folder).map(reference(Wanted::Edition(edition)));
        folder.chain(featured).chain(links)
    });
    featured
        .chain(theme)
        .chain(logo)
        .chain(navigation)
        .chain(languages)
        .collect()
}

/// Reads what decides how pages are read, and its hashes.
fn read_schema(
    content: &Path,
    tree: &Tree,
    config: &Config,
    config_text: &str,
) -> Result<(Schema, Hashes), Failure> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(config_text.as_bytes());
    let mut kinds = Kinds::built_in()?;
    for path in &tree.kinds {
        let bytes =
            std::fs::read(&path.absolute).map_err(|error| Error::read(&path.absolute, error))?;
        hasher.update(path.relative.as_bytes());
        hasher.update(&bytes);
        let source = source::decode(&path.relative, &bytes)?;
        let folder = content::address::split(&path.relative).0;
        let folder = content::address::split(folder.trim_end_matches('/')).1;
        kinds.declare(&path.relative, folder, &source.text)?;
    }
    let path = content.join(source::EDUCATION_THEMES);
    let themes_text = diagnostic::read_optional(&path)?.unwrap_or_default();
    let education_themes = EducationThemes::parse(source::EDUCATION_THEMES, &themes_text)?;
    let editions = editions(config);
    let bindings = bindings(config, &editions);
    kind::check_bindings(&bindings, &kinds, config::FILE, config_text)?;
    let schema = Schema {
        kinds,
        bindings,
        education_themes,
        editions,
    };
    let hashes = Hashes {
        parsing: hasher.finalize(),
        themes: blake3::hash(themes_text.as_bytes()),
    };
    Ok((schema, hashes))
}

/// The site's own language, then the others.
fn editions(config: &Config) -> Vec<Edition> {
    let mut editions = Edition::only(&config.site.language);
    editions.extend(config.languages.iter().map(|language| {
        let tag = language.tag.get_ref();
        let name = language.name.as_deref();
        Edition {
            language: tag.clone(),
            name: name.unwrap_or_else(|| language::own_name(tag)).to_owned(),
            top: format!("{}/", language.dir()),
        }
    }));
    editions
}

/// The collections, and the folders of the same names below those of the other languages.
fn bindings(config: &Config, editions: &[Edition]) -> Vec<Binding> {
    let mut bindings = Vec::<Binding>::new();
    for Edition { top, .. } in editions {
        for collection in &config.collections {
            let dir = format!("{top}{}", collection.dir);
            let dir = dir.trim_end_matches('/');
            let named = config.collections.iter().any(|named| named.dir == dir);
            if top.is_empty() || !named {
                bindings.push(Binding {
                    dir: dir.to_owned(),
                    kind: collection.kind.clone(),
                    trusted: collection.trusted,
                });
            }
        }
    }
    bindings
}

impl Loaded {
    /// Whether the site may be published; under `strict`, warnings forbid it too.
    pub fn is_publishable(&self, strict: bool) -> bool {
        let counts = Counts::of(&self.diagnostics);
        counts.error == 0 && !(strict && counts.warning > 0)
    }

    /// The language of the site's interface.
    pub fn language(&self) -> Language {
        Language::from_tag(&self.config.site.language)
    }
}

/// Draws a loaded site into `output`, with what its index may reuse, and tells `observer` how it
/// goes.
///
/// # Errors
/// When the theme has a fault or something cannot be read or written.
pub fn render_site(
    root: &Path,
    loaded: &Loaded,
    indexes: &Indexes,
    output: &Output,
    observer: &Observer,
) -> Result<(), Failure> {
    let editions = prepare(root, loaded, observer)?;
    draw(root, loaded, &editions, indexes, output, observer)
}

/// Draws a loaded site whose languages are ready.
///
/// # Errors
/// As [`render_site`].
pub fn draw(
    root: &Path,
    loaded: &Loaded,
    editions: &[render::Edition],
    indexes: &Indexes,
    output: &Output,
    observer: &Observer,
) -> Result<(), Failure> {
    let content = root.join(CONTENT);
    let draft = render::Draft {
        site: &loaded.site,
        texts: Texts::new(&loaded.site, &content),
        editions,
        indexes,
    };
    render::render(draft, output, observer)
}

/// Makes a loaded site ready to be drawn: its languages, with their themes.
///
/// # Errors
/// When the theme has a fault.
pub fn prepare(
    root: &Path,
    loaded: &Loaded,
    observer: &Observer,
) -> Result<Vec<render::Edition>, Failure> {
    observer.at(Stage::Theme);
    let _reading = observer.span(Stage::Theme, "");
    let config = &loaded.config;
    let places = 0..loaded.site.editions.len();
    let editions = places.map(|place| {
        let settings = settings_of(config, &loaded.site, place);
        let language = Language::from_tag(&settings.language);
        let mut theme = Theme::load(root, &config.site.theme, language, config::FILE)?;
        if let Some(accent) = config.site.accent {
            theme.add_asset("accent.css", accent.css().into_bytes());
        }
        Ok(render::Edition { theme, settings })
    });
    let mut editions = editions.collect::<Result<Vec<_>, Failure>>()?;
    render::prepare(&loaded.site, &mut editions);
    Ok(editions)
}

/// The settings of an edition: what its language does not say is as the site says it.
fn settings_of(config: &Config, content: &Site, place: usize) -> render::Settings {
    let site = &config.site;
    let edition = &content.editions[place];
    let other = place.checked_sub(1).and_then(|at| config.languages.get(at));
    let own = |text: fn(&OtherLanguage) -> &Option<String>, of_site: &String| {
        let own = other.and_then(|other| text(other).as_ref());
        own.unwrap_or(of_site).clone()
    };
    let dirs = config.collections.iter().map(|collection| &collection.dir);
    render::Settings {
        edition: place,
        top: edition.top.clone(),
        title: own(|other| &other.title, &site.title),
        description: own(|other| &other.description, &site.description),
        language: edition.language.clone(),
        base_url: site.base_url.clone(),
        copyright: own(|other| &other.copyright, &site.copyright),
        collections: dirs.filter(|dir| !dir.is_empty()).cloned().collect(),
        page_size: site.page_size,
        file_protocol: config.search.file_protocol,
        precompress: config.search.precompress.clone(),
        look: look(config, content, place, other),
    }
}

fn look(
    config: &Config,
    content: &Site,
    edition: usize,
    other: Option<&OtherLanguage>,
) -> render::look::Look {
    use render::look::{Footnote, Look, NavigationLink};
    let site = &config.site;
    let footer = other.and_then(|other| other.footer.as_ref());
    let footnotes = footer.unwrap_or(&site.footer).iter().map(|line| Footnote {
        text: line.text.clone(),
        url: line.url.clone(),
    });
    let links = other.map_or(&config.navigation, |other| &other.navigation);
    let links = links.iter().filter_map(|link| {
        Some(NavigationLink {
            title: link.title.clone(),
            to: check::settings::place(content, edition, link.to.get_ref())?,
        })
    });
    let text = |text: &toml::Spanned<String>| text.get_ref().clone();
    let report = other.and_then(|other| other.report.as_ref());
    let own = other.map_or(&config.home.featured, |other| &other.featured);
    let mut featured = own.iter().map(text).collect::<Vec<_>>();
    if featured.is_empty() {
        let of_site = config.home.featured.iter().map(text);
        featured = of_site
            .filter_map(|source| translation(content, &source, edition))
            .collect();
    }
    Look {
        logo: site.logo.as_ref().map(text),
        report: report.unwrap_or(&site.report).clone(),
        footnotes: footnotes.collect(),
        design_page: site.design_page,
        offline: site.offline,
        navigation: links.collect(),
        blocks: config.home.blocks.iter().map(|b| b.name()).collect(),
        theme_of_the_month: config.home.theme.as_ref().map(text),
        featured,
    }
}

/// The source of the page of an edition that says what the page at `source` says.
fn translation(content: &Site, source: &str, edition: usize) -> Option<String> {
    let pages = &content.pages;
    let find = |page: &Arc<Page>| page.source.as_str().cmp(source);
    let place = pages.binary_search_by(find).ok()?;
    let like = content.translations.of(place, edition)?;
    Some(pages[like].source.clone())
}
