//! What survives a supply failure: the NVM, and the positions from which the design may continue.

use crate::design::Instrumented;
use crate::point::Torn;
use crate::rng::Rng;
use crate::spec::{BlankNvm, CycleOutcome};

/// Where the design continues after power-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Position {
    /// From logical cycle 0, without a restore.
    ColdStart,
    /// From this logical cycle, after a restore.
    Cycle(u64),
}

impl Position {
    /// The logical cycle that is due first.
    pub fn cycle(self) -> u64 {
        match self {
            Position::ColdStart => 0,
            Position::Cycle(cycle) => cycle,
        }
    }
}

/// An NVM at power-up, with the positions that are right for it, the likeliest first.
///
/// There is more than one where the failure hit the commit itself: then either outcome is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The words.
    pub nvm: Vec<u64>,
    /// The positions of which one must turn out.
    pub allowed: Vec<Position>,
}

fn word_mask(design: &Instrumented) -> u64 {
    u64::MAX >> (64 - design.nvm_word_bits)
}

impl Image {
    /// An NVM that was never written.
    pub fn blank(design: &Instrumented, contents: BlankNvm, seed: u64) -> Image {
        let mut rng = Rng::new(seed, "blank nvm");
        let mask = word_mask(design);
        let mut word = || match contents {
            BlankNvm::Zeros => 0,
            BlankNvm::Ones => mask,
            BlankNvm::Random => rng.next() & mask,
        };
        Image {
            nvm: (0..design.nvm_words).map(|_| word()).collect(),
            allowed: vec![Position::ColdStart],
        }
    }
}

/// A power cycle that has been run, from which the images at supply failures follow. Asking in order of time costs little.
#[derive(Debug)]
pub(crate) struct PastCycle<'a> {
    image: &'a Image,
    position: Position,
    outcome: &'a CycleOutcome,
    /// Writes of the log that are in `nvm`.
    applied: usize,
    nvm: Vec<u64>,
}

