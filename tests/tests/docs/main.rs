//! The documentation agrees with the tool: links lead somewhere, every option is described, configurations that are shown
//! are accepted.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod diagnostics;

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use idetic::cli::{args::Cli, config};
use idetic::source::SourceMap;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All Markdown files that people read, the workspace's README among them.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![root().join("docs/src"), root().join("examples-verilog")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder exists") {
            let path = entry.expect("the folder is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.extend(["README.md", "CHANGELOG.md"].map(|name| root().join(name)));
    pages
}

/// The targets of the inline links of a page, as written.
fn links(text: &str) -> Vec<&str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect()
}

/// The anchor that mdBook and GitHub make of a heading.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            if link.contains("://") {
                continue;
            }
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match path {
                "" => page.clone(),
                _ => page.parent().unwrap().join(path),
            };
            assert!(target.exists(), "{link} in {}", page.display());
            if !heading.is_empty() {
                let found = fs::read_to_string(&target)
                    .unwrap()
                    .lines()
                    .any(|line| line.starts_with('#') && anchor(line) == heading);
                assert!(found, "{link} in {}", page.display());
            }
        }
    }
}

#[test]
fn every_page_is_in_the_summary() {
    let folder = root().join("docs/src");
    let summary = fs::read_to_string(folder.join("SUMMARY.md")).unwrap();
    let listed = links(&summary);
    for page in pages() {
        if let Ok(name) = page.strip_prefix(&folder)
            && name != Path::new("SUMMARY.md")
        {
            let name = name.to_str().unwrap();
            assert!(listed.contains(&name), "{name} is not in SUMMARY.md");
        }
    }
}

#[test]
fn the_guide_describes_every_option() {
    let guide = fs::read_to_string(root().join("docs/src/guide.md")).unwrap();
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        assert!(guide.contains(&format!("## `idetic {name}`")), "{name}");
        for argument in command.get_arguments().filter(|a| !a.is_hide_set()) {
            let flag = match (argument.get_long(), argument.get_short()) {
                (Some("help" | "version"), _) | (None, None) => continue,
                (Some(long), _) => format!("--{long}"),
                (None, Some(short)) => format!("`-{short} "),
            };
            assert!(guide.contains(&flag), "{flag} of `idetic {name}`");
        }
    }
}

#[test]
fn shown_configurations_are_accepted() {
    let guide = fs::read_to_string(root().join("docs/src/guide.md")).unwrap();
    let block = guide.split("```toml\n").nth(1).unwrap();
    let block = block.split("```").next().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let shown = scratch.path().join("idetic.toml");
    fs::write(&shown, block).unwrap();

    let examples = root().join("examples-verilog");
    let of_examples = fs::read_dir(examples)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("idetic.toml"))
        .filter(|path| path.exists());
    for path in of_examples.chain([shown]) {
        if let Err(diagnostic) = config::read(&path, &mut SourceMap::new()) {
            panic!("{}: {}", path.display(), diagnostic.message);
        }
    }
}

fn reference(page: &str) -> String {
    fs::read_to_string(root().join("docs/src/reference").join(page)).unwrap()
}

/// The keys that the reader takes, as it lists them when it meets another.
fn known_keys(table: &str) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("idetic.toml");
    fs::write(&path, format!("{table}\n")).unwrap();
    let message = config::read(&path, &mut SourceMap::new())
        .unwrap_err()
        .message;
    assert!(message.contains("expected"), "{message}");
    let quoted = message.split('`').skip(3).step_by(2);
    quoted.map(str::to_string).collect()
}

#[test]
fn the_reference_describes_every_key() {
    let page = reference("configuration.md");
    let tables = [
        ("[unknown]", ""),
        ("[design]\nunknown = 1", "design"),
        ("[design]\nreset = { unknown = 1 }", "design"),
        ("[energy]\nunknown = 1", "energy"),
        ("[nvm]\nunknown = 1", "nvm"),
        ("[plan]\nunknown = 1", "plan"),
    ];
    for (text, section) in tables {
        let keys = known_keys(text);
        assert!(!keys.is_empty(), "{text}");
        for key in keys {
            let described = match section {
                "" => page.contains(&format!("`[{key}]`")),
                _ => {
                    let start = page.find(&format!("\n## `[{section}]`")).unwrap();
                    let part = page[start + 1..].split("\n## ").next().unwrap();
                    part.contains(&format!("\n| `{key}` |"))
                }
            };
            assert!(described, "`{key}` of `[{section}]`");
        }
    }
}
