//! Files that are copied: the theme's assets and whatever lies beside the pages; pictures without
//! what cameras noted in them, and with smaller copies.

use rayon::prelude::*;

use super::Job;
use crate::diagnostic::Failure;

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    for (name, bytes) in job.theme.assets() {
        job.output.put(&format!("assets/{name}"), bytes.clone())?;
    }
    job.site.assets.par_iter().try_for_each(|asset| {
        for (path, bytes) in job.site.pictures.files(asset)? {
            job.output.put(&path, bytes)?;
        }
        Ok::<_, Failure>(())
    })
}
