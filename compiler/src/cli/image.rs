//! `idetic image`: NVM images by register name.

use std::fs;
use std::path::Path;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::cli::args::{Format, ImageAction, ImageCommon, OutputArgs};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::image::{self, Change, Decoded, Dump, Map, Slot, Verdict, Wanted};

impl ImageAction {
    fn common(&self) -> &ImageCommon {
        match self {
            ImageAction::Decode { common, .. }
            | ImageAction::Encode { common, .. }
            | ImageAction::Diff { common, .. } => common,
        }
    }

    /// How it speaks.
    pub fn output(&self) -> &OutputArgs {
        &self.common().output
    }
}

/// Runs the subcommand.
pub fn run(action: &ImageAction, console: &Console) -> Result<(), Exit> {
    let map = read_map(&action.common().map)?;
    match action {
        ImageAction::Decode { dump, .. } => {
            let decoded = image::decode(&map, &read_dump(dump, &map)?);
            let told = told(&map, &decoded);
            console.result(&match console.format {
                Format::Json => json(&told),
                Format::Text => text(&told),
            })?;
        }
        ImageAction::Encode { values, output, .. } => {
            let wanted = read_values(values)?;
            let dump = image::encode(&map, &wanted).map_err(|wrong| {
                let list = wrong.into_iter().map(|message| {
                    Diagnostic::global(codes::IMAGE_VALUES, message)
                        .note(format!("in {}", values.display()))
                        .help("`idetic image decode --format json` prints the names and values of a slot")
                });
                Exit::Input(Diagnostics {
                    list: list.collect(),
                })
            })?;
            let bytes = dump.write(format_of(output), map.word_bits);
            write(output, &bytes)?;
        }
        ImageAction::Diff { before, after, .. } => {
            let before = image::decode(&map, &read_dump(before, &map)?);
            let after = image::decode(&map, &read_dump(after, &map)?);
            let changes = image::diff(&before, &after);
            let told = differences(&map, &changes);
            console.result(&match console.format {
                Format::Json => json(&told),
                Format::Text => table(&told),
            })?;
        }
    }
    Ok(())
}

/// What `decode` prints.
#[derive(Debug, Serialize)]
struct Told {
    schema_version: u32,
    top: String,
    slots: Vec<ToldSlot>,
    /// The slot that a boot restores; null if it starts cold.
    restored_slot: Option<usize>,
    /// Whether that boot raises `idetic_error`.
    error: bool,
}

#[derive(Debug, Serialize)]
struct ToldSlot {
    slot: usize,
    verdict: &'static str,
    sequence: Option<u8>,
    checkpoint: Option<String>,
    checkpoint_index: Option<usize>,
    registers: IndexMap<String, String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    memories: IndexMap<String, IndexMap<i64, String>>,
}

/// What `encode` reads: a slot as `decode` prints it, or just what is needed of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    checkpoint: String,
    #[serde(default)]
    registers: IndexMap<String, Number>,
    #[serde(default)]
    memories: IndexMap<String, IndexMap<i64, Number>>,
    #[serde(default, rename = "slot")]
    _slot: Option<usize>,
    #[serde(default, rename = "verdict")]
    _verdict: Option<String>,
    #[serde(default, rename = "sequence")]
    _sequence: Option<u8>,
    #[serde(default, rename = "checkpoint_index")]
    _checkpoint_index: Option<usize>,
}

/// A number as JSON has it, or a text.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a whole number, or a text like \"8'h1f\"")]
enum Number {
    Plain(u64),
    Text(String),
}

impl Number {
    fn text(self) -> String {
        match self {
            Number::Plain(number) => number.to_string(),
            Number::Text(text) => text,
        }
    }
}

fn told(map: &Map, decoded: &Decoded) -> Told {
    let slots = decoded.slots.iter().enumerate();
    Told {
        schema_version: 1,
        top: map.top.clone(),
        slots: slots.map(|(at, slot)| told_slot(map, at, slot)).collect(),
        restored_slot: decoded.restored,
        error: decoded.error,
    }
}

fn told_slot(map: &Map, at: usize, slot: &Slot) -> ToldSlot {
    let usable = matches!(slot.verdict, Verdict::Intact | Verdict::Damaged);
    let checkpoint = slot.checkpoint.filter(|_| usable);
    let name = checkpoint.and_then(|index| map.checkpoints.iter().find(|it| it.index == index));
    let shown = name.is_some();
    let registers = slot.registers.iter().filter(|_| shown);
    let memories = slot.memories.iter().filter(|_| shown);
    ToldSlot {
        slot: at,
        verdict: match slot.verdict {
            Verdict::Intact => "intact",
            Verdict::Uncommitted => "uncommitted",
            Verdict::Foreign => "foreign",
            Verdict::Damaged => "damaged",
        },
        sequence: slot.sequence,
        checkpoint: name.map(|it| it.name.clone()),
        checkpoint_index: checkpoint,
        registers: registers
            .map(|(name, value)| (name.clone(), value.to_string()))
            .collect(),
        memories: memories
            .map(|(name, rows)| {
                let rows = rows.iter().map(|(index, row)| (*index, row.to_string()));
                (name.clone(), rows.collect())
            })
            .collect(),
    }
}