impl<'a> PastCycle<'a> {
    /// A cycle that began with `image` and turned out to continue from `position`. `outcome` has its log.
    pub fn new(image: &'a Image, position: Position, outcome: &'a CycleOutcome) -> PastCycle<'a> {
        PastCycle {
            image,
            position,
            outcome,
            applied: 0,
            nvm: image.nvm.clone(),
        }
    }

    /// The logical cycle that is due before the edge `clock`.
    pub fn due(&self, clock: u64) -> u64 {
        self.position.cycle() + self.outcome.log.advances_before(clock)
    }

    /// The image left when the supply fails before the edge `clock`, as far as the cycle was run at most.
    pub fn image_at(
        &mut self,
        design: &Instrumented,
        clock: u64,
        torn: Torn,
        rng: &mut Rng,
    ) -> Image {
        let mut nvm = self.nvm_before(clock).to_vec();
        if let Some(pending) = self.outcome.log.pending_at(clock) {
            let word = &mut nvm[pending.address as usize];
            match torn {
                Torn::None | Torn::Old => {}
                Torn::New => *word = pending.data,
                Torn::Random | Torn::Random2 => *word = rng.next() & word_mask(design),
            }
        }
        Image {
            nvm,
            allowed: self.positions_after(design, clock, torn),
        }
    }

    /// The words before the edge `clock`.
    fn nvm_before(&mut self, clock: u64) -> &[u64] {
        let writes = &self.outcome.log.writes;
        let count = writes.partition_point(|write| write.clock < clock);
        if count < self.applied {
            self.applied = 0;
            self.nvm.copy_from_slice(&self.image.nvm);
        }
        for write in &writes[self.applied..count] {
            self.nvm[write.address as usize] = write.data;
        }
        self.applied = count;
        &self.nvm
    }

    fn positions_after(&self, design: &Instrumented, clock: u64, torn: Torn) -> Vec<Position> {
        let log = &self.outcome.log;
        let capture_by = |limit: u64| {
            let count = log.captures.partition_point(|(at, _)| *at <= limit);
            count.checked_sub(1).map(|index| log.captures[index])
        };
        let commits = log.commits.partition_point(|at| *at < clock);
        let last_commit = commits.checked_sub(1).map(|index| log.commits[index]);
        // Until the design has advanced, nothing told which of several positions was restored.
        let base = match last_commit.and_then(capture_by) {
            Some((_, cycle)) => vec![Position::Cycle(cycle)],
            None if log.advances_before(clock) == 0 => self.image.allowed.clone(),
            None => vec![self.position],
        };
        let Some((capture_clock, cycle)) = capture_by(clock) else {
            return base;
        };
        if last_commit.is_some_and(|commit| commit >= capture_clock) {
            return base;
        }
        let captured = Position::Cycle(cycle);
        let is_commit_word = |address: u32| design.commit_word_addresses.contains(&address);
        // The word that commits is in, but the design has not said so yet.
        let since = log
            .writes
            .partition_point(|write| write.clock < capture_clock);
        let until = log
            .writes
            .partition_point(|write| write.clock < clock)
            .max(since);
        let silent_commit = log.writes[since..until]
            .iter()
            .any(|write| is_commit_word(write.address));
        let pending_commit = log
            .pending_at(clock)
            .is_some_and(|write| is_commit_word(write.address));
        let mut positions = base;
        if silent_commit || (pending_commit && torn == Torn::New) {
            positions.insert(0, captured);
        } else if pending_commit && matches!(torn, Torn::Random | Torn::Random2) {
            positions.push(captured);
        }
        let mut unique = Vec::new();
        for position in positions {
            if !unique.contains(&position) {
                unique.push(position);
            }
        }
        unique
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::design::Language;
    use crate::spec::{CycleEnd, CycleLog, WordWrite};

    fn design() -> Instrumented {
        Instrumented {
            file_list: PathBuf::from("x.f"),
            directory: PathBuf::from("."),
            wrapper: "x_idetic".to_string(),
            nvm_word_bits: 8,
            nvm_addr_bits: 4,
            nvm_words: 4,
            commit_word_addresses: vec![1, 3],
            language: Language::Verilog2005,
            internals: crate::design::Internals::default(),
        }
    }

    /// Captures cycle 7 at clock 10, writes word 0 at edge 11 and the commit word 1 from clock 12 to edge 14, commits at 15.
    fn outcome() -> CycleOutcome {
        let write = |clock, address, data| WordWrite {
            clock,
            address,
            data,
        };
        let log = CycleLog {
            requests: vec![write(11, 0, 0x11), write(12, 1, 0x22)],
            writes: vec![write(11, 0, 0x11), write(14, 1, 0x22)],
            reads: vec![0, 1],
            captures: vec![(10, 7)],
            commits: vec![15],
            resumes: Vec::new(),
            stalls: vec![(0, 2), (10, 15)],
            ..CycleLog::default()
        };
        CycleOutcome {
            end: CycleEnd::Reached,
            clocks: 30,
            stall_clocks: 9,
            next_cycle: 21,
            resumed: false,
            advances: 21,
            commits: 1,
            error_flag: false,
            log,
        }
    }

    fn after(clock: u64, torn: Torn) -> Image {
        let blank = Image::blank(&design(), BlankNvm::Zeros, 1);
        let outcome = outcome();
        let mut past = PastCycle::new(&blank, Position::ColdStart, &outcome);
        // Asking for a later time first must not matter.
        past.image_at(&design(), clock + 3, Torn::None, &mut Rng::new(2, "t"));
        past.image_at(&design(), clock, torn, &mut Rng::new(1, "t"))
    }

    #[test]
    fn before_the_commit_word_the_old_position_holds() {
        assert_eq!(
            after(5, Torn::None),
            Image {
                nvm: vec![0; 4],
                allowed: vec![Position::ColdStart]
            }
        );
        assert_eq!(
            after(11, Torn::New),
            Image {
                nvm: vec![0x11, 0, 0, 0],
                allowed: vec![Position::ColdStart]
            }
        );
        assert_eq!(
            after(12, Torn::Old),
            Image {
                nvm: vec![0x11, 0, 0, 0],
                allowed: vec![Position::ColdStart]
            }
        );
    }

    #[test]
    fn a_torn_commit_word_leaves_both_outcomes_open() {
        let both = [Position::ColdStart, Position::Cycle(7)];
        assert_eq!(after(13, Torn::Random).allowed, both);
        assert_eq!(after(14, Torn::New).allowed, [both[1], both[0]]);
        assert_eq!(after(14, Torn::New).nvm, [0x11, 0x22, 0, 0]);
    }

    #[test]
    fn after_the_commit_only_the_new_position_is_right() {
        assert_eq!(
            after(15, Torn::None).allowed,
            [Position::Cycle(7), Position::ColdStart]
        );
        assert_eq!(after(16, Torn::None).allowed, [Position::Cycle(7)]);
    }

    #[test]
    fn blank_contents_have_the_width_of_a_word() {
        assert_eq!(Image::blank(&design(), BlankNvm::Ones, 1).nvm, [0xff; 4]);
        assert!(
            Image::blank(&design(), BlankNvm::Random, 1)
                .nvm
                .iter()
                .all(|word| *word <= 0xff)
        );
    }
}
