//! Running a child process without a shell: time limit, captured output, and no process left behind.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::error::SimError;
use crate::tool::Tool;

/// How much of a log is kept for messages.
const LOG_TAIL_BYTES: u64 = 64 * 1024;

/// What a child process may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Wall-clock time.
    pub time: Duration,
    /// Bytes on standard output and standard error, each.
    pub output_bytes: u64,
}

/// Where a child process puts its files, and what it may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Workplace<'a> {
    /// Directory for files.
    pub scratch: &'a Path,
    /// What their names begin with; different for processes that run at the same time.
    pub stem: &'a str,
    /// Time and output.
    pub limits: Limits,
}

impl Workplace<'_> {
    /// The path of a file with an extension.
    pub fn file(&self, extension: &str) -> PathBuf {
        self.scratch.join(format!("{}.{extension}", self.stem))
    }
}

/// How a child process ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// By itself, with this status.
    Exit(ExitStatus),
    /// It was killed at the time limit.
    TimeLimit,
    /// It was killed at the output limit.
    OutputLimit,
}

/// The process group of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    /// The one that we are in.
    Ours,
    /// One of its own: for compilers, which start programs that must end with them at a limit.
    Own,
}

/// The result of a child process.
#[derive(Debug)]
pub(crate) struct Finished {
    /// How it ended.
    pub ending: Ending,
    /// The end of its standard output followed by the end of its standard error.
    pub log: String,
}

impl Finished {
    /// Whether it ended by itself with status 0.
    pub fn succeeded(&self) -> bool {
        matches!(&self.ending, Ending::Exit(status) if status.success())
    }

    /// How it ended, for a message.
    pub fn how(&self) -> String {
        match &self.ending {
            Ending::Exit(status) => status.to_string(),
            Ending::TimeLimit => "stopped at the time limit".to_string(),
            Ending::OutputLimit => "stopped at the output limit".to_string(),
        }
    }
}

/// A command to run: program, arguments, working directory.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    program: PathBuf,
    arguments: Vec<String>,
    directory: PathBuf,
}

impl Invocation {
    /// A command without arguments.
    pub fn new(program: &Path, directory: &Path) -> Invocation {
        Invocation {
            program: program.to_path_buf(),
            arguments: Vec::new(),
            directory: directory.to_path_buf(),
        }
    }

    /// Adds an argument.
    pub fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Invocation {
        self.arguments
            .push(argument.as_ref().to_string_lossy().into_owned());
        self
    }

    /// Adds arguments.
    pub fn args<T: AsRef<OsStr>>(
        &mut self,
        arguments: impl IntoIterator<Item = T>,
    ) -> &mut Invocation {
        for argument in arguments {
            self.arg(argument);
        }
        self
    }

    /// The command line for people.
    pub fn text(&self) -> String {
        let mut text = self.program.display().to_string();
        for argument in &self.arguments {
            text.push(' ');
            text.push_str(argument);
        }
        text
    }

    /// Runs the command to its end or to a limit. Logs go to files named after `stem` in `scratch`.
    ///
    /// The process stays in our process group, so that what ends us from a terminal ends it too.
    ///
    /// # Errors
    /// [`SimError::Io`] if it cannot be started or its logs not be written.
    pub fn run(&self, scratch: &Path, stem: &str, limits: Limits) -> Result<Finished, SimError> {
        self.run_in(Group::Ours, scratch, stem, limits)
    }

    fn run_in(
        &self,
        group: Group,
        scratch: &Path,
        stem: &str,
        limits: Limits,
    ) -> Result<Finished, SimError> {
        let out_path = scratch.join(format!("{stem}.out"));
        let err_path = scratch.join(format!("{stem}.err"));
        let out =
            File::create(&out_path).map_err(|e| SimError::io("cannot write", &out_path, e))?;
        let err =
            File::create(&err_path).map_err(|e| SimError::io("cannot write", &err_path, e))?;
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err);
        #[cfg(unix)]
        if group == Group::Own {
            use std::os::unix::process::CommandExt;
            command.process_group(0);
        }
        let child = command
            .spawn()
            .map_err(|e| SimError::io("cannot start", &self.program, e))?;
        let ending = wait(child, group, limits, [&out_path, &err_path])
            .map_err(|e| SimError::io("cannot wait for", &self.program, e))?;
        let mut log = tail(&out_path);
        log.push_str(&tail(&err_path));
        Ok(Finished { ending, log })
    }

    /// Runs a compilation, which must succeed.
    ///
    /// # Errors
    /// [`SimError::Compile`] with the tool's message, or as [`Invocation::run`].
    pub fn compile(
        &self,
        tool: Tool,
        what: &'static str,
        scratch: &Path,
        limits: Limits,
    ) -> Result<(), SimError> {
        let finished = self.run_in(Group::Own, scratch, "compile", limits)?;
        if finished.succeeded() {
            return Ok(());
        }
        if !matches!(finished.ending, Ending::Exit(_)) {
            return Err(SimError::Crashed {
                what: format!("compiling {what}"),
                how: finished.how(),
                log: finished.log,
            });
        }
        Err(SimError::Compile {
            what,
            tool,
            command: self.text(),
            log: finished.log,
        })
    }
}

fn wait(
    mut child: Child,
    group: Group,
    limits: Limits,
    logs: [&Path; 2],
) -> std::io::Result<Ending> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    let mut next_size_check = Duration::from_millis(500);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ending::Exit(status));
        }
        let elapsed = start.elapsed();
        if elapsed >= limits.time {
            kill(&mut child, group)?;
            return Ok(Ending::TimeLimit);
        }
        if elapsed >= next_size_check {
            next_size_check = elapsed + Duration::from_millis(200);
            let largest = logs
                .iter()
                .filter_map(|log| fs::metadata(log).ok())
                .map(|meta| meta.len())
                .max()
                .unwrap_or(0);
            if largest > limits.output_bytes {
                kill(&mut child, group)?;
                return Ok(Ending::OutputLimit);
            }
        }
        std::thread::sleep(pause.min(limits.time - elapsed));
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// Ends the child, and everything in its process group if that is its own.
fn kill(child: &mut Child, group: Group) -> std::io::Result<()> {
    if cfg!(unix) && group == Group::Own {
        let group = format!("-{}", child.id());
        // Failing to reach the group is no harm: the child itself is ended below.
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
    // An error means that it has just ended by itself.
    let _ = child.kill();
    child.wait().map(|_| ())
}

/// The end of a log file; an unreadable one counts as empty because it only serves a message.
fn tail(path: &Path) -> String {
    let Ok(mut file) = File::open(path) else {
        return String::new();
    };
    let length = file.metadata().map(|meta| meta.len()).unwrap_or(0);
    let start = length.saturating_sub(LOG_TAIL_BYTES);
    let mut bytes = Vec::new();
    if file.seek(SeekFrom::Start(start)).is_err()
        || file.take(LOG_TAIL_BYTES).read_to_end(&mut bytes).is_err()
    {
        return String::new();
    }
    let text = String::from_utf8_lossy(&bytes);
    if start == 0 {
        text.into_owned()
    } else {
        format!("[…]\n{text}")
    }
}
