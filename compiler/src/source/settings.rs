//! Where the user's settings are written.
//!
//! A stage that finds a setting at fault names it by the keys that lead to it; it
//! does not know whether it came from a file. Where one did, its place is kept here.

use super::Span;

/// A setting: the keys that lead to it, and where its value is a text or a list of
/// texts, which one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// From the section on: `["plan", "forced"]`.
    pub keys: Vec<String>,
    /// One text of its value.
    pub text: Option<String>,
}

impl Setting {
    /// By its keys alone.
    pub fn new(keys: &[&str]) -> Setting {
        Setting {
            keys: keys.iter().map(|key| key.to_string()).collect(),
            text: None,
        }
    }

    /// One text of its value.
    pub fn text(keys: &[&str], text: &str) -> Setting {
        Setting {
            text: Some(text.to_string()),
            ..Setting::new(keys)
        }
    }
}

/// The settings that stand in a file, with their places.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    places: Vec<(Setting, Span)>,
}

impl Settings {
    /// Adds one.
    pub fn add(&mut self, setting: Setting, span: Span) {
        self.places.push((setting, span));
    }

    /// Takes away the place of a setting that something else overrides.
    pub fn remove(&mut self, keys: &[&str]) {
        self.places.retain(|(setting, _)| setting.keys != keys);
    }

    /// The place of a setting: that of the text, else of its last key, else of what
    /// it would stand in.
    pub fn place(&self, setting: &Setting) -> Option<Span> {
        let found = |wanted: &Setting| {
            let mut places = self.places.iter();
            let place = places.find(|(known, _)| known == wanted);
            place.map(|(_, span)| *span)
        };
        let above = (1..=setting.keys.len()).rev().map(|count| Setting {
            keys: setting.keys[..count].to_vec(),
            text: None,
        });
        std::iter::once(setting.clone())
            .chain(above)
            .find_map(|wanted| found(&wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn the_nearest_place_is_found() {
        let mut settings = Settings::default();
        let span = |start| Span::new(FileId(0), start, start + 1);
        settings.add(Setting::new(&["plan"]), span(0));
        settings.add(Setting::new(&["plan", "forced"]), span(1));
        settings.add(Setting::text(&["plan", "forced"], "a"), span(2));
        let at = |keys: &[&str]| settings.place(&Setting::new(keys));
        assert_eq!(at(&["plan", "forced"]), Some(span(1)));
        assert_eq!(at(&["plan", "hold"]), Some(span(0)));
        assert_eq!(at(&["nvm"]), None);
        let text = |text| settings.place(&Setting::text(&["plan", "forced"], text));
        assert_eq!(text("a"), Some(span(2)));
        assert_eq!(text("b"), Some(span(1)));
        settings.remove(&["plan", "forced"]);
        assert_eq!(
            settings.place(&Setting::text(&["plan", "forced"], "a")),
            Some(span(0))
        );
    }
}
