//! Files that are copied: the theme's assets and whatever lies beside the pages; pictures without
//! what cameras noted in them, and with smaller copies.

use rayon::prelude::*;

use super::Job;
use super::context::words_file;
use crate::diagnostic::Failure;
use crate::observer::Stage;

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    let _span = job.span(Stage::Formats, "");
    for (name, bytes) in job.theme.assets() {
        let path = format!("assets/{name}");
        if job.output.wants(&[&path]) {
            job.put(&path, bytes.clone())?;
        }
    }
    let pictures = &job.site.pictures;
    let is_wanted = |path: String| job.output.wants(&[&path]);
    let assets = job.site.assets.par_iter();
    let assets = assets.filter(|asset| pictures.paths(&asset.relative).any(is_wanted));
    assets.try_for_each(|asset| {
        let _span = job.span(Stage::Formats, &asset.relative);
        for (path, bytes) in pictures.files(asset)? {
            job.put(&path, bytes)?;
        }
        Ok::<_, Failure>(())
    })
}

/// What of the assets is in the edition's language; the site's own is among the others.
pub(super) fn of_edition(job: &Job<'_>) -> Result<(), Failure> {
    let name = words_file(job.settings);
    match job.theme.assets().get(&name) {
        Some(bytes) if job.settings.edition != 0 => {
            job.put(&format!("assets/{name}"), bytes.clone())
        }
        _ => Ok(()),
    }
}
