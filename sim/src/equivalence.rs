//! Two designs proved equal by Yosys, register by register.
//!
//! Each is read by Yosys and flattened. What has the same name on both sides, registers above all, is paired (`equiv_make`); that every
//! pair is equal after each clock edge if all are before it is proved pair by pair (`equiv_simple`), then by induction over some edges
//! (`equiv_induct`). Registers start equal but unknown. See the Yosys manual, chapter "Equivalence checking".

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::SimError;
use crate::process::{Ending, Invocation, Limits};
use crate::tool::Tool;

/// What Yosys may print, in bytes.
const OUTPUT_BYTES: u64 = 256 << 20;

/// One of the two designs.
#[derive(Debug, Clone)]
pub struct Side {
    /// Source files, absolute, in order.
    pub files: Vec<PathBuf>,
    /// Directories for `include`.
    pub include_dirs: Vec<PathBuf>,
    /// Macros, `NAME` or `NAME=VALUE`.
    pub defines: Vec<String>,
    /// Text of a module that instantiates the design, read behind the files.
    pub top: String,
}

/// What Yosys found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Equivalence {
    /// All pairs of bits are proved equal.
    Proved {
        /// How many.
        pairs: u64,
    },
    /// Some pairs are not; that does not mean that they differ.
    Open {
        /// How many are not.
        unproved: u64,
        /// Of so many.
        pairs: u64,
    },
    /// Some pairs are not, and there are cells that Yosys cannot reason about: the type of one.
    NoModel(String),
    /// Yosys does not read one of the designs.
    Unread(String),
    /// It did not end in time.
    OutOfTime,
}

/// Proves two designs equal. The module `top` is the one that both sides' texts declare. Yosys runs in `directory`, its files go to
/// `scratch`.
///
/// # Errors
/// If Yosys is not installed or files cannot be written.
pub fn equivalence(
    [gold, gate]: [&Side; 2],
    top: &str,
    directory: &Path,
    scratch: &Path,
    time: Duration,
) -> Result<Equivalence, SimError> {
    let yosys = Tool::Yosys.locate()?;
    let mut script = String::new();
    for (name, side) in [("gold", gold), ("gate", gate)] {
        let path = scratch.join(format!("{name}.v"));
        fs::write(&path, &side.top).map_err(|e| SimError::io("cannot write", &path, e))?;
        script.push_str(&read(side, &path, top, name));
    }
    script.push_str(
        "design -copy-from gold -as gold gold\ndesign -copy-from gate -as gate gate\n\
         equiv_make gold gate equiv\nhierarchy -top equiv\nopt_clean\n\
         equiv_simple -undef\nequiv_induct -undef\nequiv_status\n",
    );
    let path = scratch.join("equivalence.ys");
    fs::write(&path, script).map_err(|e| SimError::io("cannot write", &path, e))?;
    let mut command = Invocation::new(yosys.compiler(), directory);
    command.args(["-Q", "-T", "-s"]).arg(&path);
    let limits = Limits {
        time,
        output_bytes: OUTPUT_BYTES,
    };
    let finished = command.run(scratch, "equivalence", limits)?;
    Ok(match finished.ending {
        Ending::TimeLimit | Ending::OutputLimit => Equivalence::OutOfTime,
        Ending::Exit(_) => judged(&finished.log),
    })
}

/// The commands that read one design and keep it under a name.
fn read(side: &Side, top_file: &Path, top: &str, name: &str) -> String {
    let mut text = String::new();
    let include_dirs = side.include_dirs.iter();
    let flags: String = (include_dirs.map(|dir| format!(" -I{}", dir.display())))
        .chain(side.defines.iter().map(|define| format!(" -D{define}")))
        .collect();
    for file in side.files.iter().map(PathBuf::as_path).chain([top_file]) {
        let system = file.extension().is_some_and(|it| it == "sv" || it == "svh");
        let language = if system { " -sv" } else { "" };
        text.push_str(&format!(
            "read_verilog{language}{flags} \"{}\"\n",
            file.display()
        ));
    }
    format!(
        "{text}hierarchy -top {top}\nproc\nflatten\nmemory_map\nasync2sync\nopt_clean\n\
         rename {top} {name}\ndesign -stash {name}\n"
    )
}

/// What the end of the log says.
fn judged(log: &str) -> Equivalence {
    if let Some(error) = log.lines().find(|line| line.contains("ERROR:")) {
        return Equivalence::Unread(error.trim().to_string());
    }
    // "Of those cells 12 are proven and 3 are unproven."
    let counts = log.lines().rev().find(|line| line.contains("are proven"));
    let numbers: Vec<u64> = counts
        .into_iter()
        .flat_map(str::split_whitespace)
        .filter_map(|word| word.parse().ok())
        .collect();
    match numbers[..] {
        [pairs, 0] => Equivalence::Proved { pairs },
        [proved, unproved] => match unmodelled(log) {
            Some(cell) => Equivalence::NoModel(cell),
            None => Equivalence::Open {
                unproved,
                pairs: proved + unproved,
            },
        },
        _ => Equivalence::Unread("no result".to_string()),
    }
}

/// The type of a cell that it has no model of: `Warning: No SAT model available for cell name ($pow).`
fn unmodelled(log: &str) -> Option<String> {
    let mut lines = log.lines();
    let line = lines.find(|line| line.contains("No SAT model available for cell"))?;
    let (_, cell) = line.rsplit_once('(')?;
    Some(cell.trim_end_matches(['.', ')']).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_read() {
        let status =
            "Found 5 $equiv cells in equiv:\n  Of those cells 3 are proven and 2 are unproven.\n";
        let open = Equivalence::Open {
            unproved: 2,
            pairs: 5,
        };
        assert_eq!(judged(status), open);
        let warning = "Warning: No SAT model available for cell $pow$a.v:2$2_gold ($pow).\n";
        assert_eq!(
            judged(&format!("{warning}{status}")),
            Equivalence::NoModel("$pow".to_string())
        );
        assert_eq!(
            judged(
                "  Of those cells 7 are proven and 0 are unproven.\n  Equivalence successfully proven!\n"
            ),
            Equivalence::Proved { pairs: 7 }
        );
        assert_eq!(
            judged("x.v:3: ERROR: syntax error\n"),
            Equivalence::Unread("x.v:3: ERROR: syntax error".to_string())
        );
    }
}
