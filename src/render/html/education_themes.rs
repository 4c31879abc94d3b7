//! The map of education themes, and a page for each.

use std::collections::BTreeMap;

use tera::Value;

use super::Renderer;
use crate::content::site::{EDUCATION_THEMES, theme_address};
use crate::diagnostic::Failure;
use crate::render::context::LinkView;
use crate::render::languages::{self, Here};

/// Cards of one kind on a theme's page; search has the rest.
const THEME_PAGES: usize = 60;

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
            context.insert("education_themes", &self.views.top_themes());
            self.write("education-themes.html", &here, &context)?;
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
            let parent = BTreeMap::from([
                ("name", parent.map_or("", |parent| parent.name.as_str())),
                ("url", parent.map_or("", |parent| parent.url.as_str())),
            ]);
            let view = Value::from_serializable(&self.views.themes[place]);
            let mut view = view.as_map().cloned().unwrap_or_default();
            view.insert("parent".into(), Value::from_serializable(&parent));
            let mut context = self.context(&here, "themes", Here::Theme(&theme.id));
            context.insert_value("education_theme", Value::from(view));
            context.insert(
                "groups",
                &self.group(&self.views.by_theme[place], THEME_PAGES),
            );
            let untranslated =
                languages::untranslated(site, &site.by_theme[place], settings.edition);
            self.add_untranslated(&mut context, &untranslated, &theme_address(&theme.id));
            context.insert("breadcrumbs", &breadcrumbs);
            self.write("education-theme.html", &here, &context)?;
        }
        Ok(())
    }
}
