//! Fuzzes the front end for some time: `fuzz_front_end SECONDS SEED OUT [DIR]…`, usually by `cargo xtask fuzz`.
//!
//! Mutants are read in a child process with two gigabytes of address space beside its stacks. A panic, a hang (more than ten seconds of processor time for one text),
//! an abort or too much memory is reported once per place, and the text is kept in `OUT`. The exit code is 1 if there was any.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs, panic, process, thread};

use idetic_tests::fuzz::{Corpus, Fate, front_end};

/// Stack of the thread that reads, as in the command itself.
const STACK: usize = 512 << 20;
/// Stack of the thread that idetic starts itself for deep nesting.
const OWN_STACK: usize = 1 << 30;
/// Kilobytes of address space: two gigabytes, and the stacks.
const ADDRESS_SPACE_KB: u64 = (2 << 20) + ((STACK + OWN_STACK) as u64 >> 10);
/// How long one text may take, of processor time where the system tells it: on a busy machine others take the rest.
const LONGEST: Duration = Duration::from_secs(10);
/// Clock ticks per second in `/proc` (`USER_HZ`, the same on all Linux machines).
const TICKS_PER_SECOND: u64 = 100;
/// The whole analysis runs on one of so many texts that elaborate.
const DEEP: u64 = 8;
/// Exit code of a child that stopped at a hang.
const HANG: i32 = 3;

struct Arguments {
    seconds: u64,
    seed: u64,
    out: PathBuf,
    corpus: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let mut list: Vec<String> = env::args().skip(1).collect();
    let child = list.first().is_some_and(|first| first == "--child");
    if child {
        list.remove(0);
    }
    let [seconds, seed, out, corpus @ ..] = list.as_slice() else {
        return ExitCode::from(2);
    };
    let (Ok(seconds), Ok(seed)) = (seconds.parse(), seed.parse()) else {
        return ExitCode::from(2);
    };
    let arguments = Arguments {
        seconds,
        seed,
        out: out.into(),
        corpus: corpus.iter().map(PathBuf::from).collect(),
    };
    if fs::create_dir_all(&arguments.out).is_err() {
        return ExitCode::from(2);
    }
    match child {
        true => read_mutants(&arguments),
        false => supervise(&arguments),
    }
}

#[allow(clippy::print_stdout, reason = "a tool that speaks to a person")]
fn say(text: &str) {
    println!("{text}");
}

/// Starts children until the time is over; each but the first begins behind the text that ended the one before.
fn supervise(arguments: &Arguments) -> ExitCode {
    let end = Instant::now() + Duration::from_secs(arguments.seconds);
    let mut seed = arguments.seed;
    let mut ends = 0;
    while let Some(left) = end
        .checked_duration_since(Instant::now())
        .filter(|left| left.as_secs() > 0)
    {
        let own = env::current_exe().expect("a running program knows its place");
        let status = Command::new("sh")
            .args([
                "-c",
                &format!("ulimit -v {ADDRESS_SPACE_KB}; exec \"$0\" \"$@\""),
            ])
            .arg(own)
            .args(["--child", &left.as_secs().to_string(), &seed.to_string()])
            .arg(&arguments.out)
            .args(&arguments.corpus)
            .stdin(Stdio::null())
            .status()
            .expect("a shell starts");
        if status.success() {
            break;
        }
        let last = fs::read_to_string(arguments.out.join("seed")).unwrap_or_default();
        let last: u64 = last.trim().parse().unwrap_or(seed);
        let name = match status.code() {
            Some(HANG) => format!("hang-{last}.v"),
            _ => format!("abort-{last}.v"),
        };
        ends += 1;
        say(&format!("{status} at seed {last}: {name}"));
        let _ = fs::copy(arguments.out.join("current.v"), arguments.out.join(name));
        seed = last + 1;
    }
    let kept = fs::read_dir(&arguments.out).map_or(0, |entries| {
        let names = entries.flatten().map(|entry| entry.file_name());
        let panics = names.filter(|name| name.to_string_lossy().starts_with("panic-"));
        panics.count()
    });
    say(&format!(
        "{kept} places panic, {ends} hangs and aborts; see {}",
        arguments.out.display()
    ));
    ExitCode::from(u8::from(kept + ends > 0))
}

/// Reads mutants until the time is over. Panics are kept and passed over; after a hang the process ends.
fn read_mutants(arguments: &Arguments) -> ExitCode {
    let end = Instant::now() + Duration::from_secs(arguments.seconds);
    let corpus = match arguments.corpus.as_slice() {
        [] => Corpus::of_repository(),
        folders => Corpus::read(folders),
    };
    let place = Arc::new(Mutex::new(String::new()));
    let hook_place = Arc::clone(&place);
    panic::set_hook(Box::new(move |info| {
        let at = info
            .location()
            .map(|at| format!("{}:{}", at.file(), at.line()));
        if let Ok(mut place) = hook_place.lock() {
            *place = format!("{} {info}", at.unwrap_or_default());
        }
    }));
    let file = arguments.out.join("current.v");
    let (ask, asked) = channel::<bool>();
    let (answer, answered) = channel();
    let path = file.clone();
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        for deep in asked {
            let fate = panic::catch_unwind(|| front_end(&path, deep));
            if answer.send(fate.ok()).is_err() {
                break;
            }
        }
    });
    if worker.is_err() {
        return ExitCode::from(2);
    }
    let mut seen = BTreeSet::new();
    let (mut count, mut elaborated, mut seed) = (0u64, 0u64, arguments.seed);
    while Instant::now() < end {
        let text = corpus.mutant(seed);
        if keep(&file, &text).is_err()
            || keep(&arguments.out.join("seed"), &seed.to_string()).is_err()
        {
            return ExitCode::from(2);
        }
        if ask.send(elaborated % DEEP == 0).is_err() {
            return ExitCode::from(2);
        }
        let began = processor_time();
        let mut fate = answered.recv_timeout(LONGEST);
        while matches!(fate, Err(RecvTimeoutError::Timeout))
            && processor_time()
                .zip(began)
                .is_some_and(|(now, began)| now - began < LONGEST)
        {
            fate = answered.recv_timeout(LONGEST);
        }
        match fate {
            Ok(Some(Fate::Elaborated)) => elaborated += 1,
            Ok(Some(Fate::Refused)) => {}
            Ok(None) => {
                let place = place.lock().map(|place| place.clone()).unwrap_or_default();
                let at = place.split(' ').next().unwrap_or_default().to_string();
                if seen.insert(at.clone()) {
                    let name = format!("panic-{}.v", at.replace(['/', ':'], "-"));
                    if !arguments.out.join(&name).exists() {
                        say(&format!("seed {seed}: {place}"));
                        let _ = keep(&arguments.out.join(name), &text);
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => process::exit(HANG),
            Err(RecvTimeoutError::Disconnected) => return ExitCode::from(2),
        }
        count += 1;
        seed += 1;
    }
    say(&format!(
        "{count} texts, {elaborated} of them elaborated, next seed {seed}"
    ));
    ExitCode::SUCCESS
}

/// Processor time that this process has taken; `None` where there is no `/proc`.
fn processor_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, the name, may hold spaces; user and system time are fields 14 and 15 (proc(5)).
    let behind_name = stat.rsplit(')').next()?;
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

fn keep(path: &Path, text: &str) -> std::io::Result<()> {
    fs::File::create(path)?.write_all(text.as_bytes())
}
