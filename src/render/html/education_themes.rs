//! The map of education themes, and a page for each.

use serde::Serialize;

use super::Renderer;
use crate::content::site::{EDUCATION_THEMES, theme_address};
use crate::diagnostic::Failure;
use crate::render::context::{LinkView, ThemeView};
use crate::render::languages::{self, Here};

/// Cards of one kind on a theme's page; search has the rest.
const THEME_PAGES: usize = 60;

/// An education theme in its place below another.
#[derive(Serialize, Hash)]
struct PlacedView<'a> {
    #[serde(flatten)]
    theme: &'a ThemeView,
    parent: ParentView<'a>,
}

/// Empty at the top of the tree.
#[derive(Serialize, Hash)]
struct ParentView<'a> {
    name: &'a str,
    url: &'a str,
}

impl Renderer<'_> {
    pub(super) fn education_themes(&self) -> Result<(), Failure> {
        let site = self.job.site;
        let themes = site.education_themes.all();
        if themes.is_empty() {
            return Ok(());
        }
        let settings = self.job.settings;
        let here = settings.own(EDUCATION_THEMES);
        if self.wants(&here) {
            let mut context = self.context(&here, "themes", Here::Themes);
            context.insert("education_themes", self.views.top_themes());
            self.write("education-themes.html", &here, &context, &[])?;
        }
        let top = LinkView {
            title: self
                .job
                .theme
                .strings()
                .get("education_themes")
                .cloned()
                .unwrap_or_default(),
            url: settings.href(&here),
            key: "themes".to_owned(),
        };
        for (place, theme) in themes.iter().enumerate() {
            let here = settings.own(&theme_address(&theme.id));
            if !self.wants(&here) {
                continue;
            }
            let link = |place: usize| LinkView {
                title: self.views.themes[place].name.clone(),
                url: self.views.themes[place].url.clone(),
                key: String::new(),
            };
            let mut breadcrumbs = vec![top.clone()];
            let ancestors = site.education_themes.ancestors(place).collect::<Vec<_>>();
            breadcrumbs.extend(ancestors.iter().rev().map(|&place| link(place)));
            let parent = theme.parent.map(|parent| &self.views.themes[parent]);
            let view = PlacedView {
                theme: &self.views.themes[place],
                parent: ParentView {
                    name: parent.map_or("", |parent| &parent.name),
                    url: parent.map_or("", |parent| &parent.url),
                },
            };
            let mut context = self.context(&here, "themes", Here::Theme(&theme.id));
            context.insert("education_theme", view);
            context.insert(
                "groups",
                self.group(&self.views.by_theme[place], THEME_PAGES),
            );
            let untranslated =
                languages::untranslated(site, &site.by_theme[place], settings.edition);
            self.add_untranslated(&mut context, &untranslated, &theme_address(&theme.id));
            context.insert("breadcrumbs", breadcrumbs);
            self.write("education-theme.html", &here, &context, &[])?;
        }
        Ok(())
    }
}
