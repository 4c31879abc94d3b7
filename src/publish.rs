//! Output → where readers find it. One target a file.

pub mod folder;
