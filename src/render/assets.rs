//! Files that are copied: the theme's assets and whatever lies beside the pages.

use rayon::prelude::*;

use super::Job;
use crate::diagnostic::{Error, Failure};

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    for (name, bytes) in job.theme.assets() {
        job.output.put(&format!("assets/{name}"), bytes.clone())?;
    }
    job.site.assets.par_iter().try_for_each(|asset| {
        let path = &asset.absolute;
        let bytes = std::fs::read(path).map_err(|error| Error::read(path, error))?;
        Ok::<_, Failure>(job.output.put(&asset.relative, bytes)?)
    })
}
