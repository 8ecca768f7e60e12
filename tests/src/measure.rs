//! Processes timed, with an eye on their memory; what tables of such figures are made of.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often a process is asked for its memory.
const POLL: Duration = Duration::from_millis(1);

/// How a process ended.
#[derive(Debug)]
pub struct Ran {
    /// How long it took.
    pub time: Duration,
    /// Kilobytes of memory at the peak; of the process itself, not of those that it starts.
    pub peak: u64,
    /// What it printed.
    pub stdout: String,
}

/// What a process may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Wall-clock time.
    pub time: Duration,
    /// Kilobytes of memory.
    pub memory: u64,
}

impl Limits {
    /// None.
    pub const NONE: Limits = Limits {
        time: Duration::MAX,
        memory: u64::MAX,
    };
}

/// Runs a command to its end, with an eye on its memory.
///
/// # Errors
/// Where it cannot be started, fails, or takes more than the limits.
pub fn run(command: &mut Command, scratch: &Path, limits: &Limits) -> Result<Ran, String> {
    let out = scratch.join("stdout");
    let err = scratch.join("stderr");
    let file = |path: &Path| fs::File::create(path).map_err(|error| error.to_string());
    let (stdout, stderr) = (file(&out)?, file(&err)?);
    let start = Instant::now();
    command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        if let Ok(text) = fs::read_to_string(&status) {
            peak = peak.max(high_water(&text).unwrap_or(0));
        }
        let over = match (start.elapsed() > limits.time, peak > limits.memory) {
            (true, _) => Some(format!("no end within {} s", limits.time.as_secs())),
            (false, true) => Some(format!("more than {}", megabytes(limits.memory))),
            (false, false) => None,
        };
        if let Some(over) = over {
            // It may end by itself just now.
            let _ = child.kill();
            let _ = child.wait();
            return Err(over);
        }
        match child.try_wait() {
            Ok(Some(ended)) => break ended,
            Ok(None) => thread::sleep(POLL),
            Err(error) => return Err(error.to_string()),
        }
    };
    let time = start.elapsed();
    if !ended.success() {
        let said = fs::read_to_string(&err).unwrap_or_default();
        return Err(format!("{command:?}: {ended}\n{said}"));
    }
    let stdout = fs::read_to_string(&out).map_err(|error| error.to_string())?;
    Ok(Ran { time, peak, stdout })
}

/// The largest resident size in kilobytes, from `/proc/…/status`.
fn high_water(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The median time and the largest peak of several runs.
#[derive(Debug)]
pub struct Median {
    /// The median.
    pub time: Duration,
    /// Kilobytes.
    pub peak: u64,
}

/// The median of several runs; there is one.
pub fn median(runs: &[Ran]) -> Median {
    let mut times: Vec<Duration> = runs.iter().map(|run| run.time).collect();
    times.sort_unstable();
    Median {
        time: times[times.len() / 2],
        peak: runs.iter().map(|run| run.peak).max().unwrap_or(0),
    }
}

/// When and where this was measured.
///
/// # Errors
/// Where a tool is missing.
pub fn heading() -> Result<String, String> {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        text.map(|text| text.lines().next().unwrap_or_default().to_owned())
            .map_err(|error| format!("{program}: {error}"))
    };
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let cpu = cpu
        .unwrap_or("processor unknown")
        .trim_start_matches([' ', '\t', ':']);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load
        .split_whitespace()
        .next()
        .unwrap_or("unknown")
        .to_owned();
    Ok(format!(
        "{}; {cpu}, {cores} cores, load {load} at the start; idetic {}; {}; {}.",
        said("date", &["+%Y-%m-%d"])?,
        env!("CARGO_PKG_VERSION"),
        said("yosys", &["-V"])?,
        said("verilator", &["--version"])?,
    ))
}

/// As tables have it.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1e3)
}

/// As tables have it.
pub fn megabytes(kilobytes: u64) -> String {
    format!("{:.0} MB", kilobytes as f64 / 1024.0)
}
