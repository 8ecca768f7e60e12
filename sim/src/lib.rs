//! Simulator drivers, recording, replay and power-failure campaigns.
//!
//! The crate shows, in Icarus Verilog and in Verilator, that an instrumented design keeps the guarantee of the contract: whenever it
//! advances through logical cycle *n*, its outputs equal those of the original at cycle *n* of an uninterrupted run, whatever supply
//! failures came before. It goes about it in three steps, each a function from one documented value to the next:
//!
//! 1. [`record()`] runs the user's own testbench on the original design and writes down every port per logical cycle: a [`Recording`].
//! 2. [`expect()`] re-simulates the original alone from the recorded inputs, everything unknown at first: an [`Expectation`].
//! 3. [`Replay`] drives the instrumented design from the expectation through power cycles, and [`run_campaign`] chooses where the
//!    supply fails, and judges: a [`CampaignReport`].
//!
//! The crate knows nothing of how a design is instrumented; it relies on the ports of the contract only. It prints nothing and
//! reports progress through [`Progress`]. Simulators run as child processes with time limits, in temporary directories, without a
//! shell. Results depend on the seed only, never on the number of jobs.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod budget;
mod campaign;
mod choose;
mod design;
mod equivalence;
mod error;
mod expect;
mod icarus;
mod image;
mod judge;
mod kept;
mod masks;
mod plane;
mod point;
mod process;
mod progress;
mod record;
mod replay;
mod report;
mod reproduce;
mod rng;
mod roots;
mod runtime_objects;
mod shell;
mod spec;
mod tool;
mod verilator;

pub use budget::{BudgetOptions, BudgetReport, Meter, run_on_budget};
pub use campaign::{CampaignOptions, run_campaign};
pub use design::{
    AsyncReset, ClockEdge, Direction, Instrumented, Internals, Language, OriginalDesign, Port,
    StateVariable, Testbench,
};
pub use equivalence::{Equivalence, Side, equivalence};
pub use error::{Limit, OtherParameter, SimError};
pub use expect::{ExpectOptions, Expectation, expect};
pub use image::{Image, Position};
pub use kept::{Cells, KeptMemory, RowChange, RowWrite};
pub use masks::Masking;
pub use plane::{Bus, Field, Plane};
pub use point::{FailurePoint, PointId, Torn};
pub use progress::{Progress, Silent, Step};
pub use record::{RecordOptions, Recording, record};
pub use replay::{BuildOptions, Replay};
pub use report::{CampaignReport, Failure, FailureKind};
pub use reproduce::{Reproduction, reproduce};
pub use spec::{
    BlankNvm, Contents, Costs, CycleEnd, CycleLog, CycleOutcome, CycleSpec, Environment, Latency,
    Metered, Violation,
};
pub use tool::{Simulator, Tool, ToolPaths};
