//! Files that are copied: the theme's assets and whatever lies beside the pages.

use rayon::prelude::*;

use super::Job;
use super::context::words_file;
use crate::diagnostic::{Error, Failure};
use crate::observer::Stage;

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    let _span = job.span(Stage::Formats, "");
    for (name, bytes) in job.theme.assets() {
        let path = format!("assets/{name}");
        if job.output.wants(&path) {
            job.put(&path, bytes.clone())?;
        }
    }
    let assets = job.site.assets.par_iter();
    let assets = assets.filter(|asset| job.output.wants(&asset.relative));
    assets.try_for_each(|asset| {
        let _span = job.span(Stage::Formats, &asset.relative);
        let path = &asset.absolute;
        let bytes = std::fs::read(path).map_err(|error| Error::read(path, error))?;
        job.put(&asset.relative, bytes)
    })
}

/// What of the assets is in the edition's language; the site's own is among the others.
pub(super) fn of_edition(job: &Job<'_>) -> Result<(), Failure> {
    let name = words_file(job.settings);
    match job.theme.assets().get(&name) {
        Some(bytes) if job.settings.edition != 0 => {
            Ok(job.output.put(&format!("assets/{name}"), bytes.clone())?)
        }
        _ => Ok(()),
    }
}
