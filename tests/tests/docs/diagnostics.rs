//! Every diagnostic code has a page, every page a code, and the examples of a
//! page are true: the wrong one gives exactly this code and prints what the
//! page shows, the mended one is accepted.
//!
//! On a page, `## Wrong` and `## Mended` hold fenced blocks: `verilog` is the
//! file `design.v`, or the one that a first line `// name.v` names; `toml` is
//! `idetic.toml`; `sh` is the command, without it `idetic insert design.v`;
//! `text` under `## Wrong` is what it prints. Without files, `## Mended` takes
//! those of `## Wrong`. With `INSTA_UPDATE=always` (`cargo xtask bless`) the
//! shown text is written anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use idetic::diagnostics::codes;

use crate::{reference, root};

/// Codes whose cause lies outside of the text, with the test that provokes each.
const OUTSIDE: &[(&str, &str)] = &[
    ("E0102", "tests/tests/cli/bad_input.rs: not_utf_8"),
    ("E0104", "tests/tests/cli/bad_input.rs: output_unwritable"),
    ("E0105", "tests/tests/cli/bad_input.rs: output_exists"),
    (
        "E0204",
        "compiler/tests/strict.rs: the_second_reader_rejects_malformed_text",
    ),
    ("E0801", "tests/tests/cli/bad_input.rs: missing_simulator"),
    ("E0804", "sim/tests/expect.rs: NotReproducible"),
    ("E0805", "tests/tests/mutations.rs: verify_exits_with_3"),
    (
        "E0806",
        "tests/tests/cli/proof.rs: a_lost_bit_is_refuted_by_name",
    ),
    (
        "E0901",
        "tests/tests/cli/image.rs: images_are_told_in_words",
    ),
    (
        "E0902",
        "tests/tests/cli/image.rs: images_are_told_in_words",
    ),
];

/// What a section of a page holds.
#[derive(Debug, Default)]
struct Example {
    files: BTreeMap<String, String>,
    command: Option<String>,
    printed: Option<String>,
}

fn folder() -> PathBuf {
    root().join("docs/src/reference/diagnostics")
}

/// The example under a heading.
fn example(page: &str, heading: &str) -> Example {
    let start = page
        .find(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("no `## {heading}` in\n{page}"));
    let section = page[start + 4..].split("\n## ").next().unwrap();
    let mut example = Example::default();
    for block in section.split("\n```").skip(1).step_by(2) {
        let (language, text) = block.split_once('\n').unwrap();
        let text = format!("{text}\n");
        match language {
            "sh" => example.command = Some(text.trim().to_string()),
            "text" => example.printed = Some(text),
            "toml" => drop(example.files.insert("idetic.toml".to_string(), text)),
            "verilog" => {
                let named = text
                    .split_once('\n')
                    .and_then(|(line, rest)| Some((line.strip_prefix("// ")?, rest)))
                    .filter(|(name, _)| name.ends_with(".v") || name.ends_with(".sv"));
                let (name, text) = named.unwrap_or(("design.v", &text));
                example.files.insert(name.to_string(), text.to_string());
            }
            other => panic!("a block of `{other}`"),
        }
    }
    example
}

/// Runs the command of an example on files.
fn run(example: &Example, files: &BTreeMap<String, String>, more: &[&str]) -> Output {
    let scratch = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(scratch.path().join(name), text).unwrap();
    }
    let command = example
        .command
        .as_deref()
        .unwrap_or("idetic insert design.v");
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("idetic"), "{command}");
    let output = Command::new(env!("CARGO_BIN_EXE_idetic-under-test"))
        .args(words)
        .args(more)
        .current_dir(scratch.path())
        .output();
    let mut output = output.unwrap();
    // Some messages name the directory.
    let printed = String::from_utf8_lossy(&output.stderr);
    let directory = scratch.path().display().to_string();
    output.stderr = printed.replace(&directory, "/design").into_bytes();
    output
}

/// The codes that a run with `--format json` prints.
fn printed_codes(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines()
        .map(|line| {
            let json: serde_json::Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            json["code"].as_str().unwrap().to_string()
        })
        .collect()
}

