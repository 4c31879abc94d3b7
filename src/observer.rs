//! What a build tells of itself while it runs: how far it is, and, if asked, how long each
//! stage, template and page takes. An observer that nobody listens to costs nothing.

mod timings;

use std::sync::{Mutex, PoisonError};

use crate::language::Text;
use crate::text;

use timings::Timings;
pub use timings::{PageCost, Profile, Span, StageCost, TemplateCost};

/// A part of a build, in the order in which builds come to them; some run side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Looks whether anything changed since the last build.
    Compare,
    /// Reads the settings, and lists the files.
    Walk,
    /// Reads a page's file.
    Read,
    /// Makes a page of it.
    Parse,
    /// Makes a site of all pages.
    Link,
    /// Looks for mistakes.
    Check,
    /// Reads templates and assets.
    Theme,
    /// Makes what all pages share.
    Prepare,
    /// Makes a text that was not kept once more.
    Again,
    /// Puts together what a page shows.
    Draw,
    /// Fills a template with it.
    Template,
    /// Adds a page to the index.
    Index,
    /// Lays out the texts that search shows.
    Documents,
    /// Merges the terms of all pages and cuts them into chunks.
    Terms,
    /// Makes the feed, the site map and the like, and copies assets.
    Formats,
    /// Writes a file.
    Write,
    /// Puts the new site in the place of the old one.
    Publish,
    /// Notes for the next build what was written.
    Record,
    /// Removes the old site.
    Clear,
}

impl Stage {
    /// Its name in JSON and in traces.
    pub fn key(self) -> &'static str {
        match self {
            Self::Compare => "compare",
            Self::Walk => "walk",
            Self::Read => "read",
            Self::Parse => "parse",
            Self::Link => "link",
            Self::Check => "check",
            Self::Theme => "theme",
            Self::Prepare => "prepare",
            Self::Again => "again",
            Self::Draw => "draw",
            Self::Template => "template",
            Self::Index => "index",
            Self::Documents => "documents",
            Self::Terms => "terms",
            Self::Formats => "formats",
            Self::Write => "write",
            Self::Publish => "publish",
            Self::Record => "record",
            Self::Clear => "clear",
        }
    }

    /// What it does, for people.
    pub fn name(self) -> Text {
        match self {
            Self::Compare => text!("与上次比较", "comparing with the last build"),
            Self::Walk => text!("读取设置、清点文件", "reading settings, listing files"),
            Self::Read => text!("读取文件", "reading files"),
            Self::Parse => text!("解析页面", "parsing pages"),
            Self::Link => text!("连接页面", "linking pages"),
            Self::Check => text!("检查", "checking"),
            Self::Theme => text!("读取皮肤", "reading the theme"),
            Self::Prepare => text!("准备公用部分", "preparing what pages share"),
            Self::Again => text!("重读没留在内存里的页面", "parsing again what was not kept"),
            Self::Draw => text!("准备页面内容", "putting pages together"),
            Self::Template => text!("套用模板", "filling templates"),
            Self::Index => text!("页面编入索引", "indexing pages"),
            Self::Documents => text!("索引：排布原文", "index: laying out texts"),
            Self::Terms => text!("索引：合并词表", "index: merging terms"),
            Self::Formats => text!("订阅、站点地图、附件", "feed, site map, assets"),
            Self::Write => text!("写入文件", "writing files"),
            Self::Publish => text!("换上新网站", "putting the new site in place"),
            Self::Record => text!("记下本次结果", "noting what was written"),
            Self::Clear => text!("删除旧网站", "removing the old site"),
        }
    }

    /// How many steps of a bar each page of the site is worth there: about the share of time that
    /// it takes at 60,000 pages.
    fn steps(self) -> usize {
        match self {
            Self::Index | Self::Draw => 9,
            Self::Terms => 4,
            Self::Parse | Self::Clear => 3,
            Self::Documents => 2,
            _ => 0,
        }
    }
}

/// Those that make up a bar.
const COUNTED: [Stage; 6] = [
    Stage::Parse,
    Stage::Index,
    Stage::Draw,
    Stage::Documents,
    Stage::Terms,
    Stage::Clear,
];

/// How far a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is at.
    pub stage: Stage,
    /// Steps done; never fewer than before.
    pub done: usize,
    /// Steps in all, from the moment when the files are counted.
    pub of: usize,
    /// Files of the site that are written; how many there will be is not known before.
    pub files: usize,
}

/// Whoever wants to hear how far a build is; told by one thread at a time.
type Listener = Box<dyn Fn(Progress) + Send + Sync>;

/// Sees a build run. Shared by all its threads.
#[derive(Default)]
pub struct Observer {
    told: Option<(Mutex<Progress>, Listener)>,
    timings: Option<Timings>,
}

impl Observer {
    /// Tells `listener` of every step.
    #[must_use]
    pub fn telling(self, listener: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        let progress = Progress {
            stage: Stage::Compare,
            done: 0,
            of: 0,
            files: 0,
        };
        let told = Some((Mutex::new(progress), Box::new(listener) as Listener));
        Self { told, ..self }
    }

    /// Notes how long everything takes. Threads are those of the current pool.
    #[must_use]
    pub fn timing(self) -> Self {
        let timings = Some(Timings::new(rayon::current_num_threads()));
        Self { timings, ..self }
    }

    /// So many pages were found.
    pub fn expect(&self, pages: usize) {
        let steps = COUNTED.into_iter().map(Stage::steps).sum::<usize>();
        self.tell(|progress| progress.of = pages * steps);
    }

    /// The build has come to this stage.
    pub fn at(&self, stage: Stage) {
        self.tell(|progress| progress.stage = progress.stage.max(stage));
    }

    /// So many pages are through this stage.
    pub fn done(&self, stage: Stage, pages: usize) {
        self.tell(|progress| progress.done += pages * stage.steps());
    }

    /// A file of the site is written.
    pub fn wrote(&self) {
        self.tell(|progress| progress.files += 1);
    }

    /// So many of the pages found, once parsed, turned out not to be part of the site.
    pub fn leave_out(&self, pages: usize) {
        let later = COUNTED.into_iter().filter(|stage| *stage > Stage::Parse);
        later.for_each(|stage| self.done(stage, pages));
    }

    fn tell(&self, change: impl FnOnce(&mut Progress)) {
        if let Some((progress, listener)) = &self.told {
            let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            let before = *progress;
            change(&mut progress);
            if *progress != before {
                listener(*progress);
            }
        }
    }

    /// Times what the current thread does until the span is dropped: `name` is the page,
    /// template or file it is for, empty if for none.
    #[must_use]
    pub fn span<'a>(&'a self, stage: Stage, name: &'a str) -> Option<Span<'a>> {
        let timings = self.timings.as_ref()?;
        Some(timings.span(stage, name))
    }

    /// Takes out what was timed so far; `None` if nobody asked.
    pub fn profile(&self) -> Option<Profile> {
        self.timings.as_ref().map(Timings::profile)
    }
}

#[cfg(test)]
mod tests;
