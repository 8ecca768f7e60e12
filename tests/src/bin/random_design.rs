//! Writes random designs and their benches, to look at one by hand: `random_design SEED DIR [CYCLES]` gives `DIR/rnd<SEED>.v` (or
//! `.sv`) and `DIR/bench.v`.

use std::path::PathBuf;
use std::process::ExitCode;

use idetic_tests::random::{Options, Stimulus, generate, testbench};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().and_then(|text| text.parse().ok());
    let (Some(seed), Some(dir)) = (seed, arguments.next().map(PathBuf::from)) else {
        return ExitCode::from(2);
    };
    let cycles = arguments.next().and_then(|text| text.parse().ok());
    let design = generate(seed, &Options::of(seed));
    let stimulus = Stimulus {
        cycles: cycles.unwrap_or(40),
        ..Stimulus::default()
    };
    let written = std::fs::create_dir_all(&dir)
        .and_then(|()| std::fs::write(dir.join(design.file_name()), &design.text))
        .and_then(|()| std::fs::write(dir.join("bench.v"), testbench(&design, &stimulus)));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