/// Writes the printed text into a page where it differs, if that is asked for.
fn bless(path: &Path, page: &str, shown: &str, printed: &str) -> bool {
    let wanted = std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    if wanted {
        let block = |text: &str| format!("```text\n{text}```\n");
        fs::write(path, page.replacen(&block(shown), &block(printed), 1)).unwrap();
    }
    wanted
}

fn check(code: &str) {
    let path = folder().join(format!("{code}.md"));
    let page = fs::read_to_string(&path).unwrap();
    let (wrong, mended) = (example(&page, "Wrong"), example(&page, "Mended"));

    let json = run(&wrong, &wrong.files, &["--format", "json"]);
    let codes = printed_codes(&json);
    assert!(!codes.is_empty(), "{code}: the wrong example is accepted");
    assert!(codes.iter().all(|it| it == code), "{code}: {codes:?}");

    let text = run(&wrong, &wrong.files, &["--color", "never"]);
    let printed = String::from_utf8_lossy(&text.stderr).trim_end().to_string() + "\n";
    let shown = wrong.printed.as_deref().unwrap_or_default();
    assert!(
        shown == printed || bless(&path, &page, shown, &printed),
        "{code} shows\n{shown}\nand the command prints\n{printed}\n`cargo xtask bless` accepts that"
    );

    let files = match mended.files.is_empty() {
        true => &wrong.files,
        false => &mended.files,
    };
    let output = run(&mended, files, &["--format", "json"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{code}, mended: {said}");
    let codes = printed_codes(&output);
    assert!(!codes.iter().any(|it| it == code), "{code}, mended: {said}");
}

/// The codes of a stage, one test each so that they run side by side.
macro_rules! stages {
    ($($name:ident: $prefix:literal;)*) => {
        $(#[test]
        fn $name() {
            for code in codes::ALL {
                let outside = OUTSIDE.iter().any(|(id, _)| *id == code.id);
                if code.id.starts_with($prefix) && !outside {
                    check(code.id);
                }
            }
        })*

        #[test]
        fn every_code_belongs_to_a_stage() {
            for code in codes::ALL {
                assert!([$($prefix),*].iter().any(|it| code.id.starts_with(it)), "{}", code.id);
            }
        }
    };
}

stages! {
    files: "E01";
    text: "E02";
    elaboration: "E03";
    analysis: "E04";
    plan: "E05";
    instrumentation: "E06";
    configuration: "E07";
    verification: "E08";
    images: "E09";
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let index = reference("diagnostics.md");
    for code in codes::ALL {
        let path = folder().join(format!("{}.md", code.id));
        let page = fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!(
                "{}: {error}; a page says what is wrong and how to mend it",
                path.display()
            )
        });
        let heading = format!("# {}: {}\n", code.id, code.title);
        assert!(
            page.starts_with(&heading),
            "{heading} is not the first line"
        );
        let row = format!("| [{0}](diagnostics/{0}.md) | {1} |\n", code.id, code.title);
        assert!(index.contains(&row), "diagnostics.md lacks the row {row}");
    }
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        let known = codes::ALL.iter().any(|code| code.id == name);
        assert!(known, "{} is the page of no code", path.display());
    }
    assert_eq!(index.matches("\n| [E").count(), codes::ALL.len());
}

#[test]
fn causes_outside_of_the_text_are_said_and_tested() {
    for (code, test) in OUTSIDE {
        let page = fs::read_to_string(folder().join(format!("{code}.md"))).unwrap();
        let wrong = example(&page, "Wrong");
        assert!(wrong.files.is_empty(), "{code} has an example in text");
        assert!(wrong.command.is_some(), "{code} shows no command");
        let (file, name) = test.split_once(": ").unwrap();
        let text = fs::read_to_string(root().join(file)).unwrap();
        assert!(text.contains(name), "{test}");
        assert!(
            page.contains("tests of"),
            "{code} does not say what runs it"
        );
    }
}
