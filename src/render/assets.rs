//! Files that are copied: the theme's assets and whatever lies beside the pages.

use rayon::prelude::*;

use super::Job;
use crate::diagnostic::{Error, Failure};
use crate::observer::Stage;

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    let _span = job.span(Stage::Formats, "");
    for (name, bytes) in job.theme.assets() {
        job.put(&format!("assets/{name}"), bytes.clone())?;
    }
    job.site.assets.par_iter().try_for_each(|asset| {
        let _span = job.span(Stage::Formats, &asset.relative);
        let path = &asset.absolute;
        let bytes = std::fs::read(path).map_err(|error| Error::read(path, error))?;
        job.put(&asset.relative, bytes)
    })
}
