//! `content/` as values: one file becomes a [`page::Page`], all pages together a [`site::Site`].

pub mod address;
pub mod article;
mod assign;
pub mod body;
pub mod date;
pub mod edition;
pub mod education_theme;
pub mod front_matter;
pub mod kind;
pub mod link;
pub mod markdown;
pub mod metadata;
pub mod numeral;
pub mod page;
pub mod parts;
pub mod picture;
pub mod pictures;
pub mod site;
pub mod translation;