fn text(told: &Told) -> String {
    let mut out = match told.restored_slot {
        Some(slot) => format!("{}: a boot restores slot {slot}", told.top),
        None => format!("{}: a boot starts cold", told.top),
    };
    out.push_str(match told.error {
        true => ", and raises idetic_error\n",
        false => "\n",
    });
    for slot in &told.slots {
        let what = match (&slot.checkpoint, slot.sequence) {
            (Some(checkpoint), Some(number)) => format!(", {checkpoint}, sequence number {number}"),
            (_, Some(number)) => format!(", sequence number {number}"),
            _ => String::new(),
        };
        out.push_str(&format!("\nslot {}  {}{what}\n", slot.slot, slot.verdict));
        let width = slot.registers.keys().map(String::len).max().unwrap_or(0);
        for (name, value) in &slot.registers {
            out.push_str(&format!("  {name:width$}  {value}\n"));
        }
        for (name, rows) in &slot.memories {
            for (index, row) in rows {
                out.push_str(&format!("  {name}[{index}]  {row}\n"));
            }
        }
    }
    out
}

/// A difference, as printed.
#[derive(Debug, Serialize)]
struct Difference {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

fn differences(map: &Map, changes: &[Change]) -> Vec<Difference> {
    let named = |change: &Change, value: &str| -> Option<String> {
        let checkpoint = (change.name == "checkpoint").then(|| value.parse().ok());
        let index: Option<usize> = checkpoint.flatten();
        let found = map.checkpoints.iter().find(|it| Some(it.index) == index);
        let text = found.map_or_else(|| value.to_string(), |it| it.name.clone());
        (!text.is_empty()).then_some(text)
    };
    let all = changes.iter();
    all.map(|change| Difference {
        name: change.name.clone(),
        before: named(change, &change.before),
        after: named(change, &change.after),
    })
    .collect()
}

fn table(differences: &[Difference]) -> String {
    if differences.is_empty() {
        return "both restore the same\n".to_string();
    }
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_string());
    let wide = |of: &dyn Fn(&Difference) -> usize| differences.iter().map(of).max().unwrap_or(0);
    let (name, before) = (
        wide(&|it| it.name.len()),
        wide(&|it| shown(&it.before).len()),
    );
    let lines = differences.iter().map(|it| {
        let (from, to) = (shown(&it.before), shown(&it.after));
        format!("{:name$}  {from:before$}  {to}\n", it.name)
    });
    lines.collect()
}

fn json<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_string_pretty(value).expect("names and texts are JSON");
    text + "\n"
}

/// Files called `.bin` hold bytes.
fn format_of(path: &Path) -> image::Format {
    match path.extension().is_some_and(|it| it == "bin") {
        true => image::Format::Binary,
        false => image::Format::Hexadecimal,
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    fs::read(path).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", path.display());
        let help = "check that it is a file and that you may read it";
        Diagnostic::global(codes::FILE_UNREADABLE, message).help(help)
    })
}

fn read_map(path: &Path) -> Result<Map, Diagnostic> {
    let bytes = read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    image::read_map(&text).map_err(|why| {
        let message = format!("`{}` is no image map: {why}", path.display());
        Diagnostic::global(codes::IMAGE, message)
            .help("name the image.json that `idetic insert` wrote with the design, by --map")
    })
}

fn read_dump(path: &Path, map: &Map) -> Result<Dump, Diagnostic> {
    let bytes = read(path)?;
    Dump::read(&bytes, format_of(path), map.word_bits).map_err(|why| {
        let message = format!("`{}` is no NVM dump: {why}", path.display());
        Diagnostic::global(codes::IMAGE, message).help(format!(
            "give words of {} bits as `$writememh` writes them, or little-endian in a file called .bin",
            map.word_bits
        ))
    })
}

fn read_values(path: &Path) -> Result<Wanted, Diagnostic> {
    let bytes = read(path)?;
    let values: Values = serde_json::from_slice(&bytes).map_err(|error| {
        let message = format!("`{}` holds no values: {error}", path.display());
        Diagnostic::global(codes::IMAGE_VALUES, message)
            .help(r#"write {"checkpoint": "…", "registers": {"name": "8'h1f"}}"#)
    })?;
    let rows = |rows: IndexMap<i64, Number>| {
        let all = rows.into_iter();
        all.map(|(index, row)| (index, row.text())).collect()
    };
    let (registers, memories) = (values.registers.into_iter(), values.memories.into_iter());
    Ok(Wanted {
        checkpoint: values.checkpoint,
        registers: registers
            .map(|(name, value)| (name, value.text()))
            .collect(),
        memories: memories.map(|(name, all)| (name, rows(all))).collect(),
    })
}

/// Writes a file, complete or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        std::io::Write::write_all(&mut file, bytes)?;
        file.persist(path).map_err(|error| error.error)
    });
    written.map(drop).map_err(|error| {
        let message = format!("cannot write {}: {error}", path.display());
        Diagnostic::global(codes::OUTPUT_UNWRITABLE, message).help("name another file with -o")
    })
}
