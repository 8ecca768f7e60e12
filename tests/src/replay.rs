//! One design, analysed and recorded once, then instrumented and replayed in many ways.
//!
//! What `idetic verify` does in one go, taken apart for tests that change something in between: the plan, or the emitted text.

use std::fs;
use std::path::{Path, PathBuf};

use idetic::driver::{self, AnalyzeOptions, InsertOptions, Inserted};
use idetic::elaborate::ElaborateOptions;
use idetic::frontend::{ObserveOptions, ReadOptions, ast};
use idetic::instrument::ListOptions;
use idetic::netlist::Netlist;
use idetic::source::SourceMap;
use idetic_sim as sim;

use crate::example::Example;

/// A design with what its testbench makes it do.
pub struct Recorded {
    /// Texts.
    pub sources: SourceMap,
    /// Netlist, control states, live bits.
    pub analysis: driver::Analysis,
    /// What the simulators are told about the original.
    pub original: sim::OriginalDesign,
    /// Inputs and expected outputs per logical cycle; X where Icarus shows X.
    pub expectation: sim::Expectation,
}

/// Analyses files.
///
/// # Panics
/// Where they are refused, with the diagnostics.
pub fn analyze(files: &[PathBuf], top: Option<&str>) -> (SourceMap, driver::Analysis) {
    let mut sources = SourceMap::new();
    let options = AnalyzeOptions {
        read: ReadOptions {
            files: files.to_vec(),
            ..ReadOptions::default()
        },
        elaborate: ElaborateOptions {
            top: top.map(str::to_string),
            ..ElaborateOptions::default()
        },
        ..AnalyzeOptions::default()
    };
    let analysis = analyzed(&options, &mut sources);
    (sources, analysis)
}

fn analyzed(options: &AnalyzeOptions, sources: &mut SourceMap) -> driver::Analysis {
    let (analysis, diagnostics) = driver::analyze(options, sources);
    analysis.unwrap_or_else(|| panic!("{:#?}", diagnostics.list))
}

/// Analyses an example as its `idetic.toml` says; also the options for the rest of the way.
///
/// # Panics
/// Where it is refused, with the diagnostics.
pub fn example(example: &Example) -> (SourceMap, driver::Analysis, InsertOptions) {
    configured(&example.folder(), ObserveOptions::default())
}

/// Analyses as the `idetic.toml` in a folder says, but for what is observed.
fn configured(
    folder: &Path,
    observe: ObserveOptions,
) -> (SourceMap, driver::Analysis, InsertOptions) {
    let mut sources = SourceMap::new();
    let config = folder.join("idetic.toml");
    let mut request =
        idetic::cli::configured(&config, &mut sources).expect("a valid configuration");
    request.analyze.read.observe = observe;
    let analysis = analyzed(&request.analyze, &mut sources);
    (sources, analysis, request.insert)
}

/// What the `idetic.toml` in a folder says of the environment.
///
/// # Panics
/// Where it is refused.
pub fn observed(folder: &Path) -> ObserveOptions {
    let config = folder.join("idetic.toml");
    let request = idetic::cli::configured(&config, &mut SourceMap::new());
    request.expect("a valid configuration").analyze.read.observe
}

/// Options with words of so many bits, without anything special.
pub fn options(word_bits: u32) -> InsertOptions {
    InsertOptions {
        word_bits,
        ..InsertOptions::default()
    }
}

impl Recorded {
    /// Analyses an example and records its testbench in Icarus.
    ///
    /// # Panics
    /// Where a step fails.
    pub fn example(example: &Example) -> Recorded {
        let observe = ObserveOptions::default();
        Recorded::design(&example.folder(), &example.bench(), observe)
    }

    /// The same for a folder with an `idetic.toml` and a testbench, and with outputs that do not always count.
    ///
    /// # Panics
    /// Where a step fails.
    pub fn design(folder: &Path, bench: &Path, observe: ObserveOptions) -> Recorded {
        let (sources, analysis, _) = configured(folder, observe);
        let original = original(&analysis, &sources, folder);
        let testbench = sim::Testbench {
            files: vec![bench.to_path_buf()],
            ..sim::Testbench::default()
        };
        let recording = sim::record(&original, &testbench, &sim::RecordOptions::default())
            .expect("the testbench passes on the original");
        let expect = sim::ExpectOptions {
            random_runs: 0,
            ..sim::ExpectOptions::default()
        };
        let expectation = sim::expect(&original, &recording, &expect)
            .expect("the original repeats what it did under its testbench");
        Recorded {
            sources,
            analysis,
            original,
            expectation,
        }
    }

    /// Instruments the design.
    ///
    /// # Panics
    /// Where it is refused, with the diagnostics.
    pub fn insert(&mut self, options: &InsertOptions) -> Inserted {
        let (inserted, diagnostics) = driver::insert(&mut self.analysis, &self.sources, options);
        inserted.unwrap_or_else(|| panic!("{:#?}", diagnostics.list))
    }

    /// Writes an instrumented design, its texts changed by `change` (name and text of a file), and runs a campaign on it.
    ///
    /// # Errors
    /// As the simulation crate's; a text that does not compile is one.
    pub fn campaign(
        &self,
        inserted: &Inserted,
        change: &dyn Fn(&str, &str) -> String,
        simulator: sim::Simulator,
        options: &sim::CampaignOptions,
    ) -> Result<sim::CampaignReport, sim::SimError> {
        let internals = self.internals();
        self.replay(inserted, internals, change, simulator, &|replay| {
            sim::run_campaign(replay, options, &mut sim::Silent)
        })
    }

