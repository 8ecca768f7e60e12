//! A list of designs: a JSON array of objects, as `docs/src/designs.md` describes.

use std::fs;
use std::path::{Path, PathBuf};

use idetic::driver::AnalyzeOptions;
use idetic::elaborate::ElaborateOptions;
use idetic::frontend::ReadOptions;
use serde::Deserialize;

/// A design in files that lie somewhere. Unknown keys are ignored.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Design {
    /// What it is called in the table.
    pub name: String,
    /// Its top module.
    pub top: String,
    /// Its files, in order.
    pub files: Vec<PathBuf>,
    /// Where included files are searched.
    #[serde(default)]
    pub incdirs: Vec<PathBuf>,
    /// Macros, `NAME` or `NAME=TEXT`.
    #[serde(default)]
    pub defines: Vec<String>,
    /// `2005` (the default) or `sv`: the language that other tools read it in.
    #[serde(default)]
    pub lang: Language,
    /// Files that Yosys reads in the place of `files`.
    #[serde(default)]
    pub yosys_files: Option<Vec<PathBuf>>,
    /// Working directory, for designs that read files of their own.
    #[serde(default)]
    pub cwd: Option<PathBuf>,
}

/// The language of a design.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Language {
    /// IEEE 1364-2005.
    #[default]
    #[serde(rename = "2005")]
    Verilog,
    /// IEEE 1800.
    #[serde(rename = "sv")]
    SystemVerilog,
}

/// Reads a list.
///
/// # Errors
/// Where the file cannot be read, is no list, or names a design twice.
pub fn read(path: &Path) -> Result<Vec<Design>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let list = parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(list.into_iter().map(|it| it.beside(path)).collect())
}

/// Reads the text of a list.
///
/// # Errors
/// Where it is none, or names a design twice.
pub fn parse(text: &str) -> Result<Vec<Design>, String> {
    let list: Vec<Design> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    for (at, design) in list.iter().enumerate() {
        if list[..at].iter().any(|other| other.name == design.name) {
            return Err(format!("`{}` is listed twice", design.name));
        }
    }
    Ok(list)
}

impl Design {
    /// The design with its paths taken from the folder of `list`.
    fn beside(mut self, list: &Path) -> Design {
        let folder = list.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new("."));
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let yosys = self.yosys_files.iter_mut().flatten();
        let paths = self.files.iter_mut().chain(&mut self.incdirs).chain(yosys);
        for path in paths.chain(&mut self.cwd) {
            *path = folder.join(&*path);
        }
        self
    }

    /// The options that idetic analyzes it with.
    pub fn analyze_options(&self) -> AnalyzeOptions {
        let defines = self.defines.iter();
        let defines = defines.map(|define| match define.split_once('=') {
            Some((name, value)) => (name.to_string(), Some(value.to_string())),
            None => (define.clone(), None),
        });
        AnalyzeOptions {
            read: ReadOptions {
                files: self.files.clone(),
                include_dirs: self.incdirs.clone(),
                defines: defines.collect(),
                ..ReadOptions::default()
            },
            elaborate: ElaborateOptions {
                top: Some(self.top.clone()),
                ..ElaborateOptions::default()
            },
            ..AnalyzeOptions::default()
        }
    }

    /// The flags for include folders and macros that simulators and idetic share.
    pub fn flags(&self) -> impl Iterator<Item = String> + '_ {
        let include = self.incdirs.iter();
        let include = include.map(|folder| format!("-I{}", folder.display()));
        include.chain(self.defines.iter().map(|define| format!("-D{define}")))
    }
}
