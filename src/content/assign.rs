//! Which education themes a page is about: those that its author declares, else those that its
//! words speak for. Apart from the rest of a page, since a new tree of themes then leaves what
//! was read of the pages as it is.

use super::education_theme::{Assigned, EducationThemes, Origin};
use super::page::Page;
use crate::diagnostic::Diagnostic;
use crate::text;

impl Page {
    /// Its education themes by the tree `themes`, loudest first, and the names that the tree does
    /// not know, pointed at in the page's whole text, which `text_of` gives. `None` where the
    /// page's words would have to be looked at and are not kept.
    pub fn assign(
        &self,
        themes: &EducationThemes,
        text_of: impl FnOnce() -> Option<String>,
    ) -> Option<(Vec<Assigned>, Vec<Diagnostic>)> {
        let (mut places, mut unknown) = (Vec::new(), Vec::new());
        for declared in &self.declared_themes {
            match themes.resolve(&declared.0) {
                Some(theme) if !places.contains(&theme) => places.push(theme),
                Some(_) => {}
                None => unknown.push(declared),
            }
        }
        let assigned = if !places.is_empty() {
            let declared = places.into_iter().map(|theme| Assigned {
                theme,
                origin: Origin::Declared,
                score: 1.0,
                evidence: Vec::new(),
            });
            declared.collect()
        } else if self.is_index || !themes.can_infer() {
            Vec::new()
        } else {
            let sections = &self.text.kept()?.sections;
            let headings = self.body.outline.iter();
            let texts = sections.iter().map(|section| section.text.as_str());
            themes.infer(
                &self.title,
                headings.map(|heading| heading.title.as_str()),
                texts.chain(self.summary.as_deref()),
                self.characters,
            )
        };
        let text = match unknown.is_empty() {
            true => None,
            false => text_of(),
        };
        let found = unknown.into_iter().map(|(name, span)| {
            let message = text!(
                "没有教育主题 `{name}`，请先写进 education-themes.toml",
                "no education theme `{name}`; declare it in education-themes.toml"
            );
            let warning = Diagnostic::warning("unknown-education-theme", &self.source, message);
            let warning = match &text {
                Some(text) => warning.at(text, span.clone()),
                None => warning,
            };
            warning.did_you_mean(name, themes.names())
        });
        Some((assigned, found.collect()))
    }
}

#[cfg(test)]
mod tests {
    use crate::content::edition::Edition;
    use crate::content::education_theme::EducationThemes;
    use crate::content::kind::{Binding, Kinds};
    use crate::content::page::{Page, Schema};
    use crate::diagnostic::Diagnostic;
    use crate::source::Source;

    const THEMES: &str = "[[theme]]\nid = \"integrity\"\nname = \"党风廉政\"\naliases = [\"廉政\"]\n\
                          [[theme]]\nid = \"people\"\nname = \"司法为民\"\n";

    fn read(text: &str) -> (Page, Vec<Diagnostic>) {
        let schema = Schema {
            kinds: Kinds::built_in().unwrap(),
            bindings: vec![Binding {
                dir: String::new(),
                kind: "lesson".to_owned(),
                trusted: false,
            }],
            education_themes: EducationThemes::parse("t", THEMES).unwrap(),
            editions: Edition::only("zh-CN"),
        };
        Page::parse(&Source::new("a.md", text), &schema)
    }

    #[test]
    fn a_theme_goes_by_its_names() {
        let (page, found) = read("---\n主题: 廉政、Integrity、司法为民\n---\n甲");
        let places = page.education_themes.iter().map(|assigned| assigned.theme);
        assert_eq!(places.collect::<Vec<_>>(), [0, 1]);
        assert_eq!(found, []);
    }

    #[test]
    fn an_unknown_theme_is_a_warning_with_the_nearest_name() {
        let (page, found) =
            read("---\n主题: [党风廉洁]\n---\n司法为民，司法为民，司法为民，司法为民。");
        let place = found[0].place.as_ref().unwrap();
        assert_eq!((place.line, place.column), (2, 6));
        assert_eq!(found[0].code, "unknown-education-theme");
        let hint = found[0].hint.as_ref().unwrap();
        assert_eq!(hint.en, "did you mean `党风廉政`?");
        // What was declared means nothing, so the words speak.
        assert_eq!(page.education_themes[0].theme, 1);
    }

    #[test]
    fn words_that_are_not_kept_cannot_speak() {
        let (mut page, _) = read("---\n主题: [党风廉洁]\n---\n司法为民。");
        let themes = EducationThemes::parse("t", THEMES).unwrap();
        page.text = crate::content::body::Stored::InFile(blake3::hash(b""));
        assert_eq!(page.assign(&themes, || None), None);
        let none = EducationThemes::default();
        let (assigned, found) = page.assign(&none, || None).unwrap();
        assert_eq!((assigned.len(), found.len()), (0, 1));
    }
}
