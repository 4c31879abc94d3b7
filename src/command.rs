//! The commands, one a file, and what several of them need.

pub mod build;
pub mod check;
pub mod explain;
pub mod init;
mod interrupt;
pub mod new;
pub mod search;
pub mod serve;
pub mod theme;
pub mod themes;
mod timings;

use std::path::{Path, PathBuf};

use inkstone::content::date::Date;
use inkstone::diagnostic::Error;
use inkstone::{Request, config, text};

use crate::cli::Common;

/// Where the site is, settled from the flags.
pub struct Place {
    /// The folder with `site.toml`.
    pub root: PathBuf,
    /// Where the finished site goes.
    pub output: PathBuf,
}

impl Place {
    /// `--root`, else the nearest folder upwards with a `site.toml`.
    ///
    /// # Errors
    /// When there is none, or the root named is no folder.
    pub fn find(common: &Common) -> Result<Self, Error> {
        let root = match &common.root {
            Some(root) if root.is_dir() => root.clone(),
            Some(root) => {
                let path = root.display();
                return Err(Error::new(text!(
                    "没有文件夹 `{path}`",
                    "no folder `{path}`"
                )));
            }
            None => nearest_root()?,
        };
        let output = common.output.clone().unwrap_or_else(|| root.join("public"));
        Ok(Self { root, output })
    }

    /// What to read.
    pub fn request(&self, common: &Common) -> Request {
        Request {
            root: self.root.clone(),
            base_url: common.base_url.clone(),
            drafts: common.drafts,
            room: inkstone::ROOM,
        }
    }
}

fn nearest_root() -> Result<PathBuf, Error> {
    let here = std::env::current_dir().map_err(|error| Error::read(Path::new("."), error))?;
    let found = here
        .ancestors()
        .find(|folder| folder.join(config::FILE).is_file());
    found.map(Path::to_owned).ok_or_else(|| {
        let here = here.display();
        Error::new(text!(
            "`{here}` 及其上级都没有 site.toml；用 `inkstone init DIR` 新建站点",
            "no site.toml in `{here}` or above; make a site with `inkstone init DIR`"
        ))
    })
}

/// `--today`, else `SOURCE_DATE_EPOCH`, else the clock (UTC).
pub fn today(common: &Common) -> Option<Date> {
    let epoch = || {
        let seconds = std::env::var("SOURCE_DATE_EPOCH").ok()?.parse().ok()?;
        Date::from_unix(seconds)
    };
    let clock = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Date::from_unix(now.ok()?.as_secs().try_into().ok()?)
    };
    common.today.or_else(epoch).or_else(clock)
}
