//! Pages that stand for nothing in `content/`: search, 404 and the like, each in every language
//! of the site, and those at old addresses.

use super::Renderer;
use crate::content::site::SEARCH;
use crate::diagnostic::Failure;
use crate::render::languages::Here;
use crate::render::look;

/// Where file servers look for it: at the top of the site, and some in the folders above what is
/// missing.
const NOT_FOUND: &str = "404.html";
/// The page that shows each piece of the theme.
const DESIGN: &str = "_design/";
/// The page that stands for those that were not kept.
pub(in crate::render) const OFFLINE: &str = "_offline/";

impl Renderer<'_> {
    pub(super) fn alone(&self) -> Result<(), Failure> {
        let addresses = [
            ("search.html", SEARCH),
            ("404.html", NOT_FOUND),
            ("design.html", DESIGN),
            ("offline.html", OFFLINE),
        ];
        let (settings, look) = (self.job.settings, &self.job.settings.look);
        for (template, address) in addresses {
            let wanted = match address {
                DESIGN => look.design_page,
                OFFLINE => look.offline,
                _ => true,
            };
            let own = settings.own(address);
            if !wanted || !self.wants(&own) {
                continue;
            }
            let here = match address {
                NOT_FOUND => Here::Alone,
                _ => Here::Shared(address),
            };
            let mut context = self.context(&own, "search", here);
            if address == NOT_FOUND && !settings.base_url.is_empty() {
                // A server shows this page at whatever address was missing.
                context.insert("root", &settings.base_url);
            }
            context.insert("education_themes", self.views.top_themes());
            if address == DESIGN {
                let articles = self.views.articles().collect::<Vec<_>>();
                context.insert("home", look::home(&self.views, &articles));
            }
            self.write(template, &own, &context, &[])?;
        }
        Ok(())
    }

    pub(super) fn redirects(&self) -> Result<(), Failure> {
        let redirects = self.job.site.redirects.iter();
        let redirects = redirects.filter(|(_, place)| self.job.has(**place));
        for (alias, &place) in redirects.filter(|(alias, _)| self.wants(alias)) {
            let target = &self.job.site.pages[place];
            let mut context = self.context(alias, "", Here::Alone);
            let url = self.job.settings.href(&target.address);
            context.insert("target", url);
            context.insert("title", &target.title);
            self.write("redirect.html", alias, &context, &[])?;
        }
        Ok(())
    }
}
