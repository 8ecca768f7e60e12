//! Running commands with a time limit: idetic's own, and the tools.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::list::Design;

/// How the `idetic` command is called: a program and its first arguments.
#[derive(Debug, Clone)]
pub struct Tool {
    /// The program.
    pub program: PathBuf,
    /// What stands before the subcommand.
    pub arguments: Vec<String>,
}

/// What a subcommand of idetic answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Done, in that time.
    Taken(Duration),
    /// Refused with a code.
    Refused {
        /// `E0202`.
        code: String,
        /// The message of the first error.
        message: String,
        /// File, line and column; empty where there is none.
        place: String,
        /// Errors in this run.
        errors: usize,
    },
    /// No end within the limit.
    Endless,
    /// A panic, or a failure without a diagnostic: what it said.
    Broken(String),
}

impl Answer {
    /// Whether it is a bug whatever the design is.
    pub fn is_bug(&self) -> bool {
        matches!(self, Answer::Endless | Answer::Broken(_))
    }

    /// Whether the design is taken.
    pub fn is_taken(&self) -> bool {
        matches!(self, Answer::Taken(_))
    }
}

/// Runs `analyze` and `insert`.
///
/// # Errors
/// Where the command cannot be started.
pub fn ask(
    design: &Design,
    limit: Duration,
    tool: &Tool,
    scratch: &Path,
) -> Result<(Answer, Answer), String> {
    let output = scratch.join("inserted");
    let output = output.to_string_lossy();
    let run = |subcommand: &str, more: &[&str]| {
        let mut command = Command::new(&tool.program);
        command.args(&tool.arguments).arg(subcommand);
        command.args(&design.files).args(design.flags());
        command.args(["--top", &design.top, "--format", "json", "-q"]);
        command.args(more);
        command.current_dir(design.cwd.as_deref().unwrap_or(scratch));
        answer(&mut command, limit, scratch)
    };
    Ok((run("analyze", &[])?, run("insert", &["-o", &output])?))
}

fn answer(command: &mut Command, limit: Duration, scratch: &Path) -> Result<Answer, String> {
    let start = Instant::now();
    let Some(ended) = run(command, limit, scratch)? else {
        return Ok(Answer::Endless);
    };
    if ended.code == Some(0) {
        return Ok(Answer::Taken(start.elapsed()));
    }
    let errors: Vec<Value> = (ended.stderr.lines())
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["severity"] == "error")
        .collect();
    let (Some(1), Some(first)) = (ended.code, errors.first()) else {
        let last: String = ended.stderr.chars().take(300).collect();
        return Ok(Answer::Broken(format!("{:?}: {last}", ended.code)));
    };
    let text = |key: &str| first[key].as_str().unwrap_or_default().to_string();
    let place = match text("file").as_str() {
        "" => String::new(),
        file => {
            let name = Path::new(file).file_name().unwrap_or_default();
            format!(
                "{}:{}:{}",
                name.to_string_lossy(),
                first["line"],
                first["column"]
            )
        }
    };
    Ok(Answer::Refused {
        code: text("code"),
        message: text("message"),
        place,
        errors: errors.len(),
    })
}

/// How a command ended and what it printed.
#[derive(Debug)]
pub struct Ended {
    /// Exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs a command to its end; `None` when it was stopped at the limit.
///
/// # Errors
/// Where it cannot be started.
pub fn run(
    command: &mut Command,
    limit: Duration,
    scratch: &Path,
) -> Result<Option<Ended>, String> {
    let files = [scratch.join("stdout.txt"), scratch.join("stderr.txt")];
    let create = |path: &PathBuf| File::create(path).map_err(|error| error.to_string());
    command
        .stdin(Stdio::null())
        .stdout(create(&files[0])?)
        .stderr(create(&files[1])?);
    let mut child = start(command)?;
    let Some(code) = wait(&mut child, Instant::now() + limit)? else {
        return Ok(None);
    };
    let read = |path: &PathBuf| {
        let bytes = fs::read(path).map_err(|error| error.to_string())?;
        Ok::<_, String>(String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok(Some(Ended {
        code,
        stdout: read(&files[0])?,
        stderr: read(&files[1])?,
    }))
}

/// Runs a tool that must succeed; what it printed.
///
/// # Errors
/// Where it does not end in time or with success.
pub fn succeed(command: &mut Command, limit: Duration, scratch: &Path) -> Result<Ended, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let ended = run(command, limit, scratch)?
        .ok_or_else(|| format!("{name} does not end within {} s", limit.as_secs()))?;
    match ended.code {
        Some(0) => Ok(ended),
        _ => {
            let said = [ended.stderr.as_str(), ended.stdout.as_str()].concat();
            let said: Vec<&str> = said.lines().filter(|line| is_error(line)).take(3).collect();
            Err(format!("{name} fails: {}", said.join("; ")))
        }
    }
}

fn is_error(line: &str) -> bool {
    line.to_ascii_lowercase().contains("error")
}

fn start(command: &mut Command) -> Result<Child, String> {
    command
        .spawn()
        .map_err(|error| format!("cannot start {:?}: {error}", command.get_program()))
}

/// Waits; kills the child at the deadline and returns `None`.
fn wait(child: &mut Child, deadline: Instant) -> Result<Option<Option<i32>>, String> {
    loop {
        match child.try_wait() {
            Err(error) => return Err(error.to_string()),
            Ok(Some(status)) => return Ok(Some(status.code())),
            Ok(None) if Instant::now() > deadline => {
                // It may end by itself just now.
                let _ = child.kill();
                let _ = child.wait();
                return Ok(None);
            }
            Ok(None) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// Runs a command and hands its standard output to `read` while it runs; stops
/// it when `read` is done or the limit is reached.
///
/// # Errors
/// Where it cannot be started, or `read` fails.
pub fn stream<T>(
    command: &mut Command,
    limit: Duration,
    read: impl FnOnce(&mut dyn Read) -> Result<T, String>,
) -> Result<T, String> {
    let mut child = start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let mut output = child.stdout.take().expect("standard output is piped");
    let deadline = Instant::now() + limit;
    thread::scope(|scope| {
        let (done, is_done) = std::sync::mpsc::channel::<()>();
        let watch = scope.spawn(move || {
            // Either the reader is done, or the time is over.
            let _ = is_done.recv_timeout(deadline.saturating_duration_since(Instant::now()));
            let _ = child.kill();
            let _ = child.wait();
        });
        let result = read(&mut output);
        drop(done);
        drop(output);
        // The watcher only waits for the child that it has killed.
        let _ = watch.join();
        result
    })
}