    /// What lies behind the ports.
    fn internals(&self) -> sim::Internals {
        let netlist = &self.analysis.netlist;
        let mut internals = idetic::cli::internals(netlist);
        idetic::cli::add_writes(netlist, &self.expectation, &mut internals.kept);
        internals
    }

    /// Runs an instrumented design in power cycles that have the same energy each.
    ///
    /// # Errors
    /// As the simulation crate's.
    pub fn on_budget(
        &self,
        inserted: &Inserted,
        change: &dyn Fn(&str, &str) -> String,
        simulator: sim::Simulator,
        meter: &sim::Meter,
        options: &sim::BudgetOptions,
    ) -> Result<sim::BudgetReport, sim::SimError> {
        // No save is skipped but by the plan.
        let internals = sim::Internals {
            threshold_parameter: None,
            ..self.internals()
        };
        self.replay(inserted, internals, change, simulator, &|replay| {
            sim::run_on_budget(replay, meter, options)
        })
    }

    fn replay<T>(
        &self,
        inserted: &Inserted,
        internals: sim::Internals,
        change: &dyn Fn(&str, &str) -> String,
        simulator: sim::Simulator,
        run: &dyn Fn(&sim::Replay<'_>) -> Result<T, sim::SimError>,
    ) -> Result<T, sim::SimError> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let instrumented = write(inserted, internals, change, directory.path());
        let replay = sim::Replay::build(
            simulator,
            &self.original,
            &instrumented,
            &self.expectation,
            &sim::BuildOptions::default(),
        )?;
        run(&replay)
    }

    /// The inputs of a logical cycle as the evaluator takes them; the clock and unknown bits are 0.
    pub fn inputs(&self, cycle: usize) -> Vec<Vec<bool>> {
        let bus = &self.expectation.input_bus;
        let inputs = self.analysis.netlist.inputs.iter();
        inputs
            .map(|input| {
                let field = bus.fields().iter().find(|field| field.name == input.name);
                (0..input.width as usize)
                    .map(|bit| {
                        let known = field
                            .and_then(|field| self.expectation.inputs.bit(cycle, field.low + bit));
                        known == Some(true)
                    })
                    .collect()
            })
            .collect()
    }
}

/// Text as it is.
pub fn unchanged(_: &str, text: &str) -> String {
    text.to_string()
}

fn write(
    inserted: &Inserted,
    internals: sim::Internals,
    change: &dyn Fn(&str, &str) -> String,
    directory: &Path,
) -> sim::Instrumented {
    let output = &inserted.output;
    let list = output.file_list(&ListOptions {
        directory: directory.to_path_buf(),
        ..ListOptions::default()
    });
    let files = output.files.iter();
    let texts = files.map(|file| (&file.name, change(&file.name, &file.text)));
    for (name, text) in texts.chain([(&list.0, list.1.clone())]) {
        fs::write(directory.join(name), text).expect("a file in the temporary directory");
    }
    let image = &output.image;
    sim::Instrumented {
        file_list: directory.join(list.0),
        directory: directory.to_path_buf(),
        wrapper: output.top.clone(),
        nvm_word_bits: image.word_bits as usize,
        nvm_addr_bits: image.address_bits as usize,
        nvm_words: image.nvm_words as usize,
        commit_word_addresses: image.commit_word_addresses.clone(),
        language: sim::Language::SystemVerilog2012,
        internals,
    }
}

fn original(
    analysis: &driver::Analysis,
    sources: &SourceMap,
    folder: &Path,
) -> sim::OriginalDesign {
    let netlist = &analysis.netlist;
    let module = &analysis.ast[netlist.instances[0].module];
    let clock = netlist.clock().expect("examples have a clock");
    let ports = netlist.ports.iter().map(|port| sim::Port {
        name: port.name.clone(),
        direction: match port.direction {
            ast::Direction::Input => sim::Direction::Input,
            _ => sim::Direction::Output,
        },
        width_bits: port.width as usize,
    });
    sim::OriginalDesign {
        top: netlist.top.clone(),
        files: analysis.options.read.files.clone(),
        include_dirs: Vec::new(),
        defines: Vec::new(),
        parameters: Vec::new(),
        values: Vec::new(),
        clock: clock.port.clone(),
        clock_edge: match clock.rising {
            true => sim::ClockEdge::Positive,
            false => sim::ClockEdge::Negative,
        },
        ports: ports.collect(),
        async_resets: async_resets(netlist),
        stable_inputs: (analysis.options.read.observe.stable_inputs())
            .map(str::to_string)
            .collect(),
        top_module_file: sources.path(module.span.file).to_path_buf(),
        endmodule_offset: module.anchors.endmodule as usize,
        language: sim::Language::SystemVerilog2012,
        directory: folder.to_path_buf(),
    }
}

/// The ports that reset asynchronously.
pub fn async_resets(netlist: &Netlist) -> Vec<sim::AsyncReset> {
    let resets = netlist.registers.iter().flat_map(|r| &r.async_resets);
    let mut list: Vec<sim::AsyncReset> = resets
        .map(|reset| sim::AsyncReset {
            port: reset.port.0.clone(),
            active_high: reset.port.1,
        })
        .collect();
    list.sort();
    list.dedup();
    list
}
